/* unlock.c - BitLocker volumes of an exhibit: opened with what the examiner gave, or named and left alone. */
#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>

#include "exam.h"
#include "fail.h"

/* "encrypted: not examined; BitLocker, XTS-AES 128; protected by ...; no credential was given" */
static int
say_shut(const struct exam *exam, const struct exam_volume *v, struct text *t)
{
	const char *hopeless = locked_hopeless(v->locked);
	size_t given = exam->request->credentials.n;
	int r = text_adds(t, "encrypted: not examined; ");

	if (r == 0)
		r = locked_say(v->locked, t);
	if (r == 0)
		r = text_adds(t, "; protected by ");
	if (r == 0)
		r = locked_say_protectors(v->locked, t);
	if (r == 0 && hopeless)
		r = text_printf(t, "; %s", hopeless);
	else if (r == 0 && given)
		r = given == 1 ? text_adds(t, "; the credential that was given does not open it")
			       : text_printf(t, "; none of the %zu credentials that were given opens it", given);
	else if (r == 0)
		r = text_adds(t, "; no credential was given");
	return r;
}

static int
say_open(const struct exam_volume *v, enum volume_fs fs, struct text *t)
{
	int r = locked_say(v->locked, t);

	if (r == 0)
		r = text_adds(t, ", ");
	if (r == 0)
		r = locked_say_opened(v->locked, v->key, t);
	if (r == 0 && fs != FS_NTFS && fs != FS_UNKNOWN)
		r = text_printf(t, ", holds %s: only NTFS is examined", volume_fs_name(fs));
	else if (r == 0 && !v->ntfs)
		r = text_adds(t, ", but what it holds cannot be read as NTFS");
	return r;
}

static int
open_plain(struct exam *exam, struct exam_volume *v, enum volume_fs *ret_fs)
{
	int r = locked_open(v->locked, v->key, v->window, &v->plain);

	OPENSSL_cleanse(v->key->key, sizeof(v->key->key));
	if (r < 0)
		return r;
	*ret_fs = volume_recognise(v->plain, 0, v->plain->size);
	if (*ret_fs != FS_NTFS && *ret_fs != FS_UNKNOWN)
		return 0;
	r = ntfs_open_watched(v->plain, limits_sink(v->limits), exam->watch, &v->ntfs);
	return r == -EINVAL ? 0 : r;
}

static int
try_all(struct exam *exam, struct exam_volume *v, enum volume_fs *ret_fs)
{
	int r = locked_hopeless(v->locked) ? -EACCES
					   : locked_unlock(v->locked, v->window, &exam->request->credentials, v->key);

	return r < 0 ? r : open_plain(exam, v, ret_fs);
}

int
exam_unlock(struct exam *exam, struct exam_volume *v)
{
	enum volume_fs fs = FS_UNKNOWN;
	int r = locked_read(v->window, v->volume.sector_size, limits_sink(v->limits), &v->locked);

	if (r == -EINVAL) {
		v->reason = "encrypted: not examined; no copy of BitLocker's metadata can be read";
		return 0;
	}
	v->key = r == 0 ? calloc(1, sizeof(*v->key)) : NULL;
	if (r == 0)
		r = v->key ? try_all(exam, v, &fs) : fail(ENOMEM, "out of memory for %s", exam->path);
	if (r < 0 && r != -EACCES)
		return r;
	r = v->plain ? say_open(v, fs, &v->note) : say_shut(exam, v, &v->note);
	v->reason = v->note.s;
	return r < 0 ? fail(ENOMEM, "out of memory for %s", exam->path) : 0;
}

void
exam_lock(struct exam_volume *v)
{
	source_close(v->plain);
	locked_free(v->locked);
	if (v->key)
		OPENSSL_cleanse(v->key, sizeof(*v->key));
	free(v->key);
	text_free(&v->note);
}

static int
outcomes(const struct exam *exam, struct text *ret_text)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		if (exam->volumes[i].locked)
			r = text_printf(ret_text, "%svolume %u: %s", ret_text->n ? "; " : "", exam->volumes[i].number,
					exam->volumes[i].reason);
	return r < 0 ? fail(ENOMEM, "out of memory for the settings") : 0;
}

/* A shard that was begun with this volume shut has none of its files, and must not be taken up with it open. */
static int
check_same(struct exam *exam, const char *now)
{
	CLEANUP(free) char *before = NULL;
	int r = case_setting_get(exam->db, "encrypted", &before);

	if (r == 0 && strcmp(before, now))
		r = fail(EEXIST, "%s: the stopped run that this would continue had other credentials (%s): give those",
			 exam->path, before);
	return r;
}

int
stage_identify(struct exam *exam)
{
	CLEANUP(text_free) struct text now = { 0 };
	int r = outcomes(exam, &now), fresh;

	if (r < 0 || !now.n)
		return r;
	fresh = case_begin(exam->db, "identify");
	if (fresh <= 0)
		return fresh < 0 ? fresh : check_same(exam, now.s);
	r = case_setting(exam->db, "encrypted", now.s);
	if (r < 0)
		case_abort(exam->db);
	return r < 0 ? r : case_commit(exam->db);
}

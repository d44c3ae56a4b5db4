/* seal.c - a case is closed: from now on, whoever has its manifest's hash can tell whether it is still the same. */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "cleanup.h"
#include "digest.h"
#include "fail.h"
#include "file.h"
#include "manifest.h"
#include "minisign.h"
#include "notes.h"
#include "sealed.h"
#include "sign.h"

struct sealing {
	const struct seal_request *request;
	struct sealed result;
	struct seal_line last; /* the seal before, where there is one */
	struct manifest manifest;
	struct text json, sums, line;
};

static int
no_memory(const struct sealing *s)
{
	return fail(ENOMEM, "out of memory for the seal of %s", s->request->folder);
}

/* Nobody else works on it. The lock ends with the process. */
static int
take_lock(const char *folder)
{
	CLEANUP(free) char *path = path_join(folder, ".lock");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	if (fd < 0)
		return fail(errno, "%s/.lock: %s", folder, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return fail(EBUSY, "%s: another postmortem is working on this case", folder);
	}
	return fd;
}

/* What is broken is not sealed: that would vouch for it. */
static int
check_chains(struct sealing *s)
{
	const char *folder = s->request->folder;
	struct runlog_state run;
	struct notes_state notes;
	int r = seal_line_find(folder, &s->last, &run);

	if (r == 0 && run.bad_line)
		return fail(EBADMSG, "%s/run.jsonl is broken at line %llu: %s", folder,
			    (unsigned long long)run.bad_line, run.why);
	if (r == 0)
		r = notes_check(folder, &notes);
	if (r < 0)
		return r;
	if (notes.why)
		return fail(EBADMSG, "%s/notes.jsonl is not whole: %s", folder, notes.why);
	if (s->last.found && !s->request->renew)
		return fail(EEXIST,
			    "%s is sealed already; 'postmortem audit' holds it against that seal, and --renew seals "
			    "what is there now",
			    folder);
	return 0;
}

static int
write_whole(const char *folder, const char *name, struct view bytes)
{
	CLEANUP(free) char *path = path_join(folder, name);
	CLEANUP(free) char *fresh = NULL;
	FILE *file;
	int r = path && asprintf(&fresh, "%s.new", path) >= 0 ? 0 : -ENOMEM, fd;

	if (r < 0)
		return fail(ENOMEM, "out of memory for the seal of %s", folder);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return fail(errno, "%s: %s", fresh, strerror(errno));
	r = fwrite(bytes.p, 1, bytes.n, file) == bytes.n && fflush(file) == 0 && fsync(fd) == 0 ? 0 : -errno;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(fresh, path) < 0)
		r = -errno;
	return r < 0 ? fail(-r, "%s: %s", path, strerror(-r)) : 0;
}

/* The files of the seal before are part of what is sealed now. */
static int
put_aside(const struct sealing *s)
{
	CLEANUP(free) char *former = path_join(s->request->folder, "former-seals");
	CLEANUP(text_free) struct text folder = { 0 };
	int r = former ? folder_make(former) : -ENOMEM;

	if (r == 0 && text_printf(&folder, "%s/%.16s", former, s->last.hashes[SEAL_MANIFEST]) < 0)
		r = no_memory(s);
	if (r == 0)
		r = folder_make(folder.s);
	for (size_t i = 0; r == 0 && i <= SEAL_FILES; i++) {
		const char *name = i < SEAL_FILES ? seal_files[i] : "manifest.json.tsr";
		CLEANUP(free) char *from = path_join(s->request->folder, name);
		CLEANUP(free) char *to = path_join(folder.s, name);

		r = from && to ? 0 : -ENOMEM;
		if (r == 0 && rename(from, to) < 0 && errno != ENOENT)
			r = fail(errno, "%s: %s", from, strerror(errno));
	}
	return r;
}

static int
check_odd(const struct sealing *s)
{
	int r = 0;

	for (size_t i = 0; i < s->manifest.inventory.list.n; i++) {
		const struct deliverable *d = &s->manifest.inventory.list.at[i];

		if (d->odd)
			r = fail(EINVAL, "%s/%s cannot be sealed: %s", s->request->folder, d->name, d->odd);
	}
	return r;
}

static int
hash_run(struct sealing *s)
{
	uint64_t bytes;
	int r = inventory_hash(s->request->folder, "run.jsonl", &bytes, s->manifest.sha256);

	if (r == 0 && bytes != s->manifest.bytes)
		return fail(EBUSY, "%s/run.jsonl grows while it is sealed", s->request->folder);
	return r;
}

static int
compose_manifest(struct sealing *s, const struct runlog *log)
{
	struct runlog_state run;
	time_t now = time(NULL);
	struct tm utc;
	int r;

	runlog_state(log, &run);
	s->manifest.lines = run.lines;
	s->manifest.bytes = run.bytes;
	memcpy(s->manifest.head, run.head, sizeof(run.head));
	strftime(s->manifest.sealed, sizeof(s->manifest.sealed), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	r = inventory_take(s->request->folder, &s->manifest.inventory);
	if (r == 0)
		r = check_odd(s);
	if (r == 0)
		r = hash_run(s);
	if (r < 0)
		return r;
	if (manifest_text(&s->manifest, &s->json) < 0 || manifest_sums(&s->manifest, text_view(&s->json), &s->sums) < 0)
		return no_memory(s);
	r = write_whole(s->request->folder, seal_files[SEAL_MANIFEST], text_view(&s->json));
	return r < 0 ? r : write_whole(s->request->folder, seal_files[SEAL_SUMS], text_view(&s->sums));
}

static int
sign_by_minisign(const struct sealing *s)
{
	CLEANUP(free) char *file = path_join(s->request->folder, seal_files[SEAL_MANIFEST]);
	CLEANUP(free) char *signature = path_join(s->request->folder, seal_files[SEAL_MINISIGN]);

	return file && signature ? minisign_sign(s->request->sign_key, file, signature) : -ENOMEM;
}

static int
sign(const struct sealing *s)
{
	CLEANUP(text_free) struct text signature = { 0 };
	CLEANUP(text_free) struct text key = { 0 };
	int r;

	if (!s->request->sign_key)
		return 0;
	if (minisign_key(s->request->sign_key))
		return sign_by_minisign(s);
	r = sign_bytes(s->request->sign_key, text_view(&s->json), &signature, &key);
	if (r == 0)
		r = write_whole(s->request->folder, seal_files[SEAL_SIGNATURE], text_view(&signature));
	return r < 0 ? r : write_whole(s->request->folder, seal_files[SEAL_KEY], text_view(&key));
}

static int
ask_for_stamp(const struct sealing *s)
{
	CLEANUP(text_free) struct text request = { 0 };
	int r = stamp_request(text_view(&s->json), &request);

	return r < 0 ? r : write_whole(s->request->folder, seal_files[SEAL_STAMP], text_view(&request));
}

/* The line names every file of the seal by its hash. */
static int
compose_line(struct sealing *s)
{
	int r = log_text(&s->line, "version", view_text(s->request->version));

	if (r == 0 && s->last.found)
		r = log_text(&s->line, "renews", view_text(s->last.hashes[SEAL_MANIFEST]));
	if (r == 0)
		r = log_number(&s->line, "files", (int64_t)s->result.files);
	if (r == 0)
		r = log_number(&s->line, "bytes", (int64_t)s->result.bytes);
	for (size_t i = 0; i < SEAL_FILES && r == 0; i++) {
		uint64_t bytes;
		char hex[65];

		r = inventory_hash(s->request->folder, seal_files[i], &bytes, hex);
		if (r == 0)
			r = log_text(&s->line, seal_files[i], view_of(hex, 64));
		if (r == 0 && i == SEAL_MANIFEST)
			memcpy(s->result.manifest, hex, sizeof(hex));
		r = r == -ENOENT ? 0 : r;
	}
	return r;
}

static void
count(struct sealing *s)
{
	s->result.files = s->manifest.inventory.list.n;
	for (size_t i = 0; i < s->manifest.inventory.list.n; i++)
		s->result.bytes += s->manifest.inventory.list.at[i].bytes;
	s->result.again = s->last.found;
}

static int
seal(struct sealing *s)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	int r = check_chains(s);

	if (r == 0 && s->last.found)
		r = put_aside(s);
	if (r == 0)
		r = runlog_open(s->request->folder, &log);
	if (r == 0)
		r = compose_manifest(s, log);
	if (r == 0)
		r = sign(s);
	if (r == 0)
		r = ask_for_stamp(s);
	if (r < 0)
		return r;
	count(s);
	r = compose_line(s);
	return r < 0 ? r : runlog_add(log, "seal", s->line.s);
}

int
seal_case(const struct seal_request *request, struct sealed *ret_sealed)
{
	struct sealing s = { .request = request };
	CLEANUP(close) int lock = take_lock(request->folder);
	int r = lock < 0 ? lock : seal(&s);

	if (r == 0)
		*ret_sealed = s.result;
	manifest_free(&s.manifest);
	text_free(&s.json);
	text_free(&s.sums);
	text_free(&s.line);
	return r;
}

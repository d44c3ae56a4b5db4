/* exam.c - opens one image as far as NTFS volumes that can be swept. */
#include <errno.h>

#include "asked.h"
#include "claims.h"
#include "exam.h"
#include "fail.h"

/* Whether the user's list ("1,3" or "all") names this volume. */
static bool
named(const char *list, uint32_t number)
{
	for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (!strncmp(at, "all", 3) || strtoul(at, NULL, 10) == number)
			return true;
	return !list;
}

static bool
wanted(const struct request *request, const struct exam_volume *v)
{
	if (request->sectors_given && v->volume.offset != request->sectors * v->volume.sector_size)
		return false;
	return named(request->partitions, v->number);
}

static const char *
reason_for(enum volume_fs fs)
{
	switch (fs) {
	case FS_LUKS:
		return "encrypted: not examined";
	case FS_UNALLOCATED:
	case FS_UNKNOWN:
		return "no file system was recognised: not examined";
	default:
		return "only NTFS is examined: this file system was not read";
	}
}

/* Its bytes, as far as the image has them; none, with a reason, where it has none. */
static int
open_window(struct exam *exam, struct exam_volume *v)
{
	uint64_t left = image_media(exam->image)->size;
	uint64_t bytes = v->volume.bytes;

	if (v->volume.offset >= left) {
		v->reason = "lies wholly behind the end of the image";
		return 0;
	}
	left -= v->volume.offset;
	if (bytes > left)
		bytes = left;
	return source_window(image_media(exam->image), v->volume.offset, bytes, exam->path, &v->window);
}

static bool
is_locked(const struct exam_volume *v)
{
	return v->volume.fs == FS_BITLOCKER || v->volume.fs == FS_BITLOCKER_TO_GO;
}

/* An NTFS volume that cannot be opened stays a row that says so. */
static int
open_ntfs(struct exam *exam, struct exam_volume *v)
{
	int r = open_window(exam, v);

	if (r == 0 && is_locked(v) && v->window)
		return exam_unlock(exam, v);
	if (r < 0 || !v->window)
		return r;
	r = ntfs_open_watched(v->window, limits_sink(v->limits), exam->watch, &v->ntfs);
	if (r == -EINVAL) {
		v->reason = "looks like NTFS but cannot be read as such";
		return 0;
	}
	return r;
}

static int
note_short(struct exam *exam, struct exam_volume *v)
{
	uint64_t end = image_media(exam->image)->size;

	if (v->volume.offset <= end && v->volume.bytes <= end - v->volume.offset)
		return 0;
	return limits_add(v->limits, exam->name, -1, "", (int64_t)end, "the image ends before this volume does", 1);
}

static int
open_volume(struct exam *exam, struct exam_volume *v)
{
	int r = limits_new(exam->name, v->number, &v->limits);

	if (r == 0)
		r = limits_new("/$MFT", v->number, &v->mft_limits);
	if (r < 0)
		return r;
	v->wanted = wanted(exam->request, v);
	if (!v->wanted) {
		v->reason = "left out by the user";
		return 0;
	}
	if (v->volume.reserved) {
		v->reason = VOLUME_RESERVED;
		return 0;
	}
	if (v->volume.fs != FS_NTFS && !is_locked(v)) {
		v->reason = reason_for(v->volume.fs);
		return limits_add(v->limits, exam->name, -1, "", (int64_t)v->volume.offset, v->reason, 1);
	}
	r = open_ntfs(exam, v);
	if (r == 0 && v->reason && !v->ntfs)
		r = limits_add(v->limits, exam->name, -1, "", (int64_t)v->volume.offset, v->reason, 1);
	if (r == 0 && v->ntfs)
		limits_records(v->mft_limits, ntfs_geometry(v->ntfs)->record_size);
	return r < 0 ? r : note_short(exam, v);
}

static int
open_volumes(struct exam *exam)
{
	volume_list list = { 0 };
	int r = volume_find(image_media(exam->image), image_sector_size(exam->image), limits_sink(exam->limits), &list);

	if (r < 0)
		return r;
	exam->volumes = calloc(list.n ? list.n : 1, sizeof(*exam->volumes));
	if (!exam->volumes) {
		vector_free(&list);
		return fail(ENOMEM, "out of memory for %zu volumes", list.n);
	}
	exam->volume_count = (uint32_t)list.n;
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		exam->volumes[i].volume = list.at[i];
		exam->volumes[i].number = i + 1;
		r = open_volume(exam, &exam->volumes[i]);
	}
	vector_free(&list);
	return r;
}

int
exam_open(struct exam *exam)
{
	const char *slash = strrchr(exam->path, '/');
	int r;

	if (!exam->name)
		exam->name = slash ? slash + 1 : exam->path;
	r = limits_new(exam->name, 0, &exam->limits);
	if (r < 0)
		return r;
	r = image_open(exam->path, limits_sink(exam->limits), &exam->image);
	if (r < 0)
		return r;
	r = image_fingerprint(exam->image, exam->fingerprint);
	if (r < 0)
		return r;
	r = open_volumes(exam);
	if (r == 0 && !exam->volume_count)
		r = limits_add(exam->limits, exam->name, -1, "", 0, "no volume was found on this image", 1);
	return r;
}

void
exam_phase(struct exam *exam, enum phase phase)
{
	enum { SECONDS = 600 }; /* of processor time; no phase is that long without a smaller unit */
	struct unit unit = { .kind = UNIT_PHASE, .at = phase };

	watch_begin(exam->watch, WATCH_MAIN, &unit, SECONDS);
}

int
exam_unchanged(struct exam *exam)
{
	enum { EVERY_MS = 1000 };
	uint64_t now = clock_ms();

	if (now - exam->looked < EVERY_MS)
		return 0;
	exam->looked = now;
	return image_unchanged(exam->image);
}

static uint64_t
mft_bytes(const struct exam *exam)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < exam->volume_count; i++)
		if (exam->volumes[i].ntfs)
			sum += ntfs_mft(exam->volumes[i].ntfs)->size;
	return sum;
}

/* A volume was made when its $MFT was. */
static int
note_made(struct exam_volume *v)
{
	struct catalog_cursor cursor;
	int r = catalog_get(v->catalog, 0, &cursor);

	if (r > 0)
		v->made = cursor.entry.si.created;
	catalog_stop(&cursor);
	return r < 0 ? r : 0;
}

int
exam_sweep(struct exam *exam)
{
	int r = progress_phase(exam->progress, PHASE_WALK, mft_bytes(exam));

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		struct exam_volume *v = &exam->volumes[i];

		if (!v->ntfs || v->catalog)
			continue;
		ntfs_watch(v->ntfs, exam->watch, v->number);
		r = image_unchanged(exam->image);
		if (r == 0)
			r = catalog_sweep(v->ntfs, exam->threads, limits_sink(v->mft_limits), progress_done,
					  exam->progress, &v->catalog);
		if (r == 0)
			r = note_made(v);
	}
	return r < 0 ? r : host_find(exam);
}

static void
close_volume(struct exam_volume *v)
{
	catalog_free(v->catalog);
	secure_close(v->secure);
	claims_free(v->claims);
	ntfs_close(v->ntfs);
	exam_lock(v);
	source_close(v->window);
	limits_free(v->limits);
	limits_free(v->mft_limits);
	text_free(&v->host);
}

void
exam_close(struct exam *exam)
{
	for (uint32_t i = 0; i < exam->volume_count; i++)
		close_volume(&exam->volumes[i]);
	free(exam->volumes);
	for (size_t i = 0; i < exam->hosts.n; i++) {
		free(exam->hosts.at[i].path);
		free(exam->hosts.at[i].build);
	}
	vector_free(&exam->hosts);
	sites_free(exam->sites);
	registered_free(exam->registered);
	builds_free(exam->builds);
	pages_free(exam->pages);
	vector_free(&exam->candidates);
	vector_free(&exam->odd_names);
	arena_free(&exam->arena);
	free(exam->tallies);
	free(exam->rule_hits);
	births_free(exam->births);
	asked_close(exam->asked);
	image_close(exam->image);
	limits_free(exam->limits);
}

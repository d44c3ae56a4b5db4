/* ntfs.c - opening an NTFS volume: its boot sector or the copy of it, its label, its table of letters. */
#include "ntfs.h"

#include <errno.h>

#include "fail.h"
#include "headless.h"
#include "layout.h"
#include "mft.h"
#include "stream.h"

/* Damage that has no better place than the volume's first byte goes there. */
static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	return out ? sink_damage(out, offset, why) : 0;
}

/* Takes the geometry from one place, if a boot sector lies there and its $MFT can be opened: 0, -EINVAL or negative. */
static int
try_boot(struct ntfs *ntfs, uint64_t offset, bool search, struct sink *out, const char **ret_why)
{
	uint8_t sector[BOOT_SIZE];
	int r = source_read_all(ntfs->volume, offset, sector, sizeof(sector));

	*ret_why = "the volume is shorter than a boot sector";
	if (r == -ENODATA)
		return -EINVAL;
	if (r < 0)
		return r;
	r = boot_parse(view_of(sector, sizeof(sector)), &ntfs->geometry, ret_why);
	if (r < 0)
		return r;
	*ret_why = "the $MFT is not where the boot sector says";
	return mft_find(ntfs, search, out);
}

/* Without any boot sector: what the first records of the $MFT tell. */
static int
try_headless(struct ntfs *ntfs, struct sink *out)
{
	struct headless found;
	int r = headless_find(ntfs->volume, 0, ntfs->volume->size, &found);

	if (r <= 0 || found.start)
		return r < 0 ? r : -EINVAL;
	ntfs->geometry = found.geometry;
	r = mft_find(ntfs, false, out);
	return r < 0 ? r
		     : tell(out, 0,
			    "no boot sector leads to the $MFT: the geometry of the volume was worked out from its "
			    "first records, and its serial number is not known");
}

/* Behind the last sector that the first boot sector counts, and in the last sector of what there is. */
static int
try_backups(struct ntfs *ntfs, bool search, struct sink *out)
{
	uint64_t size = ntfs->volume->size, places[5] = { 0 };
	uint8_t sector[BOOT_SIZE];
	const char *why;
	size_t n = 0;

	if (source_read_all(ntfs->volume, 0, sector, sizeof(sector)) == 0) {
		const struct disk_boot *boot = VIEW_AT(view_of(sector, sizeof(sector)), 0, struct disk_boot);
		uint64_t sectors = le64_get(boot->sectors);

		if (sectors && sectors < size / SECTOR_STRIDE)
			places[n++] = sectors * SECTOR_STRIDE;
		if (sectors && sectors < size / 4096)
			places[n++] = sectors * 4096;
	}
	if (size >= BOOT_SIZE * 2)
		places[n++] = size - size % SECTOR_STRIDE - BOOT_SIZE;
	if (size >= 4096 * 2)
		places[n++] = size - size % 4096 - 4096;
	if (size >= BOOT_SIZE * 4) /* NT4 put it in the middle */
		places[n++] = size / SECTOR_STRIDE / 2 * SECTOR_STRIDE;
	for (size_t i = 0; i < n; i++) {
		int r = places[i] ? try_boot(ntfs, places[i], search, out, &why) : -EINVAL;

		if (r == 0)
			ntfs->geometry.backup_boot = true;
		if (r != -EINVAL)
			return r;
	}
	return -EINVAL;
}

/* First by what leads to an $MFT; when nothing does, by the boot sector that is left and a search for records. */
static int
find_volume(struct ntfs *ntfs, struct sink *out)
{
	const char *why, *still;
	int r = try_boot(ntfs, 0, false, out, &why), told;

	if (r == 0 && ntfs->geometry.foreign)
		r = tell(out, 0, "the boot sector bears another name than that of NTFS; what follows it is NTFS");
	if (r != -EINVAL)
		return r;
	told = tell(out, 0, why);
	if (told < 0)
		return told;
	r = try_backups(ntfs, false, out);
	if (r == 0)
		return tell(out, 0, "the copy of the boot sector is used");
	if (r == -EINVAL)
		r = try_headless(ntfs, out);
	if (r == -EINVAL)
		r = try_boot(ntfs, 0, true, out, &still);
	if (r != -EINVAL)
		return r;
	r = try_backups(ntfs, true, out);
	return r < 0 ? r : tell(out, 0, "the copy of the boot sector is used");
}

/* An unnamed attribute of one of the volume's own files, whole: 0, -ENOENT, or negative. */
static int
own_file(struct ntfs *ntfs, uint64_t number, uint32_t type, struct source **ret_stream)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	int r = pieces_of(ntfs, number, NULL, 0, &pieces);

	if (r == 0)
		r = stream_of(ntfs, &pieces, type, view_of(NULL, 0), true, NULL, ret_stream);
	return r == -EINVAL || r == -ENODATA ? -ENOENT : r;
}

static int
load_upcase(struct ntfs *ntfs, struct sink *out)
{
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(free) uint8_t *bytes = malloc(UPCASE_UNITS * 2);
	int r = own_file(ntfs, ENTRY_UPCASE, ATTRIBUTE_DATA, &stream);
	size_t n = 0;

	if (!bytes)
		return fail(ENOMEM, "out of memory for $UpCase");
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && stream->size == UPCASE_UNITS * 2) {
		r = source_read_all(stream, 0, bytes, UPCASE_UNITS * 2);
		if (r < 0)
			return r;
		n = source_trust(stream, 0, stream->size) ? 0 : UPCASE_UNITS * 2;
	}
	if (upcase_load(view_of(bytes, n), &ntfs->upcase))
		return 0;
	return tell(out, 0, "$UpCase cannot be read: names are matched by the usual table");
}

static int
load_label(struct ntfs *ntfs)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	int r = pieces_of(ntfs, ENTRY_VOLUME, NULL, 0, &pieces);

	if (r == -EINVAL || r == -ENODATA)
		return 0;
	for (size_t i = 0; i < pieces.list.n && r == 0; i++) {
		const struct attribute *a = &pieces.list.at[i].attribute;
		const struct disk_volume *info = VIEW_AT(a->value, 0, struct disk_volume);

		if (a->type == ATTRIBUTE_VOLUME_NAME && a->resident && !ntfs->label.n)
			r = text_add(&ntfs->label, a->value);
		if (a->type == ATTRIBUTE_VOLUME_INFORMATION && a->resident && info)
			ntfs->dirty = le16_get(info->flags) & VOLUME_IS_DIRTY;
	}
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the label of %s", ntfs->volume->name) : r;
}

static int
check_size(struct ntfs *ntfs, struct sink *out)
{
	const struct geometry *g = &ntfs->geometry;
	int r = 0;

	if (g->clusters > ntfs->volume->size / g->cluster_size)
		r = tell(out, ntfs->volume->size, "the volume is longer than what is here of it");
	if (r == 0 && ntfs->mft->size > ntfs->volume->size) { /* nobody could walk through what holes can claim */
		mft_cut(ntfs);
		r = tell(out, g->mft * g->cluster_size,
			 "the $MFT claims to be larger than its volume: cut to its runs");
	}
	return r;
}

static int
open_own_files(struct ntfs *ntfs, struct sink *out)
{
	int r = check_size(ntfs, out);

	if (r == 0)
		r = load_upcase(ntfs, out);
	if (r == 0)
		r = load_label(ntfs);
	if (r < 0)
		return r;
	r = own_file(ntfs, ENTRY_MFT, ATTRIBUTE_BITMAP, &ntfs->records);
	if (r < 0 && r != -ENOENT) /* without it, records that were wiped cannot be told from those never used */
		return r;
	r = own_file(ntfs, ENTRY_BITMAP, ATTRIBUTE_DATA, &ntfs->bitmap);
	if (r == -ENOENT)
		r = tell(out, 0, "$Bitmap cannot be read: whether deleted content was overwritten is not known");
	return r;
}

int
ntfs_open_watched(struct source *volume, struct sink *out, struct watch *watch, struct ntfs **ret_ntfs)
{
	CLEANUP(ntfs_close) struct ntfs *ntfs = calloc(1, sizeof(*ntfs));
	int r;

	if (!ntfs)
		return fail(ENOMEM, "out of memory for %s", volume->name);
	ntfs->volume = volume;
	ntfs->watch = watch;
	r = find_volume(ntfs, out);
	if (r == 0)
		r = open_own_files(ntfs, out);
	if (r < 0)
		return r;
	*ret_ntfs = TAKE(ntfs);
	return 0;
}

int
ntfs_open(struct source *volume, struct sink *out, struct ntfs **ret_ntfs)
{
	return ntfs_open_watched(volume, out, NULL, ret_ntfs);
}

struct ntfs *
ntfs_close(struct ntfs *ntfs)
{
	if (!ntfs)
		return NULL;
	source_close(ntfs->bitmap);
	source_close(ntfs->records);
	source_close(ntfs->mft);
	text_free(&ntfs->label);
	mft_hold_none(ntfs);
	free(ntfs->strays);
	free(ntfs);
	return NULL;
}

void
ntfs_watch(struct ntfs *ntfs, struct watch *watch, uint32_t volume)
{
	ntfs->watch = watch;
	ntfs->number = volume;
}

const struct geometry *
ntfs_geometry(const struct ntfs *ntfs)
{
	return &ntfs->geometry;
}

const struct upcase *
ntfs_upcase(const struct ntfs *ntfs)
{
	return &ntfs->upcase;
}

struct source *
ntfs_mft(struct ntfs *ntfs)
{
	return ntfs->mft;
}

uint64_t
ntfs_records(const struct ntfs *ntfs)
{
	return ntfs->mft->size / ntfs->geometry.record_size;
}

struct view
ntfs_label(const struct ntfs *ntfs)
{
	return text_view(&ntfs->label);
}

bool
ntfs_dirty(const struct ntfs *ntfs)
{
	return ntfs->dirty;
}

struct source *
ntfs_volume(struct ntfs *ntfs)
{
	return ntfs->volume;
}

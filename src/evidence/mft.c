/*
 * mft.c - finding the $MFT: by record 0, by the copy of it in $MFTMirr, and where these do not lead to all of it, by
 * its records themselves.
 */
#include "mft.h"

#include <errno.h>

#include "extents.h"
#include "fail.h"
#include "layout.h"
#include "rescue.h"
#include "stream.h"

enum {
	ROUNDS = 64, /* each finds more extension records of the $MFT with what the one before has mapped */
	HELD_MAX = 8 << 20, /* bytes of records that are held */
};

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	return out ? sink_damage(out, offset, why) : 0;
}

int
mft_hold(struct ntfs *ntfs, uint64_t record, struct view bytes)
{
	uint64_t *slot;

	if (ntfs->held.bytes.n + bytes.n > HELD_MAX)
		return 0;
	slot = vector_push(&ntfs->held.records);
	if (!slot)
		return -ENOMEM;
	*slot = record;
	return text_add(&ntfs->held.bytes, bytes);
}

void
mft_hold_none(struct ntfs *ntfs)
{
	vector_free(&ntfs->held.records);
	text_free(&ntfs->held.bytes);
}

/* The place of a record among those that are held, or SIZE_MAX. */
static size_t
find_held(const struct held *held, uint64_t number)
{
	size_t low = 0, high = held->records.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (held->records.at[mid] >> 1 < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < held->records.n && held->records.at[low] >> 1 == number ? low : SIZE_MAX;
}

int
mft_record(struct ntfs *ntfs, uint64_t number, uint8_t *buf)
{
	uint32_t size = ntfs->geometry.record_size;
	size_t held = find_held(&ntfs->held, number);
	int r;

	if (!ntfs->mft || number >= ntfs->mft->size / size)
		return -ENODATA;
	if (held != SIZE_MAX) {
		memcpy(buf, ntfs->held.bytes.s + held * size, size);
		return ntfs->held.records.at[held] & 1;
	}
	r = source_read_all(ntfs->mft, number * size, buf, size);
	if (r < 0)
		return r;
	return record_fixup(buf, size) ? 1 : 0;
}

size_t
strays_of(const struct stray *strays, size_t n, uint64_t entry, const struct stray **ret_first)
{
	size_t low = 0, high = n, count = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strays[mid].base >> 16 < entry)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + count < n && strays[low + count].base >> 16 == entry)
		count++;
	*ret_first = count ? strays + low : NULL;
	return count;
}

/* Reads what may be record 0 from a place on the volume: 0, 1 when torn, -EINVAL when it is not, or negative. */
static int
first_record(struct ntfs *ntfs, uint64_t cluster, uint8_t *buf)
{
	uint32_t size = ntfs->geometry.record_size;
	int r = -ENODATA;

	if (cluster < INT64_MAX / ntfs->geometry.cluster_size)
		r = source_read_all(ntfs->volume, cluster * ntfs->geometry.cluster_size, buf, size);
	if (r == -ENODATA)
		return -EINVAL;
	if (r < 0)
		return r;
	r = record_fixup(buf, size);
	/* a record of another size: then it is the boot sector that is wrong */
	if (memcmp(buf, "FILE", 4) || le32_get(VIEW_AT(view_of(buf, size), 0, struct disk_record)->room) != size)
		return -EINVAL;
	/* another record: likewise. NT4 did not write the number down */
	if (le16_get(((struct disk_record *)buf)->sectors.array) >= sizeof(struct disk_record) &&
	    le32_get(((struct disk_record *)buf)->number) != ENTRY_MFT)
		return -EINVAL;
	return r ? 1 : 0;
}

/* Bytes of an open $MFT that the volume really holds. */
static uint64_t
stored_bytes(const struct source *mft)
{
	struct stream_info info;
	uint64_t stored = 0;

	if (!mft)
		return 0;
	stream_info(mft, &info);
	for (size_t i = 0; i < info.extent_count; i++)
		stored += info.extents[i].at < EXTENT_MISSING ? info.extents[i].length : 0;
	return stored;
}

/* Opens $MFT by what record 0 says and as much of its extension records as can be read by now. -EINVAL: it is none. */
static int
open_mft(struct ntfs *ntfs, struct view record, bool torn, struct sink *out, struct source **ret_mft)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	CLEANUP(source_close) struct source *mft = NULL;
	int r = pieces_begin(&pieces, ntfs, record, ENTRY_MFT, torn);

	if (r == 0 && ntfs->mft)
		r = pieces_extend(&pieces, ntfs, NULL, 0);
	if (r == 0)
		r = stream_of(ntfs, &pieces, ATTRIBUTE_DATA, view_of(NULL, 0), true, out, &mft);
	if (r == -ENOENT || (r == 0 && stored_bytes(mft) < ntfs->geometry.record_size))
		return -EINVAL;
	for (uint32_t i = 0; i < pieces.whys.n && r == 0; i++)
		r = tell(out, stream_place(mft, 0), pieces.whys.at[i]);
	if (r < 0)
		return r;
	*ret_mft = TAKE(mft);
	return 0;
}

/*
 * The extension records of the $MFT lie in the $MFT: what record 0 maps by itself leads to some of them, those to more,
 * until nothing is won any more. Only the last round says what is wrong.
 */
static int
map_mft(struct ntfs *ntfs, struct view record, bool torn, struct sink *out)
{
	struct source *mft = NULL;
	uint64_t before;
	int r;

	ntfs->mft = source_close(ntfs->mft);
	for (unsigned round = 0; round < ROUNDS; round++) {
		before = stored_bytes(ntfs->mft);
		r = open_mft(ntfs, record, torn, NULL, &mft);
		if (r < 0)
			return r;
		source_close(ntfs->mft);
		ntfs->mft = mft;
		if (stored_bytes(mft) <= before)
			break;
	}
	if (!out)
		return 0;
	mft = NULL;
	r = open_mft(ntfs, record, torn, out, &mft);
	source_close(mft);
	return r;
}

/* Bytes of the open $MFT that lie where records are, or negative. */
static int64_t
fitting_bytes(struct ntfs *ntfs)
{
	struct stream_info info;
	int64_t fitting = 0;

	stream_info(ntfs->mft, &info);
	for (size_t i = 0; i < info.extent_count; i++) {
		int r = rescue_fits(ntfs, &info.extents[i]);

		if (r < 0)
			return r;
		fitting += r ? (int64_t)info.extents[i].length : 0;
	}
	return fitting;
}

/* How well record 0 at that place maps the $MFT: bytes, 0 when it does not, or negative. */
static int64_t
try_record(struct ntfs *ntfs, uint64_t cluster, uint8_t *buf, bool *ret_torn)
{
	int r = first_record(ntfs, cluster, buf);

	if (r >= 0) {
		*ret_torn = r;
		r = map_mft(ntfs, view_of(buf, ntfs->geometry.record_size), *ret_torn, NULL);
	}
	return r == 0 ? fitting_bytes(ntfs) : r == -EINVAL ? 0 : r;
}

/* Whether that is all of the $MFT that record 0 speaks of. */
static bool
is_complete(const struct ntfs *ntfs, int64_t fitting)
{
	return ntfs->mft && fitting > 0 && (uint64_t)fitting >= ntfs->mft->size;
}

/* Bytes that the runs of the open $MFT reach to. */
static uint64_t
mapped_bytes(const struct ntfs *ntfs)
{
	struct stream_info info;

	stream_info(ntfs->mft, &info);
	return info.extent_count
		       ? info.extents[info.extent_count - 1].offset + info.extents[info.extent_count - 1].length
		       : 0;
}

void
mft_cut(struct ntfs *ntfs)
{
	uint64_t mapped = mapped_bytes(ntfs);

	ntfs->mft->size = mapped < ntfs->volume->size ? mapped : ntfs->volume->size;
}

/* Whether the record behind the end of the $MFT is one more of it: then its size is too small. 1, 0 or negative. */
static int
goes_on(struct ntfs *ntfs)
{
	uint8_t head[sizeof(struct disk_record)];
	uint64_t size = ntfs->geometry.record_size, next = ntfs->mft->size / size, number;
	uint64_t place = stream_place(ntfs->mft, next * size);
	int r;

	if (mapped_bytes(ntfs) < (next + 1) * size || place >= EXTENT_MISSING)
		return 0;
	r = source_read_all(ntfs->volume, place, head, sizeof(head));
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	return rescue_number(view_of(head, sizeof(head)), (uint32_t)size, &number) && number == next;
}

/* What record 0 or its copy maps is open, if either maps anything: the rest is looked for. */
static int
make_good(struct ntfs *ntfs, struct sink *out)
{
	uint64_t size = 0;
	int64_t fitting = ntfs->mft ? fitting_bytes(ntfs) : 0;
	int more = fitting > 0 ? goes_on(ntfs) : (int)fitting, r = 0;

	if (more < 0)
		return more;
	if (is_complete(ntfs, fitting) && !more)
		return 0;
	ntfs->geometry.mended = true;
	if (!ntfs->mft)
		r = tell(out, ntfs->geometry.mft * ntfs->geometry.cluster_size,
			 "record 0 of the $MFT and its copy are lost");
	else if (more)
		r = tell(out, stream_place(ntfs->mft, 0), "the $MFT is longer than its size says");
	else if (fitting < (int64_t)stored_bytes(ntfs->mft))
		r = tell(out, stream_place(ntfs->mft, 0), "runs of the $MFT lead to places where no records are");
	if (ntfs->mft)
		size = more ? mapped_bytes(ntfs) : ntfs->mft->size;
	return r < 0 ? r : rescue_mft(ntfs, size, out);
}

int
mft_find(struct ntfs *ntfs, bool search, struct sink *out)
{
	CLEANUP(free) uint8_t *first = malloc(ntfs->geometry.record_size);
	CLEANUP(free) uint8_t *copy = malloc(ntfs->geometry.record_size);
	bool torn = false, copy_torn = false, mirror = false;
	int64_t fitting, copy_fitting = 0;
	int r = 0;

	if (!first || !copy)
		return fail(ENOMEM, "out of memory for a record of %s", ntfs->volume->name);
	fitting = try_record(ntfs, ntfs->geometry.mft, first, &torn);
	if (fitting >= 0 && (torn || !is_complete(ntfs, fitting))) {
		copy_fitting = try_record(ntfs, ntfs->geometry.mirror, copy, &copy_torn);
		mirror = copy_fitting > fitting || (copy_fitting == fitting && fitting && torn && !copy_torn);
	}
	if (fitting < 0 || copy_fitting < 0)
		return (int)(fitting < 0 ? fitting : copy_fitting);
	ntfs->geometry.mended = mirror || torn;
	if (mirror)
		r = tell(out, ntfs->geometry.mft * ntfs->geometry.cluster_size,
			 "the first record of the $MFT is damaged, or not where the boot sector says: its copy in "
			 "$MFTMirr is "
			 "used");
	if (r == 0 && (fitting || mirror))
		r = map_mft(ntfs, view_of(mirror ? copy : first, ntfs->geometry.record_size), mirror ? copy_torn : torn,
			    out);
	else if (r == 0)
		ntfs->mft = source_close(ntfs->mft);
	if (r == 0 && !ntfs->mft && !search)
		return -EINVAL;
	return r < 0 ? r : make_good(ntfs, out);
}

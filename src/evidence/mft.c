/*
 * mft.c - finding the $MFT: by record 0, by the copy of it in $MFTMirr, or by the records that follow the place which
 * the boot sector names.
 */
#include "mft.h"

#include <errno.h>

#include "extents.h"
#include "fail.h"
#include "layout.h"
#include "stream.h"

enum {
	ROUNDS = 64,     /* each finds more extension records of the $MFT with what the one before has mapped */
	GAP_MOST = 1024, /* clusters without a record after which it is over, when record 0 is lost */
};

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	return out ? sink_damage(out, offset, why) : 0;
}

int
mft_record(struct ntfs *ntfs, uint64_t number, uint8_t *buf)
{
	uint32_t size = ntfs->geometry.record_size;
	int r;

	if (!ntfs->mft || number >= ntfs->mft->size / size)
		return -ENODATA;
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
	if (memcmp(buf, "FILE", 4))
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

/* How well record 0 at that place maps the $MFT: bytes, 0 when it does not, or negative. */
static int64_t
try_record(struct ntfs *ntfs, uint64_t cluster, uint8_t *buf, bool *ret_torn)
{
	int r = first_record(ntfs, cluster, buf);

	if (r >= 0) {
		*ret_torn = r;
		r = map_mft(ntfs, view_of(buf, ntfs->geometry.record_size), *ret_torn, NULL);
	}
	return r == 0 ? (int64_t)stored_bytes(ntfs->mft) : r == -EINVAL ? 0 : r;
}

/* Whether what record 0 maps is all of the $MFT that it speaks of. */
static bool
mft_complete(const struct ntfs *ntfs, bool torn)
{
	return ntfs->mft && !torn && stored_bytes(ntfs->mft) >= ntfs->mft->size;
}

/* Whether a cluster begins with a record of the $MFT. */
static int
begins_record(struct ntfs *ntfs, uint64_t cluster)
{
	uint8_t head[4];
	int r = source_read_all(ntfs->volume, cluster * ntfs->geometry.cluster_size, head, sizeof(head));

	return r == -ENODATA ? 0 : r < 0 ? r : !memcmp(head, "FILE", 4);
}

/* With record 0 and its copy lost: the records behind the place where the $MFT begins, as if it had one run. */
static int
guess_mft(struct ntfs *ntfs, struct sink *out)
{
	const struct geometry *g = &ntfs->geometry;
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	uint8_t pairs[] = { 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	uint64_t n = 0, step = g->record_size > g->cluster_size ? g->record_size / g->cluster_size : 1;
	uint64_t most = g->mft < g->clusters ? g->clusters - g->mft : 0;
	struct piece *piece;
	int r = 0;

	for (uint64_t at = 0; at < most && at - n <= GAP_MOST * step; at += step) {
		r = begins_record(ntfs, g->mft + at);
		if (r < 0)
			return r;
		n = r ? at + step : n;
	}
	if (!n)
		return -EINVAL;
	r = tell(out, g->mft * g->cluster_size,
		 "record 0 of the $MFT and its copy are lost: only the first run of it is seen");
	if (r < 0)
		return r;
	for (unsigned i = 0; i < 8; i++) {
		pairs[1 + i] = (uint8_t)(n >> (8 * i));
		pairs[9 + i] = (uint8_t)(g->mft >> (8 * i));
	}
	piece = vector_push(&pieces.list);
	if (!piece)
		return fail(ENOMEM, "out of memory for the $MFT of %s", ntfs->volume->name);
	piece->attribute = (struct attribute){ .type = ATTRIBUTE_DATA,
					       .value = view_of(pairs, sizeof(pairs)),
					       .last_vcn = n - 1,
					       .size = n * g->cluster_size };
	return stream_of(ntfs, &pieces, ATTRIBUTE_DATA, view_of(NULL, 0), true, out, &ntfs->mft);
}

int
mft_find(struct ntfs *ntfs, struct sink *out)
{
	CLEANUP(free) uint8_t *first = malloc(ntfs->geometry.record_size);
	CLEANUP(free) uint8_t *copy = malloc(ntfs->geometry.record_size);
	bool torn = false, copy_torn = false, mirror = false;
	int64_t stored, copy_stored;
	int r = 0;

	if (!first || !copy)
		return fail(ENOMEM, "out of memory for a record of %s", ntfs->volume->name);
	stored = try_record(ntfs, ntfs->geometry.mft, first, &torn);
	if (stored > 0 && mft_complete(ntfs, torn))
		return map_mft(ntfs, view_of(first, ntfs->geometry.record_size), torn, out);
	copy_stored = stored < 0 ? stored : try_record(ntfs, ntfs->geometry.mirror, copy, &copy_torn);
	if (copy_stored < 0)
		return (int)copy_stored;
	mirror = copy_stored > stored || (copy_stored == stored && torn && !copy_torn);
	if (mirror)
		r = tell(out, ntfs->geometry.mft * ntfs->geometry.cluster_size,
			 "the first record of the $MFT is damaged: its copy in $MFTMirr is used");
	if (r < 0)
		return r;
	if (stored || mirror)
		return map_mft(ntfs, view_of(mirror ? copy : first, ntfs->geometry.record_size),
			       mirror ? copy_torn : torn, out);
	ntfs->mft = source_close(ntfs->mft);
	return guess_mft(ntfs, out);
}

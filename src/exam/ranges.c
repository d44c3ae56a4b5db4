/* ranges.c - the bytes of a finding as stretches of the volume, so that `dd` or its like can show them. */
#include "ranges.h"

#include <errno.h>

enum {
	STRIDE = 512, /* of a record, at the end of which two bytes are put aside while it is stored */
	MARK = 2,     /* bytes */
	ARRAY_AT = 4, /* in a record: where they are put aside, 16 bits, behind a mark of its own */
};

/* Where the record begins that holds this byte of the volume, and how far into it its put aside bytes begin. */
static int
find_record(struct ntfs *ntfs, uint64_t at, uint64_t *ret_record, uint16_t *ret_array)
{
	const struct geometry *g = ntfs_geometry(ntfs);
	le16 array;
	int r;

	if (g->record_size > g->cluster_size)
		return -EINVAL; /* may be in pieces itself */
	*ret_record = at - at % g->record_size;
	r = source_read_all(ntfs_volume(ntfs), *ret_record + ARRAY_AT, &array, sizeof(array));
	*ret_array = r < 0 ? 0 : (uint16_t)(le16_get(array) + MARK);
	return r == -ENODATA ? -EINVAL : r;
}

/* The last two bytes of each 512 of a record are a check mark; what belongs there stands in its head. */
static int
resident(struct ntfs *ntfs, const struct stream_info *info, uint64_t offset, uint64_t length,
	 int (*range)(void *state, uint64_t at, uint64_t length), void *state)
{
	uint64_t at = info->record_offset + offset, record, n;
	uint16_t array;
	int r;

	if (offset > info->size || length > info->size - offset)
		return -EINVAL;
	r = find_record(ntfs, at, &record, &array);
	for (; length && r == 0; at += n, length -= n) {
		uint64_t in = (at - record) % STRIDE, stride = (at - record) / STRIDE;
		bool marked = in >= STRIDE - MARK;

		n = marked ? STRIDE - in : STRIDE - MARK - in;
		n = n < length ? n : length;
		r = range(state, marked ? record + array + stride * MARK + (in - (STRIDE - MARK)) : at, n);
	}
	return r;
}

/* The next stretch from offset on, of at most length bytes. */
static uint64_t
stretch(const struct stream_info *info, enum rests on, uint64_t offset, uint64_t length, uint64_t *ret_at)
{
	const struct extent *e = NULL;

	for (size_t i = 0; i < info->extent_count && !e; i++)
		if (offset >= info->extents[i].offset && offset - info->extents[i].offset < info->extents[i].length)
			e = &info->extents[i];
	if (!e)
		return 0;
	if (length > e->length - (offset - e->offset))
		length = e->length - (offset - e->offset);
	if (on != RESTS_SLACK && offset < info->valid && length > info->valid - offset)
		length = info->valid - offset;
	*ret_at = e->at == UINT64_MAX || (on != RESTS_SLACK && offset >= info->valid) ? RANGE_ZEROS
										      : e->at + (offset - e->offset);
	return length;
}

static int
walk(const struct stream_info *info, enum rests on, uint64_t offset, uint64_t length,
     int (*range)(void *state, uint64_t at, uint64_t length), void *state)
{
	unsigned budget = RANGES_MAX;
	int r = 0;

	while (length && r == 0) {
		uint64_t at, n = stretch(info, on, offset, length, &at);

		if (!n || !budget--)
			return -EINVAL;
		r = range(state, at, n);
		offset += n;
		length -= n;
	}
	return r;
}

int
ranges_mft(struct ntfs *ntfs, uint64_t offset, uint64_t length, int (*range)(void *state, uint64_t at, uint64_t length),
	   void *state)
{
	struct stream_info info;

	stream_info(ntfs_mft(ntfs), &info);
	return walk(&info, RESTS_STREAM, offset, length, range, state);
}

int
ranges_size(struct ntfs *ntfs, const struct place *place, uint64_t *ret_size)
{
	CLEANUP(ground_close) struct ground ground = { 0 };
	int r = ground_open(ntfs, RESTS_STREAM, place->entry, place->attribute, &ground);

	if (r == 0)
		*ret_size = ground.bytes->size;
	return r == -ESTALE ? -ENOENT : r;
}

int
ranges_of(struct ntfs *ntfs, enum rests on, const struct place *place, uint64_t offset, uint64_t length,
	  int (*range)(void *state, uint64_t at, uint64_t length), void *state)
{
	CLEANUP(ground_close) struct ground ground = { 0 };
	struct stream_info info;
	int r;

	if (on == RESTS_VOLUME)
		return range(state, offset, length);
	r = ground_open(ntfs, on, place->entry, place->attribute, &ground);
	if (r < 0)
		return r == -ESTALE ? -ENOENT : r;
	stream_info(ground.stream ? ground.stream : ground.bytes, &info);
	if (info.flags & (STREAM_COMPRESSED | STREAM_UNPACKED))
		return -EINVAL;
	return info.flags & STREAM_RESIDENT ? resident(ntfs, &info, offset, length, range, state)
					    : walk(&info, on, offset, length, range, state);
}

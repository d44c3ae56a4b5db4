/* reused.c - how much of a deleted file belongs to somebody else by now. */
#include "mft.h"
#include "stream_own.h"

/* How many of the clusters [first, first + n) are in use by $Bitmap, read in pages. */
static int
count_used(struct source *bitmap, uint64_t first, uint64_t n, uint64_t *used)
{
	uint8_t page[4096];

	while (n) {
		uint64_t bits = sizeof(page) * 8 - first % 8;
		ssize_t got = source_read(bitmap, first / 8, page, sizeof(page));

		if (got < 0)
			return (int)got;
		if (bits > n)
			bits = n;
		for (uint64_t i = first % 8; i < first % 8 + bits && i / 8 < (uint64_t)got; i++)
			*used += page[i / 8] >> (i % 8) & 1;
		first += bits;
		n -= bits;
	}
	return 0;
}

enum { UNIT_CLUSTERS = 16 }; /* what Windows compresses at a time */

/* The same of what holds the bytes [from, to) of the runs. */
static int
reused_within(struct ntfs *ntfs, const struct extent_map *map, uint64_t from, uint64_t to, uint64_t *reused,
	      uint64_t *clusters)
{
	uint64_t size = ntfs->geometry.cluster_size;

	for (size_t i = 0; i < map->list.n; i++) {
		const struct extent *e = &map->list.at[i];
		uint64_t first = e->offset > from ? e->offset : from;
		uint64_t end = to > e->offset && e->length < to - e->offset ? e->offset + e->length : to, n;
		int r;

		if (!extent_stored(e) || first >= end)
			continue;
		n = (end - first + size - 1) / size;
		*clusters += n;
		r = ntfs->bitmap ? count_used(ntfs->bitmap, (e->at + (first - e->offset)) / size, n, reused) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

int
stream_reused(struct ntfs *ntfs, const struct source *stream, uint64_t *ret_reused, uint64_t *ret_clusters)
{
	*ret_reused = *ret_clusters = 0;
	return reused_within(ntfs, &stream_stored(stream_self(stream))->map, 0, UINT64_MAX, ret_reused, ret_clusters);
}

void
stream_stored_range(const struct source *stream, uint64_t *from, uint64_t *to)
{
	struct stream_source *s = stream_self(stream);
	uint64_t size = s->ntfs->geometry.cluster_size;
	uint64_t grain = s->info.flags & STREAM_COMPRESSED ? size * UNIT_CLUSTERS : size;

	if (stream_stored(s) != s) { /* unpacked as a whole: no byte of it has a place of its own */
		*from = 0;
		*to = UINT64_MAX;
	}
	*from -= *from % grain;
	*to = *to > UINT64_MAX - grain ? UINT64_MAX : *to + (grain - *to % grain) % grain;
}

int
stream_reused_at(struct ntfs *ntfs, const struct source *stream, uint64_t from, uint64_t to, uint64_t *ret_reused)
{
	uint64_t clusters = 0;

	stream_stored_range(stream, &from, &to);
	*ret_reused = 0;
	return reused_within(ntfs, &stream_stored(stream_self(stream))->map, from, to, ret_reused, &clusters);
}

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

int
stream_reused(struct ntfs *ntfs, const struct source *stream, uint64_t *ret_reused, uint64_t *ret_clusters)
{
	const struct stream_source *s = stream_stored(stream_self(stream));
	uint64_t reused = 0, clusters = 0, size = ntfs->geometry.cluster_size;

	for (size_t i = 0; i < s->map.list.n; i++) {
		const struct extent *e = &s->map.list.at[i];
		int r;

		if (!extent_stored(e))
			continue;
		clusters += e->length / size;
		r = ntfs->bitmap ? count_used(ntfs->bitmap, e->at / size, e->length / size, &reused) : 0;
		if (r < 0)
			return r;
	}
	*ret_reused = reused;
	*ret_clusters = clusters;
	return 0;
}

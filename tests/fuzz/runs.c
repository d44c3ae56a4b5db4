/* runs.c - any bytes as mapping pairs, and as extents of a volume of 1 GiB: they never overlap and never leave gaps. */
#include <stdlib.h>

#include "../../src/evidence/extents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
walk(struct view pairs)
{
	struct run_cursor cursor = { .pairs = pairs };
	uint64_t lcn, clusters;

	while (run_next(&cursor, &lcn, &clusters) > 0)
		if (!clusters || (lcn > INT64_MAX && lcn != UINT64_MAX) || cursor.at > pairs.n)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct geometry geometry = { .cluster_size = 4096, .clusters = 262144 };
	struct whys whys = { 0 };
	struct extent_check check = { .geometry = &geometry, .volume_size = 1 << 30, .whys = &whys };
	struct extent_map map = { 0 };
	size_t half = size ? data[0] % size : 0;
	struct attribute first = { .value = view_of(data, half), .last_vcn = UINT64_MAX };
	struct attribute second = { .value = view_of(data + half, size - half), .last_vcn = UINT64_MAX };
	uint64_t at = 0;

	walk(view_of(data, size));
	if (extents_add(&map, &first, &check) < 0)
		abort();
	second.first_vcn = map.mapped / geometry.cluster_size + (size ? data[size - 1] % 3 : 0);
	if (second.first_vcn <= INT64_MAX && extents_add(&map, &second, &check) < 0)
		abort();
	for (size_t i = 0; i < map.list.n; i++) {
		const struct extent *e = &map.list.at[i];

		if (e->offset != at || !e->length ||
		    (extent_stored(e) && (e->at > check.volume_size || e->length > check.volume_size - e->at)))
			abort();
		at += e->length;
	}
	if (at != map.mapped)
		abort();
	extents_free(&map);
	return 0;
}

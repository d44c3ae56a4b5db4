/* extents.c - the map from a stream to the clusters of its volume, drawn so that broken runs cost only themselves. */
#include "extents.h"

#include <errno.h>

#include "layout.h"

enum { BOOT_FILE = 8192 }; /* bytes of $Boot at the start of every volume */

int
extents_damage(const struct extent_check *check, uint64_t offset, const char *why)
{
	if (!whys_add(check->whys, why) || !check->out)
		return 0;
	return sink_damage(check->out, offset, why);
}

static bool
continues(const struct extent *last, uint64_t at)
{
	return extent_stored(last) ? at == last->at + last->length : at == last->at;
}

static int
append(struct extent_map *map, uint64_t at, uint64_t length)
{
	struct extent *e = map->list.n ? &map->list.at[map->list.n - 1] : NULL;

	if (!length)
		return 0;
	if (e && continues(e, at)) {
		e->length += length;
		map->mapped += length;
		return 0;
	}
	e = vector_push(&map->list);
	if (!e)
		return -ENOMEM;
	*e = (struct extent){ .offset = map->mapped, .at = at, .length = length };
	map->mapped += length;
	return 0;
}

/* Cuts off what lies where the volume has no bytes. */
static int
append_stored(struct extent_map *map, uint64_t at, uint64_t length, const struct extent_check *check)
{
	uint64_t there = at < check->volume_size ? check->volume_size - at : 0;
	int r;

	if (there >= length)
		return append(map, at, length);
	r = extents_damage(check, map->mapped + there, "a run lies outside the volume");
	if (r == 0)
		r = append(map, at, there);
	return r < 0 ? r : append(map, EXTENT_MISSING, length - there);
}

static int
add_run(struct extent_map *map, uint64_t lcn, uint64_t clusters, const struct extent_check *check)
{
	const struct geometry *g = check->geometry;
	uint64_t length = clusters * g->cluster_size;
	int r = 0;

	if (lcn == UINT64_MAX)
		return append(map, EXTENT_HOLE, length);
	if (lcn > INT64_MAX / g->cluster_size)
		return append_stored(map, INT64_MAX, length, check);
	if (clusters > g->clusters || lcn > g->clusters - clusters)
		r = extents_damage(check, map->mapped, "a run lies behind the last cluster of the volume");
	if (r == 0 && lcn * g->cluster_size < BOOT_FILE && !check->boot)
		r = extents_damage(check, map->mapped, "a run overlaps the boot sectors of the volume");
	return r < 0 ? r : append_stored(map, lcn * g->cluster_size, length, check);
}

static int
add_pairs(struct extent_map *map, const struct attribute *a, const struct extent_check *check)
{
	struct run_cursor cursor = { .pairs = a->value };
	uint64_t lcn, clusters;
	int r, added;

	while ((r = run_next(&cursor, &lcn, &clusters)) > 0) {
		if (clusters > (INT64_MAX - map->mapped) / check->geometry->cluster_size)
			return extents_damage(check, map->mapped, "the runs add up to more than any volume holds");
		if (map->list.n >= NTFS_EXTENTS_MAX)
			return extents_damage(check, map->mapped,
					      "more runs than a stream may have: the rest is left out");
		added = add_run(map, lcn, clusters, check);
		if (added < 0)
			return added;
	}
	return r < 0 ? extents_damage(check, map->mapped, "the mapping pairs break off") : 0;
}

int
extents_add(struct extent_map *map, const struct attribute *a, const struct extent_check *check)
{
	uint64_t cluster = check->geometry->cluster_size, expected = map->mapped / cluster, last = a->last_vcn + 1;
	int r = 0;

	if (a->broken || a->resident || a->first_vcn > INT64_MAX / cluster)
		return extents_damage(check, map->mapped, "an attribute of the stream is broken");
	if (a->first_vcn < expected)
		return extents_damage(check, a->first_vcn * cluster,
				      "two attributes claim the same part of the stream");
	if (a->first_vcn > expected) {
		r = extents_damage(check, map->mapped, "a part of the stream is missing between its attributes");
		if (r == 0)
			r = append(map, EXTENT_MISSING, (a->first_vcn - expected) * cluster);
	}
	if (r == 0)
		r = add_pairs(map, a, check);
	if (r == 0 && a->last_vcn != UINT64_MAX && map->mapped / cluster != last && (a->last_vcn || a->first_vcn))
		r = extents_damage(check, map->mapped, "the runs do not end where their attribute says");
	return r;
}

size_t
extents_find(const struct extent_map *map, uint64_t offset)
{
	size_t low = 0, high = map->list.n;

	if (offset >= map->mapped)
		return map->list.n;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (map->list.at[mid].offset <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

int
extents_read(const struct extent_map *map, struct source *volume, uint64_t offset, uint8_t *buf, size_t n)
{
	for (size_t i = extents_find(map, offset); n; i++) {
		const struct extent *e = i < map->list.n ? &map->list.at[i] : NULL;
		uint64_t skip = e ? offset - e->offset : 0;
		size_t part = e && e->length - skip < n ? (size_t)(e->length - skip) : n;
		ssize_t got = 0;

		if (e && extent_stored(e))
			got = source_read(volume, e->at + skip, buf, part);
		if (got < 0)
			return (int)got;
		memset(buf + got, 0, part - (size_t)got);
		buf += part;
		offset += part;
		n -= part;
	}
	return 0;
}

void
extents_free(struct extent_map *map)
{
	vector_free(&map->list);
	map->mapped = 0;
}

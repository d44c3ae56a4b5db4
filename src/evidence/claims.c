/* claims.c - deleted files that claim the same clusters: one of them at most can be right, and nobody knows which. */
#include "claims.h"

#include <errno.h>

#include "mft.h"
#include "stream_own.h"
#include "vector.h"

struct claim {
	uint64_t from, to; /* bytes of the volume */
};

struct claims {
	VECTOR(struct claim) list; /* all; once they are settled, in order and apart, what more than one claims */
	uint32_t cluster_size;
};

int
claims_new(const struct ntfs *ntfs, struct claims **ret_claims)
{
	struct claims *claims = calloc(1, sizeof(*claims));

	if (!claims)
		return -ENOMEM;
	claims->cluster_size = ntfs->geometry.cluster_size;
	*ret_claims = claims;
	return 0;
}

struct claims *
claims_free(struct claims *claims)
{
	if (!claims)
		return NULL;
	vector_free(&claims->list);
	free(claims);
	return NULL;
}

int
claims_add(struct claims *claims, const struct source *stream)
{
	const struct extent_map *map = &stream_stored(stream_self(stream))->map;

	for (size_t i = 0; i < map->list.n; i++) {
		const struct extent *e = &map->list.at[i];
		struct claim *claim;

		if (!extent_stored(e))
			continue;
		if (claims->list.n >= CLAIMS_MAX)
			return -ENOSPC;
		claim = vector_push(&claims->list);
		if (!claim)
			return -ENOMEM;
		*claim = (struct claim){ e->at, e->at + e->length };
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* In order of their beginnings, what lies before the farthest end so far has been claimed before. */
void
claims_settle(struct claims *claims)
{
	struct claim *at = claims->list.at;
	uint64_t farthest = 0;
	size_t kept = 0;

	vector_sort(&claims->list, compare);
	for (size_t i = 0; i < claims->list.n; i++) {
		struct claim twice = { at[i].from, at[i].to < farthest ? at[i].to : farthest };

		farthest = at[i].to > farthest ? at[i].to : farthest;
		if (twice.from >= twice.to)
			continue;
		if (kept && twice.from <= at[kept - 1].to)
			at[kept - 1].to = twice.to > at[kept - 1].to ? twice.to : at[kept - 1].to;
		else
			at[kept++] = twice;
	}
	claims->list.n = kept;
}

/* The first that ends behind a place. */
static size_t
first_behind(const struct claims *claims, uint64_t place)
{
	size_t low = 0, high = claims->list.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (claims->list.at[mid].to <= place)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint64_t
clusters_within(const struct claims *claims, uint64_t from, uint64_t to)
{
	uint64_t bytes = 0;

	for (size_t i = first_behind(claims, from); i < claims->list.n && claims->list.at[i].from < to; i++) {
		const struct claim *c = &claims->list.at[i];

		bytes += (c->to < to ? c->to : to) - (c->from > from ? c->from : from);
	}
	return (bytes + claims->cluster_size - 1) / claims->cluster_size;
}

uint64_t
claims_shared(const struct claims *claims, const struct source *stream, uint64_t from, uint64_t to)
{
	const struct extent_map *map = &stream_stored(stream_self(stream))->map;
	uint64_t clusters = 0;

	stream_stored_range(stream, &from, &to);
	for (size_t i = 0; i < map->list.n; i++) {
		const struct extent *e = &map->list.at[i];
		uint64_t first = e->offset > from ? e->offset : from;
		uint64_t end = to > e->offset && e->length < to - e->offset ? e->offset + e->length : to;

		if (extent_stored(e) && first < end)
			clusters += clusters_within(claims, e->at + (first - e->offset), e->at + (end - e->offset));
	}
	return clusters;
}

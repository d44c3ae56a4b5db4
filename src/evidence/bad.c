/* bad.c - which bytes of the media cannot be trusted, and why: kept sorted while several threads find them. */
#include <errno.h>

#include "container.h"
#include "fail.h"

enum { BAD_MAX = 1 << 15 }; /* ranges of one kind; beyond, close ones are taken together */

void
bad_start(struct bad_list *bad)
{
	pthread_mutex_init(&bad->lock, NULL);
}

void
bad_free(struct bad_list *bad)
{
	for (int kind = 0; kind < BAD_KINDS; kind++)
		vector_free(&bad->kinds[kind]);
	vector_free(&bad->shown);
	pthread_mutex_destroy(&bad->lock);
}

/* The first range that ends behind at. */
static size_t
find(const struct bad_range *ranges, size_t n, uint64_t at)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (ranges[middle].to > at)
			n = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool
same_cause(const struct bad_range *a, const struct bad_range *b)
{
	return a->why == b->why && a->segment == b->segment;
}

/* Puts a range that overlaps none where it belongs, or lengthens its neighbour. */
static int
insert(struct bad_list *bad, int kind, size_t at, const struct bad_range *range)
{
	__typeof__(bad->kinds[kind]) *list = &bad->kinds[kind];
	struct bad_range *before = at ? &list->at[at - 1] : NULL, *after = at < list->n ? &list->at[at] : NULL;

	if (before && before->to == range->from && same_cause(before, range)) {
		before->to = range->to;
	} else if (after && after->from == range->to && same_cause(after, range)) {
		after->from = range->from;
		after->offset = range->offset;
	} else if (list->n >= BAD_MAX) {
		struct bad_range *near = before ? before : after;

		near->why = "too many bad places to list each: this range holds several";
		if (before)
			near->to = range->to;
		else
			near->from = range->from;
	} else {
		if (!vector_push(list))
			return fail(ENOMEM, "out of memory for the list of bad ranges");
		memmove(&list->at[at + 1], &list->at[at], (list->n - 1 - at) * sizeof(*range));
		list->at[at] = *range;
	}
	return 0;
}

/* Adds the parts of the range that are not known yet: whether there were any, or negative. */
static int
add_unknown(struct bad_list *bad, int kind, struct bad_range range)
{
	uint64_t to = range.to;
	int added = 0;

	while (range.from < to) {
		size_t at = find(bad->kinds[kind].at, bad->kinds[kind].n, range.from);
		const struct bad_range *known = at < bad->kinds[kind].n ? &bad->kinds[kind].at[at] : NULL;
		uint64_t resume = to;
		int r;

		if (known && known->from < to)
			resume = known->to;
		range.to = known && known->from < to ? known->from : to;
		r = range.from < range.to ? insert(bad, kind, at, &range) : 0;
		if (r < 0)
			return r;
		added |= range.from < range.to;
		range.from = resume;
	}
	return added;
}

int
bad_add(struct bad_list *bad, const struct bad_range *range, uint64_t chunks)
{
	int r, kind = __builtin_ctz(range->trust | 1u << (BAD_KINDS - 1));

	pthread_mutex_lock(&bad->lock);
	r = add_unknown(bad, kind, *range);
	if (r > 0)
		bad->chunks += chunks;
	atomic_store_explicit(&bad->any, true, memory_order_release);
	pthread_mutex_unlock(&bad->lock);
	return r < 0 ? r : 0;
}

unsigned
bad_trust(struct bad_list *bad, uint64_t from, uint64_t to)
{
	unsigned trust = 0;

	if (!atomic_load_explicit(&bad->any, memory_order_acquire))
		return 0;
	pthread_mutex_lock(&bad->lock);
	for (int kind = 0; kind < BAD_KINDS; kind++) {
		size_t at = find(bad->kinds[kind].at, bad->kinds[kind].n, from);

		if (at < bad->kinds[kind].n && bad->kinds[kind].at[at].from < to)
			trust |= 1u << kind;
	}
	pthread_mutex_unlock(&bad->lock);
	return trust;
}

static int
compare_ranges(const void *a, const void *b)
{
	const struct bad_range *l = a, *r = b;

	if (l->from != r->from)
		return l->from < r->from ? -1 : 1;
	return (l->trust > r->trust) - (l->trust < r->trust);
}

size_t
bad_show(struct bad_list *bad, const struct bad_range **ret_ranges, uint64_t *ret_chunks)
{
	size_t n;

	pthread_mutex_lock(&bad->lock);
	bad->shown.n = 0;
	for (int kind = 0; kind < BAD_KINDS; kind++) {
		for (size_t i = 0; i < bad->kinds[kind].n; i++) {
			struct bad_range *range = vector_push(&bad->shown);

			if (range) /* where memory ends, the count of chunks still tells */
				*range = bad->kinds[kind].at[i];
		}
	}
	vector_sort(&bad->shown, compare_ranges);
	n = bad->shown.n;
	*ret_ranges = bad->shown.at;
	*ret_chunks = bad->chunks;
	pthread_mutex_unlock(&bad->lock);
	return n;
}

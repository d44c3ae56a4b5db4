/* ewf_place.c - which chunks each table is about: nothing in an E01 says so but the order, and what is lost breaks it.
 */
#include <errno.h>
#include <inttypes.h>

#include "ewf.h"
#include "fail.h"

int
ewf_tables_lost(struct ewf *ewf, const char *why)
{
	struct ewf_table *last = ewf->tables.n ? &ewf->tables.at[ewf->tables.n - 1] : NULL;
	struct ewf_table *table;

	if (last && !last->count)
		return 0;
	table = vector_push(&ewf->tables);
	if (!table)
		return fail(ENOMEM, "out of memory for the tables of %s", ewf->image->name);
	table->lost = why;
	return 0;
}

/* Says that the chunks [from, to) are not to be had. */
static int
lose(struct ewf *ewf, struct sink *out, uint64_t from, uint64_t to, const char *why)
{
	struct bad_range range = {
		.from = from * ewf->chunk_size,
		.to = to * ewf->chunk_size,
		.trust = TRUST_MISSING,
		.why = why,
	};
	int r;

	if (from >= to)
		return 0;
	if (range.to > ewf->source.size)
		range.to = ewf->source.size;
	r = bad_add(&ewf->image->bad, &range, to - from);
	return r < 0 ? r : image_damage(out, range.from, "%" PRIu64 " chunks are not there: %s", to - from, why);
}

/* Numbers the tables from `from` on; those that would reach beyond `to` do not count. Returns what follows the last. */
static uint64_t
number_tables(struct ewf *ewf, size_t first, size_t end, uint64_t from)
{
	for (size_t i = first; i < end; i++) {
		ewf->tables.at[i].first = from;
		from += ewf->tables.at[i].count;
	}
	return from;
}

static void
drop_tables(struct ewf *ewf, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		free(ewf->tables.at[i].own);
	if (end < ewf->tables.n)
		memmove(&ewf->tables.at[first], &ewf->tables.at[end], (ewf->tables.n - end) * sizeof(*ewf->tables.at));
	ewf->tables.n -= end - first;
}

void
ewf_tables_cut(struct ewf *ewf, size_t n)
{
	drop_tables(ewf, n, ewf->tables.n);
}

/*
 * Entries say where a chunk lies in the file, but only their order says which chunk it is. Behind one hole the tables
 * are counted from the end of the media; between two holes nothing can be known.
 */
int
ewf_tables_place(struct ewf *ewf, struct sink *out)
{
	size_t head = 0, tail = ewf->tables.n, lost = tail;
	const char *why;
	uint64_t front, back, behind = 0;

	if (ewf->listed >= ewf->chunks)
		for (size_t i = ewf->tables.n; i-- > 0;)
			if (!ewf->tables.at[i].count)
				drop_tables(ewf, i, i + 1);
	tail = ewf->tables.n;
	while (head < ewf->tables.n && ewf->tables.at[head].count)
		head++;
	front = number_tables(ewf, 0, head, 0);
	if (head == ewf->tables.n) {
		int r = 0;

		if (front > ewf->chunks)
			r = image_damage(out, ewf->source.size,
					 "the tables list %" PRIu64 " chunks more than the media has",
					 front - ewf->chunks);
		return r < 0 ? r : lose(ewf, out, front, ewf->chunks, "no table lists them");
	}
	why = ewf->tables.at[head].lost;
	while (ewf->tables.at[tail - 1].count)
		behind += ewf->tables.at[--tail].count;
	lost = tail - 1;
	if (behind > ewf->chunks - front) /* cannot be, as listed < chunks */
		behind = 0;
	back = ewf->chunks - behind;
	number_tables(ewf, tail, ewf->tables.n, back);
	drop_tables(ewf, head, tail);
	if (lost > head) {
		int r = image_damage(out, front * ewf->chunk_size,
				     "parts between two missing ones cannot be placed and were left out");
		if (r < 0)
			return r;
	}
	return lose(ewf, out, front, back, why);
}

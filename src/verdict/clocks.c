/*
 * clocks.c - one moment as two clocks, or two writers of one clock, tell it; and what the offset of the host's clock is
 * by these. Nothing in the case is corrected by it.
 *
 * IIS and HttpProxy write one request by the host's own clock: they tell whether its writers agree. A saved virtual
 * directory has the time at which the directory service changed it, by the clock of the domain controller that did:
 * another clock, unless that is the host itself.
 */
#include <errno.h>
#include <inttypes.h>

#include "facts.h"
#include "fail.h"
#include "filetime.h"

enum { PAIRS_SHOWN = 32 }; /* of one kind; all are counted */

struct clocks {
	const struct facts *facts;
	struct case_db *db;
	uint32_t evidence;
	uint64_t number;
	VECTOR(int64_t) own, foreign; /* differences in ticks */
};

static int
add_pair(struct clocks *c, const char *pair, const struct fact *a, const struct fact *b, const char *words, bool foreign)
{
	int64_t difference = (int64_t)(b->when - a->when);
	int64_t *slot = foreign ? vector_push(&c->foreign) : vector_push(&c->own);

	if (!slot)
		return -ENOMEM;
	*slot = difference;
	if ((foreign ? c->foreign.n : c->own.n) > PAIRS_SHOWN)
		return 0;
	return case_clock(c->db, &(struct clock_row){ .evidence = c->evidence,
						      .number = ++c->number,
						      .pair = pair,
						      .from_row = a->row,
						      .to_row = b->row,
						      .first = a->when,
						      .second = b->when,
						      .measured = true,
						      .difference = difference,
						      .words = words });
}

/* What the host wrote when it set or saved the directory: the command, else the birth of the file. */
static int
add_directory(struct clocks *c, size_t directory, size_t file)
{
	const struct fact *d = &c->facts->list.at[directory], *f = &c->facts->list.at[file];

	for (size_t i = 0; i < c->facts->edges.n; i++) {
		const struct edge *e = &c->facts->edges.at[i];
		const struct fact *command = &c->facts->list.at[e->from];

		if (e->to == file && command->step == STEP_COMMAND && command->when && !e->time_only)
			return add_pair(c, "directory and command", d, command,
					"the directory service wrote when it was changed, and the host's log when the command that did so "
					"ran; the first in whole seconds",
					true);
	}
	return f->when ? add_pair(c, "directory and file", d, f,
				  "the directory service wrote when it was changed, and NTFS when it was saved to the file, which comes "
				  "after that",
				  true)
		       : 0;
}

static int
add_pairs(struct clocks *c)
{
	int r = 0;

	for (size_t i = 0; i < c->facts->edges.n && r == 0; i++) {
		const struct edge *e = &c->facts->edges.at[i];
		const struct fact *a = &c->facts->list.at[e->from], *b = &c->facts->list.at[e->to];

		if (a->evidence != c->evidence || !a->when || !b->when)
			continue;
		if (!strcmp(e->basis, "request id"))
			r = add_pair(c, "IIS and another log", a, b,
				     "two writers of the host tell one request; IIS in whole seconds, and at the end of it", false);
		else if (!strcmp(a->kind, "directory.set") && !strcmp(b->kind, "file"))
			r = add_directory(c, e->from, e->to);
	}
	return r;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The middle of the differences, and between which they lie. */
static int
write_estimate(struct clocks *c, const char *pair, const int64_t *at, size_t n, const char *meaning)
{
	CLEANUP(text_free) struct text words = { 0 };
	const double second = FILETIME_SECOND;
	int r;

	if (!n)
		return 0;
	r = text_printf(&words, "%zu pair%s, between %+.3f s and %+.3f s: %s", n, n == 1 ? "" : "s", (double)at[0] / second,
			(double)at[n - 1] / second, meaning);
	if (r < 0)
		return r;
	return case_clock(c->db, &(struct clock_row){ .evidence = c->evidence,
						      .number = ++c->number,
						      .pair = pair,
						      .measured = true,
						      .difference = at[n / 2],
						      .words = words.s });
}

static int
estimate(struct clocks *c)
{
	int r;

	vector_sort(&c->own, by_value);
	vector_sort(&c->foreign, by_value);
	r = write_estimate(c, "estimate: writers of the host", c->own.at, c->own.n,
			   "the host's own logs against each other; this says nothing of the host's clock");
	if (r == 0)
		r = write_estimate(c, "estimate: offset of the host", c->foreign.at, c->foreign.n,
				   "the host against the directory service: what the host's clock was ahead of that, with the time that "
				   "lay between; shown, and applied to nothing");
	if (r < 0 || c->foreign.n)
		return r;
	return case_clock(c->db, &(struct clock_row){
					 .evidence = c->evidence,
					 .number = ++c->number,
					 .pair = "estimate: offset of the host",
					 .words = "no two clocks that do not depend on each other tell one moment: the offset of the host's "
						  "clock is not known" });
}

int
clocks_make(const struct facts *facts, struct case_db *db)
{
	size_t from = 0, to;
	int r = 0;

	for (; from < facts->list.n && r == 0; from = to) {
		struct clocks c = { .facts = facts, .db = db, .evidence = facts->list.at[from].evidence };

		facts_of(facts, c.evidence, &from, &to);
		r = add_pairs(&c);
		if (r == 0)
			r = estimate(&c);
		vector_free(&c.own);
		vector_free(&c.foreign);
	}
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the clocks") : r;
}

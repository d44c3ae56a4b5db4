/* hits.c - the rules that met records of one stream: counted, dated, shown by the first record, and made marks of. */
#include "hits.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "wallclock.h"

enum {
	RECORDS_OF_RULE = 500, /* that become events, of one rule in one stream; all are counted */
	RECORDS_OF_STREAM = 5000,
	RECORDS_PLAIN = 4000, /* of these, such as no rule hit: the others still find room */
};

static int
no_memory(const struct hits *hits)
{
	return fail(ENOMEM, "out of memory for what rules hit in %s", hits->slot->candidate->path);
}

void
hits_begin(struct hits *hits, const struct hit_record *record)
{
	hits->record = *record;
	hits->gravest = SIZE_MAX;
}

static struct hit_tally *
tally_for(struct hits *hits, const struct rule *rule)
{
	struct hit_tally *t;

	for (size_t i = 0; i < hits->tallies.n; i++)
		if (hits->tallies.at[i].rule == rule && hits->tallies.at[i].recovered == hits->record.recovered)
			return &hits->tallies.at[i];
	t = vector_push(&hits->tallies);
	if (t)
		*t = (struct hit_tally){ .rule = rule, .recovered = hits->record.recovered };
	return t;
}

static void
widen(uint64_t when, uint64_t *first, uint64_t *last)
{
	if (when && (!*first || when < *first))
		*first = when;
	if (when > *last)
		*last = when;
}

int
hits_escape(struct arena *arena, struct view bytes, size_t most, struct view *ret)
{
	CLEANUP(text_free) struct text text = { 0 };
	const char *copy;

	if (text_add_escaped(&text, view_part(bytes, 0, bytes.n < most ? bytes.n : most)) < 0)
		return -ENOMEM;
	copy = arena_copy(arena, text_view(&text));
	*ret = view_of(copy, text.n);
	return copy ? 0 : -ENOMEM;
}

/* The first record that a rule meets is shown, with what it met there. */
static int
show(struct hits *hits, struct hit_tally *t, struct view basis)
{
	struct view bytes = hits->record.excerpt;
	size_t n = bytes.n < EXCERPT_MAX ? bytes.n : EXCERPT_MAX;
	char *copy = arena_copy(&hits->slot->arena, view_part(bytes, 0, n));

	t->offset = hits->record.offset;
	t->length = hits->record.length;
	t->excerpt = view_of(copy, n);
	return copy && hits_escape(&hits->slot->arena, basis, SIZE_MAX, &t->basis) == 0 ? 0 : no_memory(hits);
}

static bool
graver(const struct rule *a, const struct rule *b)
{
	return a->level != b->level ? a->level > b->level : a->number < b->number;
}

int
hits_add(struct hits *hits, const struct rule *rule, struct view basis)
{
	struct hit_tally *t = tally_for(hits, rule);

	if (!t)
		return no_memory(hits);
	if (hits->gravest == SIZE_MAX || graver(rule, hits->tallies.at[hits->gravest].rule))
		hits->gravest = (size_t)(t - hits->tallies.at);
	widen(hits->record.when, &t->first, &t->last);
	widen(hits->record.local, &t->earliest, &t->latest);
	return t->records++ ? 0 : show(hits, t, basis);
}

/* A timeline has no place for what is not dated. */
int
hits_keep(struct hits *hits, struct kept_line **ret_line)
{
	struct log_slot *log = &hits->slot->log;
	struct hit_tally *t = hits->gravest == SIZE_MAX ? NULL : &hits->tallies.at[hits->gravest];
	bool full = t ? t->kept >= RECORDS_OF_RULE || log->lines.n >= RECORDS_OF_STREAM : log->lines.n >= RECORDS_PLAIN;

	*ret_line = NULL;
	if (!hits->record.when)
		return 0;
	if (full) {
		log->untold++;
		return 0;
	}
	*ret_line = vector_push(&log->lines);
	if (!*ret_line)
		return no_memory(hits);
	**ret_line = (struct kept_line){ .rule = t ? t->rule : NULL,
					 .when = hits->record.when,
					 .offset = hits->record.offset,
					 .recovered = hits->record.recovered };
	if (t)
		t->kept++;
	return hits_escape(&hits->slot->arena, hits->record.raw, HIT_RAW_MAX, &(*ret_line)->raw) == 0 ? 0 : no_memory(hits);
}

/* ---- what is said of it ---- */

static int
compose_times(const struct hits *hits, const struct hit_tally *t, struct text *ret)
{
	char first[FILETIME_TEXT], last[FILETIME_TEXT];

	if (!t->first)
		return t->earliest ? wallclock_words(hits->slot->zone, t->earliest, t->latest, ret) : 0;
	return text_printf(ret, " from %s to %s by the log's own clock", filetime_text(t->first, first),
			   filetime_text(t->last, last));
}

static int
compose_basis(const struct hits *hits, const struct hit_tally *t, struct text *ret)
{
	int r = text_printf(ret, "%" PRIu64 " %s%s%s", t->records, hits->noun, t->records == 1 ? "" : "s",
			    t->recovered ? " that the log does not list any more, recovered from unused parts of the file," : "");

	if (r == 0)
		r = compose_times(hits, t, ret);
	if (r == 0)
		r = text_adds(ret, "; the first is shown: ");
	return r < 0 ? r : text_add(ret, t->basis);
}

static int
state_tally(struct hits *hits, const struct hit_tally *t)
{
	CLEANUP(text_free) struct text basis = { 0 };
	struct slot *slot = hits->slot;
	struct kept_mark *mark = vector_push(&slot->marks);
	const char *copy = mark && compose_basis(hits, t, &basis) == 0 ? arena_copy(&slot->arena, text_view(&basis)) : NULL;

	if (!copy)
		return no_memory(hits);
	*mark = (struct kept_mark){ .rule = t->rule,
				    .recovered = t->recovered,
				    .offset = t->offset,
				    .length = t->length,
				    .when = t->first,
				    .excerpt = t->excerpt,
				    .basis = view_of(copy, basis.n) };
	return 0;
}

/* Rules of a profile by their number, those of the program by their names behind them. */
static int
by_rule(const void *a, const void *b)
{
	const struct hit_tally *x = a, *y = b;

	if (x->rule->number != y->rule->number)
		return x->rule->number < y->rule->number ? -1 : 1;
	return x->rule == y->rule ? x->recovered - y->recovered : strcmp(x->rule->id, y->rule->id);
}

int
hits_state(struct hits *hits)
{
	int r = 0;

	vector_sort(&hits->tallies, by_rule);
	for (size_t i = 0; i < hits->tallies.n && r == 0; i++)
		r = state_tally(hits, &hits->tallies.at[i]);
	return r;
}

void
hits_free(struct hits *hits)
{
	vector_free(&hits->tallies);
}

int
hits_note(const struct slot *slot, uint64_t n, uint64_t offset, const char *what)
{
	const struct candidate *c = slot->candidate;

	return n ? limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, (int64_t)offset, what, n) : 0;
}

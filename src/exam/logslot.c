/* logslot.c - one log read to its end: each record that a Sigma rule could care about is asked, what hit is kept. */
#include "logslot.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "visit.h"

enum {
	LINES_OF_RULE = 500, /* that become events, of one rule in one log; all are counted */
	LINES_OF_LOG = 5000,
	RAW_MAX = 4096, /* bytes of a line that stand beside its event; all of it is in the log */
};

/* What one rule met in one log. */
struct tally_of_rule {
	const struct rule *rule;
	uint64_t lines, kept;         /* kept: as events */
	uint64_t first, last;         /* FILETIMEs */
	uint64_t earliest, latest;    /* by a clock whose zone is not known */
	uint64_t offset, length;      /* of the first line */
	struct view excerpt, basis;
};

struct search {
	struct slot *slot;
	struct asked_kind *asked;
	struct sigma_matcher *matcher;
	const struct log_line *line; /* in hand */
	size_t gravest;              /* place of the tally of the gravest rule that it hit, SIZE_MAX for none */
	VECTOR(struct tally_of_rule) tallies;
};

static int
no_memory(const struct search *s)
{
	return fail(ENOMEM, "out of memory for lines of %s", s->slot->candidate->path);
}

static struct tally_of_rule *
tally_for(struct search *s, const struct rule *rule)
{
	struct tally_of_rule *t;

	for (size_t i = 0; i < s->tallies.n; i++)
		if (s->tallies.at[i].rule == rule)
			return &s->tallies.at[i];
	t = vector_push(&s->tallies);
	if (t)
		*t = (struct tally_of_rule){ .rule = rule };
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

static int
escape(struct arena *arena, struct view bytes, size_t most, struct view *ret)
{
	CLEANUP(text_free) struct text text = { 0 };
	const char *copy;

	if (text_add_escaped(&text, view_part(bytes, 0, bytes.n < most ? bytes.n : most)) < 0)
		return -ENOMEM;
	copy = arena_copy(arena, text_view(&text));
	*ret = view_of(copy, text.n);
	return copy ? 0 : -ENOMEM;
}

/* The first line that a rule meets is shown, with what it met there. */
static int
show(struct search *s, struct tally_of_rule *t, struct view basis)
{
	struct view raw = s->line->raw;
	size_t n = raw.n < EXCERPT_MAX ? raw.n : EXCERPT_MAX;
	char *copy = arena_copy(&s->slot->arena, view_part(raw, 0, n));

	t->offset = s->line->offset;
	t->length = raw.n;
	t->excerpt = view_of(copy, n);
	return copy && escape(&s->slot->arena, basis, SIZE_MAX, &t->basis) == 0 ? 0 : no_memory(s);
}

static bool
graver(const struct rule *a, const struct rule *b)
{
	return a->level != b->level ? a->level > b->level : a->number < b->number;
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct search *s = state;
	struct tally_of_rule *t = tally_for(s, rule);

	if (!t)
		return no_memory(s);
	if (s->gravest == SIZE_MAX || graver(rule, s->tallies.at[s->gravest].rule))
		s->gravest = (size_t)(t - s->tallies.at);
	widen(s->line->when, &t->first, &t->last);
	widen(s->line->local, &t->earliest, &t->latest);
	if (s->slot->log.trace && trace_hit(s->slot->log.trace, s->line, rule) < 0)
		return -ENOMEM;
	return t->lines++ ? 0 : show(s, t, basis);
}

/* The line as an event, as long as there is room: a dated one, since a timeline has no place for others. */
static int
keep(struct search *s, struct tally_of_rule *t)
{
	struct log_slot *log = &s->slot->log;
	const struct log_line *line = s->line;
	struct kept_line *kept;

	if (!line->when)
		return 0;
	if (t->kept >= LINES_OF_RULE || log->lines.n >= LINES_OF_LOG) {
		log->untold++;
		return 0;
	}
	kept = vector_push(&log->lines);
	if (!kept)
		return no_memory(s);
	*kept = (struct kept_line){ .rule = t->rule, .when = line->when, .offset = line->offset };
	t->kept++;
	if (logslot_words(&s->slot->arena, line, &kept->subject, &kept->summary) < 0 ||
	    escape(&s->slot->arena, line->raw, RAW_MAX, &kept->raw) < 0 ||
	    logslot_fields(&s->slot->arena, line, &kept->fields) < 0)
		return no_memory(s);
	return 0;
}

/* What could not be taken apart has no values to ask for: a rule on raw text may still say yes of it. */
static int
take_line(void *state, const struct log_line *line)
{
	struct search *s = state;
	struct log_slot *log = &s->slot->log;
	int r = log->trace ? trace_line(log->trace, line) : 0;

	if (r < 0 || !s->matcher)
		return r;
	if (!line->split && !log->unasked++)
		log->unasked_at = line->offset;
	if (!line->split && !s->asked->kind->source->columns)
		return 0; /* a value that is not there would count as an empty one */
	s->line = line;
	s->gravest = SIZE_MAX;
	r = sigma_match(s->matcher, &line->fields, take_hit, s);
	if (r < 0)
		return r == -ENOMEM ? no_memory(s) : r;
	if (s->gravest == SIZE_MAX)
		return 0;
	log->hits++;
	return keep(s, &s->tallies.at[s->gravest]);
}

static void
take_values(void *state, const struct view *values)
{
	const struct search *s = state;

	trace_values(s->slot->log.trace, values);
}

/* Every request of a log is sketched, whether a rule could care about it or not. */
static int
begin_trace(struct log_slot *log, struct log_reading *reading)
{
	int r = trace_new(reading->kind, &log->trace);

	reading->columns = r == 0 ? trace_columns(log->trace) : NULL;
	if (reading->columns) {
		reading->column_count = VISIT_COLUMNS;
		reading->values = take_values;
	}
	return r;
}

/* ---- what is said of it ---- */

static int
compose_times(const struct tally_of_rule *t, struct text *ret)
{
	char first[FILETIME_TEXT], last[FILETIME_TEXT];
	bool local = !t->first && t->earliest;

	if (!t->first && !local)
		return 0;
	return text_printf(ret, " from %s to %s by the log's own clock%s",
			   filetime_text(local ? t->earliest : t->first, first),
			   filetime_text(local ? t->latest : t->last, last), local ? ", whose zone it does not tell" : "");
}

static int
compose_basis(const struct tally_of_rule *t, struct text *ret)
{
	int r = text_printf(ret, "%" PRIu64 " line%s", t->lines, t->lines == 1 ? "" : "s");

	if (r == 0)
		r = compose_times(t, ret);
	if (r == 0)
		r = text_adds(ret, "; the first is shown: ");
	return r < 0 ? r : text_add(ret, t->basis);
}

static int
state_tally(struct slot *slot, const struct tally_of_rule *t)
{
	CLEANUP(text_free) struct text basis = { 0 };
	struct kept_mark *mark = vector_push(&slot->marks);
	const char *copy = mark && compose_basis(t, &basis) == 0 ? arena_copy(&slot->arena, text_view(&basis)) : NULL;

	if (!copy)
		return fail(ENOMEM, "out of memory for lines of %s", slot->candidate->path);
	*mark = (struct kept_mark){ .rule = t->rule,
				    .offset = t->offset,
				    .length = t->length,
				    .when = t->first,
				    .excerpt = t->excerpt,
				    .basis = view_of(copy, basis.n) };
	return 0;
}

static int
by_rule(const void *a, const void *b)
{
	const struct tally_of_rule *x = a, *y = b;

	return x->rule->number < y->rule->number ? -1 : x->rule->number > y->rule->number;
}

static int
state_tallies(struct search *s)
{
	int r = 0;

	vector_sort(&s->tallies, by_rule);
	for (size_t i = 0; i < s->tallies.n && r == 0; i++)
		r = state_tally(s->slot, &s->tallies.at[i]);
	return r;
}

static int
note(const struct slot *slot, uint64_t n, uint64_t offset, const char *what)
{
	const struct candidate *c = slot->candidate;

	return n ? limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, (int64_t)offset, what, n) : 0;
}

static int
note_unasked(const struct slot *slot)
{
	int r = note(slot, slot->log.unasked, slot->log.unasked_at,
		     "lines that could not be taken apart hold texts that rules look for: their values were not asked");

	return r < 0 ? r
		     : note(slot, slot->log.undecided, 0,
			    "searches of Sigma rules ran into their limits, and what they ask for counts as unknown");
}

int
logslot_read(struct slot *slot, struct asked_kind *asked, unsigned thread, struct source *stream)
{
	struct search s = { .slot = slot, .asked = asked };
	struct log_reading reading = {
		.kind = asked->kind,
		.file = slot->candidate->name,
		.literals = asked->literals,
		.all = asked->all,
		.out = &slot->sink,
		.line = asked->literals || asked->all ? take_line : NULL,
		.state = &s,
	};
	struct log_slot *log = &slot->log;
	uint64_t before = 0;
	int r = asked->set ? asked_matcher(asked, thread, &s.matcher) : 0;

	if (r == 0 && visit_kind(asked->kind))
		r = begin_trace(log, &reading);
	if (r == 0 && s.matcher)
		before = sigma_undecided(s.matcher);
	if (r == 0)
		r = log_read(&reading, stream, &log->result);
	if (r == 0 && log->trace)
		r = trace_end(log->trace);
	log->read = r == 0;
	if (slot->result.bytes < log->result.lines.bytes)
		slot->result.bytes = log->result.lines.bytes;
	if (r == 0 && s.matcher)
		log->undecided = sigma_undecided(s.matcher) - before;
	if (r == 0)
		r = state_tallies(&s);
	if (r == 0)
		r = note_unasked(slot);
	vector_free(&s.tallies);
	return r;
}

void
logslot_clear(struct log_slot *log)
{
	log_result_free(&log->result);
	vector_free(&log->lines);
	trace_free(log->trace);
	*log = (struct log_slot){ 0 };
}

/* logslot.c - one log read to its end: each record that a Sigma rule could care about is asked, what hit is kept. */
#include "logslot.h"

#include <errno.h>

#include "fail.h"
#include "hits.h"
#include "visit.h"

struct search {
	struct hits hits;
	struct asked_kind *asked;
	struct sigma_matcher *matcher;
	const struct log_line *line; /* in hand */
};

static int
no_memory(const struct search *s)
{
	return fail(ENOMEM, "out of memory for lines of %s", s->hits.slot->candidate->path);
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct search *s = state;
	struct trace *trace = s->hits.slot->log.trace;
	int r = hits_add(&s->hits, rule, basis);

	return r == 0 && trace && trace_hit(trace, s->line, rule) < 0 ? -ENOMEM : r;
}

static int
keep(struct search *s)
{
	struct arena *arena = &s->hits.slot->arena;
	struct kept_line *kept;
	int r = hits_keep(&s->hits, &kept);

	if (r < 0 || !kept)
		return r;
	return logslot_words(arena, s->line, &kept->subject, &kept->summary) < 0 ||
			       logslot_fields(arena, s->line, &kept->fields) < 0
		       ? no_memory(s)
		       : 0;
}

/* What could not be taken apart has no values to ask for: a rule on raw text may still say yes of it. */
static int
take_line(void *state, const struct log_line *line)
{
	struct search *s = state;
	struct log_slot *log = &s->hits.slot->log;
	int r = log->trace ? trace_line(log->trace, line) : 0;

	if (r < 0 || !s->matcher)
		return r;
	if (!line->split && !log->unasked++)
		log->unasked_at = line->offset;
	if (!line->split && !s->asked->kind->source->columns)
		return 0; /* a value that is not there would count as an empty one */
	s->line = line;
	hits_begin(&s->hits, &(struct hit_record){ .when = line->when,
						   .local = line->local,
						   .offset = line->offset,
						   .length = line->raw.n,
						   .raw = line->raw,
						   .excerpt = line->raw });
	r = sigma_match(s->matcher, &line->fields, take_hit, s);
	if (r < 0)
		return r == -ENOMEM ? no_memory(s) : r;
	if (s->hits.gravest == SIZE_MAX)
		return 0;
	log->hits++;
	return keep(s);
}

/* Behind the texts of the rules are those that tell of passwords: what has these is wanted for itself. */
static bool
wants_line(void *state, uint32_t literal, struct view line, uint8_t separator)
{
	const struct search *s = state;
	const struct view *texts;
	bool all;

	return literal >= sigma_set_literals(s->asked->rules.set, &texts, &all) ||
	       sigma_set_wants(s->asked->rules.set, literal, line, separator);
}

static void
take_values(void *state, const struct view *values)
{
	const struct search *s = state;

	trace_values(s->hits.slot->log.trace, values);
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

static int
note_unasked(const struct slot *slot)
{
	int r = hits_note(slot, slot->log.unasked, slot->log.unasked_at,
		     "lines that could not be taken apart hold texts that rules look for: their values were not asked");

	return r < 0 ? r
		     : hits_note(slot, slot->log.undecided, 0,
			    "searches of Sigma rules ran into their limits, and what they ask for counts as unknown");
}

int
logslot_read(struct slot *slot, struct asked_kind *asked, unsigned thread, struct source *stream)
{
	struct search s = { .hits = { .slot = slot, .noun = "line" }, .asked = asked };
	struct log_reading reading = {
		.kind = asked->kind,
		.file = slot->candidate->name,
		.literals = asked->literals,
		.all = asked->all,
		.out = &slot->sink,
		.line = asked->literals || asked->all ? take_line : NULL,
		.wants = asked->rules.set ? wants_line : NULL,
		.state = &s,
	};
	struct log_slot *log = &slot->log;
	uint64_t before = 0;
	int r = asked->rules.set ? asked_matcher(&asked->rules, thread, &s.matcher) : 0;

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
		r = hits_state(&s.hits);
	if (r == 0)
		r = note_unasked(slot);
	hits_free(&s.hits);
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

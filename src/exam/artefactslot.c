/* artefactslot.c - one file that keeps records read to its end: each is an event, and asked of the rules that apply. */
#include <errno.h>

#include "artefact.h"
#include "fail.h"
#include "hits.h"
#include "logslot.h"

struct search {
	struct hits hits;
	struct asked_kind *asked;
	struct sigma_matcher *matcher;
	struct source *stream;
};

static int
no_memory(const struct search *s)
{
	return fail(ENOMEM, "out of memory for records of %s", s->hits.slot->candidate->path);
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct search *s = state;

	return hits_add(&s->hits, rule, basis);
}

/* The words of an event; where its time is not its own, they say so. */
static int
word(struct search *s, const struct artefact_record *record, struct kept_line *kept)
{
	CLEANUP(text_free) struct text summary = { 0 };
	struct arena *arena = &s->hits.slot->arena;
	int r = text_add_escaped(&summary, record->summary);
	const char *copy;

	if (r == 0 && record->filed)
		r = text_adds(&summary, " (the time is that of the file)");
	copy = r == 0 ? arena_copy(arena, text_view(&summary)) : NULL;
	if (!copy || hits_escape(arena, record->subject, SIZE_MAX, &kept->subject) < 0 ||
	    fields_keep(arena, &record->fields, &kept->fields) < 0)
		return no_memory(s);
	kept->summary = view_of(copy, summary.n);
	kept->kind = record->kind;
	return 0;
}

/* The bytes that a finding shows are those of the file, so that anybody can see them there. */
static int
read_excerpt(struct search *s, const struct artefact_record *record, uint8_t *bytes, struct view *ret)
{
	ssize_t n = source_read(s->stream, record->offset, bytes, record->length < EXCERPT_MAX ? record->length : EXCERPT_MAX);

	*ret = view_of(bytes, n > 0 ? (size_t)n : 0);
	return n < 0 ? (int)n : 0;
}

static int
any_literal(void *state, size_t offset, uint32_t which)
{
	(void)state, (void)offset, (void)which;
	return 1;
}

/* Whether some rule can say yes of it at all, by the texts that rules look for. */
static bool
could_hit(const struct search *s, struct view raw)
{
	const struct asked_kind *asked = s->asked;

	return s->matcher && (asked->all || (asked->literals && literals_scan(asked->literals, raw, any_literal, NULL)));
}

static int
take_record(void *state, const struct artefact_record *record)
{
	struct search *s = state;
	struct hit_record hit = { .when = record->when,
				  .local = record->local,
				  .offset = record->offset,
				  .length = record->length,
				  .raw = record->fields.raw };
	uint8_t bytes[EXCERPT_MAX];
	struct kept_line *kept;
	int r = read_excerpt(s, record, bytes, &hit.excerpt);

	if (r < 0)
		return r;
	hits_begin(&s->hits, &hit);
	if (record->rule)
		r = hits_add(&s->hits, record->rule, record->basis);
	if (r == 0 && could_hit(s, record->fields.raw))
		r = sigma_match(s->matcher, &record->fields, take_hit, s);
	if (r < 0)
		return r == -ENOMEM ? no_memory(s) : r;
	s->hits.slot->log.hits += s->hits.gravest != SIZE_MAX;
	r = hits_keep(&s->hits, &kept);
	return r < 0 || !kept ? r : word(s, record, kept);
}

/* In the terms of a log: a record is a line of it, whatever it is made of. */
static void
take_result(struct slot *slot, const struct artefact_result *result)
{
	struct log_slot *log = &slot->log;

	log->result = (struct log_result){ .lines = { .lines = result->records + result->lost, .bytes = result->bytes },
					   .records = result->records,
					   .lost = result->lost,
					   .lost_at = result->lost_at,
					   .first = result->first,
					   .last = result->last };
	log->note = result->note;
	log->partly = result->partly;
	if (slot->result.bytes < result->bytes)
		slot->result.bytes = result->bytes;
}

int
artefactslot_read(struct slot *slot, struct asked_kind *asked, unsigned thread, struct source *stream)
{
	const struct candidate *c = slot->candidate;
	struct search s = { .hits = { .slot = slot, .noun = "record" }, .asked = asked, .stream = stream };
	struct artefact_reading reading = {
		.kind = c->artefact,
		.place = { .path = c->path, .name = c->name, .born = c->born, .modified = c->si.modified },
		.src = stream,
		.out = &slot->sink,
		.record = take_record,
		.state = &s,
	};
	uint64_t before = 0;
	int r;

	if (c->artefact->missing)
		return 0;
	r = asked->rules.set ? asked_matcher(&asked->rules, thread, &s.matcher) : 0;
	if (r == 0 && s.matcher)
		before = sigma_undecided(s.matcher);
	if (r == 0)
		r = artefact_read(&reading);
	take_result(slot, &reading.result);
	slot->log.read = r == 0;
	if (r == 0)
		r = hits_state(&s.hits);
	if (r == 0 && s.matcher)
		r = hits_note(slot, sigma_undecided(s.matcher) - before, 0,
			      "searches of Sigma rules ran into their limits, and what they ask for counts as unknown");
	hits_free(&s.hits);
	return r;
}

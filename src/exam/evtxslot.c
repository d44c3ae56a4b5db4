/* evtxslot.c - one event log read to its end: each record is asked of the rules on its kind, what hit is kept. */
#include "evtxslot.h"

#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "filetime.h"
#include "hits.h"
#include "judge.h"
#include "logslot.h"

enum { SHOWN_MAX = 8192 }; /* bytes of a record as XML that are looked at: more than stands beside an event */

struct search {
	struct sink sink; /* first, so that a sink is its search */
	struct slot *slot;
	struct asked_rules *asked; /* by kind, as in evtx_kinds */
	unsigned thread;
	struct text channel; /* that the file is named after */
	const struct evtx_event *event; /* in hand; NULL: none */
	struct evtx_fields fields;      /* of it */
	struct text xml;                /* of it, nothing: not composed */
	uint64_t undecided[EVTX_KINDS_MAX]; /* of each matcher before, plus 1 once it was asked */
	struct hits hits;
};

static int
no_memory(const struct search *s)
{
	return fail(ENOMEM, "out of memory for records of %s", s->slot->candidate->path);
}

/* What is wrong with a record that the log does not list any more says nothing of the log: most are half written over. */
static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct search *s = (struct search *)out;

	if (s->event && s->event->recovered)
		return 0;
	s->slot->events->damaged++;
	return sink_damage(&s->slot->sink, offset, why);
}

/* ---- the record in hand, where a rule hits it ---- */

/* It is only composed as XML when somebody is to see it. */
static int
show(struct search *s)
{
	bool whole;
	int r = s->xml.n ? 0 : evtx_event_xml(s->event, &s->xml, &whole);
	struct view xml = text_view(&s->xml);

	if (xml.n > SHOWN_MAX)
		xml.n = SHOWN_MAX;
	s->hits.record.raw = s->hits.record.excerpt = xml;
	return r;
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct search *s = state;
	int r = show(s);

	return r < 0 ? r : hits_add(&s->hits, rule, basis);
}

/* As an event, where there is room for it. */
static int
keep(struct search *s)
{
	struct arena *arena = &s->slot->arena;
	struct kept_line *kept;
	int r = hits_keep(&s->hits, &kept);

	if (r < 0 || !kept)
		return r;
	kept->kind = "evtx.record";
	return evtxslot_words(arena, &s->fields, kept->recovered, &kept->subject, &kept->summary) < 0 ||
			       fields_keep(arena, &s->fields.fields, &kept->fields) < 0
		       ? no_memory(s)
		       : 0;
}

/* ---- every record ---- */

/* Recovered from where the log has no records now; those that are hidden or cut off among its own are its own. */
static bool
is_leftover(const struct evtx_event *event)
{
	return event->recovered && event->place != EVTX_SWALLOWED && event->place != EVTX_FOUND;
}

static bool
is_foreign(const struct search *s)
{
	struct view channel = s->fields.channel;

	return channel.n && (channel.n != s->channel.n || strncasecmp((const char *)channel.p, s->channel.s, channel.n));
}

static void
count(struct search *s, const struct evtx_event *event, size_t kind)
{
	struct events_slot *events = s->slot->events;

	if (is_leftover(event)) {
		events->leftover++;
		return;
	}
	events->counts[kind]++;
	events->foreign += is_foreign(s);
}

static int
ask_rules(struct search *s, size_t kind)
{
	struct asked_rules *asked = &s->asked[kind];
	struct sigma_matcher *matcher;
	int r;

	if (!asked->set)
		return 0;
	r = asked_matcher(asked, s->thread, &matcher);
	if (r < 0)
		return r;
	if (!s->undecided[kind])
		s->undecided[kind] = sigma_undecided(matcher) + 1;
	r = sigma_match(matcher, &s->fields.fields, take_hit, s);
	return r == -ENOMEM ? no_memory(s) : r;
}

static int
ask(struct search *s, const struct evtx_event *event, size_t kind)
{
	static const char covered[] = "the length of the record before it was set so that it ends behind this one";
	int r;

	hits_begin(&s->hits, &(struct hit_record){ .when = event->when ? event->when : s->fields.created,
						   .offset = event->offset,
						   .length = event->raw.n,
						   .recovered = is_leftover(event) });
	r = ask_rules(s, kind);
	if (r == 0 && event->place == EVTX_SWALLOWED)
		r = take_hit(s, own_rule(OWN_EVENTS_COVERED), view_text(covered));
	if (r < 0 || s->hits.gravest == SIZE_MAX)
		return r;
	s->slot->log.hits++;
	return keep(s);
}

static int
take_event(void *state, const struct evtx_event *event)
{
	struct search *s = state;
	size_t kind;
	int r;

	s->event = event;
	text_cut(&s->xml, 0);
	r = evtx_event_fields(event, EVTX_ALL, &s->fields);
	if (r == 0) {
		kind = (size_t)(evtx_kind_of(&s->fields) - evtx_kinds);
		count(s, event, kind);
		r = ask(s, event, kind);
	}
	s->event = NULL;
	return r;
}

/* ---- what the log says of itself ---- */

/* Ids that no record has, in words: the first spans of them. */
static int
compose_gaps(const struct evtx_result *result, struct text *ret)
{
	enum { TOLD = 8 };
	int r = text_printf(ret, "%" PRIu64 " record id%s missing between the first and the last one:", result->missing,
			    result->missing == 1 ? " is" : "s are");

	for (size_t i = 0; i < result->gap_count && i < TOLD && r == 0; i++)
		r = text_printf(ret, "%s %" PRIu64 " to %" PRIu64, i ? "," : "", result->gaps[i].first,
				result->gaps[i].last);
	return r < 0 || result->gap_count <= TOLD ? r : text_adds(ret, " and more");
}

static int
state_gaps(struct search *s)
{
	const struct evtx_result *result = &s->slot->events->result;
	CLEANUP(text_free) struct text words = { 0 };
	struct kept_mark *mark;
	const char *copy;

	if (!result->missing)
		return 0;
	mark = vector_push(&s->slot->marks);
	copy = mark && compose_gaps(result, &words) == 0 ? arena_copy(&s->slot->arena, text_view(&words)) : NULL;
	if (!copy)
		return no_memory(s);
	*mark = (struct kept_mark){ .rule = own_rule(OWN_EVENTS_MISSING),
				    .offset = result->gaps[0].offset,
				    .basis = view_of(copy, words.n) };
	return 0;
}

static int
note_undecided(struct search *s)
{
	struct log_slot *log = &s->slot->log;

	for (size_t i = 0; i < EVTX_KINDS_MAX; i++)
		if (s->undecided[i])
			log->undecided += sigma_undecided(s->asked[i].matchers[s->thread]) + 1 - s->undecided[i];
	return hits_note(s->slot, log->undecided, 0,
			 "searches of Sigma rules ran into their limits, and what they ask for counts as unknown");
}

static int
read_log(struct search *s, struct source *stream)
{
	const struct evtx_reading reading = { .out = &s->sink, .event = take_event, .state = s };
	struct slot *slot = s->slot;
	int r = evtx_read(&reading, stream, &slot->events->result);

	slot->log.read = r == 0;
	if (r == 0 && slot->result.bytes < stream->size)
		slot->result.bytes = stream->size;
	if (r == 0)
		r = hits_state(&s->hits);
	if (r == 0)
		r = state_gaps(s);
	return r < 0 ? r : note_undecided(s);
}

int
evtxslot_read(struct slot *slot, struct asked *asked, unsigned thread, struct source *stream)
{
	struct search s = { .sink.damage = take_damage,
			    .slot = slot,
			    .asked = asked_events(asked),
			    .thread = thread,
			    .hits = { .slot = slot, .noun = "record" } };
	int r;

	slot->events = calloc(1, sizeof(*slot->events));
	r = slot->events && evtx_channel(view_text(slot->candidate->name), &s.channel) == 0 ? read_log(&s, stream)
											     : no_memory(&s);
	hits_free(&s.hits);
	text_free(&s.channel);
	text_free(&s.xml);
	return r;
}

struct events_slot *
evtxslot_free(struct events_slot *events)
{
	if (events)
		evtx_result_free(&events->result);
	free(events);
	return NULL;
}

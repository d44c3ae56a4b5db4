/* evtx_check.h - what must hold for an event log of any bytes: records within bounds, counts that add up, the same answers twice. */
#ifndef EVTX_CHECK_H
#define EVTX_CHECK_H

#include <assert.h>

#include "evtx.h"

struct evtx_tally {
	struct sink sink;
	uint64_t size, offset, events, damage, whole, broken, recovered, digest;
	uint64_t places[EVTX_PLACES];
};

static inline int
evtx_check_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct evtx_tally *t = (struct evtx_tally *)out;

	assert(why && *why && offset <= t->size);
	t->damage++;
	return 0;
}

static inline void
evtx_check_mix(struct evtx_tally *t, struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		t->digest = (t->digest ^ v.p[i]) * UINT64_C(1099511628211);
	t->digest = (t->digest ^ v.n << 8) * UINT64_C(1099511628211);
}

/* Values lie one behind the other in raw, a line each; no field is without a name. */
static inline void
evtx_check_fields(struct evtx_tally *t, const struct evtx_fields *f)
{
	size_t at = 0;

	assert(f->fields.n <= EVTX_FIELDS_MAX);
	for (size_t i = 0; i < f->fields.n; i++) {
		const struct field *field = &f->fields.at[i];

		assert(field->name.p && field->value.p);
		assert(field->value.p >= f->fields.raw.p + at && view_has(f->fields.raw, (uint64_t)(field->value.p - f->fields.raw.p), field->value.n + 1));
		at = (size_t)(field->value.p - f->fields.raw.p) + field->value.n + 1;
		assert(f->fields.raw.p[at - 1] == '\n');
		evtx_check_mix(t, field->name);
		evtx_check_mix(t, field->value);
	}
	assert(evtx_kind_of(f)->source);
}

/* Angle brackets of markup alone: each < has its >, and what is opened is closed. */
static inline void
evtx_check_xml(struct view xml)
{
	long depth = 0;
	bool inside = false;

	for (size_t i = 0; i < xml.n; i++) {
		struct view rest = view_from(xml, i);

		if (!inside && rest.n > 9 && !memcmp(rest.p, "<![CDATA[", 9)) {
			const uint8_t *end = memmem(rest.p, rest.n, "]]>", 3);

			assert(end);
			i += (size_t)(end - rest.p) + 2;
			continue;
		}
		if (xml.p[i] == '<') {
			assert(!inside);
			inside = true;
			depth += i + 1 < xml.n && xml.p[i + 1] == '/' ? -1 : i + 1 < xml.n && xml.p[i + 1] == '?' ? 0 : 1;
			assert(depth >= 0);
		} else if (xml.p[i] == '>') {
			assert(inside);
			inside = false;
			depth -= i && xml.p[i - 1] == '/';
		}
	}
	assert(!inside && !depth);
}

static inline int
evtx_check_event(void *state, const struct evtx_event *event)
{
	struct evtx_tally *t = state;
	CLEANUP(text_free) struct text xml = { 0 }, again = { 0 };
	struct evtx_fields f;
	bool whole, whole_again;

	assert(event->offset + event->raw.n <= t->size && event->raw.n >= 32);
	assert(event->offset >= t->offset || event->place == EVTX_SWALLOWED);
	t->offset = event->offset;
	t->events++;
	t->places[event->place]++;
	assert(evtx_event_fields(event, EVTX_ALL, &f) == 0);
	evtx_check_fields(t, &f);
	assert(evtx_event_xml(event, &xml, &whole) == 0);
	evtx_check_xml(text_view(&xml));
	evtx_check_mix(t, text_view(&xml));
	assert(xml.n < EVTX_XML_MAX + (8 << 16)); /* the limit, and one value that went over it */
	assert(evtx_event_xml(event, &again, &whole_again) == 0);
	assert(whole_again ? view_equal(text_view(&xml), text_view(&again)) : true);
	t->whole += f.whole && whole;
	t->broken += !event->recovered && !(f.whole && whole && whole_again);
	t->recovered += event->recovered && !(f.whole && whole && whole_again);
	assert(evtx_event_fields(event, EVTX_SYSTEM, &f) == 0);
	evtx_check_fields(t, &f);
	return 0;
}

static inline void
evtx_check_result(const struct evtx_tally *t, const struct evtx_result *r)
{
	uint64_t missing = 0;

	for (unsigned i = 0; i < EVTX_PLACES; i++)
		assert(r->records[i] == t->places[i]);
	assert(r->broken >= t->broken && r->broken_recovered >= t->recovered);
	assert(!r->broken || t->damage);
	assert(r->gap_count <= EVTX_GAPS_MAX && r->first <= r->last && r->first_id <= r->last_id);
	for (size_t i = 0; i < r->gap_count; i++) {
		assert(r->gaps[i].first <= r->gaps[i].last && (!i || r->gaps[i].first > r->gaps[i - 1].last + 1));
		missing += r->gaps[i].last - r->gaps[i].first + 1;
	}
	assert(r->gap_count == EVTX_GAPS_MAX || missing == r->missing);
}

/* Reads it all, and asks everything of every record. */
static inline void
evtx_check(struct view bytes, struct evtx_tally *t, struct evtx_result *ret_result)
{
	struct evtx_reading reading = { .out = &t->sink, .event = evtx_check_event, .state = t };
	CLEANUP(source_close) struct source *src = NULL;

	t->sink.damage = evtx_check_damage;
	t->size = bytes.n;
	assert(source_memory(bytes, "log", &src) == 0);
	assert(evtx_read(&reading, src, ret_result) == 0);
	evtx_check_result(t, ret_result);
}

#endif

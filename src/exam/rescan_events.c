/* rescan_events.c - kept records asked by the Sigma rules of another profile, from the fields that the case keeps. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "artefact.h"
#include "asked.h"
#include "evtx.h"
#include "fail.h"
#include "fields.h"
#include "filetime.h"
#include "rescan_own.h"

enum { RAW_KEPT = 4096 /* bytes of a record that stand beside its event */ };

/* The rules bound to one source of records, once a record of it comes. */
struct bound {
	const struct sigma_source *source;
	struct sigma_set *set;
	struct sigma_matcher *matcher;
};

/* What one rule met in one log. */
struct met {
	const struct rule *rule;
	uint64_t records, first, last, offset, length;
	struct view excerpt, basis;
};

struct events {
	struct rescan *r;
	VECTOR(struct bound) bounds;
	struct rescan_place place; /* of the log at hand: its texts lie in `texts` */
	struct arena texts;
	bool any;
	VECTOR(struct met) met;
	uint64_t when, offset, length; /* of the record at hand */
	struct view raw;
};

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory to ask the events of the case again");
}

/* ---- which rules ---- */

static struct view
field_of(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->n; i++)
		if (view_equal(fields->at[i].name, view_text(name)))
			return fields->at[i].value;
	return view_of(NULL, 0);
}

/* Records of event logs are asked by channel and id, all others by the kind of their file. */
static const struct sigma_source *
source_of(struct view log, struct view kind, const struct fields *fields)
{
	char name[64];
	const struct log_kind *of;
	const struct artefact_kind *artefact;

	if (view_equal(log, view_text("evtx"))) {
		const struct evtx_fields record = { .fields = *fields,
						    .channel = field_of(fields, "Channel"),
						    .provider = field_of(fields, "Provider_Name"),
						    .event_id = (uint32_t)view_number(field_of(fields, "EventID")) };

		return evtx_kind_of(&record)->source;
	}
	if (view_equal(kind, view_text(asked_hives.event)))
		return asked_hives.source;
	if (log.n >= sizeof(name))
		return NULL;
	memcpy(name, log.n ? log.p : (const uint8_t *)"", log.n);
	name[log.n] = 0;
	of = log_kind_find(name);
	artefact = of ? NULL : artefact_find(name);
	return of ? of->source : artefact ? artefact->log.source : NULL;
}

/* Of the rules of a source, those that could answer from it count as asked. */
static void
note_asked(struct rescan *r, const struct sigma_set *set)
{
	const struct sigma_bound *bound;
	size_t n = sigma_set_rules(set, &bound);

	for (size_t i = 0; i < n; i++)
		if (!bound[i].reason)
			r->asked[bound[i].rule->number] = true;
}

static int
matcher_for(struct events *e, const struct sigma_source *source, struct sigma_matcher **ret)
{
	const struct sigma *sigma = profile_sigma(e->r->profile);
	struct bound *bound;
	int r;

	*ret = NULL;
	for (size_t i = 0; i < e->bounds.n; i++)
		if (e->bounds.at[i].source == source) {
			*ret = e->bounds.at[i].matcher;
			return 0;
		}
	bound = sigma ? vector_push(&e->bounds) : NULL;
	if (!sigma || !bound)
		return sigma ? no_memory() : 0;
	bound->source = source;
	r = sigma_bind(sigma, source, &bound->set);
	if (r == 0)
		r = sigma_matcher_open(bound->set, &bound->matcher);
	if (r < 0)
		return no_memory();
	note_asked(e->r, bound->set);
	*ret = bound->matcher;
	return 0;
}

/* ---- what they met ---- */

static int
compose_basis(const struct met *m, struct text *t)
{
	char first[FILETIME_TEXT], last[FILETIME_TEXT];
	int r = text_printf(t, "%" PRIu64 " kept record%s from %s to %s by the log's own clock; the first is shown: ",
			    m->records, m->records == 1 ? "" : "s", filetime_text(m->first, first),
			    filetime_text(m->last, last));

	return r < 0 ? r : text_add(t, m->basis);
}

static int
by_rule(const void *a, const void *b)
{
	const struct met *x = a, *y = b;

	return x->rule->number < y->rule->number ? -1 : x->rule->number > y->rule->number;
}

/* The log at hand is at its end: a finding for each rule that met something in it. */
static int
flush(struct events *e)
{
	int r = 0;

	vector_sort(&e->met, by_rule);
	for (size_t i = 0; i < e->met.n && r == 0; i++) {
		const struct met *m = &e->met.at[i];
		CLEANUP(text_free) struct text basis = { 0 }, command = { 0 };

		r = compose_basis(m, &basis);
		if (r == 0)
			r = text_printf(&command,
					"sqlite3 -readonly case.db \"SELECT raw FROM v_kept_events WHERE fingerprint = '%s' "
					"AND mft = %" PRIu64 " AND offset = %" PRIu64 "\"",
					e->r->exam.fingerprint, e->place.mft, m->offset);
		if (r < 0)
			return no_memory();
		e->place.when = m->first;
		e->place.command = command.s;
		r = rescan_finding(e->r, &e->place,
				   &(struct mark){ .rule = m->rule,
						   .offset = m->offset,
						   .length = m->length,
						   .excerpt = m->excerpt,
						   .basis = text_view(&basis) },
				   m->rule->level);
	}
	e->met.n = 0;
	arena_free(&e->texts);
	e->any = false;
	return r;
}

static struct view
keep(struct events *e, struct view text)
{
	return view_of(arena_copy(&e->texts, text), text.n);
}

static int
take_hit(void *state, const struct rule *rule, struct view basis)
{
	struct events *e = state;
	struct met *m = NULL;

	for (size_t i = 0; i < e->met.n && !m; i++)
		m = e->met.at[i].rule == rule ? &e->met.at[i] : NULL;
	if (!m) {
		CLEANUP(text_free) struct text escaped = { 0 };

		m = vector_push(&e->met);
		if (!m || text_add_escaped(&escaped, basis) < 0)
			return -ENOMEM;
		*m = (struct met){ .rule = rule, .first = e->when, .offset = e->offset, .length = e->length };
		m->excerpt = keep(e, view_part(e->raw, 0, e->raw.n < EXCERPT_MAX ? e->raw.n : EXCERPT_MAX));
		m->basis = keep(e, text_view(&escaped));
		if (!m->excerpt.p || !m->basis.p)
			return -ENOMEM;
	}
	m->records++;
	m->first = e->when < m->first ? e->when : m->first;
	m->last = e->when > m->last ? e->when : m->last;
	return 0;
}

/* Rows come log by log, and by offset within each. */
static int
begin(struct events *e, int n, const char *const *names, const struct view *values)
{
	struct rescan_place place = {
		.number = (uint32_t)view_number(row_value(n, names, values, "number")),
		.file = view_number(row_value(n, names, values, "file")),
		.mft = view_number(row_value(n, names, values, "mft")),
		.attribute = view_number(row_value(n, names, values, "attribute")),
		.seq = (uint16_t)view_number(row_value(n, names, values, "seq")),
		.path = row_value(n, names, values, "source"),
		.stream = row_value(n, names, values, "stream"),
		.deleted = !view_equal(row_value(n, names, values, "allocated"), view_text("1")),
	};
	int r;

	if (e->any && place.number == e->place.number && place.mft == e->place.mft && place.seq == e->place.seq &&
	    place.attribute == e->place.attribute && view_equal(place.path, e->place.path))
		return 0;
	r = flush(e);
	if (r < 0)
		return r;
	e->any = true;
	e->place = place;
	e->place.path = keep(e, place.path);
	e->place.stream = keep(e, place.stream);
	return e->place.path.p && e->place.stream.p ? 0 : no_memory();
}

/* How many bytes of the log the raw text is, where that can be told: escapes and cuts make it another. */
static uint64_t
length_of(struct view log, struct view raw)
{
	bool same = raw.n < RAW_KEPT && !view_equal(log, view_text("evtx")) && (!raw.n || !memchr(raw.p, '\\', raw.n));

	return same ? raw.n : 0;
}

static int
take_record(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct events *e = state;
	struct view log = row_value(n, names, values, "log");
	CLEANUP(arena_free) struct arena arena = { 0 };
	const struct sigma_source *source = NULL;
	struct sigma_matcher *matcher = NULL;
	struct fields fields;
	int r = begin(e, n, names, values);

	(void)is_number;
	if (r < 0)
		return r;
	e->raw = row_value(n, names, values, "raw");
	e->when = view_number(row_value(n, names, values, "ticks"));
	e->offset = view_number(row_value(n, names, values, "offset"));
	e->length = length_of(log, e->raw);
	r = fields_parse_json(row_value(n, names, values, "fields"), &arena, &fields);
	if (r == -ENOMEM)
		return no_memory();
	if (r == 0)
		source = source_of(log, row_value(n, names, values, "kind"), &fields);
	if (!source) {
		e->r->count.unasked++;
		return 0;
	}
	e->r->count.events++;
	e->r->count.cut += e->raw.n >= RAW_KEPT;
	fields.raw = e->raw;
	r = matcher_for(e, source, &matcher);
	if (r < 0 || !matcher)
		return r;
	r = sigma_match(matcher, &fields, take_hit, e);
	return r == -ENOMEM ? no_memory() : r;
}

int
rescan_events(struct rescan *r)
{
	struct events e = { .r = r };
	int result = rescan_ask(r, "v_kept_events", "number, mft, seq, attribute, source, offset", take_record, &e);

	if (result == 0)
		result = flush(&e);
	for (size_t i = 0; i < e.bounds.n; i++) {
		sigma_matcher_close(e.bounds.at[i].matcher);
		sigma_set_free(e.bounds.at[i].set);
	}
	vector_free(&e.bounds);
	vector_free(&e.met);
	arena_free(&e.texts);
	return result;
}

/* asked.c - the Sigma rules bound to each kind of log that an exhibit has, and which of them no log could answer. */
#include "asked.h"

#include <errno.h>
#include <strings.h>

#include "artefact.h"
#include "births.h"
#include "fail.h"
#include "reasons.h"
#include "visit.h"

enum { TITLES_MAX = 6 }; /* kinds of logs that are named where a rule could have been answered by many */

struct asked {
	unsigned threads;
	size_t n, event_count;
	struct asked_kind kinds[LOG_KINDS_MAX + ARTEFACT_KINDS_MAX + 1]; /* those that are read */
	struct asked_rules events[EVTX_KINDS_MAX];
};

struct asked_kind *
asked_kind(struct asked *asked, const struct log_kind *kind)
{
	for (size_t i = 0; i < asked->n; i++)
		if (asked->kinds[i].kind == kind)
			return &asked->kinds[i];
	return NULL;
}

struct asked_rules *
asked_events(struct asked *asked)
{
	return asked->events;
}

/* All of them, event logs last; NULL behind the last. */
static struct asked_rules *
rules_at(struct asked *asked, size_t i)
{
	if (i < asked->n)
		return &asked->kinds[i].rules;
	return i - asked->n < asked->event_count ? &asked->events[i - asked->n] : NULL;
}

static int
bind(const struct asked *asked, const struct profile *profile, const char *title, const struct sigma_source *source,
     struct asked_rules *new)
{
	int r = 0;

	*new = (struct asked_rules){ .title = title, .source = source };
	new->matchers = calloc(asked->threads, sizeof(struct sigma_matcher *));
	if (new->matchers && profile_sigma(profile) && source)
		r = sigma_bind(profile_sigma(profile), source, &new->set);
	return r < 0 || !new->matchers ? fail(ENOMEM, "out of memory for the rules on %s", title) : 0;
}

static int
bind_kind(struct asked *asked, const struct profile *profile, const struct log_kind *kind)
{
	struct asked_kind *new = &asked->kinds[asked->n++];

	new->kind = kind;
	return bind(asked, profile, kind->title, kind->source, &new->rules);
}

/* The texts that rules look for, and those that tell of passwords. Where there are none, lines are only counted. */
static int
prepare(struct asked_kind *kind)
{
	const struct view *ours, *theirs = NULL;
	size_t n = visit_literals(kind->kind, &ours), m = 0;
	CLEANUP(free) struct view *all = NULL;

	kind->rules.had = true;
	if (kind->rules.set)
		m = sigma_set_literals(kind->rules.set, &theirs, &kind->all);
	all = calloc(n + m + 1, sizeof(*all));
	if (!all)
		return fail(ENOMEM, "out of memory for the rules on %s", kind->kind->title);
	if (m)
		memcpy(all, theirs, m * sizeof(*all));
	if (n)
		memcpy(all + m, ours, n * sizeof(*all));
	return n + m ? literals_open(all, n + m, &kind->literals) : 0;
}

static bool
is_channel(const struct evtx_kind *kind, struct view channel)
{
	return !kind->channel || (strlen(kind->channel) == channel.n &&
				  !strncasecmp(kind->channel, (const char *)channel.p, channel.n));
}

/* An event log is called after its channel. */
static int
expect_events(struct asked *asked, const struct candidate *c)
{
	CLEANUP(text_free) struct text channel = { 0 };

	if (evtx_channel(view_text(c->name), &channel) < 0)
		return fail(ENOMEM, "out of memory for the rules on event logs");
	for (size_t i = 0; i < asked->event_count; i++)
		asked->events[i].had |= is_channel(&evtx_kinds[i], text_view(&channel));
	return 0;
}

static int
expect(struct asked *asked, const struct candidate *c)
{
	struct asked_kind *kind = c->readers & (READER_RECORDS | READER_HIVE) ? asked_kind(asked, c->log) : NULL;
	int r = kind && !kind->rules.had ? prepare(kind) : 0;

	return r == 0 && c->readers & READER_EVENTS ? expect_events(asked, c) : r;
}

int
asked_open(struct exam *exam, struct asked **ret_asked)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	int r = 0;

	if (!asked)
		return fail(ENOMEM, "out of memory for the rules on logs");
	asked->threads = exam->threads;
	*ret_asked = asked;
	for (const struct log_kind *const *kind = log_kinds; exam->reads & READER_LOG && *kind && r == 0; kind++)
		r = bind_kind(asked, exam->profile, *kind);
	for (const struct artefact_kind *const *kind = artefact_kinds; exam->reads & READER_ARTEFACT && *kind && r == 0; kind++)
		r = bind_kind(asked, exam->profile, &(*kind)->log);
	if (exam->reads & READER_HIVE && r == 0)
		r = bind_kind(asked, exam->profile, &asked_hives);
	for (const struct evtx_kind *kind = evtx_kinds; exam->reads & READER_EVENTS && kind->source && r == 0; kind++)
		r = bind(asked, exam->profile, kind->source->title, kind->source, &asked->events[asked->event_count++]);
	for (size_t i = 0; i < exam->candidates.n && r == 0; i++)
		r = expect(asked, &exam->candidates.at[i]);
	return r;
}

struct asked *
asked_close(struct asked *asked)
{
	struct asked_rules *rules;

	for (size_t i = 0; asked && (rules = rules_at(asked, i)); i++) {
		for (unsigned t = 0; rules->matchers && t < asked->threads; t++)
			sigma_matcher_close(rules->matchers[t]);
		free(rules->matchers);
		sigma_set_free(rules->set);
	}
	for (size_t i = 0; asked && i < asked->n; i++) {
		literals_close(asked->kinds[i].literals);
		asked_columns_free(&asked->kinds[i]);
	}
	free(asked);
	return NULL;
}

int
asked_matcher(struct asked_rules *asked, unsigned thread, struct sigma_matcher **ret_matcher)
{
	int r = 0;

	if (!asked->matchers[thread])
		r = sigma_matcher_open(asked->set, &asked->matchers[thread]);
	*ret_matcher = asked->matchers[thread];
	return r < 0 ? fail(-r, "out of memory for the rules on %s", asked->title) : 0;
}

/* Of what is only written where somebody switched that on, a log has to have some; of the rest, any of its channel. */
static bool
tells_of(const struct evtx_kind *kind, const uint64_t *own, const uint64_t *counts)
{
	if (*own || kind->optional || !kind->channel)
		return *own > 0;
	for (size_t i = 0; evtx_kinds[i].source; i++)
		if (evtx_kinds[i].channel && !strcmp(evtx_kinds[i].channel, kind->channel) && counts[i])
			return true;
	return false;
}

void
asked_note_events(struct asked *asked, const uint64_t counts[static EVTX_KINDS_MAX])
{
	for (size_t i = 0; i < asked->event_count; i++)
		asked->events[i].logs += tells_of(&evtx_kinds[i], &counts[i], counts);
}

/* ---- what a case says of the rules ---- */

static bool
can_answer(const struct asked_rules *rules, const struct rule *rule)
{
	const struct sigma_bound *bound;
	size_t n = rules->set ? sigma_set_rules(rules->set, &bound) : 0;

	for (size_t i = 0; i < n; i++)
		if (bound[i].rule == rule)
			return !bound[i].reason;
	return false;
}

static const char left_out[] = "reading logs was left out by the user";

/* The kinds of logs that could have answered; several kinds of records of one log have its title. */
static int
add_titles(struct asked *asked, const struct rule *rule, struct text *ret)
{
	const struct asked_rules *rules;
	const char *last = NULL;
	unsigned told = 0;
	bool had = false;
	int r = 0;

	for (size_t i = 0; r == 0 && (rules = rules_at(asked, i)); i++) {
		if (!can_answer(rules, rule))
			continue;
		had |= rules->had;
		if (last && !strcmp(last, rules->title))
			continue;
		last = rules->title;
		if (told++ < TITLES_MAX)
			r = text_printf(ret, "%s%s", ret->n ? ", " : "", last);
		else if (told == TITLES_MAX + 1)
			r = text_adds(ret, " and others");
	}
	if (r == 0 && !told)
		return text_adds(ret, left_out);
	return r < 0 ? r : text_adds(ret, had ? REASON_NO_RECORD : REASON_NO_LOG);
}

/* Of the logs that could answer by their kind, those that do not record what the rule asks for. */
static int
weigh_logs(struct exam *exam, const struct rule *rule, uint64_t *ret_logs, uint64_t *ret_silent, struct text *why)
{
	struct asked *asked = exam->asked;
	struct asked_rules *rules;
	int r = 0;

	*ret_logs = *ret_silent = 0;
	for (size_t i = 0; r == 0 && (rules = rules_at(asked, i)); i++) {
		const char *reason = NULL;
		uint64_t silent = 0;

		if (!rules->logs || !can_answer(rules, rule))
			continue;
		if (i < asked->n)
			r = asked_silent(&asked->kinds[i], profile_sigma(exam->profile), rule, &silent, &reason);
		*ret_logs += rules->logs;
		*ret_silent += silent;
		if (r == 0 && silent)
			r = text_printf(why, "%s%llu of %llu %s cannot answer: %s", why->n ? "; " : "", (unsigned long long)silent,
					(unsigned long long)rules->logs, rules->title, reason);
	}
	return r;
}

static int
set_reason(struct exam *exam, struct rule *rule, struct text *reason)
{
	rule->reason = arena_copy(&exam->arena, text_view(reason));
	return rule->reason ? 0 : -ENOMEM;
}

static int
judge(struct exam *exam, const struct rule *rule, struct rule *ret_rule)
{
	CLEANUP(text_free) struct text reason = { 0 };
	uint64_t logs, silent;
	int r = weigh_logs(exam, rule, &logs, &silent, &reason);

	if (r < 0 || (logs && !silent))
		return r;
	if (silent == logs)
		ret_rule->state = RULE_NOT_EVALUABLE;
	if (!logs)
		r = add_titles(exam->asked, rule, &reason);
	return r < 0 ? r : set_reason(exam, ret_rule, &reason);
}

int
asked_rule(struct exam *exam, const struct rule *rule, struct rule *ret_rule)
{
	*ret_rule = *rule;
	if (rule->kind != RULE_SIGMA || rule->state != RULE_USED || births_answer(exam->births, rule))
		return 0;
	if (exam->asked)
		return judge(exam, rule, ret_rule) < 0 ? fail(ENOMEM, "out of memory for the rules of %s", exam->path) : 0;
	ret_rule->state = RULE_NOT_EVALUABLE;
	ret_rule->reason = left_out;
	return 0;
}

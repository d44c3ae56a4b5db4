/* asked.c - the Sigma rules bound to each kind of log that an exhibit has, and which of them no log could answer. */
#include "asked.h"

#include <errno.h>

#include "artefact.h"
#include "fail.h"
#include "visit.h"

struct asked {
	unsigned threads;
	size_t n;
	struct asked_kind kinds[LOG_KINDS_MAX + ARTEFACT_KINDS_MAX]; /* those that are read */
};

struct asked_kind *
asked_kind(struct asked *asked, const struct log_kind *kind)
{
	for (size_t i = 0; i < asked->n; i++)
		if (asked->kinds[i].kind == kind)
			return &asked->kinds[i];
	return NULL;
}

static int
bind(struct asked *asked, const struct profile *profile, const struct log_kind *kind)
{
	struct asked_kind *new = &asked->kinds[asked->n++];
	int r = 0;

	*new = (struct asked_kind){ .kind = kind };
	new->matchers = calloc(asked->threads, sizeof(struct sigma_matcher *));
	if (new->matchers && profile_sigma(profile) && kind->source)
		r = sigma_bind(profile_sigma(profile), kind->source, &new->set);
	return r < 0 || !new->matchers ? fail(ENOMEM, "out of memory for the rules on %s", kind->title) : 0;
}

/* The texts that rules look for, and those that tell of passwords. Where there are none, lines are only counted. */
static int
prepare(struct asked_kind *kind)
{
	const struct view *ours, *theirs = NULL;
	size_t n = visit_literals(kind->kind, &ours), m = 0;
	CLEANUP(free) struct view *all = NULL;

	kind->had = true;
	if (kind->set)
		m = sigma_set_literals(kind->set, &theirs, &kind->all);
	all = calloc(n + m + 1, sizeof(*all));
	if (!all)
		return fail(ENOMEM, "out of memory for the rules on %s", kind->kind->title);
	if (m)
		memcpy(all, theirs, m * sizeof(*all));
	if (n)
		memcpy(all + m, ours, n * sizeof(*all));
	return n + m ? literals_open(all, n + m, &kind->literals) : 0;
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
		r = bind(asked, exam->profile, *kind);
	for (const struct artefact_kind *const *kind = artefact_kinds; exam->reads & READER_ARTEFACT && *kind && r == 0; kind++)
		r = bind(asked, exam->profile, &(*kind)->log);
	for (size_t i = 0; i < exam->candidates.n && r == 0; i++) {
		const struct candidate *c = &exam->candidates.at[i];
		struct asked_kind *kind = c->readers & READER_RECORDS ? asked_kind(asked, c->log) : NULL;

		if (kind && !kind->had)
			r = prepare(kind);
	}
	return r;
}

struct asked *
asked_close(struct asked *asked)
{
	for (size_t i = 0; asked && i < asked->n; i++) {
		struct asked_kind *k = &asked->kinds[i];

		for (unsigned t = 0; k->matchers && t < asked->threads; t++)
			sigma_matcher_close(k->matchers[t]);
		free(k->matchers);
		literals_close(k->literals);
		sigma_set_free(k->set);
		asked_columns_free(k);
	}
	free(asked);
	return NULL;
}

int
asked_matcher(struct asked_kind *asked, unsigned thread, struct sigma_matcher **ret_matcher)
{
	int r = 0;

	if (!asked->matchers[thread])
		r = sigma_matcher_open(asked->set, &asked->matchers[thread]);
	*ret_matcher = asked->matchers[thread];
	return r < 0 ? fail(-r, "out of memory for the rules on %s", asked->kind->title) : 0;
}

/* ---- what a case says of the rules ---- */

static bool
can_answer(const struct asked_kind *kind, const struct rule *rule)
{
	const struct sigma_bound *bound;
	size_t n = kind->set ? sigma_set_rules(kind->set, &bound) : 0;

	for (size_t i = 0; i < n; i++)
		if (bound[i].rule == rule)
			return !bound[i].reason;
	return false;
}

static const char left_out[] = "reading logs was left out by the user";

/* The kinds of logs that could have answered. */
static int
add_titles(const struct asked *asked, const struct rule *rule, struct text *ret)
{
	bool had = false;
	int r = 0;

	for (size_t i = 0; i < asked->n && r == 0; i++) {
		if (!can_answer(&asked->kinds[i], rule))
			continue;
		had |= asked->kinds[i].had;
		r = text_printf(ret, "%s%s", ret->n ? ", " : "", asked->kinds[i].kind->title);
	}
	if (r == 0 && !ret->n)
		return text_adds(ret, left_out);
	return r < 0 ? r : text_adds(ret, had ? ": none has a record that could be read" : ": none was found");
}

/* Of the logs that could answer by their kind, those that do not record what the rule asks for. */
static int
weigh_logs(struct exam *exam, const struct rule *rule, uint64_t *ret_logs, uint64_t *ret_silent, struct text *why)
{
	struct asked *asked = exam->asked;
	int r = 0;

	*ret_logs = *ret_silent = 0;
	for (size_t i = 0; i < asked->n && r == 0; i++) {
		struct asked_kind *kind = &asked->kinds[i];
		const char *reason;
		uint64_t silent;

		if (!kind->logs || !can_answer(kind, rule))
			continue;
		r = asked_silent(kind, profile_sigma(exam->profile), rule, &silent, &reason);
		*ret_logs += kind->logs;
		*ret_silent += silent;
		if (r == 0 && silent)
			r = text_printf(why, "%s%llu of %llu %s cannot answer: %s", why->n ? "; " : "", (unsigned long long)silent,
					(unsigned long long)kind->logs, kind->kind->title, reason);
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
	if (rule->kind != RULE_SIGMA || rule->state != RULE_USED)
		return 0;
	if (exam->asked)
		return judge(exam, rule, ret_rule) < 0 ? fail(ENOMEM, "out of memory for the rules of %s", exam->path) : 0;
	ret_rule->state = RULE_NOT_EVALUABLE;
	ret_rule->reason = left_out;
	return 0;
}

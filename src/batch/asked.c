/* asked.c - the Sigma rules bound to each kind of log that an exhibit has, and which of them no log could answer. */
#include "asked.h"

#include <errno.h>

#include "fail.h"

struct asked {
	unsigned threads;
	size_t n;
	struct asked_kind kinds[LOG_KINDS_MAX];
};

struct asked_kind *
asked_kind(struct asked *asked, const struct log_kind *kind)
{
	for (size_t i = 0; i < asked->n; i++)
		if (asked->kinds[i].kind == kind)
			return &asked->kinds[i];
	return NULL;
}

/* A set of which no rule can ever say yes needs no search: its lines are only counted. */
static int
bind(struct asked *asked, const struct profile *profile, const struct log_kind *kind)
{
	struct asked_kind *new = &asked->kinds[asked->n++];
	const struct view *literals;
	size_t n = 0;
	int r = 0;

	*new = (struct asked_kind){ .kind = kind };
	new->matchers = calloc(asked->threads, sizeof(struct sigma_matcher *));
	if (!new->matchers)
		return fail(ENOMEM, "out of memory for the rules on %s", kind->title);
	if (profile_sigma(profile))
		r = sigma_bind(profile_sigma(profile), kind->source, &new->set);
	if (r < 0)
		return fail(-r, "out of memory for the rules on %s", kind->title);
	if (new->set)
		n = sigma_set_literals(new->set, &literals, &new->all);
	return n ? literals_open(literals, n, &new->literals) : 0;
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
	for (size_t i = 0; i < exam->candidates.n && r == 0; i++) {
		const struct log_kind *kind = exam->candidates.at[i].log;

		if (kind && !asked_kind(asked, kind))
			r = bind(asked, exam->profile, kind);
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

/* Where the rule can be asked: in kinds that the exhibit has, and in how many logs of them. */
static bool
could_be_asked(const struct asked *asked, const struct rule *rule, bool *ret_chosen)
{
	bool read = false;

	*ret_chosen = false;
	for (size_t i = 0; asked && i < asked->n; i++) {
		const struct sigma_bound *bound;
		size_t n = asked->kinds[i].set ? sigma_set_rules(asked->kinds[i].set, &bound) : 0;

		for (size_t k = 0; k < n; k++) {
			if (bound[k].rule != rule || bound[k].reason)
				continue;
			*ret_chosen = true;
			read |= asked->kinds[i].logs != 0;
		}
	}
	return read;
}

struct rule
asked_rule(const struct exam *exam, const struct rule *rule)
{
	struct rule told = *rule;
	bool chosen;

	if (rule->kind != RULE_SIGMA || rule->state != RULE_USED || could_be_asked(exam->asked, rule, &chosen))
		return told;
	told.state = RULE_NOT_EVALUABLE;
	told.reason = !exam->asked ? "reading logs was left out by the user"
		      : chosen	   ? "no log of its logsource has a record that could be read"
				   : "no log of its logsource was found";
	return told;
}

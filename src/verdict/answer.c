/* answer.c - the answer to a question: what the findings show, what their absence allows to say, and what cannot be
 * told. */
#include "court.h"

#include <errno.h>
#include <inttypes.h>

#include "exposure.h"

const char *
answer_name(enum answer answer)
{
	static const char *const names[ANSWERS] = {
		[EXPLOITED] = "exploited",
		[NOT_ASSESSABLE] = "not assessable",
		[ATTEMPTED] = "attempted",
		[NO_TRACE] = "no trace",
		[NOT_AFFECTED] = "not affected (build)",
	};

	return names[answer];
}

static int
add_doubt(const struct support *s, struct text *reason)
{
	return s->doubtful ? add_clause(reason, "%" PRIu64 " of these rest%s on damaged or unverified bytes", s->doubtful,
					s->doubtful == 1 ? "s" : "")
			   : 0;
}

static int
add_failed(const struct support *s, struct text *reason)
{
	return add_clause(reason, "%" PRIu64 " of %" PRIu64 " rules could not be asked of all that they are for (%s%s)",
			  s->failed, s->rules, s->failed_why, s->failed > 1 ? ", and others" : "");
}

/* What keeps the absence of findings from meaning anything: sources that were not there, and rules that were not
 * asked. */
static int
find_gaps(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *why)
{
	const struct support *s = &asked->support;
	int r = 0;

	if (!asked->days.n && !asked->whole.n)
		r = add_clause(why, "the profile does not say which sources this needs");
	else
		r = needs_check(&court->needs, &court->calendar, e->number, asked->days, asked->whole, why);
	if (r == 0 && s->failed)
		r = add_failed(s, why);
	if (r == 0 && s->rules == s->failed + s->idle)
		r = add_clause(why, "no rule that could be asked looks for it");
	return r;
}

/* `logs cover A to B: ...; read wholly: ...` */
static int
tell_cover(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *reason)
{
	const struct window *w = calendar_window(&court->calendar, e->number);
	char from[DAY_TEXT], to[DAY_TEXT];
	int r = 0;

	if (asked->days.n && w)
		r = add_clause(reason, "logs cover %s to %s: %.*s", day_text(w->first, from), day_text(w->last, to),
			       (int)asked->days.n, (const char *)asked->days.p);
	if (r == 0 && asked->whole.n)
		r = add_clause(reason, "read wholly: %.*s", (int)asked->whole.n, (const char *)asked->whole.p);
	return r;
}

/* Tried, as far as the findings go; whether it worked is only as sure as what was read. */
static int
tell_attempt(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *reason)
{
	CLEANUP(text_free) struct text why = { 0 };
	uint64_t n = asked->support.findings;
	int r = add_clause(reason, "%" PRIu64 " finding%s that it was tried, none that it worked", n,
			   n == 1 ? " shows" : "s show");

	if (r == 0)
		r = add_doubt(&asked->support, reason);
	if (r == 0)
		r = find_gaps(court, e, asked, &why);
	if (r < 0 || !why.n)
		return r < 0 ? r : tell_cover(court, e, asked, reason);
	return add_clause(reason, "that none did cannot be told: %s", why.s);
}

static int
tell_strong(const struct support *s, struct text *reason)
{
	int r = s->findings == 1 ? add_clause(reason, "1 finding, of level high or above")
				 : add_clause(reason, "%" PRIu64 " finding%s of level high or above among %" PRIu64,
					      s->strong, s->strong == 1 ? "" : "s", s->findings);

	return r < 0 ? r : add_doubt(s, reason);
}

/* Findings of level medium are leads: a person has to look at them before anybody says that there is no trace. */
static int
tell_weak(const struct support *s, struct text *reason)
{
	if (s->level != LEVEL_MEDIUM)
		return 0;
	if (s->findings == 1)
		return add_clause(reason, "1 finding, not above medium: a person has to look at it");
	return add_clause(reason, "%" PRIu64 " findings, none above medium: a person has to look at them", s->findings);
}

/* Whether the question is for a hole that no Exchange of the exhibit had at any time of the window. */
static int
never_open(const struct court *court, const struct exhibit *e, const struct asked *asked, bool *ret_never)
{
	char cve[32];

	*ret_never = false;
	if (!asked->cve.n || asked->cve.n >= sizeof(cve))
		return 0;
	memcpy(cve, asked->cve.p, asked->cve.n);
	cve[asked->cve.n] = 0;
	return exposure_never(court->db, e->number, cve, court->judge.since, ret_never);
}

/* The answer to one question of the profile. */
int
answer_question(const struct court *court, const struct exhibit *e, const struct asked *asked, enum answer *ret_answer,
       struct text *reason)
{
	const struct support *s = &asked->support;
	bool never;
	int r;

	*ret_answer = NOT_ASSESSABLE;
	if (!e->volumes_read)
		return add_clause(reason, "no NTFS volume of this exhibit could be read");
	if (s->strong) {
		*ret_answer = EXPLOITED;
		return tell_strong(s, reason);
	}
	r = never_open(court, e, asked, &never);
	if (r < 0)
		return r;
	if (never && s->level < LEVEL_MEDIUM) {
		*ret_answer = NOT_AFFECTED;
		return add_clause(reason, "every build of Exchange since the window began has the fix or never had the "
					  "hole, as 'exposure' shows");
	}
	if (s->level == LEVEL_MEDIUM && asked->cve.n) {
		*ret_answer = ATTEMPTED;
		return tell_attempt(court, e, asked, reason);
	}
	r = tell_weak(s, reason);
	if (r == 0)
		r = find_gaps(court, e, asked, reason);
	if (r < 0 || reason->n)
		return r;
	*ret_answer = NO_TRACE;
	r = tell_cover(court, e, asked, reason);
	if (r == 0 && s->told)
		r = add_clause(reason, "findings of level low beside it: %" PRIu64, s->told);
	if (r == 0 && s->idle)
		r = add_clause(reason, "%" PRIu64 " of %" PRIu64 " rules had nothing to be asked of (%s%s)", s->idle,
			       s->rules, s->idle_why, s->idle > 1 ? ", and others" : "");
	return r;
}

/* ---- all together ---- */

static int
tell_parts(const struct exhibit *e, const enum answer *answers, enum answer which, struct text *reason)
{
	const char *words = which == NOT_ASSESSABLE ? "open questions" : answer_name(which);
	bool first = true;
	int r = 0;

	for (size_t q = 1; q < e->asked.n && r == 0; q++) {
		if (answers[q] != which)
			continue;
		r = first ? add_clause(reason, "%s: %s", words, e->asked.at[q].question)
			  : text_printf(reason, ", %s", e->asked.at[q].question);
		first = false;
	}
	return r;
}

/* What stands against the exhibit as a whole beside the answers to its questions. */
static int
find_strays(const struct exhibit *e, struct text *reason)
{
	const struct support *s = &e->asked.at[0].support;
	int r = 0;

	if (e->asked.n < 2)
		r = add_clause(reason, "the profile asks nothing whose answer could be the absence of traces");
	if (r == 0 && e->strays)
		r = add_clause(reason,
			       "%" PRIu64 " finding%s of level medium that %s no question: a person has to look at %s",
			       e->strays, e->strays == 1 ? "" : "s", e->strays == 1 ? "answers" : "answer",
			       e->strays == 1 ? "it" : "them");
	return r == 0 && s->failed ? add_failed(s, reason) : r;
}

/* The exhibit as a whole: proved by any strong finding, and else as its weakest part. */
int
answer_overall(const struct court *court, const struct exhibit *e, const enum answer *answers, enum answer *ret_answer,
	       struct text *reason)
{
	const struct asked *overall = &e->asked.at[0];
	const struct window *w = calendar_window(&court->calendar, e->number);
	CLEANUP(text_free) struct text strays = { 0 };
	char from[DAY_TEXT], to[DAY_TEXT];
	int r = 0;

	if (!e->volumes_read || overall->support.strong)
		return answer_question(court, e, overall, ret_answer, reason);
	*ret_answer = NO_TRACE;
	for (size_t q = 1; q < e->asked.n; q++)
		*ret_answer = answers[q] < *ret_answer ? answers[q] : *ret_answer;
	for (enum answer which = NOT_ASSESSABLE; which < NO_TRACE && r == 0; which++)
		r = tell_parts(e, answers, which, reason);
	if (r == 0)
		r = find_strays(e, &strays);
	if (r < 0)
		return r;
	if (strays.n) {
		*ret_answer = NOT_ASSESSABLE;
		return add_clause(reason, "%s", strays.s);
	}
	if (*ret_answer != NO_TRACE || !w)
		return 0;
	return add_clause(reason, "so all %zu questions are answered, for %s to %s", e->asked.n - 1,
			  day_text(w->first, from), day_text(w->last, to));
}

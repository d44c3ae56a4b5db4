/* verdict.c - the questions of a case answered one after the other, and written into it with all that they rest on. */
#include "verdict.h"

#include <errno.h>

#include "court.h"
#include "exposure.h"
#include "fail.h"
#include "indicator.h"

static int
write_answer(const struct court *court, const struct exhibit *e, const struct asked *asked, enum answer given,
	     struct text *reason)
{
	const struct support *s = &asked->support;
	bool told = s->strong || given == ATTEMPTED;
	CLEANUP(text_free) struct text coverage = { 0 };
	CLEANUP(text_free) struct text changes = { 0 };
	int r = told ? rests_exposure(court, e, asked, reason) : 0;

	if (r == 0)
		r = rests_coverage(court, e, asked, &coverage);
	if (r == 0)
		r = rests_changes(e, asked, given, &changes);
	if (r < 0)
		return r;
	return case_verdict(court->db, &(struct verdict_row){
					       .evidence = e->number,
					       .question = asked->question,
					       .verdict = answer_name(given),
					       .reason = reason->s ? reason->s : "",
					       .first = told ? s->first : 0,
					       .last = told ? s->last : 0,
					       .findings = s->ids.s ? s->ids.s : "",
					       .coverage = coverage.s,
					       .changes = changes.s,
				       });
}

static int
write_answers(const struct court *court, const struct exhibit *e)
{
	CLEANUP(free) enum answer *answers = calloc(e->asked.n, sizeof(*answers));
	int r = answers ? 0 : -ENOMEM;

	for (size_t q = e->asked.n; q-- > 0 && r == 0;) {
		const struct asked *asked = &e->asked.at[q];
		CLEANUP(text_free) struct text reason = { 0 };

		r = q ? answer_question(court, e, asked, &answers[q], &reason)
		      : answer_overall(court, e, answers, &answers[0], &reason);
		if (r == 0)
			r = write_answer(court, e, asked, answers[q], &reason);
	}
	return r;
}

int
verdict_judge(void *state, struct case_db *db)
{
	struct court court = { .db = db };
	int r = judge_load(&court.judge, db);

	(void)state;
	if (r == 0)
		r = calendar_make(&court.calendar, db);
	if (r == 0)
		r = needs_load(&court.needs, db);
	if (r == 0)
		r = exposure_make(db);
	if (r == 0)
		r = indicators_make(db);
	if (r == 0)
		r = facts_load(&court.facts, db);
	if (r == 0)
		r = facts_join(&court.facts, db);
	if (r == 0)
		r = chain_make(&court.facts, db);
	if (r == 0)
		r = witnesses_make(&court.facts, db);
	if (r == 0)
		r = clocks_make(&court.facts, db);
	if (r == 0)
		r = confidence_make(&court.facts, db);
	for (size_t i = 0; i < court.judge.exhibits.n && r == 0; i++)
		r = write_answers(&court, &court.judge.exhibits.at[i]);
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for the verdict");
	facts_free(&court.facts);
	needs_free(&court.needs);
	calendar_free(&court.calendar);
	judge_free(&court.judge);
	return r;
}

/* court.h - a case while it is judged: what its questions are answered from, and the answers. */
#ifndef COURT_H
#define COURT_H

#include "calendar.h"
#include "facts.h"
#include "needs.h"
#include "support.h"

/* From the gravest to the best: what is said of all together is never better than the first of its parts. */
enum answer { EXPLOITED, NOT_ASSESSABLE, ATTEMPTED, NO_TRACE, NOT_AFFECTED, ANSWERS };
const char *answer_name(enum answer answer); /* "exploited" ... */

struct court {
	struct case_db *db;
	struct judge judge;
	struct calendar calendar;
	struct needs needs;
	struct facts facts;
};

/* The answer to one question of the profile, and to all of them together: 0 or negative. */
int answer_question(const struct court *court, const struct exhibit *e, const struct asked *asked, enum answer *ret_answer,
		    struct text *reason);
int answer_overall(const struct court *court, const struct exhibit *e, const enum answer *answers, enum answer *ret_answer,
		   struct text *reason);

/* ---- rests.c: what an answer rests on, and what would change it ---- */

/* Adds the ids of the rows of v_coverage that a question needs; of all questions for the first. 0 or -ENOMEM. */
int rests_coverage(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *ids);

/* Adds, in words, what another answer would follow from. 0 or -ENOMEM. */
int rests_changes(const struct exhibit *e, const struct asked *asked, enum answer given, struct text *words);

/* Adds to the reason how the first and the last indicator lie to the time in which the hole was open. 0 or negative. */
int rests_exposure(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *reason);

#endif

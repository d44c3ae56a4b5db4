/* given.h - what whoever makes a report says of the case: its number, for whom, and by whom; no part of case.db. */
#ifndef GIVEN_H
#define GIVEN_H

#include "text.h"

enum given_word { GIVEN_CASE, GIVEN_ORGANISATION, GIVEN_EXAMINER, GIVEN_WORDS };

struct given {
	struct text words[GIVEN_WORDS]; /* without bytes where nothing was ever said */
};

/*
 * What holds for a report that is made now: what is said (NULL: nothing is), else what was said last, by run.jsonl. What
 * differs from that is written there, so that it holds for the reports to come. 0, or negative after fail(); to be freed
 * in any case.
 */
int given_settle(const char *folder, const char *const said[GIVEN_WORDS], struct given *given);
void given_free(struct given *given);
static inline void
given_free_at(struct given *given)
{
	given_free(given);
}

#endif

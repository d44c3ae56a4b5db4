/* notes.h - what examiners write to findings: rows that are only ever added, beside the case and never in it. */
#ifndef NOTES_H
#define NOTES_H

#include "text.h"

/* CASE/notes.jsonl is a chain of lines as run.jsonl is one (see runlog.h), of the kinds "note" and "tag". */
struct note {
	bool tag;
	const char *finding, *author, *text;
	const char *time; /* UTC; NULL for one that is to be added */
};

/* Adds one, and a line to run.jsonl that holds the end of both chains together. 0, or negative after fail(). */
int notes_add(const char *folder, const struct note *note);

/* Gives all notes in the order in which they were made; note may return negative to stop. 0, or negative. */
int notes_each(const char *folder, int (*each)(void *state, const struct note *note), void *state);

struct notes_state {
	uint64_t rows;
	const char *why; /* what is wrong with them, a constant; NULL when all is well */
};

/* Whether every row stands as it was written, and none is missing by what run.jsonl knows: 0, or negative after fail().
 */
int notes_check(const char *folder, struct notes_state *ret_state);

#endif

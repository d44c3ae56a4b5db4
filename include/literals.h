/* literals.h - many short texts looked for at once, whatever their case: what finds the few lines that matter. */
#ifndef LITERALS_H
#define LITERALS_H

#include "cleanup.h"
#include "view.h"

struct literals;

enum literals_limits {
	LITERAL_MIN = 4,     /* bytes; a shorter one would be found everywhere */
	LITERAL_MAX = 64,    /* of a longer text, ask for any 64 bytes and look at the rest where they are found */
	LITERALS_MAX = 4096, /* at once */
};

/* Why a text cannot be looked for, a constant; NULL when it can. Within a line means: without NUL, CR and LF. */
const char *literal_unfit(struct view literal);

/*
 * Prepares a search for n literals, ASCII letters meaning both cases and every other byte itself. The texts are copied;
 * the same one may be there twice. 0, or negative after fail(): -EINVAL for an unfit literal, none, or too many.
 */
int literals_open(const struct view *literals, size_t n, struct literals **ret_literals);
struct literals *literals_close(struct literals *literals);
DEFINE_CLEANUP(struct literals, literals_close)

size_t literals_count(const struct literals *literals);

/* From here on without vector instructions: the same answers, slower. For tests, and where they are in doubt. */
void literals_plain(struct literals *literals);

/*
 * Calls hit for every occurrence in text, overlapping ones too: in order of offset, at the same offset in order of
 * index. What hit returns other than 0 ends the search and is returned. Nothing is written to: threads may share it.
 */
int literals_scan(const struct literals *literals, struct view text,
		  int (*hit)(void *state, size_t offset, uint32_t which), void *state);

#endif

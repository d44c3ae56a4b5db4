/* run.h - the search for the longest text that a record must hold as it stands. */
#ifndef RULES_RUN_H
#define RULES_RUN_H

#include "literals.h"
#include "own.h"

/* The best run of steady bytes among those offered so far; plain: the longest, however short or common. starts, ends:
 * the value does so with it. */
struct best {
	uint8_t bytes[LITERAL_MAX];
	size_t n;
	unsigned quality;
	bool plain, starts, ends;
};

/* A run of a text, byte by byte; anything that is not steady ends it. */
struct run {
	uint8_t bytes[LITERAL_MAX];
	size_t n;
	bool edges; /* values end where fields of the record do */
	bool uri; /* '?' is what joins path and query: it does not stand in the record */
	bool starts, ends; /* the value does so with this run */
	struct best *best;
};

void run_add(struct run *run, unsigned unit);
void run_end(struct run *run);

/* Before or behind a text: the edge of a value. No record has it within. */
enum { EDGE = '\n' };

/*
 * The plain characters outside of groups, classes and what may be left out. Without case, k and s are no such: U+212A
 * and U+017F are the same letters to PCRE2.
 */
void run_expr(const char *pattern, bool caseless, struct run *run);

/* The alternatives of the first group, one of which must be there, and an escaped character just before it; false where
 * there is no such group. */
bool run_choices(const char *pattern, struct view *ret_before, struct view *ret_choices);

/*
 * Texts one of which must be there; none and not all: it can never be YES. In a plain one they stand for themselves, with
 * an EDGE where the value has one, and encoded says that they may be percent-encoded; in others, all ways to write them
 * are listed.
 */
struct need {
	bool all, plain, encoded;
	unsigned quality; /* bytes of the shortest */
	literal_list list;
};

/* What is needed for `yes`, or where that is false for a NO; the latter is known of operators alone. 0 or -ENOMEM. */
int need_of(struct sigma_set *set, const struct bound_rule *rule, uint32_t at, bool yes, struct need *ret);
void need_free(struct need *need);

#endif

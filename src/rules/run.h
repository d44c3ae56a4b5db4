/* run.h - the search for the longest text that a record must hold as it stands. */
#ifndef RULES_RUN_H
#define RULES_RUN_H

#include "literals.h"
#include "own.h"

/* The best run of steady bytes among those offered so far. */
struct best {
	uint8_t bytes[LITERAL_MAX];
	size_t n;
	unsigned quality;
};

/* A run of a text, byte by byte; anything that is not steady ends it. */
struct run {
	uint8_t bytes[LITERAL_MAX];
	size_t n;
	bool uri; /* '?' is what joins path and query: it does not stand in the record */
	struct best *best;
};

void run_add(struct run *run, unsigned unit);
void run_end(struct run *run);

/*
 * The plain characters outside of groups, classes and what may be left out. Without case, k and s are no such: U+212A
 * and U+017F are the same letters to PCRE2.
 */
void run_expr(const char *pattern, bool caseless, struct run *run);

#endif

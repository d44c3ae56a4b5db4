/* tails.h - how every text that a regular expression fits must end. */
#ifndef TAILS_H
#define TAILS_H

#include "view.h"

enum tail_limits {
	TAILS_MAX = 32,
	TAIL_MAX = 48, /* characters of one */
};

/* The ends that are possible, in ASCII lower case; none (n = 0) when nothing is known. */
struct tails {
	size_t n;
	struct tail {
		size_t n;
		char text[TAIL_MAX];
	} at[TAILS_MAX];
};

/* Reads them off a pattern such as `\.(aspx|ashx)$`. Only what lies behind the last separator of a path is kept. */
void tails_find(const char *pattern, struct tails *ret_tails);

/* Whether a name (UTF-16LE) ends in one of them; true when nothing is known. */
bool tails_fit(const struct tails *tails, struct view name);

#endif

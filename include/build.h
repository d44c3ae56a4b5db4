/* build.h - a build of Exchange as four numbers: 15.1.2176.9, of which the third names the cumulative update. */
#ifndef BUILD_H
#define BUILD_H

#include "view.h"

enum { BUILD_PARTS = 4, BUILD_CU_PARTS = 3, BUILD_STRING = 48 };

/* parts: how many of the numbers are known, 3 where only the cumulative update is; 0 for no build at all. */
struct build {
	uint32_t n[BUILD_PARTS];
	unsigned parts;
};

/* Reads `15.1.2176.9`, and `15.01.2176.009` as file versions write it, with blanks around: false for anything else, or
 * fewer than three numbers. */
bool build_parse(struct view text, struct build *ret_build);

/* Returns text; "" for no build. */
char *build_text(const struct build *build, char text[static BUILD_STRING]);

/* Below, equal or above zero by their numbers; where one of them has fewer, as far as both go. */
int build_compare(const struct build *a, const struct build *b);

/* The same numbers, and as many. */
bool build_same(const struct build *a, const struct build *b);

/* Whether both are of one cumulative update. */
bool build_same_cu(const struct build *a, const struct build *b);

#endif

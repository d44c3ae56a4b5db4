/* builds.h - builds of Exchange, and sets of them. */
#ifndef BUILDS_H
#define BUILDS_H

#include "inside.h"

enum { BUILD_TEXT = 48 };

/* A build without the zeros in front of its numbers, cut where it is no build any more. Returns text. */
char *build_normalise(struct view build, char text[static BUILD_TEXT]);

/* The number of a build in the order of builds.csv, UINT32_MAX when the baseline does not know it. */
uint32_t build_find(const struct baseline_data *baseline, struct view build);

/* The set that a row's wording (`a;b` and `first..last(n)`) stands for; each wording is worked out once. */
int build_set(struct profile *profile, const struct shipped *row, uint32_t *ret_set);
bool build_in_set(const struct baseline_data *baseline, uint32_t set, uint32_t build);

/* Whether a set has this build, or where only its first numbers are given (15.1.2176), any build that begins so. */
bool build_fits_set(const struct baseline_data *b, uint32_t set, struct view build);

#endif

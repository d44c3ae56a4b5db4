/* show_steps.h - how each step below a finding is checked with other programs: container, volume, entry, rule. */
#ifndef SHOW_STEPS_H
#define SHOW_STEPS_H

#include "case.h"

/* What is known of the finding that is shown; "" for what is not. Borrowed. */
struct steps {
	const char *finding, *evidence, *rule, *path, *owner, *mft;
	uint64_t volume; /* bytes from the start of the image */
};

/* Prints a line for each. 0, or negative after fail(). */
int steps_print(struct case_db *db, const struct steps *steps);

#endif

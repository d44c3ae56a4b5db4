/* matching.h - what a regular expression is matched with: room for one match, and limits on its steps and memory. */
#ifndef MATCHING_H
#define MATCHING_H

#include "cleanup.h"
#include "view.h"

struct matching;

/* For one thread at a time. 0 or -ENOMEM. */
int matching_new(struct matching **ret_matching);
struct matching *matching_free(struct matching *matching);
DEFINE_CLEANUP(struct matching, matching_free)

/* Matches a pcre2_code with options of pcre2_match(), and gives what that gives; its limits are errors of PCRE2. */
int matching_run(struct matching *matching, const void *code, struct view text, uint32_t options);

#endif

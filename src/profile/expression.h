/* expression.h - the regular expressions of path rules: compiled once, kept away from names that cannot fit. */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include "matching.h"

struct regex;

/*
 * Compiles pattern, caseless and in UTF-8: 0, -ENOMEM, or -EINVAL with what is wrong in why and at which character.
 * Paths are given to it with '\' between names, or with '/' where only that stands in the pattern.
 */
int regex_new(const char *pattern, struct regex **ret_regex, char *why, size_t why_size);
struct regex *regex_free(struct regex *regex);

/* False where the end of a name rules the pattern out; name is UTF-16LE. */
bool regex_may_end(const struct regex *regex, struct view name);

/* Whether it makes sense to ask regex_may_lead: there are folders below which the pattern cannot fit. */
bool regex_has_place(const struct regex *regex);

char regex_separator(const struct regex *regex);

/* Whether the path of a file fits; one that the limits leave undecided counts as fitting, so that a person sees it. */
bool regex_fits(const struct regex *regex, struct matching *matching, struct view path);

/* Whether anything in the folder with this path, its separator at the end, could fit. */
bool regex_may_lead(const struct regex *regex, struct matching *matching, struct view folder);

#endif

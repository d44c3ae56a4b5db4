/* member.h - the members of one line of JSON that we wrote ourselves: run.jsonl, notes.jsonl, the manifest. */
#ifndef MEMBER_H
#define MEMBER_H

#include "text.h"

/*
 * A member that is not the first of its line: 1, or 0 where there is none of that kind, or -ENOMEM; -EINVAL where it is
 * no JSON. A quote within a value is escaped, so that no value is taken for a member.
 */
int json_text(struct view line, const char *key, struct text *ret);
int json_number(struct view line, const char *key, uint64_t *ret);

#endif

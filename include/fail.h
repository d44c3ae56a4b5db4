/* fail.h - what the tool says when it, and not the evidence, is at fault. */
#ifndef FAIL_H
#define FAIL_H

#include <stdbool.h>

/*
 * Says once on stderr why something could not be done, escaped for a terminal, and returns -error (error is a positive
 * errno). Called where the facts are known; callers above only pass the number on.
 */
int fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3), cold));

/* What fail() said last in this process, for a record of it; "" when it has not spoken. Good until it speaks again. */
const char *fail_last(void);

/* Says something on stderr that is not a failure: one line, escaped; nothing after say_quiet(true). */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_quiet(bool quiet);

#endif

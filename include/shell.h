/* shell.h - text as one word of a shell command that a person can read, copy and run. */
#ifndef SHELL_H
#define SHELL_H

#include "text.h"

/*
 * In single quotes, as every POSIX shell takes it. What a terminal would not show as it is (controls, bidirectional
 * marks, bytes that are no UTF-8) comes as $'...' with octal numbers, as bash, zsh, ksh and POSIX 2024 take it. 0 or
 * -ENOMEM.
 */
int text_add_word(struct text *t, const char *s);

/* The same for a file: never taken for an option. */
int text_add_file_word(struct text *t, const char *path);

#endif

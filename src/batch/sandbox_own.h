/* sandbox_own.h - the parts of the sandbox; for sandbox.c alone. */
#ifndef SANDBOX_OWN_H
#define SANDBOX_OWN_H

#include "sandbox.h"

/* Landlock (sandbox_files.c). Only what the sandbox names can be opened; a second call can only take away. Adds to
 * *active what holds; 0, or negative after fail(). */
int confine_files(const struct sandbox *sandbox, unsigned *active);

/* seccomp (sandbox_calls.c), to the same effect. */
int confine_calls(unsigned *active);

#endif

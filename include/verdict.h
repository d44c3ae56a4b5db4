/* verdict.h - questions put to a case, and answers written into it; nothing else judges. */
#ifndef VERDICT_H
#define VERDICT_H

#include "request.h"

/* Answers the questions anew from what the case holds: 0, or negative after fail(). */
int verdict_judge(const char *folder);

/* The exit status that a case deserves: mismatch, then --fail-on, then limitations. */
int verdict_status(const char *folder, const struct request *request);

#endif

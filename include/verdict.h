/* verdict.h - questions put to a case, and answers written into it; nothing else judges. */
#ifndef VERDICT_H
#define VERDICT_H

#include "request.h"

struct case_db;

/* Answers the questions from what the case holds: for case_merge, which has just made it. 0, or negative after fail().
 */
int verdict_judge(void *state, struct case_db *db);

/* The exit status that a case deserves: mismatch, then --fail-on, then limitations. */
int verdict_status(const char *folder, const struct request *request);

#endif

/* births.h - files born in the window, asked of the Sigma rules on files that are made: state instead of an event. */
#ifndef BIRTHS_H
#define BIRTHS_H

#include "sigma.h"
#include "walk_own.h"

/* For an exam whose files are about to be listed; NULL where the profile has no such rules. 0 or negative after fail(). */
int births_open(struct exam *exam, struct births **ret_births);

/* Asks the rules of a name of an entry: w->name, whose first row in the case is `file`. */
int births_ask(struct walk *w, const struct entry *entry, const struct name *name, uint32_t folder, uint64_t file);

extern const struct sigma_source births_source;

/* Whether a rule could be answered by files at all. */
bool births_answer(const struct births *births, const struct rule *rule);

#endif

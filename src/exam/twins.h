/* twins.h - names of one folder that are the same to Windows: seen while a volume is walked, told at its end. */
#ifndef TWINS_H
#define TWINS_H

#include "exam.h"

struct twins;

/* names: about how many there will be. */
int twins_new(const struct upcase *fold, uint64_t names, struct twins **ret_twins);
struct twins *twins_free(struct twins *twins);
DEFINE_CLEANUP(struct twins, twins_free)

/* Takes in one name of an entry that is in use: 0 or -ENOMEM. */
int twins_add(struct twins *twins, uint32_t folder, struct view name);

/* Notes the names that have met their like; web_roots tells by folder number whether it lies in one. */
int twins_tell(struct twins *twins, struct exam *exam, uint32_t volume, const uint8_t *web_roots, uint8_t mask);

#endif

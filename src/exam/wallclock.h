/* wallclock.h - times by a local clock, in words; nothing is moved by them. */
#ifndef WALLCLOCK_H
#define WALLCLOCK_H

#include "zone.h"

/* " from A to B by the log's own clock, whose zone it does not tell", and what that is by a zone (NULL: none is known): 0 or
 * -ENOMEM. */
int wallclock_words(const struct zone *zone, uint64_t first, uint64_t last, struct text *ret);

#endif

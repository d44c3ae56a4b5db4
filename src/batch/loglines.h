/* loglines.h - the search of one log, for the content stage alone. */
#ifndef LOGLINES_H
#define LOGLINES_H

#include "lines.h"
#include "slot.h"

/* Reads a log to its end and adds a mark to the slot for each rule that met a line: 0, or negative after fail(). */
int loglines_read(struct slot *slot, const struct literals *literals, struct line_matcher *matcher, struct source *stream);

#endif

/* oabdump_own.h - the script and the times of a saved virtual directory; for its reader alone. */
#ifndef READERS_OABDUMP_OWN_H
#define READERS_OABDUMP_OWN_H

#include "oabdump.h"
#include "text.h"

/* The script in a value; the views of ret lie within it. */
bool script_find(struct view value, struct oab_script *ret);

/* Reads the times of a dump, and the zone that follows from them. */
void oab_times(struct oab_dump *dump);

#endif

/* hidden.h - what lies under a chosen file and is not its content; for the content stage alone. */
#ifndef HIDDEN_H
#define HIDDEN_H

#include "slot.h"

/* Searches it; hits become marks of the slot that say where they lie. When the content has been read. 0 or negative. */
int hidden_read(struct slot *slot, struct content *content, struct ntfs *ntfs, struct source *stream);

#endif

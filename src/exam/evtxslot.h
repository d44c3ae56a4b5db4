/* evtxslot.h - one event log of an exhibit: read, then its rows; for the content stage alone. */
#ifndef EVTXSLOT_H
#define EVTXSLOT_H

#include "asked.h"
#include "slot.h"

/* Reads an event log to its end. Its slot then has a mark for each rule that met a record, and the records that did. */
int evtxslot_read(struct slot *slot, struct asked *asked, unsigned thread, struct source *stream);

/* Who a record is about and what it says, in short; both escaped, in the arena. -ENOMEM when there is none. */
int evtxslot_words(struct arena *arena, const struct evtx_fields *fields, bool recovered, struct view *ret_subject,
		   struct view *ret_summary);

/* Writes what became of an event log, its hours, and its records as events; after slot_weigh. why: as for other logs. */
int evtxslot_write(struct exam *exam, const struct slot *slot, const char *why);

struct events_slot *evtxslot_free(struct events_slot *events);

#endif

/* logslot.h - one text log or artefact of an exhibit: read, then its rows; for the content stage alone. */
#ifndef LOGSLOT_H
#define LOGSLOT_H

#include "asked.h"
#include "slot.h"

/* Reads a log to its end. Its slot then has a mark for each rule that met a record, and the lines that did. */
int logslot_read(struct slot *slot, struct asked_kind *asked, unsigned thread, struct source *stream);

/* The same for a file that keeps other records: see artefact.h. Every dated one is kept, as far as there is room. */
int artefactslot_read(struct slot *slot, struct asked_kind *asked, unsigned thread, struct source *stream);

/* Who a record is about and what it says, in short; both escaped, in the arena. -ENOMEM when there is none. */
int logslot_words(struct arena *arena, const struct log_line *line, struct view *ret_subject, struct view *ret_summary);

/* What a record says, as the case keeps it with its event: nothing where it could not be taken apart or is too long.
 * -ENOMEM when there is none. */
int fields_keep(struct arena *arena, const struct fields *fields, struct view *ret_fields);
int logslot_fields(struct arena *arena, const struct log_line *line, struct view *ret_fields);

/* Writes what became of a log, its hours, and its lines as events; after slot_weigh. why: its shortcoming or NULL. */
int logslot_write(struct exam *exam, const struct slot *slot, const char *why);

/* Parts of this that event logs share: in words, whether it is deleted and why it was not read wholly; its row, of which
 * the caller gives kind, state, reason, counts and times; its lines as events. 0 or negative; -ENOMEM without
 * fail() of the words. */
int logslot_reason(const struct slot *slot, const char *why, struct text *ret);
int logslot_row(struct exam *exam, const struct slot *slot, const struct log_row *counts, const struct log_hour *hours,
		size_t n);
int logslot_events(struct exam *exam, const struct slot *slot);

void logslot_clear(struct log_slot *log);

#endif

/* assemble.h - an entry put together from its attributes, in whichever records they lie. */
#ifndef EVIDENCE_ASSEMBLE_H
#define EVIDENCE_ASSEMBLE_H

#include "arena.h"
#include "record.h"

/* What was found to be wrong, each kind once. Constants only. */
struct whys {
	const char *at[8];
	uint32_t n;
};
bool whys_add(struct whys *whys, const char *why); /* whether it is a new one */

struct assembly {
	struct arena *arena;
	struct entry *entry;
	struct whys *whys;
	struct name *names;     /* those of entry, while they grow */
	struct stream *streams;
	uint32_t name_room, stream_room;
	uint32_t reparse_hint;  /* the tag as $FILE_NAME repeats it */
	bool extension;         /* only an extension record is looked at: that streams begin elsewhere is no damage */
};

void assembly_begin(struct assembly *as, struct arena *arena, struct entry *entry, struct whys *whys);

/* Takes one attribute in; holder is the extension record it lies in, 0 for the base record. 0, or -ENOMEM. */
int assembly_add(struct assembly *as, const struct attribute *a, uint64_t holder);

void assembly_end(struct assembly *as);

/* The facts of a record's own header, into an entry that is otherwise empty. */
void assembly_head(struct view record, uint64_t number, bool torn, struct entry *ret_entry, struct reference *ret_base);

#endif

/* leads.h - where a junction or a symbolic link says that it leads; nothing here ever follows one. */
#ifndef LEADS_H
#define LEADS_H

#include "ntfs.h"
#include "text.h"

enum {
	REPARSE_MAX = 16384, /* bytes of a reparse point, by Windows */
};

/* Whether points of this tag hold the name of another place. */
bool reparse_leads(uint32_t tag);

/*
 * The target in the content of a $REPARSE_POINT: 0, -EINVAL where it is none or broken, -ENOMEM. Both texts as
 * text_add_name() writes names; shown is left empty where it says the same as the target.
 */
int reparse_parse(struct view content, struct text *ret_target, struct text *ret_shown);

/* The same for an entry of the volume: also -ENOENT where it has no reparse point. */
int reparse_target(struct ntfs *ntfs, uint64_t number, struct text *ret_target, struct text *ret_shown);

#endif

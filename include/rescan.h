/* rescan.h - other rules asked of what a case keeps of an exhibit, without its image. */
#ifndef RESCAN_H
#define RESCAN_H

#include "case.h"
#include "profile.h"

/* What was asked, and what could not be. */
struct rescan_count {
	uint64_t contents, not_kept; /* streams that were read: those whose bytes are kept, and those of which only hashes are */
	uint64_t events, unasked;    /* kept records; unasked: no source of rules is known for them */
	uint64_t cut;                /* of events: their text is kept in part, for rules on raw text */
	uint64_t names;              /* of files and folders */
	uint64_t findings;
};

/*
 * Asks all rules of the profile of exhibit `evidence` of the case, which is open as `from`, and writes findings, rules,
 * coverage and limitations into the shard `to`, where it is exhibit 1: 0, or negative after fail(). Evidence that the
 * case keeps is hostile: to be run in a process that has entered the sandbox.
 */
int rescan_exhibit(struct case_db *from, struct case_db *to, uint32_t evidence, const struct profile *profile,
		   struct rescan_count *ret_count);

#endif

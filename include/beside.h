/* beside.h - what a volume keeps beside its files: its log, and the stores of its shadow copies. Nothing here reads
 * what they hold: it says whether they are there, and in which state the log was left. */
#ifndef BESIDE_H
#define BESIDE_H

#include "ntfs.h"

enum log_state {
	LOG_ABSENT,  /* no $LogFile can be read */
	LOG_EMPTY,   /* as formatting leaves it, and as ntfs-3g does after each mount */
	LOG_CLEAN,   /* Windows was done with the volume */
	LOG_UNCLEAN, /* some changes may stand in the log and not yet on the volume, or in part */
	LOG_BROKEN,  /* neither restart page can be read */
	LOG_STATES
};

/* In which state the bytes of a $LogFile are, by the newer of its two restart pages. Negative when the tool failed. */
int logfile_state(struct source *stream, enum log_state *ret_state);

/* The same for the $LogFile of a volume; ret_bytes is how long it is. */
int logfile_of(struct ntfs *ntfs, enum log_state *ret_state, uint64_t *ret_bytes);

/*
 * Whether the Volume Shadow Copy service has a header on the volume that leads to a catalogue of stores: 1 or 0, or
 * negative when the tool failed. It stays when the last shadow copy is deleted.
 */
int shadow_header(struct source *volume);

/* Whether a file of this name (UTF-16LE) is the store of a shadow copy: {...}{3808876b-c176-4e48-b7ae-04046e6cc752}. */
bool shadow_store(struct view name);

#endif

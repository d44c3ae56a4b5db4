/* headless.h - an NTFS volume that has lost both its boot sectors, found by its first records. */
#ifndef EVIDENCE_HEADLESS_H
#define EVIDENCE_HEADLESS_H

#include "ntfs.h"

struct headless {
	uint64_t start, bytes; /* of the media */
	struct geometry geometry;
};

/*
 * Looks for record 0 of an $MFT or of its mirror where one usually lies: in the first 16 MiB of a stretch of the media,
 * around its middle, and where Windows puts it. The places that records 0 and 1 name for themselves then tell the size
 * of a cluster and where the volume begins. 1, 0 when there is nothing of the kind, or negative.
 */
int headless_find(struct source *media, uint64_t from, uint64_t to, struct headless *ret_volume);

#endif

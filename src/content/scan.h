/* scan.h - YARA on one stream, and its hits held back until it is known whether they count. */
#ifndef SCAN_H
#define SCAN_H

#include "arena.h"
#include "blocks.h"
#include "content.h"
#include "vector.h"

struct scan;

int scan_new(const struct profile *profile, struct scan **ret_scan);
struct scan *scan_free(struct scan *scan);

/* Scans bytes, the first of which is told as byte `base`, or a stream block by block: 0 with *ret_incomplete as in content.h, or negative when the tool failed. */
int scan_bytes(struct scan *scan, const struct content_place *place, struct view bytes, uint64_t base,
	       const char **ret_incomplete);
int
scan_blocks(struct scan *scan, const struct content_place *place, struct blocks *blocks, const char **ret_incomplete);

/* States the hits of the last scan, one for each rule, in order of the rules. */
int scan_state(const struct scan *scan, struct sink *out);

#endif

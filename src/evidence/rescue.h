/* rescue.h - records of the $MFT found without a map of it. */
#ifndef EVIDENCE_RESCUE_H
#define EVIDENCE_RESCUE_H

#include "mft.h"

/* The number that a record states of itself, from its first 48 bytes: 1, or 0 when it is no record of that size that
 * says so (records of Windows NT4 do not). */
int rescue_number(struct view head, uint32_t record_size, uint64_t *ret_number);

/* Whether records lie where the map of the $MFT has this extent: 1, 0 when other things do, or negative. What is empty
 * or cannot be read speaks for neither. */
int rescue_fits(struct ntfs *ntfs, const struct extent *extent);

/*
 * Searches the whole volume for records by their signature, and puts a new map of the $MFT into ntfs->mft: what the old
 * one has (it may be NULL) where records are there, and elsewhere what was found. size is what the $MFT is known to
 * have, 0 where nothing says it. -EINVAL when there are no records at all.
 */
int rescue_mft(struct ntfs *ntfs, uint64_t size, struct sink *out);

#endif

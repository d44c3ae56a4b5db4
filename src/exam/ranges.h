/* ranges.h - where on the volume the bytes of a finding lie, for who has nothing but the media; for findings alone. */
#ifndef RANGES_H
#define RANGES_H

#include "exam.h"
#include "rests.h"

#define RANGE_ZEROS UINT64_MAX /* the place of bytes that are stored nowhere and read as zeros */

enum { RANGES_MAX = 64 };

/*
 * Gives the places of [offset, offset + length) in order: 0; -ENOENT where there is no such stream, -EINVAL where its
 * bytes do not lie there as they are (compressed, packed, across the marks of a record, in too many pieces); or what
 * range() gave.
 */
int ranges_of(struct ntfs *ntfs, enum rests on, const struct place *place, uint64_t offset, uint64_t length,
	      int (*range)(void *state, uint64_t at, uint64_t length), void *state);

/* The same for bytes of the $MFT. */
int ranges_mft(struct ntfs *ntfs, uint64_t offset, uint64_t length,
	       int (*range)(void *state, uint64_t at, uint64_t length), void *state);

/* The size of the stream at a place: 0, -ENOENT or -EINVAL as ranges_of, or negative. */
int ranges_size(struct ntfs *ntfs, const struct place *place, uint64_t *ret_size);

#endif

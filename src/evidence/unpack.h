/* unpack.h - the two packings that WOF uses, one chunk at a time. */
#ifndef EVIDENCE_UNPACK_H
#define EVIDENCE_UNPACK_H

#include "view.h"

enum { LZX_CHUNK = 32768, XPRESS_CHUNK = 65536 }; /* bytes, the most that a chunk unpacks to */

/* Both unpack to exactly n bytes: 0, or -EINVAL where the packed bytes are broken; what is in out then is of no use. */
int xpress_unpack(struct view packed, uint8_t *out, size_t n);
int lzx_unpack(struct view packed, uint8_t *out, size_t n);

/* Copies a match from `distance` before out[*done]; byte by byte, since it may run into itself. False when it does not
 * lie within the n bytes. */
static inline bool
copy_back(uint8_t *out, size_t *done, size_t n, size_t distance, size_t length)
{
	if (!distance || distance > *done || length > n - *done)
		return false;
	for (size_t i = 0; i < length; i++, (*done)++)
		out[*done] = out[*done - distance];
	return true;
}

#endif

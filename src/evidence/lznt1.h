/* lznt1.h - the compression of NTFS. */
#ifndef EVIDENCE_LZNT1_H
#define EVIDENCE_LZNT1_H

#include "view.h"

/*
 * Unpacks what one compression unit holds into n bytes; what the packed bytes do not give is zero. 0, or -EINVAL where
 * they are broken: what stood before that is in out.
 */
int lznt1_unpack(struct view packed, uint8_t *out, size_t n);

#endif

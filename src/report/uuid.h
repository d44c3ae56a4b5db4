/* uuid.h - name-based UUIDs (version 5); for the exports alone. */
#ifndef UUID_H
#define UUID_H

#include <stdio.h>

#include "view.h"

enum { UUID_TEXT = 37 };

/* What STIX 2.1 (section 2.9) names its observables in, and what this program names everything else in. */
#define UUID_STIX_OBSERVABLES \
	((const uint8_t[16]){ 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 })
#define UUID_OURS \
	((const uint8_t[16]){ 0x8c, 0x1f, 0x3d, 0x52, 0x6a, 0x0b, 0x4e, 0x97, 0xb5, 0x24, 0x91, 0xc7, 0x60, 0x3e, 0xd8, 0x1a })

/* 0, or negative after fail(). */
int uuid_of(const uint8_t space[static 16], struct view name, char ret_uuid[static UUID_TEXT]);

#endif

/* reference.h - file references: an entry's number and the sequence number that tells its lives apart. */
#ifndef EVIDENCE_REFERENCE_H
#define EVIDENCE_REFERENCE_H

#include "entry.h"

#define REFERENCE_ENTRY ((UINT64_C(1) << 48) - 1)

static inline struct reference
reference_unpack(uint64_t packed)
{
	return (struct reference){ .entry = packed & REFERENCE_ENTRY, .sequence = (uint16_t)(packed >> 48) };
}

static inline struct reference
reference_of(le64 raw)
{
	return reference_unpack(le64_get(raw));
}

static inline uint64_t
reference_pack(struct reference r)
{
	return (r.entry & REFERENCE_ENTRY) | (uint64_t)r.sequence << 48;
}

#endif

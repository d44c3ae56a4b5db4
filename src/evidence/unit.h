/* unit.h - a compressed stream, unit by unit. */
#ifndef EVIDENCE_UNIT_H
#define EVIDENCE_UNIT_H

#include "cleanup.h"
#include "extents.h"

struct units;

/* The map, the volume and out (may be NULL) are borrowed. size is that of a unit in bytes. 0 or -ENOMEM. */
int units_open(const struct extent_map *map, struct source *volume, uint32_t size, struct sink *out,
	       struct units **ret_units);
struct units *units_close(struct units *units);
DEFINE_CLEANUP(struct units, units_close)

/* Reads n unpacked bytes; a damaged unit is told once and costs no other. Safe from several threads. 0 or negative. */
int units_read(struct units *units, uint64_t offset, uint8_t *buf, size_t n);

/* TRUST_DAMAGED if a unit in [from, to) cannot be unpacked, else 0. */
unsigned units_trust(struct units *units, uint64_t from, uint64_t to);

#endif

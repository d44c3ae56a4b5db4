/* extents.h - where the bytes of a stream lie on its volume. */
#ifndef EVIDENCE_EXTENTS_H
#define EVIDENCE_EXTENTS_H

#include "assemble.h"
#include "ntfs.h"
#include "vector.h"

#define EXTENT_HOLE UINT64_MAX
#define EXTENT_MISSING (UINT64_MAX - 1) /* said to lie where the volume has nothing */

/* In order and without gaps from 0 to `mapped`. */
struct extent_map {
	VECTOR(struct extent) list;
	uint64_t mapped;
};

/* What the runs are held against, and where that is told. */
struct extent_check {
	const struct geometry *geometry;
	uint64_t volume_size; /* bytes that can be read */
	bool boot;            /* it is $Boot itself, which alone may lie there */
	struct sink *out;     /* may be NULL */
	struct whys *whys;    /* said already */
};

/* Says it once, unless nobody listens. 0, or what the sink says. */
int extents_damage(const struct extent_check *check, uint64_t offset, const char *why);

/* Appends what one attribute maps, in order of VCN: 0 or negative; what does not fit together is told and made good. */
int extents_add(struct extent_map *map, const struct attribute *a, const struct extent_check *check);

/* The index of the extent that offset lies in, or list.n. */
size_t extents_find(const struct extent_map *map, uint64_t offset);

static inline bool
extent_stored(const struct extent *e)
{
	return e->at < EXTENT_MISSING;
}

/* Reads n mapped bytes, holes and what is missing as zeros. 0 or negative. */
int extents_read(const struct extent_map *map, struct source *volume, uint64_t offset, uint8_t *buf, size_t n);

void extents_free(struct extent_map *map);

#endif

/* stream_own.h - an open stream as those parts of the room see it that open, read and count it. */
#ifndef EVIDENCE_STREAM_OWN_H
#define EVIDENCE_STREAM_OWN_H

#include "extents.h"
#include "stream.h"
#include "unit.h"
#include "wof.h"

struct stream_source {
	struct source source;
	struct ntfs *ntfs;
	struct stream_info info;
	struct extent_map map;
	struct units *units;  /* only when compressed */
	struct wof *wof;      /* only when WOF packed it: then the map is that of a hole */
	uint32_t unit;        /* bytes, 1 when not compressed */
	uint8_t *bytes;       /* only when resident */
	uint64_t resident_at; /* of the bytes within the $MFT */
	bool torn;
};

static inline struct stream_source *
stream_self(const struct source *src)
{
	return (struct stream_source *)(uintptr_t)src;
}

/* The stream whose clusters hold the content: itself, or the one that WOF packed it into. */
static inline struct stream_source *
stream_stored(struct stream_source *s)
{
	return s->wof ? stream_self(wof_packed(s->wof)) : s;
}

/* Widens [from, to) to what is stored and taken back as one: clusters, units of compression, or all of what WOF packed. */
void stream_stored_range(const struct source *stream, uint64_t *from, uint64_t *to);

/* What is known against the clusters of [from, to), whatever the valid-data length: a mask of TRUST_*. */
unsigned stream_trust_stored(const struct stream_source *s, uint64_t from, uint64_t to);

#endif

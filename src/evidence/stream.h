/* stream.h - opening a stream by its attributes, for the volume's own files as for all others. */
#ifndef EVIDENCE_STREAM_H
#define EVIDENCE_STREAM_H

#include "pieces.h"

/* What is opened. */
struct stream_plan {
	struct ntfs *ntfs;
	const struct pieces *pieces;
	size_t start;          /* the piece that holds VCN 0 */
	uint64_t attribute;    /* as in struct stream */
	uint16_t flags;        /* STREAM_* that are known already */
	const char *elsewhere; /* why the content is not here, NULL where it is */
	bool unpack;           /* it shows what WOF packed into another stream */
	bool whole;            /* what lies behind the valid-data length counts, too */
	struct sink *out;      /* may be NULL */
};
int stream_build(const struct stream_plan *plan, struct source **ret_stream);

/* Opens the first attribute of that type with that name. -ENOENT when there is none. */
int stream_of(struct ntfs *ntfs, const struct pieces *pieces, uint32_t type, struct view name, bool whole,
	      struct sink *out, struct source **ret_stream);

/* Where on the volume byte `offset` of an open stream lies, EXTENT_HOLE if nowhere. */
uint64_t stream_place(const struct source *stream, uint64_t offset);

#endif

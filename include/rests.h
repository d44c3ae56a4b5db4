/* rests.h - the very bytes that a finding rests on: what they are part of, opened once more, and hashed. */
#ifndef RESTS_H
#define RESTS_H

#include "digest.h"
#include "entry.h"
#include "ntfs.h"

/* What a finding's offset and length count in. */
enum rests {
	RESTS_NAME,   /* nothing: it rests on a name, a place or times */
	RESTS_STREAM, /* the content of a stream */
	RESTS_SLACK,  /* what its clusters hold beside the content, counted as if the stream went on */
	RESTS_INDEX,  /* a folder's $INDEX_ALLOCATION */
	RESTS_ROOT,   /* a folder's $INDEX_ROOT */
	RESTS_VOLUME, /* the volume: it is in no file */
	RESTS
};
const char *rests_name(enum rests on); /* "name", "stream" ... as v_findings has it */
enum rests rests_of(struct view name); /* RESTS where it is none of them */

/* The bytes of one finding, open. What is in `bytes` begins at byte `base` of what it counts in. */
struct ground {
	struct source *stream; /* below the bytes where they are slack, else NULL */
	struct source *bytes;  /* borrowed where they are the volume's */
	uint64_t base;
	bool borrowed;
};

/*
 * Opens what a finding rests on, whose entry and attribute are as stream_open takes them: 0; -ENOENT where it rests on
 * no bytes, or stream_open's.
 */
int
ground_open(struct ntfs *ntfs, enum rests on, struct reference entry, uint64_t attribute, struct ground *ret_ground);
void ground_close(struct ground *ground);
static inline void
ground_close_at(struct ground *ground)
{
	ground_close(ground);
} /* CLEANUP of a whole struct */

enum { GROUND_MAX = 1 << 30 }; /* bytes that are hashed of one finding */

/*
 * SHA-256 of [offset, offset + length), counted as the finding does: 1, 0 where there are no such bytes or some of them
 * are missing or damaged, or negative when the tool failed or was asked to stop.
 */
int ground_hash(const struct ground *ground, uint64_t offset, uint64_t length, struct digest_value *ret_value);

#endif

/* blocks.h - a long stream as overlapping blocks, its holes left out, digested as it goes by. */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "content.h"

enum { BLOCKS_BUFFER = 2 * CONTENT_BLOCK };

struct blocks {
	struct source *stream;
	struct digest *digest; /* NULL when no digest is asked for */
	uint8_t *buffer;       /* BLOCKS_BUFFER bytes: the first block, which rules ask for most, and any other one */
	uint64_t held[2];      /* the base of either, UINT64_MAX for none */
	uint64_t base;         /* of the block that is pointed at */
	size_t n;
	uint64_t digested; /* bytes from the start that the digest has seen */
	uint64_t budget;   /* bytes that still may be read */
	int error;         /* of the tool, 0 for none */
};

void blocks_start(struct blocks *blocks, struct source *stream, struct digest *digest, uint8_t *buffer);

/* Points at the first block that is not all a hole, and at the next: true, or false at the end or on an error. */
bool blocks_first(struct blocks *blocks);
bool blocks_next(struct blocks *blocks);

/* The bytes of the block that is pointed at, or NULL on an error. */
const uint8_t *blocks_fetch(struct blocks *blocks);

/* Digests what was not fetched: 0, or negative when the tool failed. */
int blocks_finish(struct blocks *blocks);

#endif

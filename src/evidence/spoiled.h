/* spoiled.h - which pieces of a stream (compression units, packed chunks) could not be decoded. */
#ifndef EVIDENCE_SPOILED_H
#define EVIDENCE_SPOILED_H

#include "sink.h"
#include "vector.h"

enum { SPOILED_MAX = 4096 }; /* pieces told one by one; with more of them the whole stream counts as damaged */

/* Zero to start. The caller sees to it that only one thread is here at a time. */
struct spoiled {
	VECTOR(uint64_t) list; /* by number, in order */
	bool many;             /* more than are listed */
};

/* Whether this piece is known not to be decoded. */
bool spoiled_has(const struct spoiled *spoiled, uint64_t piece);

/* Notes a piece and tells it once to out, which may be NULL. 0, -ENOMEM, or what the sink says. */
int spoiled_add(struct spoiled *spoiled, uint64_t piece, struct sink *out, uint64_t offset, const char *why);

void spoiled_free(struct spoiled *spoiled);

#endif

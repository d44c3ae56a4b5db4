/*
 * sketch.h - which addresses, programs and pages the requests of a log may name, in a few KiB: what surely is in none of
 * them need not be looked for there again. A Bloom filter of their keys (visit.h): it may say "maybe" of what is not
 * there, and never "no" of what is.
 */
#ifndef SKETCH_H
#define SKETCH_H

#include "terms.h"
#include "vector.h"

enum sketch_limits {
	SKETCH_BITS_LEAST = 1 << 9,
	SKETCH_BITS_MAX = 1 << 18,  /* 32 KiB for one log */
	SKETCH_ALL_MAX = 32 << 20,  /* bytes, of all logs of an exhibit; those beyond have none */
	SKETCH_PROBES = 6,          /* bits of a key */
	SKETCH_THIN = 8,            /* a sketch is made smaller while at most one in so many bits is set */
};

/* What is known of a log when it is read. */
struct sketch;
struct sketch *sketch_free(struct sketch *sketch);
DEFINE_CLEANUP(struct sketch, sketch_free)
size_t sketch_bytes(const struct sketch *sketch);

/* One that is being made, while a log is read. */
struct sketcher;
int sketcher_new(struct sketcher **ret_sketcher); /* 0 or -ENOMEM */
struct sketcher *sketcher_free(struct sketcher *sketcher);
DEFINE_CLEANUP(struct sketcher, sketcher_free)

/* The values of a record, as visit_columns asks for them. */
void sketcher_add(struct sketcher *sketcher, const struct view values[static VISIT_COLUMNS]);

/* The sketch of all that was added: 0, with NULL where more than half of the bits are set, or -ENOMEM. */
int sketcher_finish(struct sketcher *sketcher, struct sketch **ret_sketch);

/* The keys of all terms of a list. */
struct sketch_question {
	VECTOR(uint64_t) keys;
};
int sketch_ask(const struct terms *terms, struct sketch_question *ret_question); /* 0 or -ENOMEM */
void sketch_question_free(struct sketch_question *question);

/* Whether a request of the log may be for one of the terms; of a log without a sketch (NULL), always. */
bool sketch_may_hold(const struct sketch *sketch, const struct sketch_question *question);

#endif

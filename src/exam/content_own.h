/* content_own.h - the streams of an exhibit while they are read; for the content stage alone. */
#ifndef CONTENT_OWN_H
#define CONTENT_OWN_H

#include "evtxslot.h"
#include "logslot.h"

enum {
	AHEAD = 1024,             /* streams read before their rows are written, so that a large one holds up nobody */
	AHEAD_BYTES = 32 << 20, /* that these may hold together */
};

/* What one thread reads with. */
struct hand {
	struct content *content;
};

struct reading {
	struct exam *exam;
	struct candidate **order;
	struct slot slots[AHEAD];
	struct hand *hands;                      /* by thread */
	struct trail *trail;                     /* of the logs, NULL where they are not read */
	uint64_t done;                           /* bytes */
	_Atomic size_t held;                     /* bytes that slots hold until their rows are written */
	enum fate fate;                          /* of the stream that is gone through, by all its names */
	bool chosen;                             /* by one of them */
	VECTOR(const struct candidate *) others; /* files beyond the baseline that are no code */
};

/* Where a slot's marks and damage go. */
extern const struct sink content_sink;

/* A stream as the watch knows it. */
struct unit stream_unit(const struct reading *reading, const struct candidate *c);

/* Reads stream i of the order into its slot: for the pool. */
int content_work(void *state, unsigned thread, uint64_t i);

/* Forgets what a slot has, but for its sink. */
void slot_clear(struct slot *slot);

#endif

/* rescan_own.h - one exhibit of a case while other rules are asked of it; for the rescan alone. */
#ifndef RESCAN_OWN_H
#define RESCAN_OWN_H

#include "exam.h"
#include "rescan.h"

struct rescan {
	struct case_db *from, *to;
	const struct profile *profile;
	char evidence[16];         /* its number in the case, in digits */
	struct exam exam;          /* as far as ids of findings need one: fingerprint and volumes */
	struct arena arena;
	struct rescan_count count;
	uint64_t *hits;            /* by rule number */
	bool *asked;               /* by rule number: something was there that could answer */
	const char *fingerprint;
};

/* Where a finding rests. */
struct rescan_place {
	uint32_t number;   /* of the volume, from 1; 0 where the case does not say */
	uint64_t file, when, mft, attribute;
	uint16_t seq;
	struct view path, stream;
	struct view bytes; /* those that the case keeps of the stream; a view of nothing where it keeps none */
	const uint8_t *sha256;
	bool deleted;
	const char *command; /* shows the same from the case, with other tools */
};

/* Writes one finding, under the id that an examination of the image would give it: 0 or negative after fail(). */
int rescan_finding(struct rescan *r, const struct rescan_place *place, const struct mark *mark, enum level level);

/* Asks a view of the case, of this exhibit alone. */
int rescan_ask(struct rescan *r, const char *view, const char *order,
	       int (*row)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number),
	       void *state);

/* The three things that can be asked: 0 or negative after fail(). */
int rescan_contents(struct rescan *r);
int rescan_events(struct rescan *r);
int rescan_names(struct rescan *r);

#endif

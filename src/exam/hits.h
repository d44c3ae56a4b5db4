/* hits.h - what rules met in one stream, each told once: how often, from when to when, and the first record of it. */
#ifndef HITS_H
#define HITS_H

#include "slot.h"

/* A record that is asked. */
struct hit_record {
	uint64_t when, local; /* FILETIMEs; local: by a clock whose zone is not known */
	uint64_t offset, length;
	bool recovered;      /* the log does not list it any more: told apart from those that it lists */
	struct view raw;     /* as text, for its event */
	struct view excerpt; /* its first bytes as in the stream, for the finding */
};

/* What one rule met. */
struct hit_tally {
	const struct rule *rule;
	bool recovered;
	uint64_t records, kept;    /* kept: as events */
	uint64_t first, last;      /* FILETIMEs */
	uint64_t earliest, latest; /* by a clock whose zone is not known */
	uint64_t offset, length;   /* of the first record */
	struct view excerpt, basis;
};

struct hits {
	struct slot *slot;
	const char *noun;          /* "line": what a record is called */
	struct hit_record record;  /* in hand */
	size_t gravest;            /* place of the tally of the gravest rule that it hit, SIZE_MAX for none */
	VECTOR(struct hit_tally) tallies;
};

/* Another record is in hand. */
void hits_begin(struct hits *hits, const struct hit_record *record);

/* A rule says yes of it; basis says why. 0 or negative after fail(). */
int hits_add(struct hits *hits, const struct rule *rule, struct view basis);

/*
 * Keeps the record as an event, as long as there is room and it is dated: 0, or negative after fail(). *ret_line, whose
 * words are still to be given, is NULL where it is not kept. Where no rule hit it, it is kept up to a smaller number.
 */
int hits_keep(struct hits *hits, struct kept_line **ret_line);

/* Text of the evidence as the case has it, cut to `most` bytes, in the arena: 0 or -ENOMEM. */
enum { HIT_RAW_MAX = 4096 }; /* bytes of a record that stand beside its event; all of it is in the file */
int hits_escape(struct arena *arena, struct view bytes, size_t most, struct view *ret);

/* A mark of the slot for each rule that met something, in their order: 0 or negative after fail(). */
int hits_state(struct hits *hits);
void hits_free(struct hits *hits);

/* A limitation of the stream, where n is more than 0. */
int hits_note(const struct slot *slot, uint64_t n, uint64_t offset, const char *what);

#endif

/* watch.h - what each thread of a worker is at, kept where the supervisor finds it when the worker has died of it. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* The pieces into which an examination falls; one that ends its worker twice is set aside, and the rest goes on. */
enum unit_kind {
	UNIT_NONE,
	UNIT_PHASE,   /* at: enum phase. What no smaller unit is to blame for is the whole image's */
	UNIT_RECORDS, /* of the $MFT; at: the first, sub: how many */
	UNIT_ENTRY,   /* put together of several records; at: its number */
	UNIT_NAMES,   /* of an entry on its way into the case; at: its number */
	UNIT_STREAM,  /* at: entry and sequence, sub: the attribute */
	UNIT_KINDS,
};

struct unit {
	uint32_t kind, volume; /* volume: as the case numbers it */
	uint64_t at, sub;
};
bool unit_same(const struct unit *a, const struct unit *b);

/* A unit that the supervisor has a worker leave out, or take in smaller pieces. */
struct aside {
	struct unit unit;
	bool narrow; /* its records one by one, since one of them is to blame */
	char why[96];
};

enum {
	WATCH_THREADS = 256, /* threads that are told apart, the main one (WATCH_MAIN) not counted */
	WATCH_MAIN = WATCH_THREADS,
	WATCH_SECONDS = 10, /* of processor time that a unit gets without getting on */
};

/* Memory that worker and supervisor share. NULL is a watch that nobody keeps. */
struct watch;

/* The page has to be there before the fork; asides are those that are known by then, and are borrowed. */
int watch_open(struct watch **ret_watch);
struct watch *watch_close(struct watch *watch);
DEFINE_CLEANUP(struct watch, watch_close)
void watch_set_asides(struct watch *watch, const struct aside *asides, size_t n);

/* ---- in the worker ---- */

/*
 * This thread begins a unit, gets on with it, and is through. `seconds` is the processor time that it may take until it
 * is heard of again.
 */
void watch_begin(struct watch *watch, unsigned thread, const struct unit *unit, unsigned seconds);
void watch_beat(struct watch *watch, unsigned thread, unsigned seconds);
void watch_end(struct watch *watch, unsigned thread);

/*
 * The unit could not be done. Others go on for a moment, so that what all of them were at is noted now, the first time
 * that it is called: where memory ran out, it need not be the one to blame that is told so.
 */
void watch_failed(struct watch *watch);

/* Whether this unit is to be left out (or taken in smaller pieces): what is known against it, or NULL. */
const struct aside *watch_aside(const struct watch *watch, const struct unit *unit);

/* Starts the thread that ends this process with `status` when a unit has used up its time; it calls `first` itself,
 * which may be NULL, before it begins. 0 or negative. */
int watch_guard(struct watch *watch, void (*first)(void), int status);

void watch_protections(struct watch *watch, unsigned active); /* for the record: enum protection */

/* ---- in the supervisor; the page may say anything, so that what it says is checked ---- */

void watch_clear(struct watch *watch);
/* The units that were at work when one failed, or that were begun and not ended, or the one that used up its time: how
 * many. */
size_t watch_suspects(const struct watch *watch, struct unit *ret_units, size_t most);
uint64_t watch_ticks(const struct watch *watch); /* moves as long as the guard does its work */
unsigned watch_active(const struct watch *watch);

/* "records 17 to 80", "stream of entry 17": a constant in English and the numbers. */
void unit_text(const struct unit *unit, char ret_text[static 96]);

#endif

/* pool.h - work done by several threads and handed back in order, so that the number of threads never shows. */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Calls work(state, thread, i) for every i in [0, n), each once, by `threads` threads (1: by the caller itself), and
 * done(state, i) by the caller in ascending order of i once work(i) is through. At most `ahead` items are worked on or
 * waiting beyond the one that done() is due for: slot i % ahead is free again when done(i) has returned. The first
 * negative result of either, in order of i, ends it and is returned. room(state) false: nothing more is begun ahead for
 * now. It is asked again when done() has returned, and never of the item that is due; it may be NULL.
 */
struct pool_job {
	uint64_t n;
	unsigned threads, ahead;
	void *state;
	bool (*room)(void *state);
	int (*work)(void *state, unsigned thread, uint64_t i);
	int (*done)(void *state, uint64_t i); /* may be NULL */
};

int pool_run(const struct pool_job *job);

#endif

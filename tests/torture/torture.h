/* torture.h - evidence damaged on purpose, and the one question about it: is anything missing that nobody speaks of? */
#ifndef TESTS_TORTURE_H
#define TESTS_TORTURE_H

#include <stdio.h>

#include "text.h"
#include "vector.h"
#include "view.h"

/* The same numbers for the same seed everywhere. */
struct chance {
	uint64_t state;
};
uint64_t chance_next(struct chance *c);
uint64_t chance_below(struct chance *c, uint64_t n); /* 0 for n 0 */
uint64_t
chance_hostile(struct chance *c, uint64_t was, unsigned bytes); /* a number that such a field should not hold */
bool chance_one_in(struct chance *c, uint64_t n);

/* Little-endian numbers of 1 to 8 bytes. */
uint64_t get(const uint8_t *p, unsigned bytes);
void put(uint8_t *p, unsigned bytes, uint64_t value);

/* How a run came out. A loss is silent when no row covers it, explained when the mutation made another valid object. */
enum verdict { ALL_THERE, EXPLAINED, TOLD, REFUSED, SILENT, CRASHED, HUNG, VERDICTS };

/* What one mutant came to; text says what was changed, and what is missing. */
struct outcome {
	enum verdict verdict;
	char class[48];
	struct text text;
};

/* A kind of base, and what can be done to it. State is made once and only read by the runs. */
struct victim {
	const char *name;
	int (*load)(char **paths, int n, void **ret_state);
	int (*run)(void *state, uint64_t seed, struct outcome *ret);
	int (*write)(void *state, uint64_t seed, const char *to); /* the mutant itself, for other tools */
	void (*unload)(void *state);
};
extern const struct victim volume_victim, ewf_victim;

#endif

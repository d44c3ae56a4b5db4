/* index.h - finding one of many things by the hash of its name. */
#ifndef INDEX_H
#define INDEX_H

#include "view.h"

/* Zero to start. Things are numbers to it; the asker compares what lies behind them. */
struct index {
	struct index_slot {
		uint64_t hash;
		uint32_t number;
		bool used;
	} * slots;
	size_t n, room;
};

uint64_t index_hash(struct view bytes);
int index_add(struct index *index, uint64_t hash, uint32_t number); /* 0 or -ENOMEM */

/* Goes through the numbers that were added under a hash, in order of adding; *at is 0 at the start. */
bool index_next(const struct index *index, uint64_t hash, size_t *at, uint32_t *ret_number);
void index_free(struct index *index);

#endif

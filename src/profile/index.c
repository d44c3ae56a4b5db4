/* index.c - a table of numbers under hashes, with open addressing. */
#include "index.h"

#include <errno.h>
#include <stdlib.h>

uint64_t
index_hash(struct view bytes)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < bytes.n; i++)
		h = (h ^ bytes.p[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

/* room is a power of two, and never full. */
static void
put(struct index *index, uint64_t hash, uint32_t number)
{
	size_t i = hash & (index->room - 1);

	while (index->slots[i].used)
		i = (i + 1) & (index->room - 1);
	index->slots[i] = (struct index_slot){ .hash = hash, .number = number, .used = true };
	index->n++;
}

/*
 * Entries of one hash are put again in the order in which they were added: the old table is gone through from behind a
 * free slot on, so that no run of slots is cut at the end of the array.
 */
static int
grow(struct index *index)
{
	struct index more = { .room = index->room ? index->room * 2 : 16 };
	size_t start = 0;

	more.slots = calloc(more.room, sizeof(*more.slots));
	if (!more.slots)
		return -ENOMEM;
	while (start < index->room && index->slots[start].used)
		start++;
	for (size_t i = 0; i < index->room; i++) {
		const struct index_slot *slot = &index->slots[(start + i) & (index->room - 1)];

		if (slot->used)
			put(&more, slot->hash, slot->number);
	}
	free(index->slots);
	*index = more;
	return 0;
}

int
index_add(struct index *index, uint64_t hash, uint32_t number)
{
	if (index->n * 2 >= index->room) {
		int r = grow(index);

		if (r < 0)
			return r;
	}
	put(index, hash, number);
	return 0;
}

bool
index_next(const struct index *index, uint64_t hash, size_t *at, uint32_t *ret_number)
{
	if (!index->room)
		return false;
	while (*at < index->room) {
		const struct index_slot *slot = &index->slots[(hash + (*at)++) & (index->room - 1)];

		if (!slot->used)
			return false;
		if (slot->hash == hash) {
			*ret_number = slot->number;
			return true;
		}
	}
	return false;
}

void
index_free(struct index *index)
{
	free(index->slots);
	*index = (struct index){ 0 };
}

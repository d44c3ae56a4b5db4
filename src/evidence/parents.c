/* parents.c - numbers for parent references, given in order of first sight. */
#include <errno.h>

#include "catalog_pack.h"

enum { TABLE_LEAST = 4096 };

/* References come from the evidence; with the table's own address in it, nobody can prepare some that all collide. */
static uint32_t
slot_of(const struct parents *parents, uint64_t reference)
{
	uint64_t h = (reference ^ (uintptr_t)parents->table) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 32;
	return (uint32_t)(h * UINT64_C(0xd6e8feb86659fd93) >> 32) & (parents->room - 1);
}

/* The slot that holds it, or the empty one where it would go. */
static uint32_t
probe(const struct parents *parents, uint64_t reference)
{
	uint32_t slot = slot_of(parents, reference);

	while (parents->table[slot] && parents->list.at[parents->table[slot] - 1] != reference)
		slot = (slot + 1) & (parents->room - 1);
	return slot;
}

static int
widen(struct parents *parents)
{
	uint32_t room = parents->room ? parents->room * 2 : TABLE_LEAST;
	uint32_t *table = room ? calloc(room, sizeof(*table)) : NULL;

	if (!table)
		return -ENOMEM;
	free(parents->table);
	parents->table = table;
	parents->room = room;
	for (uint32_t i = 0; i < parents->list.n; i++)
		parents->table[probe(parents, parents->list.at[i])] = i + 1;
	return 0;
}

bool
parents_find(const struct parents *parents, uint64_t reference, uint32_t *ret_index)
{
	uint32_t slot;

	if (!parents->room)
		return false;
	slot = probe(parents, reference);
	if (!parents->table[slot])
		return false;
	*ret_index = parents->table[slot] - 1;
	return true;
}

int
parents_index(struct parents *parents, uint64_t reference, uint32_t *ret_index)
{
	uint64_t *item;

	*ret_index = parents->last;
	if (parents->last < parents->list.n && parents->list.at[parents->last] == reference)
		return 0;
	if (parents->list.n * 2 >= parents->room && widen(parents) < 0)
		return -ENOMEM;
	if (!parents_find(parents, reference, ret_index)) {
		item = vector_push(&parents->list);
		if (!item)
			return -ENOMEM;
		*item = reference;
		*ret_index = (uint32_t)parents->list.n - 1;
		parents->table[probe(parents, reference)] = *ret_index + 1;
	}
	parents->last = *ret_index;
	return 0;
}

void
parents_clear(struct parents *parents)
{
	parents->list.n = 0;
	parents->last = 0;
	if (parents->room)
		memset(parents->table, 0, parents->room * sizeof(*parents->table));
}

void
parents_free(struct parents *parents)
{
	vector_free(&parents->list);
	free(parents->table);
	parents->table = NULL;
	parents->room = 0;
}

/* forge_index.h - folders for the volumes of forge_ntfs.h: index entries, blocks of them, and the record before them. */
#ifndef FORGE_INDEX_H
#define FORGE_INDEX_H

#include "forge_ntfs.h"

enum { FORGE_INDEX_AT = 128, FORGE_BLOCK = 4096 }; /* the cluster where $INDEX_ALLOCATION begins */

#define FORGE_MOMENT UINT64_C(132585000000000000) /* 2021-02-22 */

/* Entries of a node, one behind the other. */
struct entries {
	uint8_t b[FORGE_BLOCK];
	size_t n;
	bool branches;
};

static inline void
entries_add(struct entries *e, uint64_t file, uint64_t parent, const char *name, uint64_t time, int64_t below)
{
	uint8_t *p = e->b + e->n;
	size_t key = 66 + strlen(name) * 2, length = (16 + key + 7) / 8 * 8 + (below >= 0 ? 8 : 0);

	memset(p, 0, length);
	store(p, file, 8);
	store(p + 8, length, 2);
	store(p + 10, key, 2);
	store(p + 12, below >= 0, 2);
	store(p + 16, parent, 8);
	for (unsigned i = 0; i < 4; i++)
		store(p + 24 + i * 8, time + i, 8);
	store(p + 56, 4096, 8);
	store(p + 64, 1234, 8);
	p[80] = (uint8_t)strlen(name);
	p[81] = 1;
	wide(p + 82, name);
	if (below >= 0)
		store(p + length - 8, (uint64_t)below, 8);
	e->branches |= below >= 0;
	e->n += length;
}

static inline void
entries_end(struct entries *e, int64_t below)
{
	uint8_t *p = e->b + e->n;

	memset(p, 0, 24);
	store(p + 8, below >= 0 ? 24 : 16, 2);
	store(p + 12, below >= 0 ? 3 : 2, 2);
	if (below >= 0)
		store(p + 16, (uint64_t)below, 8);
	e->branches |= below >= 0;
	e->n += below >= 0 ? 24 : 16;
}

/* A node at p; used counts its entries, room all there is for them. */
static inline void
node_store(uint8_t *p, const struct entries *e, size_t first, size_t room)
{
	store(p, first, 4);
	store(p + 4, first + e->n, 4);
	store(p + 8, room, 4);
	store(p + 12, e->branches, 1);
	memcpy(p + first, e->b, e->n);
}

/* A block of the index, with what its slack holds put there before (at offsets of the block). */
static inline uint8_t *
forge_block(struct forge *f, unsigned block, const struct entries *e)
{
	uint8_t *p = f->bytes + (FORGE_INDEX_AT + block) * FORGE_CLUSTER;

	memcpy(p, "INDX", 4);
	store(p + 4, 40, 2);
	store(p + 6, 9, 2);
	store(p + 16, block, 8);
	node_store(p + 24, e, 40, FORGE_BLOCK - 24);
	return p;
}

/* Once all is in it: the update sequence. */
static inline void
forge_block_end(uint8_t *p)
{
	store(p + 40, 0x77, 2);
	for (unsigned i = 1; i <= 8; i++) {
		memcpy(p + 40 + i * 2, p + i * 512 - 2, 2);
		store(p + i * 512 - 2, 0x77, 2);
	}
}

/* A folder with these entries in its root, and so many blocks, those in use by the bits of `used`. */
static inline struct draft
draft_folder(uint64_t number, uint16_t sequence, uint16_t flags, const char *name, const struct entries *root,
	     unsigned blocks, uint8_t used)
{
	struct draft d = draft_usual(number, sequence, flags, ref(5, 5), name);
	uint8_t value[512] = { 0 }, bitmap[8] = { used };
	char pairs[] = { 0x21, (char)blocks, (char)(FORGE_INDEX_AT & 0xff), FORGE_INDEX_AT >> 8, 0 };

	store(value, 0x30, 4);
	store(value + 4, 1, 4);
	store(value + 8, FORGE_BLOCK, 4);
	value[12] = 1;
	node_store(value + 16, root, 16, 16 + root->n);
	draft_resident(&d, 0x90, "$I30", value, 32 + root->n);
	if (!blocks)
		return d;
	draft_runs(&d, 0xa0,
		   (struct runs){ .name = "$I30",
				  .last = blocks - 1,
				  .size = blocks * FORGE_BLOCK,
				  .valid = blocks * FORGE_BLOCK,
				  .pairs = pairs,
				  .pairs_size = sizeof(pairs) });
	draft_resident(&d, 0xb0, "$I30", bitmap, sizeof(bitmap));
	return d;
}

#endif

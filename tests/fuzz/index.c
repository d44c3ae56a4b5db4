/*
 * index.c - any bytes as the root and the blocks of a folder's index, and as bytes that are searched for entries.
 * Blocks whose first byte is odd are given a signature and an update sequence that fits, so that what lies in them is
 * seen.
 */
#include <stdlib.h>

#include "../../src/evidence/index_node.h"
#include "../forge_index.h"
#include "index.h"

enum { FOLDER = 24, BLOCKS = 6, ROOT_MAX = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t listed, left;
};

static int
take_entry(void *state, const struct index_entry *e)
{
	struct seen *seen = state;

	if (e->name.name.n % 2 || e->name.name.n > 510 || !e->length || e->where > INDEX_RECORD)
		abort();
	if ((e->where == INDEX_SLACK || e->where == INDEX_FREED) && e->name.parent.entry != FOLDER)
		abort();
	seen->listed += e->where == INDEX_LISTED;
	seen->left += e->where != INDEX_LISTED;
	return 0;
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	return why ? 0 : -1;
}

static void
put_block(struct forge *f, unsigned block, struct view bytes)
{
	uint8_t *p = f->bytes + (FORGE_INDEX_AT + block) * FORGE_CLUSTER;

	memcpy(p, bytes.p, bytes.n);
	if (!(p[0] & 1))
		return;
	memcpy(p, "INDX", 4);
	store(p + 4, 40, 2);
	store(p + 6, 9, 2);
	store(p + 16, block, 8);
	forge_block_end(p);
}

static void
read_volume(struct view root, struct view blocks, uint8_t used)
{
	struct sink out = { .damage = take_damage };
	struct forge f = forge_new(40);
	struct entries e = { .n = root.n, .branches = true };
	CLEANUP(source_close) struct source *volume = NULL;
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	struct index_tally tally;
	struct seen seen = { 0 };

	memcpy(e.b, root.p, root.n);
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &e, BLOCKS, used));
	for (unsigned i = 0; i < BLOCKS; i++) {
		struct view rest = view_from(blocks, i * FORGE_BLOCK);

		if (rest.n)
			put_block(&f, i, view_of(rest.p, rest.n < FORGE_BLOCK ? rest.n : FORGE_BLOCK));
	}
	if (source_memory(view_of(f.bytes, f.size), "input", &volume) < 0 || ntfs_open(volume, &out, &ntfs) < 0)
		abort();
	if (index_read(ntfs, (struct reference){ FOLDER, 1 }, &out, take_entry, &seen, &tally) == 0 &&
	    (tally.blocks > BLOCKS || tally.listed != seen.listed || tally.left != seen.left))
		abort();
	ntfs = ntfs_close(ntfs);
	volume = source_close(volume);
	free(f.bytes);
}

static void
search(struct view bytes)
{
	struct index_item item;
	uint32_t at = 0, before = 0;

	while (index_carve(bytes, ref(FOLDER, 1), &at, &item)) {
		if (at <= before || !view_has(bytes, item.offset, item.key.n))
			abort();
		before = at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t root = size > 2 ? (size_t)data[0] % ROOT_MAX : 0;

	search(view_of(data, size));
	if (size < 2 || root > size - 2)
		return 0;
	read_volume(view_of(data + 2, root), view_of(data + 2 + root, size - 2 - root), data[1]);
	return 0;
}

/* index.c - what a folder itself says that it holds: its index read block by block, first the tree and then the rest.
 */
#include "index.h"

#include <errno.h>

#include "fail.h"
#include "index_node.h"
#include "reference.h"
#include "stream.h"

enum { BLOCK_LEAST = 512 };

static const uint8_t i30[] = { '$', 0, 'I', 0, '3', 0, '0', 0 };

struct reading {
	struct ntfs *ntfs;
	struct reference folder;
	struct sink *out;
	int (*entry)(void *state, const struct index_entry *entry);
	void *state;
	struct index_tally tally;
	struct source *blocks; /* $INDEX_ALLOCATION, NULL where all is in the root */
	uint16_t root_id, blocks_id;
	uint32_t block_size, unit; /* unit: bytes that a VCN counts */
	uint64_t block_count;
	uint8_t *block, *used, *seen; /* one block; a bit for each: in use by $BITMAP, met */
	VECTOR(uint32_t) todo;        /* blocks that the tree leads to */
};

/* Where the bytes that are looked at lie. */
struct spot {
	uint32_t type;
	uint16_t attribute;
	uint64_t offset;
	enum index_where where;
	bool headless; /* the parent that it names is overwritten */
};

const char *
index_where_name(enum index_where where)
{
	switch (where) {
	case INDEX_LISTED:
		return "the folder's index";
	case INDEX_CUT_OFF:
		return "a block of the folder's index that its tree does not lead to";
	case INDEX_SLACK:
		return "the slack of the folder's index";
	case INDEX_FREED:
		return "a freed block of the folder's index";
	case INDEX_RECORD:
		return "the slack of the folder's MFT record";
	}
	return "";
}

static int
tell(const struct reading *r, uint64_t offset, const char *why)
{
	return r->out ? sink_damage(r->out, offset, why) : 0;
}

/* What the tree says can no longer be called all of it. */
static int
spoil(struct reading *r, uint64_t offset, const char *why)
{
	r->tally.whole = false;
	return tell(r, offset, why);
}

static bool
bit(const uint8_t *bits, uint64_t i)
{
	return bits[i / 8] >> (i % 8) & 1;
}

static void
set_bit(uint8_t *bits, uint64_t i)
{
	bits[i / 8] = (uint8_t)(bits[i / 8] | 1 << (i % 8));
}

static int
emit(struct reading *r, const struct index_item *item, struct spot spot)
{
	struct index_entry e = { .file = reference_unpack(item->file),
				 .where = spot.where,
				 .headless = spot.headless,
				 .type = spot.type,
				 .attribute = spot.attribute,
				 .offset = spot.offset + item->offset,
				 .length = item->length };
	const struct disk_name *disk;

	if (!index_key_name(item->key, &disk, &e.name))
		return spoil(r, e.offset, "an index entry whose name is cut short");
	e.size = le64_get(disk->size);
	e.allocated = le64_get(disk->allocated);
	e.attributes = le32_get(disk->attributes);
	if (spot.where == INDEX_LISTED)
		r->tally.listed++;
	else
		r->tally.left++;
	return r->entry(r->state, &e);
}

/* What is left of entries in bytes that hold none any more. */
static int
search(struct reading *r, struct view bytes, struct spot spot)
{
	struct index_item item;
	uint32_t at = 0;
	int result = 0;

	while (result >= 0 && index_carve(bytes, reference_pack(r->folder), &at, &item))
		result = emit(r, &item, spot);
	return result;
}

/* Notes the block below an entry as one to be read. Each is taken once: a link in a circle leads nowhere new. */
static int
descend(struct reading *r, uint64_t vcn, uint64_t from)
{
	uint64_t block = vcn <= UINT64_MAX / r->unit ? vcn * r->unit / r->block_size : UINT64_MAX;
	uint32_t *todo;

	if (block >= r->block_count || vcn * r->unit % r->block_size)
		return spoil(r, from, "an index entry leads outside the index");
	if (bit(r->seen, block))
		return spoil(r, from, "two index entries lead to the same block, or in a circle");
	set_bit(r->seen, block);
	todo = vector_push(&r->todo);
	if (!todo)
		return fail(ENOMEM, "out of memory for the index of a folder");
	*todo = (uint32_t)block;
	return 0;
}

/* The entries of a node, then what its slack holds. The spot is that of the node's header. */
static int
read_node(struct reading *r, struct view bytes, struct spot spot)
{
	struct index_node node;
	struct index_item item;
	int result = index_node_open(bytes, &node), more = 0;

	if (result < 0)
		return spoil(r, spot.offset, "an index node whose sizes do not fit");
	while (result >= 0 && (more = index_node_next(&node, &item)) > 0) {
		if (!item.last)
			result = emit(r, &item, spot);
		if (result >= 0 && item.branches && spot.where == INDEX_LISTED)
			result = descend(r, item.below, spot.offset + item.offset);
	}
	if (result >= 0 && more < 0)
		result = spoil(r, spot.offset + node.at, "the entries of an index node break off");
	if (result < 0)
		return result;
	if (more == 0)
		node.at = node.used;
	spot.offset += node.at;
	if (spot.where == INDEX_LISTED)
		spot.where = INDEX_SLACK;
	return search(r, view_from(bytes, node.at), spot);
}

enum block_state { BLOCK_GOOD, BLOCK_TORN, BLOCK_NONE };

static int
load_block(struct reading *r, uint64_t block, enum block_state *ret_state)
{
	int result = source_read_all(r->blocks, block * r->block_size, r->block, r->block_size);

	if (result < 0)
		return result;
	r->tally.blocks++;
	r->tally.bytes += r->block_size;
	*ret_state = memcmp(r->block, "INDX", 4)                  ? BLOCK_NONE
		     : record_fixup(r->block, r->block_size) == 0 ? BLOCK_GOOD
								  : BLOCK_TORN;
	return 0;
}

static struct spot
block_spot(const struct reading *r, uint64_t block, enum index_where where)
{
	return (struct spot){ .type = ATTRIBUTE_INDEX_ALLOCATION,
			      .attribute = r->blocks_id,
			      .offset = block * r->block_size + NODE_HEAD,
			      .where = where };
}

static int
read_listed(struct reading *r, uint64_t block)
{
	const struct disk_index_block *head = (const void *)r->block;
	uint64_t offset = block * r->block_size;
	enum block_state state;
	int result = load_block(r, block, &state);

	if (result < 0)
		return result;
	if (state != BLOCK_GOOD)
		return spoil(r, offset,
			     state == BLOCK_TORN ? "an index block is torn: its sectors were not written together"
						 : "an index block without its signature");
	if (source_trust(r->blocks, offset, offset + r->block_size))
		result = spoil(r, offset, "an index block lies where the image is damaged");
	if (result >= 0 && le64_get(head->vcn) != offset / r->unit)
		result = spoil(r, offset, "an index block says that it is another one");
	if (result >= 0 && !bit(r->used, block))
		result = tell(r, offset, "an index entry leads to a block that is marked as free");
	if (result < 0)
		return result;
	return read_node(r, view_from(view_of(r->block, r->block_size), NODE_HEAD), block_spot(r, block, INDEX_LISTED));
}

/* A block that the tree does not lead to. */
static int
read_other(struct reading *r, uint64_t block)
{
	struct view bytes = view_of(r->block, r->block_size);
	uint64_t offset = block * r->block_size;
	enum block_state state;
	int result = load_block(r, block, &state);

	if (result < 0 || (state == BLOCK_NONE && !bit(r->used, block))) /* never used */
		return result;
	if (state != BLOCK_GOOD)
		return tell(r, offset, "a block of the index that no entry leads to is damaged: it is not searched");
	if (!bit(r->used, block))
		return search(r, view_from(bytes, NODE_HEAD), block_spot(r, block, INDEX_FREED));
	result = tell(r, offset, "a block of the index is in use, but no entry leads to it");
	return result < 0 ? result : read_node(r, view_from(bytes, NODE_HEAD), block_spot(r, block, INDEX_CUT_OFF));
}

static int
read_tree(struct reading *r)
{
	int result = 0;

	while (r->todo.n && result >= 0)
		result = read_listed(r, r->todo.at[--r->todo.n]);
	return result;
}

static int
read_others(struct reading *r)
{
	uint64_t from, to = 0;
	int result = 0;

	while (result >= 0 && source_next_data(r->blocks, to, &from, &to) > 0) {
		uint64_t block = (from + r->block_size - 1) / r->block_size;

		for (; block < r->block_count && block * r->block_size < to && result >= 0; block++)
			if (!bit(r->seen, block))
				result = read_other(r, block);
	}
	return result;
}

/* What fills a record behind its last attribute may be anything; a $FILE_NAME has times of the years it was used in. */
static bool
times_likely(const struct times *t)
{
	const uint64_t least = UINT64_C(116444736000000000), most = UINT64_C(159677568000000000); /* 1970, 2107 */

	return t->created >= least && t->created < most && t->modified >= least && t->modified < most &&
	       t->changed >= least && t->changed < most && t->accessed >= least && t->accessed < most;
}

/*
 * When the last name goes out of an index that lies in the record, the mark that ends the attributes comes to lie on
 * the first 8 bytes of its $FILE_NAME, which is the parent, and all else of it stays.
 */
static int
read_behind_mark(struct reading *r, uint8_t *record, uint32_t at, struct spot spot)
{
	struct view rest = view_of(record + at, r->ntfs->geometry.record_size - at);
	uint64_t folder = reference_pack(r->folder);
	const struct disk_name *disk;
	struct index_item item;
	struct name name;
	uint32_t found = 0;

	for (unsigned i = 0; i < sizeof(le64); i++)
		record[at + i] = (uint8_t)(folder >> (8 * i));
	if (!index_carve(rest, folder, &found, &item) || item.offset || !index_key_name(item.key, &disk, &name) ||
	    !times_likely(&name.fn))
		return 0;
	spot.headless = true;
	return emit(r, &item, spot);
}

/* Bytes behind the end of a record's attributes, where the index was before it moved out or shrank. */
static int
read_record_slack(struct reading *r)
{
	uint32_t size = r->ntfs->geometry.record_size, at = 0;
	struct spot spot = { .type = ATTRIBUTE_DATA, .where = INDEX_RECORD };
	CLEANUP(free) uint8_t *buf = malloc(size);
	struct attribute a;
	int result;

	if (!buf)
		return fail(ENOMEM, "out of memory for a record");
	result = mft_record(r->ntfs, r->folder.entry, buf);
	if (result)
		return result < 0 && result != -ENODATA ? result : 0;
	while ((result = record_next(view_of(buf, size), &at, &a)) > 0)
		;
	if (result < 0 || size - at < sizeof(le64)) /* told where the record is parsed */
		return 0;
	spot.offset = r->folder.entry * size + at;
	result = read_behind_mark(r, buf, at, spot);
	spot.offset += sizeof(le64);
	return result < 0 ? result : search(r, view_from(view_of(buf, size), at + sizeof(le64)), spot);
}

/* ---- opening ---- */

static const struct piece *
piece_of(const struct pieces *pieces, uint32_t type)
{
	for (size_t i = 0; i < pieces->list.n; i++) {
		const struct attribute *a = &pieces->list.at[i].attribute;

		if (a->type == type && view_equal(a->name, view_of(i30, sizeof(i30))) && (a->resident || !a->first_vcn))
			return &pieces->list.at[i];
	}
	return NULL;
}

static int
load_bitmap(struct reading *r, const struct pieces *pieces)
{
	CLEANUP(source_close) struct source *bitmap = NULL;
	int result = stream_of(r->ntfs, pieces, ATTRIBUTE_BITMAP, view_of(i30, sizeof(i30)), true, r->out, &bitmap);
	ssize_t n;

	if (result == -ENOENT || result == -EINVAL)
		return tell(r, 0, "the index has no $BITMAP: which of its blocks are in use is not known");
	if (result < 0)
		return result;
	n = source_read(bitmap, 0, r->used, (size_t)(r->block_count / 8 + 1));
	return n < 0 ? (int)n : 0;
}

/* No more blocks than the volume has room for: runs can name the same clusters again and again. */
static int
count_blocks(struct reading *r)
{
	uint64_t most = r->ntfs->volume->size / r->block_size + 1;

	r->block_count = r->blocks->size / r->block_size;
	if (most > INDEX_BLOCKS_MAX)
		most = INDEX_BLOCKS_MAX;
	if (r->block_count <= most)
		return 0;
	r->block_count = most;
	return spoil(r, most * r->block_size, "the index claims to be larger than it can be: the rest is left out");
}

static int
open_blocks(struct reading *r, const struct pieces *pieces)
{
	const struct piece *piece = piece_of(pieces, ATTRIBUTE_INDEX_ALLOCATION);
	int result = 0;

	if (!piece)
		return 0;
	r->blocks_id = piece->attribute.id;
	result = stream_of(r->ntfs, pieces, ATTRIBUTE_INDEX_ALLOCATION, view_of(i30, sizeof(i30)), true, r->out,
			   &r->blocks);
	if (result == -EINVAL)
		return spoil(r, 0, "$INDEX_ALLOCATION cannot be read");
	if (result == 0)
		result = count_blocks(r);
	if (result < 0)
		return result;
	r->block = malloc(r->block_size);
	r->used = calloc(r->block_count / 8 + 1, 1);
	r->seen = calloc(r->block_count / 8 + 1, 1);
	if (!r->block || !r->used || !r->seen)
		return fail(ENOMEM, "out of memory for the index of a folder");
	return load_bitmap(r, pieces);
}

static int
open_root(struct reading *r, const struct pieces *pieces, struct view *ret_root)
{
	const struct piece *piece = piece_of(pieces, ATTRIBUTE_INDEX_ROOT);
	const struct disk_index_root *root;
	uint32_t cluster = r->ntfs->geometry.cluster_size;

	if (!piece || !piece->attribute.resident)
		return -ENOENT;
	root = VIEW_AT(piece->attribute.value, 0, struct disk_index_root);
	r->block_size = root ? le32_get(root->block_size) : 0;
	if (!root || r->block_size < BLOCK_LEAST || r->block_size > INDEX_BLOCK_MAX ||
	    r->block_size & (r->block_size - 1))
		return -EINVAL;
	r->unit = cluster <= r->block_size ? cluster : SECTOR_STRIDE;
	r->root_id = piece->attribute.id;
	*ret_root = view_from(piece->attribute.value, sizeof(*root));
	return 0;
}

static int
read_all(struct reading *r, const struct pieces *pieces)
{
	struct view root;
	int result = open_root(r, pieces, &root);

	if (result == 0)
		result = open_blocks(r, pieces);
	if (result >= 0)
		result = read_node(r, root,
				   (struct spot){ .type = ATTRIBUTE_INDEX_ROOT,
						  .attribute = r->root_id,
						  .offset = sizeof(struct disk_index_root),
						  .where = INDEX_LISTED });
	if (result >= 0 && r->blocks)
		result = read_tree(r);
	if (result >= 0 && r->blocks)
		result = read_others(r);
	return result < 0 ? result : read_record_slack(r);
}

static void
put_away(struct reading *r)
{
	source_close(r->blocks);
	vector_free(&r->todo);
	free(r->block);
	free(r->used);
	free(r->seen);
}

int
index_read(struct ntfs *ntfs, struct reference folder, struct sink *out,
	   int (*entry)(void *state, const struct index_entry *entry), void *state, struct index_tally *ret_tally)
{
	struct reading r = { .ntfs = ntfs, .folder = folder, .out = out, .entry = entry, .state = state };
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	const struct stray *others;
	size_t n = strays_of(ntfs->strays, ntfs->stray_count, folder.entry, &others);
	int result = pieces_of(ntfs, folder.entry, others, n, &pieces);

	if (result == -ENODATA)
		return -ENOENT;
	if (result < 0)
		return result;
	if (!sequence_fits(folder.sequence, pieces.head.sequence, pieces.head.flags & ENTRY_ALLOCATED))
		return -ESTALE;
	r.tally.whole = !(pieces.head.flags & (ENTRY_PARTIAL | ENTRY_TORN));
	result = read_all(&r, &pieces);
	put_away(&r);
	*ret_tally = r.tally;
	return result < 0 ? result : 0;
}

/* index.h - the index of one folder ($I30): the names that it lists, and those that its unused bytes still hold. */
#ifndef FOLDER_INDEX_H
#define FOLDER_INDEX_H

#include "entry.h"
#include "ntfs.h"
#include "sink.h"

/* Limits; to reach one is damage and is told. */
enum index_limits {
	INDEX_BLOCK_MAX = 65536,   /* bytes of a block */
	INDEX_BLOCKS_MAX = 1 << 24 /* blocks of a folder: 64 GiB of the usual ones */
};

/* Where in the index a name was found. */
enum index_where {
	INDEX_LISTED,  /* in the tree: Windows lists it */
	INDEX_CUT_OFF, /* in a block that is in use, but to which the tree does not lead */
	INDEX_SLACK,   /* behind the last entry of a block or of the root */
	INDEX_FREED,   /* in a block that the index no longer uses */
	INDEX_RECORD,  /* behind the last attribute of the folder's record, where a small index was larger once */
};
const char *index_where_name(enum index_where where); /* "slack of the folder's index" and so on */

enum { INDEX_FOLDER = 0x10000000 }; /* among the attributes of a $FILE_NAME: it is that of a folder */

/* One name in an index. The folder keeps a copy of the file's $FILE_NAME there, with the times of $STANDARD_INFORMATION
 * and the size as they were when NTFS last brought it up to date. Views are borrowed for the call. */
struct index_entry {
	struct reference file; /* 0-0 where it is overwritten */
	struct name name;
	uint64_t size, allocated;
	uint32_t attributes; /* FILE_ATTRIBUTE_*, and INDEX_FOLDER */
	enum index_where where;
	bool headless; /* the record's end mark lies over the parent that it names: only its place tells the folder */
	uint32_t type; /* of the attribute whose content holds it: 0x90, 0xa0, or 0x80 for the $MFT itself */
	uint16_t attribute; /* its id, of no meaning for the $MFT */
	uint64_t offset;    /* within that content */
	uint32_t length;    /* of the entry, or of the name alone where the rest is overwritten */
};

struct index_tally {
	uint64_t listed, left; /* entries: of the tree, and of what is not the tree */
	uint64_t blocks, bytes;
	bool whole; /* all of the tree could be read: what it does not list, it does not list */
};

/*
 * Reads the index of a folder, in use or deleted: the root, the blocks that its tree leads to, and then all other
 * blocks and unused bytes, where an entry counts only if it names this very folder as its parent and is whole (or is
 * `headless`). Every block is read once, whatever the links between them say; memory is one block and two bits for
 * each. Damage is told to out at offsets of $INDEX_ALLOCATION. -ESTALE when the record belongs to something else,
 * -ENOENT when it has no such index, -EINVAL when it is too broken; else 0 or what entry() gave.
 */
int index_read(struct ntfs *ntfs, struct reference folder, struct sink *out,
	       int (*entry)(void *state, const struct index_entry *entry), void *state, struct index_tally *ret_tally);

/* The content of a folder's $INDEX_ALLOCATION, or of its $INDEX_ROOT, as it is stored: 0, or as index_read says. */
int index_open(struct ntfs *ntfs, struct reference folder, bool root, struct source **ret_index);

#endif

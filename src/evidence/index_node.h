/* index_node.h - one node of a folder's index: its entries in order, and what is left of entries in any bytes. */
#ifndef EVIDENCE_INDEX_NODE_H
#define EVIDENCE_INDEX_NODE_H

#include "entry.h"
#include "layout.h"

enum { NODE_HEAD = 24 }; /* where in a block its node begins */

/* The used part of a node; offsets count from its header. */
struct index_node {
	struct view bytes; /* header and all room behind it */
	uint32_t at, used;
	bool branches;     /* its entries lead to further blocks */
};

/* One entry as it lies there. */
struct index_item {
	struct view key;  /* a $FILE_NAME; empty in the last entry */
	uint64_t file;    /* packed reference */
	uint64_t below;   /* VCN, where `branches` */
	uint32_t offset;  /* of the entry, from the header of its node or the start of the searched bytes */
	uint32_t length;
	bool branches, last;
};

/* 0, or -EINVAL when the header's numbers do not fit the bytes. */
int index_node_open(struct view bytes, struct index_node *ret_node);

/* 1 and the next entry, 0 behind the last one, -EINVAL where they break off. */
int index_node_next(struct index_node *node, struct index_item *ret_item);

/* The $FILE_NAME in a key: false when it is cut short. */
bool index_key_name(struct view key, const struct disk_name **ret_disk, struct name *ret_name);

/*
 * Finds the next entry at or behind *at (a multiple of 8) in bytes that are no node any more: a whole $FILE_NAME whose
 * parent is this folder. Its own header counts where it still fits, else the item is the name alone and file is 0. 1 or
 * 0; *at then lies behind it.
 */
int index_carve(struct view bytes, uint64_t folder, uint32_t *at, struct index_item *ret_item);

#endif

/* pieces.h - all attributes of one entry, gathered from its base record and the extension records that belong to it. */
#ifndef EVIDENCE_PIECES_H
#define EVIDENCE_PIECES_H

#include "assemble.h"
#include "mft.h"
#include "vector.h"

enum pieces_limits {
	PIECES_MAX = 8192,         /* attributes of an entry; a list of 256 KiB, where Windows stops, holds fewer */
	PIECES_BYTES = 32 << 20,   /* of extension records of an entry */
	PIECES_STRANGERS = 64,     /* items of a list that lead to records of other entries */
};

struct piece {
	struct attribute attribute; /* borrowed from the arena */
	uint64_t holder;            /* extension record, 0 for the base record */
	uint64_t at;                /* of a resident value within the $MFT */
	bool torn;
};

/* Zero to start. */
struct pieces {
	struct arena arena;
	VECTOR(struct piece) list;
	VECTOR(uint64_t) holders; /* extension records that were taken in, */
	size_t listed;            /* and how many of them the attribute list named */
	struct whys whys;
	struct entry head;        /* what the base record's header says; ENTRY_PARTIAL where something is missing */
	struct reference base;    /* what the record itself belongs to */
};

/* Takes in the base record, which is copied. 0, -EINVAL when it is no record, or -ENOMEM. */
int pieces_begin(struct pieces *pieces, const struct ntfs *ntfs, struct view record, uint64_t number, bool torn);

/* Follows the attribute list, if there is one, then takes in those of the others that belong here. 0 or negative. */
int pieces_extend(struct pieces *pieces, struct ntfs *ntfs, const struct stray *others, size_t n);

/* Both for an entry of the $MFT. */
int pieces_of(struct ntfs *ntfs, uint64_t number, const struct stray *others, size_t n, struct pieces *pieces);

/*
 * The entry they make up, with everything in their arena. starts, if not NULL, gets for each stream the index of the
 * piece that began it; it has room for all pieces. 0 or -ENOMEM.
 */
int pieces_entry(struct pieces *pieces, struct entry *ret_entry, size_t *starts);

void pieces_free(struct pieces *pieces);
static inline void pieces_free_at(struct pieces *pieces) { pieces_free(pieces); }

#endif

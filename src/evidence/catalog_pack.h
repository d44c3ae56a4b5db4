/* catalog_pack.h - entries packed into few bytes, and taken out again. */
#ifndef EVIDENCE_CATALOG_PACK_H
#define EVIDENCE_CATALOG_PACK_H

#include "catalog.h"
#include "entry.h"
#include "vector.h"

enum catalog_pack {
	SLAB_MARK = 32, /* entries between two marks */
	SHAPE_MANY = 7,
	SHAPE_REPARSE = 64,
	SHAPE_ATTRIBUTES = 128,
	STREAM_NAMED = 64,
	STREAM_VALID = 128,
	TIME_NEW = 15,
};

/* What a stream of that size is most often allocated, which then need not be said. */
static inline uint64_t
usual_allocation(uint64_t size, uint16_t flags, uint32_t cluster_size)
{
	return flags & STREAM_RESIDENT ? size : size + (cluster_size - 1 - (size + cluster_size - 1) % cluster_size);
}

/* Entries in order of number. */
struct slab {
	uint64_t first;      /* number that the entries count from */
	uint8_t *bytes;
	uint32_t *folders;   /* folder number of each parent that the entries name by index */
	uint32_t *marks;     /* where every SLAB_MARK-th entry begins */
	uint32_t size, folder_count, entries, mark_count;
};
void slab_free(struct slab *slab);

/* Parents in order of first sight, each with its index. Zero to start. */
struct parents {
	VECTOR(uint64_t) list; /* references, packed */
	uint32_t *table;       /* index + 1, by hash */
	uint32_t room;         /* of the table, a power of two */
	uint32_t last;         /* the index given last, or of anything: neighbours share a parent */
};
int parents_index(struct parents *parents, uint64_t reference, uint32_t *ret_index); /* 0 or -ENOMEM */
bool parents_find(const struct parents *parents, uint64_t reference, uint32_t *ret_index);
void parents_clear(struct parents *parents); /* empty, keeping its memory */
void parents_free(struct parents *parents);

/* A slab while it grows. Zero to start; used again and again. */
struct packer {
	uint8_t *bytes;
	size_t n, room;
	uint64_t first;
	uint32_t entries, cluster_size;
	VECTOR(uint32_t) marks;
	struct parents parents;
};
void packer_start(struct packer *packer, uint64_t first, uint32_t cluster_size);
int packer_add(struct packer *packer, const struct entry *entry); /* 0 or -ENOMEM */

/* Copies what was packed, exactly as large as it is; folders are left for the caller to fill in. 0 or -ENOMEM. */
int packer_end(struct packer *packer, struct slab *ret_slab);
void packer_free(struct packer *packer);

/* The entry at a place of a slab: its number, and where its body begins and ends. False at the end of the slab. */
struct packed {
	uint64_t number;
	uint32_t body, end;
};
bool slab_peek(const struct slab *slab, uint32_t at, struct packed *ret_packed);

/* The place of the entry with this number, or with the next one above. */
uint32_t slab_find(const struct slab *slab, uint64_t number);

/* Unpacks. names and streams have `room` items each where room suffices, else and for text `scratch` grows. */
struct unpacker {
	const struct parents *folders; /* references by folder number */
	uint32_t cluster_size;
	uint8_t *scratch;
	size_t room;
};
int slab_unpack(const struct slab *slab, const struct packed *packed, struct unpacker *unpacker, struct name *names,
		struct stream *streams, uint32_t room, struct entry *ret_entry);

#endif

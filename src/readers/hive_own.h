/* hive_own.h - the layout of a registry hive, and what the parts of its reader know of each other. */
#ifndef HIVE_OWN_H
#define HIVE_OWN_H

#include "hive.h"
#include "upcase.h"
#include "vector.h"

enum {
	BASE_BLOCK = 4096,
	BASE_SUMMED = 508, /* bytes under the checksum */
	BIN_UNIT = 4096,
	CELL_UNIT = 8,
	SECTOR = 512,
	BIG_SEGMENT = 16344, /* bytes in each segment of big data but the last; longer data is big since version 1.4 */
};

/*
 * All offsets in a hive are of cells, from the start of the bins. The layouts: M. Suhanov's "Windows registry file
 * format specification", J. Metz's "Windows NT Registry File (REGF) format".
 */
struct disk_base {
	uint8_t signature[4];  /* "regf" */
	le32 first, second;    /* 4, 8 */
	le64 written;          /* 12 */
	le32 major, minor;     /* 20, 24 */
	le32 type, format;     /* 28, 32 */
	le32 root, bytes;      /* 36, 40 */
	le32 clustering;       /* 44, sector size / 512 */
	uint8_t name[64];      /* 48, UTF-16LE */
	uint8_t reserved[396]; /* 112 */
	le32 checksum;         /* 508 */
};

struct disk_bin {
	uint8_t signature[4]; /* "hbin" */
	le32 offset, size;    /* 4, 8 */
	uint8_t reserved[8];
	le64 written; /* 20, in the first bin */
	le32 spare;
};

struct disk_key {
	uint8_t signature[2];           /* "nk" */
	le16 flags;                     /* 2 */
	le64 written;                   /* 4 */
	le32 access, parent;            /* 12, 16 */
	le32 subkeys, volatile_subkeys; /* 20, 24 */
	le32 list, volatile_list;       /* 28, 32 */
	le32 values, value_list;        /* 36, 40 */
	le32 security, class_cell;      /* 44, 48 */
	uint8_t largest[20];            /* 52 */
	le16 name_size, class_size;     /* 72, 74; the name follows */
};

struct disk_value {
	uint8_t signature[2]; /* "vk" */
	le16 name_size;       /* 2 */
	le32 size, data;      /* 4, 8 */
	le32 type;            /* 12 */
	le16 flags, spare;    /* 16; the name follows */
};

enum { VALUE_RESIDENT = INT32_MIN, VALUE_NARROW = 1 };

struct disk_list { /* li, lf, lh, ri, db */
	uint8_t signature[2];
	le16 count;
};

struct disk_security {
	uint8_t signature[2], reserved[2]; /* "sk" */
	le32 next, before, references;     /* 4, 8, 12 */
	le32 size;                         /* 16; the descriptor follows */
};

/* A run of dirty bytes in a log, in place of those of the primary file. */
struct page {
	uint32_t offset, size; /* from the start of the bins */
	uint64_t at;           /* within the log */
	uint32_t log;
};

/* One bit for each cell that could be. */
struct bits {
	uint64_t *words;
	size_t n;
};

struct slot {
	uint32_t block;
	bool used;
	uint8_t *bytes;
};

struct hive {
	struct hive_state state;
	struct source *primary;
	struct sink *out;
	bool quiet; /* nothing is told while freed cells are looked through */
	struct hive_log logs[HIVE_LOGS];
	size_t log_count;

	uint32_t bytes, reach; /* of bins; with what lies in the file behind them */
	VECTOR(struct page) pages;
	uint32_t *sectors; /* page + 1 for each sector of the bins, NULL when nothing is replayed */

	VECTOR(struct slot) slots;
	uint16_t *slot_of; /* slot + 1 of each block */
	size_t hand;

	struct bits claimed; /* cells that something live leads to */
	struct bits visited; /* keys, values and their lists that the walk was in */
	struct bits told;    /* of which damage was told */
	struct bits bins;    /* where bins start, one bit for each BIN_UNIT */
	bool walked;         /* claimed and visited are complete */

	struct text name, raw; /* of the value read last */
	struct text title;     /* for state.name */
	struct upcase fold;
};

/* A cell with its size taken off: data is size bytes from at + 4. */
struct cell {
	uint32_t at, size;
	bool used;
};

/* hive_bytes.c */
int hive_bytes_start(struct hive *h);
void hive_bytes_free(struct hive *h);
/* Exactly n bytes: 0, -ENODATA when they do not lie in the hive, or negative. */
int hive_read(struct hive *h, uint64_t at, void *buf, size_t n);
/* Damage at a cell, once; at offsets of the file. 0 or negative. */
int hive_damage(struct hive *h, uint64_t at, const char *why);

/* hive_cell.c */
int hive_bins(struct hive *h);
/* The cell at a place: 1, 0 when none can be there, or negative. */
int hive_cell(struct hive *h, uint32_t at, struct cell *ret);
uint32_t hive_bin_end(const struct hive *h, uint32_t at); /* of the bin that at lies in */
bool bits_get(const struct bits *bits, uint64_t i);
/* True when it was not set before. */
bool bits_set(struct bits *bits, uint64_t i);
int bits_start(struct bits *bits, uint64_t n);
void bits_clear(struct bits *bits);
static inline bool
hive_claimed(const struct hive *h, uint32_t at)
{
	return bits_get(&h->claimed, at / CELL_UNIT);
}
/* Notes a key, a value or a list: true the first time of this walk. */
static inline bool
hive_visit(struct hive *h, uint32_t at)
{
	bits_set(&h->claimed, at / CELL_UNIT);
	return bits_set(&h->visited, at / CELL_UNIT);
}

/* hive_log.c */
bool hive_sound(const struct disk_base *base); /* signature and checksum */
/* Chooses what of the logs belongs to the hive; base becomes that of a log where the hive has none. 0 or negative. */
int hive_replay(struct hive *h, struct disk_base *base);
int hive_log_memory(const struct hive *h);
int hive_log_damage(struct hive *h, uint32_t log, uint64_t at, const char *why);
/* The base block that a log begins with: 1, 0 when it is none, or negative. */
int hive_log_base(struct hive *h, uint32_t log, struct disk_base *ret);
/* Where what follows it begins, by its signature: 1, 0 or negative. */
int hive_log_second(struct hive *h, uint32_t log, const char *signature, uint64_t *ret_at);
int hive_log_page(struct hive *h, struct page page);

/* hive_entries.c, hive_vector.c: 1 when a log was applied, 0 or negative. */
int hive_replay_entries(struct hive *h, struct disk_base *base, bool base_sound, bool dirty);
int hive_replay_vector(struct hive *h, struct disk_base *base, bool base_sound);

/* hive_marvin.c: the hash of log entries, as it lies on disk. */
struct marvin {
	uint32_t low, high;
};
struct marvin marvin_start(void);
void marvin_add(struct marvin *m, struct view words); /* a multiple of four bytes */
uint64_t marvin_end(struct marvin *m);

/* hive_key.c */
/* The key in a cell: 1, 0 when it is none, or negative. Says nothing. */
int hive_key_at(struct hive *h, const struct cell *cell, struct hive_key *ret);

/* Goes through the cells that a list of subkeys leads to. */
struct cursor {
	uint32_t key, root;                       /* cells: of the key, of the ri or HIVE_NO_CELL */
	uint32_t leaf, next;                      /* cells: of the list being read, of the first one before it is */
	uint32_t roots, root_at, leaves, leaf_at; /* how many entries they have, and the next one */
	uint32_t stride;
	uint32_t seen, budget; /* keys given, and keys that may still be */
	uint32_t told;         /* how many there should be */
	bool walk;
};
struct cursor cursor_of(const struct hive *h, const struct hive_key *key, bool walk);
/* 1 and a cell, 0 at the end, or negative; damage is told. */
int cursor_next(struct hive *h, struct cursor *c, uint32_t *ret_cell);

/* hive_value.c */
int hive_value_at(struct hive *h, const struct cell *cell, struct hive_value *ret);
/* Whether the data of a value found in a free cell belongs to something else by now goes into it: 0 or negative. */
int hive_judge_data(struct hive *h, struct hive_value *value);
/* Notes all that belongs to a key but the keys below it. */
int hive_claim_key(struct hive *h, const struct hive_key *key);

/* hive_name.c */
int hive_name(struct view bytes, bool narrow, bool key, struct text *raw, struct text *name);

#endif

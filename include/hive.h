/* hive.h - registry hives: the keys and values of a Windows host, with what its logs still had to write. */
#ifndef HIVE_H
#define HIVE_H

#include "sink.h"
#include "source.h"
#include "text.h"

/* Limits; to reach one is damage and is told. */
enum hive_limits {
	HIVE_LOGS = 3,               /* LOG, LOG1, LOG2 */
	HIVE_BYTES_MAX = 0x7ffff000, /* of bins; cells are numbered by 31 bits */
	HIVE_PAGES_MAX = 1 << 20,    /* runs of dirty pages in the logs of a hive */
	HIVE_DEPTH_MAX = 512,        /* keys below each other, as Windows has it */
	HIVE_NAME_UNITS = 255,       /* UTF-16 units of a key's name, as Windows has it */
	HIVE_NAME_TEXT = 2048,       /* enough for such a name as text, with its end */
	HIVE_VALUE_UNITS = 16383,    /* of a value's name */
	HIVE_DATA_MAX = 64 << 20,    /* bytes of one value that are read */
	HIVE_CACHE_BYTES = 32 << 20, /* of a hive kept in memory; besides it 1/21 of its size for maps */
};

#define HIVE_NO_CELL UINT32_MAX

/* A transaction log beside a hive. Its damage is told with offsets of its own, so it has a sink of its own. */
struct hive_log {
	struct source *source; /* NULL: not there */
	struct sink *out;
};

enum hive_replay {
	HIVE_CLEAN,      /* nothing was left to write */
	HIVE_REPLAYED,   /* the logs hold what was left, and it is read from there */
	HIVE_PARTLY,     /* they hold some of it: a later entry is damaged */
	HIVE_LEFT_DIRTY, /* no log fits: read as it lies in the file */
};

/* What a hive says of itself, and how it is read. */
struct hive_state {
	uint32_t first, second; /* the sequence numbers of the file; equal when it was written whole */
	uint32_t major, minor;
	uint64_t written; /* FILETIME; Windows 10 and later leave it 0 in some hives */
	bool sound;       /* the base block has its signature and its checksum */
	uint32_t root;    /* cell of the root key, HIVE_NO_CELL when it cannot be found */
	uint32_t bytes;   /* of bins, as read */
	enum hive_replay replay;
	unsigned log;      /* the log that a DIRT replay came from, or the last one of several */
	uint32_t from, to; /* sequence numbers of what was replayed, both included */
	uint64_t replayed; /* bytes that come from logs */
	uint32_t newer;    /* entries of logs that are newer than a clean hive: not applied, as Windows ignores them */
	const char *name;  /* the tail of its path as Windows noted it, WTF-8; "" */
};

struct hive;

/*
 * Opens a hive; logs[0 .. n-1] may be given in any order and are borrowed, as are primary and the sinks. What the logs
 * hold is laid over the hive in memory while it is read; no byte of evidence is written. What is wrong is told to out
 * at offsets of the primary file, once for each place. Whatever the bytes are, there is a hive: one without a root has
 * no keys, and what lies in it can still be recovered. 0 or negative. For one thread at a time.
 */
int hive_open(struct source *primary, struct sink *out, const struct hive_log *logs, size_t n, struct hive **ret_hive);
struct hive *hive_close(struct hive *hive);
DEFINE_CLEANUP(struct hive, hive_close)

const struct hive_state *hive_state(const struct hive *hive);

/*
 * Where n bytes at an offset of the primary file were read from: -1 when all of them lie there, else the number of the
 * log that the first one of them that does not was taken from, and its place within that log.
 */
int hive_origin(const struct hive *hive, uint64_t offset, uint64_t n, uint64_t *ret_offset);

/* As they lie in the key. */
enum hive_key_flags {
	HIVE_KEY_VOLATILE = 1,
	HIVE_KEY_ROOT = 4,
	HIVE_KEY_NO_DELETE = 8,
	HIVE_KEY_LINK = 16,   /* its value SymbolicLinkValue says where it leads; links are never followed */
	HIVE_KEY_NARROW = 32, /* the name is Latin-1 */
};

/* Where a key or a value was found. */
enum hive_place {
	HIVE_LIVE,    /* reached from the root */
	HIVE_ORPHAN,  /* its cell is in use and nothing reachable leads to it */
	HIVE_DELETED, /* its cell is free */
	HIVE_BROKEN,  /* in a part of the hive where cells cannot be told apart */
	HIVE_BEHIND,  /* in the file behind the last bin */
};

struct hive_key {
	uint32_t cell;          /* its identity, from the start of the bins */
	uint64_t offset;        /* of the cell in the primary file */
	uint64_t written;       /* FILETIME */
	uint32_t parent;        /* cell */
	uint32_t subkeys, list; /* how many, and the cell of the list of them */
	uint32_t values, value_list;
	uint32_t security; /* cell */
	uint32_t class_cell;
	uint16_t class_bytes;
	uint16_t flags;
	enum hive_place place;
	size_t name_size;
	char name[HIVE_NAME_TEXT]; /* UTF-8 as hive_add_name() gives it */
};

/* Of winnt.h. */
enum hive_type {
	HIVE_NONE,
	HIVE_SZ,
	HIVE_EXPAND_SZ,
	HIVE_BINARY,
	HIVE_DWORD,
	HIVE_DWORD_BIG,
	HIVE_LINK,
	HIVE_MULTI_SZ,
	HIVE_RESOURCE_LIST,
	HIVE_FULL_RESOURCE,
	HIVE_RESOURCE_NEEDS,
	HIVE_QWORD,
};

struct hive_value {
	uint32_t cell;
	uint64_t offset;      /* of the cell in the primary file */
	uint64_t data_offset; /* of the first byte of data, or of the big data record, in the primary file; 0: none */
	uint32_t type, size;  /* size: as the value says */
	uint32_t data;        /* cell of the data, HIVE_NO_CELL when the bytes are in the value itself */
	bool reused;          /* found in a free cell, and its data cell belongs to something else by now */
	enum hive_place place;
	struct view name; /* UTF-8, "" for the default value; good until the next value of this hive is read */
};

/* Called for each; anything but 0 ends the walk and is given back. */
typedef int hive_take_key(void *state, const struct hive_key *key, struct view path);
typedef int hive_take_value(void *state, const struct hive_value *value);

/* The root, and a key by its path from the root ("ControlSet001\\Services"), whatever the case: 1, 0 or negative. */
int hive_root(struct hive *hive, struct hive_key *ret_key);
int hive_find(struct hive *hive, const char *path, struct hive_key *ret_key);
int hive_below(struct hive *hive, const struct hive_key *key, const char *path, struct hive_key *ret_key);

/* The keys right below one, in the order of its list; path is the name alone. */
int hive_subkeys(struct hive *hive, const struct hive_key *key, hive_take_key *take, void *state);

/* All keys, each before those below it; path has no root name in it and is "" for the root. */
int hive_walk(struct hive *hive, hive_take_key *take, void *state);

/* The values of a key; one of them by name, whatever the case ("" is the default): 1, 0 or negative. */
int hive_values(struct hive *hive, const struct hive_key *key, hive_take_value *take, void *state);
int hive_value(struct hive *hive, const struct hive_key *key, const char *name, struct hive_value *ret_value);

/* Adds the bytes of a value to data: 0 or negative. Fewer than value->size where they are not all there, which is told.
 */
int hive_data(struct hive *hive, const struct hive_value *value, struct text *data);

/* Adds the class name of a key, and its security descriptor: 1, 0 when it has none, or negative. */
int hive_class(struct hive *hive, const struct hive_key *key, struct text *name);
int hive_security(struct hive *hive, const struct hive_key *key, struct text *descriptor);

/* Something that nothing leads to any more. */
struct hive_lost {
	const struct hive_key *key;     /* a key, whose values hive_values() gives; or NULL for */
	const struct hive_value *value; /* a value that no key found claims; or NULL */
	struct view path;               /* of a key, as far up as its parents can be followed */
	bool whole;                     /* they lead to the root, by live keys alone */
};

typedef int hive_take_lost(void *state, const struct hive_lost *lost);

/* All of them: first the keys, then the values, each in the order of their offsets. */
int hive_recover(struct hive *hive, hive_take_lost *take, void *state);

/*
 * A name as text: UTF-8 that stands for one sequence of units and no other. NUL, '\' and lone surrogates are written
 * as \u{0}, \u{5c}, \u{d800}; so a path of such names can be taken apart again at its '\'. The names of values may have
 * a '\' in them: there it stands for itself, but where \u{ follows from it.
 */
int hive_add_name(struct text *t, struct view utf16le);

/* What the bytes of a value mean. A string ends at its first NUL, whatever lies behind it: 0 or negative. */
int hive_string(struct view data, struct text *t);

/* Strings one behind the other, each ended by NUL, the last one by another: 1 and the next of them, 0, or negative. *at
 * is 0 to start. */
int hive_next_string(struct view data, size_t *at, struct text *t);

/* False when the bytes are too few. */
bool hive_number(uint32_t type, struct view data, uint64_t *ret_number);
bool hive_time(struct view data, uint64_t *ret_ticks);

#endif

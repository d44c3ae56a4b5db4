/* literals_own.h - what the parts of the literal search share: how it works, its tables, a search under way. */
#ifndef LITERALS_OWN_H
#define LITERALS_OWN_H

#include "literals.h"

#if defined(__x86_64__)
#define LITERALS_AVX2 1
#else
#define LITERALS_AVX2 0
#endif

/*
 * How it works. Of each literal, the four consecutive bytes that are rarest in logs are its window. The filter goes
 * over the text and stops where four bytes could be some window; a bitmap and a table of windows tell at once whether
 * they are, and how far in front of it a literal may start. What may be such a start is remembered until no later
 * window can point before it, and then compared in full: so occurrences come in order of their start though windows
 * lie anywhere within their literals. The filter is what Hyperscan calls Teddy.
 */
enum {
	WINDOW = 4,
	BUCKETS = 8,        /* bits of a byte: windows with one bit are not told apart by the filter */
	SETS_MAX = 4,       /* of buckets, each going over the text anew */
	REACH = LITERAL_MAX - WINDOW, /* of a window behind the start of its literal */
	KNOWN_BITS = 16,
};

struct literal {
	uint8_t folded[LITERAL_MAX]; /* lower case */
	uint8_t either[LITERAL_MAX]; /* 0x20 where a byte is a letter: what to set in the text before comparing */
	uint8_t n;
	uint8_t window;              /* its offset */
};

/* A window, and the set of distances (bit d: d bytes) at which literals start in front of it. starts 0: free. */
struct slot {
	uint64_t starts;
	uint32_t key;
};

/* The literals that begin with the same four bytes: members[first ..], in order of index. count 0: free. */
struct group {
	uint32_t key, first, count;
};

struct scan;

struct literals {
	struct literal *at;
	size_t n;
	unsigned sets;
	uint8_t low[SETS_MAX][WINDOW][16], high[SETS_MAX][WINDOW][16]; /* buckets by either half of a byte */
	uint8_t known[(1 << KNOWN_BITS) / 8]; /* bitmap of the windows' hashes */
	struct slot *slots;
	struct group *groups;
	uint32_t *members;
	unsigned bits; /* log2 of the slots, and of the groups */
	int (*filter)(struct scan *scan, size_t *from); /* leaves the rest, from *from on, to the plain one */
};

/* One search under way. */
struct scan {
	const struct literals *literals;
	struct view text;
	size_t at;        /* the last window found */
	uint64_t pending; /* bit d: a literal may start d bytes in front of it */
	int (*hit)(void *state, size_t offset, uint32_t which);
	void *state;
};

static inline uint32_t
load4(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The same for both cases of a letter; that some other bytes fall together, too, only costs a comparison. */
static inline uint32_t
key_at(const uint8_t *p)
{
	return load4(p) | 0x20202020;
}

static inline uint32_t
key_hash(uint32_t key, unsigned bits)
{
	return (key * UINT32_C(0x9e3779b1)) >> (32 - bits);
}

static inline bool
key_known(const struct literals *l, uint32_t key)
{
	uint32_t h = key_hash(key, KNOWN_BITS);

	return l->known[h / 8] >> (h % 8) & 1;
}

/* Looks closer at a place whose key is known; not 0 ends the search. */
int literals_suspect(struct scan *scan, size_t at, uint32_t key);

/* Chooses the windows and fills low, high and sets. */
int literals_plan(struct literals *l);

/* The filter for this processor, NULL when it has no AVX2. */
int (*literals_vector(const struct literals *l))(struct scan *scan, size_t *from);

#endif

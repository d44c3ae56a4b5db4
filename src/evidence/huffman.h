/* huffman.h - what the packings of WOF have in common: bits out of 16-bit words, and canonical Huffman codes. */
#ifndef EVIDENCE_HUFFMAN_H
#define EVIDENCE_HUFFMAN_H

#include "view.h"

enum {
	HUFFMAN_SYMBOLS = 512,
	HUFFMAN_LONGEST = 16,
	HUFFMAN_FAST = 10, /* codes up to so many bits are found at once */
};

/* Bits from little-endian words of 16, the most significant first. Behind the end there are zeros, which are counted.
 */
struct bits {
	const uint8_t *p, *end;
	uint64_t hold; /* from the top */
	unsigned have, beyond;
};

static inline struct bits
bits_of(struct view v)
{
	return (struct bits){ .p = v.p, .end = v.n ? v.p + v.n : v.p };
}

/* Sees to it that n bits, at most 32, are in hold. */
static inline void
bits_need(struct bits *b, unsigned n)
{
	while (b->have < n) {
		if (b->end - b->p >= 2) {
			b->hold |= (uint64_t)(b->p[0] | b->p[1] << 8) << (48 - b->have);
			b->p += 2;
		} else {
			b->beyond += 16;
		}
		b->have += 16;
	}
}

/* The next n bits, 0 to 32. */
static inline uint32_t
bits_take(struct bits *b, unsigned n)
{
	uint32_t v;

	if (!n)
		return 0;
	bits_need(b, n);
	v = (uint32_t)(b->hold >> (64 - n));
	b->hold <<= n;
	b->have -= n;
	return v;
}

/* Whether bits were taken that are not there. */
static inline bool
bits_ran_out(const struct bits *b)
{
	return b->beyond > b->have;
}

struct huffman {
	uint16_t fast[1 << HUFFMAN_FAST]; /* symbol << 4 | length, 0 for longer codes */
	uint16_t sorted[HUFFMAN_SYMBOLS];
	uint16_t first[HUFFMAN_LONGEST + 1], count[HUFFMAN_LONGEST + 1], index[HUFFMAN_LONGEST + 1]; /* by length */
};

/* The code with these lengths (0: no such symbol): false when there are more codes than bits for them, or fewer, which
 * only damage leaves, unless there are none at all. */
bool huffman_make(const uint8_t *lengths, unsigned symbols, struct huffman *ret_code);

/* The next symbol, or -1 for bits that are no code. */
int huffman_next(const struct huffman *code, struct bits *b);

#endif

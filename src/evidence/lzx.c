/*
 * lzx.c - unpacks LZX as WIM files and WOF have it: chunks of 32 KiB that know nothing of each other, the targets of
 * x86 calls made absolute throughout. After [MS-PATCH], the LZX chapter of the Cabinet SDK, and what wimlib does
 * otherwise.
 */
#include <errno.h>

#include "huffman.h"
#include "unpack.h"

enum {
	BLOCK_VERBATIM = 1, /* matches with all bits of their distance as they are, */
	BLOCK_ALIGNED = 2,  /* or with the lowest three in a code of their own */
	BLOCK_STORED = 3,
	BLOCK_USUAL = 32768, /* bytes; other sizes are told */

	LITERALS = 256,
	SLOTS = 30, /* of distances within 32 KiB */
	MAIN_SYMBOLS = LITERALS + SLOTS * 8,
	LENGTH_SYMBOLS = 249,
	ALIGNED_SYMBOLS = 8,
	PRE_SYMBOLS = 20,
	RECENT = 3, /* distances that are remembered: the first slots */
	DISTANCE_LESS = 2,
	LENGTH_MORE = 7,
	MATCH_LEAST = 2,

	CALL = 0xe8,
	CALL_MARGIN = 10,      /* bytes at the end where no call is looked for */
	CALL_REACH = 12000000, /* the file size that WIM has for every chunk */
};

struct lzx {
	struct bits bits;
	uint8_t *out;
	size_t done, n;
	uint32_t recent[RECENT];
	uint8_t main_lengths[MAIN_SYMBOLS], length_lengths[LENGTH_SYMBOLS]; /* each block's, as changes to the last */
	struct huffman main, length, aligned;
};

/* How many lengths a symbol of the pre-code stands for, and which; false for a symbol that cannot be. */
static bool
take_run(struct lzx *z, const struct huffman *pre, int symbol, unsigned *ret_times, int *ret_symbol)
{
	*ret_times = 1;
	*ret_symbol = symbol;
	if (symbol == 17)
		*ret_times = 4 + bits_take(&z->bits, 4);
	else if (symbol == 18)
		*ret_times = 20 + bits_take(&z->bits, 5);
	else if (symbol == 19) {
		*ret_times = 4 + bits_take(&z->bits, 1);
		*ret_symbol = huffman_next(pre, &z->bits);
		return *ret_symbol >= 0 && *ret_symbol < 17;
	}
	return symbol >= 0;
}

/* Code lengths, packed themselves: as differences modulo 17 to those of the block before. */
static bool
take_lengths(struct lzx *z, uint8_t *lengths, unsigned n)
{
	uint8_t pre_lengths[PRE_SYMBOLS];
	struct huffman pre;

	for (unsigned i = 0; i < PRE_SYMBOLS; i++)
		pre_lengths[i] = (uint8_t)bits_take(&z->bits, 4);
	if (!huffman_make(pre_lengths, PRE_SYMBOLS, &pre))
		return false;
	for (unsigned i = 0; i < n;) {
		unsigned times;
		int symbol;

		if (!take_run(z, &pre, huffman_next(&pre, &z->bits), &times, &symbol) || bits_ran_out(&z->bits))
			return false;
		for (uint8_t from = lengths[i]; times && i < n; times--, i++)
			lengths[i] = symbol < 17 ? (uint8_t)((from + 17 - symbol) % 17) : 0;
	}
	return true;
}

static bool
take_codes(struct lzx *z, unsigned type)
{
	uint8_t aligned[ALIGNED_SYMBOLS];

	for (unsigned i = 0; type == BLOCK_ALIGNED && i < ALIGNED_SYMBOLS; i++)
		aligned[i] = (uint8_t)bits_take(&z->bits, 3);
	if (type == BLOCK_ALIGNED && !huffman_make(aligned, ALIGNED_SYMBOLS, &z->aligned))
		return false;
	return take_lengths(z, z->main_lengths, LITERALS) &&
	       take_lengths(z, z->main_lengths + LITERALS, MAIN_SYMBOLS - LITERALS) &&
	       take_lengths(z, z->length_lengths, LENGTH_SYMBOLS) &&
	       huffman_make(z->main_lengths, MAIN_SYMBOLS, &z->main) &&
	       huffman_make(z->length_lengths, LENGTH_SYMBOLS, &z->length);
}

/* The distance that a slot stands for: 0, 1, 2, 3, then two slots for every power of two. */
static uint32_t
slot_base(unsigned slot)
{
	return slot < 4 ? slot : (uint32_t)(2 + slot % 2) << (slot / 2 - 1);
}

static bool
take_distance(struct lzx *z, unsigned slot, unsigned type, uint32_t *ret_distance)
{
	unsigned extra = slot < 4 ? 0 : slot / 2 - 1;
	uint32_t distance = slot_base(slot);
	int low = 0;

	if (slot < RECENT) {
		*ret_distance = z->recent[slot];
		z->recent[slot] = z->recent[0];
		z->recent[0] = *ret_distance;
		return true;
	}
	if (type == BLOCK_ALIGNED && extra >= 3) {
		distance += bits_take(&z->bits, extra - 3) << 3;
		low = huffman_next(&z->aligned, &z->bits);
	} else {
		distance += bits_take(&z->bits, extra);
	}
	*ret_distance = distance + (uint32_t)low - DISTANCE_LESS;
	z->recent[2] = z->recent[1];
	z->recent[1] = z->recent[0];
	z->recent[0] = *ret_distance;
	return low >= 0;
}

static bool
take_match(struct lzx *z, unsigned symbol, unsigned type, size_t end)
{
	size_t length = symbol % 8;
	uint32_t distance;

	if (length == LENGTH_MORE) {
		int more = huffman_next(&z->length, &z->bits);

		if (more < 0)
			return false;
		length += (size_t)more;
	}
	return take_distance(z, symbol / 8, type, &distance) &&
	       copy_back(z->out, &z->done, end, distance, length + MATCH_LEAST);
}

static bool
packed_block(struct lzx *z, unsigned type, size_t end)
{
	if (!take_codes(z, type))
		return false;
	while (z->done < end) {
		int symbol = huffman_next(&z->main, &z->bits);

		if (symbol < 0 || bits_ran_out(&z->bits))
			return false;
		if (symbol < LITERALS)
			z->out[z->done++] = (uint8_t)symbol;
		else if (!take_match(z, (unsigned)symbol - LITERALS, type, end))
			return false;
	}
	return !bits_ran_out(&z->bits);
}

/* Begins at the next word; where the bits end with one, a whole word is left out. An odd length is filled up. */
static bool
stored_block(struct lzx *z, size_t end)
{
	struct bits *b = &z->bits;
	size_t n = end - z->done;

	bits_need(b, 1);
	bits_take(b, b->have % 16 ? b->have % 16 : 16);
	if (b->beyond)
		return false;
	b->p -= b->have / 8;
	b->have = 0;
	b->hold = 0;
	if ((size_t)(b->end - b->p) < sizeof(le32) * RECENT + n)
		return false;
	for (unsigned i = 0; i < RECENT; i++, b->p += sizeof(le32))
		z->recent[i] = le32_get(*(const le32 *)b->p);
	memcpy(z->out + z->done, b->p, n);
	z->done = end;
	b->p += n;
	if (n % 2 && b->p < b->end)
		b->p++;
	return true;
}

static bool
take_block(struct lzx *z)
{
	unsigned type = bits_take(&z->bits, 3);
	size_t size = bits_take(&z->bits, 1) ? BLOCK_USUAL : bits_take(&z->bits, 16);

	if (!size || size > z->n - z->done || bits_ran_out(&z->bits))
		return false;
	switch (type) {
	case BLOCK_VERBATIM:
	case BLOCK_ALIGNED:
		return packed_block(z, type, z->done + size);
	case BLOCK_STORED:
		return stored_block(z, z->done + size);
	default:
		return false;
	}
}

static void
put_le32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* Calls got the place they lead to instead of the way there, so that calls of one function look the same. */
static void
undo_calls(uint8_t *out, size_t n)
{
	for (size_t i = 0; n > CALL_MARGIN && i < n - CALL_MARGIN; i++) {
		int32_t target;

		if (out[i] != CALL)
			continue;
		target = (int32_t)le32_get(*(const le32 *)(out + i + 1));
		if (target >= 0 && target < CALL_REACH)
			put_le32(out + i + 1, (uint32_t)target - (uint32_t)i);
		else if (target < 0 && target >= -(int32_t)i)
			put_le32(out + i + 1, (uint32_t)target + CALL_REACH);
		i += sizeof(le32);
	}
}

int
lzx_unpack(struct view packed, uint8_t *out, size_t n)
{
	struct lzx z = { .bits = bits_of(packed), .out = out, .n = n, .recent = { 1, 1, 1 } };

	if (n > LZX_CHUNK)
		return -EINVAL;
	while (z.done < n)
		if (!take_block(&z))
			return -EINVAL;
	undo_calls(out, n);
	return 0;
}

/* xpress.c - unpacks XPRESS with Huffman codes ([MS-XCA] 2.2): 512 code lengths, then literals and matches. */
#include <errno.h>

#include "huffman.h"
#include "unpack.h"

enum {
	SYMBOLS = 512, /* 256 literals, then matches: 4 bits that tell the distance's length, 4 bits of length */
	LENGTHS = SYMBOLS / 2,
	LENGTH_MORE = 15, /* the length goes on in the next byte, */
	BYTE_MORE = 255,  /* or in two bytes behind it */
	MATCH_LEAST = 3,
};

/* The rest of a length stands among the words as bytes, behind those that were taken into hold. */
static bool
more_length(struct bits *b, size_t *length)
{
	if (b->end - b->p < 1)
		return false;
	*length += *b->p++;
	if (*length < LENGTH_MORE + BYTE_MORE)
		return true;
	if (b->end - b->p < 2)
		return false;
	*length = (size_t)(b->p[0] | b->p[1] << 8);
	b->p += 2;
	return *length >= LENGTH_MORE;
}

static bool
take_match(struct bits *b, unsigned symbol, uint8_t *out, size_t *done, size_t n)
{
	unsigned distance_bits = symbol >> 4 & 15;
	size_t length = symbol & 15, distance;

	bits_need(b, 16);
	distance = (size_t)1 << distance_bits | bits_take(b, distance_bits);
	if (length == LENGTH_MORE && !more_length(b, &length))
		return false;
	return copy_back(out, done, n, distance, length + MATCH_LEAST);
}

int
xpress_unpack(struct view packed, uint8_t *out, size_t n)
{
	struct bits b = bits_of(view_from(packed, LENGTHS));
	uint8_t lengths[SYMBOLS];
	struct huffman code;
	size_t done = 0;

	if (packed.n < LENGTHS)
		return -EINVAL;
	for (unsigned i = 0; i < LENGTHS; i++) {
		lengths[2 * i] = packed.p[i] & 15;
		lengths[2 * i + 1] = packed.p[i] >> 4;
	}
	if (!huffman_make(lengths, SYMBOLS, &code))
		return -EINVAL;
	while (done < n) {
		int symbol = huffman_next(&code, &b);

		if (symbol < 0 || bits_ran_out(&b))
			return -EINVAL;
		if (symbol < 256)
			out[done++] = (uint8_t)symbol;
		else if (!take_match(&b, (unsigned)symbol, out, &done, n))
			return -EINVAL;
	}
	return bits_ran_out(&b) ? -EINVAL : 0;
}

/* huffman.c - canonical Huffman codes: shorter ones come first, and those of one length in order of their symbols. */
#include "huffman.h"

/* Every way to go on behind a short code leads to its symbol. */
static void
fill_fast(struct huffman *code, unsigned symbol, unsigned length, unsigned value)
{
	unsigned spare = HUFFMAN_FAST - length;

	for (unsigned i = value << spare; i < (value + 1) << spare; i++)
		code->fast[i] = (uint16_t)(symbol << 4 | length);
}

bool
huffman_make(const uint8_t *lengths, unsigned symbols, struct huffman *code)
{
	unsigned next = 0, index = 0;
	int left = 1;

	memset(code, 0, sizeof(*code));
	for (unsigned s = 0; s < symbols; s++)
		code->count[lengths[s]]++;
	code->count[0] = 0;
	for (unsigned length = 1; length <= HUFFMAN_LONGEST; length++) {
		left = left * 2 - code->count[length];
		if (left < 0)
			return false;
		code->first[length] = (uint16_t)next;
		code->index[length] = (uint16_t)index;
		for (unsigned s = 0; code->count[length] && s < symbols; s++) {
			if (lengths[s] != length)
				continue;
			if (length <= HUFFMAN_FAST)
				fill_fast(code, s, length, next);
			code->sorted[index++] = (uint16_t)s;
			next++;
		}
		next <<= 1;
	}
	return !left || !index;
}

int
huffman_next(const struct huffman *code, struct bits *b)
{
	unsigned look, entry;

	bits_need(b, HUFFMAN_LONGEST);
	look = (unsigned)(b->hold >> (64 - HUFFMAN_LONGEST));
	entry = code->fast[look >> (HUFFMAN_LONGEST - HUFFMAN_FAST)];
	if (entry) {
		b->hold <<= entry & 15;
		b->have -= entry & 15;
		return (int)(entry >> 4);
	}
	for (unsigned length = HUFFMAN_FAST + 1; length <= HUFFMAN_LONGEST; length++) {
		unsigned place = (look >> (HUFFMAN_LONGEST - length)) - code->first[length];

		if (place >= code->count[length])
			continue;
		b->hold <<= length;
		b->have -= length;
		return code->sorted[code->index[length] + place];
	}
	return -1;
}

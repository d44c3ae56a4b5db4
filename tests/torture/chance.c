/* chance.c - numbers that look random and are the same for the same seed, and those that parsers trip over. */
#include "torture.h"

/* splitmix64, by Sebastiano Vigna (public domain). */
uint64_t
chance_next(struct chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t
chance_below(struct chance *c, uint64_t n)
{
	return n ? chance_next(c) % n : 0;
}

bool
chance_one_in(struct chance *c, uint64_t n)
{
	return !chance_below(c, n);
}

uint64_t
chance_hostile(struct chance *c, uint64_t was, unsigned bytes)
{
	const unsigned bits = bytes * 8;
	const uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	uint64_t value;

	switch (chance_below(c, 9)) {
	case 0:
		value = 0;
		break;
	case 1:
		value = mask;
		break;
	case 2:
		value = mask >> 1;
		break;
	case 3:
		value = (mask >> 1) + 1;
		break;
	case 4:
		value = was ^ UINT64_C(1) << chance_below(c, bits);
		break;
	case 5:
		value = was + 1 + chance_below(c, 16);
		break;
	case 6:
		value = was - 1 - chance_below(c, 16);
		break;
	case 7:
		value = was << 1 | chance_below(c, 2);
		break;
	default:
		value = chance_next(c);
		break;
	}
	return value & mask;
}

uint64_t
get(const uint8_t *p, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

void
put(uint8_t *p, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

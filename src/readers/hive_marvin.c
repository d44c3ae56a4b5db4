/*
 * hive_marvin.c - Marvin32, the hash that Windows keeps with each entry of a registry log, under the seed that it uses
 * for them (M. Suhanov's "Windows registry file format specification", log entries).
 */
#include "hive_own.h"

static uint32_t
turn(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void
mix(struct marvin *m, uint32_t word)
{
	m->low += word;
	m->high ^= m->low;
	m->low = turn(m->low, 20) + m->high;
	m->high = turn(m->high, 9) ^ m->low;
	m->low = turn(m->low, 27) + m->high;
	m->high = turn(m->high, 19);
}

struct marvin
marvin_start(void)
{
	return (struct marvin){ .low = 0x7a4e55c5, .high = 0x82ef4d88 };
}

void
marvin_add(struct marvin *m, struct view words)
{
	for (size_t i = 0; view_has(words, i, sizeof(le32)); i += sizeof(le32))
		mix(m, le32_get(*VIEW_AT(words, i, le32)));
}

/* What is hashed here is whole words, so nothing but the end mark is left to be mixed in. */
uint64_t
marvin_end(struct marvin *m)
{
	mix(m, 0x80);
	mix(m, 0);
	return (uint64_t)m->high << 32 | m->low;
}

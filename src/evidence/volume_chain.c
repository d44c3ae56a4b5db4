/* volume_chain.c - the chain of tables within an extended DOS partition: whether it goes round, breaks off or is too
 * long. libtsk follows such a chain as far as it can and says nothing of where it stopped. */
#include "volume_own.h"

enum {
	SECTOR = 512,
	ENTRIES = 446, /* four of 16 bytes */
	LINKS_MAX = 1024,
};

static bool
is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* Where the first extended entry of a table leads, in sectors from the base of the chain. */
static bool
link_of(const uint8_t *sector, uint32_t *ret_link)
{
	for (int i = 0; i < 4; i++) {
		const uint8_t *entry = sector + ENTRIES + 16 * i;

		*ret_link = le32_get(*(const le32 *)(entry + 8));
		if (is_extended(entry[4]) && le32_get(*(const le32 *)(entry + 12)))
			return true;
	}
	return false;
}

static bool
seen(const uint64_t *places, size_t n, uint64_t place)
{
	for (size_t i = 0; i < n; i++)
		if (places[i] == place)
			return true;
	return false;
}

/* One chain, from its first table on. */
static int
follow(const struct search *s, uint64_t base, uint32_t sector_size)
{
	uint64_t places[LINKS_MAX], at = base;
	uint8_t sector[SECTOR];

	for (size_t n = 0; n < LINKS_MAX; n++) {
		uint32_t link;
		ssize_t got = source_read(s->media, at, sector, sizeof(sector));

		if (got < 0)
			return (int)got;
		if (got < SECTOR || sector[510] != 0x55 || sector[511] != 0xaa)
			return search_damage(
				s, at, "the chain of extended partitions breaks off: no table lies where it leads");
		places[n] = at;
		if (!link_of(sector, &link))
			return 0;
		at = base + (uint64_t)link * sector_size;
		if (seen(places, n + 1, at))
			return search_damage(s, at, "the chain of extended partitions goes round");
	}
	return search_damage(s, at, "the chain of extended partitions is longer than any may be: the rest is left out");
}

int
chain_check(const struct search *s, uint32_t sector_size)
{
	uint8_t sector[SECTOR];
	ssize_t got = source_read(s->media, 0, sector, sizeof(sector));
	int r = got < 0 ? (int)got : 0;

	for (int i = 0; i < 4 && got == SECTOR && r == 0; i++) {
		const uint8_t *entry = sector + ENTRIES + 16 * i;
		uint64_t base = (uint64_t)le32_get(*(const le32 *)(entry + 8)) * sector_size;

		if (is_extended(entry[4]) && base && base < s->media->size)
			r = follow(s, base, sector_size);
	}
	return r;
}

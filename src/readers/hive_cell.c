/* hive_cell.c - the bins of a registry hive and the cells in them. */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

int
bits_start(struct bits *bits, uint64_t n)
{
	bits->words = calloc((size_t)(n / 64 + 1), sizeof(*bits->words));
	bits->n = (size_t)n;
	return bits->words ? 0 : -ENOMEM;
}

void
bits_clear(struct bits *bits)
{
	memset(bits->words, 0, (bits->n / 64 + 1) * sizeof(*bits->words));
}

bool
bits_get(const struct bits *bits, uint64_t i)
{
	return i < bits->n && bits->words[i / 64] >> (i % 64) & 1;
}

bool
bits_set(struct bits *bits, uint64_t i)
{
	if (i >= bits->n || bits_get(bits, i))
		return false;
	bits->words[i / 64] |= UINT64_C(1) << (i % 64);
	return true;
}

/* The size of the bin that starts here, 0 when none does. */
static int
bin_at(struct hive *h, uint32_t at, uint32_t *ret_size)
{
	struct disk_bin bin;
	int r = hive_read(h, at, &bin, sizeof(bin));

	*ret_size = 0;
	if (r < 0 || memcmp(bin.signature, "hbin", 4) || le32_get(bin.offset) != at)
		return r == -ENODATA ? 0 : r;
	*ret_size = le32_get(bin.size);
	return 0;
}

/*
 * Notes where bins start. Behind a header that is damaged the next page with a good one is looked for; until there the
 * cells are as they are.
 */
int
hive_bins(struct hive *h)
{
	uint32_t at = 0, size;
	bool lost = false;
	int r = 0;

	while (at < h->bytes && r >= 0) {
		r = bin_at(h, at, &size);
		if (r < 0)
			return r;
		if (size < BIN_UNIT || size % BIN_UNIT || size > h->bytes - at) {
			if (!lost || size)
				r = hive_damage(h, at,
						size ? "the size of a hive bin cannot be right"
						     : "a hive bin has no header of its own");
			if (size)
				bits_set(&h->bins, at / BIN_UNIT);
			lost = true;
			size = h->bytes - at < BIN_UNIT ? h->bytes - at : BIN_UNIT;
		} else {
			bits_set(&h->bins, at / BIN_UNIT);
			lost = false;
		}
		at += size;
	}
	return r;
}

uint32_t
hive_bin_end(const struct hive *h, uint32_t at)
{
	uint32_t unit = at / BIN_UNIT + 1, units = (h->bytes + BIN_UNIT - 1) / BIN_UNIT;

	while (unit < units && !bits_get(&h->bins, unit)) {
		if (!(unit % 64) && unit + 64 <= units && !h->bins.words[unit / 64])
			unit += 64;
		else
			unit++;
	}
	return unit < units ? unit * BIN_UNIT : h->bytes;
}

int
hive_cell(struct hive *h, uint32_t at, struct cell *ret)
{
	uint32_t size, room;
	le32 raw;
	int r;

	if (at % CELL_UNIT || at >= h->bytes || h->bytes - at < CELL_UNIT)
		return 0;
	r = hive_read(h, at, &raw, sizeof(raw));
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	size = le32_get(raw);
	*ret = (struct cell){ .at = at, .used = size >> 31 };
	if (ret->used)
		size = 0 - size;
	if (size < CELL_UNIT || size % CELL_UNIT || size > h->bytes - at)
		return 0;
	room = hive_bin_end(h, at) - at;
	ret->size = (size < room ? size : room) - (uint32_t)sizeof(raw);
	return 1;
}

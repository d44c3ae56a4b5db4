/*
 * hive_vector.c - the logs of a registry hive up to Windows 8 and Server 2012: a map of its dirty sectors, and the
 * sectors. They fit one state of the hive and no other.
 */
#include <errno.h>

#include "hive_own.h"

enum {
	TYPE_LOG = 1,
	TYPE_LOG_OLD = 2,
};

/* When the hive was written last by the header of its first bin: what is left of that when the base block is lost. */
static int
bin_time(struct hive *h, uint64_t *ret)
{
	struct disk_bin bin;
	int r = source_read_all(h->primary, BASE_BLOCK, &bin, sizeof(bin));

	*ret = r == 0 && !memcmp(bin.signature, "hbin", 4) ? le64_get(bin.written) : 0;
	return r == -ENODATA ? 0 : r;
}

/* The pages of a dirty vector, those that follow each other as one. 1, 0 when the log is too short, or negative. */
static int
read_vector(struct hive *h, uint32_t log, uint64_t at, const struct disk_base *own)
{
	struct source *src = h->logs[log].source;
	uint32_t sectors = le32_get(own->bytes) / SECTOR;
	uint64_t map = at + 4, data = (map + (sectors + 7) / 8 + at - 1) / at * at; /* at: the size of a sector */
	uint8_t byte = 0;
	int r = 0;

	for (uint32_t i = 0; i < sectors; i++) {
		struct page *last = h->pages.n ? &h->pages.at[h->pages.n - 1] : NULL;

		if (i % 8 == 0 && (r = source_read_all(src, map + i / 8, &byte, 1)) < 0)
			break;
		if (!(byte >> (i % 8) & 1))
			continue;
		if (src->size < SECTOR || data > src->size - SECTOR)
			return 0;
		if (last && last->offset + last->size == i * SECTOR)
			last->size += SECTOR;
		else if (h->pages.n == HIVE_PAGES_MAX)
			return 0;
		else
			r = hive_log_page(
				h, (struct page){ .offset = i * SECTOR, .size = SECTOR, .at = data, .log = log });
		if (r < 0)
			return r;
		data += SECTOR;
	}
	return r == -ENODATA ? 0 : r < 0 ? r : 1;
}

static int
apply_vector(struct hive *h, uint32_t log, uint64_t at, const struct disk_base *own)
{
	int r = read_vector(h, log, at, own);

	if (r < 0)
		return r;
	if (!r) {
		h->pages.n = 0;
		return hive_log_damage(h, log, at, "the dirty pages of a log are not all there: none of them is used");
	}
	h->bytes = le32_get(own->bytes);
	h->state.log = log;
	h->state.from = h->state.to = le32_get(own->second);
	h->state.replay = HIVE_REPLAYED;
	return 1;
}

/* The log with pages that was written for the very state that the hive is in; the newer one where two were. */
int
hive_replay_vector(struct hive *h, struct disk_base *base, bool base_sound)
{
	uint64_t written = le64_get(base->written), where = 0, best_at = 0;
	struct disk_base own, best = { 0 };
	uint32_t best_log = 0;
	bool found = false;
	int r = base_sound ? 0 : bin_time(h, &written);

	for (uint32_t log = 0; log < h->log_count && r >= 0; log++) {
		r = hive_log_base(h, log, &own);
		if (r != 1 || (le32_get(own.type) != TYPE_LOG && le32_get(own.type) != TYPE_LOG_OLD))
			continue;
		r = hive_log_second(h, log, "DIRT", &where);
		if (r != 1 || le32_get(own.first) != le32_get(own.second) || le64_get(own.written) != written ||
		    le32_get(own.bytes) > HIVE_BYTES_MAX || (found && le32_get(own.first) <= le32_get(best.first)))
			continue;
		best = own;
		best_log = log;
		best_at = where;
		found = true;
	}
	if (r < 0 || !found)
		return r < 0 ? r : 0;
	r = apply_vector(h, best_log, best_at, &best);
	if (r == 1 && !base_sound)
		*base = best;
	return r;
}

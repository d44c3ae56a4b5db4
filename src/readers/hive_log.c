/*
 * hive_log.c - the transaction logs of a registry hive: what Windows had written there and not yet into the hive, and
 * by its own rules which of it belongs to the hive as it lies there.
 */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { CLUSTERING_MAX = 8 };

static uint32_t
checksum(const struct disk_base *base)
{
	struct view bytes = view_of(base, BASE_SUMMED);
	uint32_t sum = 0;

	for (size_t i = 0; i < BASE_SUMMED; i += sizeof(le32))
		sum ^= le32_get(*VIEW_AT(bytes, i, le32));
	return sum == UINT32_MAX ? UINT32_MAX - 1 : sum ? sum : 1;
}

int
hive_log_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for the logs of registry hive %s", h->primary->name);
}

int
hive_log_damage(struct hive *h, uint32_t log, uint64_t at, const char *why)
{
	return sink_damage(h->logs[log].out, at, why);
}

bool
hive_sound(const struct disk_base *base)
{
	return !memcmp(base->signature, "regf", 4) && checksum(base) == le32_get(base->checksum);
}

/* The summary that a log begins with: 1, 0 when it is none, or negative. One that was never written begins with zeros.
 */
int
hive_log_base(struct hive *h, uint32_t log, struct disk_base *ret)
{
	struct source *src = h->logs[log].source;
	int r;

	if (!src || !src->size)
		return 0;
	r = source_read_all(src, 0, ret, sizeof(*ret));
	if (r == 0 && hive_sound(ret))
		return 1;
	return r < 0 && r != -ENODATA ? r : 0;
}

/* Where the second sector of a log is: at 512, or where sectors are larger, there. */
int
hive_log_second(struct hive *h, uint32_t log, const char *signature, uint64_t *ret_at)
{
	uint8_t found[4];

	for (uint64_t at = SECTOR; at <= CLUSTERING_MAX * SECTOR; at *= 2) {
		int r = source_read_all(h->logs[log].source, at, found, sizeof(found));

		if (r < 0)
			return r == -ENODATA ? 0 : r;
		if (!memcmp(found, signature, sizeof(found))) {
			*ret_at = at;
			return 1;
		}
	}
	return 0;
}

/* ---- pages ---- */

int
hive_log_page(struct hive *h, struct page page)
{
	struct page *at = h->pages.n < HIVE_PAGES_MAX ? vector_push(&h->pages) : NULL;

	if (!at)
		return hive_log_memory(h);
	*at = page;
	return 0;
}

/* Later pages lie over earlier ones. */
static int
spread(struct hive *h)
{
	uint32_t sectors = (h->bytes + SECTOR - 1) / SECTOR;

	h->sectors = calloc((size_t)sectors + 1, sizeof(*h->sectors));
	if (!h->sectors)
		return hive_log_memory(h);
	for (size_t i = 0; i < h->pages.n; i++) {
		const struct page *page = &h->pages.at[i];

		for (uint32_t at = 0; at < page->size && page->offset + at < h->bytes; at += SECTOR)
			h->sectors[(page->offset + at) / SECTOR] = (uint32_t)i + 1;
	}
	for (uint32_t i = 0; i < sectors; i++)
		h->state.replayed += h->sectors[i] ? SECTOR : 0;
	return 0;
}

/* Entries prove themselves by their hashes; dirty pages have nothing but the base block. */
static int
tell_bases(struct hive *h)
{
	for (uint32_t log = 0; log < h->log_count; log++) {
		struct disk_base own = { 0 };
		int r = hive_log_base(h, log, &own);

		if (r >= 0 && h->logs[log].source && source_trust(h->logs[log].source, 0, h->logs[log].source->size))
			r = hive_log_damage(h, log, 0, "part of a log is missing or lies where the image is damaged");
		else if (r == 0 && (own.signature[0] || own.signature[1]))
			r = hive_log_damage(
				h, log, 0,
				"the base block of a log is damaged: nothing but entries with hashes is used of it");
		if (r < 0)
			return r;
	}
	return 0;
}

int
hive_replay(struct hive *h, struct disk_base *base)
{
	bool base_sound = hive_sound(base), dirty = !base_sound || le32_get(base->first) != le32_get(base->second);
	int r = tell_bases(h);

	if (r == 0)
		r = hive_replay_entries(h, base, base_sound, dirty);
	if (!dirty || r < 0)
		return r < 0 ? r : 0;
	if (!r)
		r = hive_replay_vector(h, base, base_sound);
	if (r < 0)
		return r;
	if (h->pages.n)
		return spread(h);
	if (h->state.replay == HIVE_CLEAN)
		h->state.replay = HIVE_LEFT_DIRTY;
	return 0;
}

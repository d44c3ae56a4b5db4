/*
 * hive_bytes.c - the bytes of a registry hive: those of its file, and in their place those that its logs still had to
 * write. A part of them is kept in memory, so that a hive of any size can be gone through in any order.
 */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { BLOCK = 16 << 10, SLOTS_MAX = HIVE_CACHE_BYTES / BLOCK };

int
hive_bytes_start(struct hive *h)
{
	h->slot_of = calloc(h->reach / BLOCK + 1, sizeof(*h->slot_of));
	return h->slot_of ? 0 : fail(ENOMEM, "out of memory for registry hive %s", h->primary->name);
}

void
hive_bytes_free(struct hive *h)
{
	for (size_t i = 0; i < h->slots.n; i++)
		free(h->slots.at[i].bytes);
	vector_free(&h->slots);
	vector_free(&h->pages);
	free(h->slot_of);
	free(h->sectors);
}

/* The page that a sector is read from, and how many bytes from `at` on it gives. */
static const struct page *
page_at(const struct hive *h, uint32_t at, uint32_t *ret_room)
{
	uint32_t number = h->sectors && at < h->bytes ? h->sectors[at / SECTOR] : 0, end = at - at % SECTOR + SECTOR;

	while (h->sectors && end < h->bytes && h->sectors[end / SECTOR] == number)
		end += SECTOR;
	*ret_room = end - at;
	return number ? &h->pages.at[number - 1] : NULL;
}

/* Lays what the logs hold for [at, at + n) over it. */
static int
overlay(struct hive *h, uint32_t at, uint8_t *buf, uint32_t n)
{
	uint32_t done = 0, room;

	while (h->sectors && done < n && at + done < h->bytes) {
		const struct page *page = page_at(h, at + done, &room);
		int r = 0;

		if (room > n - done)
			room = n - done;
		if (page)
			r = source_read_all(h->logs[page->log].source, page->at + (at + done - page->offset),
					    buf + done, room);
		if (r < 0)
			return r;
		done += room;
	}
	return 0;
}

static int
load(struct hive *h, uint32_t block, uint8_t *buf)
{
	uint32_t at = block * BLOCK, n = h->reach - at < BLOCK ? h->reach - at : BLOCK;
	ssize_t r = source_read(h->primary, BASE_BLOCK + (uint64_t)at, buf, n);

	if (r < 0)
		return (int)r;
	memset(buf + r, 0, BLOCK - (size_t)r);
	return overlay(h, at, buf, n);
}

/* A slot for another block: a new one while there may be more, else one that was not asked for lately. */
static struct slot *
spare_slot(struct hive *h)
{
	struct slot *slot;

	if (h->slots.n < SLOTS_MAX) {
		uint8_t *bytes = malloc(BLOCK);

		slot = bytes ? vector_push(&h->slots) : NULL;
		if (!slot)
			free(bytes);
		else
			*slot = (struct slot){ .block = UINT32_MAX, .bytes = bytes };
		return slot;
	}
	for (;; h->slots.at[h->hand].used = false) {
		h->hand = (h->hand + 1) % h->slots.n;
		slot = &h->slots.at[h->hand];
		if (!slot->used)
			break;
	}
	if (slot->block != UINT32_MAX)
		h->slot_of[slot->block] = 0;
	slot->block = UINT32_MAX;
	return slot;
}

static int
block_at(struct hive *h, uint32_t block, const uint8_t **ret_bytes)
{
	struct slot *slot;
	int r;

	if (!h->slot_of[block]) {
		slot = spare_slot(h);
		if (!slot)
			return fail(ENOMEM, "out of memory for registry hive %s", h->primary->name);
		r = load(h, block, slot->bytes);
		if (r < 0)
			return r;
		slot->block = block;
		h->slot_of[block] = (uint16_t)(slot - h->slots.at + 1);
	}
	slot = &h->slots.at[h->slot_of[block] - 1];
	slot->used = true;
	*ret_bytes = slot->bytes;
	return 0;
}

int
hive_read(struct hive *h, uint64_t at, void *buf, size_t n)
{
	uint8_t *to = buf;

	if (at > h->reach || n > h->reach - at)
		return -ENODATA;
	while (n) {
		size_t from = at % BLOCK, part = n < BLOCK - from ? n : BLOCK - from;
		const uint8_t *bytes = NULL;
		int r = block_at(h, (uint32_t)(at / BLOCK), &bytes);

		if (r < 0)
			return r;
		memcpy(to, bytes + from, part);
		to += part;
		at += part;
		n -= part;
	}
	return 0;
}

int
hive_origin(const struct hive *h, uint64_t offset, uint64_t n, uint64_t *ret_offset)
{
	uint64_t at = offset >= BASE_BLOCK ? offset - BASE_BLOCK : 0, end = at + n;

	while (h->sectors && at < end && at < h->bytes) {
		uint32_t room;
		const struct page *page = page_at(h, (uint32_t)at, &room);

		if (page) {
			*ret_offset = page->at + (at - page->offset);
			return (int)page->log;
		}
		at += room;
	}
	return -1;
}

int
hive_damage(struct hive *h, uint64_t at, const char *why)
{
	if (h->quiet || !bits_set(&h->told, at / CELL_UNIT))
		return 0;
	return sink_damage(h->out, BASE_BLOCK + at, why);
}

/*
 * hive.c - a registry hive as Windows would have found it at its next start: the file, and what its logs still had to
 * write into it.
 */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { TRUST_STEP = 64 << 10 };

static int
out_of_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for registry hive %s", h->primary->name);
}

/* What the base block says, whether or not it can be believed. */
static int
read_base(struct hive *h, struct disk_base *base)
{
	struct hive_state *state = &h->state;
	ssize_t n = source_read(h->primary, 0, base, sizeof(*base));

	if (n < 0)
		return (int)n;
	memset((uint8_t *)base + n, 0, sizeof(*base) - (size_t)n);
	state->sound = hive_sound(base);
	state->first = le32_get(base->first);
	state->second = le32_get(base->second);
	state->written = le64_get(base->written);
	return state->sound ? 0 : sink_damage(h->out, 0, "the base block of a registry hive is damaged");
}

/* Windows notes where the file lay: the tail of that path. */
static int
read_title(struct hive *h, const struct disk_base *base)
{
	struct view name = view_of(base->name, sizeof(base->name));
	size_t n = 0;

	while (n < name.n && (name.p[n] || name.p[n + 1]))
		n += 2;
	if (memcmp(base->signature, "regf", 4))
		n = 0;
	if (text_add_utf16(&h->title, view_part(name, 0, n)) < 0 || text_adds(&h->title, "") < 0)
		return out_of_memory(h);
	h->state.name = h->title.s;
	return 0;
}

/* How many bytes of bins there are, by the base block, by the logs, and by what is there. */
static int
measure(struct hive *h, const struct disk_base *base)
{
	uint64_t there = h->primary->size > BASE_BLOCK ? h->primary->size - BASE_BLOCK : 0;
	int r = 0;

	if (there > HIVE_BYTES_MAX) {
		r = sink_damage(h->out, BASE_BLOCK + (uint64_t)HIVE_BYTES_MAX,
				"a registry hive is longer than any may be: the rest is left out");
		there = HIVE_BYTES_MAX;
	}
	if (r == 0 && h->state.replay != HIVE_REPLAYED && h->state.replay != HIVE_PARTLY) {
		h->bytes = h->state.sound ? le32_get(base->bytes) : (uint32_t)there;
		if (h->bytes > there) {
			r = sink_damage(h->out, h->primary->size, "a registry hive ends before its bins do");
			h->bytes = (uint32_t)there;
		}
	}
	h->bytes -= h->bytes % CELL_UNIT;
	h->reach = there > h->bytes ? (uint32_t)there : h->bytes;
	h->state.bytes = h->bytes;
	return r;
}

/* Where the image itself is damaged below the hive. */
static int
tell_trust(struct hive *h)
{
	uint64_t size =
		h->primary->size < BASE_BLOCK + (uint64_t)h->reach ? h->primary->size : BASE_BLOCK + (uint64_t)h->reach;
	bool before = false;
	int r = 0;

	if (!source_trust(h->primary, 0, size))
		return 0;
	for (uint64_t at = 0; at < size && r >= 0; at += TRUST_STEP) {
		bool bad = source_trust(h->primary, at, size - at < TRUST_STEP ? size : at + TRUST_STEP);

		if (bad && !before)
			r = sink_damage(h->out, at,
					"part of a registry hive is missing or lies where the image is damaged");
		before = bad;
	}
	return r;
}

static int
start_maps(struct hive *h)
{
	int r = hive_bytes_start(h);

	if (r < 0)
		return r;
	if (bits_start(&h->claimed, h->reach / CELL_UNIT + 1) < 0 ||
	    bits_start(&h->visited, h->reach / CELL_UNIT + 1) < 0 ||
	    bits_start(&h->told, h->reach / CELL_UNIT + 1) < 0 || bits_start(&h->bins, h->reach / BIN_UNIT + 64) < 0)
		return out_of_memory(h);
	return hive_bins(h);
}

/* Whether a cell holds the root: 1, 0 or negative. */
static int
root_at(struct hive *h, uint32_t at, bool flagged)
{
	struct hive_key key;
	struct cell cell;
	int r = hive_cell(h, at, &cell);

	if (r == 1)
		r = cell.used ? hive_key_at(h, &cell, &key) : 0;
	return r == 1 && flagged && !(key.flags & HIVE_KEY_ROOT) ? 0 : r;
}

/* The root, where the base block says, or else the first cell that calls itself one. */
static int
find_root(struct hive *h, const struct disk_base *base)
{
	uint32_t root = le32_get(base->root);
	int r = root_at(h, root, false);

	h->state.root = HIVE_NO_CELL;
	if (r == 0 && h->bytes)
		r = sink_damage(h->out, 36, "the root of a registry hive is not where its base block says");
	else if (r == 1) {
		h->state.root = root;
		return 0;
	}
	for (uint32_t at = 0; at < h->bytes && r == 0; at += CELL_UNIT) {
		r = root_at(h, at, true);
		if (r == 1)
			h->state.root = at;
	}
	return r < 0 ? r : 0;
}

int
hive_open(struct source *primary, struct sink *out, const struct hive_log *logs, size_t n, struct hive **ret_hive)
{
	CLEANUP(hive_close) struct hive *h = calloc(1, sizeof(*h));
	struct disk_base base;
	int r;

	if (!h)
		return fail(ENOMEM, "out of memory for registry hive %s", primary->name);
	h->primary = primary;
	h->out = out;
	h->log_count = n < HIVE_LOGS ? n : HIVE_LOGS;
	for (size_t i = 0; i < h->log_count; i++)
		h->logs[i] = logs[i];
	upcase_default(&h->fold);
	r = read_base(h, &base);
	if (r == 0)
		r = hive_replay(h, &base);
	if (r == 0)
		r = read_title(h, &base);
	if (r == 0)
		r = measure(h, &base);
	if (r == 0)
		r = tell_trust(h);
	if (r == 0)
		r = start_maps(h);
	h->state.major = le32_get(base.major);
	h->state.minor = le32_get(base.minor);
	if (r == 0)
		r = find_root(h, &base);
	if (r < 0)
		return r;
	*ret_hive = TAKE(h);
	return 0;
}

struct hive *
hive_close(struct hive *h)
{
	if (!h)
		return NULL;
	hive_bytes_free(h);
	free(h->claimed.words);
	free(h->visited.words);
	free(h->told.words);
	free(h->bins.words);
	text_free(&h->name);
	text_free(&h->raw);
	text_free(&h->title);
	free(h);
	return NULL;
}

const struct hive_state *
hive_state(const struct hive *h)
{
	return &h->state;
}

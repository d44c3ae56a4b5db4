/*
 * hive_recover.c - what was deleted from a registry hive, or cut off from its root by damage: keys and values found in
 * cells that nothing leads to any more.
 */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum {
	FLAGS_KNOWN = 0x03ff,   /* of keys, with those for virtualisation (Windows Vista) */
	TYPE_MOST = 0x00ffffff, /* some writers keep types of their own above those of winnt.h */
	CENTURIES = 2,          /* times that can be are before the ticks of 2 << 56: 2057 */
};

struct recovery {
	struct hive *hive;
	hive_take_lost *take;
	void *state;
	bool values;       /* the second pass */
	struct bits taken; /* values that a key found has */
};

/* A stretch of cell space with what is known about it. */
struct stretch {
	uint32_t from, to;
	enum hive_place place;
};

static int
out_of_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for what was deleted from registry hive %s", h->primary->name);
}

/* ---- what could be one ---- */

/* Narrow names are printable; any name that was one has no backslash in it and no NUL. */
static bool
name_fits(struct view name, bool narrow)
{
	for (size_t i = 0; i < name.n; i += narrow ? 1 : 2) {
		uint32_t c = narrow ? name.p[i] : (uint32_t)(name.p[i] | name.p[i + 1] << 8);

		if (c < ' ' || c == 0x7f || (narrow && c == '\\'))
			return false;
	}
	return narrow || !(name.n % 2);
}

static bool
cell_fits(const struct hive *h, uint32_t at)
{
	return at == HIVE_NO_CELL || (!(at % CELL_UNIT) && at < h->reach);
}

/* Whether a key could lie in so many bytes: 1, 0, or negative. */
static int
key_fits(struct hive *h, uint32_t at, uint32_t room)
{
	uint8_t name[HIVE_NAME_UNITS * 2];
	struct disk_key d;
	uint16_t n, flags;
	bool narrow;
	int r;

	if (room < sizeof(d))
		return 0;
	r = hive_read(h, (uint64_t)at + 4, &d, sizeof(d));
	if (r < 0)
		return r;
	n = le16_get(d.name_size);
	flags = le16_get(d.flags);
	narrow = flags & HIVE_KEY_NARROW;
	if (memcmp(d.signature, "nk", 2) || flags & ~FLAGS_KNOWN || !n || n > room - sizeof(d) ||
	    n > (narrow ? HIVE_NAME_UNITS : sizeof(name)) || !le64_get(d.written) ||
	    le64_get(d.written) >> 56 >= CENTURIES || !cell_fits(h, le32_get(d.parent)) ||
	    le32_get(d.subkeys) > h->reach / sizeof(d) || le32_get(d.values) > h->reach / sizeof(struct disk_value))
		return 0;
	r = hive_read(h, (uint64_t)at + 4 + sizeof(d), name, n);
	return r < 0 ? r : name_fits(view_of(name, n), narrow);
}

static int
value_fits(struct hive *h, uint32_t at, uint32_t room)
{
	uint8_t name[HIVE_NAME_UNITS * 2];
	struct disk_value d;
	uint32_t size;
	uint16_t n;
	int r;

	if (room < sizeof(d))
		return 0;
	r = hive_read(h, (uint64_t)at + 4, &d, sizeof(d));
	if (r < 0)
		return r;
	n = le16_get(d.name_size);
	size = le32_get(d.size);
	if (memcmp(d.signature, "vk", 2) || n > room - sizeof(d) || n > sizeof(name) || le16_get(d.flags) > 3 ||
	    le32_get(d.type) > TYPE_MOST || (size >> 31 ? (size & INT32_MAX) > 4 : size > h->reach) ||
	    (size && !(size >> 31) && (le32_get(d.data) == HIVE_NO_CELL || !cell_fits(h, le32_get(d.data)))))
		return 0;
	r = hive_read(h, (uint64_t)at + 4 + sizeof(d), name, n);
	return r < 0 ? r : name_fits(view_of(name, n), le16_get(d.flags) & VALUE_NARROW);
}

/* ---- where it lay ---- */

/* The key that another one calls its parent, whatever became of it: 1, 0 or negative. */
static int
parent_of(struct hive *h, const struct hive_key *key, struct hive_key *ret)
{
	struct cell cell = { .at = key->parent };
	int r = key->parent == HIVE_NO_CELL || key->parent >= h->reach
			? 0
			: key_fits(h, key->parent, h->reach - key->parent - 4);

	if (r != 1)
		return r;
	cell.used = bits_get(&h->visited, key->parent / CELL_UNIT);
	cell.size = h->reach - key->parent - 4;
	return hive_key_at(h, &cell, ret);
}

/* The names from a key up to the root, or as far as parents are there; turned round at the end. */
static int
path_of(struct hive *h, const struct hive_key *key, struct text *path, bool *ret_whole)
{
	VECTOR(uint32_t) chain = { 0 };
	struct hive_key at = *key, above;
	int r = 1;

	*ret_whole = false;
	while (r == 1 && chain.n < HIVE_DEPTH_MAX && !*ret_whole) {
		uint32_t *cell = vector_push(&chain);

		if (!cell) {
			r = out_of_memory(h);
			break;
		}
		*cell = at.cell;
		r = at.parent == h->state.root ? 0 : parent_of(h, &at, &above);
		*ret_whole = at.parent == h->state.root;
		if (r == 1)
			at = above;
	}
	for (size_t i = chain.n; i > 0 && r >= 0; i--) {
		struct cell cell = { .at = chain.at[i - 1], .size = h->reach - chain.at[i - 1] - 4 };

		if (i < chain.n && text_addc(path, '\\') < 0)
			r = out_of_memory(h);
		if (i < chain.n || i > 1) /* a parent that is not live may be another key by now */
			*ret_whole &= i == 1 || bits_get(&h->visited, cell.at / CELL_UNIT);
		if (r >= 0)
			r = hive_key_at(h, &cell, &at);
		if (r >= 0 && text_add(path, view_of(at.name, at.name_size)) < 0)
			r = out_of_memory(h);
	}
	vector_free(&chain);
	return r < 0 ? r : 0;
}

/* ---- one of them ---- */

static int
note_value(void *state, const struct hive_value *value)
{
	struct recovery *rec = state;

	bits_set(&rec->taken, value->cell / CELL_UNIT);
	return 0;
}

static int
take_key(struct recovery *rec, const struct stretch *s, uint32_t at)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct hive *h = rec->hive;
	struct cell cell = { .at = at, .size = s->to - at - 4 };
	struct hive_key key;
	struct hive_lost lost = { .key = &key };
	int r = hive_key_at(h, &cell, &key);

	if (r != 1)
		return r;
	key.place = s->place;
	r = hive_values(h, &key, note_value, rec);
	if (r == 0)
		r = path_of(h, &key, &path, &lost.whole);
	if (r < 0)
		return r;
	lost.path = text_view(&path);
	return rec->take(rec->state, &lost);
}

static int
take_value(struct recovery *rec, const struct stretch *s, uint32_t at)
{
	struct cell cell = { .at = at, .size = s->to - at - 4 };
	struct hive_value value;
	struct hive_lost lost = { .value = &value };
	int r = bits_get(&rec->taken, at / CELL_UNIT) ? 0 : hive_value_at(rec->hive, &cell, &value);

	if (r != 1)
		return r;
	value.place = s->place;
	r = hive_judge_data(rec->hive, &value);
	return r < 0 ? r : rec->take(rec->state, &lost);
}

/* What begins at one place of a stretch. */
static int
look_at(struct recovery *rec, const struct stretch *s, uint32_t at)
{
	uint8_t signature[2];
	int r = s->to - at < 4 + sizeof(signature)
			? -ENODATA
			: hive_read(rec->hive, (uint64_t)at + 4, signature, sizeof(signature));

	if (r < 0 || signature[1] != 'k' || signature[0] != (rec->values ? 'v' : 'n'))
		return r == -ENODATA ? 0 : r;
	r = rec->values ? value_fits(rec->hive, at, s->to - at - 4) : key_fits(rec->hive, at, s->to - at - 4);
	if (r != 1)
		return r;
	return rec->values ? take_value(rec, s, at) : take_key(rec, s, at);
}

static int
look_through(struct recovery *rec, struct stretch s)
{
	int r = 0;

	for (uint32_t at = s.from; at < s.to && r == 0; at += CELL_UNIT)
		if (!bits_get(&rec->hive->visited, at / CELL_UNIT))
			r = look_at(rec, &s, at);
	return r;
}

/* ---- the whole hive ---- */

/* Cells one by one from the header of a bin on; where their sizes stop making sense, every place of the rest is one. */
static int
sweep_bin(struct recovery *rec, uint32_t from, uint32_t end)
{
	struct hive *h = rec->hive;
	uint32_t at = from + sizeof(struct disk_bin);
	int r = 0;

	while (at < end && r == 0) {
		struct cell cell;

		r = hive_cell(h, at, &cell);
		if (r < 0)
			return r;
		if (!r || cell.size > end - at - 4) {
			r = hive_damage(
				h, at,
				"the size of a cell cannot be right: what follows in its bin is only found as lost");
			return r < 0 ? r : look_through(rec, (struct stretch){ at, end, HIVE_BROKEN });
		}
		if (!cell.used)
			r = look_through(rec, (struct stretch){ at, at + 4 + cell.size, HIVE_DELETED });
		else if (!bits_get(&h->visited, at / CELL_UNIT))
			r = look_at(rec, &(struct stretch){ at, at + 4 + cell.size, HIVE_ORPHAN }, at);
		else
			r = 0;
		at += cell.size + 4;
	}
	return r;
}

static int
sweep(struct recovery *rec)
{
	struct hive *h = rec->hive;
	uint32_t at = 0;
	int r = 0;

	while (at < h->bytes && r == 0) {
		uint32_t end = hive_bin_end(h, at);

		if (bits_get(&h->bins, at / BIN_UNIT))
			r = sweep_bin(rec, at, end);
		else
			r = look_through(rec, (struct stretch){ at, end, HIVE_BROKEN });
		at = end;
	}
	if (r == 0)
		r = look_through(rec, (struct stretch){ h->bytes, h->reach, HIVE_BEHIND });
	return r;
}

int
hive_recover(struct hive *h, hive_take_lost *take, void *state)
{
	struct recovery rec = { .hive = h, .take = take, .state = state };
	int r = h->walked ? 0 : hive_walk(h, NULL, NULL);

	if (r < 0)
		return r;
	if (bits_start(&rec.taken, h->reach / CELL_UNIT + 1) < 0)
		return out_of_memory(h);
	r = sweep(&rec);
	if (r == 0) {
		rec.values = true;
		r = sweep(&rec);
	}
	free(rec.taken.words);
	return r;
}

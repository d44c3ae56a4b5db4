/* hive_value.c - the values of a key in a registry hive, and their data wherever it lies. */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { NAME_BYTES_MAX = HIVE_VALUE_UNITS * 2, RESIDENT_MAX = 4, DATA_OFFSET = 12, PART = 16 << 10 };

static int
out_of_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for a value of registry hive %s", h->primary->name);
}

static int
read_name(struct hive *h, const struct cell *cell, const struct disk_value *d, struct hive_value *ret)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	size_t n = le16_get(d->name_size), room = cell->size - sizeof(*d);
	bool narrow = le16_get(d->flags) & VALUE_NARROW;
	size_t most = narrow ? HIVE_VALUE_UNITS : NAME_BYTES_MAX;
	int r = 0;

	if (n > room || n > most) {
		r = hive_damage(h, cell->at,
				"the name of a value is longer than its cell or than any may be: it is cut");
		n = n > room ? room : n;
		n = n > most ? most : n;
	}
	for (size_t at = 0, part; at < n && r == 0; at += part) {
		uint8_t buf[512];

		part = n - at < sizeof(buf) ? n - at : sizeof(buf);
		r = hive_read(h, (uint64_t)cell->at + 4 + sizeof(*d) + at, buf, part);
		if (r == 0 && text_add(&bytes, view_of(buf, part)) < 0)
			r = out_of_memory(h);
	}
	if (r < 0)
		return r;
	if (hive_name(text_view(&bytes), narrow, false, &h->raw, &h->name) < 0)
		return out_of_memory(h);
	ret->name = text_view(&h->name);
	return 0;
}

int
hive_value_at(struct hive *h, const struct cell *cell, struct hive_value *ret)
{
	struct disk_value d;
	uint32_t size;
	int r;

	if (cell->size < sizeof(d))
		return 0;
	r = hive_read(h, (uint64_t)cell->at + 4, &d, sizeof(d));
	if (r < 0 || memcmp(d.signature, "vk", 2))
		return r;
	size = le32_get(d.size);
	*ret = (struct hive_value){
		.cell = cell->at,
		.offset = BASE_BLOCK + (uint64_t)cell->at,
		.type = le32_get(d.type),
		.size = size & INT32_MAX,
		.data = size >> 31 || !size ? HIVE_NO_CELL : le32_get(d.data),
		.place = cell->used ? HIVE_LIVE : HIVE_DELETED,
	};
	if (ret->data != HIVE_NO_CELL)
		ret->data_offset = BASE_BLOCK + (uint64_t)ret->data + 4;
	else if (size)
		ret->data_offset = ret->offset + DATA_OFFSET;
	r = read_name(h, cell, &d, ret);
	return r < 0 ? r : 1;
}

/* ---- the values of a key ---- */

/* Goes through a list of values. */
struct list {
	uint32_t at, n, next;
	bool lost; /* the key itself was, so that nothing is wrong when its values are gone */
};

static int
list_of(struct hive *h, const struct hive_key *key, struct list *ret)
{
	struct cell cell;
	int r = key->values ? hive_cell(h, key->value_list, &cell) : 0;

	*ret = (struct list){ .lost = key->place != HIVE_LIVE };
	if (r < 0 || !key->values)
		return r;
	if (!r || (!ret->lost && !cell.used))
		return hive_damage(h, key->cell, "the list of a key's values is not where it should be");
	if (ret->lost && cell.used && hive_claimed(h, cell.at))
		return 0;
	ret->at = cell.at;
	ret->n = key->values;
	if (ret->n > cell.size / sizeof(le32)) {
		ret->n = cell.size / (uint32_t)sizeof(le32);
		return hive_damage(h, key->cell, "the list of a key's values is longer than its cell");
	}
	return 0;
}

/* The cell of the next value, whatever is in it: 1, 0 at the end, or negative. */
static int
next_cell(struct hive *h, struct list *list, uint32_t *ret)
{
	le32 word;
	int r;

	if (list->next >= list->n)
		return 0;
	r = hive_read(h, (uint64_t)list->at + 4 + (uint64_t)list->next++ * sizeof(word), &word, sizeof(word));
	if (r < 0)
		return r;
	*ret = le32_get(word);
	return 1;
}

int
hive_judge_data(struct hive *h, struct hive_value *value)
{
	struct cell cell;
	int r = value->data == HIVE_NO_CELL ? 1 : hive_cell(h, value->data, &cell);

	if (r >= 0 && value->data != HIVE_NO_CELL)
		value->reused = !r || (cell.used && hive_claimed(h, cell.at));
	return r < 0 ? r : 0;
}

/* The value in a cell that a list leads to: 1, 0 when there is none, or negative. */
static int
listed(struct hive *h, const struct list *list, uint32_t at, struct hive_value *ret)
{
	struct cell cell;
	int r = hive_cell(h, at, &cell), lost;

	if (r == 1 && list->lost && cell.used && hive_claimed(h, at))
		return 0;
	if (r == 1)
		r = cell.used || list->lost ? hive_value_at(h, &cell, ret) : 0;
	if (r == 1 && list->lost && (lost = hive_judge_data(h, ret)) < 0)
		return lost;
	if (r == 0 && !list->lost) {
		r = hive_damage(h, list->at, "a value is not where the list of its key says");
		return r < 0 ? r : 0;
	}
	return r;
}

int
hive_values(struct hive *h, const struct hive_key *key, hive_take_value *take, void *state)
{
	bool quiet = h->quiet;
	struct list list;
	struct hive_value value;
	uint32_t at;
	int r;

	h->quiet |= key->place != HIVE_LIVE;
	r = list_of(h, key, &list);
	while (r == 0 && (r = next_cell(h, &list, &at)) == 1) {
		r = listed(h, &list, at, &value);
		if (r == 1)
			r = take(state, &value);
		if (r)
			break;
	}
	h->quiet = quiet;
	return r;
}

struct wanted {
	struct hive *hive;
	struct view name; /* UTF-16LE */
	struct hive_value *found;
};

static int
compare(void *state, const struct hive_value *value)
{
	struct wanted *w = state;

	if (!upcase_equal(&w->hive->fold, w->name, text_view(&w->hive->raw)))
		return 0;
	*w->found = *value;
	return 1;
}

int
hive_value(struct hive *h, const struct hive_key *key, const char *name, struct hive_value *ret_value)
{
	CLEANUP(text_free) struct text wide = { 0 };
	struct wanted w = { .hive = h, .found = ret_value };

	if (text_to_utf16(view_text(name), &wide) < 0)
		return out_of_memory(h);
	w.name = text_view(&wide);
	return hive_values(h, key, compare, &w);
}

/* ---- data ---- */

/* Adds what a cell has of the n bytes that are wanted: their number, or negative. */
static int64_t
add_cell(struct hive *h, const struct cell *cell, uint32_t n, struct text *data)
{
	uint8_t buf[PART];
	uint32_t room = cell->size < n ? cell->size : n;

	for (uint32_t at = 0; at < room;) {
		uint32_t part = room - at < PART ? room - at : PART;
		int r = hive_read(h, (uint64_t)cell->at + 4 + at, buf, part);

		if (r < 0)
			return r;
		if (text_add(data, view_of(buf, part)) < 0)
			return out_of_memory(h);
		at += part;
	}
	return room;
}

struct disk_big {
	struct disk_list head; /* "db" */
	le32 list;
};

/* Whether a cell holds the head of big data; it is no longer than its name and an offset, and a rest. */
static int
big_at(struct hive *h, const struct cell *cell, uint32_t size, struct disk_big *ret)
{
	int r;

	if (size <= BIG_SEGMENT || h->state.minor < 4 || cell->size < sizeof(*ret))
		return 0;
	r = hive_read(h, (uint64_t)cell->at + 4, ret, sizeof(*ret));
	return r < 0 ? r : !memcmp(ret->head.signature, "db", 2);
}

/* The cell of segment i of big data: 1, 0 when it is none, or negative. */
static int
segment(struct hive *h, const struct disk_big *big, uint32_t i, struct cell *ret)
{
	struct cell list;
	le32 word;
	int r = hive_cell(h, le32_get(big->list), &list);

	if (r != 1 || i >= le16_get(big->head.count) || list.size / sizeof(word) <= i)
		return r < 0 ? r : 0;
	r = hive_read(h, (uint64_t)list.at + 4 + i * sizeof(word), &word, sizeof(word));
	return r < 0 ? r : hive_cell(h, le32_get(word), ret);
}

/* Segments until size is reached or one is missing: the bytes there were, or negative. */
static int64_t
add_segments(struct hive *h, const struct disk_big *big, uint32_t size, struct text *data)
{
	uint32_t done = 0;

	for (uint32_t i = 0; done < size; i++) {
		uint32_t n = size - done < BIG_SEGMENT ? size - done : BIG_SEGMENT;
		struct cell cell;
		int64_t r = segment(h, big, i, &cell);

		if (r == 1)
			r = add_cell(h, &cell, n, data);
		if (r < 0)
			return r;
		done += (uint32_t)r;
		if (r < n)
			break;
	}
	return done;
}

static int64_t
add_data(struct hive *h, const struct hive_value *value, uint32_t size, struct text *data)
{
	struct disk_big big;
	struct cell cell;
	int r = hive_cell(h, value->data, &cell);

	if (r != 1 || (value->place == HIVE_LIVE && !cell.used))
		return r < 0 ? r : 0;
	r = big_at(h, &cell, size, &big);
	if (r < 0)
		return r;
	return r ? add_segments(h, &big, size, data) : add_cell(h, &cell, size, data);
}

int
hive_data(struct hive *h, const struct hive_value *value, struct text *data)
{
	uint32_t size = value->size < HIVE_DATA_MAX ? value->size : HIVE_DATA_MAX;
	uint8_t word[RESIDENT_MAX];
	int64_t n = size;
	int r = 0;

	if (value->reused)
		return 0;
	if (value->data == HIVE_NO_CELL) {
		size = size < RESIDENT_MAX ? size : RESIDENT_MAX;
		r = hive_read(h, value->offset - BASE_BLOCK + DATA_OFFSET, word, size);
		if (r == 0 && text_add(data, view_of(word, size)) < 0)
			r = out_of_memory(h);
	} else {
		n = add_data(h, value, size, data);
	}
	if (r < 0 || n < 0)
		return r < 0 ? r : (int)n;
	if ((n < value->size || size < value->size) && value->place == HIVE_LIVE)
		return hive_damage(h, value->cell, "the data of a value is not all there");
	return 0;
}

/* ---- what a key holds on to ---- */

/* What is not a key, a value or a list: more than one may lead to it. */
static void
claim(struct hive *h, uint32_t at)
{
	bits_set(&h->claimed, at / CELL_UNIT);
}

static int
claim_data(struct hive *h, const struct hive_value *value)
{
	struct disk_big big;
	struct cell cell;
	int r = value->data == HIVE_NO_CELL ? 0 : hive_cell(h, value->data, &cell);

	if (r != 1)
		return r;
	claim(h, cell.at);
	r = big_at(h, &cell, value->size, &big);
	if (r != 1)
		return r;
	claim(h, le32_get(big.list));
	for (uint32_t i = 0; r == 1; i++) {
		r = segment(h, &big, i, &cell);
		if (r == 1)
			claim(h, cell.at);
	}
	return r;
}

/* A value that a list leads to. */
static int
claim_value(struct hive *h, const struct list *list, uint32_t at)
{
	struct hive_value value;
	struct cell cell;
	int r = hive_cell(h, at, &cell);

	if (r != 1 || !cell.used)
		return r < 0 ? r : 0;
	if (!hive_visit(h, at))
		return hive_damage(h, list->at, "a list of values leads to one that another key has");
	r = hive_value_at(h, &cell, &value);
	return r == 1 ? claim_data(h, &value) : r;
}

int
hive_claim_key(struct hive *h, const struct hive_key *key)
{
	struct list list;
	uint32_t at;
	int r = list_of(h, key, &list);

	claim(h, key->security);
	if (key->class_bytes)
		claim(h, key->class_cell);
	if (r == 0 && list.n && !hive_visit(h, list.at))
		return hive_damage(h, list.at, "a list of values is led to twice");
	while (r == 0 && (r = next_cell(h, &list, &at)) == 1)
		r = claim_value(h, &list, at);
	return r;
}

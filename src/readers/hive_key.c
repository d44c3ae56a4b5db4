/* hive_key.c - the keys of a registry hive: one from its cell, those below it from its lists, and one by its path. */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { NAME_BYTES_MAX = HIVE_NAME_UNITS * 2 };

static int
out_of_memory(const struct hive *h)
{
	return fail(ENOMEM, "out of memory for a key of registry hive %s", h->primary->name);
}

/* The name of a key into it; one that is longer than its cell or than Windows lets it be is cut. */
static int
read_name(struct hive *h, const struct cell *cell, const struct disk_key *d, struct hive_key *ret)
{
	CLEANUP(text_free) struct text raw = { 0 }, name = { 0 };
	uint8_t bytes[NAME_BYTES_MAX];
	size_t n = le16_get(d->name_size), room = cell->size - sizeof(*d);
	bool narrow = ret->flags & HIVE_KEY_NARROW;
	size_t most = narrow ? HIVE_NAME_UNITS : NAME_BYTES_MAX;
	int r = 0;

	if (n > room || n > most) {
		r = hive_damage(h, cell->at, "the name of a key is longer than its cell or than any may be: it is cut");
		n = n > room ? room : n;
		n = n > most ? most : n;
	}
	if (r == 0)
		r = hive_read(h, (uint64_t)cell->at + 4 + sizeof(*d), bytes, n);
	if (r < 0)
		return r;
	if (hive_name(view_of(bytes, n), narrow, true, &raw, &name) < 0)
		return out_of_memory(h);
	memcpy(ret->name, name.s, name.n + 1);
	ret->name_size = name.n;
	return 0;
}

int
hive_key_at(struct hive *h, const struct cell *cell, struct hive_key *ret)
{
	struct disk_key d;
	int r;

	if (cell->size < sizeof(d))
		return 0;
	r = hive_read(h, (uint64_t)cell->at + 4, &d, sizeof(d));
	if (r < 0 || memcmp(d.signature, "nk", 2))
		return r;
	*ret = (struct hive_key){
		.cell = cell->at,
		.offset = BASE_BLOCK + (uint64_t)cell->at,
		.written = le64_get(d.written),
		.parent = le32_get(d.parent),
		.subkeys = le32_get(d.subkeys),
		.list = le32_get(d.list),
		.values = le32_get(d.values),
		.value_list = le32_get(d.value_list),
		.security = le32_get(d.security),
		.class_cell = le32_get(d.class_cell),
		.class_bytes = le16_get(d.class_size),
		.flags = le16_get(d.flags),
		.place = cell->used ? HIVE_LIVE : HIVE_DELETED,
	};
	r = read_name(h, cell, &d, ret);
	return r < 0 ? r : 1;
}

/* ---- the keys below one ---- */

struct cursor
cursor_of(const struct hive *h, const struct hive_key *key, bool walk)
{
	return (struct cursor){
		.key = key->cell,
		.root = HIVE_NO_CELL,
		.leaf = HIVE_NO_CELL,
		.next = key->subkeys ? key->list : HIVE_NO_CELL,
		.budget = h->bytes /
			  (uint32_t)sizeof(struct disk_key), /* there cannot be more keys than cells for them */
		.told = key->subkeys,
		.walk = walk,
	};
}

/* The head of a list in a cell in use: 1, 0 when there is none, or negative. */
static int
list_at(struct hive *h, uint32_t at, struct disk_list *ret, uint32_t *ret_room)
{
	struct cell cell;
	int r = hive_cell(h, at, &cell);

	if (r != 1 || !cell.used || cell.size < sizeof(*ret))
		return r < 0 ? r : 0;
	r = hive_read(h, (uint64_t)at + 4, ret, sizeof(*ret));
	*ret_room = cell.size - (uint32_t)sizeof(*ret);
	return r < 0 ? r : 1;
}

static uint32_t
stride_of(const struct disk_list *list)
{
	if (!memcmp(list->signature, "lf", 2) || !memcmp(list->signature, "lh", 2))
		return 8;
	return memcmp(list->signature, "li", 2) ? 0 : 4;
}

/* Takes up a list of keys, or at the top a list of lists. 0 also when it is none, and nothing is taken up then. */
static int
enter(struct hive *h, struct cursor *c, uint32_t at, bool top)
{
	struct disk_list list;
	uint32_t room, count, stride;
	int r = list_at(h, at, &list, &room);

	if (r < 0)
		return r;
	if (!r)
		return hive_damage(
			h, c->key,
			"a list of subkeys is not where it should be: keys below this one are only found as lost ones");
	if (c->walk && !hive_visit(h, at))
		return hive_damage(h, at, "a list of subkeys is led to twice");
	count = le16_get(list.count);
	stride = stride_of(&list);
	if (!stride && top && !memcmp(list.signature, "ri", 2)) {
		c->root = at;
		c->roots = count < room / 4 ? count : room / 4;
		return c->roots < count ? hive_damage(h, at, "a list of lists is longer than its cell") : 0;
	}
	if (!stride)
		return hive_damage(h, at,
				   "a list of subkeys has no signature: keys below it are only found as lost ones");
	c->leaf = at;
	c->leaf_at = 0;
	c->leaves = count < room / stride ? count : room / stride;
	c->stride = stride;
	return c->leaves < count ? hive_damage(h, at, "a list of subkeys is longer than its cell") : 0;
}

static int
word_at(struct hive *h, uint64_t at, uint32_t *ret)
{
	le32 word;
	int r = hive_read(h, at, &word, sizeof(word));

	if (r == 0)
		*ret = le32_get(word);
	return r;
}

int
cursor_next(struct hive *h, struct cursor *c, uint32_t *ret_cell)
{
	const uint64_t head = 4 + sizeof(struct disk_list);
	uint32_t next = c->next;
	int r = 0;

	if (next != HIVE_NO_CELL) {
		c->next = HIVE_NO_CELL;
		r = enter(h, c, next, true);
	}
	while (r == 0) {
		if (c->leaf != HIVE_NO_CELL && c->leaf_at < c->leaves) {
			if (!c->budget--)
				return hive_damage(h, c->key, "a key has more subkeys than the hive has room for");
			c->seen++;
			r = word_at(h, c->leaf + head + (uint64_t)c->leaf_at++ * c->stride, ret_cell);
			return r < 0 ? r : 1;
		}
		if (c->root == HIVE_NO_CELL || c->root_at >= c->roots)
			return c->seen == c->told
				       ? 0
				       : hive_damage(h, c->key, "a key counts more or fewer subkeys than its list has");
		if (!c->budget--)
			return hive_damage(h, c->key, "a key has more subkeys than the hive has room for");
		r = word_at(h, c->root + head + (uint64_t)c->root_at++ * 4, &next);
		c->leaf = HIVE_NO_CELL;
		if (r == 0)
			r = enter(h, c, next, false);
	}
	return r;
}

/* The key that a list leads to: 1, 0 when none is there, or negative; damage is told. */
static int
listed(struct hive *h, uint32_t owner, uint32_t at, struct hive_key *ret)
{
	struct cell cell;
	int r = hive_cell(h, at, &cell);

	if (r == 1)
		r = cell.used ? hive_key_at(h, &cell, ret) : 0;
	if (r == 0) {
		r = hive_damage(h, owner, "a key below this one is not where its list says");
		return r < 0 ? r : 0;
	}
	return r;
}

int
hive_subkeys(struct hive *h, const struct hive_key *key, hive_take_key *take, void *state)
{
	struct cursor c = cursor_of(h, key, false);
	struct hive_key below;
	uint32_t at;
	int r;

	while ((r = cursor_next(h, &c, &at)) == 1) {
		r = listed(h, c.leaf, at, &below);
		if (r == 1)
			r = take(state, &below, view_of(below.name, below.name_size));
		if (r)
			return r;
	}
	return r;
}

/* ---- by path ---- */

int
hive_root(struct hive *h, struct hive_key *ret_key)
{
	struct cell cell;
	int r = h->state.root == HIVE_NO_CELL ? 0 : hive_cell(h, h->state.root, &cell);

	return r == 1 ? hive_key_at(h, &cell, ret_key) : r;
}

struct wanted {
	struct hive *hive;
	struct view name; /* UTF-16LE */
	struct text raw;
	struct hive_key *found;
};

static int
compare(void *state, const struct hive_key *key, struct view name)
{
	struct wanted *w = state;

	text_cut(&w->raw, 0);
	if (text_to_utf16(name, &w->raw) < 0)
		return out_of_memory(w->hive);
	if (!upcase_equal(&w->hive->fold, w->name, text_view(&w->raw)))
		return 0;
	*w->found = *key;
	return 1;
}

/* One name further down; a name of the path is UTF-8 and nothing in it stands for anything else. */
static int
step(struct hive *h, const struct hive_key *key, struct view name, struct hive_key *ret)
{
	CLEANUP(text_free) struct text wide = { 0 };
	struct wanted w = { .hive = h, .found = ret };
	int r;

	if (text_to_utf16(name, &wide) < 0)
		return out_of_memory(h);
	w.name = text_view(&wide);
	r = hive_subkeys(h, key, compare, &w);
	text_free(&w.raw);
	return r;
}

int
hive_below(struct hive *h, const struct hive_key *key, const char *path, struct hive_key *ret_key)
{
	struct hive_key at = *key, next;
	int r = 1;

	while (*path && r == 1) {
		size_t n = strcspn(path, "\\");

		r = step(h, &at, view_of(path, n), &next);
		if (r == 1)
			at = next;
		path += n + (path[n] == '\\');
	}
	if (r == 1)
		*ret_key = at;
	return r;
}

int
hive_find(struct hive *h, const char *path, struct hive_key *ret_key)
{
	struct hive_key root;
	int r = hive_root(h, &root);

	return r == 1 ? hive_below(h, &root, path, ret_key) : r;
}

/* ---- what hangs on a key ---- */

int
hive_class(struct hive *h, const struct hive_key *key, struct text *name)
{
	uint8_t bytes[UINT16_MAX];
	struct cell cell;
	uint32_t n = key->class_bytes;
	int r = key->class_cell == HIVE_NO_CELL || !n ? 0 : hive_cell(h, key->class_cell, &cell);

	if (key->class_cell == HIVE_NO_CELL || !n || r < 0)
		return r;
	if (!r || (key->place == HIVE_LIVE && !cell.used) || cell.size < n) {
		r = hive_damage(h, key->cell, "the class name of a key is not all there");
		return r < 0 ? r : 0;
	}
	r = hive_read(h, (uint64_t)cell.at + 4, bytes, n);
	if (r < 0)
		return r;
	return hive_add_name(name, view_of(bytes, n)) < 0 ? out_of_memory(h) : 1;
}

int
hive_security(struct hive *h, const struct hive_key *key, struct text *descriptor)
{
	uint8_t bytes[UINT16_MAX + 1];
	struct disk_security d;
	struct cell cell;
	uint32_t n = 0;
	int r = key->security == HIVE_NO_CELL ? 0 : hive_cell(h, key->security, &cell);

	if (r == 1 && cell.size >= sizeof(d)) {
		r = hive_read(h, (uint64_t)cell.at + 4, &d, sizeof(d));
		n = r == 0 && !memcmp(d.signature, "sk", 2) ? le32_get(d.size) : 0;
		if (n > cell.size - sizeof(d) || n > sizeof(bytes))
			n = 0;
	}
	if (r < 0)
		return r;
	if (!n) {
		r = hive_damage(h, key->cell, "the security descriptor of a key is not where it should be");
		return r < 0 ? r : 0;
	}
	r = hive_read(h, (uint64_t)cell.at + 4 + sizeof(d), bytes, n);
	if (r < 0)
		return r;
	return text_add(descriptor, view_of(bytes, n)) < 0 ? out_of_memory(h) : 1;
}

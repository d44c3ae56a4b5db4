/*
 * registry_shim.c - the cache of the application compatibility layer: paths of programs that were there, with the time
 * of their last change. That a path is in it says that the file was seen by Windows; it does not say that it ran.
 */
#include "registry_own.h"

enum {
	MAGIC_7 = 0xbadc0fee, /* Windows 7, Server 2008 R2 */
	HEADER_7 = 128,
	HEADER_8 = 128,         /* Windows 8 to 8.1, Server 2012 and 2012 R2: counters, of which the first is often 0 */
	HEADER_10_LEAST = 0x30, /* Windows 10, Server 2016 and 2019: 0x30, 0x34 */
	HEADER_10_MOST = 0x40,
	EXECUTED = 2,
};

struct cache {
	struct facts *facts;
	const struct at *at;
	struct view data;
	uint64_t offset;
	int64_t number;
};

struct disk_entry_7 { /* of 64-bit hosts */
	le16 size, room;
	le32 pad;
	le64 path;         /* 8, from the start of the data */
	le64 changed;      /* 16 */
	le32 flags, shims; /* 24, 28 */
	le64 blob_size, blob;
};

struct disk_entry_7_narrow { /* of 32-bit ones */
	le16 size, room;
	le32 path;
	le64 changed;
	le32 flags, shims, blob_size, blob;
};

struct disk_entry_8 {
	uint8_t signature[4]; /* "00ts", "10ts" */
	le32 sum, size;       /* 4, 8, of what follows */
	le16 path_size;       /* 12; the path follows */
};

struct disk_tail_8 {
	le32 flags, shims;
	le64 changed;
};

static int
damage(struct cache *c, const char *why)
{
	return sink_damage(c->facts->out, c->offset, why);
}

static int
put(struct cache *c, struct view path, uint64_t changed, bool executed)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (text_add_utf16(&text, path) < 0 || text_adds(&text, "") < 0)
		return facts_out_of_memory(c->facts);
	return facts_put(c->facts, c->at,
			 (struct registry_fact){ .kind = REGISTRY_SHIM,
						 .subject = text_view(&text),
						 .value = view_text(executed ? "execution flag set" : ""),
						 .when = changed,
						 .number = c->number++,
						 .offset = c->offset });
}

static int
read_7(struct cache *c)
{
	const le32 *count = VIEW_AT(c->data, 4, le32);
	const struct disk_entry_7 *first = VIEW_AT(c->data, HEADER_7, struct disk_entry_7);
	bool wide = first && !le32_get(first->pad);
	int r = 0;

	for (uint32_t i = 0; i < le32_get(*count) && i < REGISTRY_SHIM_MAX && r == 0; i++) {
		const struct disk_entry_7 *w = VIEW_AT(c->data, HEADER_7 + i * sizeof(*w), struct disk_entry_7);
		const struct disk_entry_7_narrow *n =
			VIEW_AT(c->data, HEADER_7 + i * sizeof(*n), struct disk_entry_7_narrow);
		struct view path = { 0 };

		if (wide ? !w : !n)
			return damage(c, "the application compatibility cache ends before its entries do");
		if (wide)
			path = view_part(c->data, le64_get(w->path), le16_get(w->size));
		else
			path = view_part(c->data, le32_get(n->path), le16_get(n->size));
		if (!path.n)
			r = damage(c, "an entry of the application compatibility cache has no path");
		else if (wide)
			r = put(c, path, le64_get(w->changed), le32_get(w->flags) & EXECUTED);
		else
			r = put(c, path, le64_get(n->changed), le32_get(n->flags) & EXECUTED);
	}
	return r;
}

/* One entry of Windows 8 and later; what lies behind the path depends on the version. */
static int
read_entry(struct cache *c, const struct disk_entry_8 *e, uint64_t at, bool ten)
{
	struct view body = view_part(c->data, at + 12, le32_get(e->size));
	struct view path = view_part(body, 2, le16_get(e->path_size)), rest = view_from(body, 2 + (uint64_t)path.n);
	const struct disk_tail_8 *tail;
	const le16 *package;
	const le64 *changed;

	if (path.n != le16_get(e->path_size))
		return damage(c, "an entry of the application compatibility cache has no path");
	if (ten) {
		changed = VIEW_AT(rest, 0, le64);
		return changed ? put(c, path, le64_get(*changed), false)
			       : damage(c, "an entry of the application compatibility cache is cut off");
	}
	package = VIEW_AT(rest, 0, le16);
	tail = package ? VIEW_AT(rest, 2 + (uint64_t)le16_get(*package), struct disk_tail_8) : NULL;
	return tail ? put(c, path, le64_get(tail->changed), le32_get(tail->flags) & EXECUTED)
		    : damage(c, "an entry of the application compatibility cache is cut off");
}

static int
read_8(struct cache *c, uint64_t at, bool ten)
{
	const struct disk_entry_8 *e;
	int r = 0;

	for (unsigned i = 0; i < REGISTRY_SHIM_MAX && r == 0 && at < c->data.n; i++) {
		e = VIEW_AT(c->data, at, struct disk_entry_8);
		if (!e || (memcmp(e->signature, "10ts", 4) && memcmp(e->signature, "00ts", 4)) ||
		    !view_has(c->data, at + 12, le32_get(e->size)))
			return damage(c, "the application compatibility cache cannot be read to its end");
		r = read_entry(c, e, at, ten);
		at += 12 + (uint64_t)le32_get(e->size);
	}
	return r;
}

/* The kind is told by the first entry: nothing in that header stays the same from one host to the next. */
static bool
is_8(const struct cache *c)
{
	const struct disk_entry_8 *first = VIEW_AT(c->data, HEADER_8, struct disk_entry_8);

	return first && (!memcmp(first->signature, "10ts", 4) || !memcmp(first->signature, "00ts", 4));
}

static int
read_cache(struct cache *c)
{
	const le32 *magic = VIEW_AT(c->data, 0, le32);
	uint32_t n = magic ? le32_get(*magic) : 0;

	if (n == MAGIC_7 && c->data.n >= HEADER_7)
		return read_7(c);
	if (n >= HEADER_10_LEAST && n <= HEADER_10_MOST && view_has(c->data, n, 4))
		return read_8(c, n, true);
	if (is_8(c))
		return read_8(c, HEADER_8, false);
	return n || c->data.n > HEADER_8 ? damage(c, "the application compatibility cache is of a kind that is not known") : 0;
}

int
registry_shim(struct facts *f, const struct at *set)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	struct at at;
	struct cache c = { .facts = f, .at = &at };
	int r = facts_at(f, set, "Control\\Session Manager\\AppCompatCache", &at);

	if (r == 1)
		r = facts_bytes(f, &at, "AppCompatCache", &value, &data);
	if (r != 1)
		return r;
	c.data = text_view(&data);
	c.offset = value.offset;
	return read_cache(&c);
}

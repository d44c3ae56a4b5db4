/*
 * catalog_pack.c - entries in memory: some 80 bytes instead of a record of 1 KiB.
 *
 * Numbers are LEB128. A packed entry is its length behind this number, its number within the slab, then:
 *   shape byte: names (3 bits), streams (3 bits), 64 reparse tag, 128 attributes; 7 names or streams: the count follows
 *   flags, sequence, links, [attributes], [reparse tag]
 *   times, four of $STANDARD_INFORMATION if it has one and four of each name: 4 bits each say which of the times before
 *   it is the same, 15 a new one; then the new ones, the first with 8 bytes, each other as distance from the one before
 *   names: parent's index; units << 3 | space << 1 | wide; text, one byte a unit unless wide
 *   streams: flags | 64 named | 128 valid differs; attribute; size; [valid]; allocated + 1, 0 if it is what the size
 *   suggests; first cluster + 1 unless resident; [units << 1 | wide; text]
 */
#include "catalog_pack.h"

#include <errno.h>

#include "reference.h"

enum {
	FIXED_MOST = 96, /* bytes of an entry beside times, names and streams */
	NAME_MOST = 640, /* of a name: 4 times, 255 wide units, the rest */
	STREAM_MOST = 600,
};

static inline uint8_t *
put(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

static bool
is_narrow(struct view name)
{
	for (size_t i = 1; i < name.n; i += 2)
		if (name.p[i] || name.p[i - 1] >= 0x80)
			return false;
	return true;
}

static uint8_t *
put_text(uint8_t *p, struct view name, bool narrow)
{
	if (!narrow) {
		memcpy(p, name.p, name.n);
		return p + name.n;
	}
	for (size_t i = 0; i + 1 < name.n; i += 2)
		*p++ = name.p[i];
	return p;
}

/* Times as they go by, so that each different one is written once. */
struct clock {
	uint64_t seen[TIME_NEW], last;
	uint32_t n, count;
	uint8_t *codes, *values;
};

static inline void
put_time(struct clock *c, uint64_t t)
{
	uint32_t code = 0;

	while (code < c->n && c->seen[code] != t)
		code++;
	if (code == c->n) {
		uint64_t distance = t - c->last;

		if (!c->n) {
			memcpy(c->values, &t, sizeof(t));
			c->values += sizeof(t);
		} else {
			c->values = put(c->values, distance << 1 ^ (distance >> 63 ? UINT64_MAX : 0));
		}
		c->last = t;
		if (c->n < TIME_NEW)
			c->seen[c->n++] = t;
		code = TIME_NEW;
	}
	c->codes[c->count / 2] |= (uint8_t)(code << (c->count % 2 * 4));
	c->count++;
}

static void
put_times(struct clock *c, const struct times *t)
{
	put_time(c, t->created);
	put_time(c, t->modified);
	put_time(c, t->changed);
	put_time(c, t->accessed);
}

static uint8_t *
pack_times(uint8_t *p, const struct entry *entry)
{
	uint32_t n = (entry->flags & ENTRY_HAS_SI ? 4 : 0) + entry->name_count * 4;
	struct clock c = { .codes = p, .values = p + (n + 1) / 2 };

	memset(p, 0, (n + 1) / 2);
	if (entry->flags & ENTRY_HAS_SI)
		put_times(&c, &entry->si);
	for (uint32_t i = 0; i < entry->name_count; i++)
		put_times(&c, &entry->names[i].fn);
	return c.values;
}

static uint8_t *
pack_stream(uint8_t *p, const struct stream *s, uint32_t cluster_size)
{
	bool narrow = is_narrow(s->name);

	*p++ = (uint8_t)(s->flags | (s->name.n ? STREAM_NAMED : 0) | (s->valid != s->size ? STREAM_VALID : 0));
	p = put(p, s->attribute);
	p = put(p, s->size);
	if (s->valid != s->size)
		p = put(p, s->valid);
	p = put(p, s->allocated == usual_allocation(s->size, s->flags, cluster_size) ? 0 : s->allocated + 1);
	if (!(s->flags & STREAM_RESIDENT))
		p = put(p, s->first_cluster + 1);
	if (s->name.n) {
		p = put(p, s->name.n / 2 << 1 | !narrow);
		p = put_text(p, s->name, narrow);
	}
	return p;
}

static int
pack_name(struct packer *packer, uint8_t **p, const struct name *name)
{
	bool narrow = is_narrow(name->name);
	uint32_t parent;
	int r = parents_index(&packer->parents, reference_pack(name->parent), &parent);

	if (r < 0)
		return r;
	*p = put(*p, parent);
	*p = put(*p, name->name.n / 2 << 3 | (uint32_t)name->space << 1 | !narrow);
	*p = put_text(*p, name->name, narrow);
	return 0;
}

static uint8_t *
pack_head(uint8_t *p, const struct entry *e)
{
	uint32_t names = e->name_count < SHAPE_MANY ? e->name_count : SHAPE_MANY;
	uint32_t streams = e->stream_count < SHAPE_MANY ? e->stream_count : SHAPE_MANY;

	*p++ = (uint8_t)(names | streams << 3 | (e->reparse ? SHAPE_REPARSE : 0) |
			 (e->attributes ? SHAPE_ATTRIBUTES : 0));
	if (names == SHAPE_MANY)
		p = put(p, e->name_count);
	if (streams == SHAPE_MANY)
		p = put(p, e->stream_count);
	p = put(p, e->flags);
	p = put(p, e->sequence);
	p = put(p, e->links);
	if (e->attributes)
		p = put(p, e->attributes);
	return e->reparse ? put(p, e->reparse) : p;
}

static int
reserve(struct packer *packer, size_t n)
{
	size_t room = packer->room ? packer->room : 64 << 10;
	uint8_t *bytes;

	if (packer->room - packer->n >= n)
		return 0;
	while (room - packer->n < n)
		room += room / 2;
	bytes = realloc(packer->bytes, room);
	if (!bytes || room > UINT32_MAX)
		return -ENOMEM;
	packer->bytes = bytes;
	packer->room = room;
	return 0;
}

int
packer_add(struct packer *packer, const struct entry *entry)
{
	uint8_t prefix[20], *p, *q;
	size_t length;
	int r = reserve(packer,
			FIXED_MOST + (size_t)entry->name_count * NAME_MOST + (size_t)entry->stream_count * STREAM_MOST);

	if (r < 0)
		return r;
	if (packer->entries % SLAB_MARK == 0) {
		uint32_t *mark = vector_push(&packer->marks);

		if (!mark)
			return -ENOMEM;
		*mark = (uint32_t)packer->n;
	}
	/* the body goes where a prefix of one byte each would leave it, and is moved if the prefix is longer */
	p = q = packer->bytes + packer->n + 2;
	p = pack_head(p, entry);
	p = pack_times(p, entry);
	for (uint32_t i = 0; i < entry->name_count; i++) {
		r = pack_name(packer, &p, &entry->names[i]);
		if (r < 0)
			return r;
	}
	for (uint32_t i = 0; i < entry->stream_count; i++)
		p = pack_stream(p, &entry->streams[i], packer->cluster_size);

	length = (size_t)(p - q);
	p = put(prefix, length);
	p = put(p, entry->number - packer->first);
	memmove(packer->bytes + packer->n + (p - prefix), q, length);
	memcpy(packer->bytes + packer->n, prefix, (size_t)(p - prefix));
	packer->n += (size_t)(p - prefix) + length;
	packer->entries++;
	return 0;
}

void
packer_start(struct packer *packer, uint64_t first, uint32_t cluster_size)
{
	packer->n = 0;
	packer->entries = 0;
	packer->marks.n = 0;
	packer->first = first;
	packer->cluster_size = cluster_size;
	parents_clear(&packer->parents);
}

int
packer_end(struct packer *packer, struct slab *ret_slab)
{
	struct slab slab = {
		.first = packer->first,
		.size = (uint32_t)packer->n,
		.folder_count = (uint32_t)packer->parents.list.n,
		.entries = packer->entries,
		.mark_count = (uint32_t)packer->marks.n,
	};

	slab.bytes = malloc(packer->n + 1);
	slab.folders = calloc(slab.folder_count + 1, sizeof(*slab.folders));
	slab.marks = malloc((packer->marks.n + 1) * sizeof(*slab.marks));
	if (!slab.bytes || !slab.folders || !slab.marks) {
		slab_free(&slab);
		return -ENOMEM;
	}
	if (packer->n)
		memcpy(slab.bytes, packer->bytes, packer->n);
	if (packer->marks.n)
		memcpy(slab.marks, packer->marks.at, packer->marks.n * sizeof(*slab.marks));
	*ret_slab = slab;
	return 0;
}

void
packer_free(struct packer *packer)
{
	free(packer->bytes);
	vector_free(&packer->marks);
	parents_free(&packer->parents);
}

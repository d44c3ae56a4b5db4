/* catalog_unpack.c - entries out of the catalogue again; how they lie there is told in catalog_pack.c. */
#include "catalog_pack.h"

#include <errno.h>

#include "reference.h"

static inline uint64_t
get(const uint8_t **p)
{
	uint64_t v = 0;
	unsigned shift = 0;

	while (**p & 0x80) {
		v |= (uint64_t)(*(*p)++ & 0x7f) << shift;
		shift += 7;
	}
	v |= (uint64_t) * *p << shift;
	(*p)++;
	return v;
}

void
slab_free(struct slab *slab)
{
	free(slab->bytes);
	free(slab->folders);
	free(slab->marks);
	*slab = (struct slab){ 0 };
}

bool
slab_peek(const struct slab *slab, uint32_t at, struct packed *ret_packed)
{
	const uint8_t *p = slab->bytes + at;
	uint32_t length;

	if (at >= slab->size)
		return false;
	length = (uint32_t)get(&p);
	ret_packed->number = slab->first + get(&p);
	ret_packed->body = (uint32_t)(p - slab->bytes);
	ret_packed->end = ret_packed->body + length;
	return true;
}

uint32_t
slab_find(const struct slab *slab, uint64_t number)
{
	uint32_t low = 0, high = slab->mark_count, at;
	struct packed packed;

	while (high - low > 1) {
		uint32_t mid = low + (high - low) / 2;

		if (slab_peek(slab, slab->marks[mid], &packed) && packed.number <= number)
			low = mid;
		else
			high = mid;
	}
	at = slab->mark_count ? slab->marks[low] : 0;
	while (slab_peek(slab, at, &packed) && packed.number < number)
		at = packed.end;
	return at;
}

/* Takes text out as UTF-16LE, at *room of the scratch memory. */
static struct view
get_text(const uint8_t **p, size_t units, bool wide, uint8_t **scratch)
{
	struct view v = view_of(*p, units * 2);

	if (wide) {
		*p += units * 2;
		return v;
	}
	v.p = *scratch;
	for (size_t i = 0; i < units; i++) {
		*(*scratch)++ = *(*p)++;
		*(*scratch)++ = 0;
	}
	return v;
}

/* Times as they come out again. */
struct clock {
	uint64_t seen[TIME_NEW], last;
	uint32_t n, count;
	const uint8_t *codes, *values;
};

static uint64_t
get_time(struct clock *c)
{
	uint32_t code = c->codes[c->count / 2] >> (c->count % 2 * 4) & 15;
	uint64_t t;

	c->count++;
	if (code < TIME_NEW)
		return c->seen[code];
	if (!c->n) {
		memcpy(&t, c->values, sizeof(t));
		c->values += sizeof(t);
	} else {
		t = get(&c->values);
		t = c->last + (t >> 1 ^ (t & 1 ? UINT64_MAX : 0));
	}
	c->last = t;
	if (c->n < TIME_NEW)
		c->seen[c->n++] = t;
	return t;
}

static struct times
get_times(struct clock *c)
{
	struct times t;

	t.created = get_time(c);
	t.modified = get_time(c);
	t.changed = get_time(c);
	t.accessed = get_time(c);
	return t;
}

static const uint8_t *
unpack_times(const uint8_t *p, struct entry *entry, struct name *names)
{
	uint32_t n = (entry->flags & ENTRY_HAS_SI ? 4 : 0) + entry->name_count * 4;
	struct clock c = { .codes = p, .values = p + (n + 1) / 2 };

	if (entry->flags & ENTRY_HAS_SI)
		entry->si = get_times(&c);
	for (uint32_t i = 0; i < entry->name_count; i++)
		names[i].fn = get_times(&c);
	return c.values;
}

static const uint8_t *
unpack_head(const uint8_t *p, struct entry *e)
{
	uint8_t shape = *p++;

	e->name_count = shape & SHAPE_MANY;
	e->stream_count = shape >> 3 & SHAPE_MANY;
	if (e->name_count == SHAPE_MANY)
		e->name_count = (uint32_t)get(&p);
	if (e->stream_count == SHAPE_MANY)
		e->stream_count = (uint32_t)get(&p);
	e->flags = (uint32_t)get(&p);
	e->sequence = (uint16_t)get(&p);
	e->links = (uint16_t)get(&p);
	e->attributes = shape & SHAPE_ATTRIBUTES ? (uint32_t)get(&p) : 0;
	e->reparse = shape & SHAPE_REPARSE ? (uint32_t)get(&p) : 0;
	return p;
}

static const uint8_t *
unpack_name(const struct slab *slab, const uint8_t *p, const struct unpacker *u, struct name *name, uint8_t **scratch)
{
	uint32_t folder = slab->folders[get(&p)];
	uint64_t shape = get(&p);

	name->parent = reference_unpack(u->folders->list.at[folder]);
	name->space = (enum name_space)(shape >> 1 & 3);
	name->name = get_text(&p, shape >> 3, shape & 1, scratch);
	return p;
}

static const uint8_t *
unpack_stream(const uint8_t *p, const struct unpacker *u, struct stream *s, uint8_t **scratch)
{
	uint8_t flags = *p++;
	uint64_t allocated, shape;

	s->flags = flags & (STREAM_NAMED - 1);
	s->attribute = get(&p);
	s->size = get(&p);
	s->valid = flags & STREAM_VALID ? get(&p) : s->size;
	allocated = get(&p);
	s->allocated = allocated ? allocated - 1 : usual_allocation(s->size, s->flags, u->cluster_size);
	s->first_cluster = flags & STREAM_RESIDENT ? UINT64_MAX : get(&p) - 1;
	s->name = view_of(NULL, 0);
	if (flags & STREAM_NAMED) {
		shape = get(&p);
		s->name = get_text(&p, shape >> 1, shape & 1, scratch);
	}
	return p;
}

int
slab_unpack(const struct slab *slab, const struct packed *packed, struct unpacker *u, struct name *names,
	    struct stream *streams, uint32_t room, struct entry *ret_entry)
{
	struct entry e = { .number = packed->number };
	const uint8_t *p = unpack_head(slab->bytes + packed->body, &e);
	size_t many_names = e.name_count > room ? e.name_count * sizeof(*names) : 0;
	size_t many_streams = e.stream_count > room ? e.stream_count * sizeof(*streams) : 0;
	size_t need = many_names + many_streams + (size_t)(packed->end - packed->body) * 2;
	uint8_t *text;

	if (need > u->room) {
		uint8_t *scratch = realloc(u->scratch, need + 512);

		if (!scratch)
			return -ENOMEM;
		u->scratch = scratch;
		u->room = need + 512;
	}
	if (many_names)
		names = (struct name *)(void *)u->scratch;
	if (many_streams)
		streams = (struct stream *)(void *)(u->scratch + many_names);
	text = u->scratch + many_names + many_streams;
	p = unpack_times(p, &e, names);
	for (uint32_t i = 0; i < e.name_count; i++)
		p = unpack_name(slab, p, u, &names[i], &text);
	for (uint32_t i = 0; i < e.stream_count; i++)
		p = unpack_stream(p, u, &streams[i], &text);
	e.names = names;
	e.streams = streams;
	*ret_entry = e;
	return 0;
}

/*
 * unit.c - compressed streams. A unit (16 clusters as a rule) is stored as it is when all its clusters are there, is
 * all zeros when none is, and else holds LZNT1 in those that are.
 */
#include "unit.h"

#include <errno.h>
#include <pthread.h>

#include "fail.h"
#include "lznt1.h"
#include "spoiled.h"

struct units {
	const struct extent_map *map;
	struct source *volume;
	struct sink *out;
	uint32_t size;
	pthread_mutex_t lock;
	uint8_t *packed, *plain;
	uint64_t cached;  /* the unit in plain, UINT64_MAX for none */
	uint64_t checked; /* all units below are known to be good or are spoiled */
	struct spoiled spoiled;
};

/* What of a unit is stored, and what is said to be but is missing; the rest is hole. */
struct unit_shape {
	uint64_t stored, missing;
};

static struct unit_shape
shape_of(const struct units *u, uint64_t unit)
{
	uint64_t from = unit * u->size, to = from + u->size;
	struct unit_shape shape = { 0 };

	for (size_t i = extents_find(u->map, from); i < u->map->list.n && u->map->list.at[i].offset < to; i++) {
		const struct extent *e = &u->map->list.at[i];
		uint64_t a = e->offset > from ? e->offset : from, end = e->offset + e->length, b = end < to ? end : to;

		if (extent_stored(e))
			shape.stored += b - a;
		else if (e->at == EXTENT_MISSING)
			shape.missing += b - a;
	}
	return shape;
}

static bool
is_packed(const struct units *u, struct unit_shape shape)
{
	return shape.stored && shape.stored + shape.missing < u->size;
}

/* The packed bytes one behind the other: how many, or negative. */
static ssize_t
gather(struct units *u, uint64_t unit)
{
	uint64_t from = unit * u->size, to = from + u->size;
	size_t n = 0;

	for (size_t i = extents_find(u->map, from); i < u->map->list.n && u->map->list.at[i].offset < to; i++) {
		const struct extent *e = &u->map->list.at[i];
		uint64_t a = e->offset > from ? e->offset : from, end = e->offset + e->length, b = end < to ? end : to;
		int r;

		if (e->at == EXTENT_HOLE)
			continue;
		r = extents_read(u->map, u->volume, a, u->packed + n, (size_t)(b - a));
		if (r < 0)
			return r;
		n += (size_t)(b - a);
	}
	return (ssize_t)n;
}

/* Unpacks a unit into plain, if it is not there yet. With the lock held. */
static int
load(struct units *u, uint64_t unit, struct unit_shape shape)
{
	ssize_t n;

	if (u->cached == unit)
		return 0;
	u->cached = UINT64_MAX;
	n = gather(u, unit);
	if (n < 0)
		return (int)n;
	if (lznt1_unpack(view_of(u->packed, (size_t)n), u->plain, u->size) < 0 || shape.missing) {
		int r = spoiled_add(&u->spoiled, unit, u->out, unit * u->size, "a compression unit cannot be unpacked");

		if (r < 0)
			return r;
	}
	u->cached = unit;
	return 0;
}

static int
read_packed(struct units *u, uint64_t unit, struct unit_shape shape, size_t skip, uint8_t *buf, size_t n)
{
	int r;

	pthread_mutex_lock(&u->lock);
	r = load(u, unit, shape);
	if (r == 0)
		memcpy(buf, u->plain + skip, n);
	if (r == 0 && unit == u->checked)
		u->checked++;
	pthread_mutex_unlock(&u->lock);
	return r;
}

int
units_read(struct units *u, uint64_t offset, uint8_t *buf, size_t n)
{
	while (n) {
		uint64_t unit = offset / u->size;
		size_t skip = (size_t)(offset % u->size), part = u->size - skip < n ? u->size - skip : n;
		struct unit_shape shape = shape_of(u, unit);
		int r = is_packed(u, shape) ? read_packed(u, unit, shape, skip, buf, part)
					    : extents_read(u->map, u->volume, offset, buf, part);

		if (r < 0)
			return r;
		buf += part;
		offset += part;
		n -= part;
	}
	return 0;
}

/* Tries one unit that nobody has read yet. */
static bool
unit_good(struct units *u, uint64_t unit)
{
	struct unit_shape shape = shape_of(u, unit);
	bool good;

	if (!is_packed(u, shape))
		return true;
	pthread_mutex_lock(&u->lock);
	good = (unit < u->checked || load(u, unit, shape) == 0) && !spoiled_has(&u->spoiled, unit);
	pthread_mutex_unlock(&u->lock);
	return good;
}

unsigned
units_trust(struct units *u, uint64_t from, uint64_t to)
{
	uint64_t next = from / u->size;

	for (size_t i = extents_find(u->map, from); i < u->map->list.n && u->map->list.at[i].offset < to; i++) {
		const struct extent *e = &u->map->list.at[i];
		uint64_t end = e->offset + e->length < to ? e->offset + e->length : to;

		if (!extent_stored(e))
			continue;
		if (next < e->offset / u->size)
			next = e->offset / u->size;
		for (; next * u->size < end; next++)
			if (!unit_good(u, next))
				return TRUST_DAMAGED;
	}
	return 0;
}

int
units_open(const struct extent_map *map, struct source *volume, uint32_t size, struct sink *out,
	   struct units **ret_units)
{
	CLEANUP(units_close) struct units *u = calloc(1, sizeof(*u));

	if (!u)
		return fail(ENOMEM, "out of memory for a compressed stream");
	pthread_mutex_init(&u->lock, NULL);
	u->map = map;
	u->volume = volume;
	u->out = out;
	u->size = size;
	u->cached = UINT64_MAX;
	u->packed = malloc(size);
	u->plain = malloc(size);
	if (!u->packed || !u->plain)
		return fail(ENOMEM, "out of memory for a compressed stream");
	*ret_units = TAKE(u);
	return 0;
}

struct units *
units_close(struct units *u)
{
	if (!u)
		return NULL;
	pthread_mutex_destroy(&u->lock);
	spoiled_free(&u->spoiled);
	free(u->packed);
	free(u->plain);
	free(u);
	return NULL;
}

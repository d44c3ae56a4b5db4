/* stream.c - the content of a file: what its attributes, runs, holes and lengths say that a program would have read. */
#include "stream_own.h"

#include <errno.h>

#include "fail.h"
#include "layout.h"

enum {
	ENTRY_BOOT = 7,
	REPARSE_READ = 64, /* bytes of a reparse point that are looked at */
};

/* How many of n bytes at offset lie before the valid-data length; all behind it is zeros. */
static size_t
valid_part(const struct stream_source *s, uint64_t offset, size_t n)
{
	uint64_t valid = s->info.valid;

	return offset >= valid ? 0 : valid - offset < n ? (size_t)(valid - offset) : n;
}

static ssize_t
stream_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct stream_source *s = stream_self(src);
	size_t valid = valid_part(s, offset, n);
	int r = 0;

	if (s->wof)
		r = wof_read(s->wof, offset, buf, valid);
	else if (s->bytes)
		memcpy(buf, s->bytes + offset, valid);
	else if (s->units)
		r = units_read(s->units, offset, buf, valid);
	else
		r = extents_read(&s->map, s->ntfs->volume, offset, buf, valid);
	if (r < 0)
		return r;
	memset((uint8_t *)buf + valid, 0, n - valid);
	return (ssize_t)n;
}

static uint64_t
unit_floor(const struct stream_source *s, uint64_t offset)
{
	return offset - offset % s->unit;
}

static uint64_t
unit_ceil(const struct stream_source *s, uint64_t offset)
{
	return unit_floor(s, offset + s->unit - 1);
}

/* With compression a unit is data as soon as any of its clusters is. */
static int
stream_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	struct stream_source *s = stream_self(src);
	const struct extent_map *map = &s->map;
	size_t i = extents_find(map, unit_floor(s, offset));
	uint64_t from, to;

	if (s->bytes || s->wof) {
		*ret_from = offset;
		*ret_to = s->info.valid;
		return offset < s->info.valid;
	}
	while (i < map->list.n && !extent_stored(&map->list.at[i]))
		i++;
	if (i == map->list.n)
		return 0;
	from = unit_floor(s, map->list.at[i].offset);
	while (i < map->list.n && extent_stored(&map->list.at[i]))
		i++;
	to = unit_ceil(s, map->list.at[i - 1].offset + map->list.at[i - 1].length);
	*ret_from = from < offset ? offset : from;
	*ret_to = to < s->info.valid ? to : s->info.valid;
	return *ret_from < *ret_to;
}

static unsigned
trust_extent(const struct stream_source *s, const struct extent *e, uint64_t from, uint64_t to)
{
	uint64_t end = e->offset + e->length, a = from > e->offset ? from : e->offset, b = to < end ? to : end;

	if (extent_stored(e))
		return source_trust(s->ntfs->volume, e->at + (a - e->offset), e->at + (b - e->offset));
	return e->at == EXTENT_MISSING || s->info.flags & STREAM_ELSEWHERE ? TRUST_MISSING : 0;
}

unsigned
stream_trust_stored(const struct stream_source *s, uint64_t from, uint64_t to)
{
	const struct extent_map *map = &s->map;
	unsigned trust = 0;

	for (size_t i = extents_find(map, from); i < map->list.n && map->list.at[i].offset < to; i++)
		trust |= trust_extent(s, &map->list.at[i], from, to);
	return trust;
}

static unsigned
stream_trust(struct source *src, uint64_t from, uint64_t to)
{
	struct stream_source *s = stream_self(src);
	unsigned trust = 0;

	if (to > s->info.valid)
		to = s->info.valid;
	if (from >= to)
		return 0;
	if (s->wof)
		return wof_trust(s->wof, from, to);
	if (s->bytes) {
		trust = s->torn ? TRUST_UNVERIFIED : 0;
		if (s->ntfs->mft)
			trust |= source_trust(s->ntfs->mft, s->resident_at + from, s->resident_at + to);
		return trust;
	}
	from = unit_floor(s, from);
	to = unit_ceil(s, to);
	trust = stream_trust_stored(s, from, to);
	if (to > s->map.mapped && s->info.valid > s->map.mapped)
		trust |= TRUST_MISSING;
	return s->units ? trust | units_trust(s->units, from, to) : trust;
}

static void
stream_close(struct source *src)
{
	struct stream_source *s = stream_self(src);

	units_close(s->units);
	wof_close(s->wof);
	extents_free(&s->map);
	free(s->bytes);
	free(s);
}

static const struct source_ops stream_ops = {
	.read = stream_read,
	.next_data = stream_next_data,
	.trust = stream_trust,
	.close = stream_close,
};

void
stream_info(const struct source *stream, struct stream_info *ret_info)
{
	*ret_info = stream_self(stream)->info;
}

uint64_t
stream_place(const struct source *stream, uint64_t offset)
{
	const struct stream_source *s = stream_self(stream);
	size_t i = extents_find(&s->map, offset);

	if (s->bytes)
		return s->info.record_offset + offset;
	if (i == s->map.list.n || !extent_stored(&s->map.list.at[i]))
		return EXTENT_HOLE;
	return s->map.list.at[i].at + (offset - s->map.list.at[i].offset);
}

static int
take_resident(struct stream_source *s, const struct stream_plan *plan)
{
	const struct piece *piece = &plan->pieces->list.at[plan->start];
	struct view value = piece->attribute.value;

	s->bytes = malloc(value.n ? value.n : 1);
	if (!s->bytes)
		return fail(ENOMEM, "out of memory for a resident stream");
	if (value.n)
		memcpy(s->bytes, value.p, value.n);
	s->torn = piece->torn;
	s->resident_at = piece->at;
	s->info.record_offset = s->ntfs->mft ? stream_place(s->ntfs->mft, piece->at) : EXTENT_HOLE;
	return 0;
}

static int
by_vcn(const void *a, const void *b)
{
	const struct attribute *x = *(const struct attribute *const *)a, *y = *(const struct attribute *const *)b;

	if (x->first_vcn != y->first_vcn)
		return x->first_vcn < y->first_vcn ? -1 : 1;
	return (x > y) - (x < y);
}

/* All attributes of the stream in order of VCN; of those that hold VCN 0 only the one it was opened by. */
static int
parts_of(const struct stream_plan *plan, struct extent_map *map, const struct extent_check *check)
{
	const struct attribute *start = &plan->pieces->list.at[plan->start].attribute;
	VECTOR(const struct attribute *) parts = { 0 };
	int r = 0;

	for (size_t i = 0; i < plan->pieces->list.n && r == 0; i++) {
		const struct attribute *a = &plan->pieces->list.at[i].attribute, **part;

		if (a != start &&
		    (a->type != start->type || a->resident || !a->first_vcn || !view_equal(a->name, start->name)))
			continue;
		part = vector_push(&parts);
		if (!part)
			r = -ENOMEM;
		else
			*part = a;
	}
	vector_sort(&parts, by_vcn);
	for (size_t i = 0; i < parts.n && r == 0; i++)
		r = extents_add(map, parts.at[i], check);
	vector_free(&parts);
	return r;
}

/* Compression that can be undone; anything else is read as it is stored, and that is told. */
static int
take_compression(struct stream_source *s, const struct stream_plan *plan, const struct extent_check *check)
{
	const struct attribute *a = &plan->pieces->list.at[plan->start].attribute;
	uint64_t unit = a->unit < 16 ? (uint64_t)s->ntfs->geometry.cluster_size << a->unit : UINT64_MAX;

	if (!(a->flags & ATTRIBUTE_COMPRESSION))
		return 0;
	if ((a->flags & ATTRIBUTE_COMPRESSION) != 1 || !a->unit || unit > UNIT_MAX) {
		s->info.flags = (uint16_t)((s->info.flags & ~STREAM_COMPRESSED) | STREAM_BROKEN);
		return extents_damage(check, 0, "compressed in an unknown way: not unpacked");
	}
	s->unit = (uint32_t)unit;
	return units_open(&s->map, s->ntfs->volume, s->unit, plan->out, &s->units);
}

static int
take_runs(struct stream_source *s, const struct stream_plan *plan, const struct extent_check *check)
{
	const struct attribute *a = &plan->pieces->list.at[plan->start].attribute;
	int r = parts_of(plan, &s->map, check);

	if (r < 0)
		return r;
	s->info.extents = s->map.list.at;
	s->info.extent_count = s->map.list.n;
	if (a->first_vcn) { /* its sizes are lost with its beginning */
		s->info.size = s->info.valid = s->info.allocated = s->map.mapped;
		r = extents_damage(check, 0, "the beginning of the stream is missing");
	} else if (s->info.size > s->map.mapped) {
		r = extents_damage(check, s->map.mapped, "the runs end before the stream does");
	}
	return r < 0 ? r : take_compression(s, plan, check);
}

/* As much of the entry's reparse point as says how WOF packed it. */
static int
reparse_of(const struct stream_plan *plan, uint8_t buf[static REPARSE_READ], struct view *ret_reparse)
{
	CLEANUP(source_close) struct source *point = NULL;
	int r = stream_of(plan->ntfs, plan->pieces, ATTRIBUTE_REPARSE_POINT, view_of(NULL, 0), true, NULL, &point);
	ssize_t n = r < 0 ? r : source_read(point, 0, buf, REPARSE_READ);

	*ret_reparse = view_of(buf, n > 0 ? (size_t)n : 0);
	return n < 0 && n != -ENOENT && n != -EINVAL ? (int)n : 0;
}

/* The unnamed stream of a file that WOF packed shows what is in another one; what cannot be unpacked is elsewhere. */
static int
take_packed(struct stream_source *s, const struct stream_plan *plan, const struct extent_check *check)
{
	struct source *packed = NULL;
	enum wof_algorithm algorithm = WOF_XPRESS4K;
	uint8_t buf[REPARSE_READ];
	struct view reparse;
	const char *why = NULL;
	int r = reparse_of(plan, buf, &reparse);

	if (r == 0)
		r = wof_parse(reparse, &algorithm, &why);
	if (r == 0)
		r = stream_of(plan->ntfs, plan->pieces, ATTRIBUTE_DATA, packed_name(), false, NULL, &packed);
	if (r == -ENOENT || (r == -EINVAL && !why))
		why = "packed by WOF, but WofCompressedData is missing or broken: not decoded and not examined";
	if (r == 0)
		r = wof_open(packed, s->info.size, algorithm, plan->out, &s->wof, &why);
	if (why) {
		s->info.flags |= STREAM_ELSEWHERE;
		return extents_damage(check, 0, why);
	}
	if (r < 0)
		return r;
	s->info.valid = s->info.size; /* what counts of the hole is its length alone */
	s->info.flags = (uint16_t)((s->info.flags & ~STREAM_ELSEWHERE) | STREAM_UNPACKED);
	return 0;
}

static struct stream_info
info_of(const struct stream_plan *plan)
{
	const struct attribute *a = &plan->pieces->list.at[plan->start].attribute;

	return (struct stream_info){
		.entry = { .entry = plan->pieces->head.number, .sequence = plan->pieces->head.sequence },
		.attribute = plan->attribute,
		.flags = plan->flags,
		.size = a->size,
		.valid = plan->whole || a->valid > a->size ? a->size : a->valid,
		.allocated = a->allocated,
		.record_offset = EXTENT_HOLE,
	};
}

int
stream_build(const struct stream_plan *plan, struct source **ret_stream)
{
	const struct attribute *a = &plan->pieces->list.at[plan->start].attribute;
	struct whys said = { 0 };
	struct extent_check check = {
		.geometry = &plan->ntfs->geometry,
		.volume_size = plan->ntfs->volume->size,
		.boot = plan->pieces->head.number == ENTRY_BOOT,
		.out = plan->out,
		.whys = &said,
	};
	CLEANUP(source_close) struct source *src = NULL;
	struct stream_source *s;
	int r;

	if (a->broken && a->resident)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return fail(ENOMEM, "out of memory for a stream");
	src = &s->source;
	s->source.ops = &stream_ops;
	s->source.under = plan->ntfs->volume;
	s->source.name = plan->ntfs->volume->name;
	s->ntfs = plan->ntfs;
	s->unit = 1;
	s->info = info_of(plan);
	r = plan->unpack ? take_packed(s, plan, &check) : 0;
	if (r == 0)
		r = a->resident ? take_resident(s, plan) : take_runs(s, plan, &check);
	if (r == 0 && plan->elsewhere)
		r = extents_damage(&check, 0, plan->elsewhere);
	if (r == -ENOMEM)
		return fail(ENOMEM, "out of memory for the runs of a stream");
	if (r < 0)
		return r;
	if (said.n)
		s->info.flags |= STREAM_BROKEN;
	s->source.size = s->info.size;
	*ret_stream = TAKE(src);
	return 0;
}

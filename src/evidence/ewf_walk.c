/* ewf_walk.c - the chain of sections in one segment file: followed within bounds, picked up again where it broke. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "ewf.h"

enum {
	RESYNC_BLOCK = 1 << 20,
	TAIL = 4096, /* of a section, where others may be hidden */
	PLAIN_MAX = 4 << 20, /* of a section without media in it, what is looked through for others */
};

struct section_kind {
	const char *name;
	int (*take)(struct ewf_walk *walk, const struct ewf_section *section);
};

int
ewf_walk_damage(struct ewf_walk *walk, uint64_t offset, const char *what)
{
	const struct ewf *ewf = walk->ewf;

	return image_damage(walk->out, ewf->listed * ewf->chunk_size, "%s at %" PRIu64 ": %s",
			    path_name(ewf->image->set.segments.at[walk->segment].path), offset, what);
}

bool
ewf_descriptor_valid(const struct ewf_descriptor *d)
{
	return le32_get(d->checksum) == ewf_adler(1, view_of(d, offsetof(struct ewf_descriptor, checksum)));
}

/* The sectors have no table behind them: their chunks can still be told apart by their checksums. */
static int
close_sectors(struct ewf_walk *walk, uint64_t offset)
{
	uint64_t chunks = 0;
	int r, whole;

	if (!walk->awaits_table)
		return 0;
	walk->awaits_table = false;
	r = ewf_walk_damage(walk, offset, "a sectors section has no table that can be used");
	whole = r < 0 ? r : ewf_salvage(walk, &chunks);
	if (whole < 0)
		return whole;
	if (chunks)
		r = ewf_walk_damage(walk, walk->sectors_from, "chunks without a table were found by their checksums");
	return r < 0 || whole ? r : ewf_tables_lost(walk->ewf, "their table is lost");
}

static int
take_sectors(struct ewf_walk *walk, const struct ewf_section *section)
{
	int r = close_sectors(walk, section->start);

	walk->sectors_from = section->from;
	walk->sectors_end = section->to;
	walk->awaits_table = true;
	walk->table = WALK_NO_TABLE;
	return r;
}

static int
take_table(struct ewf_walk *walk, const struct ewf_section *section)
{
	return ewf_table_section(walk, section, false);
}

static int
take_table2(struct ewf_walk *walk, const struct ewf_section *section)
{
	return ewf_table_section(walk, section, true);
}

static int
take_next(struct ewf_walk *walk, const struct ewf_section *section)
{
	walk->ended = true;
	return close_sectors(walk, section->start);
}

static int
take_done(struct ewf_walk *walk, const struct ewf_section *section)
{
	walk->last = true;
	return take_next(walk, section);
}

static const struct section_kind kinds[] = {
	{ "table", take_table },
	{ "table2", take_table2 },
	{ "sectors", take_sectors },
	{ "header", ewf_header_section },
	{ "header2", ewf_header_section },
	{ "volume", ewf_geometry_section },
	{ "disk", ewf_geometry_section },
	{ "data", ewf_geometry_section },
	{ "hash", ewf_hash_section },
	{ "digest", ewf_hash_section },
	{ "error2", ewf_error_section },
	{ "next", take_next },
	{ "done", take_done },
	{ "session", NULL },
	{ "incomplete", NULL },
	{ "xheader", NULL },
	{ "xhash", NULL },
};

static const struct section_kind *
kind_of(const char *type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, type))
			return &kinds[i];
	return NULL;
}

/* Whether a descriptor could begin here: one of the types that come behind data, with zeros after it. */
static bool
looks_like_descriptor(const uint8_t *p)
{
	static const char *const names[] = { "sectors", "table",  "table2", "next",  "done",
					     "data",    "digest", "hash",   "error2" };

	if (!strchr("stndhe", *p) || !*p)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char type[16] = { 0 };

		memcpy(type, names[i], strlen(names[i]));
		if (!memcmp(p, type, sizeof(type)))
			return ewf_descriptor_valid((const struct ewf_descriptor *)p);
	}
	return false;
}

uint64_t
ewf_resync(struct ewf_walk *walk, uint64_t from, uint64_t to)
{
	const size_t overlap = sizeof(struct ewf_descriptor) - 1;
	CLEANUP(free) uint8_t *block = malloc(RESYNC_BLOCK + overlap);

	while (block && from < to) {
		ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, from, block, RESYNC_BLOCK + overlap);

		for (ssize_t i = 0; i + (ssize_t)sizeof(struct ewf_descriptor) <= n; i++)
			if (looks_like_descriptor(block + i))
				return from + (uint64_t)i < to ? from + (uint64_t)i : UINT64_MAX;
		from += RESYNC_BLOCK; /* also over a place that cannot be read */
	}
	return UINT64_MAX;
}

/* Whether the chain could go on at this place. */
static bool
leads_on(struct ewf_walk *walk, uint64_t at)
{
	struct ewf_descriptor d;

	if (at == walk->size)
		return true;
	return segment_read(&walk->ewf->image->set, walk->segment, at, &d, sizeof(d)) == (ssize_t)sizeof(d) &&
	       ewf_descriptor_valid(&d);
}

/*
 * Both the link and the size say where a section ends. When they do not agree, the file is damaged, or made to show one
 * image to some tools and another one to others.
 */
static int
section_end(struct ewf_walk *walk, uint64_t start, const struct ewf_descriptor *d, uint64_t *ret_to)
{
	uint64_t next = le64_get(d->next), size = le64_get(d->size);
	bool by_next = next >= start + sizeof(*d) && next <= walk->size;
	bool by_size = size >= sizeof(*d) && size <= walk->size - start;
	int r = 0;

	if (by_next && by_size && next - start == size) {
		*ret_to = next;
		return 1;
	}
	by_next = by_next && leads_on(walk, next);
	by_size = by_size && leads_on(walk, start + size);
	if (!by_next && !by_size)
		return 0;
	/* the nearer one leads over fewer sections */
	*ret_to = by_next && (!by_size || next - start < size) ? next : start + size;
	if (!by_next)
		r = ewf_walk_damage(walk, start, "a section's link does not lead onwards; its size was used");
	else if (size)
		r = ewf_walk_damage(walk, start,
				    "a section's size does not fit its link to the next; the nearer was used");
	return r < 0 ? r : 1;
}

/* Sectors, and a table with its sectors, are worth something even when the file ends within them. */
static bool
cut_short(const struct ewf_walk *walk, const struct section_kind *kind, const struct ewf_descriptor *d)
{
	return kind && (kind->take == take_sectors || kind->take == take_table) && ewf_descriptor_valid(d) &&
	       le64_get(d->next) > walk->size;
}

/* Whether a section within this one ends where it ends. */
static int
holds_another(struct ewf_walk *walk, const struct ewf_section *section)
{
	uint8_t tail[TAIL];
	uint64_t room = section->to - section->from, from = section->to - (room < TAIL ? room : TAIL);
	ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, from, tail, (size_t)(section->to - from));

	if (n < 0)
		return n == -EIO ? 0 : (int)n;
	for (ssize_t i = 0; i + (ssize_t)sizeof(struct ewf_descriptor) <= n; i++)
		if (looks_like_descriptor(tail + i))
			return 1;
	return 0;
}

/*
 * What no tool writes may stand for what one did, and a section that is too long may have others within it. Media can
 * hold whatever looks like a section; all other kinds end where another one begins.
 */
static int
check_room(struct ewf_walk *walk, const struct section_kind *kind, struct ewf_section *section)
{
	bool media = kind && (kind->take == take_sectors || kind->take == take_table || kind->take == take_table2);
	uint64_t room = section->to - section->from, inner = UINT64_MAX;
	int r = kind ? holds_another(walk, section) : 0;

	if (!kind) {
		r = ewf_walk_damage(walk, section->start, "a section of an unknown kind was left out");
		return r < 0 ? r : ewf_tables_lost(walk->ewf, "a section that may have listed them is of an unknown kind");
	}
	if (r >= 0 && !media)
		inner = ewf_resync(walk, section->from, section->from + (room < PLAIN_MAX ? room : PLAIN_MAX));
	if (r < 0 || (r == 0 && inner == UINT64_MAX))
		return r;
	if (inner == UINT64_MAX)
		return ewf_walk_damage(walk, section->start, "another section lies within this one");
	section->to = inner;
	return ewf_walk_damage(walk, section->start, "another section lies within this one, and was read on from there");
}

/* Takes the section at start: 1 and where the next begins, 0 when the chain is broken here, or negative. */
static int
take_section(struct ewf_walk *walk, uint64_t start, uint64_t *ret_next)
{
	struct ewf_descriptor d;
	struct ewf_section section = { .start = start, .from = start + sizeof(d) };
	ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, start, &d, sizeof(d));
	const struct section_kind *kind;
	int r;

	if (n < (ssize_t)sizeof(d))
		return n < 0 && n != -EIO ? (int)n : 0;
	memcpy(section.type, d.type, sizeof(d.type));
	kind = kind_of(section.type);
	if (!ewf_descriptor_valid(&d)) {
		r = ewf_walk_damage(walk, start, "the checksum of a section's descriptor does not fit");
		if (r < 0 || !kind)
			return r;
	}
	if (kind && (kind->take == take_next || kind->take == take_done)) {
		section.to = section.from;
	} else if (cut_short(walk, kind, &d)) {
		section.to = walk->size;
	} else {
		r = section_end(walk, start, &d, &section.to);
		if (r <= 0)
			return r;
	}
	r = check_room(walk, kind, &section);
	*ret_next = section.to;
	if (r >= 0 && kind && kind->take)
		r = kind->take(walk, &section);
	return r < 0 ? r : 1;
}

/* What lies between a broken section and the next whole one may have held tables. */
static int
pick_up(struct ewf_walk *walk, uint64_t *at)
{
	int r = ewf_walk_damage(walk, *at, "the chain of sections is broken");

	if (r < 0)
		return r;
	*at = ewf_resync(walk, *at + 1, walk->size);
	return ewf_tables_lost(walk->ewf, "their part of the segment file is damaged");
}

int
ewf_walk_segment(struct ewf_walk *walk)
{
	uint64_t at = EWF_FILE_HEADER;
	unsigned budget = EWF_SECTIONS_MAX, resyncs = EWF_RESYNC_MAX;
	int r;

	while (!walk->ended && !walk->foreign && at < walk->size) {
		if (!budget--)
			return ewf_walk_damage(walk, at,
					       "more sections than a segment file can have; the rest was left out");
		r = take_section(walk, at, &at);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (!resyncs--)
			break;
		r = pick_up(walk, &at);
		if (r < 0)
			return r;
	}
	if (walk->ended || walk->foreign)
		return 0;
	r = ewf_walk_damage(walk, walk->size, "the segment file ends before its last section");
	r = r < 0 ? r : close_sectors(walk, walk->size);
	return r < 0 ? r : ewf_tables_lost(walk->ewf, "the segment file is cut off");
}

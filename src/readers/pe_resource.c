/*
 * pe_resource.c - the resources of a program, as far as they lead to its version: a tree of type, name and language.
 *
 *	directory    16 bytes, the numbers of named and of numbered entries at 12 and 14
 *	entry        8 bytes: its name or number, and where it leads from the start of the resources; the highest bit
 *	             says that this is another directory
 *	data         16 bytes: address in memory, size, code page, nothing
 *
 * Windows looks three directories deep and nowhere else, and so does this: no tree can go round.
 */
#include <errno.h>

#include "fail.h"
#include "pe_own.h"

enum { TYPE_VERSION = 16, HIGH = 0x80000000u, DIRECTORY = 16, ENTRY = 8 };

struct resource_data {
	le32 rva, size, code_page, reserved;
};

/* n bytes at `at` of the resources: 1, 0 with damage told where they are not there, or negative. */
static int
read_resource(struct pe_reading *r, uint32_t at, void *buf, uint32_t n)
{
	uint64_t offset = 0;
	int e;

	if (at > UINT32_MAX - r->resources || !pe_place(r->pe, r->resources + at, n, &offset)) {
		e = sink_damage(r->out, offset, "a directory of its resources lies in no section");
		return e < 0 ? e : 0;
	}
	e = source_read_all(r->src, offset, buf, n);
	if (e != -ENODATA)
		return e < 0 ? e : 1;
	e = sink_damage(r->out, offset, "a directory of its resources lies beyond the end of the file");
	return e < 0 ? e : 0;
}

/* How many entries a directory has, and where the numbered ones begin. */
static int
read_directory(struct pe_reading *r, uint32_t at, uint32_t *ret_named, uint32_t *ret_numbered)
{
	uint8_t head[DIRECTORY];
	int e = read_resource(r, at, head, sizeof(head));

	if (e <= 0)
		return e;
	*ret_named = (uint32_t)(head[12] | head[13] << 8);
	*ret_numbered = (uint32_t)(head[14] | head[15] << 8);
	return 1;
}

/* As read_resource; 0 also where enough have been looked at. */
static int
read_entry(struct pe_reading *r, uint32_t directory, uint32_t i, uint32_t *ret_id, uint32_t *ret_leads)
{
	le32 entry[2];
	uint32_t at = directory + DIRECTORY + i * ENTRY; /* i < 2^17, directory < 2^31 */
	int e;

	if (!r->budget--) {
		r->budget = 0;
		e = sink_damage(r->out, 0, "its resources have more entries than are looked through");
		return e < 0 ? e : 0;
	}
	e = read_resource(r, at, entry, sizeof(entry));
	if (e > 0) {
		*ret_id = le32_get(entry[0]);
		*ret_leads = le32_get(entry[1]);
	}
	return e;
}

static int
read_data(struct pe_reading *r, uint32_t at)
{
	CLEANUP(free) uint8_t *bytes = NULL;
	struct resource_data data;
	uint64_t offset = 0;
	uint32_t size;
	int e = read_resource(r, at, &data, sizeof(data));

	if (e <= 0)
		return e;
	size = le32_get(data.size);
	if (size > PE_VERSION_MAX)
		return sink_damage(r->out, 0, "its version resource is longer than one can be");
	if (!pe_place(r->pe, le32_get(data.rva), size, &offset))
		return sink_damage(r->out, 0, "its version resource lies in no section");
	bytes = malloc(size + 1);
	if (!bytes)
		return fail(ENOMEM, "out of memory for the version of %s", r->src->name);
	e = source_read_all(r->src, offset, bytes, size);
	if (e == -ENODATA)
		return sink_damage(r->out, offset, "its version resource lies beyond the end of the file");
	return e < 0 ? e : pe_version(r, view_of(bytes, size), offset);
}

/* Has take() look at what each entry of a directory leads to, until enough versions are found. */
static int
each_entry(struct pe_reading *r, uint32_t directory, int (*take)(struct pe_reading *r, uint32_t leads))
{
	uint32_t named, numbered, id, leads;
	int e = read_directory(r, directory, &named, &numbered);

	for (uint32_t i = 0; e > 0 && i < named + numbered && r->pe->versions < PE_VERSIONS_MAX; i++) {
		e = read_entry(r, directory, i, &id, &leads);
		if (e <= 0)
			return e;
		e = take(r, leads);
		if (e == 0)
			e = 1;
	}
	return e < 0 ? e : 0;
}

static int
take_language(struct pe_reading *r, uint32_t leads)
{
	return leads & HIGH ? sink_damage(r->out, 0, "its resources lie deeper than Windows looks") : read_data(r, leads);
}

/* Each name is a version of its own; one program has one, as a rule with the name 1. */
static int
take_name(struct pe_reading *r, uint32_t leads)
{
	return leads & HIGH ? each_entry(r, leads & ~HIGH, take_language)
			    : sink_damage(r->out, 0, "a version resource is not where Windows looks");
}

int
pe_resources(struct pe_reading *r)
{
	uint32_t named, numbered, id, leads;
	int e = read_directory(r, 0, &named, &numbered);

	for (uint32_t i = 0; e > 0 && i < named + numbered; i++) {
		e = read_entry(r, 0, i, &id, &leads);
		if (e <= 0)
			return e;
		if (i < named || id != TYPE_VERSION)
			continue;
		if (leads & HIGH)
			return each_entry(r, leads & ~HIGH, take_name);
		return sink_damage(r->out, 0, "its version resource is not where Windows looks");
	}
	return e < 0 ? e : 0;
}

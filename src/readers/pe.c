/*
 * pe.c - a Windows program by its headers: for what machine it is, when it was linked, how it lies in memory.
 *
 *	MZ header    64 bytes; the offset of the next at 0x3c
 *	"PE\0\0"     then 20 bytes of COFF header: machine, sections, time, ..., size of the optional header, flags
 *	optional     0x10b (PE32) or 0x20b (PE32+), 96 or 112 bytes, then up to 16 directories of 8 bytes
 *	sections     40 bytes each
 *
 * By Microsoft's "PE Format" specification.
 */
#include <errno.h>

#include "fail.h"
#include "pe_own.h"

enum {
	MAGIC_32 = 0x10b,
	MAGIC_64 = 0x20b,
	OPTIONAL_MAX = 112 + 16 * 8,
	SUBSYSTEM = 68,
	DIRECTORIES_32 = 96, /* their number stands in the four bytes before them */
	DIRECTORIES_64 = 112,
	DIRECTORY_RESOURCE = 2,
	DIRECTORY_CLR = 14,
	FLAG_DLL = 0x2000,
};

struct dos_header {
	uint8_t magic[2], between[58];
	le32 next; /* 0x3c */
};

struct coff_header {
	uint8_t signature[4];
	le16 machine, sections;
	le32 timestamp, symbols_at, symbols;
	le16 optional, flags;
};

struct directory_entry {
	le32 rva, size;
};

struct section_header {
	uint8_t name[8];
	le32 size, rva, stored, at, relocations_at, lines_at;
	le16 relocations, lines;
	le32 flags;
};

/* Reads exactly n bytes: 1, 0 where the file ends before, or negative. */
static int
read_at(struct pe_reading *r, uint64_t offset, void *buf, size_t n)
{
	int e = offset <= r->src->size && n <= r->src->size - offset ? source_read_all(r->src, offset, buf, n) : -ENODATA;

	return e == -ENODATA ? 0 : e < 0 ? e : 1;
}

bool
pe_place(const struct pe *pe, uint32_t rva, uint32_t n, uint64_t *ret_offset)
{
	for (uint32_t i = 0; i < pe->section_count; i++) {
		const struct pe_section *s = &pe->sections[i];

		if (rva < s->rva || rva - s->rva > s->stored || n > s->stored - (rva - s->rva))
			continue;
		*ret_offset = (uint64_t)s->at + (rva - s->rva);
		return true;
	}
	return false;
}

static int
read_sections(struct pe_reading *r, uint64_t offset, uint32_t count)
{
	struct pe *pe = r->pe;
	int e = 0;

	if (count > PE_SECTIONS_MAX) {
		e = sink_damage(r->out, offset, "more sections than Windows loads: the rest is left out");
		count = PE_SECTIONS_MAX;
	}
	if (e < 0)
		return e;
	pe->sections = arena_take(&pe->arena, (count + 1) * sizeof(*pe->sections), _Alignof(struct pe_section));
	if (!pe->sections)
		return fail(ENOMEM, "out of memory for the sections of %s", r->src->name);
	for (e = 1; e > 0 && pe->section_count < count; pe->section_count += e > 0) {
		struct section_header header;
		struct pe_section *s = &pe->sections[pe->section_count];

		e = read_at(r, offset + pe->section_count * sizeof(header), &header, sizeof(header));
		if (e <= 0)
			continue;
		memcpy(s->name, header.name, sizeof(header.name));
		s->rva = le32_get(header.rva);
		s->size = le32_get(header.size);
		s->at = le32_get(header.at);
		s->stored = le32_get(header.stored);
		s->flags = le32_get(header.flags);
	}
	return e < 0 ? e : e == 0 ? sink_damage(r->out, offset, "the table of sections lies beyond the end of the file") : 0;
}

/* The optional header, whose size the file itself gives: *ret_directories are those that it has. */
static int
read_optional(struct pe_reading *r, struct view bytes, uint64_t offset)
{
	const le16 *magic = VIEW_AT(bytes, 0, le16), *subsystem = VIEW_AT(bytes, SUBSYSTEM, le16);
	uint16_t kind = magic ? le16_get(*magic) : 0;
	uint32_t at = kind == MAGIC_64 ? DIRECTORIES_64 : DIRECTORIES_32;
	const struct directory_entry *resources, *clr;
	const le32 *count = VIEW_AT(bytes, at - 4, le32);
	uint32_t n = count ? le32_get(*count) : 0;

	if (kind != MAGIC_32 && kind != MAGIC_64)
		return sink_damage(r->out, offset, "its optional header is of no kind that is known");
	r->pe->kind = kind == MAGIC_64 ? PE_64 : PE_32;
	r->pe->subsystem = subsystem ? le16_get(*subsystem) : 0;
	resources = n > DIRECTORY_RESOURCE ? VIEW_AT(bytes, at + DIRECTORY_RESOURCE * 8, struct directory_entry) : NULL;
	clr = n > DIRECTORY_CLR ? VIEW_AT(bytes, at + DIRECTORY_CLR * 8, struct directory_entry) : NULL;
	r->resources = resources ? le32_get(resources->rva) : 0;
	r->pe->managed = clr && le32_get(clr->rva) && le32_get(clr->size);
	return 0;
}

static int
read_headers(struct pe_reading *r, uint64_t offset)
{
	struct coff_header coff;
	uint8_t optional[OPTIONAL_MAX];
	size_t n;
	int e = read_at(r, offset, &coff, sizeof(coff));

	if (e < 0)
		return e;
	if (e == 0 || memcmp(coff.signature, "PE\0\0", 4))
		return sink_damage(r->out, offset, "a program of DOS, or its header of Windows is damaged");
	r->pe->machine = le16_get(coff.machine);
	r->pe->timestamp = le32_get(coff.timestamp);
	r->pe->flags = le16_get(coff.flags);
	r->pe->dll = r->pe->flags & FLAG_DLL;
	n = le16_get(coff.optional) < OPTIONAL_MAX ? le16_get(coff.optional) : OPTIONAL_MAX;
	offset += sizeof(coff);
	e = read_at(r, offset, optional, n);
	if (e == 0)
		return sink_damage(r->out, offset, "its optional header lies beyond the end of the file");
	if (e > 0)
		e = read_optional(r, view_of(optional, n), offset);
	return e < 0 || r->pe->kind < PE_32 ? e : read_sections(r, offset + le16_get(coff.optional), le16_get(coff.sections));
}

int
pe_read(struct source *src, struct sink *out, struct pe *ret_pe)
{
	struct pe_reading r = { .src = src, .out = out, .pe = ret_pe, .budget = PE_ENTRIES_MAX };
	struct dos_header dos;
	int e;

	*ret_pe = (struct pe){ 0 };
	e = read_at(&r, 0, &dos, sizeof(dos));
	if (e <= 0 || memcmp(dos.magic, "MZ", 2))
		return e < 0 ? e : 0;
	ret_pe->kind = PE_DOS;
	e = read_headers(&r, le32_get(dos.next));
	return e < 0 || !r.resources ? e : pe_resources(&r);
}

void
pe_free(struct pe *pe)
{
	vector_free(&pe->strings);
	arena_free(&pe->arena);
}

const struct pe_string *
pe_string(const struct pe *pe, const char *key)
{
	for (size_t i = 0; i < pe->strings.n; i++)
		if (!strcmp(pe->strings.at[i].key, key))
			return &pe->strings.at[i];
	return NULL;
}

/* pe.h - a Windows program: what its headers and its version resource say it is. */
#ifndef PE_H
#define PE_H

#include "arena.h"
#include "sink.h"
#include "source.h"
#include "vector.h"

enum pe_limits {
	PE_SECTIONS_MAX = 96,       /* what Windows loads */
	PE_ENTRIES_MAX = 4096,      /* of the directories of resources, that are looked at */
	PE_VERSION_MAX = 64 << 10,  /* bytes of a version resource; its length is 16 bits wide */
	PE_VERSIONS_MAX = 16,       /* languages of it that are read */
	PE_STRINGS_MAX = 256,       /* of all of them */
	PE_STRING_MAX = 1024,       /* bytes of one that are kept, as UTF-8 */
};

struct pe_section {
	char name[9];
	uint32_t rva, size;         /* in memory */
	uint32_t at, stored;        /* in the file */
	uint32_t flags;
};

/* A pair out of StringFileInfo: "FileVersion" and what it says. UTF-8, as in the file up to its NUL. */
struct pe_string {
	const char *table; /* language and code page, "040904B0" */
	const char *key;
	struct view value;
	uint64_t offset; /* of the value within the file */
};

enum pe_kind {
	PE_NONE, /* not a program at all: no "MZ" */
	PE_DOS,  /* "MZ", and no header of Windows that can be read */
	PE_32,
	PE_64, /* PE32+ */
};

struct pe {
	enum pe_kind kind;
	uint16_t machine, flags, subsystem;
	uint32_t timestamp; /* seconds since 1970, or a hash where the build is reproducible */
	bool dll;
	bool managed; /* has a CLR header: written in .NET */
	struct pe_section *sections; /* in the arena */
	uint32_t section_count;
	unsigned versions;   /* version resources that were read */
	bool fixed;          /* VS_FIXEDFILEINFO was there, in the first of them */
	uint64_t fixed_at;   /* its offset within the file */
	uint16_t file_version[4], product_version[4];
	VECTOR(struct pe_string) strings; /* in order of the file */
	struct arena arena;
};

/*
 * Reads what there is: 0, or negative when the tool failed or the sink said stop. What does not hold together is told
 * to out as damage, and the rest is read. ret_pe is written in any case and is to be freed.
 */
int pe_read(struct source *src, struct sink *out, struct pe *ret_pe);
void pe_free(struct pe *pe);
static inline void
pe_free_at(struct pe *pe)
{
	pe_free(pe);
}

/* The first string of that name, NULL without one. */
const struct pe_string *pe_string(const struct pe *pe, const char *key);

#endif

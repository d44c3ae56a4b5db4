/* pe_own.h - one program while it is read; for the files of its reader alone. */
#ifndef PE_OWN_H
#define PE_OWN_H

#include "pe.h"

struct pe_reading {
	struct source *src;
	struct sink *out;
	struct pe *pe;
	uint32_t resources; /* where they begin in memory, 0 for none */
	unsigned budget;    /* entries of directories that may still be looked at */
};

/* The offset within the file of n bytes at an address in memory; false where no section stores them. */
bool pe_place(const struct pe *pe, uint32_t rva, uint32_t n, uint64_t *ret_offset);

/* Finds the version resources and reads them. 0 or negative. */
int pe_resources(struct pe_reading *r);

/* Takes a version resource apart that lies at this offset of the file. 0 or negative. */
int pe_version(struct pe_reading *r, struct view bytes, uint64_t offset);

#endif

/* catalog_own.h - what a catalogue is made of. */
#ifndef EVIDENCE_CATALOG_OWN_H
#define EVIDENCE_CATALOG_OWN_H

#include "catalog_pack.h"
#include "mft.h"

enum { SLAB_RECORDS_BYTES = 2 << 20 }; /* of the $MFT in one slab */

/* One folder; its reference stands in catalog->folders at the same index. */
struct folder_row {
	uint32_t parent;
	uint32_t name;       /* where it begins in catalog->names, in units */
	uint16_t path_units; /* of the path down to here */
	uint8_t name_units;
	uint8_t state : 3, chain : 3, case_sensitive : 1, settled : 1;
};

struct catalog {
	struct catalog_count count;
	uint64_t records, per_slab; /* per_slab: records in a slab of the sweep */
	uint32_t cluster_size;
	VECTOR(struct slab) slabs;  /* the sweep's, slab i from record i * per_slab on */
	VECTOR(struct slab) late;   /* entries of several records, which stand instead of those in slabs */
	struct parents folders;
	struct folder_row *rows;
	uint8_t *names;             /* UTF-16LE, of the folders */
	size_t names_size;
};

/* Records of zeros that follow each other. */
struct blank {
	uint64_t first, n;
};

/* What the sweep has met, for what comes behind it. */
struct sweep {
	struct catalog *catalog;
	struct ntfs *ntfs;
	struct sink *out;
	unsigned threads;
	int (*progress)(void *state, uint64_t done);
	void *state;
	VECTOR(struct blank) blanks;
	uint64_t last_written;           /* the last record that is not empty */
	VECTOR(struct stray) extensions; /* all of them, first in order of the $MFT, then sorted */
	VECTOR(uint64_t) extended;       /* entries with an attribute list */
	VECTOR(uint64_t) late;           /* entries to be put together from several records, and orphans */
	VECTOR(struct stray) strays;     /* those of the extensions that no list names */
};

/* Sweeps the $MFT (catalog_sweep.c), puts together what lies in several records (catalog_late.c), names the folders
 * (catalog_folder.c). 0 or negative. */
int sweep_records(struct sweep *sweep);
int sweep_late(struct sweep *sweep);
int sweep_folders(struct sweep *sweep);

/* Gives the parents that a slab names their folder numbers. 0 or -ENOMEM. */
int catalog_number_folders(struct catalog *catalog, const struct parents *parents, struct slab *slab);

#endif

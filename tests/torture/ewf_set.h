/* ewf_set.h - an E01 set as the one who breaks it sees it: files in memory, their sections, and where chunks lie. */
#ifndef TESTS_TORTURE_EWF_SET_H
#define TESTS_TORTURE_EWF_SET_H

#include "torture.h"

enum { FILES_MAX = 32, DESCRIPTOR = 76, FILE_HEAD = 13, TABLE_HEAD = 24, PATH_LENGTH = 512 };

struct file {
	uint8_t *p;
	size_t n;
	uint32_t number; /* the name that it goes by; 0: it is gone */
};

struct section {
	unsigned file;
	size_t at, size; /* with its descriptor */
	char type[17];
};

struct chunk {
	unsigned file;
	size_t at, n;
	bool packed;
};

struct set {
	struct file files[FILES_MAX];
	unsigned n;
	uint32_t chunk_size;
	uint8_t *media;
	size_t media_size;
	char path[PATH_LENGTH]; /* of the first file */
	VECTOR(struct section) sections;
	VECTOR(struct chunk) chunks;
};

/* Reads PATH.E01 and the files behind it, and the media from PATH.raw beside them. 0 or -1. */
int set_load(struct set *set, const char *path);

void set_free(struct set *set);

/* Writes the files as E01, E02 and so on into a folder. 0 or -1. */
int set_write(const struct set *set, const char *folder);

/* The checksum of a section's descriptor, or of any bytes with it behind them, made anew. */
void seal_descriptor(struct set *set, const struct section *s);
void seal_bytes(struct set *set, unsigned file, size_t from, size_t n);

/* What was done to a set. */
struct ewf_mutant {
	struct set *set;
	const struct set *others; /* for files of another set */
	size_t other_count;
	struct chance chance;
	const char *class;
	struct text log;
	VECTOR(size_t) rewritten; /* chunks with other bytes that their checksums fit */
	bool hash_rewritten;      /* the stored hash is another one, with a checksum that fits */
	bool layout_rewritten;    /* tables or the description of the media were, with checksums that fit */
};
void ewf_mutate(struct ewf_mutant *m);

#endif

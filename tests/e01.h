/* e01.h - E01 files written byte by byte, so that a test can break each of them where it likes. */
#ifndef TESTS_E01_H
#define TESTS_E01_H

#include "view.h"

/* A segment file that grows; abort() when memory ends. Zero to start. */
struct e01 {
	uint8_t *p;
	size_t n, room;
	size_t section; /* where the section that is being written begins */
};

struct e01_media {
	const uint8_t *bytes;
	uint32_t chunks, chunk_sectors;
	uint64_t sectors;
};

void e01_add(struct e01 *f, const void *bytes, size_t n);
void e01_start(struct e01 *f, uint16_t number);
void e01_begin(struct e01 *f, const char *type);
void e01_end(struct e01 *f);                    /* sets link, size and checksum */
void e01_mark(struct e01 *f, const char *type); /* next and done: they link to themselves */

void e01_header(struct e01 *f, const char *type, const void *text, size_t n); /* packed */
void e01_volume(struct e01 *f, const char *type, const struct e01_media *m);
void e01_hash(struct e01 *f, const uint8_t md5[16]);
void e01_errors(struct e01 *f, uint32_t sector, uint32_t count);

/* Sectors, table and table2 of the chunks [first, end). Where packed is given, it says which are. */
void e01_chunks(struct e01 *f, const struct e01_media *m, uint32_t first, uint32_t end, const char *packed);

/* A table of its own, for entries that were made elsewhere. */
void e01_table(struct e01 *f, const char *type, const uint32_t *entries, uint32_t n);

/* Where the section of that type begins, the nth of them from 0; aborts when there is none. */
size_t e01_find(const struct e01 *f, const char *type, unsigned nth);
void e01_seal(struct e01 *f, size_t section); /* the checksum of its descriptor anew */

void e01_write(const struct e01 *f, const char *path);
void e01_free(struct e01 *f);

uint32_t e01_get32(const struct e01 *f, size_t at);
void e01_put32(struct e01 *f, size_t at, uint32_t value);
void e01_put64(struct e01 *f, size_t at, uint64_t value);

#endif

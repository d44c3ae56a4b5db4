/* forge_ntfs.h - tiny NTFS volumes in memory: a boot sector, an $MFT, and whatever a test puts into it. */
#ifndef FORGE_NTFS_H
#define FORGE_NTFS_H

#include <stdlib.h>
#include <string.h>

#include "ntfs.h"

enum { FORGE_CLUSTER = 4096, FORGE_RECORD = 1024, FORGE_MFT = 4, FORGE_CLUSTERS = 256 };

struct forge {
	uint8_t *bytes;
	size_t size;
	unsigned records;
};

/* A record while it is written. */
struct draft {
	uint8_t b[FORGE_RECORD];
	size_t at;
	uint64_t number;
	uint16_t next_id;
};

static inline void
store(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint64_t
ref(uint64_t entry, uint16_t sequence)
{
	return entry | (uint64_t)sequence << 48;
}

static inline struct draft
draft_of(uint64_t number, uint16_t sequence, uint16_t flags, uint64_t base)
{
	struct draft d = { .at = 56, .number = number };

	memcpy(d.b, "FILE", 4);
	store(d.b + 4, 48, 2);
	store(d.b + 6, FORGE_RECORD / 512 + 1, 2);
	store(d.b + 16, sequence, 2);
	store(d.b + 18, 1, 2);
	store(d.b + 20, 56, 2);
	store(d.b + 22, flags, 2);
	store(d.b + 28, FORGE_RECORD, 4);
	store(d.b + 32, base, 8);
	store(d.b + 44, number, 4);
	return d;
}

/* ASCII as UTF-16LE. */
static inline size_t
wide(uint8_t *p, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		store(p + i * 2, (uint8_t)s[i], 2);
	return n * 2;
}

static inline uint8_t *
draft_head(struct draft *d, uint32_t type, bool nonresident, const char *name, size_t header, uint16_t flags)
{
	uint8_t *p = d->b + d->at;

	store(p, type, 4);
	p[8] = nonresident;
	p[9] = (uint8_t)strlen(name);
	store(p + 10, header, 2);
	store(p + 12, flags, 2);
	store(p + 14, d->next_id++, 2);
	wide(p + header, name);
	return p;
}

static inline void
draft_length(struct draft *d, uint8_t *p, size_t n)
{
	n = (n + 7) & ~(size_t)7;
	store(p + 4, n, 4);
	d->at += n;
}

static inline void
draft_resident(struct draft *d, uint32_t type, const char *name, const void *value, size_t n)
{
	uint8_t *p = draft_head(d, type, false, name, 24, 0);
	size_t at = (24 + strlen(name) * 2 + 7) & ~(size_t)7;

	store(p + 16, n, 4);
	store(p + 20, at, 2);
	if (n)
		memcpy(p + at, value, n);
	draft_length(d, p, at + n);
}

/* What a stream on clusters says of itself. */
struct runs {
	const char *name;
	uint64_t first, last, size, valid;
	uint16_t flags, unit;
	const char *pairs;
	size_t pairs_size;
};

static inline void
draft_runs(struct draft *d, uint32_t type, struct runs r)
{
	const char *name = r.name ? r.name : "";
	uint8_t *p = draft_head(d, type, true, name, 72, r.flags);
	size_t at = (72 + strlen(name) * 2 + 7) & ~(size_t)7;
	uint64_t allocated = (r.last + 1) * FORGE_CLUSTER; /* of this part; the size is that of all */

	store(p + 16, r.first, 8);
	store(p + 24, r.last, 8);
	store(p + 32, at, 2);
	store(p + 34, r.unit, 2);
	store(p + 40, allocated > r.size ? allocated : r.size, 8);
	store(p + 48, r.size, 8);
	store(p + 56, r.valid, 8);
	store(p + 64, (r.last + 1) * FORGE_CLUSTER, 8);
	memcpy(p + at, r.pairs, r.pairs_size);
	draft_length(d, p, at + r.pairs_size);
}

#define RUNS(text) .pairs = (text), .pairs_size = sizeof(text)

static inline void
draft_si(struct draft *d, uint64_t created, uint64_t modified, uint64_t changed, uint64_t accessed)
{
	uint8_t v[72] = { 0 };

	store(v, created, 8);
	store(v + 8, modified, 8);
	store(v + 16, changed, 8);
	store(v + 24, accessed, 8);
	store(v + 32, 0x20, 4);
	draft_resident(d, 0x10, "", v, sizeof(v));
}

static inline void
draft_name(struct draft *d, uint64_t parent, const char *name, uint8_t space, uint64_t time)
{
	uint8_t v[66 + 510] = { 0 };

	store(v, parent, 8);
	for (unsigned i = 0; i < 4; i++)
		store(v + 8 + i * 8, time + i, 8);
	v[64] = (uint8_t)strlen(name);
	v[65] = space;
	draft_resident(d, 0x30, "", v, 66 + wide(v + 66, name));
}

/* A folder or an empty file that has one name. */
static inline struct draft
draft_usual(uint64_t number, uint16_t sequence, uint16_t flags, uint64_t parent, const char *name)
{
	struct draft d = draft_of(number, sequence, flags, 0);

	draft_si(&d, 1, 2, 3, 4);
	draft_name(&d, parent, name, 1, 5);
	return d;
}

static inline uint8_t *
forge_record(struct forge *f, uint64_t number)
{
	return f->bytes + FORGE_MFT * FORGE_CLUSTER + number * FORGE_RECORD;
}

/* Ends the record, gives it an update sequence and puts it at a place. */
static inline void
draft_end(struct draft *d, uint8_t *place)
{
	store(d->b + d->at, 0xffffffff, 4);
	store(d->b + 24, d->at + 8, 4);
	store(d->b + 40, d->next_id, 2);
	store(d->b + 48, 0x1234, 2);
	for (unsigned i = 1; i <= FORGE_RECORD / 512; i++) {
		memcpy(d->b + 48 + i * 2, d->b + i * 512 - 2, 2);
		store(d->b + i * 512 - 2, 0x1234, 2);
	}
	memcpy(place, d->b, sizeof(d->b));
}

static inline void
forge_add(struct forge *f, struct draft d)
{
	draft_end(&d, forge_record(f, d.number));
}

static inline void
forge_boot(uint8_t *p, uint64_t clusters)
{
	memcpy(p, "\xeb\x52\x90NTFS    ", 11);
	store(p + 11, 512, 2);
	p[13] = FORGE_CLUSTER / 512;
	store(p + 40, clusters * (FORGE_CLUSTER / 512), 8);
	store(p + 48, FORGE_MFT, 8);
	store(p + 56, FORGE_CLUSTERS - 2, 8);
	p[64] = (uint8_t)-10;
	p[68] = (uint8_t)-12;
	store(p + 72, 0x1122334455667788, 8);
	store(p + 510, 0xaa55, 2);
}

/* A volume of 1 MiB with room for `records` (a multiple of four, at most 400) and nothing but $MFT and the root. */
static inline struct forge
forge_new(unsigned records)
{
	struct forge f = { .size = FORGE_CLUSTERS * FORGE_CLUSTER + 512, .records = records };
	struct draft mft = draft_usual(0, 1, 1, ref(5, 5), "$MFT"), root = draft_usual(5, 5, 3, ref(5, 5), ".");
	char pairs[] = { 0x11, (char)(records / 4), FORGE_MFT, 0 };

	f.bytes = calloc(1, f.size);
	if (!f.bytes)
		abort();
	forge_boot(f.bytes, FORGE_CLUSTERS);
	forge_boot(f.bytes + f.size - 512, FORGE_CLUSTERS);
	draft_runs(&mft, 0x80,
		   (struct runs){ .last = records / 4 - 1,
				  .size = records * FORGE_RECORD,
				  .valid = records * FORGE_RECORD,
				  .pairs = pairs,
				  .pairs_size = sizeof(pairs) });
	draft_resident(&mft, 0xb0, "", (char[8]){ 0 }, 8);
	forge_add(&f, mft);
	memcpy(f.bytes + (FORGE_CLUSTERS - 2) * FORGE_CLUSTER, forge_record(&f, 0), FORGE_RECORD);
	forge_add(&f, root);
	return f;
}

#endif

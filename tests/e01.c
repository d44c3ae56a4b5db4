/* e01.c - E01 files written byte by byte, with zlib and nothing of ours. */
#include "e01.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { DESCRIPTOR = 76, SECTOR = 512 };

void
e01_add(struct e01 *f, const void *bytes, size_t n)
{
	if (n > f->room - f->n) {
		f->room = 2 * (f->room + n);
		f->p = realloc(f->p, f->room);
		if (!f->p)
			abort();
	}
	if (bytes)
		memcpy(f->p + f->n, bytes, n);
	else
		memset(f->p + f->n, 0, n);
	f->n += n;
}

uint32_t
e01_get32(const struct e01 *f, size_t at)
{
	return le32_get(*VIEW_AT(view_of(f->p, f->n), at, le32));
}

void
e01_put32(struct e01 *f, size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		f->p[at + (size_t)i] = (uint8_t)(value >> 8 * i);
}

void
e01_put64(struct e01 *f, size_t at, uint64_t value)
{
	e01_put32(f, at, (uint32_t)value);
	e01_put32(f, at + 4, (uint32_t)(value >> 32));
}

static void
add32(struct e01 *f, uint32_t value)
{
	e01_add(f, NULL, 4);
	e01_put32(f, f->n - 4, value);
}

/* Adler-32 of all since at. */
static void
add_sum(struct e01 *f, size_t at)
{
	add32(f, (uint32_t)adler32(1, f->p + at, (uInt)(f->n - at)));
}

void
e01_start(struct e01 *f, uint16_t number)
{
	uint8_t fields[5] = { 1, (uint8_t)number, (uint8_t)(number >> 8), 0, 0 };

	f->n = 0;
	e01_add(f, "EVF\t\r\n\xff\0", 8);
	e01_add(f, fields, sizeof(fields));
}

void
e01_begin(struct e01 *f, const char *type)
{
	f->section = f->n;
	e01_add(f, NULL, DESCRIPTOR);
	memcpy(f->p + f->section, type, strlen(type));
}

void
e01_seal(struct e01 *f, size_t section)
{
	e01_put32(f, section + DESCRIPTOR - 4, (uint32_t)adler32(1, f->p + section, DESCRIPTOR - 4));
}

void
e01_end(struct e01 *f)
{
	e01_put64(f, f->section + 16, f->n);
	e01_put64(f, f->section + 24, f->n - f->section);
	e01_seal(f, f->section);
}

void
e01_mark(struct e01 *f, const char *type)
{
	e01_begin(f, type);
	e01_put64(f, f->section + 16, f->section);
	e01_seal(f, f->section);
}

void
e01_header(struct e01 *f, const char *type, const void *text, size_t n)
{
	uLongf room = compressBound((uLong)n);
	uint8_t *packed = malloc(room);

	if (!packed || compress2(packed, &room, text, (uLong)n, 9) != Z_OK)
		abort();
	e01_begin(f, type);
	e01_add(f, packed, room);
	e01_end(f);
	free(packed);
}

void
e01_volume(struct e01 *f, const char *type, const struct e01_media *m)
{
	size_t at;

	e01_begin(f, type);
	at = f->n;
	e01_add(f, NULL, 1048);
	f->p[at] = 1;
	e01_put32(f, at + 4, m->chunks);
	e01_put32(f, at + 8, m->chunk_sectors);
	e01_put32(f, at + 12, SECTOR);
	e01_put64(f, at + 16, m->sectors);
	memset(f->p + at + 64, 0x5a, 16);
	add_sum(f, at);
	e01_end(f);
}

void
e01_hash(struct e01 *f, const uint8_t md5[16])
{
	size_t at;

	e01_begin(f, "hash");
	at = f->n;
	e01_add(f, md5, 16);
	e01_add(f, NULL, 16);
	add_sum(f, at);
	e01_end(f);
}

void
e01_errors(struct e01 *f, uint32_t sector, uint32_t count)
{
	size_t at;

	e01_begin(f, "error2");
	at = f->n;
	add32(f, 1);
	e01_add(f, NULL, 512);
	add_sum(f, at);
	at = f->n;
	add32(f, sector);
	add32(f, count);
	add_sum(f, at);
	e01_end(f);
}

void
e01_table(struct e01 *f, const char *type, const uint32_t *entries, uint32_t n)
{
	size_t at;

	e01_begin(f, type);
	at = f->n;
	add32(f, n);
	e01_add(f, NULL, 16);
	add_sum(f, at);
	at = f->n;
	for (uint32_t i = 0; i < n; i++)
		add32(f, entries[i]);
	add_sum(f, at);
	e01_end(f);
}

/* The chunk, packed or with its checksum behind it. */
static void
add_chunk(struct e01 *f, const uint8_t *bytes, size_t n, bool packed)
{
	uLongf room = compressBound((uLong)n);
	uint8_t *buf = malloc(room);
	size_t at = f->n;

	if (!buf || compress2(buf, &room, bytes, (uLong)n, 6) != Z_OK)
		abort();
	e01_add(f, packed ? buf : bytes, packed ? room : n);
	if (!packed)
		add_sum(f, at);
	free(buf);
}

void
e01_chunks(struct e01 *f, const struct e01_media *m, uint32_t first, uint32_t end, const char *packed)
{
	size_t size = (size_t)m->chunk_sectors * SECTOR;
	uint32_t *entries = calloc(end - first, sizeof(*entries));

	if (!entries)
		abort();
	e01_begin(f, "sectors");
	for (uint32_t i = first; i < end; i++) {
		uint64_t left = m->sectors * SECTOR - (uint64_t)i * size;
		bool pack = !packed || packed[i - first] == 'p';

		entries[i - first] = (uint32_t)f->n | (pack ? UINT32_C(1) << 31 : 0);
		add_chunk(f, m->bytes + (uint64_t)i * size, left < size ? (size_t)left : size, pack);
	}
	e01_end(f);
	e01_table(f, "table", entries, end - first);
	e01_table(f, "table2", entries, end - first);
	free(entries);
}

size_t
e01_find(const struct e01 *f, const char *type, unsigned nth)
{
	for (size_t at = 13; at + DESCRIPTOR <= f->n;) {
		size_t next = e01_get32(f, at + 16);

		if (!strncmp((const char *)f->p + at, type, 16) && !nth--)
			return at;
		if (next <= at)
			break;
		at = next;
	}
	abort();
}

void
e01_write(const struct e01 *f, const char *path)
{
	FILE *to = fopen(path, "w");

	if (!to || fwrite(f->p, 1, f->n, to) != f->n || fclose(to))
		abort();
}

void
e01_free(struct e01 *f)
{
	free(f->p);
	*f = (struct e01){ 0 };
}

/* pe_writer.h - writes small Windows programs for tests: as text says, with places for each thing to be broken. */
#ifndef PE_WRITER_H
#define PE_WRITER_H

#include <stdint.h>
#include <string.h>

enum {
	WRITTEN_MAX = 8192,
	WRITTEN_PE = 0x80,       /* where "PE" stands */
	WRITTEN_RSRC = 0x400,    /* the resources in the file */
	WRITTEN_RVA = 0x3000,    /* and in memory */
	WRITTEN_TREE = 0x100,    /* bytes that the tree takes before the first version */
};

/* What a program is to say; strings are pairs, ended by NULL, for each of up to two languages. */
struct written_pe {
	int plus, dll, managed;
	uint16_t machine;
	uint32_t timestamp;
	uint16_t version[4];
	const char *const *strings[2];
	int in_bytes; /* lengths of texts count bytes, as some tools write them */
};

struct pe_bytes {
	uint8_t b[WRITTEN_MAX];
	size_t n;
};

static inline void
pe_put(uint8_t *at, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static inline size_t
pe_block(struct pe_bytes *o, const char *key, unsigned value, int text)
{
	size_t at = o->n;

	pe_put(o->b + at + 2, value, 2);
	pe_put(o->b + at + 4, (uint64_t)text, 2);
	o->n += 6;
	for (; *key; key++, o->n += 2)
		o->b[o->n] = (uint8_t)*key;
	o->n = (o->n + 2 + 3) & ~(size_t)3;
	return at;
}

static inline void
pe_block_end(struct pe_bytes *o, size_t at)
{
	pe_put(o->b + at, o->n - at, 2);
	o->n = (o->n + 3) & ~(size_t)3;
}

static inline void
pe_write_string(struct pe_bytes *o, const char *key, const char *value, int in_bytes)
{
	size_t n = strlen(value) + 1, at = pe_block(o, key, (unsigned)(n * (in_bytes ? 2 : 1)), 1);

	for (size_t i = 0; i < n; i++, o->n += 2)
		o->b[o->n] = (uint8_t)value[i];
	pe_block_end(o, at);
}

static inline void
pe_write_version(struct pe_bytes *o, const struct written_pe *w, int language)
{
	size_t root = pe_block(o, "VS_VERSION_INFO", 52, 0), strings, table;

	pe_put(o->b + o->n, 0xfeef04bd, 4);
	for (int at = 8; at < 24; at += 8) {
		pe_put(o->b + o->n + at, (uint64_t)w->version[0] << 16 | w->version[1], 4);
		pe_put(o->b + o->n + at + 4, (uint64_t)w->version[2] << 16 | w->version[3], 4);
	}
	o->n += 52;
	strings = pe_block(o, "StringFileInfo", 0, 1);
	table = pe_block(o, language ? "040704B0" : "040904B0", 0, 1);
	for (const char *const *s = w->strings[language]; s && *s; s += 2)
		pe_write_string(o, s[0], s[1], w->in_bytes);
	pe_block_end(o, table);
	pe_block_end(o, strings);
	pe_block_end(o, root);
}

static inline void
pe_write_headers(struct pe_bytes *o, const struct written_pe *w, size_t resources)
{
	uint8_t *pe = o->b + WRITTEN_PE, *optional = pe + 24;
	size_t size = w->plus ? 112 + 128 : 96 + 128;
	uint8_t *directories = optional + size - 128, *section = optional + size;

	memcpy(o->b, "MZ", 2);
	pe_put(o->b + 0x3c, WRITTEN_PE, 4);
	memcpy(pe, "PE\0\0", 4);
	pe_put(pe + 4, w->machine, 2);
	pe_put(pe + 6, 1, 2);
	pe_put(pe + 8, w->timestamp, 4);
	pe_put(pe + 20, size, 2);
	pe_put(pe + 22, w->dll ? 0x2002 : 2, 2);
	pe_put(optional, w->plus ? 0x20b : 0x10b, 2);
	pe_put(optional + 32, 0x1000, 4);
	pe_put(optional + 36, 0x200, 4);
	pe_put(optional + 56, 0x6000, 4);
	pe_put(optional + 60, WRITTEN_RSRC, 4);
	pe_put(optional + 68, 3, 2);
	pe_put(directories - 4, 16, 4);
	pe_put(directories + 2 * 8, WRITTEN_RVA, 4);
	pe_put(directories + 2 * 8 + 4, resources, 4);
	if (w->managed) {
		pe_put(directories + 14 * 8, WRITTEN_RVA, 4);
		pe_put(directories + 14 * 8 + 4, 72, 4);
	}
	memcpy(section, ".rsrc", 5);
	pe_put(section + 8, resources, 4);
	pe_put(section + 12, WRITTEN_RVA, 4);
	pe_put(section + 16, resources, 4);
	pe_put(section + 20, WRITTEN_RSRC, 4);
	pe_put(section + 36, 0x40000040, 4);
}

/* Icons (type 3) without anything, then the version: name 1, a language or two. */
static inline void
pe_write_tree(struct pe_bytes *o, const size_t at[2], const size_t n[2])
{
	uint8_t *tree = o->b + WRITTEN_RSRC;
	int languages = n[1] ? 2 : 1;

	pe_put(tree + 14, 2, 2);
	pe_put(tree + 16, 3, 4);
	pe_put(tree + 20, 0x80000000u | 0x20, 4);
	pe_put(tree + 24, 16, 4);
	pe_put(tree + 28, 0x80000000u | 0x30, 4);
	pe_put(tree + 0x30 + 14, 1, 2);
	pe_put(tree + 0x30 + 16, 1, 4);
	pe_put(tree + 0x30 + 20, 0x80000000u | 0x48, 4);
	pe_put(tree + 0x48 + 14, (uint64_t)languages, 2);
	for (int i = 0; i < languages; i++) {
		pe_put(tree + 0x48 + 16 + i * 8, i ? 0x407 : 0x409, 4);
		pe_put(tree + 0x48 + 20 + i * 8, 0x80 + (uint64_t)i * 16, 4);
		pe_put(tree + 0x80 + i * 16, WRITTEN_RVA + at[i] - WRITTEN_RSRC, 4);
		pe_put(tree + 0x80 + i * 16 + 4, n[i], 4);
	}
}

static inline void
pe_write(struct pe_bytes *o, const struct written_pe *w)
{
	size_t at[2] = { 0 }, n[2] = { 0 };

	memset(o, 0, sizeof(*o));
	o->n = WRITTEN_RSRC + WRITTEN_TREE;
	for (int i = 0; i < 2 && (!i || w->strings[i]); i++) {
		at[i] = o->n;
		pe_write_version(o, w, i);
		n[i] = o->n - at[i];
	}
	pe_write_headers(o, w, o->n - WRITTEN_RSRC);
	pe_write_tree(o, at, n);
}

#endif

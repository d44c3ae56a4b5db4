/*
 * forge_hive.h - registry hives written from text, and the logs that make one out of another. Lines:
 *
 *     key PATH [@TICKS]     a key, and those above it that there are not yet; what follows belongs to it
 *     class TEXT            its class name
 *     list lf|lh|li|ri      how the keys below it are listed; lh when nothing is said
 *     flags HEX             more flags for it
 *     sz|expand|link|multi NAME=TEXT    strings of a multi are separated by |
 *     dword|qword NAME=N
 *     hex NAME=DIGITS
 *     fill NAME=BYTES       so many bytes of a pattern
 *     typed NAME=N          no data, and a type of this number
 *     delete PATH           the key is taken out again, with its values and the keys below it: its cells are free then
 *     drop PATH             its parent's list no longer leads to it; its cells stay in use
 */
#ifndef FORGE_HIVE_H
#define FORGE_HIVE_H

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

enum { FORGE_KEYS = 128, FORGE_VALUES = 256, FORGE_BASE = 4096, FORGE_BIN = 4096, FORGE_SEGMENT = 16344 };

#define FORGE_WRITTEN UINT64_C(132585000000000000) /* 2021-02-22 */

struct forge_key {
	char path[512], list[3], class_name[64];
	uint64_t time;
	unsigned flags;
	int parent;
	bool gone, dropped;
	uint32_t cell;
};

struct forge_value {
	int key;
	char name[64];
	uint32_t type, cell;
	struct text data;
};

struct forge_hive {
	uint8_t *bytes; /* a whole primary file */
	size_t size;
	uint32_t bins, at, end; /* bytes of bins; where the next cell goes, and where its bin ends */
	struct forge_key keys[FORGE_KEYS];
	struct forge_value values[FORGE_VALUES];
	int key_count, value_count;
};

static inline void
hive_put(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* ---- reading the text ---- */

static inline int
forge_find(const struct forge_hive *f, const char *path)
{
	for (int i = 0; i < f->key_count; i++)
		if (!strcmp(f->keys[i].path, path))
			return i;
	return -1;
}

static inline int
forge_key(struct forge_hive *f, const char *path, uint64_t time)
{
	struct forge_key *key;
	char above[512] = "";
	const char *last = strrchr(path, '\\');
	int i = forge_find(f, path), parent = -1;

	if (i >= 0)
		return i;
	if (*path) {
		memcpy(above, path, last ? (size_t)(last - path) : 0);
		parent = forge_key(f, above, time);
	}
	assert(f->key_count < FORGE_KEYS);
	key = &f->keys[f->key_count];
	*key = (struct forge_key){ .time = time, .parent = parent, .list = "lh" };
	strcpy(key->path, path);
	return f->key_count++;
}

static inline struct forge_value *
forge_value(struct forge_hive *f, int key, uint32_t type, char *line, char **ret_text)
{
	struct forge_value *value = &f->values[f->value_count++];
	char *equals = strchr(line, '=');

	assert(f->value_count < FORGE_VALUES && equals);
	*value = (struct forge_value){ .key = key, .type = type };
	memcpy(value->name, line, (size_t)(equals - line));
	*ret_text = equals + 1;
	return value;
}

static inline void
forge_strings(struct text *data, char *text, bool many)
{
	for (char *s = text; s;) {
		char *bar = many ? strchr(s, '|') : NULL;
		size_t n = bar ? (size_t)(bar - s) : strlen(s);

		text_to_utf16(view_of(s, n), data);
		text_add(data, view_of("\0\0", 2));
		s = bar ? bar + 1 : NULL;
	}
	if (many)
		text_add(data, view_of("\0\0", 2));
}

static inline void
forge_number(struct text *data, const char *text, unsigned n)
{
	uint8_t b[8];

	hive_put(b, strtoull(text, NULL, 0), 8);
	text_add(data, view_of(b, n));
}

static inline void
forge_data(struct forge_hive *f, int key, const char *verb, char *line)
{
	static const struct {
		const char *verb;
		uint32_t type;
	} types[] = { { "typed", 0 }, { "sz", 1 },   { "expand", 2 }, { "hex", 3 },   { "fill", 3 },
		      { "dword", 4 }, { "link", 6 }, { "multi", 7 },  { "qword", 11 } };
	struct forge_value *value = NULL;
	char *text = NULL;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].verb, verb))
			value = forge_value(f, key, types[i].type, line, &text);
	assert(value);
	if (!strcmp(verb, "typed")) {
		value->type = (uint32_t)strtoul(text, NULL, 0);
	} else if (!strcmp(verb, "hex")) {
		uint8_t bytes[4096];
		int n = hex_parse(view_text(text), bytes, sizeof(bytes));

		assert(n >= 0);
		text_add(&value->data, view_of(bytes, (size_t)n));
	} else if (!strcmp(verb, "fill")) {
		for (unsigned long i = 0, n = strtoul(text, NULL, 0); i < n; i++)
			text_addc(&value->data, (char)(i * 7 + i / 251));
	} else if (value->type == 4 || value->type == 11) {
		forge_number(&value->data, text, value->type == 4 ? 4 : 8);
	} else {
		forge_strings(&value->data, text, value->type == 7);
	}
	if (value->type == 6)
		value->data.n -= 2; /* a link has no NUL */
}

static inline bool
forge_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return !strncmp(path, top, n) && (!path[n] || path[n] == '\\');
}

static inline int
forge_line(struct forge_hive *f, int key, char *line)
{
	char *rest = strchr(line, ' '), *at;
	uint64_t time = FORGE_WRITTEN;

	assert(rest);
	*rest++ = 0;
	if (!strcmp(line, "key")) {
		at = strstr(rest, " @");
		if (at) {
			*at = 0;
			time = strtoull(at + 2, NULL, 10);
		}
		return forge_key(f, rest, time);
	}
	if (!strcmp(line, "class"))
		strcpy(f->keys[key].class_name, rest);
	else if (!strcmp(line, "list"))
		memcpy(f->keys[key].list, rest, 2);
	else if (!strcmp(line, "flags"))
		f->keys[key].flags = (unsigned)strtoul(rest, NULL, 16);
	else if (!strcmp(line, "drop"))
		f->keys[forge_find(f, rest)].dropped = true;
	else if (!strcmp(line, "delete"))
		for (int i = 0; i < f->key_count; i++)
			f->keys[i].gone |= forge_below(f->keys[i].path, rest);
	else
		forge_data(f, key, line, rest);
	return key;
}

/* ---- laying it out ---- */

static inline uint8_t *
forge_at(struct forge_hive *f, uint32_t cell)
{
	return f->bytes + FORGE_BASE + cell;
}

static inline void
forge_fill_bin(struct forge_hive *f)
{
	if (f->at < f->end)
		hive_put(forge_at(f, f->at), f->end - f->at, 4);
	f->at = f->end;
}

/* A cell in use for n bytes, in a bin that has room for it. */
static inline uint32_t
forge_cell(struct forge_hive *f, size_t n)
{
	uint32_t size = (uint32_t)((n + 4 + 7) & ~(size_t)7), cell;

	if (size > f->end - f->at) {
		uint32_t bin = (size + 32 + FORGE_BIN - 1) / FORGE_BIN * FORGE_BIN;

		forge_fill_bin(f);
		f->bytes = realloc(f->bytes, FORGE_BASE + f->bins + bin);
		memset(forge_at(f, f->bins), 0, bin);
		memcpy(forge_at(f, f->bins), "hbin", 4);
		hive_put(forge_at(f, f->bins) + 4, f->bins, 4);
		hive_put(forge_at(f, f->bins) + 8, bin, 4);
		if (!f->bins)
			hive_put(forge_at(f, 0) + 20, FORGE_WRITTEN, 8);
		f->at = f->bins + 32;
		f->bins += bin;
		f->end = f->bins;
	}
	cell = f->at;
	hive_put(forge_at(f, cell), 0 - size, 4);
	f->at += size;
	return cell;
}

/* A name as Windows keeps it: in one byte for each unit where that does. */
static inline bool
forge_name(const char *utf8, struct text *ret)
{
	struct text wide = { 0 };
	bool narrow = true;

	text_to_utf16(view_text(utf8), &wide);
	for (size_t i = 0; i < wide.n; i += 2)
		narrow &= !wide.s[i + 1];
	for (size_t i = 0; i < wide.n; i += narrow ? 2 : 1)
		text_addc(ret, wide.s[i]);
	text_adds(ret, "");
	text_free(&wide);
	return narrow;
}

static inline uint32_t
forge_bytes(struct forge_hive *f, const void *p, size_t n)
{
	uint32_t cell = forge_cell(f, n);

	memcpy(forge_at(f, cell) + 4, p, n);
	return cell;
}

static inline uint32_t
forge_big(struct forge_hive *f, const struct text *data)
{
	uint32_t count = (uint32_t)((data->n + FORGE_SEGMENT - 1) / FORGE_SEGMENT);
	uint32_t list = forge_cell(f, count * 4), head = forge_cell(f, 8);

	memcpy(forge_at(f, head) + 4, "db", 2);
	hive_put(forge_at(f, head) + 6, count, 2);
	hive_put(forge_at(f, head) + 8, list, 4);
	for (uint32_t i = 0; i < count; i++) {
		size_t n = data->n - i * FORGE_SEGMENT;
		uint32_t part = forge_bytes(f, data->s + i * FORGE_SEGMENT, n < FORGE_SEGMENT ? n : FORGE_SEGMENT);

		hive_put(forge_at(f, list) + 4 + i * 4, part, 4);
	}
	return head;
}

static inline void
forge_lay_value(struct forge_hive *f, struct forge_value *value)
{
	const struct text *data = &value->data;
	struct text name = { 0 };
	bool narrow = forge_name(value->name, &name);
	uint32_t size = (uint32_t)data->n, cell = forge_cell(f, 20 + name.n), where = UINT32_MAX;
	uint8_t small[4] = { 0 };

	if (size > FORGE_SEGMENT)
		where = forge_big(f, data);
	else if (size > 4)
		where = forge_bytes(f, data->s, size);
	if (size && size <= 4)
		memcpy(small, data->s, size);
	memcpy(forge_at(f, cell) + 4, "vk", 2);
	hive_put(forge_at(f, cell) + 6, name.n, 2);
	hive_put(forge_at(f, cell) + 8, size > 4 ? size : size | UINT32_C(1) << 31, 4);
	if (size > 4)
		hive_put(forge_at(f, cell) + 12, where, 4);
	else
		memcpy(forge_at(f, cell) + 12, small, 4);
	hive_put(forge_at(f, cell) + 16, value->type, 4);
	hive_put(forge_at(f, cell) + 20, narrow, 2);
	memcpy(forge_at(f, cell) + 24, name.s, name.n);
	value->cell = cell;
	text_free(&name);
}

static inline uint32_t
forge_hash(const char *name)
{
	uint32_t hash = 0;

	for (; *name; name++)
		hash = hash * 37 + (uint32_t)(*name >= 'a' && *name <= 'z' ? *name - 32 : *name);
	return hash;
}

static inline const char *
forge_last(const struct forge_key *key)
{
	const char *last = strrchr(key->path, '\\');

	return last ? last + 1 : key->path;
}

static inline uint32_t
forge_leaf(struct forge_hive *f, const char *kind, const int *below, unsigned n)
{
	uint32_t stride = strcmp(kind, "li") ? 8 : 4, cell = forge_cell(f, 4 + n * stride);
	uint8_t *p = forge_at(f, cell) + 4;

	memcpy(p, kind, 2);
	hive_put(p + 2, n, 2);
	for (unsigned i = 0; i < n; i++) {
		const struct forge_key *key = &f->keys[below[i]];

		hive_put(p + 4 + i * stride, key->cell, 4);
		if (!strcmp(kind, "lh"))
			hive_put(p + 8 + i * stride, forge_hash(forge_last(key)), 4);
		else if (!strcmp(kind, "lf"))
			strncpy((char *)p + 8 + i * stride, forge_last(key), 4);
	}
	return cell;
}

static inline int
forge_order(const void *a, const void *b, void *keys)
{
	const struct forge_key *all = keys;

	return strcasecmp(forge_last(&all[*(const int *)a]), forge_last(&all[*(const int *)b]));
}

/* The list of the keys below one, in their order; an ri leads to leaves of two. */
static inline void
forge_lay_list(struct forge_hive *f, int k)
{
	int below[FORGE_KEYS];
	unsigned n = 0;
	uint32_t list, leaf;

	for (int i = 0; i < f->key_count; i++)
		if (f->keys[i].parent == k && !f->keys[i].dropped && (!f->keys[i].gone || f->keys[k].gone))
			below[n++] = i;
	if (!n)
		return;
	qsort_r(below, n, sizeof(*below), forge_order, f->keys);
	if (strcmp(f->keys[k].list, "ri")) {
		list = forge_leaf(f, f->keys[k].list, below, n);
	} else {
		list = forge_cell(f, 4 + (n + 1) / 2 * 4);
		memcpy(forge_at(f, list) + 4, "ri", 2);
		hive_put(forge_at(f, list) + 6, (n + 1) / 2, 2);
		for (unsigned i = 0; i < n; i += 2) {
			leaf = forge_leaf(f, "lh", below + i, n - i < 2 ? 1 : 2);
			hive_put(forge_at(f, list) + 8 + i / 2 * 4, leaf, 4);
		}
	}
	hive_put(forge_at(f, f->keys[k].cell) + 24, n, 4);
	hive_put(forge_at(f, f->keys[k].cell) + 32, list, 4);
}

static inline void
forge_lay_values(struct forge_hive *f, int k)
{
	uint32_t cells[FORGE_VALUES], n = 0, list;

	for (int i = 0; i < f->value_count; i++)
		if (f->values[i].key == k) {
			forge_lay_value(f, &f->values[i]);
			cells[n++] = f->values[i].cell;
		}
	if (!n)
		return;
	list = forge_cell(f, n * 4);
	for (uint32_t i = 0; i < n; i++)
		hive_put(forge_at(f, list) + 4 + i * 4, cells[i], 4);
	hive_put(forge_at(f, f->keys[k].cell) + 40, n, 4);
	hive_put(forge_at(f, f->keys[k].cell) + 44, list, 4);
}

static inline void
forge_lay_key(struct forge_hive *f, int k, uint32_t security)
{
	struct forge_key *key = &f->keys[k];
	struct text name = { 0 }, wide = { 0 };
	bool narrow = forge_name(key->parent < 0 ? "ROOT" : forge_last(key), &name);
	uint32_t cell = key->cell = forge_cell(f, 76 + name.n);
	uint8_t *p = forge_at(f, cell) + 4;

	memcpy(p, "nk", 2);
	hive_put(p + 2, key->flags | (narrow ? 0x20u : 0) | (key->parent < 0 ? 0xcu : 0), 2);
	hive_put(p + 4, key->time, 8);
	hive_put(p + 16, key->parent < 0 ? UINT32_MAX : f->keys[key->parent].cell, 4);
	hive_put(p + 28, UINT32_MAX, 4);
	hive_put(p + 32, UINT32_MAX, 4);
	hive_put(p + 40, UINT32_MAX, 4);
	hive_put(p + 44, security, 4);
	hive_put(p + 48, UINT32_MAX, 4);
	hive_put(p + 72, name.n, 2);
	memcpy(p + 76, name.s, name.n);
	if (*key->class_name) {
		text_to_utf16(view_text(key->class_name), &wide);
		hive_put(p + 74, wide.n, 2);
		wide.n = (wide.n + 1) & ~(size_t)1;
		hive_put(forge_at(f, cell) + 52, forge_bytes(f, wide.s, wide.n), 4);
	}
	text_free(&name);
	text_free(&wide);
}

/* The one security descriptor: owned by SYSTEM, for all keys. */
static inline uint32_t
forge_security(struct forge_hive *f)
{
	static const uint8_t descriptor[] = { 1, 0, 0, 0x80, 20, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0,
					      0, 0, 0, 0,    1,  1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
	uint32_t cell = forge_cell(f, 20 + sizeof(descriptor));
	uint8_t *p = forge_at(f, cell) + 4;

	memcpy(p, "sk", 2);
	hive_put(p + 4, cell, 4);
	hive_put(p + 8, cell, 4);
	hive_put(p + 12, (uint64_t)f->key_count, 4);
	hive_put(p + 16, sizeof(descriptor), 4);
	memcpy(p + 20, descriptor, sizeof(descriptor));
	return cell;
}

static inline void
forge_free(struct forge_hive *f, uint32_t cell)
{
	uint8_t *p = forge_at(f, cell);
	uint32_t size = 0;

	for (int i = 3; i >= 0; i--)
		size = size << 8 | p[i];
	if (size >> 31)
		hive_put(p, 0 - size, 4);
}

static inline uint32_t
forge_word(struct forge_hive *f, uint32_t at)
{
	uint8_t *p = forge_at(f, at);

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What belongs to keys that are gone becomes free; its bytes stay. */
static inline void
forge_delete(struct forge_hive *f)
{
	for (int i = 0; i < f->key_count; i++) {
		if (!f->keys[i].gone)
			continue;
		if (forge_word(f, f->keys[i].cell + 40))
			forge_free(f, forge_word(f, f->keys[i].cell + 44));
		if (forge_word(f, f->keys[i].cell + 24))
			forge_free(f, forge_word(f, f->keys[i].cell + 32));
		forge_free(f, f->keys[i].cell);
	}
	for (int i = 0; i < f->value_count; i++) {
		if (!f->keys[f->values[i].key].gone)
			continue;
		if (f->values[i].data.n > 4 && f->values[i].data.n <= FORGE_SEGMENT)
			forge_free(f, forge_word(f, f->values[i].cell + 12));
		forge_free(f, f->values[i].cell);
	}
}

/* ---- base blocks ---- */

static inline void
forge_sum(uint8_t *base)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < 508; i += 4)
		sum ^= (uint32_t)base[i] | (uint32_t)base[i + 1] << 8 | (uint32_t)base[i + 2] << 16 |
		       (uint32_t)base[i + 3] << 24;
	hive_put(base + 508, sum, 4);
}

static inline void
forge_base(uint8_t *p, uint32_t first, uint32_t second, uint32_t root, uint32_t bins, unsigned type)
{
	memset(p, 0, 512);
	memcpy(p, "regf", 4);
	hive_put(p + 4, first, 4);
	hive_put(p + 8, second, 4);
	hive_put(p + 12, FORGE_WRITTEN, 8);
	hive_put(p + 20, 1, 4);
	hive_put(p + 24, 5, 4);
	hive_put(p + 28, type, 4);
	hive_put(p + 32, 1, 4);
	hive_put(p + 36, root, 4);
	hive_put(p + 40, bins, 4);
	hive_put(p + 44, 1, 4);
	for (unsigned i = 0; "FORGED"[i]; i++)
		p[48 + i * 2] = (uint8_t) "FORGED"[i];
	forge_sum(p);
}

/* The sequence numbers of a hive set anew: different ones make it a dirty one. */
static inline void
forge_number_hive(struct forge_hive *f, uint32_t first, uint32_t second)
{
	forge_base(f->bytes, first, second, f->keys[0].cell, f->bins, 0);
}

static inline struct forge_hive *
forge_hive(const char *text)
{
	struct forge_hive *f = calloc(1, sizeof(*f));
	char *copy = strdup(text), *save = NULL;
	int key = forge_key(f, "", FORGE_WRITTEN);
	uint32_t security;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		key = forge_line(f, key, line);
	free(copy);
	f->bytes = calloc(1, FORGE_BASE);
	f->keys[0].cell = 32;
	security = 32 + 88; /* behind the root, whose name is known */
	for (int i = 0; i < f->key_count; i++) {
		forge_lay_key(f, i, security);
		if (!i)
			security = forge_security(f);
	}
	for (int i = 0; i < f->key_count; i++)
		forge_lay_values(f, i);
	for (int i = 0; i < f->key_count; i++)
		forge_lay_list(f, i);
	forge_delete(f);
	forge_fill_bin(f);
	f->size = FORGE_BASE + f->bins;
	forge_number_hive(f, 1, 1);
	return f;
}

static inline void
forge_hive_free(struct forge_hive *f)
{
	for (int i = 0; i < f->value_count; i++)
		text_free(&f->values[i].data);
	free(f->bytes);
	free(f);
}

/* ---- logs ---- */

/* Whether a page of 4096 bytes is another one in the newer hive. */
static inline bool
forge_dirty(const struct forge_hive *old, const struct forge_hive *new, uint32_t at)
{
	return at >= old->bins || memcmp(old->bytes + FORGE_BASE + at, new->bytes + FORGE_BASE + at, FORGE_BIN);
}

/* A DIRT log that makes the newer hive out of the older one; number is that of its base block. */
static inline void
forge_dirt(const struct forge_hive *old, const struct forge_hive *new, uint32_t number, struct text *log)
{
	uint8_t base[512], map[512] = { 0 };

	assert(new->bins / 4096 <= sizeof(map) - 4);
	forge_base(base, number, number, new->keys[0].cell, new->bins, 1);
	text_add(log, view_of(base, sizeof(base)));
	memcpy(map, "DIRT", 4);
	for (uint32_t at = 0; at < new->bins; at += FORGE_BIN)
		map[4 + at / FORGE_BIN] = forge_dirty(old, new, at) ? 0xff : 0;
	text_add(log, view_of(map, (4 + new->bins / 4096 + 511) / 512 * 512));
	for (uint32_t at = 0; at < new->bins; at += FORGE_BIN)
		if (forge_dirty(old, new, at))
			text_add(log, view_of(new->bytes + FORGE_BASE + at, FORGE_BIN));
}

static inline void
forge_mix(uint32_t state[2], uint32_t word)
{
	uint32_t a = state[0] + word, b = state[1] ^ a;

	a = (a << 20 | a >> 12) + b;
	b = (b << 9 | b >> 23) ^ a;
	a = (a << 27 | a >> 5) + b;
	b = b << 19 | b >> 13;
	state[0] = a;
	state[1] = b;
}

static inline void
forge_marvin(const uint8_t *p, size_t n, uint8_t *ret)
{
	uint32_t state[2] = { 0x7a4e55c5, 0x82ef4d88 };

	for (size_t i = 0; i < n; i += 4)
		forge_mix(state, (uint32_t)p[i] | (uint32_t)p[i + 1] << 8 | (uint32_t)p[i + 2] << 16 |
					 (uint32_t)p[i + 3] << 24);
	forge_mix(state, 0x80);
	forge_mix(state, 0);
	hive_put(ret, state[0], 4);
	hive_put(ret + 4, state[1], 4);
}

/* The base block of a log of entries, and one entry behind what the log has. */
static inline void
forge_entries_start(const struct forge_hive *old, uint32_t number, struct text *log)
{
	uint8_t base[512];

	forge_base(base, number, number, old->keys[0].cell, old->bins, 6);
	text_add(log, view_of(base, sizeof(base)));
}

static inline void
forge_entry(const struct forge_hive *old, const struct forge_hive *new, uint32_t number, struct text *log)
{
	static const uint8_t zeros[512];
	size_t from = log->n;
	uint32_t count = 0;
	uint8_t head[40] = "HvLE", ref[8];

	text_add(log, view_of(head, sizeof(head)));
	for (uint32_t at = 0; at < new->bins; at += FORGE_BIN)
		if (forge_dirty(old, new, at)) {
			hive_put(ref, at, 4);
			hive_put(ref + 4, FORGE_BIN, 4);
			text_add(log, view_of(ref, sizeof(ref)));
			count++;
		}
	for (uint32_t at = 0; at < new->bins; at += FORGE_BIN)
		if (forge_dirty(old, new, at))
			text_add(log, view_of(new->bytes + FORGE_BASE + at, FORGE_BIN));
	text_add(log, view_of(zeros, (512 - (log->n - from) % 512) % 512));
	hive_put((uint8_t *)log->s + from + 4, log->n - from, 4);
	hive_put((uint8_t *)log->s + from + 12, number, 4);
	hive_put((uint8_t *)log->s + from + 16, new->bins, 4);
	hive_put((uint8_t *)log->s + from + 20, count, 4);
	forge_marvin((uint8_t *)log->s + from + 40, log->n - from - 40, (uint8_t *)log->s + from + 24);
	forge_marvin((uint8_t *)log->s + from, 32, (uint8_t *)log->s + from + 32);
}

#endif

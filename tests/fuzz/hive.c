/*
 * hive.c - any bytes as a registry hive; those after a length that the first two bytes give as bins behind a base block
 * that fits them, so that what lies in them is seen. Everything in it is read, and what is lost is looked for.
 */
#include <stdlib.h>
#include <string.h>

#include "hive.h"

enum { BASE = 4096, MOST = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct hive *hive;
	uint64_t keys, values, size;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	return why ? 0 : -1;
}

static int
take_value(void *state, const struct hive_value *value)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct seen *seen = state;

	if (hive_data(seen->hive, value, &data) < 0 || data.n > value->size || value->offset > seen->size)
		abort();
	if (++seen->values > seen->size * 8)
		abort();
	return 0;
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	CLEANUP(text_free) struct text more = { 0 };
	struct seen *seen = state;

	(void)path;
	if (key->offset > seen->size || key->name_size >= HIVE_NAME_TEXT || strlen(key->name) != key->name_size)
		abort();
	if (++seen->keys > seen->size)
		abort();
	if (hive_class(seen->hive, key, &more) < 0 || hive_security(seen->hive, key, &more) < 0)
		abort();
	return hive_values(seen->hive, key, take_value, seen);
}

static int
take_lost(void *state, const struct hive_lost *lost)
{
	return lost->key ? take_key(state, lost->key, lost->path) : take_value(state, lost->value);
}

static void
read_hive(struct view bytes)
{
	CLEANUP(source_close) struct source *source = NULL;
	CLEANUP(hive_close) struct hive *hive = NULL;
	struct sink out = { .damage = take_damage };
	struct seen seen = { .size = bytes.n + BASE };
	struct hive_key key;
	uint64_t place;

	if (source_memory(bytes, "input", &source) < 0 || hive_open(source, &out, NULL, 0, &hive) < 0)
		abort();
	seen.hive = hive;
	if (hive_walk(hive, take_key, &seen) < 0)
		abort();
	seen.keys = seen.values = 0;
	if (hive_walk(hive, take_key, &seen) < 0 || hive_recover(hive, take_lost, &seen) < 0)
		abort();
	if (hive_find(hive, "Select\\Current", &key) < 0 || hive_origin(hive, 0, bytes.n, &place) != -1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;
	uint32_t sum = 0;

	if (size > MOST)
		return 0;
	read_hive(view_of(data, size));
	bytes = calloc(1, BASE + size);
	if (!bytes)
		return 0;
	memcpy(bytes, "regf", 4);
	bytes[24] = 5;
	bytes[36] = 32;
	for (unsigned i = 0; i < 4; i++)
		bytes[40 + i] = (uint8_t)(size >> (8 * i));
	if (size)
		memcpy(bytes + BASE, data, size);
	for (unsigned i = 0; i < 508; i++)
		sum ^= (uint32_t)bytes[i] << (i % 4 * 8);
	for (unsigned i = 0; i < 4; i++)
		bytes[508 + i] = (uint8_t)(sum >> (8 * i));
	read_hive(view_of(bytes, BASE + size));
	free(bytes);
	return 0;
}

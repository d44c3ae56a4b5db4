/*
 * hive_log.c - any bytes as the two logs of a small dirty hive; where they begin as a log does, their checksum and the
 * hashes of their entries are made to fit, so that the pages in them are laid over the hive.
 */
#include "../forge_hive.h"
#include "hive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct own {
	struct sink sink;
	uint64_t size;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	return why && offset <= ((struct own *)out)->size ? 0 : -1;
}

static uint32_t
word(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
mend(uint8_t *p, size_t n)
{
	if (n < 512)
		return;
	forge_sum(p);
	for (size_t at = 512; n - at >= 40 && !memcmp(p + at, "HvLE", 4);) {
		uint32_t size = word(p + at + 4);

		if (size < 512 || size % 512 || size > n - at)
			break;
		forge_marvin(p + at + 40, size - 40, p + at + 24);
		forge_marvin(p + at, 32, p + at + 32);
		at += size;
	}
}

static int
take_key(void *state, const struct hive_key *key, struct view path)
{
	(void)state;
	(void)path;
	return key->name_size < HIVE_NAME_TEXT ? 0 : -1;
}

static void
replay(struct forge_hive *f, struct view one, struct view two)
{
	CLEANUP(source_close) struct source *primary = NULL, *first = NULL, *second = NULL;
	CLEANUP(hive_close) struct hive *hive = NULL;
	struct own own[3] = { { { .damage = take_damage }, UINT64_MAX },
			      { { .damage = take_damage }, one.n },
			      { { .damage = take_damage }, two.n } };
	struct hive_log logs[2];
	uint64_t place;
	int log;

	if (source_memory(view_of(f->bytes, f->size), "hive", &primary) < 0 || source_memory(one, "log1", &first) < 0 ||
	    source_memory(two, "log2", &second) < 0)
		abort();
	logs[0] = (struct hive_log){ first, &own[1].sink };
	logs[1] = (struct hive_log){ second, &own[2].sink };
	if (hive_open(primary, &own[0].sink, logs, 2, &hive) < 0 || hive_walk(hive, take_key, NULL) < 0)
		abort();
	log = hive_origin(hive, 0, f->size, &place);
	if (log >= 0 && place >= (log ? two.n : one.n))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct forge_hive *f = forge_hive("key A\nsz v=x\nkey A\\B\n");
	uint8_t *copy = malloc(size ? size : 1);
	size_t cut = size > 2 ? (data[0] | (size_t)data[1] << 8) % size / 512 * 512 : 0;

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	for (unsigned i = 0; i < 3; i++) {
		if (i == 1) {
			mend(copy, cut);
			mend(copy + cut, size - cut);
		}
		forge_number_hive(f, 21, 20);
		if (i == 2)
			f->bytes[508] ^= 1;
		replay(f, view_of(copy, cut), view_of(copy + cut, size - cut));
	}
	free(copy);
	forge_hive_free(f);
	return 0;
}

/* locked.c - any bytes as BitLocker's metadata: read, said in words, tried, and its plain bytes read whatever it
 * claims. */
#include <stdlib.h>

#include "locked_own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VOLUME = 320 << 10, PLACE = 64 << 10 };

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	return offset == UINT64_MAX && !*why ? -1 : 0;
}

/* A boot sector that leads to the block, and around the block what every block has; the rest is the input's. */
static uint8_t *
volume_of(const uint8_t *data, size_t size)
{
	static const char id[] = "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01";
	uint8_t *v = calloc(1, VOLUME), *block = v ? v + PLACE : NULL;

	if (!v)
		return NULL;
	memcpy(v + 160, id, 16);
	v[12] = size % 3 ? 2 : 16; /* sectors of 512 or 4096 bytes */
	v[178] = v[186] = v[194] = PLACE >> 16;
	memcpy(block, data, size < LOCKED_BLOCK ? size : LOCKED_BLOCK);
	if (size % 16) {
		memcpy(block, "-FVE-FS-", 8);
		memcpy(block + 10, "\2\0", 2);
		memcpy(block + 68, "\1\0\0\0\x30\0\0\0", 8);
		block[66] = block[67] = 0;
	}
	return v;
}

static void
read_plain(const struct locked *l, struct source *volume)
{
	static uint8_t whole[VOLUME], part[VOLUME];
	CLEANUP(source_close) struct source *plain = NULL;
	struct locked_key key = { .key = { 1, 2, 3 } };
	size_t at = 0;

	if (locked_hopeless(l) || locked_open(l, &key, volume, &plain) < 0)
		return;
	if (plain->size != VOLUME || source_read(plain, 0, whole, VOLUME) != VOLUME)
		abort();
	for (size_t step = 1; at < VOLUME; step = step * 5 % 65521) {
		ssize_t n = source_read(plain, at, part + at, step);

		if (n <= 0)
			abort();
		at += (size_t)n;
	}
	if (memcmp(whole, part, VOLUME) || source_trust(plain, 0, VOLUME))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(locked_free) struct locked *l = NULL;
	CLEANUP(free) uint8_t *bytes = volume_of(data, size);
	CLEANUP(source_close) struct source *volume = NULL;
	CLEANUP(text_free) struct text said = { 0 };
	struct credential_list credentials = { .n = 1, .items[0] = { .kind = CREDENTIAL_VMK, .n = 32 } };
	struct credential startup = { 0 };
	struct sink out = { .damage = hear };
	struct locked_key key = { 0 };

	if (startup_key(view_of(data, size), &startup) && startup.n != 32)
		abort();
	if (!bytes || source_memory(view_of(bytes, VOLUME), "volume", &volume) < 0 ||
	    locked_read(volume, 512, &out, &l) < 0)
		return 0;
	if (locked_say(l, &said) < 0 || locked_say_protectors(l, &said) < 0 || !said.n)
		abort();
	if (locked_unlock(l, volume, &credentials, &key) == 0 && locked_say_opened(l, &key, &said) < 0)
		abort();
	read_plain(l, volume);
	return 0;
}

/* test_locked.c - BitLocker volumes made by hand: what the metadata may say, what opens them, and the plain bytes. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "locked_own.h"
#include "volume.h"

enum { KIB = 1 << 10, VOLUME = 512 * KIB, HEAD = 8 * KIB, HEAD_AT = 32 * KIB };

static const uint64_t places[] = { 64 * KIB, 192 * KIB, 320 * KIB };
static const char plain_id[] = "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01";
static const char writing_id[] = "\x3b\x4d\xa8\x92\x80\xdd\x0e\x4d\x9e\x4e\xb1\xe3\x28\x4e\xae\xd8";
static const uint8_t fvek[64] = "sixteen bytes AA"
				"sixteen bytes BB",
		     vmk[32] = "a volume master key of 32 bytes";

/* Memory in which one sector may be missing. */
struct ground {
	struct source source;
	uint8_t bytes[VOLUME];
	uint64_t missing; /* UINT64_MAX: none */
};

struct scene {
	struct sink sink;
	struct text told;
	struct ground ground;
	uint8_t plain[VOLUME];
	struct locked *locked;
	struct credential_list keys;
};

static ssize_t
ground_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct ground *g = (struct ground *)src;

	memcpy(buf, g->bytes + offset, n);
	for (size_t i = 0; i < n; i++)
		if ((offset + i) / 512 * 512 == g->missing)
			((uint8_t *)buf)[i] = 0;
	return (ssize_t)n;
}

static unsigned
ground_trust(struct source *src, uint64_t from, uint64_t to)
{
	struct ground *g = (struct ground *)src;

	return g->missing < to && from < g->missing + 512 ? TRUST_MISSING : 0;
}

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	return text_printf(&((struct scene *)out)->told, "%llu %s\n", (unsigned long long)offset, why);
}

static void
put(uint8_t *to, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* An entry with this much data; returns where its data begins. */
static uint8_t *
put_entry(uint8_t *at, uint16_t type, uint16_t value, size_t data)
{
	put(at, data + 8, 2);
	put(at + 2, type, 2);
	put(at + 4, value, 2);
	put(at + 6, 1, 2);
	return at + 8;
}

static void
seal(uint8_t *to, const uint8_t *under, const uint8_t *key, size_t n)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t plain[12 + 64] = { 0 };
	int done;

	memcpy(to, "twelve bytes", 12);
	memcpy(plain + 12, key, n);
	assert_true(EVP_EncryptInit_ex(c, EVP_aes_256_ccm(), NULL, NULL, NULL));
	assert_true(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL));
	assert_true(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, NULL));
	assert_true(EVP_EncryptInit_ex(c, NULL, NULL, under, to));
	assert_true(EVP_EncryptUpdate(c, to + 28, &done, plain, (int)(12 + n)));
	assert_true(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, to + 12));
	EVP_CIPHER_CTX_free(c);
}

static void
put_checksum(uint8_t *block)
{
	size_t n = (size_t)(block[8] | block[9] << 8) * 16;

	put(block + n, 8, 2);
	put(block + n + 4, crc32(0, block, (uInt)n), 4);
}

/* One copy: a TPM, a startup key whose bytes are all 7, the FVEK and where the first sectors are. */
static void
put_block(uint8_t *block)
{
	uint8_t startup[32], *at = block + 112, *data;

	memset(startup, 7, sizeof(startup));
	memcpy(block, "-FVE-FS-", 8);
	put(block + 10, 2, 2);
	put(block + 12, 4, 2);
	put(block + 14, 4, 2);
	put(block + 16, VOLUME, 8);
	put(block + 28, HEAD / 512, 4);
	for (size_t i = 0; i < 3; i++)
		put(block + 32 + 8 * i, places[i], 8);
	put(block + 56, HEAD_AT, 8);
	put(block + 68, 1, 4);
	put(block + 72, 48, 4);
	put(block + 100, 0x8004, 2);
	data = put_entry(at, 2, 8, 28);
	memcpy(data, "the TPM's number", 16);
	put(data + 26, PROTECTOR_TPM, 2);
	at = data + 28;
	data = put_entry(at, 2, 8, 28 + 8 + 72);
	memcpy(data, "startup's number", 16);
	put(data + 26, PROTECTOR_STARTUP, 2);
	seal(put_entry(data + 28, 0, 5, 72), startup, vmk, 32);
	at = data + 28 + 80;
	data = put_entry(at, 3, 5, 72);
	seal(data, vmk, fvek, 32);
	at = data + 72;
	put(block + 64, (size_t)(at - block - 64), 4);
	put(block + 8, (size_t)(at - block + 15) / 16, 2);
	put_checksum(block);
}

static void
lock_sectors(struct scene *s, uint64_t from, uint64_t to, uint64_t n)
{
	for (uint64_t at = 0; at < n; at += 512) {
		EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
		uint8_t iv[16] = { 0 };
		int done;

		put(iv, (to + at) / 512, 8);
		assert_true(EVP_EncryptInit_ex(c, EVP_aes_128_xts(), NULL, fvek, iv));
		assert_true(EVP_EncryptUpdate(c, s->ground.bytes + to + at, &done, s->plain + from + at, 512));
		EVP_CIPHER_CTX_free(c);
	}
}

static int
set_up(void **state)
{
	static const struct source_ops ops = { .read = ground_read, .trust = ground_trust };
	struct scene *s = calloc(1, sizeof(*s));

	if (!s)
		return -1;
	s->sink.damage = tell;
	s->ground.source = (struct source){ .ops = &ops, .size = VOLUME, .name = "volume" };
	s->ground.missing = UINT64_MAX;
	for (size_t i = 0; i < VOLUME; i++)
		s->plain[i] = (uint8_t)(i * 31 + i / 512);
	memcpy(s->plain, "\xeb\x52\x90NTFS    ", 11);
	put(s->plain + 510, 0xaa55, 2);
	lock_sectors(s, HEAD, HEAD, VOLUME - HEAD);
	lock_sectors(s, 0, HEAD_AT, HEAD);
	memset(s->plain + HEAD_AT, 0, HEAD);
	for (size_t i = 0; i < 3; i++) {
		memset(s->plain + places[i], 0, LOCKED_BLOCK);
		memset(s->ground.bytes + places[i], 0, LOCKED_BLOCK);
		put_block(s->ground.bytes + places[i]);
		put(s->ground.bytes + 176 + 8 * i, places[i], 8);
	}
	memcpy(s->ground.bytes, "\xeb\x58\x90-FVE-FS-", 11);
	memcpy(s->ground.bytes + 160, plain_id, 16);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	locked_free(s->locked);
	text_free(&s->told);
	free(s);
	return 0;
}

static int
read_again(struct scene *s)
{
	text_free(&s->told);
	s->locked = locked_free(s->locked);
	return locked_read(&s->ground.source, 512, &s->sink, &s->locked);
}

static void
assert_told(const struct scene *s, const char *what)
{
	assert_non_null(s->told.s);
	assert_non_null(strstr(s->told.s, what));
}

static struct source *
open_by_vmk(struct scene *s)
{
	struct locked_key key;
	struct source *plain;

	s->keys = (struct credential_list){ .n = 1, .items[0] = { .kind = CREDENTIAL_VMK, .n = 32 } };
	memcpy(s->keys.items[0].key, vmk, 32);
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), 0);
	assert_int_equal(locked_open(s->locked, &key, &s->ground.source, &plain), 0);
	return plain;
}

static void
first_sectors_are_told_by_either_identifier(void **state)
{
	struct scene *s = *state;
	struct source *volume = &s->ground.source;
	struct locked_boot found;

	assert_int_equal(volume_recognise(volume, 0, VOLUME), FS_BITLOCKER);
	memset(s->ground.bytes + 3, 0, 8); /* its name is gone, the identifier is not */
	assert_int_equal(volume_recognise(volume, 0, VOLUME), FS_BITLOCKER);
	memcpy(s->ground.bytes + 160, writing_id, 16);
	assert_true(locked_boot(view_of(s->ground.bytes, 512), &found));
	assert_true(found.writing && !found.to_go && found.places[2] == places[2]);
	assert_int_equal(read_again(s), 0);
	assert_non_null(strstr(locked_hopeless(s->locked), "encrypted as it is written"));
	memset(s->ground.bytes + 160, 0, 16);
	memcpy(s->ground.bytes + 424, plain_id, 16);
	assert_true(locked_boot(view_of(s->ground.bytes, 512), &found));
	assert_true(found.to_go && !found.writing);
	assert_int_equal(volume_recognise(volume, 0, VOLUME), FS_BITLOCKER_TO_GO);
	memset(s->ground.bytes, 0, 512);
	memcpy(s->ground.bytes, "\xeb\x52\x90-FVE-FS-\0\2\x08", 14); /* Vista: clusters of 4 KiB, the 16th */
	s->ground.bytes[56] = 16;
	assert_true(locked_boot(view_of(s->ground.bytes, 512), &found));
	assert_int_equal(found.places[0], 64 * KIB);
	assert_false(locked_boot(view_of(s->ground.bytes, 60), &found));
}

static void
a_startup_key_opens_its_own_protector_alone(void **state)
{
	struct scene *s = *state;
	struct locked_key key;
	struct text said = { 0 };

	assert_int_equal(read_again(s), 0);
	s->keys = (struct credential_list){ .n = 1, .items[0] = { .kind = CREDENTIAL_STARTUP, .n = 32 } };
	memset(s->keys.items[0].key, 7, 32);
	memcpy(s->keys.items[0].id, "another's number", 16);
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), -EACCES);
	memcpy(s->keys.items[0].id, "startup's number", 16);
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), 0);
	assert_int_equal(key.protector, 1);
	assert_int_equal(locked_say_opened(s->locked, &key, &said), 0);
	assert_string_equal(said.s, "opened with a startup key (protector {72617473-7574-2770-7320-6E756D626572})");
	text_free(&said);
	s->keys.items[0].key[31] ^= 1;
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), -EACCES);
}

static void
the_volume_key_itself_is_held_against_the_first_sector(void **state)
{
	struct scene *s = *state;
	struct locked_key key;

	assert_int_equal(read_again(s), 0);
	s->keys = (struct credential_list){ .n = 1, .items[0] = { .kind = CREDENTIAL_FVEK, .n = 32 } };
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), -EACCES);
	memcpy(s->keys.items[0].key, fvek, 32);
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), 0);
	s->keys.items[0].n = 64;
	assert_int_equal(locked_unlock(s->locked, &s->ground.source, &s->keys, &key), -EACCES);
}

static void
plain_bytes_are_the_same_however_they_are_read(void **state)
{
	struct scene *s = *state;
	struct source *plain;
	uint8_t *bytes = malloc(VOLUME);

	assert_int_equal(read_again(s), 0);
	assert_null(s->told.s);
	plain = open_by_vmk(s);
	assert_int_equal(source_read(plain, 0, bytes, VOLUME), VOLUME);
	assert_memory_equal(bytes, s->plain, VOLUME);
	for (uint64_t at = 0, step = 1; at < VOLUME; at += step, step = step * 7 % 40961) {
		size_t n = step < VOLUME - at ? (size_t)step : (size_t)(VOLUME - at);

		assert_int_equal(source_read(plain, at, bytes, step), n);
		assert_memory_equal(bytes, s->plain + at, n);
	}
	source_close(plain);
	free(bytes);
}

static void
a_missing_sector_is_zeros_where_its_plain_bytes_are(void **state)
{
	static const uint64_t missing[][2] = { { 480 * KIB, 480 * KIB }, { HEAD_AT + 1024, 1024 } };
	struct scene *s = *state;
	uint8_t bytes[3 * 512], zeros[512] = { 0 };

	assert_int_equal(read_again(s), 0);
	for (size_t i = 0; i < 2; i++) {
		uint64_t at = missing[i][1];
		struct source *plain = open_by_vmk(s);

		s->ground.missing = missing[i][0];
		assert_int_equal(source_read(plain, at - 512, bytes, sizeof(bytes)), sizeof(bytes));
		assert_memory_equal(bytes, s->plain + at - 512, 512);
		assert_memory_equal(bytes + 512, zeros, 512);
		assert_memory_equal(bytes + 1024, s->plain + at + 512, 512);
		assert_int_equal(source_trust(plain, at + 511, at + 512), TRUST_MISSING);
		assert_int_equal(source_trust(plain, at - 512, at), 0);
		assert_int_equal(source_trust(plain, at + 512, at + 513), 0);
		source_close(plain);
	}
}

static void
a_conversion_that_is_under_way_leaves_a_plain_end(void **state)
{
	struct scene *s = *state;
	struct source *plain;
	struct text said = { 0 };
	uint8_t bytes[1024];

	for (size_t i = 0; i < 3; i++) {
		put(s->ground.bytes + places[i] + 12, 5, 2);
		put(s->ground.bytes + places[i] + 16, 448 * KIB, 8);
		put_checksum(s->ground.bytes + places[i]);
	}
	memcpy(s->ground.bytes + 448 * KIB, s->plain + 448 * KIB, 64 * KIB);
	assert_int_equal(read_again(s), 0);
	assert_int_equal(locked_say(s->locked, &said), 0);
	assert_string_equal(said.s, "BitLocker, XTS-AES 128, state 5 (conversion paused), only the first 458752 of "
				    "524288 bytes encrypted");
	plain = open_by_vmk(s);
	assert_int_equal(source_read(plain, 448 * KIB - 300, bytes, sizeof(bytes)), sizeof(bytes));
	assert_memory_equal(bytes, s->plain + 448 * KIB - 300, sizeof(bytes));
	source_close(plain);
	text_free(&said);
}

static void
the_copy_that_fits_its_checksum_is_believed(void **state)
{
	struct scene *s = *state;

	s->ground.bytes[places[0] + 28] ^= 1; /* other first sectors: only the checksum can tell */
	assert_int_equal(read_again(s), 0);
	assert_told(s, "65536 copy 1 of BitLocker's metadata fails its checksum");
	assert_int_equal(s->locked->head_bytes, HEAD);
	memset(s->ground.bytes + places[1], 0xff, 64);
	assert_int_equal(read_again(s), 0);
	assert_told(s, "196608 copy 2 of BitLocker's metadata cannot be read");
	memset(s->ground.bytes, 0, 512); /* no first sector: copies are searched, and the first one is found */
	assert_int_equal(read_again(s), 0);
	assert_told(s, "the first sector of a BitLocker volume does not lead to its metadata");
	for (size_t i = 0; i < 3; i++)
		s->ground.bytes[places[i]] = 0;
	assert_int_equal(read_again(s), -EINVAL);
}

static void
what_metadata_claims_is_bounded(void **state)
{
	static const struct {
		size_t at;
		int n;
		uint64_t value;
	} claims[] = {
		{ 16, 8, UINT64_MAX },
		{ 28, 4, UINT32_MAX },
		{ 32, 8, UINT64_MAX - 511 },
		{ 40, 8, 1 },
		{ 56, 8, VOLUME - 512 },
		{ 56, 8, 77 },
		{ 56, 8, UINT64_MAX - 511 },
		{ 64, 4, 48 },
		{ 64, 4, 65536 - 64 },
		{ 112, 2, 0 },
		{ 112, 2, 7 },
		{ 112, 2, 65535 },
		{ 100, 2, 0x7fff },
		{ 100, 2, 0x8006 },
		{ 156, 2, 65535 },
		{ 184, 2, 1 },
	};
	struct scene *s = *state;
	uint8_t *block = s->ground.bytes + places[0];

	memset(s->ground.bytes + 184, 0xff, 16); /* this copy alone */
	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		struct locked_key key = { .n = 32 };
		struct source *plain;
		uint8_t bytes[4096];

		memset(block, 0, LOCKED_BLOCK);
		put_block(block);
		put(block + claims[i].at, claims[i].value, claims[i].n);
		assert_int_equal(read_again(s), 0);
		if (locked_hopeless(s->locked) || locked_open(s->locked, &key, &s->ground.source, &plain) < 0)
			continue;
		for (uint64_t at = 0; at < VOLUME; at += sizeof(bytes))
			assert_int_equal(source_read(plain, at, bytes, sizeof(bytes)), sizeof(bytes));
		source_close(plain);
	}
	put(block + 64, 47, 4); /* smaller than its own header */
	assert_int_equal(read_again(s), -EINVAL);
}

static void
credentials_are_checked_and_not_kept(void **state)
{
	static const char *const bad[] = {
		"471207-278498-422125-177177-561902-537405-468006-693451",
		"recovery:471207",
		"recovery:471207-278498-422125-177177-561902-537405-468006-693452",
		"recovery:471207-278498-422125-177177-561902-537405-468006-693451-1",
		"recovery:720907-278498-422125-177177-561902-537405-468006-693451",
		"bek:/nonexistent",
		"vmk:0011",
		"fvek:xy",
		"fvek:",
		"@/nonexistent",
		"",
		":",
		"password",
	};
	struct scene *s = *state;
	struct credential_list *l = &s->keys;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(credential_add(l, bad[i]) < 0);
	assert_int_equal(l->n, 0);
	assert_int_equal(credential_add(l, "recovery:471207-278498-422125-177177-561902-537405-468006-693451"), 0);
	assert_int_equal(credential_add(l, "recovery:471207278498422125177177561902537405468006693451"), 0);
	assert_memory_equal(l->items[0].key, l->items[1].key, 32);
	/* printf password | iconv -t utf-16le | openssl sha256 -binary | openssl sha256 */
	assert_int_equal(credential_add(l, "password:password"), 0);
	assert_memory_equal(l->items[2].key, "\x75\x2b\x13\xff\x08\xbf\xd1\xb9", 8);
	assert_int_equal(credential_add(l, "fvek:00112233445566778899aabbccddeeff:ffeeddccbbaa99887766554433221100"),
			 0);
	assert_int_equal(l->items[3].n, 32);
	assert_int_equal(credential_public("password:x"), 9);
	assert_int_equal(credential_public("bek:a"), 5);
	assert_int_equal(credential_public("@a:b"), 4);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(first_sectors_are_told_by_either_identifier),
		STORY(a_startup_key_opens_its_own_protector_alone),
		STORY(the_volume_key_itself_is_held_against_the_first_sector),
		STORY(plain_bytes_are_the_same_however_they_are_read),
		STORY(a_missing_sector_is_zeros_where_its_plain_bytes_are),
		STORY(a_conversion_that_is_under_way_leaves_a_plain_end),
		STORY(the_copy_that_fits_its_checksum_is_believed),
		STORY(what_metadata_claims_is_bounded),
		STORY(credentials_are_checked_and_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

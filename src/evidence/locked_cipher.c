/* locked_cipher.c - deciphers sectors of a BitLocker volume: AES in CBC, with or without its diffuser, and in XTS. */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "fail.h"
#include "locked_own.h"

enum { WORDS_MAX = LOCKED_SECTOR_MAX / 4, TWEAK_AT = 32 };

struct sector_cipher {
	EVP_CIPHER *sectors, *blocks; /* blocks: ECB, for what depends on a sector's place; NULL with XTS */
	uint8_t key[64];
	uint32_t sector;
	bool xts, diffused;
};

static const char *const names[][2] = {
	/* 0x8000.. */
	{ "AES-128-CBC", "AES-128-ECB" }, { "AES-256-CBC", "AES-256-ECB" }, { "AES-128-CBC", "AES-128-ECB" },
	{ "AES-256-CBC", "AES-256-ECB" }, { "AES-128-XTS", NULL },          { "AES-256-XTS", NULL },
};

int
sector_cipher_new(uint16_t method, uint32_t sector, const uint8_t key[static 64], struct sector_cipher **ret_cipher)
{
	CLEANUP(sector_cipher_free) struct sector_cipher *c = calloc(1, sizeof(*c));
	size_t i = (size_t)(method - 0x8000);

	if (method < 0x8000 || i >= sizeof(names) / sizeof(*names))
		return -EINVAL;
	if (!c)
		return fail(ENOMEM, "out of memory for a cipher");
	memcpy(c->key, key, sizeof(c->key));
	c->sector = sector;
	c->xts = i >= 4;
	c->diffused = i < 2;
	c->sectors = EVP_CIPHER_fetch(NULL, names[i][0], NULL);
	c->blocks = names[i][1] ? EVP_CIPHER_fetch(NULL, names[i][1], NULL) : NULL;
	if (!c->sectors || (names[i][1] && !c->blocks))
		return fail(ENOMEM, "the cipher %s could not be had", names[i][0]);
	*ret_cipher = TAKE(c);
	return 0;
}

struct sector_cipher *
sector_cipher_free(struct sector_cipher *c)
{
	if (!c)
		return NULL;
	EVP_CIPHER_free(c->sectors);
	EVP_CIPHER_free(c->blocks);
	OPENSSL_cleanse(c->key, sizeof(c->key));
	free(c);
	return NULL;
}

static inline uint32_t
rotate(uint32_t value, unsigned by)
{
	return by ? value << by | value >> (32 - by) : value;
}

/* N. Ferguson, "AES-CBC + Elephant diffuser", 2006, in the direction of deciphering: B three times, then A five. */
static void
undiffuse(uint8_t *sector, size_t size)
{
	static const unsigned a[] = { 9, 0, 13, 0 }, b[] = { 0, 10, 0, 25 };
	uint32_t d[WORDS_MAX];
	size_t words = size / 4;

	for (size_t i = 0; i < words; i++)
		d[i] = le32_get(*(const le32 *)(sector + 4 * i));
	for (size_t i = 0; i < 3 * words; i++)
		d[i % words] += d[(i + 2) % words] ^ rotate(d[(i + 5) % words], b[i % 4]);
	for (size_t i = 0; i < 5 * words; i++)
		d[i % words] += d[(i + words - 2) % words] ^ rotate(d[(i + words - 5) % words], a[i % 4]);
	for (size_t i = 0; i < size; i++)
		sector[i] = (uint8_t)(d[i / 4] >> 8 * (i % 4));
}

static void
put_place(uint64_t value, uint8_t ret[static 16])
{
	memset(ret, 0, 16);
	for (int i = 0; i < 8; i++)
		ret[i] = (uint8_t)(value >> 8 * i);
}

static bool
ecb(EVP_CIPHER_CTX *c, const uint8_t in[static 16], uint8_t ret[static 16])
{
	int n = 0;

	return EVP_EncryptUpdate(c, ret, &n, in, 16) && n == 16;
}

/* The sector's own key: its offset under the tweak key, and that again with the highest bit set. */
static bool
unwhiten(EVP_CIPHER_CTX *tweak, uint64_t offset, uint8_t *sector, size_t size)
{
	uint8_t place[16], key[32];
	bool good;

	put_place(offset, place);
	good = ecb(tweak, place, key);
	place[15] = 0x80;
	good = good && ecb(tweak, place, key + 16);
	for (size_t i = 0; i < size; i++)
		sector[i] ^= key[i % sizeof(key)];
	return good;
}

/* The three contexts of one call; those that a method does not need are NULL. */
struct contexts {
	EVP_CIPHER_CTX *sector, *place, *tweak;
};

static bool
open_sector(const struct sector_cipher *c, const struct contexts *x, uint64_t offset, uint8_t *sector)
{
	uint8_t place[16], iv[16];
	int n = 0;

	put_place(c->xts ? offset / c->sector : offset, place);
	if (!c->xts && !ecb(x->place, place, iv))
		return false;
	if (!EVP_DecryptInit_ex2(x->sector, NULL, NULL, c->xts ? place : iv, NULL) ||
	    !EVP_DecryptUpdate(x->sector, sector, &n, sector, (int)c->sector) || n != (int)c->sector)
		return false;
	if (!c->diffused)
		return true;
	undiffuse(sector, c->sector);
	return unwhiten(x->tweak, offset, sector, c->sector);
}

static bool
start(const struct sector_cipher *c, struct contexts *x)
{
	x->sector = EVP_CIPHER_CTX_new();
	x->place = c->blocks ? EVP_CIPHER_CTX_new() : NULL;
	x->tweak = c->diffused ? EVP_CIPHER_CTX_new() : NULL;
	if (!x->sector || !EVP_DecryptInit_ex2(x->sector, c->sectors, c->key, NULL, NULL) ||
	    !EVP_CIPHER_CTX_set_padding(x->sector, 0))
		return false;
	if (c->blocks && (!x->place || !EVP_EncryptInit_ex2(x->place, c->blocks, c->key, NULL, NULL) ||
			  !EVP_CIPHER_CTX_set_padding(x->place, 0)))
		return false;
	return !c->diffused || (x->tweak && EVP_EncryptInit_ex2(x->tweak, c->blocks, c->key + TWEAK_AT, NULL, NULL) &&
				EVP_CIPHER_CTX_set_padding(x->tweak, 0));
}

int
sectors_open(const struct sector_cipher *c, uint64_t offset, uint8_t *bytes, size_t n)
{
	struct contexts x = { 0 };
	bool good = start(c, &x);

	for (size_t at = 0; at < n && good; at += c->sector)
		good = open_sector(c, &x, offset + at, bytes + at);
	EVP_CIPHER_CTX_free(x.sector);
	EVP_CIPHER_CTX_free(x.place);
	EVP_CIPHER_CTX_free(x.tweak);
	return good ? 0 : fail(ENOMEM, "a cipher failed");
}

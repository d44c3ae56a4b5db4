/* locked_key.c - from what the examiner holds to the volume's own key: each step is proved by the MAC of AES-CCM. */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "fail.h"
#include "locked_own.h"

enum {
	ROUNDS = 1 << 20,
	NONCE = 12,
	MAC = 16,
	KEY_HEADER = 12, /* an entry's header and the method, before the key itself */
	VMK_BYTES = 32,
};

/* SHA-256 over its own last result, the start, the salt and a counter. */
static int
stretch(const uint8_t *start, const uint8_t *salt, uint8_t ret[static 32])
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t round[88] = { 0 };
	bool good = md && c;

	memcpy(round + 32, start, 32);
	memcpy(round + 64, salt, 16);
	for (uint32_t i = 0; i < ROUNDS && good; i++) {
		for (int b = 0; b < 4; b++)
			round[80 + b] = (uint8_t)(i >> 8 * b);
		good = EVP_DigestInit_ex2(c, md, NULL) && EVP_DigestUpdate(c, round, sizeof(round)) &&
		       EVP_DigestFinal_ex(c, round, NULL);
	}
	memcpy(ret, round, 32);
	OPENSSL_cleanse(round, sizeof(round));
	EVP_MD_CTX_free(c);
	EVP_MD_free(md);
	return good ? 0 : fail(ENOMEM, "SHA-256 could not be had");
}

/* 1 when the MAC proves the key, 0 when it does not: nonce, MAC, then the enciphered entry. */
static int
unseal(const struct sealed *s, const uint8_t *key, uint8_t *ret_plain, size_t *ret_n)
{
	uint8_t mac[MAC];
	int n = (int)s->n - NONCE - MAC, done = 0;
	EVP_CIPHER_CTX *c;
	bool ready, proved;

	if (n < KEY_HEADER)
		return 0;
	c = EVP_CIPHER_CTX_new();
	memcpy(mac, s->bytes + NONCE, MAC);
	ready = c && EVP_DecryptInit_ex(c, EVP_aes_256_ccm(), NULL, NULL, NULL) &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, MAC, mac) &&
		EVP_DecryptInit_ex(c, NULL, NULL, key, s->bytes);
	proved = ready && EVP_DecryptUpdate(c, ret_plain, &done, s->bytes + NONCE + MAC, n) > 0 && done == n;
	EVP_CIPHER_CTX_free(c);
	*ret_n = (size_t)n;
	return ready ? proved : fail(ENOMEM, "AES-CCM could not be had");
}

/* The bytes of a sealed key: how many, 0 when this does not open it or they are more than room. */
static int
unseal_key(const struct sealed *s, const uint8_t *under, uint8_t *ret_key, size_t room)
{
	uint8_t plain[LOCKED_SEALED_MAX];
	size_t n;
	int r = unseal(s, under, plain, &n);

	if (r > 0) {
		n -= KEY_HEADER;
		r = n <= room ? (int)n : 0;
		memcpy(ret_key, plain + KEY_HEADER, (size_t)r);
	}
	OPENSSL_cleanse(plain, sizeof(plain));
	return r;
}

/* The volume's key under a VMK: 1, or 0. */
static int
take_fvek(const struct locked *l, const uint8_t *vmk, struct locked_key *ret)
{
	int n = unseal_key(&l->fvek, vmk, ret->key, sizeof(ret->key));

	if (n <= 0)
		return n;
	ret->n = (size_t)n;
	return ret->n == method_key_bytes(l->method);
}

/* What a protector's VMK is sealed under, by this credential: 1, or 0 where the two do not belong together. */
static int
protector_key(const struct locked_protector *p, const struct credential *c, uint8_t ret[static 32])
{
	if (c->kind == CREDENTIAL_STARTUP && p->type == PROTECTOR_STARTUP && !memcmp(p->id, c->id, sizeof(p->id))) {
		memcpy(ret, c->key, 32);
		return 1;
	}
	if ((c->kind == CREDENTIAL_RECOVERY && p->type == PROTECTOR_RECOVERY) ||
	    (c->kind == CREDENTIAL_PASSWORD && p->type == PROTECTOR_PASSWORD)) {
		int r = p->salted ? stretch(c->key, p->salt, ret) : -EACCES;

		return r == -EACCES ? 0 : r < 0 ? r : 1;
	}
	return 0;
}

static int
try_protector(const struct locked *l, size_t i, const uint8_t *key, struct locked_key *ret)
{
	uint8_t vmk[VMK_BYTES] = { 0 };
	int n = unseal_key(&l->protectors[i].vmk, key, vmk, sizeof(vmk));
	int r = n == VMK_BYTES ? take_fvek(l, vmk, ret) : n < 0 ? n : 0;

	OPENSSL_cleanse(vmk, sizeof(vmk));
	if (r > 0)
		ret->protector = i;
	return r;
}

static int
try_clear(const struct locked *l, struct locked_key *ret)
{
	int r = 0;

	for (size_t i = 0; i < l->protector_count && r == 0; i++)
		if (l->protectors[i].type == PROTECTOR_CLEAR && l->protectors[i].keyed)
			r = try_protector(l, i, l->protectors[i].key, ret);
	ret->clear = r > 0;
	return r;
}

/* Without a diffuser's gap between its two keys, as tools print them. */
static bool
given_fvek(const struct locked *l, const struct credential *c, struct locked_key *ret)
{
	size_t wanted = method_key_bytes(l->method), half = l->method == 0x8000 ? 16 : 32;

	ret->n = wanted;
	memset(ret->key, 0, sizeof(ret->key));
	memcpy(ret->key, c->key, c->n);
	if (wanted && c->n == wanted)
		return true;
	if (l->method != 0x8000 || c->n != 2 * half)
		return false;
	memcpy(ret->key + 32, c->key + half, half);
	memset(ret->key + half, 0, 32 - half);
	return true;
}

/* Nothing proves a volume key but what it makes of the first sector, which begins with a jump and ends with 55 AA. */
static int
fvek_fits(const struct locked *l, struct source *volume, const struct locked_key *key)
{
	CLEANUP(sector_cipher_free) struct sector_cipher *cipher = NULL;
	uint8_t sector[LOCKED_SECTOR_MAX];
	int r = source_read_all(volume, l->head, sector, l->sector);

	if (r < 0)
		return r == -ENODATA ? 0 : r;
	r = sector_cipher_new(l->method, l->sector, key->key, &cipher);
	if (r == 0 && l->head < l->encrypted)
		r = sectors_open(cipher, l->head, sector, l->sector);
	return r < 0 ? r : sector[0] == 0xeb && sector[510] == 0x55 && sector[511] == 0xaa;
}

static int
try_credential(const struct locked *l, struct source *volume, const struct credential *c, struct locked_key *ret)
{
	uint8_t key[32];
	int r = 0;

	ret->protector = SIZE_MAX;
	ret->with = c->kind;
	if (c->kind == CREDENTIAL_FVEK)
		return given_fvek(l, c, ret) ? fvek_fits(l, volume, ret) : 0;
	if (c->kind == CREDENTIAL_VMK)
		return take_fvek(l, c->key, ret);
	for (size_t i = 0; i < l->protector_count && r == 0; i++) {
		r = protector_key(&l->protectors[i], c, key);
		if (r > 0)
			r = try_protector(l, i, key, ret);
	}
	OPENSSL_cleanse(key, sizeof(key));
	return r;
}

int
locked_unlock(const struct locked *l, struct source *volume, const struct credential_list *credentials,
	      struct locked_key *ret_key)
{
	int r = try_clear(l, ret_key);

	for (size_t i = 0; r == 0 && i < credentials->n; i++)
		r = try_credential(l, volume, &credentials->items[i], ret_key);
	return r < 0 ? r : r > 0 ? 0 : -EACCES;
}

struct locked *
locked_free(struct locked *l)
{
	if (l)
		OPENSSL_cleanse(l, sizeof(*l));
	free(l);
	return NULL;
}

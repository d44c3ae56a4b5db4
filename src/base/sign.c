/* sign.c - who vouches for a case: signatures that anybody can check with openssl dgst or openssl pkeyutl. */
#include "sign.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "cleanup.h"
#include "fail.h"

static void
key_free_at(EVP_PKEY **at)
{
	EVP_PKEY_free(*at);
}

static void
state_free_at(EVP_MD_CTX **at)
{
	EVP_MD_CTX_free(*at);
}

static void
bio_free_at(BIO **at)
{
	BIO_free(*at);
}

/* Keys of Edwards curves hash by themselves. */
static const EVP_MD *
method_for(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448") ? NULL : EVP_sha256();
}

static int
load_private(const char *path, EVP_PKEY **ret_key)
{
	CLEANUP(bio_free) BIO *file = BIO_new_file(path, "r");

	*ret_key = file ? PEM_read_bio_PrivateKey(file, NULL, NULL, NULL) : NULL;
	return *ret_key ? 0 : fail(EINVAL, "%s: this is no private key in PEM that can be opened", path);
}

static int
sign(EVP_PKEY *key, struct view bytes, struct text *ret_signature)
{
	CLEANUP(state_free) EVP_MD_CTX *state = EVP_MD_CTX_new();
	CLEANUP(free) uint8_t *signature = NULL;
	size_t n = 0;

	if (!state || EVP_DigestSignInit(state, NULL, method_for(key), NULL, key) != 1 ||
	    EVP_DigestSign(state, NULL, &n, bytes.p, bytes.n) != 1)
		return fail(EINVAL, "this kind of key cannot sign");
	signature = malloc(n + 1);
	if (!signature || EVP_DigestSign(state, signature, &n, bytes.p, bytes.n) != 1)
		return fail(EIO, "the OpenSSL library failed to sign");
	return text_add(ret_signature, view_of(signature, n));
}

static int
add_public(EVP_PKEY *key, struct text *ret)
{
	CLEANUP(bio_free) BIO *memory = BIO_new(BIO_s_mem());
	char *at;
	long n;

	if (!memory || PEM_write_bio_PUBKEY(memory, key) != 1)
		return fail(EIO, "the OpenSSL library failed to write a public key");
	n = BIO_get_mem_data(memory, &at);
	return text_add(ret, view_of(at, n > 0 ? (size_t)n : 0));
}

int
sign_bytes(const char *key_path, struct view bytes, struct text *ret_signature, struct text *ret_public)
{
	CLEANUP(key_free) EVP_PKEY *key = NULL;
	int r = load_private(key_path, &key);

	if (r == 0)
		r = sign(key, bytes, ret_signature);
	return r < 0 ? r : add_public(key, ret_public);
}

int
sign_check(struct view public_key, struct view bytes, struct view signature)
{
	CLEANUP(bio_free) BIO *memory = BIO_new_mem_buf(public_key.p, (int)public_key.n);
	CLEANUP(key_free) EVP_PKEY *key = memory ? PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL) : NULL;
	CLEANUP(state_free) EVP_MD_CTX *state = EVP_MD_CTX_new();

	if (!key || !state || EVP_DigestVerifyInit(state, NULL, method_for(key), NULL, key) != 1)
		return -EINVAL;
	return EVP_DigestVerify(state, signature.p, signature.n, bytes.p, bytes.n) == 1;
}

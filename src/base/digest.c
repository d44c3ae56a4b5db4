/* digest.c - MD5, SHA-1 and SHA-256 by OpenSSL. */
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>

#include "fail.h"

struct digest {
	unsigned kinds;
	EVP_MD_CTX *state[DIGEST_KINDS];
	EVP_MD *method[DIGEST_KINDS]; /* fetched once: a fetch costs more than a small file */
};

static const struct {
	const char *name, *method;
	size_t size;
} kinds_known[DIGEST_KINDS] = {
	[DIGEST_MD5] = { "md5", "MD5", 16 },
	[DIGEST_SHA1] = { "sha1", "SHA1", 20 },
	[DIGEST_SHA256] = { "sha256", "SHA256", 32 },
};

static int
start(struct digest *d, int kind)
{
	d->method[kind] = EVP_MD_fetch(NULL, kinds_known[kind].method, NULL);
	d->state[kind] = EVP_MD_CTX_new();
	if (!d->method[kind] || !d->state[kind])
		return fail(ENOMEM, "cannot compute %s here: the OpenSSL library does not offer it",
			    kinds_known[kind].name);
	return 0;
}

int
digest_open(unsigned kinds, struct digest **ret_digest)
{
	CLEANUP(digest_close) struct digest *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return fail(ENOMEM, "out of memory for a digest");
	d->kinds = kinds;
	for (int kind = 0; kind < DIGEST_KINDS; kind++) {
		r = kinds & 1u << kind ? start(d, kind) : 0;
		if (r < 0)
			return r;
	}
	r = digest_reset(d);
	if (r < 0)
		return r;
	*ret_digest = TAKE(d);
	return 0;
}

int
digest_reset(struct digest *d)
{
	for (int kind = 0; kind < DIGEST_KINDS; kind++)
		if (d->state[kind] && EVP_DigestInit_ex2(d->state[kind], d->method[kind], NULL) != 1)
			return fail(EIO, "the OpenSSL library failed to start %s", kinds_known[kind].name);
	return 0;
}

int
digest_add(struct digest *d, struct view bytes)
{
	for (int kind = 0; kind < DIGEST_KINDS; kind++)
		if (d->state[kind] && EVP_DigestUpdate(d->state[kind], bytes.p, bytes.n) != 1)
			return fail(EIO, "the OpenSSL library failed in %s", kinds_known[kind].name);
	return 0;
}

int
digest_end(struct digest *d, struct digest_value ret_values[static DIGEST_KINDS])
{
	memset(ret_values, 0, sizeof(*ret_values) * DIGEST_KINDS);
	for (int kind = 0; kind < DIGEST_KINDS; kind++)
		if (d->state[kind] && EVP_DigestFinal_ex(d->state[kind], ret_values[kind].b, NULL) != 1)
			return fail(EIO, "the OpenSSL library failed to end %s", kinds_known[kind].name);
	return 0;
}

struct digest *
digest_close(struct digest *d)
{
	if (!d)
		return NULL;
	for (int kind = 0; kind < DIGEST_KINDS; kind++) {
		EVP_MD_CTX_free(d->state[kind]);
		EVP_MD_free(d->method[kind]);
	}
	free(d);
	return NULL;
}

size_t
digest_size(enum digest_kind kind)
{
	return kinds_known[kind].size;
}

const char *
digest_name(enum digest_kind kind)
{
	return kinds_known[kind].name;
}

int
digest_sha256(struct view bytes, struct digest_value *ret_value)
{
	memset(ret_value, 0, sizeof(*ret_value));
	if (EVP_Digest(bytes.p, bytes.n, ret_value->b, NULL, EVP_sha256(), NULL) != 1)
		return fail(EIO, "the OpenSSL library failed in sha256");
	return 0;
}

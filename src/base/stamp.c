/* stamp.c - the question to a time stamp authority, to be asked from another machine, and what its answer is about. */
#include <errno.h>
#include <openssl/rand.h>
#include <openssl/ts.h>

#include "cleanup.h"
#include "digest.h"
#include "fail.h"
#include "sign.h"

enum { NONCE = 8 };

static void
request_free_at(TS_REQ **at)
{
	TS_REQ_free(*at);
}

static void
response_free_at(TS_RESP **at)
{
	TS_RESP_free(*at);
}

static void
imprint_free_at(TS_MSG_IMPRINT **at)
{
	TS_MSG_IMPRINT_free(*at);
}

static void
method_free_at(X509_ALGOR **at)
{
	X509_ALGOR_free(*at);
}

static void
number_free_at(ASN1_INTEGER **at)
{
	ASN1_INTEGER_free(*at);
}

static bool
add_imprint(TS_REQ *request, const struct digest_value *hash)
{
	CLEANUP(imprint_free) TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	CLEANUP(method_free) X509_ALGOR *method = X509_ALGOR_new();
	uint8_t copy[32];

	memcpy(copy, hash->b, sizeof(copy));
	return imprint && method && X509_ALGOR_set0(method, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	       TS_MSG_IMPRINT_set_algo(imprint, method) == 1 &&
	       TS_MSG_IMPRINT_set_msg(imprint, copy, sizeof(copy)) == 1 &&
	       TS_REQ_set_msg_imprint(request, imprint) == 1;
}

/* So that an old answer cannot stand for a new one. */
static bool
add_nonce(TS_REQ *request)
{
	CLEANUP(number_free) ASN1_INTEGER *nonce = ASN1_INTEGER_new();
	uint64_t n;

	return nonce && RAND_bytes((uint8_t *)&n, NONCE) == 1 && ASN1_INTEGER_set_uint64(nonce, n) == 1 &&
	       TS_REQ_set_nonce(request, nonce) == 1;
}

int
stamp_request(struct view bytes, struct text *ret_request)
{
	CLEANUP(request_free) TS_REQ *request = TS_REQ_new();
	struct digest_value hash;
	uint8_t *der = NULL;
	int r = digest_sha256(bytes, &hash), n;

	if (r < 0)
		return r;
	if (!request || TS_REQ_set_version(request, 1) != 1 || !add_imprint(request, &hash) || !add_nonce(request) ||
	    TS_REQ_set_cert_req(request, 1) != 1 || (n = i2d_TS_REQ(request, &der)) <= 0)
		return fail(EIO, "the OpenSSL library failed to make a request for a time stamp");
	r = text_add(ret_request, view_of(der, (size_t)n));
	OPENSSL_free(der);
	return r;
}

static int
add_time(TS_TST_INFO *info, struct text *ret)
{
	const ASN1_GENERALIZEDTIME *when = TS_TST_INFO_get_time(info);

	return text_add(ret, view_of(ASN1_STRING_get0_data(when), (size_t)ASN1_STRING_length(when)));
}

int
stamp_about(struct view response, struct view bytes, struct text *ret_time)
{
	const uint8_t *at = response.p;
	CLEANUP(response_free) TS_RESP *answer = d2i_TS_RESP(NULL, &at, (long)response.n);
	TS_TST_INFO *info = answer ? TS_RESP_get_tst_info(answer) : NULL; /* its answer's */
	ASN1_OCTET_STRING *stated = info ? TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(info)) : NULL;
	struct digest_value hash;
	int r = digest_sha256(bytes, &hash);

	if (r < 0)
		return r;
	if (!stated || ASN1_STRING_length(stated) != 32 || memcmp(ASN1_STRING_get0_data(stated), hash.b, 32) != 0)
		return 0;
	r = add_time(info, ret_time);
	return r < 0 ? r : 1;
}

/* digest.h - MD5, SHA-1 and SHA-256 of bytes as they go by. */
#ifndef DIGEST_H
#define DIGEST_H

#include "cleanup.h"
#include "view.h"

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_KINDS };

enum { DIGEST_MAX = 32 }; /* bytes of the longest one */

struct digest_value {
	uint8_t b[DIGEST_MAX]; /* the first digest_size() are used */
};

struct digest;

/* kinds is a mask of 1 << DIGEST_*. */
int digest_open(unsigned kinds, struct digest **ret_digest);
int digest_reset(struct digest *d); /* for the next stream */
int digest_add(struct digest *d, struct view bytes);
int
digest_end(struct digest *d, struct digest_value ret_values[static DIGEST_KINDS]); /* those not asked for stay zero */
struct digest *digest_close(struct digest *d);
DEFINE_CLEANUP(struct digest, digest_close)

size_t digest_size(enum digest_kind kind);
const char *digest_name(enum digest_kind kind); /* "md5", "sha1", "sha256" */

/* SHA-256 of one piece. */
int digest_sha256(struct view bytes, struct digest_value *ret_value);

#endif

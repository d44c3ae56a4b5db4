/* credential.h - what an examiner may hold to open an encrypted volume: never the text itself, only what follows from
 * it. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum credential_kind {
	CREDENTIAL_RECOVERY, /* 48 digits; key: SHA-256 of the 128 bits that they say */
	CREDENTIAL_PASSWORD, /* key: SHA-256, twice, of its UTF-16 */
	CREDENTIAL_STARTUP,  /* a .BEK file; key: what it holds, id: the protector that it is for */
	CREDENTIAL_VMK,      /* volume master key */
	CREDENTIAL_FVEK,     /* full volume encryption key, and its tweak key behind it where there is one */
	CREDENTIAL_KINDS,
};

enum { CREDENTIALS_MAX = 64, CREDENTIAL_KEY_MAX = 64 };

struct credential {
	enum credential_kind kind;
	uint8_t key[CREDENTIAL_KEY_MAX];
	uint8_t id[16];
	size_t n; /* bytes of key */
};

struct credential_list {
	struct credential items[CREDENTIALS_MAX];
	size_t n;
};

/*
 * Adds what `recovery:DIGITS`, `password:TEXT`, `bek:FILE`, `vmk:HEX`, `fvek:HEX[:HEX]` or `@FILE` (one of them a line)
 * says: 0, or negative after fail(), which never repeats a secret.
 */
int credential_add(struct credential_list *list, const char *spec);

/* How much of such a text may be shown: up to and with the colon before a secret, else all of it. */
size_t credential_public(const char *spec);

const char *credential_option(enum credential_kind kind); /* "recovery": as on the command line */
const char *credential_name(enum credential_kind kind);   /* "a recovery password" */

#endif

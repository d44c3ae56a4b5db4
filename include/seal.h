/* seal.h - a case that is closed: a manifest of all that belongs to it, who vouches for that, and what has changed
 * since. */
#ifndef SEAL_H
#define SEAL_H

#include "view.h"

struct seal_request {
	const char *folder;
	const char *sign_key; /* a private key in PEM, or minisign's; NULL for none */
	const char *version;  /* of the tool */
	bool renew;           /* what is here now, whatever an earlier seal says */
};

struct sealed {
	uint64_t files, bytes;
	char manifest[65]; /* SHA-256 of manifest.json: what to write down elsewhere */
	bool again;        /* an earlier seal was renewed */
};

/*
 * Writes manifest.json, SHA256SUMS, a request for a time stamp and, with a key, a signature into the folder, and closes
 * run.jsonl with a line that names them all. The files of an earlier seal are kept under former-seals. 0; -EEXIST where
 * the case is sealed and `renew` was not asked for, -EBADMSG where run.jsonl or notes.jsonl is broken, or other
 * negatives; all after fail().
 */
int seal_case(const struct seal_request *request, struct sealed *ret_sealed);

/* The SHA-256 of the manifest that the last seal of a case was made of, by its run.jsonl; "" where it never was sealed. 0, or
 * negative after fail(). */
int seal_manifest(const char *folder, char ret_manifest[static 65]);

/* What became of one thing that the seal vouches for. */
enum audit_state {
	AUDIT_OK,
	AUDIT_NOTE, /* worth to know, and no difference */
	AUDIT_CHANGED,
	AUDIT_MISSING,
	AUDIT_ADDED,
	AUDIT_BROKEN, /* a chain of lines, or a signature */
	AUDIT_STATES
};
const char *audit_state_name(enum audit_state state); /* "ok", "note", "changed" ... */

struct audit {
	/* hears of each; why is "" where there is nothing to say; may return negative to stop */
	int (*told)(void *state, enum audit_state what, const char *name, const char *why);
	void *state;
	const char *key; /* a public key that the signature has to be of; NULL: the one beside it, which proves less */
	uint64_t counts[AUDIT_STATES];
};

/*
 * Holds a case against its seal and its chains: 0 whatever it finds, -ENOENT where it was never sealed (its chains are
 * told all the same), or negative when the tool failed; the last two after fail().
 */
int audit_case(const char *folder, struct audit *audit);

/* The state of audit->counts in one word: something was changed, is missing, was added or is broken. */
static inline bool
audit_failed(const struct audit *audit)
{
	return audit->counts[AUDIT_CHANGED] || audit->counts[AUDIT_MISSING] || audit->counts[AUDIT_ADDED] ||
	       audit->counts[AUDIT_BROKEN];
}

#endif

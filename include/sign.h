/* sign.h - detached signatures and requests for time stamps, in the forms that OpenSSL's own programs take. */
#ifndef SIGN_H
#define SIGN_H

#include "text.h"

/*
 * Signs bytes with a private key in PEM (RSA and EC over SHA-256; Ed25519 and Ed448 as they are): the signature, and
 * the public key in PEM. OpenSSL asks on the terminal for the password of a key that has one. 0, or negative after
 * fail().
 */
int sign_bytes(const char *key_path, struct view bytes, struct text *ret_signature, struct text *ret_public);

/* Whether the signature is one of bytes by this public key (PEM): 1, 0 when not, or negative when it is no key. */
int sign_check(struct view public_key, struct view bytes, struct view signature);

/* A request for a time stamp (RFC 3161) over the SHA-256 of bytes, with a nonce, in DER. 0, or negative after fail().
 */
int stamp_request(struct view bytes, struct text *ret_request);

/*
 * Whether a time stamp's response in DER is about bytes: 1 with the time that it states (as it writes it), 0 when not
 * or when it is no response. Who signed it is not judged.
 */
int stamp_about(struct view response, struct view bytes, struct text *ret_time);

#endif

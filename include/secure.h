/* secure.h - who owns a file, by its own security descriptor or by the one in $Secure that it points to. */
#ifndef SECURE_H
#define SECURE_H

#include "ntfs.h"
#include "sid.h"

/* Limits; to reach one is damage and is told. */
enum secure_limits {
	SECURE_BYTES_MAX = 64 << 20,      /* of $Secure:$SDS; a large server has a few MiB */
	SECURE_DESCRIPTOR_MAX = 64 << 10, /* bytes of one descriptor, as Windows has it */
};

struct secure;

/*
 * Reads $Secure:$SDS once, every descriptor held against its hash, and notes where each lies: 16 bytes of memory for
 * one. Where the first copy is damaged the second serves. What is wrong is told to out, at offsets of $SDS; a volume
 * without $Secure gives one that knows only of what the files keep themselves. 0 or negative.
 */
int secure_open(struct ntfs *ntfs, struct sink *out, struct secure **ret_secure);
struct secure *secure_close(struct secure *secure);
DEFINE_CLEANUP(struct secure, secure_close)

/* The SID of an entry's owner: 1, 0 when it cannot be told, or negative. Safe from several threads. */
int secure_owner(struct secure *secure, struct reference entry, char ret_sid[static SID_TEXT]);

#endif

/* locked_own.h - the parts of the reader of BitLocker volumes among themselves. */
#ifndef LOCKED_OWN_H
#define LOCKED_OWN_H

#include "locked.h"

enum locked_limits {
	LOCKED_SECTOR = 512, /* what is enciphered as one; also where sectors of the disk have 4096 bytes */
	LOCKED_COPIES = 3,
	LOCKED_BLOCK = 65536,      /* bytes that a copy of the metadata takes */
	LOCKED_PROTECTORS = 64,    /* Windows stops before */
	LOCKED_SEALED_MAX = 256,   /* bytes of a sealed key; the longest known has 92 */
	LOCKED_HEAD_MAX = 16 << 20, /* bytes of the first sectors, kept elsewhere; To Go: 5 MiB */
	LOCKED_DESCRIPTION = 256,  /* bytes of UTF-8 */
};

/* AES-256-CCM: 12 bytes of nonce, 16 of MAC, then a key as an entry of its own. */
struct sealed {
	uint8_t bytes[LOCKED_SEALED_MAX];
	size_t n; /* 0: there is none */
};

struct locked_protector {
	uint8_t id[16], salt[16], key[32];
	uint16_t type;
	bool salted, keyed; /* salt is there; key is there, in the clear */
	struct sealed vmk;
};

struct locked {
	struct locked_protector protectors[LOCKED_PROTECTORS];
	size_t protector_count, protectors_beyond;
	struct sealed fvek;
	uint8_t id[16];
	uint16_t version, method, state, next_state;
	uint64_t made;                     /* FILETIME */
	uint64_t encrypted;                /* bytes from the front */
	uint64_t size;                     /* of the volume */
	uint64_t copies[LOCKED_COPIES];    /* UINT64_MAX: none */
	uint64_t head, head_bytes;         /* where the first sectors are kept */
	bool to_go, writing;               /* writing: encrypt-on-write is under way */
	char description[LOCKED_DESCRIPTION];
};

/* The metadata of one block, as it was read: true when it can be used. ret_fits: its checksum is right. */
bool locked_parse(struct view block, struct locked *ret_locked, bool *ret_fits);

/* The key in a .BEK file and the protector that it belongs to. */
bool startup_key(struct view file, struct credential *ret_credential);

/* Entries one after the other in v: the next one's parts, false at the end or where one is broken. */
struct fve_entry {
	uint16_t type, value;
	struct view data;
};
bool entry_next(struct view *v, struct fve_entry *ret_entry);

/* A key in the clear: the bytes behind its method. */
struct view entry_key(struct view data);

/* Bytes of the key that each method has, 0 for a method that is not known. */
size_t method_key_bytes(uint16_t method);

/* locked_cipher.c: n bytes (whole sectors) that lie at offset of the volume, deciphered in place. */
struct sector_cipher;
int sector_cipher_new(uint16_t method, const uint8_t key[static 64], struct sector_cipher **ret_cipher);
struct sector_cipher *sector_cipher_free(struct sector_cipher *c);
DEFINE_CLEANUP(struct sector_cipher, sector_cipher_free)
int sectors_open(const struct sector_cipher *c, uint64_t offset, uint8_t *bytes, size_t n);

/* locked_find.c: the places of the metadata that the first sector names, UINT64_MAX for none; ret_to_go and
 * ret_writing by its identifier. False when it is not such a sector. */
bool locked_boot(struct view sector, uint64_t ret_places[static LOCKED_COPIES], bool *ret_to_go, bool *ret_writing);

#endif

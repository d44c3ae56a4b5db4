/* locked_own.h - the parts of the reader of BitLocker volumes among themselves. */
#ifndef LOCKED_OWN_H
#define LOCKED_OWN_H

#include "locked.h"

enum locked_limits {
	LOCKED_SECTOR = 512, /* of the boot sector; what is enciphered as one is a sector of the volume, up to: */
	LOCKED_SECTOR_MAX = 4096,
	LOCKED_COPIES = 3,
	LOCKED_BLOCK = 65536,       /* bytes that a copy of the metadata takes */
	LOCKED_PROTECTORS = 64,     /* Windows stops before */
	LOCKED_SEALED_MAX = 256,    /* bytes of a sealed key; the longest known has 92 */
	LOCKED_HEAD_MAX = 16 << 20, /* bytes of the first sectors, kept elsewhere; To Go: 5 MiB */
	LOCKED_DESCRIPTION = 256,   /* bytes of UTF-8 */
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
	uint64_t made;                  /* FILETIME */
	uint32_t sector;                /* bytes that are enciphered as one */
	uint32_t head_sectors;          /* as the block header says it */
	uint64_t encrypted;             /* bytes from the front */
	uint64_t size;                  /* of the volume */
	uint64_t copies[LOCKED_COPIES]; /* UINT64_MAX: none */
	uint64_t head, head_bytes;      /* where the first sectors are kept */
	bool to_go, writing;            /* writing: encrypt-on-write is under way */
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

/* locked_cipher.c: n bytes (whole sectors of this size) that lie at offset of the volume, deciphered in place. */
struct sector_cipher;
int
sector_cipher_new(uint16_t method, uint32_t sector, const uint8_t key[static 64], struct sector_cipher **ret_cipher);
struct sector_cipher *sector_cipher_free(struct sector_cipher *c);
DEFINE_CLEANUP(struct sector_cipher, sector_cipher_free)
int sectors_open(const struct sector_cipher *c, uint64_t offset, uint8_t *bytes, size_t n);

/* locked_find.c: what the first sector says: where the metadata lies (UINT64_MAX for none), how large a sector is (0
 * where that makes no sense), and what its identifier means. False when it is not such a sector. */
struct locked_boot {
	uint64_t places[LOCKED_COPIES];
	uint32_t sector;
	bool to_go, writing;
};
bool locked_boot(struct view sector, struct locked_boot *ret_boot);

#endif

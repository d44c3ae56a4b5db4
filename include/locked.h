/* locked.h - a BitLocker volume: what its metadata says without any key, and its plain bytes with one. */
#ifndef LOCKED_H
#define LOCKED_H

#include "credential.h"
#include "sink.h"
#include "source.h"
#include "text.h"

struct locked;

/* What protects the volume's key; other numbers exist. Values as on disk. */
enum protector_kind {
	PROTECTOR_CLEAR = 0x0000, /* nothing: protection is suspended, or on its way in or out */
	PROTECTOR_TPM = 0x0100,
	PROTECTOR_STARTUP = 0x0200,
	PROTECTOR_TPM_PIN = 0x0500,
	PROTECTOR_RECOVERY = 0x0800,
	PROTECTOR_PASSWORD = 0x2000,
};

/* The volume's own key, and what gave it. */
struct locked_key {
	uint8_t key[64]; /* as its entry holds it: two of 32 bytes with a diffuser */
	size_t n;
	size_t protector; /* index, SIZE_MAX where no protector was needed */
	bool clear;       /* no credential was needed */
	enum credential_kind with;
};

/*
 * Reads the metadata of the volume that `volume` is all of: the copies that the first sector names or, where that one
 * is damaged, those that a search of the first part of the volume finds. What is wrong with a copy is told to out
 * (offsets are those of the volume); sector_size is that of the disk, for a first sector that does not say. -EINVAL,
 * silent but for damage, when no copy can be used.
 */
int locked_read(struct source *volume, uint32_t sector_size, struct sink *out, struct locked **ret_locked);
struct locked *locked_free(struct locked *locked);
DEFINE_CLEANUP(struct locked, locked_free)

/*
 * What opens the volume: a clear key, else the first of the credentials that fits. 0, or -EACCES, silently, when none
 * does. A credential that is stretched costs a million SHA-256 for each protector of its kind.
 */
int locked_unlock(const struct locked *locked, struct source *volume, const struct credential_list *credentials,
		  struct locked_key *ret_key);

/*
 * The plain bytes as a source over the same volume, of the same size: sectors deciphered, the first ones taken from
 * where they are kept, the places of the metadata as zeros. Safe from several threads; trust is that of the sectors
 * below, and a sector that is missing there reads as zeros. locked must outlive it.
 */
int locked_open(const struct locked *locked, const struct locked_key *key, struct source *volume,
		struct source **ret_plain);

/* "BitLocker, XTS-AES 128", what is odd about its state, and its protectors; all return 0, or -ENOMEM. */
int locked_say(const struct locked *locked, struct text *ret_text);
int locked_say_protectors(const struct locked *locked, struct text *ret_text);
/* "opened with a recovery password (protector {...})" */
int locked_say_opened(const struct locked *locked, const struct locked_key *key, struct text *ret_text);
const char *locked_description(const struct locked *locked); /* computer, volume and day, as Windows noted; "" */
/* Why no credential can open it in this version; NULL when one could. */
const char *locked_hopeless(const struct locked *locked);

/* Whether a copy of the metadata lies in the first part of what no boot sector tells: 1 with its place, 0, or negative
 * when the tool failed. */
int locked_find(struct source *volume, uint64_t *ret_offset);

#endif

/* inventory.h - all that lies in a case's folder, with its hash: what a seal is about, and what an audit finds. */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "arena.h"
#include "vector.h"

struct deliverable {
	const char *name; /* within the folder, '/' between names */
	uint64_t bytes;
	char sha256[65];
	const char *odd; /* why it cannot be sealed (a link, a device, a name that cannot be written down), or NULL */
};

struct inventory {
	struct arena arena;
	VECTOR(struct deliverable) list; /* by name, as bytes compare */
};

/*
 * Goes through the folder and hashes every file, but for those at its top that the seal itself makes or that go on
 * growing: see inventory_left_out. 0, or negative after fail().
 */
int inventory_take(const char *folder, struct inventory *ret_inventory);
void inventory_free(struct inventory *inventory);
static inline void
inventory_free_at(struct inventory *inventory)
{
	inventory_free(inventory);
} /* CLEANUP of a whole struct */

/* The files of the seal: "manifest.json" and so on, ended by NULL; and the one with that name, or NULL. */
extern const char *const seal_files[];
bool inventory_left_out(const char *name);

/* SHA-256 of folder/name in hex: 0, -ENOENT silently, or negative after fail(). */
int inventory_hash(const char *folder, const char *name, uint64_t *ret_bytes, char ret_hex[static 65]);

#endif

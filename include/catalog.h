/* catalog.h - every entry of one volume, swept from its $MFT into little memory, with paths by reference and sequence.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include "entry.h"
#include "ntfs.h"
#include "text.h"

struct catalog;

/*
 * How the records of the $MFT came out: parsed, extensions, empty, damaged and quarantined add up to `records`. An
 * extension record whose base is gone is counted as such and still is an entry, with its own number, where it has names
 * or streams.
 */
struct catalog_count {
	uint64_t records, parsed, extensions, empty, damaged, quarantined;
	uint64_t allocated, folders, torn;
};

/*
 * Sweeps the whole $MFT with `threads` threads, in order and in slabs. Damage is told to out at offsets of the $MFT
 * stream. progress may be NULL; it gets bytes done, and a negative result stops.
 */
int catalog_sweep(struct ntfs *ntfs, unsigned threads, struct sink *out, int (*progress)(void *state, uint64_t done),
		  void *state, struct catalog **ret_catalog);
struct catalog *catalog_free(struct catalog *catalog);
DEFINE_CLEANUP(struct catalog, catalog_free)

const struct catalog_count *catalog_count(const struct catalog *catalog);
size_t catalog_bytes(const struct catalog *catalog); /* of memory */

/* Goes through the entries in order of number. The entry's views and arrays are good until the cursor moves. */
struct catalog_cursor {
	const struct catalog *catalog;
	uint64_t number;
	struct entry entry;
	struct name names[16]; /* used where they suffice, else `more` */
	struct stream streams[16];
	void *more;
};
void catalog_start(const struct catalog *catalog, struct catalog_cursor *ret_cursor);
int catalog_next(struct catalog_cursor *cursor); /* 1, 0 at the end, -ENOMEM */
void catalog_stop(struct catalog_cursor *cursor);

/* One entry by number: 1, 0 if there is none, -ENOMEM. */
int catalog_get(const struct catalog *catalog, uint64_t number, struct catalog_cursor *ret_cursor);

/* Gives every entry that has a name in this folder, in order of number, to each(): 0, or negative as it gave. Only the
 * parts of the catalogue that name the folder are looked at. The entry is good for the call. */
int catalog_listed(const struct catalog *catalog, uint32_t folder,
		   int (*each)(void *state, const struct entry *entry), void *state);

/*
 * Folders. Every distinct parent reference that any name has gets a folder number, in order of first sight; folder 0 is
 * the root. A folder that is gone, was reused, loops or lies too deep is still one, with a state that says so.
 */
enum folder_state {
	FOLDER_FOUND,
	FOLDER_DELETED, /* its entry is free, with the sequence that a deletion leaves */
	FOLDER_REUSED,  /* its entry now belongs to something else */
	FOLDER_MISSING, /* no such entry, or none that can be read */
	FOLDER_NOT_A_FOLDER,
	FOLDER_LOOP,
	FOLDER_TOO_DEEP, /* its path would pass NTFS_PATH_MAX; its parent is known all the same */
};

struct folder {
	struct reference reference;
	uint32_t parent; /* folder number; its own for the root and for what hangs nowhere */
	enum folder_state state;
	enum folder_state chain; /* the worst state from here up to the root */
	struct view name;        /* UTF-16LE; empty where it is not known */
	bool case_sensitive;
};

uint32_t catalog_folders(const struct catalog *catalog);
void catalog_folder(const struct catalog *catalog, uint32_t folder, struct folder *ret_folder);
uint32_t catalog_folder_of(const struct catalog *catalog, struct reference parent); /* UINT32_MAX if no name has it */

/*
 * The path of a folder from the root of the volume, in UTF-8 with '/' between names and without one at the ends: ""
 * for the root. A chain that does not reach the root starts with `$Orphan/` and says what is missing:
 * `$Orphan/[entry 812 seq 4 reused]/sub`. Names are written as text_add_name() does, so that no two
 * chains have the same path.
 */
int catalog_folder_path(const struct catalog *catalog, uint32_t folder, struct text *ret_path);

/* Where an entry is listed that has no name at all; its folder number is that behind the last. */
#define CATALOG_NAMELESS "$Orphan/[no name]"

#endif

/* mutant.h - a damaged volume: what was changed, and what may therefore be another without anybody's fault. */
#ifndef TESTS_TORTURE_MUTANT_H
#define TESTS_TORTURE_MUTANT_H

#include "disk.h"

/* What can be different about an object. */
enum aspect { EXIST = 1, PATH = 2, TIMES = 4, SIZE = 8, CONTENT = 16 };

/*
 * The mutation made another valid object of this one: a changed name is a changed name. `below` also excuses the paths
 * of what lies in it. Nothing else is ever excused, only told.
 */
struct excuse {
	uint64_t entry;
	unsigned aspects;
	bool below;
};

struct mutant {
	struct disk *disk;
	size_t n; /* bytes of the volume; fewer when it was cut */
	struct chance chance;
	const char *class;
	struct text log;
	VECTOR(struct excuse) excuses;
};

/* One mutation, or several in one in four. */
void mutate(struct mutant *m);

/* Says what was changed. */
void note(struct mutant *m, const char *what, uint64_t at, unsigned bytes, uint64_t was, uint64_t is);
void excuse(struct mutant *m, uint64_t entry, unsigned aspects, bool below);

/* The entry that a record belongs to: its own number, or that of its base. */
uint64_t entry_of(const struct disk *d, uint64_t number);

/* A class of mutations: true when it found something to change. */
struct class
{
	const char *name;
	bool (*run)(struct mutant *m);
	unsigned weight;
};
extern const struct class record_classes[], disk_classes[]; /* ended by a NULL name */

/* Picks a record that was undone, where found: at least one attribute of that type (0: any). */
bool pick_record(struct mutant *m, uint64_t *ret_number);
bool pick_attribute(struct mutant *m, uint32_t type, int nonresident, struct place *ret_place);

/* Writes a hostile number into a field and notes it. */
void spoil(struct mutant *m, const char *what, uint64_t at, unsigned bytes);

/* Puts the update sequence back, or, now and then, does not. */
void seal_record(struct mutant *m, uint64_t number);

#endif

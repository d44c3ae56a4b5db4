/* record.h - the parsing of one MFT record and of an attribute list: bytes in, facts out, no reading of anything else.
 */
#ifndef RECORD_H
#define RECORD_H

#include "arena.h"
#include "entry.h"
#include "ntfs.h"

enum attribute_type {
	ATTRIBUTE_STANDARD_INFORMATION = 0x10,
	ATTRIBUTE_LIST = 0x20,
	ATTRIBUTE_FILE_NAME = 0x30,
	ATTRIBUTE_OBJECT_ID = 0x40,
	ATTRIBUTE_SECURITY_DESCRIPTOR = 0x50,
	ATTRIBUTE_VOLUME_NAME = 0x60,
	ATTRIBUTE_VOLUME_INFORMATION = 0x70,
	ATTRIBUTE_DATA = 0x80,
	ATTRIBUTE_INDEX_ROOT = 0x90,
	ATTRIBUTE_INDEX_ALLOCATION = 0xa0,
	ATTRIBUTE_BITMAP = 0xb0,
	ATTRIBUTE_REPARSE_POINT = 0xc0,
	ATTRIBUTE_EA_INFORMATION = 0xd0,
	ATTRIBUTE_EA = 0xe0,
	ATTRIBUTE_LOGGED_UTILITY_STREAM = 0x100,
};

enum record_state {
	RECORD_PARSED,    /* an entry of its own */
	RECORD_EXTENSION, /* belongs to the base record that it names */
	RECORD_EMPTY,     /* all zeros, or never used */
	RECORD_DAMAGED,   /* no FILE signature, or nothing in it makes sense */
};

/* One attribute header, checked against the record's bounds. */
struct attribute {
	uint32_t type;
	uint16_t id, flags;
	bool resident;
	bool broken;       /* its fields do not fit together: value is empty, numbers are 0 */
	const char *odd;   /* what else is not as a file system writes it, and could hide something; a constant or NULL */
	struct view name;  /* UTF-16LE */
	struct view value; /* content when resident, else the mapping pairs */
	uint64_t first_vcn, last_vcn, size, valid, allocated;
	uint16_t unit; /* log2 of the clusters in a compression unit */
};

/* Undoes the update sequence array in place (stride 512): 0, 1 when a sector does not fit (torn), -EINVAL when there is
 * no usable array. */
int record_fixup(uint8_t *record, size_t size);

/* Walks the attributes of a fixed-up record: 1 and the next one, 0 at the end, -EINVAL where it breaks off. *at is 0 at
 * the start. */
int record_next(struct view record, uint32_t *at, struct attribute *ret_attribute);

/*
 * Parses one record that has been fixed up (torn tells how that went): a record_state, or -ENOMEM. Names and streams
 * are taken from the arena, their text is borrowed from the record. ret_base is what an extension belongs to. ret_why
 * names the first damage, NULL if none.
 */
int record_parse(struct view record, uint64_t number, bool torn, struct arena *arena, struct entry *ret_entry,
		 struct reference *ret_base, const char **ret_why);

/* One item of an attribute list. */
struct list_item {
	uint32_t type;
	uint16_t id;
	uint64_t first_vcn;
	struct reference holder;
	struct view name;
};

/* As record_next, for the content of an attribute list. */
int list_next(struct view list, size_t *at, struct list_item *ret_item);

/* Decodes mapping pairs: 1 and the next run (lcn UINT64_MAX for a hole), 0 at the end, -EINVAL where it is broken. */
struct run_cursor {
	struct view pairs;
	size_t at;
	int64_t lcn;
};
int run_next(struct run_cursor *cursor, uint64_t *ret_lcn, uint64_t *ret_clusters);

#endif

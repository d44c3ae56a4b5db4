/* entry.h - one MFT entry as it was found: every name, every stream, every timestamp, nothing rounded. */
#ifndef ENTRY_H
#define ENTRY_H

#include "view.h"

/* FILETIMEs, raw. `changed` is the entry's own change ($MFT changed). */
struct times {
	uint64_t created, modified, changed, accessed;
};

/* A file reference: entry number (48 bits) and sequence (16). */
struct reference {
	uint64_t entry;
	uint16_t sequence;
};

static inline bool
reference_equal(struct reference a, struct reference b)
{
	return a.entry == b.entry && a.sequence == b.sequence; /* not memcmp: there is padding */
}

/*
 * Whether a record with this sequence, in use or not, is the one that was meant: freeing a record counts its sequence
 * up by one, leaving out 0.
 */
static inline bool
sequence_fits(uint16_t meant, uint16_t sequence, bool in_use)
{
	uint16_t freed = meant == UINT16_MAX ? 1 : (uint16_t)(meant + 1);

	return sequence == meant || (!in_use && sequence == freed);
}

enum name_space { NAME_POSIX, NAME_WIN32, NAME_DOS, NAME_WIN32_DOS };

/* One $FILE_NAME. A DOS name is folded away where its long twin has the same parent and times and it fits that one. */
struct name {
	struct reference parent;
	struct times fn;
	struct view name; /* UTF-16LE */
	enum name_space space;
};

enum stream_flags {
	STREAM_RESIDENT = 1,
	STREAM_COMPRESSED = 2, /* LZNT1 */
	STREAM_SPARSE = 4,
	STREAM_ENCRYPTED = 8,
	STREAM_BROKEN = 16,    /* its attributes do not fit together; what could be had is there */
	STREAM_ELSEWHERE = 32, /* a filter keeps its content (deduplication, cloud): what is not here reads as zeros */
	STREAM_UNPACKED = 256, /* of an open stream: what is read is what WOF (`compact /exe`) packed */
};

/* One $DATA attribute, all its extents taken together. */
struct stream {
	struct view name;                /* UTF-16LE, empty for the unnamed one */
	uint64_t size, valid, allocated; /* bytes */
	uint64_t first_cluster;          /* of its first stored run, UINT64_MAX when resident or all sparse */
	uint64_t attribute;              /* what stream_open takes: see below */
	uint16_t flags;                  /* STREAM_* */
};

/*
 * Attribute ids are unique within one record only. So a stream is known by the id of the attribute that holds its VCN 0
 * (bits 0-15), the extension record that this lies in (bits 16-47, 0 for the base record), and its place among those of
 * that record with the same id (bits 48-62, 0 unless the record is damaged or was tampered with).
 */
static inline uint16_t
stream_attribute_id(uint64_t attribute)
{
	return (uint16_t)attribute;
}

enum entry_flags {
	ENTRY_ALLOCATED = 1,
	ENTRY_DIRECTORY = 2,
	ENTRY_HAS_SI = 4,
	ENTRY_CASE_SENSITIVE = 8, /* folder whose names are matched exactly */
	ENTRY_TORN = 16,          /* fixup mismatch: what it says is unverified */
	ENTRY_PARTIAL = 32,       /* some attribute could not be read */
	ENTRY_EXTENDED = 64,      /* has an attribute list */
	ENTRY_OBJECT_ID = 128,
	ENTRY_EA = 256,           /* extended attributes, as WSL and OS/2 programs keep them */
	ENTRY_LOGGED = 512,       /* $LOGGED_UTILITY_STREAM: of transactions ($TXF_DATA), of EFS */
	ENTRY_UNKNOWN = 1024,     /* an attribute of a type that NTFS is not known to have */
};

/* Views are borrowed from whoever filled it in. */
struct entry {
	uint64_t number;
	uint16_t sequence, links;
	uint32_t flags;      /* ENTRY_* */
	uint32_t attributes; /* FILE_ATTRIBUTE_* of $STANDARD_INFORMATION */
	uint32_t reparse;    /* tag, 0 for none */
	struct times si;
	const struct name *names;
	const struct stream *streams;
	uint32_t name_count, stream_count;
};

/* Whether a reparse tag is that of a filter which may show other content than the unnamed stream stores (WOF,
 * deduplication, hierarchical storage, cloud, and those that nobody knows); and a constant that says what became of the
 * content of such a stream where it is not here. */
bool reparse_hides(uint32_t tag);
bool reparse_replaces(uint32_t tag); /* it always shows other content */
const char *reparse_why(uint32_t tag);

/* Whether the tag says that WOF (`compact /exe`) packed the file; the name of the stream that it packs into; that
 * stream of such an entry, or NULL. */
bool reparse_packs(uint32_t tag);
struct view packed_name(void);
const struct stream *entry_packed(const struct entry *entry);

#endif

/* layout.h - NTFS as it lies on disk, after the Linux-NTFS documentation (flatcap.github.io/linux-ntfs). */
#ifndef EVIDENCE_LAYOUT_H
#define EVIDENCE_LAYOUT_H

#include "view.h"

enum {
	SECTOR_STRIDE = 512, /* of update sequences, whatever the sector size of the disk */
	BOOT_SIZE = 512,

	ENTRY_MFT = 0,
	ENTRY_VOLUME = 3,
	ENTRY_ROOT = 5,
	ENTRY_BITMAP = 6,
	ENTRY_UPCASE = 10,

	SYSTEM_RECORDS = 12, /* the first ones, in use on every volume */

	RECORD_IN_USE = 1,
	RECORD_IS_DIRECTORY = 2,

	ATTRIBUTE_END = 0xffffffff,
	ATTRIBUTE_COMPRESSION = 0x00ff, /* mask; 1 is LZNT1, nothing else was ever shipped */
	ATTRIBUTE_ENCRYPTED = 0x4000,
	ATTRIBUTE_SPARSE = 0x8000,

	VOLUME_IS_DIRTY = 1,

	/* Windows compresses clusters of up to 4 KiB in units of 16; far beyond that it is no compression unit. */
	UNIT_MAX = 1 << 20,
};

struct disk_boot {
	uint8_t jump[3];
	char oem[8];             /* 3, "NTFS    " */
	le16 sector_size;        /* 11 */
	uint8_t cluster_sectors; /* 13, up to 0x80, above that 2^(256 - n) */
	uint8_t bpb[26];
	le64 sectors;            /* 40, the backup boot sector behind them not counted */
	le64 mft, mirror;        /* 48, 56, clusters */
	int8_t record_clusters;  /* 64, or 2^-n bytes */
	uint8_t pad1[3];
	int8_t index_clusters;   /* 68, the same way */
	uint8_t pad2[3];
	le64 serial;             /* 72 */
	uint8_t code[430];
	le16 mark;               /* 510, 0xaa55 */
};
_Static_assert(sizeof(struct disk_boot) == BOOT_SIZE, "a boot sector");

/* How every record with an update sequence begins. */
struct disk_sectors {
	char signature[4];
	le16 array, count; /* 4, 6: where the array lies, and its length with the sequence number itself */
};

struct disk_record {
	struct disk_sectors sectors; /* "FILE" */
	le64 journal;    /* 8 */
	le16 sequence;   /* 16 */
	le16 links;      /* 18 */
	le16 attributes; /* 20, offset of the first one */
	le16 flags;      /* 22 */
	le32 used, room; /* 24, 28, bytes */
	le64 base;       /* 32, reference; 0 in a base record */
	le16 next_id;    /* 40 */
	le16 pad;
	le32 number;     /* 44, since Windows XP */
};

struct disk_attribute {
	le32 type, length;   /* 0, 4 */
	uint8_t nonresident; /* 8 */
	uint8_t name_units;  /* 9 */
	le16 name;           /* 10, offset */
	le16 flags, id;      /* 12, 14 */
};

struct disk_resident {
	struct disk_attribute head;
	le32 size;   /* 16 */
	le16 value;  /* 20, offset */
	uint8_t indexed, pad;
};

struct disk_nonresident {
	struct disk_attribute head;
	le64 first_vcn, last_vcn;    /* 16, 24 */
	le16 pairs;                  /* 32, offset of the mapping pairs */
	le16 unit;                   /* 34, log2 of clusters */
	uint8_t pad[4];
	le64 allocated, size, valid; /* 40, 48, 56; of meaning only where first_vcn is 0 */
};

struct disk_item {
	le32 type;           /* 0 */
	le16 length;         /* 4 */
	uint8_t name_units;  /* 6 */
	uint8_t name;        /* 7, offset */
	le64 first_vcn;      /* 8 */
	le64 holder;         /* 16, reference */
	le16 id;             /* 24 */
};

struct disk_times {
	le64 created, modified, changed, accessed;
};

struct disk_standard {
	struct disk_times times;
	le32 attributes;   /* 32 */
	le32 versions_max; /* 36 */
	le32 version;      /* 40; 1 with versions_max 0: a folder with exact names (keramics, dfir_ntfs) */
	le32 class_id;     /* 44 */
};

struct disk_name {
	le64 parent;                 /* 0, reference */
	struct disk_times times;     /* 8 */
	le64 allocated, size;        /* 40, 48 */
	le32 attributes, reparse;    /* 56, 60 */
	uint8_t units, space;        /* 64, 65; the name follows */
};

struct disk_volume {
	uint8_t pad[8];
	uint8_t major, minor; /* 8, 9 */
	le16 flags;           /* 10 */
};

struct disk_index_root {
	le32 type, collation, block_size; /* 0, 4, 8 */
	uint8_t pad[4];                   /* a node follows */
};

struct disk_index_block {
	struct disk_sectors sectors; /* "INDX" */
	le64 journal;                /* 8 */
	le64 vcn;                    /* 16, its own; a node follows */
};

/* How a node begins; offsets and lengths count from here. */
struct disk_index_node {
	le32 entries, used, room; /* 0, 4, 8 */
	uint8_t flags, pad[3];    /* 12, 1: the entries lead to further blocks */
};

struct disk_index_entry {
	le64 file;         /* 0, reference */
	le16 length, key;  /* 8, 10, bytes; the key follows the header, a VCN ends the entry where flag 1 is set */
	le16 flags, pad;   /* 12 */
};

#endif

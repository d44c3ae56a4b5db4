/* volume.h - what lies on the media: partitions, and what each of them holds. */
#ifndef VOLUME_H
#define VOLUME_H

#include "sink.h"
#include "source.h"
#include "vector.h"

struct text;

enum volume_fs {
	FS_NTFS,
	FS_BITLOCKER,
	FS_BITLOCKER_TO_GO,
	FS_REFS,
	FS_FAT12,
	FS_FAT16,
	FS_FAT32,
	FS_EXFAT,
	FS_EXT,
	FS_XFS,
	FS_BTRFS,
	FS_HFS,
	FS_APFS,
	FS_LVM,
	FS_LDM,
	FS_STORAGE_SPACES,
	FS_SWAP,
	FS_LUKS,
	FS_UNALLOCATED,
	FS_UNKNOWN,
	FS_KINDS,
};

enum volume_table { TABLE_NONE, TABLE_DOS, TABLE_GPT };

struct volume {
	uint64_t offset, bytes; /* of the media */
	uint32_t sector_size;
	enum volume_fs fs;
	enum volume_table table;
	uint32_t slot;        /* its number in the table */
	char description[64]; /* what the table calls it, UTF-8: anybody can write it, and nothing follows from it */
	bool reserved;        /* Microsoft's by its type, and holds nothing that is known: empty by design */
};

typedef VECTOR(struct volume) volume_list;

/*
 * Finds the volumes, in order of offset: GPT or DOS by libtsk with that type said explicitly and both sector sizes
 * tried, else the bare media. What is wrong with a table is told to out as damage. Empty space is not listed unless it
 * begins with a known boot sector. 0, or negative when the tool failed.
 */
int volume_find(struct source *media, uint32_t sector_size, struct sink *out, volume_list *ret_volumes);

/* What MountedDevices of Windows calls it ("disk 1b2c3d4e offset 1048576", "GPT partition 01234567-..."); nothing where the
 * media has no table. 0 or -ENOMEM. */
int volume_mounted(struct source *media, const struct volume *volume, struct text *ret);

/* What the first sectors at offset are, by signature alone. */
enum volume_fs volume_recognise(struct source *media, uint64_t offset, uint64_t bytes);
const char *volume_fs_name(enum volume_fs fs); /* "NTFS", "BitLocker", ... */

#endif

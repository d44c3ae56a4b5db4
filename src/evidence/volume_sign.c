/* volume_sign.c - file systems and other contents of a volume, told by their signatures. */
#include "locked_own.h"
#include "volume_own.h"

enum { HEAD = 8192, BTRFS_AT = 0x10040, SECTOR = 512 };

struct signature {
	enum volume_fs fs;
	uint16_t offset;
	uint8_t n;
	const char *bytes;
};

/* Boot sectors: those that also end with 55 AA, as a partition table does. */
static const struct signature boots[] = {
	{ FS_NTFS, 3, 8, "NTFS    " },
	{ FS_BITLOCKER, 3, 8, "-FVE-FS-" },
	{ FS_EXFAT, 3, 8, "EXFAT   " },
	{ FS_REFS, 3, 8, "ReFS\0\0\0\0" },
};

static const struct signature others[] = {
	{ FS_XFS, 0, 4, "XFSB" },        { FS_LUKS, 0, 6, "LUKS\xba\xbe" },
	{ FS_APFS, 32, 4, "NXSB" },      { FS_HFS, 1024, 2, "H+" },
	{ FS_HFS, 1024, 2, "HX" },       { FS_LVM, 0, 8, "LABELONE" },
	{ FS_LVM, 512, 8, "LABELONE" },  { FS_LVM, 1024, 8, "LABELONE" },
	{ FS_LVM, 1536, 8, "LABELONE" }, { FS_SWAP, 4086, 10, "SWAPSPACE2" },
	{ FS_EXT, 1080, 2, "\x53\xef" },
};

static bool
has(struct view v, const struct signature *s)
{
	return view_equal(view_part(v, s->offset, s->n), view_of(s->bytes, s->n));
}

static uint64_t
le_at(struct view v, size_t offset, size_t n)
{
	struct view part = view_part(v, offset, n);
	uint64_t value = 0;

	while (part.n--)
		value = value << 8 | part.p[part.n];
	return value;
}

/* The BIOS parameter block of FAT, fatgen103: the number of clusters tells 12, 16 and 32 bits apart. */
static enum volume_fs
fat(struct view sector, uint64_t *ret_bytes)
{
	uint64_t sector_size = le_at(sector, 11, 2), per_cluster = le_at(sector, 13, 1),
		 reserved = le_at(sector, 14, 2);
	uint64_t fats = le_at(sector, 16, 1), roots = le_at(sector, 17, 2), total = le_at(sector, 19, 2),
		 media = le_at(sector, 21, 1);
	uint64_t per_fat = le_at(sector, 22, 2), used, clusters;

	if ((sector.p[0] != 0xeb && sector.p[0] != 0xe9) || sector_size < 512 || sector_size > 4096 ||
	    sector_size & (sector_size - 1))
		return FS_UNKNOWN;
	if (!per_cluster || per_cluster & (per_cluster - 1) || !reserved || !fats || fats > 4 ||
	    (media != 0xf0 && media < 0xf8))
		return FS_UNKNOWN;
	total = total ? total : le_at(sector, 32, 4);
	per_fat = per_fat ? per_fat : le_at(sector, 36, 4);
	used = reserved + fats * per_fat + (roots * 32 + sector_size - 1) / sector_size;
	if (!per_fat || used >= total)
		return FS_UNKNOWN;
	*ret_bytes = total * sector_size;
	clusters = (total - used) / per_cluster;
	if (!roots)
		return FS_FAT32;
	return clusters < 4085 ? FS_FAT12 : FS_FAT16;
}

enum volume_fs
boot_sector(struct view sector, uint64_t *ret_bytes)
{
	struct locked_boot locked;

	*ret_bytes = 0;
	if (sector.n < SECTOR)
		return FS_UNKNOWN;
	if (locked_boot(sector, &locked)) /* To Go claims to be FAT32 */
		return locked.to_go ? FS_BITLOCKER_TO_GO : FS_BITLOCKER;
	for (size_t i = 0; i < sizeof(boots) / sizeof(*boots); i++) {
		if (!has(sector, &boots[i]))
			continue;
		if (boots[i].fs == FS_NTFS &&
		    le_at(sector, 40, 8) < UINT64_MAX >> 13) /* the last sector is the copy of this one */
			*ret_bytes = (le_at(sector, 40, 8) + 1) * le_at(sector, 11, 2);
		return boots[i].fs;
	}
	return le_at(sector, 510, 2) == 0xaa55 ? fat(sector, ret_bytes) : FS_UNKNOWN;
}

enum volume_fs
volume_recognise(struct source *media, uint64_t offset, uint64_t bytes)
{
	static const struct signature btrfs = { FS_BTRFS, 0, 8, "_BHRfS_M" };
	uint8_t head[HEAD], late[8];
	uint64_t claimed;
	ssize_t n = source_read(media, offset, head, bytes < HEAD ? (size_t)bytes : HEAD);
	struct view v = view_of(head, n < 0 ? 0 : (size_t)n);
	enum volume_fs fs = boot_sector(v, &claimed);

	if (fs == FS_UNKNOWN && boot_leads(media, offset, bytes, v))
		fs = FS_NTFS;
	for (size_t i = 0; fs == FS_UNKNOWN && i < sizeof(others) / sizeof(*others); i++)
		if (has(v, &others[i]))
			fs = others[i].fs;
	if (fs != FS_UNKNOWN || bytes < BTRFS_AT + sizeof(late))
		return fs;
	n = source_read(media, offset + BTRFS_AT, late, sizeof(late));
	return n == sizeof(late) && has(view_of(late, sizeof(late)), &btrfs) ? FS_BTRFS : FS_UNKNOWN;
}

const char *
volume_fs_name(enum volume_fs fs)
{
	static const char *const names[FS_KINDS] = {
		[FS_NTFS] = "NTFS",
		[FS_BITLOCKER] = "BitLocker",
		[FS_BITLOCKER_TO_GO] = "BitLocker To Go",
		[FS_REFS] = "ReFS",
		[FS_FAT12] = "FAT12",
		[FS_FAT16] = "FAT16",
		[FS_FAT32] = "FAT32",
		[FS_EXFAT] = "exFAT",
		[FS_EXT] = "ext",
		[FS_XFS] = "XFS",
		[FS_BTRFS] = "Btrfs",
		[FS_HFS] = "HFS+",
		[FS_APFS] = "APFS",
		[FS_LVM] = "LVM",
		[FS_LDM] = "dynamic disk (LDM)",
		[FS_STORAGE_SPACES] = "Storage Spaces",
		[FS_SWAP] = "swap",
		[FS_LUKS] = "LUKS",
		[FS_UNALLOCATED] = "unallocated",
		[FS_UNKNOWN] = "unknown",
	};

	return names[fs];
}

/* boot.c - the NTFS boot sector: how large sectors, clusters and records are, and where the $MFT begins. */
#include "ntfs.h"

#include <errno.h>

#include "layout.h"

static bool
power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* Bytes of a record: n clusters, or 2^-n bytes; 0 when it can be neither. */
static uint32_t
record_bytes(int8_t n, uint32_t cluster)
{
	uint64_t bytes = n > 0 ? (uint64_t)n * cluster : n > -32 ? UINT64_C(1) << -n : 0;

	return power_of_two(bytes) && bytes >= SECTOR_STRIDE && bytes <= NTFS_RECORD_MAX ? (uint32_t)bytes : 0;
}

/* Up to 0x80 sectors in plain numbers, beyond that the power of two that a negative byte stands for. */
static uint64_t
cluster_bytes(uint8_t sectors, uint32_t sector)
{
	uint64_t n = sectors <= 0x80 ? sectors : 256 - sectors < 32 ? UINT64_C(1) << (256 - sectors) : 0;

	return power_of_two(n) ? n * sector : 0;
}

static int
reject(const char *why, const char **ret_why)
{
	*ret_why = why;
	return -EINVAL;
}

/*
 * A name that was changed hides the volume from whoever goes by it. What follows is that of no other file system: no
 * reserved sectors, no FAT, no root folder, no sectors in the fields of FAT, and 80 00 80 00 at 36.
 */
static bool
is_ntfs_unnamed(const struct disk_boot *boot)
{
	static const uint8_t none[7] = { 0 };

	return !memcmp(boot->bpb, none, sizeof(none)) && !memcmp(boot->bpb + 18, none, 4) &&
	       !memcmp(boot->bpb + 22, "\x80\0\x80\0", 4) && le64_get(boot->sectors) &&
	       memcmp(boot->oem, "-FVE-FS-", 8) && memcmp(boot->oem, "EXFAT   ", 8) && memcmp(boot->oem, "ReFS", 4);
}

int
boot_parse(struct view sector, struct geometry *ret_geometry, const char **ret_why)
{
	const struct disk_boot *boot = VIEW_AT(sector, 0, struct disk_boot);
	struct geometry g = { 0 };
	uint64_t cluster;

	if (!boot)
		return reject("the boot sector is not all there", ret_why);
	g.foreign = memcmp(boot->oem, "NTFS    ", sizeof(boot->oem));
	if ((g.foreign && !is_ntfs_unnamed(boot)) || le16_get(boot->mark) != 0xaa55)
		return reject("no NTFS boot sector", ret_why);

	g.sector_size = le16_get(boot->sector_size);
	if (!power_of_two(g.sector_size) || g.sector_size < SECTOR_STRIDE || g.sector_size > 4096)
		return reject("the boot sector states an impossible sector size", ret_why);
	cluster = cluster_bytes(boot->cluster_sectors, g.sector_size);
	if (!cluster || cluster > NTFS_CLUSTER_MAX)
		return reject("the boot sector states an impossible cluster size", ret_why);
	g.cluster_size = (uint32_t)cluster;
	g.record_size = record_bytes(boot->record_clusters, g.cluster_size);
	if (!g.record_size)
		return reject("the boot sector states an impossible record size", ret_why);
	g.index_size = record_bytes(boot->index_clusters, g.cluster_size);

	g.clusters = le64_get(boot->sectors) / (cluster / g.sector_size);
	g.mft = le64_get(boot->mft);
	g.mirror = le64_get(boot->mirror);
	g.serial = le64_get(boot->serial);
	if (g.clusters > (uint64_t)INT64_MAX / cluster)
		return reject("the boot sector states an impossible volume size", ret_why);
	if (g.mft >= g.clusters && g.mirror >= g.clusters)
		return reject("the boot sector places the $MFT outside the volume", ret_why);
	*ret_geometry = g;
	return 0;
}

/* volume_boot.c - whether a boot sector stands for a volume that is really there, and what tells of one without it. */
#include "headless.h"
#include "volume_own.h"

enum { SECTOR = 512, HEAD = 48 };

/* Whether a record of the $MFT, or of its mirror, lies there. */
static bool
has_record(struct source *media, uint64_t start, uint64_t bytes, uint64_t cluster, const struct geometry *g)
{
	uint8_t head[HEAD];

	if (cluster >= bytes / g->cluster_size)
		return false;
	return source_read_all(media, start + cluster * g->cluster_size, head, sizeof(head)) == 0 &&
	       !memcmp(head, "FILE", 4);
}

bool
boot_leads(struct source *media, uint64_t start, uint64_t bytes, struct view sector)
{
	struct geometry g;
	const char *why;

	return boot_parse(sector, &g, &why) == 0 &&
	       (has_record(media, start, bytes, g.mft, &g) || has_record(media, start, bytes, g.mirror, &g));
}

bool
boot_equal(struct source *media, uint64_t at, struct view sector)
{
	uint8_t other[SECTOR];

	return source_read_all(media, at, other, sizeof(other)) == 0 && sector.n >= SECTOR &&
	       !memcmp(other, sector.p, SECTOR);
}

uint64_t
boot_backup(struct source *media, uint64_t offset, uint64_t bytes)
{
	static const uint64_t sizes[] = { 512, 4096 };
	uint8_t sector[SECTOR];
	uint64_t claimed;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint64_t end = bytes - bytes % sizes[i];

		if (end >= 2 * sizes[i] &&
		    source_read_all(media, offset + end - sizes[i], sector, sizeof(sector)) == 0 &&
		    boot_sector(view_of(sector, sizeof(sector)), &claimed) == FS_NTFS)
			return claimed ? claimed : end;
	}
	return 0;
}

bool
boot_extends(struct source *media, struct volume *v)
{
	uint8_t sector[SECTOR];
	uint64_t claimed;

	if (source_read_all(media, v->offset, sector, sizeof(sector)) < 0 ||
	    boot_sector(view_of(sector, sizeof(sector)), &claimed) != FS_NTFS)
		return false;
	if (claimed <= v->bytes || claimed > media->size - v->offset || !boot_backup(media, v->offset, claimed))
		return false;
	v->bytes = claimed;
	return true;
}

/* A partition that ends with the copy of a boot sector, but is shorter than that volume: it begins further ahead. */
static int
begins_before(const struct search *s, struct volume *v, uint64_t claimed)
{
	uint64_t end = v->offset + v->bytes, start = claimed <= end ? end - claimed : UINT64_MAX;
	uint8_t sector[SECTOR];

	if (start == UINT64_MAX || source_read_all(s->media, start, sector, sizeof(sector)) < 0 ||
	    !boot_leads(s->media, start, claimed, view_of(sector, sizeof(sector))))
		return 0;
	v->offset = start;
	v->bytes = claimed;
	v->fs = FS_NTFS;
	return search_damage(s, start, "a partition begins within this volume and ends with it");
}

int
boot_substitute(const struct search *s, struct volume *v)
{
	uint64_t claimed = boot_backup(s->media, v->offset, v->bytes);
	struct headless found;
	int r;

	if (claimed > v->bytes) {
		r = begins_before(s, v, claimed);
		if (r < 0 || v->fs == FS_NTFS)
			return r;
	}
	if (claimed) {
		v->fs = FS_NTFS;
		return search_damage(s, v->offset, "the boot sector is damaged; its copy says that this is NTFS");
	}
	r = headless_find(s->media, v->offset, v->offset + v->bytes, &found);
	if (r <= 0 || found.start != v->offset)
		return r < 0 ? r : 0;
	v->fs = FS_NTFS;
	return search_damage(s, v->offset,
			     "the boot sector and its copy are damaged; records of an $MFT say that this is NTFS");
}

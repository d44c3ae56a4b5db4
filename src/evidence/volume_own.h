/* volume_own.h - the parts of the search for volumes among themselves. */
#ifndef VOLUME_OWN_H
#define VOLUME_OWN_H

#include "ntfs.h"
#include "volume.h"

/* What the table says a partition holds, where that tells more than its first sectors. */
enum partition_type { PARTITION_PLAIN, PARTITION_LDM, PARTITION_STORAGE_SPACES, PARTITION_RESERVED, PARTITION_PROTECTIVE };

struct search {
	struct source *media;
	struct sink *out;
	uint32_t sector_size;
	volume_list *volumes;
};

/* volume_gap.c */
int search_damage(const struct search *s, uint64_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
int search_add(const struct search *s, const struct volume *volume);
/*
 * Volumes in a stretch that no partition covers: every sector of its first MiB, then where partitions begin and end
 * (each MiB, each cylinder of 16065 sectors), and again behind each volume that is found; with no boot sector at all, by
 * the first records of an $MFT.
 */
int search_gap(const struct search *s, uint64_t from, uint64_t to);

/* volume_boot.c: whether an NTFS boot sector (which may bear another name) leads to records, for a volume that begins
 * at start; whether that very sector lies at another place, too; the size that its copy at the end of a
 * volume claims, 0 where there is none. */
bool boot_leads(struct source *media, uint64_t start, uint64_t bytes, struct view sector);
bool boot_equal(struct source *media, uint64_t at, struct view sector);
uint64_t boot_backup(struct source *media, uint64_t offset, uint64_t bytes);
/* Whether an NTFS volume goes on behind its partition, to the copy of its boot sector: then v->bytes is set to that. */
bool boot_extends(struct source *media, struct volume *v);

/* What a volume is when its first sectors do not tell: its copy of the boot sector or its records may. 0 or negative,
 * v->fs being FS_NTFS where it was found out and told. */
int boot_substitute(const struct search *s, struct volume *v);

/* volume_sign.c: a file system that begins with a boot sector, by that sector alone; FS_UNKNOWN for all others.
 * ret_bytes is the size that it claims, 0 where it does not say. */
enum volume_fs boot_sector(struct view sector, uint64_t *ret_bytes);

/* volume_table.c: the partitions that libtsk lists, in its order. 1, 0 when it cannot read such a table, or negative.
 */
struct table_look {
	enum volume_table table;
	uint32_t sector_size;
	bool hide_primary; /* of a GPT: the copy at the end is the better one */
	uint64_t size; /* of the disk that the table was made for: libtsk refuses one that ends before its partitions */
};
int table_partitions(struct source *media, const struct table_look *look, volume_list *volumes, volume_list *gaps);

/* volume_chain.c: what is wrong with the chains of extended partitions that the first sector leads to. */
int chain_check(const struct search *s, uint32_t sector_size);

/* gpt.c: what can be said of a GPT without listing it. Both say whether there is one whose checksums fit. */
bool gpt_whole(struct source *media, uint32_t sector_size, bool backup);
bool gpt_named(struct source *media, uint32_t sector_size, bool backup); /* its signature is there */
uint64_t gpt_sectors(struct source *media, uint32_t sector_size);        /* of the disk, by where the copy should lie */
/* The number that the table gives a partition; false where that cannot be read. */
bool gpt_partition(struct source *media, uint32_t sector_size, bool backup, uint32_t slot, uint8_t ret_guid[static 16]);
enum partition_type gpt_type(struct source *media, uint32_t sector_size, bool backup, uint32_t slot);

#endif

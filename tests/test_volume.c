/* test_volume.c - partition tables, whole and broken, and what the volumes begin with. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <zlib.h>

#include "text.h"
#include "volume.h"

enum { DISK = 64 << 20, MIB = 1 << 20 };

struct told {
	struct sink sink;
	struct text text;
};

struct scene {
	uint8_t *disk;
	struct source *media;
	struct told told;
	volume_list volumes;
};

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	(void)offset;
	return text_printf(&((struct told *)out)->text, "%s\n", why);
}

static int
set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (!s || !(s->disk = calloc(1, DISK)))
		return -1;
	s->told.sink.damage = tell;
	*state = s;
	return source_memory(view_of(s->disk, DISK), "disk", &s->media);
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	source_close(s->media);
	vector_free(&s->volumes);
	text_free(&s->told.text);
	free(s->disk);
	free(s);
	return 0;
}

static void
put(uint8_t *to, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static void
put_ntfs(struct scene *s, size_t at, uint64_t bytes)
{
	uint8_t *boot = s->disk + at;

	memcpy(boot, "\xeb\x52\x90NTFS    ", 11);
	put(boot + 11, 512, 2);
	boot[13] = 8;
	put(boot + 40, bytes / 512 - 1, 8);
	put(boot + 510, 0xaa55, 2);
	memcpy(s->disk + at + bytes - 512, boot, 512);
}

static void
put_dos(struct scene *s, size_t at, int slot, uint8_t type, uint32_t first, uint32_t count)
{
	uint8_t *entry = s->disk + at + 446 + 16 * slot;

	entry[4] = type;
	put(entry + 8, first, 4);
	put(entry + 12, count, 4);
	put(s->disk + at + 510, 0xaa55, 2);
}

static void
put_gpt_header(struct scene *s, uint32_t sector, uint64_t own, uint64_t other, uint64_t entries)
{
	uint8_t *h = s->disk + own * sector;

	memcpy(h, "EFI PART\0\0\1\0\x5c", 13);
	put(h + 16, 0, 4);
	put(h + 24, own, 8);
	put(h + 32, other, 8);
	put(h + 40, 34, 8);
	put(h + 48, DISK / sector - 34, 8);
	put(h + 72, entries, 8);
	put(h + 80, 128, 4);
	put(h + 84, 128, 4);
	put(h + 88, crc32(0, s->disk + entries * sector, 128 * 128), 4);
	put(h + 16, crc32(0, h, 92), 4);
}

/* Two partitions of 20 MiB, the first at 1 MiB; the second has the type of a dynamic disk. */
static void
put_gpt(struct scene *s, uint32_t sector)
{
	static const char *const types[] = { "\xa2\xa0\xd0\xeb\xe5\xb9\x33\x44\x87\xc0\x68\xb6\xb7\x26\x99\xc7",
					     "\xa0\x60\x9b\xaf\x31\x14\x62\x4f\xbc\x68\x33\x11\x71\x4a\x69\xad" };
	uint64_t sectors = DISK / sector, length = 128 * 128 / sector, mib = MIB / sector;

	put_dos(s, 0, 0, 0xee, 1, (uint32_t)sectors - 1);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *entry = s->disk + 2 * sector + 128 * i;

		memcpy(entry, types[i], 16);
		entry[16] = (uint8_t)(i + 1);
		put(entry + 32, (1 + 20 * i) * mib, 8);
		put(entry + 40, (21 + 20 * i) * mib - 1, 8);
		memcpy(entry + 56, "D\0a\0t\0e\0n\0\xe4\0", 12);
	}
	memcpy(s->disk + (sectors - 1 - length) * sector, s->disk + 2 * sector, 128 * 128);
	put_gpt_header(s, sector, 1, sectors - 1, 2);
	put_gpt_header(s, sector, sectors - 1, 1, sectors - 1 - length);
	put_ntfs(s, MIB, 20 * MIB);
}

static void
find(struct scene *s)
{
	text_free(&s->told.text);
	vector_free(&s->volumes);
	assert_int_equal(volume_find(s->media, 512, &s->told.sink, &s->volumes), 0);
}

static bool
was_told(const struct scene *s, const char *what)
{
	return s->told.text.s && strstr(s->told.text.s, what);
}

static void
assert_volume(const struct scene *s, size_t i, uint64_t offset, uint64_t bytes, enum volume_fs fs,
	      enum volume_table table)
{
	assert_true(i < s->volumes.n);
	assert_int_equal(s->volumes.at[i].offset, offset);
	assert_int_equal(s->volumes.at[i].bytes, bytes);
	assert_int_equal(s->volumes.at[i].fs, fs);
	assert_int_equal(s->volumes.at[i].table, table);
}

static void
a_bare_volume_ends_like_a_table_and_is_none(void **state)
{
	struct scene *s = *state;

	put_ntfs(s, 0, DISK);
	find(s);
	assert_int_equal(s->volumes.n, 1);
	assert_volume(s, 0, 0, DISK, FS_NTFS, TABLE_NONE);
	memset(s->disk, 0, 512); /* its copy in the last sector still tells */
	find(s);
	assert_volume(s, 0, 0, DISK, FS_NTFS, TABLE_NONE);
	assert_true(was_told(s, "the boot sector is damaged"));
}

static void
dos_partitions_and_logical_ones_are_listed(void **state)
{
	struct scene *s = *state;

	put_dos(s, 0, 0, 0x07, 2048, 20480);
	put_ntfs(s, MIB, 10 * MIB);
	put_dos(s, 0, 1, 0x0f, 40960, 40960);
	put_dos(s, 20 * MIB, 0, 0x07, 2048, 8192);
	put_ntfs(s, 21 * MIB, 4 * MIB);
	put_dos(s, 20 * MIB, 1, 0x05, 0, 4096); /* the next extended table is the first one again */
	find(s);
	assert_int_equal(s->volumes.n, 2);
	assert_volume(s, 0, MIB, 10 * MIB, FS_NTFS, TABLE_DOS);
	assert_volume(s, 1, 21 * MIB, 4 * MIB, FS_NTFS, TABLE_DOS);
	assert_true(s->volumes.at[0].slot != s->volumes.at[1].slot);
}

static void
a_dos_table_may_count_in_4096_bytes(void **state)
{
	struct scene *s = *state;

	put_dos(s, 0, 0, 0x07, 256, 2560);
	put_ntfs(s, MIB, 10 * MIB);
	find(s);
	assert_int_equal(s->volumes.n, 1);
	assert_volume(s, 0, MIB, 10 * MIB, FS_NTFS, TABLE_DOS);
	assert_int_equal(s->volumes.at[0].sector_size, 4096);
}

static void
a_gpt_is_read_with_both_sector_sizes(void **state)
{
	for (uint32_t sector = 512; sector <= 4096; sector += 4096 - 512) {
		struct scene *s = *state;

		memset(s->disk, 0, DISK);
		put_gpt(s, sector);
		find(s);
		assert_int_equal(s->volumes.n, 2);
		assert_volume(s, 0, MIB, 20 * MIB, FS_NTFS, TABLE_GPT);
		assert_volume(s, 1, 21 * MIB, 20 * MIB, FS_LDM, TABLE_GPT);
		assert_int_equal(s->volumes.at[0].sector_size, sector);
		assert_string_equal(s->volumes.at[0].description, "Daten\xc3\xa4");
		assert_true(was_told(s, "dynamic disk"));
	}
}

/* What Microsoft reserves holds nothing by design; what is only called so is a volume like any other. */
static void
a_partition_is_reserved_by_its_type_and_not_by_its_name(void **state)
{
	static const char msr[] = "\x16\xe3\xc9\xe3\x5c\x0b\xb8\x4d\x81\x7d\xf9\x2d\xf0\x02\x15\xae";
	struct scene *s = *state;

	put_gpt(s, 512);
	memset(s->disk + MIB, 0, 40 * MIB);
	memcpy(s->disk + 2 * 512 + 56, "r\0e\0s\0e\0r\0v\0e\0d\0", 16);
	memcpy(s->disk + 2 * 512 + 128, msr, 16);
	put_gpt_header(s, 512, 1, DISK / 512 - 1, 2);
	find(s);
	assert_int_equal(s->volumes.n, 2);
	assert_string_equal(s->volumes.at[0].description, "reserved");
	assert_false(s->volumes.at[0].reserved);
	assert_true(s->volumes.at[1].reserved);
	put_ntfs(s, 21 * MIB, 20 * MIB); /* and where it holds something, that is read */
	find(s);
	assert_volume(s, 1, 21 * MIB, 20 * MIB, FS_NTFS, TABLE_GPT);
	assert_false(s->volumes.at[1].reserved);
}

static void
the_copy_of_a_gpt_stands_in(void **state)
{
	for (uint32_t sector = 512; sector <= 4096; sector += 4096 - 512) {
		struct scene *s = *state;

		memset(s->disk, 0, DISK);
		put_gpt(s, sector);
		s->disk[2 * sector + 33] ^= 1; /* moves the first partition; only the checksum can tell */
		find(s);
		assert_true(was_told(s, "its copy at the end"));
		assert_volume(s, 0, MIB, 20 * MIB, FS_NTFS, TABLE_GPT);
		memset(s->disk, 0, 6 * sector);
		find(s);
		assert_true(was_told(s, "its copy at the end"));
		assert_volume(s, 0, MIB, 20 * MIB, FS_NTFS, TABLE_GPT);
		memset(s->disk + DISK - sector, 0, sector); /* now there is none */
		find(s);
		assert_int_equal(s->volumes.n, 1);
		assert_volume(s, 0, MIB, 20 * MIB, FS_NTFS, TABLE_NONE);
	}
}

static void
a_deleted_partition_is_found_in_the_gap(void **state)
{
	struct scene *s = *state;

	put_dos(s, 0, 0, 0x07, 40960, 20480);
	put_ntfs(s, 20 * MIB, 10 * MIB);
	put_ntfs(s, 63 * 512, 8 * MIB);
	find(s);
	assert_int_equal(s->volumes.n, 2);
	assert_volume(s, 0, 63 * 512, 8 * MIB, FS_NTFS, TABLE_NONE);
	assert_volume(s, 1, 20 * MIB, 10 * MIB, FS_NTFS, TABLE_DOS);
	assert_true(was_told(s, "no partition table lists"));
}

/* Two volumes one behind the other in the same gap, and only the copy of the second's boot sector is left. */
static void
the_whole_gap_is_searched(void **state)
{
	struct scene *s = *state;

	put_dos(s, 0, 0, 0x07, 2048, 2048);
	put_ntfs(s, MIB, MIB);
	put_ntfs(s, 8 * MIB, 4 * MIB);
	put_ntfs(s, 30 * MIB, 9 * MIB);
	memcpy(s->disk + 30 * MIB + 16 * 4096, "FILE", 4);
	s->disk[39 * MIB - 512 + 48] = s->disk[30 * MIB + 48] = 16;
	s->disk[39 * MIB - 512 + 64] = 0xf6; /* records of 1 KiB */
	memset(s->disk + 30 * MIB, 0, 512);
	find(s);
	assert_int_equal(s->volumes.n, 3);
	assert_volume(s, 1, 8 * MIB, 4 * MIB, FS_NTFS, TABLE_NONE);
	assert_volume(s, 2, 30 * MIB, 9 * MIB, FS_NTFS, TABLE_NONE);
}

/* The second partition of put_gpt is that of a dynamic disk. */
static void
a_simple_volume_of_a_dynamic_disk_shows_itself(void **state)
{
	struct scene *s = *state;

	put_gpt(s, 512);
	put_ntfs(s, 25 * MIB, 8 * MIB);
	find(s);
	assert_int_equal(s->volumes.n, 3);
	assert_volume(s, 1, 21 * MIB, 20 * MIB, FS_LDM, TABLE_GPT);
	assert_volume(s, 2, 25 * MIB, 8 * MIB, FS_NTFS, TABLE_NONE);
	assert_true(was_told(s, "simple volumes in it were looked for"));
}

static void
a_partition_may_reach_behind_the_image(void **state)
{
	struct scene *s = *state;

	put_dos(s, 0, 0, 0x07, 2048, 1 << 20);
	put_dos(s, 0, 1, 0x07, 1 << 21, 2048);
	put_ntfs(s, MIB, 10 * MIB);
	find(s);
	assert_int_equal(s->volumes.n, 1);
	assert_volume(s, 0, MIB, DISK - MIB, FS_NTFS, TABLE_DOS);
	assert_true(was_told(s, "behind the end of the image"));
}

static const struct {
	enum volume_fs fs;
	uint32_t offset;
	const char *bytes;
	uint8_t n;
} signs[] = {
	{ FS_BITLOCKER, 3, "-FVE-FS-", 8 },
	{ FS_BITLOCKER_TO_GO, 424, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01", 16 },
	{ FS_REFS, 3, "ReFS\0\0\0\0", 8 },
	{ FS_EXFAT, 3, "EXFAT   ", 8 },
	{ FS_EXT, 1080, "\x53\xef", 2 },
	{ FS_XFS, 0, "XFSB", 4 },
	{ FS_BTRFS, 0x10040, "_BHRfS_M", 8 },
	{ FS_HFS, 1024, "H+", 2 },
	{ FS_APFS, 32, "NXSB", 4 },
	{ FS_LVM, 512, "LABELONE", 8 },
	{ FS_SWAP, 4086, "SWAPSPACE2", 10 },
	{ FS_LUKS, 0, "LUKS\xba\xbe", 6 },
	{ FS_UNKNOWN, 0, "nothing", 7 },
};

static void
contents_are_told_by_their_signatures(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		memset(s->disk, 0, 128 << 10);
		memcpy(s->disk + signs[i].offset, signs[i].bytes, signs[i].n);
		assert_int_equal(volume_recognise(s->media, 0, DISK), signs[i].fs);
	}
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_bare_volume_ends_like_a_table_and_is_none),
		STORY(dos_partitions_and_logical_ones_are_listed),
		STORY(a_dos_table_may_count_in_4096_bytes),
		STORY(a_gpt_is_read_with_both_sector_sizes),
		STORY(a_partition_is_reserved_by_its_type_and_not_by_its_name),
		STORY(the_copy_of_a_gpt_stands_in),
		STORY(a_deleted_partition_is_found_in_the_gap),
		STORY(the_whole_gap_is_searched),
		STORY(a_simple_volume_of_a_dynamic_disk_shows_itself),
		STORY(a_partition_may_reach_behind_the_image),
		STORY(contents_are_told_by_their_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

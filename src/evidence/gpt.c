/* gpt.c - a GUID partition table by itself: whether it is whole, and which type it gives to a partition. */
#include <stddef.h>
#include <zlib.h>

#include "volume_own.h"

/* UEFI specification 2.10, 5.3.2. */
struct gpt_header {
	uint8_t signature[8]; /* EFI PART */
	le32 revision;
	le32 size;
	le32 checksum; /* CRC-32 of the header with this field as 0 */
	le32 reserved;
	le64 own, other; /* sectors of this header and of its copy */
	le64 first, last;
	uint8_t disk[16];
	le64 entries; /* sector */
	le32 count;
	le32 entry_size;
	le32 entries_checksum;
};

enum {
	HEADER_MOST = 512,
	ENTRIES_MOST = 1 << 20, /* 128 entries of 128 bytes are usual */
	SECTOR_MOST = 4096,
};

struct type {
	enum partition_type type;
	const char *guid; /* as it lies on disk */
};

static const struct type types[] = {
	/* 5808c8aa-7e8f-42e0-85d2-e1e90434cfb3, af9b60a0-1431-4f62-bc68-3311714a69ad: LDM metadata and data */
	{ PARTITION_LDM, "\xaa\xc8\x08\x58\x8f\x7e\xe0\x42\x85\xd2\xe1\xe9\x04\x34\xcf\xb3" },
	{ PARTITION_LDM, "\xa0\x60\x9b\xaf\x31\x14\x62\x4f\xbc\x68\x33\x11\x71\x4a\x69\xad" },
	/* e75caf8f-f680-4cee-afa3-b001e56efc2d */
	{ PARTITION_STORAGE_SPACES, "\x8f\xaf\x5c\xe7\x80\xf6\xee\x4c\xaf\xa3\xb0\x01\xe5\x6e\xfc\x2d" },
	/* e3c9e316-0b5c-4db8-817d-f92df00215ae */
	{ PARTITION_RESERVED, "\x16\xe3\xc9\xe3\x5c\x0b\xb8\x4d\x81\x7d\xf9\x2d\xf0\x02\x15\xae" },
};

static bool
read_header(struct source *media, uint32_t sector_size, bool backup, struct view *ret_bytes,
	    uint8_t buf[static HEADER_MOST])
{
	uint64_t sectors = media->size / sector_size;

	if (sectors < 2 ||
	    source_read(media, backup ? (sectors - 1) * sector_size : sector_size, buf, HEADER_MOST) < HEADER_MOST)
		return false;
	*ret_bytes = view_of(buf, HEADER_MOST);
	return !memcmp(buf, "EFI PART", 8);
}

bool
gpt_named(struct source *media, uint32_t sector_size, bool backup)
{
	uint8_t buf[HEADER_MOST];
	struct view bytes;

	return read_header(media, sector_size, backup, &bytes, buf);
}

static bool
entries_whole(struct source *media, uint32_t sector_size, const struct gpt_header *h)
{
	uint64_t size = (uint64_t)le32_get(h->count) * le32_get(h->entry_size), sector = le64_get(h->entries);
	uint8_t block[SECTOR_MOST];
	uLong crc = crc32(0, NULL, 0);

	if (size > ENTRIES_MOST || sector > media->size / sector_size)
		return false;
	for (uint64_t done = 0; done < size;) {
		size_t n = size - done < sizeof(block) ? (size_t)(size - done) : sizeof(block);

		if (source_read(media, sector * sector_size + done, block, n) < (ssize_t)n)
			return false;
		crc = crc32(crc, block, (uInt)n);
		done += n;
	}
	return crc == le32_get(h->entries_checksum);
}

bool
gpt_whole(struct source *media, uint32_t sector_size, bool backup)
{
	uint8_t buf[HEADER_MOST];
	struct view bytes;
	struct gpt_header h;
	uint32_t size;

	if (!read_header(media, sector_size, backup, &bytes, buf))
		return false;
	memcpy(&h, buf, sizeof(h));
	size = le32_get(h.size);
	if (size < sizeof(h) || size > HEADER_MOST)
		return false;
	memset(buf + offsetof(struct gpt_header, checksum), 0, sizeof(le32));
	return crc32(0, buf, size) == le32_get(h.checksum) && entries_whole(media, sector_size, &h);
}

uint64_t
gpt_sectors(struct source *media, uint32_t sector_size)
{
	uint8_t buf[HEADER_MOST];
	struct view bytes;

	if (!read_header(media, sector_size, false, &bytes, buf))
		return 0;
	return le64_get(VIEW_AT(bytes, 0, struct gpt_header)->other) + 1;
}

enum { ENTRY_TYPE = 0, ENTRY_NUMBER = 16 }; /* where the two GUIDs of an entry lie */

static bool
read_guid(struct source *media, uint32_t sector_size, bool backup, uint32_t slot, unsigned which,
	  uint8_t ret_guid[static 16])
{
	uint8_t buf[HEADER_MOST];
	struct view bytes;
	struct gpt_header h;
	uint64_t at;

	if (!read_header(media, sector_size, backup, &bytes, buf))
		return false;
	memcpy(&h, buf, sizeof(h));
	if (slot >= le32_get(h.count) || le64_get(h.entries) > media->size / sector_size)
		return false;
	at = le64_get(h.entries) * sector_size + (uint64_t)slot * le32_get(h.entry_size) + which;
	return source_read(media, at, ret_guid, 16) == 16;
}

bool
gpt_partition(struct source *media, uint32_t sector_size, bool backup, uint32_t slot, uint8_t ret_guid[static 16])
{
	return read_guid(media, sector_size, backup, slot, ENTRY_NUMBER, ret_guid);
}

enum partition_type
gpt_type(struct source *media, uint32_t sector_size, bool backup, uint32_t slot)
{
	uint8_t guid[16];

	if (!read_guid(media, sector_size, backup, slot, ENTRY_TYPE, guid))
		return PARTITION_PLAIN;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!memcmp(types[i].guid, guid, sizeof(guid)))
			return types[i].type;
	return PARTITION_PLAIN;
}

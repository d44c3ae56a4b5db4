/* headless.c - an NTFS volume that has lost both its boot sectors, found by its first records. */
#include "headless.h"

#include <errno.h>

#include "fail.h"
#include "layout.h"
#include "record.h"
#include "rescue.h"

enum {
	SECTOR = 512,
	BLOCK = 1 << 20,
	HEAD = 16 << 20,   /* mkntfs puts the $MFT near the beginning, Windows its mirror */
	MIDDLE = 1 << 20,  /* around the middle, where mkntfs puts the mirror */
	WINDOWS = 786432,  /* cluster where Windows begins the $MFT of a large volume */
	FIRST_RECORDS = 8, /* those that every volume has */
	INDEX = 4096,      /* bytes of an index record, on all volumes seen */
	ENTRY_MIRROR = 1,
	ENTRY_BAD = 8,
};

struct hunt {
	struct source *media;
	uint64_t from, to;
	struct headless *ret;
	uint8_t *record; /* NTFS_RECORD_MAX */
};

/* Reads one record that states this number: 1, 0 when there is none, or negative. */
static int
read_record(struct hunt *h, uint64_t at, uint32_t size, uint64_t number)
{
	uint64_t stated;
	int r;

	if (at < h->from || at >= h->to)
		return 0;
	r = source_read_all(h->media, at, h->record, size);
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	if (!rescue_number(view_of(h->record, size), size, &stated) || stated != number)
		return 0;
	return record_fixup(h->record, size) == 0;
}

/* The unnamed $DATA (or the one of that name) of the record that was read, if its clusters begin there. */
static bool
data_of(const struct hunt *h, uint32_t size, struct view name, struct attribute *ret_data)
{
	uint32_t at = 0;

	while (record_next(view_of(h->record, size), &at, ret_data) > 0)
		if (ret_data->type == ATTRIBUTE_DATA && !ret_data->resident && !ret_data->broken &&
		    !ret_data->first_vcn && view_equal(ret_data->name, name))
			return true;
	return false;
}

/* The first cluster that one of the first records names for itself. 1, 0 or negative. */
static int
first_cluster(struct hunt *h, uint64_t at, uint32_t size, uint64_t number, uint64_t *ret_cluster)
{
	struct attribute data;
	uint64_t clusters;
	int r = read_record(h, at, size, number);

	if (r <= 0 || !data_of(h, size, view_of(NULL, 0), &data))
		return r < 0 ? r : 0;
	r = run_next(&(struct run_cursor){ .pairs = data.value }, ret_cluster, &clusters);
	return r > 0 && *ret_cluster && *ret_cluster <= INT64_MAX / NTFS_CLUSTER_MAX;
}

/* Whether the first records (or some of them) lie there. */
static int
holds_first(struct hunt *h, uint64_t at, uint32_t size)
{
	for (uint64_t i = 0; i < FIRST_RECORDS; i++) {
		int r = read_record(h, at + i * size, size, i);

		if (r != 0)
			return r;
	}
	return 0;
}

/* $BadClus:$Bad is as long as the volume. */
static int
volume_bytes(struct hunt *h, uint64_t mft, uint32_t size, uint64_t *ret_bytes)
{
	static const char bad[] = "$\0B\0a\0d";
	struct attribute data;
	int r = read_record(h, mft + ENTRY_BAD * size, size, ENTRY_BAD);

	*ret_bytes = 0;
	if (r > 0 && data_of(h, size, view_of(bad, sizeof(bad)), &data))
		*ret_bytes = data.size;
	return r < 0 ? r : 0;
}

/* What record 0 says of a volume with clusters of that size: 1 when it holds together. */
static int
try_cluster(struct hunt *h, uint64_t at, uint32_t size, const uint64_t places[2], bool mirror, uint32_t cluster)
{
	uint64_t before = places[mirror] * cluster, start, bytes;
	int r;

	if (before > at || at - before < h->from || (at - before - h->from) % SECTOR)
		return 0;
	start = at - before;
	r = places[!mirror] ? holds_first(h, start + places[!mirror] * cluster, size) : 0;
	if (r <= 0 && (r < 0 || start != h->from))
		return r;
	r = volume_bytes(h, start + places[0] * cluster, size, &bytes);
	if (r < 0)
		return r;
	if (!bytes || bytes % cluster)
		bytes = h->to - start;
	*h->ret = (struct headless){ .start = start,
				     .bytes = bytes + SECTOR < h->to - start ? bytes + SECTOR : h->to - start,
				     .geometry = { .sector_size = SECTOR,
						   .cluster_size = cluster,
						   .record_size = size,
						   .index_size = INDEX,
						   .clusters = bytes / cluster,
						   .mft = places[0],
						   .mirror = places[1],
						   .headless = true } };
	return 1;
}

/* What looks like a record 0: 1 when a volume follows from it. */
static int
try_record(struct hunt *h, uint64_t at, uint32_t size)
{
	uint64_t places[2] = { 0 };
	int r = first_cluster(h, at, size, ENTRY_MFT, &places[0]);

	if (r <= 0)
		return r;
	r = first_cluster(h, at + size, size, ENTRY_MIRROR, &places[1]);
	for (int mirror = 0; mirror < 2 && r >= 0; mirror++)
		for (uint32_t cluster = SECTOR; places[mirror] && cluster <= NTFS_CLUSTER_MAX; cluster *= 2) {
			r = try_cluster(h, at, size, places, mirror, cluster);
			if (r != 0)
				return r;
		}
	return r < 0 ? r : 0;
}

static int
search(struct hunt *h, uint64_t from, uint64_t to, uint8_t *bytes)
{
	to = to < h->to ? to : h->to;
	from = from > h->from ? from : h->from;
	for (uint64_t at = from - (from - h->from) % SECTOR; at < to; at += BLOCK) {
		ssize_t n = source_read(h->media, at, bytes, to - at < BLOCK ? (size_t)(to - at) : BLOCK);

		if (n < 0)
			return (int)n;
		for (size_t i = 0; i + SECTOR <= (size_t)n; i += SECTOR) {
			struct view head = view_of(bytes + i, sizeof(struct disk_record));
			uint32_t size = le32_get(VIEW_AT(head, 0, struct disk_record)->room);
			uint64_t number;
			int r = 0;

			if (size >= SECTOR_STRIDE && size <= NTFS_RECORD_MAX && !(size & (size - 1)) &&
			    rescue_number(head, size, &number) && number == ENTRY_MFT)
				r = try_record(h, at + i, size);
			if (r != 0)
				return r;
		}
	}
	return 0;
}

int
headless_find(struct source *media, uint64_t from, uint64_t to, struct headless *ret_volume)
{
	CLEANUP(free) uint8_t *bytes = malloc(BLOCK);
	CLEANUP(free) uint8_t *record = malloc(NTFS_RECORD_MAX);
	struct hunt h = { .media = media, .from = from, .to = to, .ret = ret_volume, .record = record };
	uint64_t middle = from + (to - from) / 2;
	int r;

	if (!bytes || !record)
		return fail(ENOMEM, "out of memory for a search for records");
	r = search(&h, from, from + HEAD, bytes);
	if (r == 0 && to - from > HEAD)
		r = search(&h, middle - MIDDLE, middle + MIDDLE, bytes);
	for (uint64_t cluster = SECTOR; r == 0 && cluster <= NTFS_CLUSTER_MAX; cluster *= 2)
		if (WINDOWS * cluster < to - from)
			r = search(&h, from + WINDOWS * cluster, from + WINDOWS * cluster + SECTOR, bytes);
	return r;
}

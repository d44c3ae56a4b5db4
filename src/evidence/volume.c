/* volume.c - what lies on the media: the partitions of its table, what the table lost, or one bare volume. */
#include "volume.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "locked.h"
#include "volume_own.h"

enum {
	SECTOR = 512,
	GAP_LEAST = 1 << 20, /* smaller ones are alignment */
};

/* BitLocker's metadata lies somewhere behind a first sector that no longer says so. */
static int
look_locked(const struct search *s, struct volume *v)
{
	CLEANUP(source_close) struct source *volume = NULL;
	uint64_t at;
	int r;

	if (v->reserved)
		return 0;
	r = source_window(s->media, v->offset, v->bytes, s->media->name, &volume);
	if (r == 0)
		r = locked_find(volume, &at);
	if (r <= 0)
		return r;
	v->fs = FS_BITLOCKER;
	return search_damage(s, v->offset,
			     "the first sector is damaged; metadata behind it says that this is BitLocker");
}

/* DOS partitions carry their type in libtsk's description: `Win LVM / Secure FS (0x42)`. */
static enum partition_type
type_of(const struct search *s, const struct table_look *look, const struct volume *v)
{
	if (look->table == TABLE_GPT)
		return gpt_type(s->media, look->sector_size, look->hide_primary, v->slot);
	if (strstr(v->description, "(0xee)") || strstr(v->description, "(0xEE)"))
		return PARTITION_PROTECTIVE;
	return strstr(v->description, "(0x42)") ? PARTITION_LDM : PARTITION_PLAIN;
}

/* A partition that stands for something else: the volumes in it, if they lie in one piece, show themselves. */
static int
look_inside(const struct search *s, struct volume *v, enum partition_type type)
{
	size_t before = s->volumes->n;
	int r;

	if (type == PARTITION_LDM)
		r = search_damage(s, v->offset,
				  "a partition of a dynamic disk: simple volumes in it were looked for, others are not "
				  "put together");
	else
		r = search_damage(s, v->offset, "without a GPT volumes were looked for where its partitions may be");
	r = r < 0 ? r : search_gap(s, v->offset, v->offset + v->bytes);
	v->fs = type == PARTITION_LDM ? FS_LDM : FS_UNKNOWN;
	for (size_t i = before; r >= 0 && i < s->volumes->n; i++)
		if (s->volumes->at[i].offset == v->offset || type == PARTITION_PROTECTIVE)
			v->bytes = 0; /* the partition is that volume, or begins with it */
	return r;
}

static int
name_content(const struct search *s, const struct table_look *look, struct volume *v)
{
	enum partition_type type = type_of(s, look, v);
	int r;

	v->fs = volume_recognise(s->media, v->offset, v->bytes);
	v->reserved = type == PARTITION_RESERVED && v->fs == FS_UNKNOWN;
	if (type == PARTITION_LDM || type == PARTITION_PROTECTIVE)
		return look_inside(s, v, type);
	if (type == PARTITION_STORAGE_SPACES && v->fs == FS_UNKNOWN)
		v->fs = FS_STORAGE_SPACES;
	r = v->fs == FS_UNKNOWN ? boot_substitute(s, v) : 0;
	r = r >= 0 && v->fs == FS_UNKNOWN ? look_locked(s, v) : r;
	v->reserved &= v->fs == FS_UNKNOWN;
	return r;
}

/* A table may speak of more than the image has. */
static int
take_partition(const struct search *s, const struct table_look *look, struct volume *v)
{
	uint64_t size = s->media->size;
	int r = 0;

	if (v->offset >= size)
		return search_damage(s, size, "partition %" PRIu32 " would begin behind the end of the image", v->slot);
	if (v->bytes > size - v->offset) {
		r = search_damage(s, v->offset,
				  "partition %" PRIu32 " reaches %" PRIu64 " bytes behind the end of the image",
				  v->slot, v->bytes - (size - v->offset));
		v->bytes = size - v->offset;
	}
	r = r < 0 ? r : name_content(s, look, v);
	if (r >= 0 && v->fs == FS_NTFS && boot_extends(s->media, v))
		r = search_damage(s, v->offset,
				  "partition %" PRIu32
				  " is shorter than the NTFS volume in it, which is read to its end",
				  v->slot);
	return r < 0 || !v->bytes ? r : search_add(s, v);
}

static int
take_gap(const struct search *s, const struct volume *gap)
{
	uint64_t size = s->media->size;
	uint64_t bytes = gap->offset >= size ? 0 : gap->bytes < size - gap->offset ? gap->bytes : size - gap->offset;

	return bytes > GAP_LEAST ? search_gap(s, gap->offset, gap->offset + bytes) : 0;
}

/* 1 when the table was read and its volumes were added. */
static int
take_table(const struct search *s, const struct table_look *look)
{
	volume_list partitions = { 0 }, gaps = { 0 };
	int r = table_partitions(s->media, look, &partitions, &gaps);

	for (size_t i = 0; r > 0 && i < partitions.n; i++) {
		int result = take_partition(s, look, &partitions.at[i]);

		r = result < 0 ? result : r;
	}
	for (size_t i = 0; r > 0 && i < gaps.n; i++) {
		int result = take_gap(s, &gaps.at[i]);

		r = result < 0 ? result : r;
	}
	vector_free(&partitions);
	vector_free(&gaps);
	return r;
}

/* Which of the two GPTs is whole, at either sector size. 1 when one was used. */
static int
take_gpt(const struct search *s, bool protective)
{
	static const uint32_t sizes[] = { 512, 4096 };

	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct table_look look = { .table = TABLE_GPT,
						   .sector_size = sizes[i],
						   .hide_primary = pass == 1 };
			int r = 0;

			if (pass != 1 && gpt_sectors(s->media, sizes[i]) < INT64_MAX / sizes[i])
				look.size = gpt_sectors(s->media, sizes[i]) * sizes[i];
			if (pass < 2 ? !gpt_whole(s->media, sizes[i], pass) : !gpt_named(s->media, sizes[i], false))
				continue;
			if (pass == 1)
				r = search_damage(s, sizes[i],
						  "the GPT is damaged; its copy at the end of the media was used");
			else if (pass == 2)
				r = search_damage(
					s, sizes[i],
					"the checksums of the GPT do not fit and it has no copy; it was used as it is");
			else if (!gpt_named(s->media, sizes[i], true))
				r = search_damage(
					s, sizes[i],
					"the GPT's copy is not at the end of the media: the image may lack its end");
			r = r < 0 ? r : take_table(s, &look);
			if (r != 0)
				return r;
		}
	}
	return protective ? search_damage(s, 0, "the partition table announces a GPT that is not there") : 0;
}

/* Whether the four entries at 446 can be a partition table. */
static bool
is_dos(struct view sector, bool *ret_protective)
{
	unsigned used = 0;

	*ret_protective = false;
	if (sector.n < SECTOR || sector.p[510] != 0x55 || sector.p[511] != 0xaa)
		return false;
	for (int i = 0; i < 4; i++) {
		const uint8_t *entry = sector.p + 446 + 16 * i;

		if (entry[0] & 0x7f)
			return false;
		*ret_protective |= entry[4] == 0xee;
		used += entry[4] && le32_get(*(const le32 *)(entry + 8)) && le32_get(*(const le32 *)(entry + 12));
	}
	return used > 0;
}

/* Where an entry of the table in this sector begins and ends. */
static void
dos_entry(const uint8_t *sector, int i, uint32_t sector_size, uint64_t *ret_from, uint64_t *ret_to)
{
	const uint8_t *entry = sector + 446 + 16 * i;

	*ret_from = (uint64_t)le32_get(*(const le32 *)(entry + 8)) * sector_size;
	*ret_to = *ret_from + (uint64_t)le32_get(*(const le32 *)(entry + 12)) * sector_size;
}

/* A DOS table does not say how large its sectors are: where one size shows no file system, the other may. */
static int
take_dos(const struct search *s)
{
	uint32_t sizes[2] = { s->sector_size == 4096 ? 4096 : 512, s->sector_size == 4096 ? 512 : 4096 };
	uint64_t size = s->media->size, from, to, ends[2] = { 0 };
	uint8_t sector[SECTOR];
	int known[2] = { 0 }, k, r;

	if (source_read(s->media, 0, sector, sizeof(sector)) < SECTOR)
		return 0;
	for (k = 0; k < 2; k++) {
		for (int i = 0; i < 4; i++) {
			dos_entry(sector, i, sizes[k], &from, &to);
			known[k] += from && from < size && volume_recognise(s->media, from, size - from) != FS_UNKNOWN;
			ends[k] = to > ends[k] ? to : ends[k];
		}
	}
	k = !known[0] && known[1];
	r = chain_check(s, sizes[k]);
	return r < 0 ? r : take_table(s, &(struct table_look){ .table = TABLE_DOS, .sector_size = sizes[k], .size = ends[k] });
}

/* The media as one volume: 1 when it is known what it is, or when that does not matter. */
static int
take_bare(const struct search *s, bool known)
{
	struct volume v = {
		.bytes = s->media->size,
		.sector_size = s->sector_size,
		.fs = volume_recognise(s->media, 0, s->media->size),
	};
	int r = v.fs == FS_UNKNOWN ? boot_substitute(s, &v) : 0;

	if (r < 0 || (known && v.fs == FS_UNKNOWN))
		return r;
	r = search_add(s, &v);
	return r < 0 ? r : 1;
}

static int
compare_volumes(const void *a, const void *b)
{
	const struct volume *l = a, *r = b;

	if (l->offset != r->offset)
		return l->offset < r->offset ? -1 : 1;
	return (l->slot > r->slot) - (l->slot < r->slot);
}

/* Nothing says what this is: volumes are looked for, and else it is one unknown thing. */
static int
take_unknown(const struct search *s, bool had_table)
{
	int r = had_table ? search_damage(s, 0, "the partition table cannot be read") : 0;

	r = r < 0 ? r : take_bare(s, true);
	if (r != 0)
		return r;
	r = search_gap(s, 0, s->media->size);
	r = r < 0 ? r
		  : search_damage(s, 0,
				  "no partition table is left: volumes were looked for in the first MiB, at each "
				  "further MiB and at each cylinder");
	if (r < 0 || s->volumes->n)
		return r;
	r = take_bare(s, false);
	return r < 0 ? r : look_locked(s, &s->volumes->at[0]);
}

static int
find(const struct search *s)
{
	uint8_t sector[SECTOR];
	ssize_t n = source_read(s->media, 0, sector, sizeof(sector));
	uint64_t claimed;
	bool protective, dos;
	int r;

	if (n < 0)
		return (int)n;
	dos = is_dos(view_of(sector, (size_t)n), &protective);
	if (boot_sector(view_of(sector, (size_t)n), &claimed) != FS_UNKNOWN) /* it ends with 55 AA, too */
		return take_bare(s, false);
	r = take_gpt(s, protective);
	if (r == 0 && dos)
		r = take_dos(s);
	if (r != 0)
		return r;
	if (!dos && volume_recognise(s->media, 0, s->media->size) != FS_UNKNOWN)
		return take_bare(s, false);
	return take_unknown(s, dos);
}

int
volume_find(struct source *media, uint32_t sector_size, struct sink *out, volume_list *ret_volumes)
{
	volume_list volumes = { 0 };
	struct search s = { .media = media, .out = out, .sector_size = sector_size, .volumes = &volumes };
	int r = find(&s);

	if (r < 0) {
		vector_free(&volumes);
		return r;
	}
	vector_sort(&volumes, compare_volumes);
	*ret_volumes = volumes;
	return 0;
}

/* locked_find.c - where BitLocker keeps its metadata, and which of its three copies is the one to believe. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "locked_own.h"

enum {
	FIND_STEP = 1 << 20,
	FIND_STEPS = 128, /* MiB of a volume without a boot sector that are searched; the first copy is often at 33 */
	FIND_ALIGN = 512,
	MARK = 8,
};

/* Mixed-endian GUIDs as on disk: 4967d63b-2e29-4ad8-8399-f6a339e3d001, and 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8 while
 * sectors are enciphered as they are written. */
static const char plain_id[] = "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01";
static const char writing_id[] = "\x3b\x4d\xa8\x92\x80\xdd\x0e\x4d\x9e\x4e\xb1\xe3\x28\x4e\xae\xd8";

static bool
identifier(struct view sector, size_t at, struct locked_boot *b)
{
	struct view id = view_part(sector, at, 16);

	b->writing = view_equal(id, view_of(writing_id, 16));
	return b->writing || view_equal(id, view_of(plain_id, 16));
}

static uint32_t
sector_bytes(struct view sector)
{
	const le16 *at = VIEW_AT(sector, 11, le16);
	uint32_t n = at ? le16_get(*at) : 0;

	return n >= LOCKED_SECTOR && n <= LOCKED_SECTOR_MAX && !(n & (n - 1)) ? n : 0;
}

/* Vista's boot sector is that of NTFS, with the cluster of the first copy where that of $MFTMirr was. */
static bool
vista_boot(struct view sector, uint64_t *ret_place)
{
	const le64 *cluster = VIEW_AT(sector, 56, le64);
	uint64_t cluster_size = sector.n > 13 ? (uint64_t)sector_bytes(sector) * sector.p[13] : 0;

	if (!cluster || !cluster_size || le64_get(*cluster) > INT64_MAX / cluster_size ||
	    !view_equal(view_part(sector, 3, MARK), view_of("-FVE-FS-", MARK)))
		return false;
	*ret_place = le64_get(*cluster) * cluster_size;
	return true;
}

bool
locked_boot(struct view sector, struct locked_boot *b)
{
	static const size_t at[] = { 160, 424 };

	*b = (struct locked_boot){ .places = { UINT64_MAX, UINT64_MAX, UINT64_MAX }, .sector = sector_bytes(sector) };
	for (size_t kind = 0; kind < 2; kind++) {
		if (!view_has(sector, at[kind], 40) || !identifier(sector, at[kind], b))
			continue;
		b->to_go = kind == 1;
		for (size_t i = 0; i < LOCKED_COPIES; i++)
			b->places[i] = le64_get(*(const le64 *)(sector.p + at[kind] + 16 + 8 * i));
		return true;
	}
	return vista_boot(sector, &b->places[0]);
}

/* A block that names itself among the places of the copies is one, and no chance likeness. */
static bool
is_block(struct view bytes, uint64_t at)
{
	if (!view_equal(view_part(bytes, 0, MARK), view_of("-FVE-FS-", MARK)) || !view_has(bytes, 32, 24))
		return false;
	for (size_t i = 0; i < LOCKED_COPIES; i++)
		if (le64_get(*(const le64 *)(bytes.p + 32 + 8 * i)) == at && at)
			return true;
	return false;
}

int
locked_find(struct source *volume, uint64_t *ret_offset)
{
	CLEANUP(free) uint8_t *bytes = malloc(FIND_STEP);

	if (!bytes)
		return fail(ENOMEM, "out of memory for a search in %s", volume->name);
	for (uint64_t step = 0; step < FIND_STEPS; step++) {
		uint64_t base = step * FIND_STEP;
		ssize_t n = source_read(volume, base, bytes, FIND_STEP);

		for (size_t at = 0; n > 0 && at + FIND_ALIGN <= (size_t)n; at += FIND_ALIGN) {
			*ret_offset = base + at;
			if (is_block(view_of(bytes + at, FIND_ALIGN), *ret_offset))
				return 1;
		}
		if (n < FIND_STEP)
			return n < 0 ? (int)n : 0;
	}
	return 0;
}

static int
tell(struct sink *out, uint64_t at, const char *what, size_t copy)
{
	char why[160];

	snprintf(why, sizeof(why), "copy %zu of BitLocker's metadata %s", copy + 1, what);
	return sink_damage(out, at, why);
}

/* Numbers that point outside the volume are not followed. */
static void
bound(struct locked *l, uint64_t size)
{
	l->size = size;
	if (!l->head_bytes)
		l->head_bytes = (uint64_t)l->head_sectors * l->sector;
	if (!l->encrypted || l->encrypted > size)
		l->encrypted = size;
	l->encrypted = l->encrypted / l->sector * l->sector;
	for (size_t i = 0; i < LOCKED_COPIES; i++)
		if (l->copies[i] % l->sector || l->copies[i] >= size)
			l->copies[i] = UINT64_MAX;
	if (l->head % l->sector || l->head_bytes % l->sector || l->head_bytes > LOCKED_HEAD_MAX || l->head >= size ||
	    l->head_bytes > size - l->head)
		l->head = l->head_bytes = 0;
}

/* One copy: 1 when it can be used and its checksum fits, 2 when it can only be used, 0 when not. */
static int
read_copy(struct source *volume, uint64_t at, uint8_t *block, struct locked *ret_locked)
{
	bool fits = false;
	ssize_t n = at < volume->size ? source_read(volume, at, block, LOCKED_BLOCK) : 0;

	if (n < 0)
		return (int)n;
	*ret_locked = (struct locked){ 0 };
	if (!locked_parse(view_of(block, (size_t)n), ret_locked, &fits))
		return 0;
	return fits ? 1 : 2;
}

/* The first copy whose checksum fits, else the first that can be used: 1, or 0 when there is none. */
static int
choose(struct source *volume, struct sink *out, const uint64_t *places, struct locked *spare, struct locked *ret_locked)
{
	CLEANUP(free) uint8_t *block = malloc(LOCKED_BLOCK);
	int best = 0, r = block ? 0 : fail(ENOMEM, "out of memory for the metadata of %s", volume->name);

	for (size_t i = 0; i < LOCKED_COPIES && r >= 0; i++) {
		if (places[i] == UINT64_MAX)
			continue;
		r = read_copy(volume, places[i], block, spare);
		if (r > 0 && (!best || (r == 1 && best == 2))) {
			best = r;
			*ret_locked = *spare;
		}
		if (r == 0)
			r = tell(out, places[i], "cannot be read", i);
		else if (r == 2)
			r = tell(out, places[i], "fails its checksum", i);
	}
	return r < 0 ? r : best > 0;
}

static bool
among(const uint64_t *places, uint64_t at)
{
	return places[0] == at || places[1] == at || places[2] == at;
}

static int
read_metadata(struct source *volume, uint32_t sector_size, struct sink *out, struct locked *spare, struct locked *l)
{
	uint8_t sector[LOCKED_SECTOR] = { 0 };
	uint64_t other[LOCKED_COPIES] = { 0 };
	struct locked_boot boot;
	ssize_t n = source_read(volume, 0, sector, sizeof(sector));
	int r = n < 0 ? (int)n : 0, found = 0;

	if (r == 0 && locked_boot(view_of(sector, (size_t)n), &boot))
		r = choose(volume, out, boot.places, spare, l);
	if (r == 0)
		r = found = locked_find(volume, &other[0]);
	if (found > 0 && among(boot.places, other[0])) {
		r = 0; /* that was tried */
	} else if (found > 0) {
		r = sink_damage(
			out, 0,
			"the first sector of a BitLocker volume does not lead to its metadata; a copy of it was "
			"found by a search");
		other[1] = other[2] = UINT64_MAX;
		r = r < 0 ? r : choose(volume, out, other, spare, l);
	}
	if (r <= 0)
		return r < 0 ? r : -EINVAL;
	l->to_go = boot.to_go;
	l->writing = boot.writing;
	l->sector = boot.sector ? boot.sector : sector_size;
	return 0;
}

int
locked_read(struct source *volume, uint32_t sector_size, struct sink *out, struct locked **ret_locked)
{
	CLEANUP(locked_free) struct locked *l = calloc(1, sizeof(*l));
	CLEANUP(locked_free) struct locked *spare = calloc(1, sizeof(*spare));
	int r = l && spare ? 0 : fail(ENOMEM, "out of memory for the metadata of %s", volume->name);

	if (r == 0)
		r = read_metadata(volume, sector_size, out, spare, l);
	if (r < 0)
		return r;
	bound(l, volume->size);
	*ret_locked = TAKE(l);
	return 0;
}

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
identifier(struct view sector, size_t at, bool *ret_writing)
{
	struct view id = view_part(sector, at, 16);

	*ret_writing = view_equal(id, view_of(writing_id, 16));
	return *ret_writing || view_equal(id, view_of(plain_id, 16));
}

/* Vista's boot sector is that of NTFS, with the cluster of the first copy where that of $MFTMirr was. */
static bool
vista_boot(struct view sector, uint64_t *ret_place)
{
	const le16 *bytes = VIEW_AT(sector, 11, le16);
	const le64 *cluster = VIEW_AT(sector, 56, le64);
	uint64_t cluster_size = bytes && sector.n > 13 ? (uint64_t)le16_get(*bytes) * sector.p[13] : 0;

	if (!cluster || !cluster_size || le64_get(*cluster) > INT64_MAX / cluster_size ||
	    !view_equal(view_part(sector, 3, MARK), view_of("-FVE-FS-", MARK)))
		return false;
	*ret_place = le64_get(*cluster) * cluster_size;
	return true;
}

bool
locked_boot(struct view sector, uint64_t ret_places[static LOCKED_COPIES], bool *ret_to_go, bool *ret_writing)
{
	static const size_t at[] = { 160, 424 };

	for (size_t i = 0; i < LOCKED_COPIES; i++)
		ret_places[i] = UINT64_MAX;
	for (size_t kind = 0; kind < 2; kind++) {
		if (!identifier(sector, at[kind], ret_writing))
			continue;
		*ret_to_go = kind == 1;
		for (size_t i = 0; i < LOCKED_COPIES; i++)
			ret_places[i] = le64_get(*(const le64 *)(sector.p + at[kind] + 16 + 8 * i));
		return true;
	}
	*ret_to_go = *ret_writing = false;
	return vista_boot(sector, &ret_places[0]);
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

bool
locked_find(struct source *volume, uint64_t *ret_offset)
{
	CLEANUP(free) uint8_t *bytes = malloc(FIND_STEP);

	for (uint64_t step = 0; bytes && step < FIND_STEPS; step++) {
		uint64_t base = step * FIND_STEP;
		ssize_t n = source_read(volume, base, bytes, FIND_STEP);

		for (size_t at = 0; n > 0 && at + FIND_ALIGN <= (size_t)n; at += FIND_ALIGN) {
			*ret_offset = base + at;
			if (is_block(view_of(bytes + at, FIND_ALIGN), *ret_offset))
				return true;
		}
		if (n < FIND_STEP)
			break;
	}
	return false;
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
	if (!l->encrypted || l->encrypted > size)
		l->encrypted = size;
	l->encrypted = l->encrypted / LOCKED_SECTOR * LOCKED_SECTOR;
	for (size_t i = 0; i < LOCKED_COPIES; i++)
		if (l->copies[i] % LOCKED_SECTOR || l->copies[i] >= size)
			l->copies[i] = UINT64_MAX;
	if (l->head % LOCKED_SECTOR || l->head_bytes % LOCKED_SECTOR || l->head_bytes > LOCKED_HEAD_MAX ||
	    l->head >= size || l->head_bytes > size - l->head)
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
read_metadata(struct source *volume, struct sink *out, struct locked *spare, struct locked *l)
{
	uint8_t sector[LOCKED_SECTOR] = { 0 };
	uint64_t places[LOCKED_COPIES], other[LOCKED_COPIES] = { 0 };
	bool to_go, writing, boot;
	ssize_t n = source_read(volume, 0, sector, sizeof(sector));
	int r = n < 0 ? (int)n : 0;

	boot = locked_boot(view_of(sector, n > 0 ? (size_t)n : 0), places, &to_go, &writing);
	if (r == 0 && boot)
		r = choose(volume, out, places, spare, l);
	if (r == 0 && locked_find(volume, &other[0]) && !among(places, other[0])) {
		r = sink_damage(out, 0,
				"the first sector of a BitLocker volume does not lead to its metadata; a copy of it was "
				"found by a search");
		other[1] = other[2] = UINT64_MAX;
		r = r < 0 ? r : choose(volume, out, other, spare, l);
	}
	if (r <= 0)
		return r < 0 ? r : -EINVAL;
	l->to_go = to_go;
	l->writing = writing;
	return 0;
}

int
locked_read(struct source *volume, struct sink *out, struct locked **ret_locked)
{
	CLEANUP(locked_free) struct locked *l = calloc(1, sizeof(*l));
	CLEANUP(locked_free) struct locked *spare = calloc(1, sizeof(*spare));
	int r = l && spare ? 0 : fail(ENOMEM, "out of memory for the metadata of %s", volume->name);

	if (r == 0)
		r = read_metadata(volume, out, spare, l);
	if (r < 0)
		return r;
	bound(l, volume->size);
	*ret_locked = TAKE(l);
	return 0;
}

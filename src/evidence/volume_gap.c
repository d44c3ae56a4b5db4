/* volume_gap.c - volumes that no partition table lists: deleted, or left over when the table was destroyed. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "fail.h"
#include "headless.h"
#include "volume_own.h"

enum {
	SECTOR = 512,
	SECTOR_MOST = 4096,
	HEAD = (1 << 20) + (64 << 10), /* each sector: old partitions begin at sector 63, newer ones at 1 MiB */
	MIB = 1 << 20,                 /* where partitions begin since Windows Vista */
	CYLINDER = 16065 * SECTOR,     /* where they began before */
	TRACK = 63 * SECTOR,
	STEPS_MOST = 1 << 18, /* in one gap: some 200 GiB */
	VOLUMES_MOST = 4096,
};

/* A stretch of the media that no partition covers. */
struct gap {
	const struct search *s;
	uint64_t to;
	unsigned steps; /* left */
	uint8_t *bytes; /* HEAD */
};

int
search_damage(const struct search *s, uint64_t at, const char *format, ...)
{
	char why[256];
	va_list args;

	if (!s->out)
		return 0;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	return sink_damage(s->out, at, why);
}

int
search_add(const struct search *s, const struct volume *volume)
{
	struct volume *v;

	for (size_t i = 0; i < s->volumes->n; i++)
		if (s->volumes->at[i].offset == volume->offset && s->volumes->at[i].fs == volume->fs)
			return search_damage(s, volume->offset, "found twice: it is listed as one volume");
	if (s->volumes->n >= VOLUMES_MOST)
		return search_damage(s, volume->offset, "more volumes than are listed: this one is left out");
	v = vector_push(s->volumes);
	if (!v)
		return fail(ENOMEM, "out of memory for the list of volumes");
	*v = *volume;
	return 0;
}

static int
add_found(const struct search *s, struct volume *v, const char *how)
{
	int r;

	snprintf(v->description, sizeof(v->description), "in no partition table, found by %s", how);
	r = search_add(s, v);
	return r < 0 ? r
		     : search_damage(s, v->offset, "a volume that no partition table lists: %s", volume_fs_name(v->fs));
}

/* Which of the two boot sectors of an NTFS volume it is: its $MFT tells, or the other one. -1 when it is the copy that
 * belongs to a volume before the gap. */
static int
place_ntfs(const struct gap *gap, struct view sector, uint64_t at, uint64_t from, struct volume *v)
{
	struct source *media = gap->s->media;
	uint64_t behind = v->bytes, sector_size = behind ? SECTOR : 0;
	const char *why;
	struct geometry g;
	uint64_t starts[2] = { at, UINT64_MAX };

	if (boot_parse(sector, &g, &why) == 0) {
		sector_size = g.sector_size;
		behind = v->bytes ? v->bytes - sector_size : 0;
	}
	if (behind && behind <= at)
		starts[1] = at - behind;
	for (int copy = 0; copy < 2; copy++) {
		uint64_t other = copy ? starts[1] : at + behind;

		if (starts[copy] == UINT64_MAX)
			continue;
		v->offset = starts[copy];
		if (boot_leads(media, v->offset, gap->to - v->offset, sector))
			return v->offset < from ? -1 : copy;
		if (behind && other < gap->to && boot_equal(media, other, sector))
			return v->offset < from ? -1 : copy;
	}
	v->offset = at;
	return 0;
}

/* A boot sector that no table points to: 1 when there was one, and where its volume ends. */
static int
found_boot(const struct gap *gap, struct view sector, uint64_t at, uint64_t from, uint64_t *ret_end)
{
	uint64_t bytes;
	struct volume v = { .offset = at, .sector_size = gap->s->sector_size, .fs = boot_sector(sector, &bytes) };
	int copy = 0, r;

	if (v.fs == FS_UNKNOWN && boot_leads(gap->s->media, at, gap->to - at, sector)) {
		v.fs = FS_NTFS;
		bytes = (le64_get(*VIEW_AT(sector, 40, le64)) + 1) * le16_get(*VIEW_AT(sector, 11, le16));
	}
	if (v.fs == FS_UNKNOWN)
		return 0;
	v.bytes = bytes;
	if (v.fs == FS_NTFS)
		copy = place_ntfs(gap, sector, at, from, &v);
	if (copy < 0)
		return 0;
	v.bytes = bytes && bytes < gap->to - v.offset ? bytes : gap->to - v.offset;
	r = add_found(gap->s, &v, copy ? "the copy of its boot sector" : "its boot sector");
	*ret_end = v.offset + v.bytes > at + SECTOR ? v.offset + v.bytes : at + SECTOR;
	return r < 0 ? r : 1;
}

/* Every sector from here to `to`. */
static int
look(const struct gap *gap, uint64_t at, uint64_t to, uint64_t from, uint64_t *ret_end)
{
	ssize_t n;

	to = to < gap->to ? to : gap->to;
	if (at >= to)
		return 0;
	n = source_read(gap->s->media, at, gap->bytes, to - at < HEAD ? (size_t)(to - at) : HEAD);
	if (n < 0)
		return (int)n;
	for (size_t i = 0; i + SECTOR <= (size_t)n; i += SECTOR) {
		int r = found_boot(gap, view_of(gap->bytes + i, SECTOR), at + i, from, ret_end);

		if (r != 0)
			return r;
	}
	return 0;
}

/* The next place behind this one where partitions begin: the last sector of the one before lies just above it. */
static uint64_t
next_mark(uint64_t at)
{
	uint64_t mib = at / MIB * MIB + MIB, cylinder = at / CYLINDER * CYLINDER + CYLINDER;

	return mib < cylinder ? mib : cylinder;
}

/* Where partitions begin, and the sectors before that, where they end. */
static int
look_at_marks(struct gap *gap, uint64_t from, uint64_t *ret_end)
{
	for (uint64_t mark = next_mark(from + MIB); mark - SECTOR < gap->to; mark = next_mark(mark)) {
		uint64_t stored, end;
		int r = source_next_data(gap->s->media, mark - SECTOR_MOST, &stored, &end);

		if (r <= 0)
			return r;
		if (stored > mark + MIB) { /* a hole: there is nothing to find */
			mark = stored / MIB * MIB - MIB > mark ? stored / MIB * MIB - MIB : mark;
			continue;
		}
		if (!gap->steps)
			return search_damage(gap->s, mark,
					     "behind here volumes that no partition table lists were not looked for");
		gap->steps--;
		r = look(gap, mark - SECTOR_MOST, mark + SECTOR, from, ret_end);
		if (r == 0 && mark % CYLINDER == 0)
			r = look(gap, mark + TRACK, mark + TRACK + SECTOR, from, ret_end);
		if (r != 0)
			return r;
	}
	return 0;
}

/* With no boot sector to be seen, records may still show where a volume lies. */
static int
found_headless(const struct gap *gap, uint64_t from)
{
	struct headless found;
	struct volume v;
	int r = headless_find(gap->s->media, from, gap->to, &found);

	if (r <= 0)
		return r;
	v = (struct volume){
		.offset = found.start, .bytes = found.bytes, .sector_size = gap->s->sector_size, .fs = FS_NTFS
	};
	return add_found(gap->s, &v, "its first records");
}

int
search_gap(const struct search *s, uint64_t from, uint64_t to)
{
	CLEANUP(free) uint8_t *bytes = malloc(HEAD);
	struct gap gap = { .s = s, .to = to, .steps = STEPS_MOST, .bytes = bytes };
	size_t before = s->volumes->n;
	uint64_t at = from;
	int r = 1;

	if (!bytes)
		return fail(ENOMEM, "out of memory for a gap between partitions");
	while (r > 0 && at < to && s->volumes->n < VOLUMES_MOST) {
		uint64_t end = to;

		r = look(&gap, at, at + HEAD, at, &end);
		if (r == 0)
			r = look_at_marks(&gap, at, &end);
		at = end;
	}
	if (r == 0 && s->volumes->n == before)
		r = found_headless(&gap, from);
	return r < 0 ? r : 0;
}

/* volume_gap.c - volumes that no partition table lists: deleted, or left over when the table was destroyed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "fail.h"
#include "volume_own.h"

enum {
	SECTOR = 512,
	GAP_LOOK = (1 << 20) + (64 << 10), /* old partitions begin with the gap, at sector 63 or at 1 MiB */
	STEP = 1 << 20,                    /* where partitions begin since Windows Vista */
	STEPS_MOST = 1 << 16,
	VOLUMES_MOST = 4096,
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

	if (s->volumes->n >= VOLUMES_MOST)
		return 0;
	v = vector_push(s->volumes);
	if (!v)
		return fail(ENOMEM, "out of memory for the list of volumes");
	*v = *volume;
	return 0;
}

/* A boot sector that no table points to: 1 when there was one, and where its volume ends. */
static int
found_boot(const struct search *s, struct view sector, uint64_t at, uint64_t end, uint64_t *ret_end)
{
	uint64_t bytes;
	struct volume v = { .offset = at, .sector_size = s->sector_size, .fs = boot_sector(sector, &bytes) };
	int r;

	if (v.fs == FS_UNKNOWN)
		return 0;
	v.bytes = bytes && bytes < end - at ? bytes : end - at;
	snprintf(v.description, sizeof(v.description), "in no partition table, found by its boot sector");
	r = search_add(s, &v);
	r = r < 0 ? r : search_damage(s, at, "a volume that no partition table lists: %s", volume_fs_name(v.fs));
	*ret_end = at + v.bytes;
	return r < 0 ? r : 1;
}

/* Looks at every sector of the first MiB of a stretch that no partition covers. */
int
search_gap(const struct search *s, uint64_t from, uint64_t to)
{
	CLEANUP(free) uint8_t *bytes = malloc(GAP_LOOK);
	ssize_t n;

	if (!bytes)
		return fail(ENOMEM, "out of memory for a gap between partitions");
	n = source_read(s->media, from, bytes, to - from < GAP_LOOK ? (size_t)(to - from) : GAP_LOOK);
	if (n < 0)
		return (int)n;
	for (size_t i = 0; i + SECTOR <= (size_t)n; i += SECTOR) {
		uint64_t end = 0;
		int r = found_boot(s, view_of(bytes + i, SECTOR), from + i, to, &end);

		if (r < 0)
			return r;
		if (r > 0) /* the rest of the gap is this volume's; behind it nothing is looked for */
			return 0;
	}
	return 0;
}

/* No table is left: volumes may begin at any MiB. */
int
search_everywhere(const struct search *s)
{
	uint8_t sector[SECTOR];
	unsigned budget = STEPS_MOST;
	int r = search_gap(s, 0, s->media->size);

	for (uint64_t at = s->volumes->n ? s->volumes->at[0].offset + s->volumes->at[0].bytes : 2 * STEP;
	     r >= 0 && at < s->media->size && budget--;) {
		uint64_t end = 0;
		ssize_t n;

		at = (at + STEP - 1) / STEP * STEP;
		n = source_read(s->media, at, sector, sizeof(sector));
		if (n < 0)
			return (int)n;
		r = found_boot(s, view_of(sector, (size_t)n), at, s->media->size, &end);
		at = r > 0 && end > at ? end : at + STEP;
	}
	return r < 0 ? r : 0;
}

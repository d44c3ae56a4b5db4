/* rescue.c - records of the $MFT found by what they are, when no map leads to them: the whole volume is searched. */
#include "rescue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "extents.h"
#include "fail.h"
#include "layout.h"
#include "stream.h"

enum {
	BLOCK = 1 << 20,
	PHASE_SECONDS = 600, /* of processor time, as a phase of the examination has that goes on behind the search */
	UNITS_MAX = 1 << 22, /* 64 MiB of them; of clusters of 4 KiB with 4 records each: 16 million records */
	RUNS_MAX = 1 << 17,  /* of a map put together from what was found */
	BRIDGE = 64 << 10,   /* bytes between two finds that follow each other: what lies there is theirs, too */
	MIRRORED = 4,        /* records that $MFTMirr repeats */
	PAIRS = 18,          /* a run with eight bytes for each number, and the zero behind it */
};

#define KNOWN UINT64_MAX /* newer than anything that is found */

/*
 * The $MFT is laid out in clusters, or in records where those are larger: a spot is what can lie in a place of its own.
 * Cluster 0 holds the boot sector, so it stands for a place that is not known.
 */
struct spot {
	uint64_t cluster;
	uint64_t written; /* $LogFile sequence number of its newest record: of two copies the newer one counts */
};

struct rescue {
	struct ntfs *ntfs;
	uint64_t unit_bytes, unit_clusters;
	uint64_t most;  /* units that the $MFT can have */
	uint64_t found; /* records, where no map leads */
	uint64_t older, beyond;
	VECTOR(struct spot) units;
};

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	return out ? sink_damage(out, offset, why) : 0;
}

int
rescue_number(struct view head, uint32_t record_size, uint64_t *ret_number)
{
	const struct disk_record *r = VIEW_AT(head, 0, struct disk_record);
	uint32_t array, first;

	if (!r || (memcmp(r->sectors.signature, "FILE", 4) && memcmp(r->sectors.signature, "BAAD", 4)))
		return 0;
	array = le16_get(r->sectors.array);
	first = le16_get(r->attributes);
	if (array < sizeof(*r) || array % 2 || le16_get(r->sectors.count) != record_size / SECTOR_STRIDE + 1 ||
	    le32_get(r->room) != record_size || first < array || first >= record_size)
		return 0;
	*ret_number = le32_get(r->number);
	/* mkntfs leaves 0 in those that it keeps in reserve */
	return *ret_number || le16_get(r->flags) & RECORD_IN_USE;
}

enum weight { AGAINST, NEITHER, FOR };

/* What speaks for that record at that place. 0 or negative. */
static int
weigh_record(struct ntfs *ntfs, uint64_t at, uint64_t number, enum weight *ret_weight)
{
	uint8_t head[sizeof(struct disk_record)], any = 0;
	uint64_t stated;
	int r = source_read_all(ntfs->volume, at, head, sizeof(head));

	*ret_weight = NEITHER;
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	for (size_t i = 0; i < sizeof(head); i++)
		any |= head[i];
	if (!any || source_trust(ntfs->volume, at, at + sizeof(head)))
		return 0;
	if (rescue_number(view_of(head, sizeof(head)), ntfs->geometry.record_size, &stated))
		*ret_weight = stated == number ? FOR : AGAINST;
	else if (memcmp(head, "FILE", 4) && memcmp(head, "BAAD", 4))
		*ret_weight = AGAINST;
	return 0;
}

int
rescue_fits(struct ntfs *ntfs, const struct extent *e)
{
	uint64_t size = ntfs->geometry.record_size, first = (e->offset + size - 1) / size;
	uint64_t end = (e->offset + e->length) / size, numbers[3] = { first, first + (end - first) / 2, end - 1 };
	bool against = false;

	if (!extent_stored(e) || first >= end)
		return extent_stored(e);
	/* among the first twelve, which every volume has, one at least must be there */
	for (size_t i = 0; i < 3 + (first ? 0 : SYSTEM_RECORDS); i++) {
		uint64_t number = i < 3 ? numbers[i] : i - 3;
		enum weight weight;
		int r;

		if (number >= end)
			break;
		r = weigh_record(ntfs, e->at + number * size - e->offset, number, &weight);

		if (r < 0 || weight == FOR)
			return r < 0 ? r : 1;
		against |= weight == AGAINST;
	}
	return !against && first;
}

/* The unit with that number, of a table that grows up to it; NULL without memory. */
static struct spot *
unit_at(struct rescue *s, uint64_t number)
{
	while (s->units.n <= number)
		if (!vector_push(&s->units))
			return NULL;
	return &s->units.at[number];
}

static int
no_memory(const struct rescue *s)
{
	return fail(ENOMEM, "out of memory for the $MFT of %s", s->ntfs->volume->name);
}

static int
take_known(struct rescue *s)
{
	struct stream_info info = { 0 };

	if (s->ntfs->mft)
		stream_info(s->ntfs->mft, &info);
	for (size_t i = 0; i < info.extent_count; i++) {
		const struct extent *e = &info.extents[i];
		int r = rescue_fits(s->ntfs, e);

		if (r < 0)
			return r;
		for (uint64_t at = 0; r && at + s->unit_bytes <= e->length; at += s->unit_bytes) {
			uint64_t number = (e->offset + at) / s->unit_bytes;
			struct spot *unit;

			if (number >= s->most || (e->offset + at) % s->unit_bytes)
				break;
			unit = unit_at(s, number);
			if (!unit)
				return no_memory(s);
			*unit = (struct spot){ (e->at + at) / s->ntfs->geometry.cluster_size, KNOWN };
		}
	}
	return 0;
}

/* A record was found: its unit lies there, unless a newer copy of it lies elsewhere. */
static int
take_find(struct rescue *s, uint64_t at, uint64_t number, uint64_t written)
{
	const struct geometry *g = &s->ntfs->geometry;
	uint64_t within = number * g->record_size % s->unit_bytes, cluster;
	uint64_t which = number * g->record_size / s->unit_bytes;
	struct spot *unit;

	if (at < within || (at - within) % g->cluster_size)
		return 0; /* no part of an $MFT: in $LogFile, in a file */
	cluster = (at - within) / g->cluster_size;
	if (which >= s->most) {
		s->beyond++;
		return 0;
	}
	unit = unit_at(s, which);
	if (!unit)
		return no_memory(s);
	if (unit->cluster && unit->written == KNOWN)
		return 0;
	if (cluster >= g->mirror && (cluster - g->mirror) * g->cluster_size < MIRRORED * g->record_size)
		written = 0; /* a copy for when there is no other */
	if (unit->cluster && unit->cluster != cluster) {
		s->older += written && unit->written;
		if (written <= unit->written)
			return 0;
	}
	if (unit->cluster == cluster && written < unit->written)
		written = unit->written;
	*unit = (struct spot){ cluster, written };
	s->found++;
	return 0;
}

static int
search_block(struct rescue *s, const uint8_t *bytes, size_t n, uint64_t at)
{
	const struct geometry *g = &s->ntfs->geometry;
	size_t step = g->record_size < g->cluster_size ? g->record_size : g->cluster_size;
	int r = 0;

	for (size_t i = 0; i + sizeof(struct disk_record) <= n && r == 0; i += step) {
		struct view head = view_of(bytes + i, sizeof(struct disk_record));
		uint64_t number;

		if (rescue_number(head, g->record_size, &number))
			r = take_find(s, at + i, number, le64_get(VIEW_AT(head, 0, struct disk_record)->journal));
	}
	return r;
}

/* Everything that is stored of the volume, in blocks that begin where records do. */
static int
search_volume(struct rescue *s)
{
	CLEANUP(free) uint8_t *bytes = malloc(BLOCK);
	struct source *volume = s->ntfs->volume;
	uint64_t from, to;
	int r = 0;

	if (!bytes)
		return no_memory(s);
	for (uint64_t at = 0; at < volume->size && (r = source_next_data(volume, at, &from, &to)) > 0; at = to) {
		from = from < at ? at : from;
		to = (to + BLOCK - 1) / BLOCK * BLOCK;
		for (from -= from % BLOCK; from < to; from += BLOCK) {
			ssize_t n = source_read(volume, from, bytes, BLOCK);

			watch_beat(s->ntfs->watch, WATCH_MAIN, PHASE_SECONDS);
			r = n < 0 ? (int)n : search_block(s, bytes, (size_t)n, from);
			if (r < 0)
				return r;
		}
	}
	return r < 0 ? r : 0;
}

/* What lies between two finds that follow each other belongs to them, though nothing in it can be recognised. */
static void
bridge(struct rescue *s)
{
	size_t last = 0;

	for (size_t i = 1; i < s->units.n; i++) {
		const struct spot *from = &s->units.at[last];

		if (!s->units.at[i].cluster)
			continue;
		if (from->cluster && i - last <= 1 + BRIDGE / s->unit_bytes &&
		    s->units.at[i].cluster == from->cluster + (i - last) * s->unit_clusters)
			for (size_t k = last + 1; k < i; k++)
				s->units.at[k].cluster = from->cluster + (k - last) * s->unit_clusters;
		last = i;
	}
}

/* How many units from this one on lie in a row, 0 when it is not known where. */
static size_t
row_of(const struct rescue *s, size_t first)
{
	const struct spot *units = s->units.at;
	size_t n = first < s->units.n && units[first].cluster;

	while (n && first + n < s->units.n && units[first + n].cluster == units[first].cluster + n * s->unit_clusters)
		n++;
	return n;
}

/* One attribute for each row, so that what lies between them is missing and no hole. */
static int
add_row(const struct rescue *s, struct pieces *pieces, size_t first, size_t n, uint64_t size)
{
	uint8_t *pairs = arena_take(&pieces->arena, PAIRS, 1);
	struct piece *piece = pairs ? vector_push(&pieces->list) : NULL;
	uint64_t clusters = n * s->unit_clusters, at = n ? s->units.at[first].cluster : 0;

	if (!piece)
		return no_memory(s);
	memset(pairs, 0, PAIRS);
	pairs[0] = n ? 0x88 : 0;
	for (unsigned i = 0; i < 8; i++) {
		pairs[1 + i] = (uint8_t)(clusters >> (8 * i));
		pairs[9 + i] = (uint8_t)(at >> (8 * i));
	}
	piece->attribute = (struct attribute){ .type = ATTRIBUTE_DATA,
					       .value = view_of(pairs, PAIRS),
					       .first_vcn = first * s->unit_clusters,
					       .last_vcn = UINT64_MAX,
					       .size = size };
	return 0;
}

static int
open_rows(const struct rescue *s, uint64_t size, struct sink *out, struct source **ret_mft)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	const struct geometry *g = &s->ntfs->geometry;
	uint64_t rows = 1;
	size_t n = row_of(s, 0);
	int r;

	if (s->units.n * s->unit_bytes > size)
		size = s->units.n * s->unit_bytes;
	r = add_row(s, &pieces, 0, n, size);
	for (size_t i = n; i < s->units.n && r == 0; i += n ? n : 1) {
		n = row_of(s, i);
		if (!n)
			continue;
		if (rows++ >= RUNS_MAX) {
			r = tell(out, g->mft * g->cluster_size,
				 "the records of the $MFT lie in too many places: the rest is left out");
			break;
		}
		r = add_row(s, &pieces, i, n, 0);
	}
	if (r < 0)
		return r;
	return stream_of(s->ntfs, &pieces, ATTRIBUTE_DATA, view_of(NULL, 0), true, out, ret_mft);
}

static int
tell_counts(const struct rescue *s, struct sink *out)
{
	uint64_t at = s->ntfs->geometry.mft * s->ntfs->geometry.cluster_size;
	char why[192];
	int r;

	snprintf(why, sizeof(why),
		 "the $MFT is not wholly mapped: the volume was searched for its records, and %" PRIu64
		 " were found beside those that a map leads to",
		 s->found);
	r = tell(out, at, why);
	if (r == 0 && s->older) {
		snprintf(why, sizeof(why),
			 "%" PRIu64 " times a record was found in two places (snapshots, an earlier file system): the "
			 "one that was changed last is used",
			 s->older);
		r = tell(out, at, why);
	}
	if (r == 0 && s->beyond) {
		snprintf(why, sizeof(why),
			 "%" PRIu64 " records state numbers behind the end of the $MFT: they were left out", s->beyond);
		r = tell(out, at, why);
	}
	return r;
}

int
rescue_mft(struct ntfs *ntfs, uint64_t size, struct sink *out)
{
	const struct geometry *g = &ntfs->geometry;
	uint64_t unit = g->cluster_size > g->record_size ? g->cluster_size : g->record_size;
	struct rescue s = {
		.ntfs = ntfs, .unit_bytes = unit, .unit_clusters = unit / g->cluster_size, .most = UNITS_MAX
	};
	struct source *mft = NULL;
	int r;

	if (size && size / unit < s.most && size <= ntfs->volume->size)
		s.most = (size + unit - 1) / unit;
	r = take_known(&s);
	if (r == 0)
		r = search_volume(&s);
	bridge(&s);
	if (r == 0 && !s.units.n)
		r = ntfs->mft ? 0 : -EINVAL;
	else if (r == 0)
		r = open_rows(&s, size, out, &mft);
	if (r == 0)
		r = tell_counts(&s, out);
	if (r == 0 && mft) {
		source_close(ntfs->mft);
		ntfs->mft = mft;
		mft = NULL;
	}
	source_close(mft);
	vector_free(&s.units);
	return r;
}

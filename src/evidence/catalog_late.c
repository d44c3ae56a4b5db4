/*
 * catalog_late.c - entries whose attributes lie in several records, put together once all records have been seen; and
 * extension records that have lost their base, which stay in the catalogue as entries of their own.
 */
#include <errno.h>
#include <stdio.h>

#include "catalog_own.h"
#include "fail.h"
#include "pieces.h"
#include "pool.h"
#include "reference.h"

enum { BATCH = 64 }; /* entries in a late slab */

struct trouble {
	uint64_t offset; /* within the $MFT */
	const char *why;
};

struct slot {
	struct slab slab;
	struct packer packer;
	VECTOR(struct trouble) troubles;
	VECTOR(struct stray) strays;
};

struct work {
	struct sweep *sweep;
	struct slot *slots;
	unsigned ahead;
};

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int
by_base(const void *a, const void *b)
{
	const struct stray *x = a, *y = b;
	int c = by_number(&x->base, &y->base);

	return c ? c : by_number(&x->record, &y->record);
}

/* Whether the base that an extension names is still (or was, when it was deleted) what it belonged to. */
static bool
has_base(const struct catalog *catalog, const struct stray *s)
{
	struct catalog_cursor cursor;
	bool fits;

	if (catalog_get(catalog, s->base >> 16, &cursor) <= 0)
		return false;
	fits = sequence_fits((uint16_t)s->base, cursor.entry.sequence, cursor.entry.flags & ENTRY_ALLOCATED);
	catalog_stop(&cursor);
	return fits;
}

/* All bases and all orphans, once each and in order. */
static int
list_late(struct sweep *sweep)
{
	size_t kept = 0;

	for (size_t i = 0; i < sweep->extended.n + sweep->extensions.n; i++) {
		uint64_t *number = vector_push(&sweep->late);
		const struct stray *s;

		if (!number)
			return -ENOMEM;
		if (i < sweep->extended.n) {
			*number = sweep->extended.at[i];
			continue;
		}
		s = &sweep->extensions.at[i - sweep->extended.n];
		*number = has_base(sweep->catalog, s) ? s->base >> 16 : s->record;
	}
	vector_sort(&sweep->late, by_number);
	for (size_t i = 0; i < sweep->late.n; i++)
		if (!kept || sweep->late.at[kept - 1] != sweep->late.at[i])
			sweep->late.at[kept++] = sweep->late.at[i];
	sweep->late.n = kept;
	return 0;
}

/* Those of the entry's extension records that were found, but not through its attribute list. */
static int
note_strays(struct slot *slot, const struct pieces *pieces, const struct stray *others, size_t n)
{
	size_t i = pieces->listed;

	/* both are in the same order */
	for (size_t k = 0; k < n && i < pieces->holders.n; k++) {
		struct stray *s;

		if (others[k].record != pieces->holders.at[i])
			continue;
		s = vector_push(&slot->strays);
		if (!s)
			return -ENOMEM;
		*s = others[k];
		i++;
	}
	return 0;
}

static int
note_troubles(struct slot *slot, const struct pieces *pieces, uint64_t offset)
{
	for (uint32_t i = 0; i < pieces->whys.n; i++) {
		struct trouble *t = vector_push(&slot->troubles);

		if (!t)
			return -ENOMEM;
		*t = (struct trouble){ .offset = offset, .why = pieces->whys.at[i] };
	}
	return 0;
}

/* What is left of a freed extension is worth a word where what it extends was never there. */
static int
note_no_base(struct slot *slot, uint64_t offset)
{
	struct trouble *t = vector_push(&slot->troubles);

	if (!t)
		return -ENOMEM;
	*t = (struct trouble){ .offset = offset, .why = "it extends a record that is beyond the end of the $MFT" };
	return 0;
}

static int
put_together(struct work *work, struct slot *slot, uint64_t number)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	const struct sweep *sweep = work->sweep;
	const struct stray *others;
	size_t n = strays_of(sweep->extensions.at, sweep->extensions.n, number, &others);
	struct entry entry;
	bool orphan;
	int r = pieces_of(sweep->ntfs, number, others, n, &pieces);

	if (r == -EINVAL || r == -ENODATA)
		return 0;
	if (r == 0)
		r = pieces_entry(&pieces, &entry, NULL);
	if (r < 0)
		return r;
	orphan = reference_pack(pieces.base) && pieces.base.entry != number;
	if (orphan && !entry.name_count && !entry.stream_count)
		return pieces.base.entry < sweep->catalog->records
			       ? 0
			       : note_no_base(slot, number * sweep->ntfs->geometry.record_size);
	entry.flags |= orphan ? ENTRY_PARTIAL : 0;
	/* what a deletion has left of an extension record is no damage */
	if (!orphan || entry.flags & ENTRY_ALLOCATED)
		r = note_troubles(slot, &pieces, number * sweep->ntfs->geometry.record_size);
	if (r == 0)
		r = note_strays(slot, &pieces, others, n);
	return r < 0 ? r : packer_add(&slot->packer, &entry);
}

/* An entry that has ended a worker stays as its first record alone tells it. */
static int
take_entry(struct work *work, struct slot *slot, unsigned thread, uint64_t number)
{
	struct ntfs *ntfs = work->sweep->ntfs;
	struct unit unit = { .kind = UNIT_ENTRY, .volume = ntfs->number, .at = number };
	const struct aside *aside = watch_aside(ntfs->watch, &unit);
	struct trouble *t;
	int r;

	if (aside) {
		t = vector_push(&slot->troubles);
		if (!t)
			return -ENOMEM;
		*t = (struct trouble){ .offset = number * ntfs->geometry.record_size, .why = aside->why };
		return 0;
	}
	watch_begin(ntfs->watch, thread, &unit, WATCH_SECONDS);
	r = put_together(work, slot, number);
	if (r < 0)
		watch_failed(ntfs->watch);
	watch_end(ntfs->watch, thread);
	return r;
}

static int
work_batch(void *state, unsigned thread, uint64_t i)
{
	struct work *work = state;
	struct sweep *sweep = work->sweep;
	struct slot *slot = &work->slots[i % work->ahead];
	size_t first = (size_t)i * BATCH, end = sweep->late.n - first < BATCH ? sweep->late.n : first + BATCH;
	int r = 0;

	packer_start(&slot->packer, sweep->late.at[first], sweep->catalog->cluster_size);
	for (size_t k = first; k < end && r == 0; k++)
		r = take_entry(work, slot, thread, sweep->late.at[k]);
	if (r == 0)
		r = packer_end(&slot->packer, &slot->slab);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the entries of %s", sweep->ntfs->volume->name) : r;
}

static int
hand_over(struct sweep *sweep, struct slot *slot)
{
	struct slab *slab = vector_push(&sweep->catalog->late);

	if (!slab)
		return -ENOMEM;
	*slab = slot->slab;
	slot->slab = (struct slab){ 0 };
	for (size_t i = 0; i < slot->strays.n; i++) {
		struct stray *s = vector_push(&sweep->strays);

		if (!s)
			return -ENOMEM;
		*s = slot->strays.at[i];
	}
	return catalog_number_folders(sweep->catalog, &slot->packer.parents, slab);
}

static int
done_batch(void *state, uint64_t i)
{
	struct work *work = state;
	struct sweep *sweep = work->sweep;
	struct slot *slot = &work->slots[i % work->ahead];
	int r = hand_over(sweep, slot);

	if (r < 0)
		return fail(ENOMEM, "out of memory for the entries of %s", sweep->ntfs->volume->name);
	for (size_t k = 0; k < slot->troubles.n && r >= 0 && sweep->out; k++)
		r = sink_damage(sweep->out, slot->troubles.at[k].offset, slot->troubles.at[k].why);
	slot->troubles.n = slot->strays.n = 0;
	return r < 0 ? r : 0;
}

static int
run_batches(struct sweep *sweep)
{
	struct work work = { .sweep = sweep, .ahead = (sweep->threads ? sweep->threads : 1) * 2 };
	struct pool_job job = {
		.n = (sweep->late.n + BATCH - 1) / BATCH,
		.threads = sweep->threads,
		.ahead = work.ahead,
		.state = &work,
		.work = work_batch,
		.done = done_batch,
	};
	int r;

	work.slots = calloc(work.ahead, sizeof(*work.slots));
	r = work.slots ? pool_run(&job) : fail(ENOMEM, "out of memory for %u threads", sweep->threads);
	for (unsigned i = 0; work.slots && i < work.ahead; i++) {
		slab_free(&work.slots[i].slab);
		packer_free(&work.slots[i].packer);
		vector_free(&work.slots[i].troubles);
		vector_free(&work.slots[i].strays);
	}
	free(work.slots);
	return r;
}

/* Says how many extension records were found beside all attribute lists. */
static int
tell_strays(struct sweep *sweep)
{
	char why[128];

	if (!sweep->strays.n || !sweep->out)
		return 0;
	snprintf(why, sizeof(why), "%zu extension records are in no attribute list; they were added to their entries",
		 sweep->strays.n);
	return sink_damage(sweep->out, sweep->strays.at[0].record * sweep->ntfs->geometry.record_size, why);
}

int
sweep_late(struct sweep *sweep)
{
	int r;

	vector_sort(&sweep->extensions, by_base);
	if (list_late(sweep) < 0)
		return fail(ENOMEM, "out of memory for the entries of %s", sweep->ntfs->volume->name);
	r = run_batches(sweep);
	if (r == 0)
		r = tell_strays(sweep);
	if (r < 0)
		return r;
	vector_sort(&sweep->strays, by_base);
	free(sweep->ntfs->strays);
	sweep->ntfs->strays = sweep->strays.at;
	sweep->ntfs->stray_count = sweep->strays.n;
	sweep->strays.at = NULL;
	vector_free(&sweep->strays);
	return 0;
}

/* catalog_sweep.c - the one pass over the $MFT: slabs read, parsed and packed by several threads, kept in order. */
#include <errno.h>
#include <stdio.h>

#include "catalog_own.h"
#include "fail.h"
#include "layout.h"
#include "pool.h"
#include "record.h"
#include "reference.h"

/* The same trouble with records that follow each other. */
struct trouble {
	uint64_t first, n; /* numbers */
	const char *why;
};

/* Windows gives out records from 24 on, ntfs-3g from 64 on; those before may stay zeros for ever. */
enum { RESERVED_RECORDS = 64 };

/* What has come of one slab. */
struct slot {
	VECTOR(struct blank) blanks;
	uint64_t last_written;
	struct slab slab;
	struct catalog_count count;
	VECTOR(uint64_t) parents;
	VECTOR(struct trouble) troubles;
	VECTOR(uint64_t) extended;
	VECTOR(struct stray) extensions;
	VECTOR(uint64_t) several; /* records that an entry has more of, as mft_hold wants them, */
	struct text bytes;        /* and what they hold */
};

/* What a thread works with. */
struct bench {
	uint8_t *bytes;
	struct arena arena;
	struct packer packer;
	uint8_t used[SLAB_RECORDS_BYTES / SECTOR_STRIDE / 8]; /* a bit for each record of the slab, 0 where not known */
};

struct work {
	struct sweep *sweep;
	struct slot *slots;
	struct bench *benches;
	uint32_t record_size;
	unsigned ahead, threads;
};

static int
note_trouble(struct slot *slot, uint64_t number, const char *why)
{
	struct trouble *t = slot->troubles.n ? &slot->troubles.at[slot->troubles.n - 1] : NULL;

	if (t && t->why == why && t->first + t->n == number) {
		t->n++;
		return 0;
	}
	t = vector_push(&slot->troubles);
	if (!t)
		return -ENOMEM;
	*t = (struct trouble){ .first = number, .n = 1, .why = why };
	return 0;
}

static int
note_extension(struct slot *slot, uint64_t number, struct reference base)
{
	struct stray *s = vector_push(&slot->extensions);

	if (!s)
		return -ENOMEM;
	*s = (struct stray){ .base = base.entry << 16 | base.sequence, .record = number };
	slot->count.extensions++;
	return 0;
}

static int
note_entry(struct slot *slot, struct bench *bench, const struct entry *entry)
{
	slot->count.parsed++;
	slot->count.allocated += !!(entry->flags & ENTRY_ALLOCATED);
	slot->count.folders += !!(entry->flags & ENTRY_DIRECTORY);
	slot->count.torn += !!(entry->flags & ENTRY_TORN);
	if (entry->flags & ENTRY_EXTENDED) {
		uint64_t *number = vector_push(&slot->extended);

		if (!number)
			return -ENOMEM;
		*number = entry->number;
	}
	return packer_add(&bench->packer, entry);
}

/* What is known against the bytes of one record; asked only where something in the slab is known to be wrong. */
static unsigned
record_trust(struct work *work, uint64_t number)
{
	uint64_t at = number * work->record_size;

	return source_trust(work->sweep->ntfs->mft, at, at + work->record_size);
}

static const char *
distrust(unsigned trust)
{
	if (trust & TRUST_MISSING)
		return "the record is not there, or not all of it";
	return "the record lies where the image is damaged";
}

/* Which records of a slab the $MFT's own bitmap has in use. */
static int
read_used(struct source *records, struct bench *bench, uint64_t first, uint64_t n)
{
	uint64_t from = first / 8, to = (first + n + 7) / 8;
	ssize_t r = records ? source_read(records, from, bench->used, (size_t)(to - from)) : 0;

	if (r < 0)
		return (int)r;
	if (r && source_trust(records, from, to))
		r = 0;
	memset(bench->used + r, 0, sizeof(bench->used) - (size_t)r);
	for (unsigned i = 0; !records && !first && i < SYSTEM_RECORDS; i++)
		bench->used[i / 8] |= (uint8_t)(1 << i % 8);
	return 0;
}

static int
note_blank(struct slot *slot, uint64_t number)
{
	struct blank *b = slot->blanks.n ? &slot->blanks.at[slot->blanks.n - 1] : NULL;

	if (number < RESERVED_RECORDS)
		return 0;
	if (!b || b->first + b->n != number) {
		b = vector_push(&slot->blanks);
		if (!b)
			return -ENOMEM;
		*b = (struct blank){ .first = number };
	}
	b->n++;
	return 0;
}

static int
take_state(struct slot *slot, struct bench *bench, int state, bool used, const struct entry *entry,
	   struct reference base)
{
	slot->count.records++;
	if (state != RECORD_EMPTY || used)
		slot->last_written = entry->number;
	switch (state) {
	case RECORD_PARSED:
		return note_entry(slot, bench, entry);
	case RECORD_EXTENSION:
		return note_extension(slot, entry->number, base);
	case RECORD_EMPTY:
		slot->count.empty++;
		return 0;
	default:
		slot->count.damaged++;
		return 0;
	}
}

static struct unit
records_unit(const struct work *work, uint64_t first, uint64_t n)
{
	return (struct unit){ .kind = UNIT_RECORDS, .volume = work->sweep->ntfs->number, .at = first, .sub = n };
}

/* A record that has ended a worker is one of those that are not known. */
static int
leave_out(struct slot *slot, uint64_t first, uint64_t n, const char *why)
{
	int r = 0;

	slot->count.records += n;
	slot->count.quarantined += n;
	for (uint64_t i = 0; i < n && r == 0; i++)
		r = note_trouble(slot, first + i, why);
	return r;
}

/* It will be asked for again when its entry is put together. */
static int
hold(struct slot *slot, uint64_t number, bool torn, struct view record)
{
	uint64_t *several = vector_push(&slot->several);

	if (!several)
		return -ENOMEM;
	*several = number << 1 | torn;
	return text_add(&slot->bytes, record);
}

static int
take_record(struct work *work, struct slot *slot, struct bench *bench, uint8_t *bytes, uint64_t number, bool doubtful)
{
	uint64_t bit = number % work->sweep->catalog->per_slab;
	bool used = bench->used[bit / 8] >> bit % 8 & 1, torn = record_fixup(bytes, work->record_size);
	unsigned trust = doubtful ? record_trust(work, number) : 0;
	struct entry entry;
	struct reference base;
	const char *why;
	int state, r = 0;

	state = record_parse(view_of(bytes, work->record_size), number, torn, &bench->arena, &entry, &base, &why);
	if (state < 0)
		return state;
	if (trust & TRUST_MISSING && state == RECORD_EMPTY)
		state = RECORD_DAMAGED;
	if (!trust && state == RECORD_EMPTY && !bytes[0] && used) {
		why = "the record is empty, but the bitmap of the $MFT has it in use";
		state = RECORD_DAMAGED;
	} else if (!why && used && !(entry.flags & ENTRY_ALLOCATED)) {
		why = "the record says that it is free, but the bitmap of the $MFT has it in use";
	}
	if (state == RECORD_EXTENSION || (state == RECORD_PARSED && entry.flags & ENTRY_EXTENDED))
		r = hold(slot, number, torn, view_of(bytes, work->record_size));
	if (r < 0)
		return r;
	if (trust)
		r = note_trouble(slot, number, distrust(trust));
	else if (!why && state == RECORD_EMPTY)
		r = note_blank(slot, number);
	else if (why)
		r = note_trouble(slot, number, why);
	return r < 0 ? r : take_state(slot, bench, state, used, &entry, base);
}

/* The parents by reference; their folder numbers are given when the slab's turn has come. */
static int
keep_parents(struct slot *slot, const struct parents *parents)
{
	for (size_t i = 0; i < parents->list.n; i++) {
		uint64_t *p = vector_push(&slot->parents);

		if (!p)
			return -ENOMEM;
		*p = parents->list.at[i];
	}
	return 0;
}

/* Records that are in the buffer, each a unit of its own from here on. */
static int
take_records(struct work *work, struct slot *slot, struct bench *bench, unsigned thread, uint64_t first, uint64_t n)
{
	uint64_t at = first * work->record_size;
	struct watch *watch = work->sweep->ntfs->watch;
	/* known only once they were read */
	bool doubtful = source_trust(work->sweep->ntfs->mft, at, at + n * work->record_size);
	int r = 0;

	for (uint64_t i = 0; i < n && r == 0; i++) {
		struct unit unit = records_unit(work, first + i, 1);
		const struct aside *aside = watch_aside(watch, &unit);

		watch_begin(watch, thread, &unit, WATCH_SECONDS);
		r = aside ? leave_out(slot, first + i, 1, aside->why)
			  : take_record(work, slot, bench, bench->bytes + i * work->record_size, first + i, doubtful);
	}
	return r;
}

/* Reads and takes as many records as one read is to fetch. */
static int
read_records(struct work *work, struct slot *slot, struct bench *bench, unsigned thread, uint64_t first, uint64_t n)
{
	struct watch *watch = work->sweep->ntfs->watch;
	struct unit unit = records_unit(work, first, n);
	const struct aside *aside = watch_aside(watch, &unit);
	int r;

	if (aside && !aside->narrow)
		return leave_out(slot, first, n, aside->why);
	watch_begin(watch, thread, &unit, WATCH_SECONDS);
	r = source_read_all(work->sweep->ntfs->mft, first * work->record_size, bench->bytes,
			    (size_t)n * work->record_size);
	if (r == 0)
		r = take_records(work, slot, bench, thread, first, n);
	if (r < 0)
		watch_failed(watch);
	watch_end(watch, thread);
	return r;
}

static int
sweep_slab(struct work *work, struct slot *slot, struct bench *bench, unsigned thread, uint64_t first, uint64_t n)
{
	struct unit unit = records_unit(work, first, n);
	const struct aside *aside = watch_aside(work->sweep->ntfs->watch, &unit);
	uint64_t step = aside && aside->narrow ? 1 : n;
	int r = read_used(work->sweep->ntfs->records, bench, first, n);

	packer_start(&bench->packer, first, work->sweep->catalog->cluster_size);
	for (uint64_t i = 0; i < n && r == 0; i += step)
		r = read_records(work, slot, bench, thread, first + i, step);
	if (r < 0)
		return r;
	arena_free(&bench->arena);
	r = keep_parents(slot, &bench->packer.parents);
	return r < 0 ? r : packer_end(&bench->packer, &slot->slab);
}

static int
work_slab(void *state, unsigned thread, uint64_t i)
{
	struct work *work = state;
	struct bench *bench = &work->benches[thread];
	uint64_t per_slab = work->sweep->catalog->per_slab, first = i * per_slab;
	uint64_t rest = work->sweep->catalog->records - first;
	int r = -ENOMEM;

	if (!bench->bytes)
		bench->bytes = malloc((size_t)per_slab * work->record_size);
	if (bench->bytes)
		r = sweep_slab(work, &work->slots[i % work->ahead], bench, thread, first,
			       rest < per_slab ? rest : per_slab);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the $MFT of %s", work->sweep->ntfs->volume->name) : r;
}

static void
count_add(struct catalog_count *sum, const struct catalog_count *c)
{
	sum->records += c->records;
	sum->parsed += c->parsed;
	sum->extensions += c->extensions;
	sum->empty += c->empty;
	sum->damaged += c->damaged;
	sum->quarantined += c->quarantined;
	sum->allocated += c->allocated;
	sum->folders += c->folders;
	sum->torn += c->torn;
}

static int
hand_over(struct sweep *sweep, struct slot *slot)
{
	struct parents parents = { .list = { .at = slot->parents.at, .n = slot->parents.n } };
	struct slab *slab = vector_push(&sweep->catalog->slabs);

	if (!slab)
		return -ENOMEM;
	*slab = slot->slab;
	slot->slab = (struct slab){ 0 };
	for (size_t i = 0; i < slot->blanks.n; i++) {
		struct blank *blank = vector_push(&sweep->blanks);

		if (!blank)
			return -ENOMEM;
		*blank = slot->blanks.at[i];
	}
	if (slot->last_written)
		sweep->last_written = slot->last_written;
	for (size_t i = 0; i < slot->extended.n; i++) {
		uint64_t *number = vector_push(&sweep->extended);

		if (!number)
			return -ENOMEM;
		*number = slot->extended.at[i];
	}
	for (size_t i = 0; i < slot->extensions.n; i++) {
		struct stray *s = vector_push(&sweep->extensions);

		if (!s)
			return -ENOMEM;
		*s = slot->extensions.at[i];
	}
	for (size_t i = 0; i < slot->several.n; i++) {
		size_t size = sweep->ntfs->geometry.record_size;
		int r = mft_hold(sweep->ntfs, slot->several.at[i], view_part(text_view(&slot->bytes), i * size, size));

		if (r < 0)
			return r;
	}
	return catalog_number_folders(sweep->catalog, &parents, slab);
}

static void
slot_clear(struct slot *slot)
{
	slot->parents.n = slot->troubles.n = slot->extended.n = slot->extensions.n = slot->blanks.n = 0;
	slot->several.n = 0;
	text_cut(&slot->bytes, 0);
	slot->last_written = 0;
	slot->count = (struct catalog_count){ 0 };
}

static int
tell_troubles(struct work *work, const struct slot *slot)
{
	int r = 0;

	for (size_t i = 0; i < slot->troubles.n && r >= 0 && work->sweep->out; i++) {
		const struct trouble *t = &slot->troubles.at[i];
		char many[160];

		if (t->n > 1)
			snprintf(many, sizeof(many), "%s (%llu records)", t->why, (unsigned long long)t->n);
		r = sink_damage(work->sweep->out, t->first * work->record_size, t->n > 1 ? many : t->why);
	}
	return r;
}

static int
done_slab(void *state, uint64_t i)
{
	struct work *work = state;
	struct sweep *sweep = work->sweep;
	struct slot *slot = &work->slots[i % work->ahead];
	int r = hand_over(sweep, slot);

	if (r < 0)
		return fail(ENOMEM, "out of memory for the entries of %s", sweep->ntfs->volume->name);
	count_add(&sweep->catalog->count, &slot->count);
	r = tell_troubles(work, slot);
	slot_clear(slot);
	if (r >= 0 && sweep->progress)
		r = sweep->progress(sweep->state, sweep->catalog->count.records * work->record_size);
	return r < 0 ? r : 0;
}

static void
work_free(struct work *work)
{
	for (unsigned i = 0; work->slots && i < work->ahead; i++) {
		slab_free(&work->slots[i].slab);
		vector_free(&work->slots[i].blanks);
		vector_free(&work->slots[i].parents);
		vector_free(&work->slots[i].troubles);
		vector_free(&work->slots[i].extended);
		vector_free(&work->slots[i].extensions);
		vector_free(&work->slots[i].several);
		text_free(&work->slots[i].bytes);
	}
	for (unsigned i = 0; work->benches && i < work->threads; i++) {
		free(work->benches[i].bytes);
		arena_free(&work->benches[i].arena);
		packer_free(&work->benches[i].packer);
	}
	free(work->slots);
	free(work->benches);
}

/* Records are given out from the first free one on, and what was written once stays: zeros between records were made
 * so. Those behind the last one were not used yet. */
static int
tell_blanks(const struct sweep *sweep, uint32_t record_size)
{
	int r = 0;

	for (size_t i = 0; i < sweep->blanks.n && r >= 0 && sweep->out; i++) {
		const struct blank *b = &sweep->blanks.at[i];
		char many[160];

		snprintf(many, sizeof(many), "nothing but zeros between records that were written (%llu records)",
			 (unsigned long long)b->n);
		if (b->first < sweep->last_written)
			r = sink_damage(sweep->out, b->first * record_size, many);
	}
	return r < 0 ? r : 0;
}

int
sweep_records(struct sweep *sweep)
{
	struct catalog *catalog = sweep->catalog;
	struct work work = {
		.sweep = sweep,
		.record_size = sweep->ntfs->geometry.record_size,
		.threads = sweep->threads ? sweep->threads : 1,
		.ahead = (sweep->threads ? sweep->threads : 1) * 2,
	};
	struct pool_job job = {
		.n = (catalog->records + catalog->per_slab - 1) / catalog->per_slab,
		.threads = work.threads,
		.ahead = work.ahead,
		.state = &work,
		.work = work_slab,
		.done = done_slab,
	};
	int r;

	work.slots = calloc(work.ahead, sizeof(*work.slots));
	work.benches = calloc(work.threads, sizeof(*work.benches));
	r = work.slots && work.benches ? pool_run(&job) : fail(ENOMEM, "out of memory for %u threads", work.threads);
	work_free(&work);
	return r < 0 ? r : tell_blanks(sweep, work.record_size);
}

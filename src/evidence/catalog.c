/* catalog.c - every entry of one volume in memory: how it is gone through, and how one is looked up. */
#include "catalog.h"

#include <errno.h>

#include "catalog_own.h"
#include "fail.h"
#include "layout.h"
#include "reference.h"

enum { ROOT_SEQUENCE = 5 }; /* what the root folder has on every volume that was not tampered with */

/* Where a cursor stands: once among the sweep's slabs, once among the late ones. */
struct stand {
	size_t slab;
	uint32_t at;
	bool more;
	struct packed packed;
};

struct cursor_state {
	struct stand main, late;
	struct unpacker unpacker;
};

int
catalog_number_folders(struct catalog *catalog, const struct parents *parents, struct slab *slab)
{
	for (uint32_t i = 0; i < slab->folder_count; i++)
		if (parents_index(&catalog->folders, parents->list.at[i], &slab->folders[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* Folder 0 is the root, whatever names come first. */
static int
number_root(struct ntfs *ntfs, struct catalog *catalog)
{
	CLEANUP(free) uint8_t *buf = malloc(ntfs->geometry.record_size);
	struct reference root = { .entry = ENTRY_ROOT, .sequence = ROOT_SEQUENCE };
	uint32_t number;
	int r;

	if (!buf)
		return fail(ENOMEM, "out of memory for a record");
	r = mft_record(ntfs, ENTRY_ROOT, buf);
	if (r < 0 && r != -ENODATA)
		return r;
	if (r >= 0 && !memcmp(buf, "FILE", 4))
		root.sequence = (uint16_t)(buf[16] | buf[17] << 8);
	r = parents_index(&catalog->folders, reference_pack(root), &number);
	return r < 0 ? fail(ENOMEM, "out of memory for the folders of %s", ntfs->volume->name) : 0;
}

static int
run_sweep(struct sweep *sweep)
{
	uint64_t tail = sweep->ntfs->mft->size % sweep->ntfs->geometry.record_size;
	int r = number_root(sweep->ntfs, sweep->catalog);

	if (r == 0)
		r = sweep_records(sweep);
	if (r == 0 && tail && sweep->out)
		r = sink_damage(sweep->out, sweep->ntfs->mft->size - tail, "the $MFT ends within a record");
	if (r == 0)
		r = sweep_late(sweep);
	return r == 0 ? sweep_folders(sweep) : r;
}

int
catalog_sweep(struct ntfs *ntfs, unsigned threads, struct sink *out, int (*progress)(void *state, uint64_t done),
	      void *state, struct catalog **ret_catalog)
{
	CLEANUP(catalog_free) struct catalog *catalog = calloc(1, sizeof(*catalog));
	struct sweep sweep = { .ntfs = ntfs, .out = out, .threads = threads, .progress = progress, .state = state };
	int r;

	if (!catalog)
		return fail(ENOMEM, "out of memory for the entries of %s", ntfs->volume->name);
	sweep.catalog = catalog;
	catalog->records = ntfs_records(ntfs);
	catalog->per_slab = SLAB_RECORDS_BYTES / ntfs->geometry.record_size;
	catalog->cluster_size = ntfs->geometry.cluster_size;
	r = ntfs->records || !out ? 0
			       : sink_damage(out, 0, "the bitmap of the $MFT cannot be read: lost records are not missed");
	r = r == 0 ? run_sweep(&sweep) : r;
	mft_hold_none(ntfs);
	vector_free(&sweep.blanks);
	vector_free(&sweep.extensions);
	vector_free(&sweep.extended);
	vector_free(&sweep.late);
	vector_free(&sweep.strays);
	if (r < 0)
		return r;
	*ret_catalog = TAKE(catalog);
	return 0;
}

struct catalog *
catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return NULL;
	for (size_t i = 0; i < catalog->slabs.n; i++)
		slab_free(&catalog->slabs.at[i]);
	for (size_t i = 0; i < catalog->late.n; i++)
		slab_free(&catalog->late.at[i]);
	vector_free(&catalog->slabs);
	vector_free(&catalog->late);
	parents_free(&catalog->folders);
	free(catalog->rows);
	free(catalog->names);
	free(catalog);
	return NULL;
}

const struct catalog_count *
catalog_count(const struct catalog *catalog)
{
	return &catalog->count;
}

static size_t
slab_bytes(const struct slab *slab)
{
	return sizeof(*slab) + slab->size + (slab->folder_count + slab->mark_count) * sizeof(uint32_t);
}

size_t
catalog_bytes(const struct catalog *catalog)
{
	size_t n = sizeof(*catalog) + catalog->names_size;

	for (size_t i = 0; i < catalog->slabs.n; i++)
		n += slab_bytes(&catalog->slabs.at[i]);
	for (size_t i = 0; i < catalog->late.n; i++)
		n += slab_bytes(&catalog->late.at[i]);
	n += catalog->folders.list.room * sizeof(uint64_t) + catalog->folders.room * sizeof(uint32_t);
	return n + catalog->folders.list.n * sizeof(struct folder_row);
}

/* Moves on to the entry at or behind the stand, over slabs that are used up. */
static void
settle(const struct slab *slabs, size_t n, struct stand *stand)
{
	stand->more = false;
	while (stand->slab < n && !stand->more) {
		stand->more = slab_peek(&slabs[stand->slab], stand->at, &stand->packed);
		if (!stand->more) {
			stand->slab++;
			stand->at = 0;
		}
	}
}

static void
step(const struct slab *slabs, size_t n, struct stand *stand)
{
	stand->at = stand->packed.end;
	settle(slabs, n, stand);
}

void
catalog_start(const struct catalog *catalog, struct catalog_cursor *ret_cursor)
{
	ret_cursor->catalog = catalog;
	ret_cursor->number = 0;
	ret_cursor->entry = (struct entry){ 0 };
	ret_cursor->more = NULL;
}

static struct cursor_state *
state_new(struct catalog_cursor *cursor)
{
	struct cursor_state *s = calloc(1, sizeof(*s));

	if (s) {
		s->unpacker.folders = &cursor->catalog->folders;
		s->unpacker.cluster_size = cursor->catalog->cluster_size;
		cursor->more = s;
	}
	return s;
}

static int
unpack(struct catalog_cursor *cursor, const struct slab *slab, const struct packed *packed)
{
	struct cursor_state *s = cursor->more;
	int r = slab_unpack(slab, packed, &s->unpacker, cursor->names, cursor->streams,
			    sizeof(cursor->names) / sizeof(cursor->names[0]), &cursor->entry);

	if (r < 0)
		return fail(ENOMEM, "out of memory for entry %llu", (unsigned long long)packed->number);
	cursor->number = packed->number;
	return 1;
}

int
catalog_next(struct catalog_cursor *cursor)
{
	const struct catalog *c = cursor->catalog;
	struct cursor_state *s = cursor->more;
	struct packed packed;
	const struct slab *slab;

	if (!s)
		s = state_new(cursor);
	if (!s)
		return fail(ENOMEM, "out of memory for a cursor");
	settle(c->slabs.at, c->slabs.n, &s->main);
	settle(c->late.at, c->late.n, &s->late);
	if (!s->main.more && !s->late.more)
		return 0;
	if (s->late.more && (!s->main.more || s->late.packed.number <= s->main.packed.number)) {
		if (s->main.more && s->main.packed.number == s->late.packed.number)
			step(c->slabs.at, c->slabs.n, &s->main);
		slab = &c->late.at[s->late.slab];
		packed = s->late.packed;
		s->late.at = packed.end;
	} else {
		slab = &c->slabs.at[s->main.slab];
		packed = s->main.packed;
		s->main.at = packed.end;
	}
	return unpack(cursor, slab, &packed);
}

void
catalog_stop(struct catalog_cursor *cursor)
{
	struct cursor_state *s = cursor->more;

	if (s)
		free(s->unpacker.scratch);
	free(s);
	cursor->more = NULL;
}

/* The late slab that a number would be in, or late.n. */
static size_t
late_slab(const struct catalog *c, uint64_t number)
{
	size_t low = 0, high = c->late.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->late.at[mid].first <= number)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : c->late.n;
}

static bool
look_up(const struct catalog *c, uint64_t number, const struct slab **ret_slab, struct packed *ret_packed)
{
	size_t late = late_slab(c, number), i = number / c->per_slab;

	if (late < c->late.n) {
		*ret_slab = &c->late.at[late];
		if (slab_peek(*ret_slab, slab_find(*ret_slab, number), ret_packed) && ret_packed->number == number)
			return true;
	}
	if (i >= c->slabs.n)
		return false;
	*ret_slab = &c->slabs.at[i];
	return slab_peek(*ret_slab, slab_find(*ret_slab, number), ret_packed) && ret_packed->number == number;
}

int
catalog_get(const struct catalog *catalog, uint64_t number, struct catalog_cursor *ret_cursor)
{
	const struct slab *slab;
	struct packed packed;
	int r;

	catalog_start(catalog, ret_cursor);
	if (!look_up(catalog, number, &slab, &packed))
		return 0;
	if (!state_new(ret_cursor))
		return fail(ENOMEM, "out of memory for entry %llu", (unsigned long long)number);
	r = unpack(ret_cursor, slab, &packed);
	if (r < 0)
		catalog_stop(ret_cursor);
	return r;
}

uint32_t
catalog_folders(const struct catalog *catalog)
{
	return (uint32_t)catalog->folders.list.n;
}

uint32_t
catalog_folder_of(const struct catalog *catalog, struct reference parent)
{
	uint32_t folder;

	return parents_find(&catalog->folders, reference_pack(parent), &folder) ? folder : UINT32_MAX;
}

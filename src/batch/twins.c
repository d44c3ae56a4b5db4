/*
 * twins.c - two names in one folder that differ in case alone, of which Windows programs reach only one.
 *
 * While the volume is walked, four bytes of a hash are kept of each name. Where one comes up twice, which is rare on any
 * volume, the entries are gone through once more for the names themselves.
 */
#include "twins.h"

#include <errno.h>

#include "deceit.h"
#include "fail.h"

enum { TABLE_LEAST = 1 << 16 };

struct twins {
	const struct upcase *fold;
	uint32_t *table; /* hashes, 0 for an empty slot */
	uint32_t room, n;
	VECTOR(uint32_t) doubles;
};

/* One of those names, with what it becomes without its case. */
struct twin {
	uint32_t folder;
	struct view folded, name;
	struct reference entry;
	uint64_t born;
};
typedef VECTOR(struct twin) twin_list;

int
twins_new(const struct upcase *fold, struct twins **ret_twins)
{
	struct twins *twins = calloc(1, sizeof(*twins));

	if (!twins)
		return -ENOMEM;
	twins->fold = fold;
	*ret_twins = twins;
	return 0;
}

struct twins *
twins_free(struct twins *twins)
{
	if (!twins)
		return NULL;
	free(twins->table);
	vector_free(&twins->doubles);
	free(twins);
	return NULL;
}

static uint16_t
unit_at(struct view v, size_t i)
{
	return (uint16_t)(v.p[i] | v.p[i + 1] << 8);
}

/* Names come from the evidence; with an address in it, nobody can prepare some that all collide. */
static uint32_t
hash_of(const struct twins *twins, uint32_t folder, struct view name)
{
	uint64_t h = (folder ^ (uint64_t)(uintptr_t)twins) * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i + 1 < name.n; i += 2)
		h = ((h ^ twins->fold->to[unit_at(name, i)]) * UINT64_C(0xd6e8feb86659fd93)) ^ h >> 47;
	h ^= h >> 32;
	return (uint32_t)h ? (uint32_t)h : 1;
}

/* The slot that holds the hash, or the empty one where it would go. */
static uint32_t *
slot_of(const struct twins *twins, uint32_t hash)
{
	uint32_t i = hash & (twins->room - 1);

	while (twins->table[i] && twins->table[i] != hash)
		i = (i + 1) & (twins->room - 1);
	return &twins->table[i];
}

static int
widen(struct twins *twins)
{
	uint32_t *old = twins->table, before = twins->room;

	twins->room = before ? before * 2 : TABLE_LEAST;
	twins->table = twins->room ? calloc(twins->room, sizeof(*twins->table)) : NULL;
	for (uint32_t i = 0; i < before && twins->table; i++)
		if (old[i])
			*slot_of(twins, old[i]) = old[i];
	free(old);
	return twins->table ? 0 : -ENOMEM;
}

int
twins_add(struct twins *twins, uint32_t folder, struct view name)
{
	uint32_t hash = hash_of(twins, folder, name), *slot, *twice;

	if (twins->n >= twins->room / 2 && widen(twins) < 0)
		return -ENOMEM;
	slot = slot_of(twins, hash);
	if (!*slot) {
		*slot = hash;
		twins->n++;
		return 0;
	}
	twice = vector_push(&twins->doubles);
	if (!twice)
		return -ENOMEM;
	*twice = hash;
	return 0;
}

static int
by_hash(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
by_name(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;
	int c = (x->folder > y->folder) - (x->folder < y->folder);

	if (!c)
		c = view_compare(x->folded, y->folded);
	if (!c)
		c = (x->entry.entry > y->entry.entry) - (x->entry.entry < y->entry.entry);
	return c ? c : view_compare(x->name, y->name);
}

static bool
alike(const struct twin *a, const struct twin *b)
{
	return a->folder == b->folder && view_equal(a->folded, b->folded);
}

static int
keep(const struct twins *twins, struct arena *arena, const struct name *name, struct twin *twin)
{
	uint8_t *folded = arena_take(arena, name->name.n + 1, 1);

	twin->name = view_of(arena_copy(arena, name->name), name->name.n);
	twin->folded = view_of(folded, name->name.n);
	twin->born = name->fn.created;
	if (!folded || !twin->name.p)
		return -ENOMEM;
	for (size_t i = 0; i + 1 < name->name.n; i += 2) {
		uint16_t unit = twins->fold->to[unit_at(name->name, i)];

		folded[i] = (uint8_t)unit;
		folded[i + 1] = (uint8_t)(unit >> 8);
	}
	return 0;
}

static int
gather_entry(struct twins *twins, const struct catalog *catalog, const struct entry *entry, struct arena *arena,
	     twin_list *list)
{
	for (uint32_t i = 0; i < entry->name_count && entry->flags & ENTRY_ALLOCATED; i++) {
		const struct name *name = &entry->names[i];
		uint32_t folder = name->name.n ? catalog_folder_of(catalog, name->parent) : UINT32_MAX, hash;
		struct twin *twin;

		if (folder == UINT32_MAX || name->space == NAME_DOS)
			continue;
		hash = hash_of(twins, folder, name->name);
		if (!bsearch(&hash, twins->doubles.at, twins->doubles.n, sizeof(hash), by_hash))
			continue;
		twin = vector_push(list);
		if (!twin)
			return -ENOMEM;
		*twin = (struct twin){ .folder = folder, .entry = { entry->number, entry->sequence } };
		if (keep(twins, arena, name, twin) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int
gather(struct twins *twins, const struct catalog *catalog, struct arena *arena, twin_list *list)
{
	struct catalog_cursor cursor;
	int r = 0, more;

	catalog_start(catalog, &cursor);
	while (r == 0 && (more = catalog_next(&cursor)) != 0)
		r = more < 0 ? more : gather_entry(twins, catalog, &cursor.entry, arena, list);
	catalog_stop(&cursor);
	return r;
}

/* How many there are and what one of the others is called. */
static int
note(struct exam *exam, const struct odd_name *like, const struct twin *twin, const struct twin *other, size_t n)
{
	CLEANUP(text_free) struct text name = { 0 };
	CLEANUP(text_free) struct text detail = { 0 };
	struct odd_name odd = *like;
	int r = text_add_name(&name, twin->name);

	if (r == 0)
		r = text_printf(&detail, "%zu names of this folder are the same to Windows; entry %llu is called ", n,
				(unsigned long long)other->entry.entry);
	if (r == 0)
		r = text_add_name(&detail, other->name);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the names of %s", exam->path);
	odd.folder = twin->folder;
	odd.entry = twin->entry;
	odd.born = twin->born;
	odd.name = name.s;
	odd.detail = detail.s;
	return names_note(exam, &odd);
}

static int
note_all(const twin_list *list, struct exam *exam, uint32_t volume, const uint8_t *web_roots, uint8_t mask)
{
	struct odd_name like = { .volume = volume, .kinds = DECEIT_TWIN, .allocated = true, .stream = "" };
	int r = 0;

	for (size_t i = 0, end; i < list->n && r == 0; i = end) {
		for (end = i + 1; end < list->n && alike(&list->at[i], &list->at[end]); end++)
			;
		like.web_root = web_roots[list->at[i].folder] & mask;
		for (size_t k = i; k < end && end > i + 1 && r == 0; k++)
			r = note(exam, &like, &list->at[k], &list->at[k > i ? i : i + 1], end - i);
	}
	return r;
}

int
twins_tell(struct twins *twins, struct exam *exam, uint32_t volume, const uint8_t *web_roots, uint8_t mask)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	twin_list list = { 0 };
	int r;

	if (!twins->doubles.n)
		return 0;
	vector_sort(&twins->doubles, by_hash);
	r = gather(twins, exam->volumes[volume].catalog, &arena, &list);
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for the names of %s", exam->path);
	if (r == 0) {
		vector_sort(&list, by_name);
		r = note_all(&list, exam, volume, web_roots, mask);
	}
	vector_free(&list);
	return r;
}

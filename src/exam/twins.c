/*
 * twins.c - two names in one folder that differ in case alone, of which Windows programs reach only one.
 *
 * While the volume is walked, four bytes of a hash are kept of each name. Where one comes up twice, which is rare on
 * any volume, the entries are gone through once more for the names themselves.
 */
#include "twins.h"

#include <errno.h>

#include "deceit.h"
#include "fail.h"

enum { TABLE_LEAST = 1 << 12, TABLE_FIRST_MOST = 1 << 24, TABLES = 16, WAITING = 16 };

/* Upper halves of hashes, where the lower half says: 0 for an empty slot. */
struct hashes {
	uint32_t *slots, room, n;
};

struct twins {
	const struct upcase *fold;
	struct hashes tables[TABLES]; /* the last one is filled, those before it are full */
	uint32_t count;
	uint64_t waiting[WAITING]; /* hashes whose slots are on their way from memory, which takes longer than the rest */
	uint32_t head, queued;
	VECTOR(uint64_t) doubles;
};

/* One of those names, with what it becomes without its case. */
struct twin {
	uint32_t folder;
	struct view folded, name;
	struct reference entry;
	uint64_t born;
};
typedef VECTOR(struct twin) twin_list;

struct twins *
twins_free(struct twins *twins)
{
	if (!twins)
		return NULL;
	for (uint32_t i = 0; i < twins->count; i++)
		free(twins->tables[i].slots);
	vector_free(&twins->doubles);
	free(twins);
	return NULL;
}

static int
add_table(struct twins *twins, uint32_t room)
{
	uint32_t *slots = twins->count < TABLES ? calloc(room, sizeof(*slots)) : NULL;

	if (!slots)
		return -ENOMEM;
	twins->tables[twins->count++] = (struct hashes){ .slots = slots, .room = room };
	return 0;
}

int
twins_new(const struct upcase *fold, uint64_t names, struct twins **ret_twins)
{
	struct twins *twins = calloc(1, sizeof(*twins));
	uint32_t room = TABLE_LEAST;

	while (room < TABLE_FIRST_MOST && room - room / 4 < names)
		room *= 2;
	if (!twins || add_table(twins, room) < 0)
		return twins_free(twins), -ENOMEM;
	twins->fold = fold;
	*ret_twins = twins;
	return 0;
}

static uint16_t
unit_at(struct view v, size_t i)
{
	return (uint16_t)(v.p[i] | v.p[i + 1] << 8);
}

static inline uint64_t
mix(uint64_t h, uint32_t units)
{
	return (h ^ units ^ h >> 47) * UINT64_C(0xd6e8feb86659fd93);
}

/* Names come from the evidence; with an address in it, nobody can prepare some that all collide. */
static uint64_t
hash_of(const struct twins *twins, uint32_t folder, struct view name)
{
	uint64_t h = (folder ^ (uint64_t)(uintptr_t)twins) * UINT64_C(0x9e3779b97f4a7c15);

	for (; name.n >= 4; name = view_from(name, 4))
		h = mix(h, (uint32_t)twins->fold->to[unit_at(name, 0)] << 16 | twins->fold->to[unit_at(name, 2)]);
	if (name.n >= 2)
		h = mix(h, twins->fold->to[unit_at(name, 0)]);
	h ^= h >> 29;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h >> 32 ? h : h | UINT64_C(1) << 32;
}

/* The slot that holds the hash, or the empty one where it would go. */
static uint32_t *
slot_of(const struct hashes *table, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (table->room - 1);

	while (table->slots[i] && table->slots[i] != hash >> 32)
		i = (i + 1) & (table->room - 1);
	return &table->slots[i];
}

static int
file_hash(struct twins *twins, uint64_t hash)
{
	struct hashes *last = &twins->tables[twins->count - 1];
	uint32_t *slot = NULL;
	uint64_t *twice;

	if (last->n >= last->room - last->room / 4) {
		if (last->room > UINT32_MAX / 2 || add_table(twins, last->room * 2) < 0)
			return -ENOMEM;
		last = &twins->tables[twins->count - 1];
	}
	for (uint32_t i = 0; i < twins->count && !(slot && *slot); i++)
		slot = slot_of(&twins->tables[i], hash);
	if (!*slot) {
		*slot = (uint32_t)(hash >> 32);
		last->n++;
		return 0;
	}
	twice = vector_push(&twins->doubles);
	if (!twice)
		return -ENOMEM;
	*twice = hash;
	return 0;
}

int
twins_add(struct twins *twins, uint32_t folder, struct view name)
{
	const struct hashes *last = &twins->tables[twins->count - 1];
	uint64_t hash = hash_of(twins, folder, name);
	uint64_t *place = &twins->waiting[twins->head++ % WAITING];
	int r = twins->queued < WAITING ? 0 : file_hash(twins, *place);

	twins->queued += twins->queued < WAITING;
	__builtin_prefetch(&last->slots[(uint32_t)hash & (last->room - 1)], 1);
	*place = hash;
	return r;
}

static int
file_waiting(struct twins *twins)
{
	int r = 0;

	for (; twins->queued && r == 0; twins->queued--)
		r = file_hash(twins, twins->waiting[(twins->head - twins->queued) % WAITING]);
	return r;
}

static int
by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

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
		uint32_t folder = name->name.n ? catalog_folder_of(catalog, name->parent) : UINT32_MAX;
		uint64_t hash;
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

	r = file_waiting(twins);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the names of %s", exam->path);
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

/* indexes_choose.c - the folders whose indexes are checked, and the names that the $MFT has in them. */
#include <errno.h>

#include "fail.h"
#include "indexes.h"

enum {
	LOOKED_AT_MAX = 256,    /* children of the same hash */
	CHILDREN_MAX = 1 << 19, /* held at once, unless one folder has more */
};

static int
no_memory(const struct index_check *check)
{
	return fail(ENOMEM, "out of memory for the folders of %s", check->exam->path);
}

static uint64_t
packed(struct reference r)
{
	return r.entry | (uint64_t)r.sequence << 48;
}

static int
watch(struct index_check *check, uint32_t volume, struct reference reference, bool allocated)
{
	struct watched *last = check->watched.n ? &check->watched.at[check->watched.n - 1] : NULL, *w;

	if (last && last->volume == volume && packed(last->reference) == packed(reference))
		return 0; /* most files lie in the folder of the one before */
	w = vector_push(&check->watched);
	if (!w)
		return no_memory(check);
	*w = (struct watched){ .reference = reference,
			       .volume = volume,
			       .folder = catalog_folder_of(check->exam->volumes[volume].catalog, reference),
			       .allocated = allocated };
	return 0;
}

/* A folder itself. Its files know it by the sequence it had while it was in use. */
static int
watch_entry(struct index_check *check, uint32_t volume, struct reference entry, bool allocated)
{
	if (!allocated)
		entry.sequence = entry.sequence == 1 ? UINT16_MAX : (uint16_t)(entry.sequence - 1);
	return watch(check, volume, entry, allocated);
}

/* Folders that hold chosen files, and chosen folders: an empty one may be the one that was emptied. */
static int
choose_by_profile(struct index_check *check)
{
	int r = 0;

	for (size_t i = 0; i < check->exam->candidates.n && r == 0; i++) {
		const struct candidate *c = &check->exam->candidates.at[i];
		const struct catalog *catalog = check->exam->volumes[c->volume].catalog;
		struct folder f = { .state = FOLDER_MISSING };

		if (!c->choice_count && !c->rule_count)
			continue;
		if (c->folder < catalog_folders(catalog))
			catalog_folder(catalog, c->folder, &f);
		if (f.state == FOLDER_FOUND || f.state == FOLDER_DELETED)
			r = watch(check, c->volume, f.reference, f.state == FOLDER_FOUND);
		if (r == 0 && c->flags & FILE_DIRECTORY)
			r = watch_entry(check, c->volume, c->entry, c->flags & FILE_ALLOCATED);
	}
	return r;
}

static int
choose_all(struct index_check *check, uint32_t volume)
{
	struct catalog_cursor cursor;
	int r, w = 0;

	catalog_start(check->exam->volumes[volume].catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0 && w == 0)
		if (cursor.entry.flags & ENTRY_DIRECTORY)
			w = watch_entry(check, volume, (struct reference){ cursor.entry.number, cursor.entry.sequence },
					cursor.entry.flags & ENTRY_ALLOCATED);
	catalog_stop(&cursor);
	return r < 0 ? r : w;
}

static int
compare_watched(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;
	uint64_t p = packed(x->reference), q = packed(y->reference);

	if (x->volume != y->volume)
		return x->volume < y->volume ? -1 : 1;
	return (p > q) - (p < q);
}

int
indexes_choose(struct index_check *check)
{
	size_t kept = 0;
	int r = 0;

	if (!check->all)
		r = choose_by_profile(check);
	for (uint32_t i = 0; check->all && i < check->exam->volume_count && r == 0; i++)
		if (check->exam->volumes[i].catalog)
			r = choose_all(check, i);
	vector_sort(&check->watched, compare_watched);
	for (size_t i = 0; i < check->watched.n; i++)
		if (!i || compare_watched(&check->watched.at[i], &check->watched.at[kept - 1]))
			check->watched.at[kept++] = check->watched.at[i];
	check->watched.n = kept;
	return r;
}

/* ---- the names in them ---- */

static uint32_t
hash_name(struct view name)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * 16777619u;
	return h;
}

static int
add_child(struct index_check *check, const struct entry *entry, const struct name *name, uint32_t watched)
{
	struct child *c = vector_push(&check->children);

	if (!c)
		return no_memory(check);
	c->file = packed((struct reference){ entry->number, entry->sequence });
	c->hash = hash_name(name->name);
	c->watched = watched & 0x3fffffff;
	c->allocated = entry->flags & ENTRY_ALLOCATED;
	return 0;
}

/* places: by folder number, the index of the watched folder + 1. */
static int
see_entry(struct index_check *check, const struct entry *entry, const uint32_t *places, bool count)
{
	int r = 0;

	for (uint32_t i = 0; i < entry->name_count && r == 0; i++) {
		uint32_t folder = catalog_folder_of(check->v->catalog, entry->names[i].parent);

		if (folder == UINT32_MAX || !places[folder])
			continue;
		if (count)
			check->watched.at[places[folder] - 1].n++;
		else
			r = add_child(check, entry, &entry->names[i], places[folder] - 1);
	}
	return r;
}

/* Goes through all names of the volume for the folders from first to before end. */
static int
see_names(struct index_check *check, size_t first, size_t end, bool count)
{
	CLEANUP(free) uint32_t *places = calloc((size_t)catalog_folders(check->v->catalog) + 1, sizeof(*places));
	struct catalog_cursor cursor;
	int r, seen = 0;

	if (!places)
		return no_memory(check);
	for (size_t i = first; i < end; i++)
		if (check->watched.at[i].volume == check->volume && check->watched.at[i].folder != UINT32_MAX)
			places[check->watched.at[i].folder] = (uint32_t)i + 1;
	catalog_start(check->v->catalog, &cursor);
	while (seen == 0 && (r = catalog_next(&cursor)) > 0)
		seen = see_entry(check, &cursor.entry, places, count);
	catalog_stop(&cursor);
	return seen < 0 ? seen : r < 0 ? r : 0;
}

int
indexes_count(struct index_check *check)
{
	return see_names(check, 0, check->watched.n, true);
}

static int
compare_children(const void *a, const void *b)
{
	const struct child *x = a, *y = b;

	if (x->watched != y->watched)
		return x->watched < y->watched ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

static void
share_out(struct index_check *check)
{
	for (size_t i = 0; i < check->children.n; i++) {
		struct watched *w = &check->watched.at[check->children.at[i].watched];

		if (!w->n++)
			w->first = i;
	}
}

int
indexes_children(struct index_check *check, size_t first, size_t *ret_end)
{
	size_t end = first, names = 0;
	int r;

	do {
		names += check->watched.at[end].n;
		check->watched.at[end++].n = 0;
	} while (end < check->watched.n && names + check->watched.at[end].n <= CHILDREN_MAX);
	check->children.n = 0;
	*ret_end = end;
	if (!names)
		return 0;
	r = see_names(check, first, end, false);
	if (r < 0)
		return r;
	vector_sort(&check->children, compare_children);
	share_out(check);
	return 0;
}

/* The first child of the folder at or behind this hash and reference. */
static size_t
find_child(const struct index_check *check, uint32_t hash, uint64_t file)
{
	size_t low = check->at->first, high = low + check->at->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct child *c = &check->children.at[mid];

		if (c->hash < hash || (c->hash == hash && c->file < file))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct child *
indexes_child(struct index_check *check, const struct index_entry *entry)
{
	uint32_t hash = hash_name(entry->name.name);
	uint64_t file = packed(entry->file);
	size_t end = check->at->first + check->at->n, i = find_child(check, hash, file);
	struct child *found = NULL;

	for (; i < end && check->children.at[i].hash == hash && check->children.at[i].file == file; i++)
		if (!found || found->seen)
			found = &check->children.at[i];
	return found;
}

static bool
made_then(const struct entry *e, const struct name *name, const struct index_entry *entry)
{
	return name->fn.created == entry->name.fn.created || e->si.created == entry->name.fn.created;
}

static int
child_is(struct index_check *check, const struct child *child, const struct index_entry *entry, bool created)
{
	struct catalog_cursor cursor;
	int r = catalog_get(check->v->catalog, child->file & ((UINT64_C(1) << 48) - 1), &cursor), found = 0;

	for (uint32_t i = 0; r > 0 && i < cursor.entry.name_count && !found; i++) {
		const struct name *name = &cursor.entry.names[i];

		found = packed(name->parent) == packed(check->at->reference) &&
			view_equal(name->name, entry->name.name) &&
			(created ? made_then(&cursor.entry, name, entry) : (int)child->allocated);
	}
	catalog_stop(&cursor);
	return r < 0 ? r : found;
}

int
indexes_has_name(struct index_check *check, const struct index_entry *entry, bool created)
{
	uint32_t hash = hash_name(entry->name.name);
	size_t end = check->at->first + check->at->n, i = find_child(check, hash, 0);
	int r = 0;

	for (size_t n = 0; i < end && check->children.at[i].hash == hash && n < LOOKED_AT_MAX && r == 0; i++, n++)
		r = child_is(check, &check->children.at[i], entry, created);
	return r;
}

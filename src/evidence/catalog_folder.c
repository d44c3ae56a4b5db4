/* catalog_folder.c - the folders of a volume: which still stand, what they are called, how they hang together. */
#include <errno.h>

#include "catalog_own.h"
#include "fail.h"
#include "reference.h"

/* What is known of one folder from its entry. */
struct finding {
	enum folder_state state;
	struct view name;
	struct reference parent;
	bool case_sensitive;
};

struct namer {
	struct sweep *sweep;
	struct text names; /* UTF-16LE, one behind the other */
};

/* The name to call a folder by: the first that is more than a DOS name. */
static const struct name *
best_name(const struct entry *entry)
{
	for (uint32_t i = 0; i < entry->name_count; i++)
		if (entry->names[i].space != NAME_DOS)
			return &entry->names[i];
	return entry->name_count ? &entry->names[0] : NULL;
}

static void
find_in_entry(const struct entry *entry, struct reference wanted, struct finding *f)
{
	const struct name *name = best_name(entry);
	bool in_use = entry->flags & ENTRY_ALLOCATED;

	if (!sequence_fits(wanted.sequence, entry->sequence, in_use)) {
		f->state = FOLDER_REUSED;
		return;
	}
	if (!(entry->flags & ENTRY_DIRECTORY))
		f->state = FOLDER_NOT_A_FOLDER;
	else if (name)
		f->state = in_use ? FOLDER_FOUND : FOLDER_DELETED;
	f->case_sensitive = entry->flags & ENTRY_CASE_SENSITIVE;
	if (name && f->state <= FOLDER_DELETED) {
		f->name = name->name;
		f->parent = name->parent;
	}
}

/*
 * The base record of a folder may belong to somebody else by now while an extension record still keeps the folder's
 * name. What such a record says counts only for the very sequence that it names.
 */
static int
find_in_extensions(const struct sweep *sweep, struct reference wanted, struct catalog_cursor *cursor, struct finding *f)
{
	const struct stray *s;
	size_t n = strays_of(sweep->extensions.at, sweep->extensions.n, wanted.entry, &s);

	for (size_t i = 0; i < n; i++) {
		const struct name *name;
		int r;

		if ((uint16_t)s[i].base != wanted.sequence)
			continue;
		r = catalog_get(sweep->catalog, s[i].record, cursor);
		if (r < 0)
			return r;
		name = r ? best_name(&cursor->entry) : NULL;
		if (name) {
			f->name = name->name;
			f->parent = name->parent;
			return 0;
		}
		catalog_stop(cursor);
	}
	return 0;
}

static int
keep_name(struct namer *namer, struct view name, struct folder_row *row)
{
	row->name = (uint32_t)(namer->names.n / 2);
	row->name_units = (uint8_t)(name.n / 2);
	return text_add(&namer->names, name);
}

/* Looks one folder up: its state by itself, its name, and the number of the folder above it. */
static int
name_folder(struct namer *namer, uint32_t folder)
{
	struct sweep *sweep = namer->sweep;
	struct catalog *catalog = sweep->catalog;
	struct reference wanted = reference_unpack(catalog->folders.list.at[folder]);
	struct folder_row *row = &catalog->rows[folder];
	struct finding f = { .state = FOLDER_MISSING };
	struct catalog_cursor cursor;
	int r = catalog_get(catalog, wanted.entry, &cursor);

	if (r > 0)
		find_in_entry(&cursor.entry, wanted, &f);
	if (r >= 0 && !f.name.n && f.state != FOLDER_NOT_A_FOLDER) {
		catalog_stop(&cursor);
		r = find_in_extensions(sweep, wanted, &cursor, &f);
	}
	if (r < 0)
		return r;
	row->state = f.state;
	row->case_sensitive = f.case_sensitive;
	row->parent = folder;
	if (f.name.n && folder && !parents_find(&catalog->folders, reference_pack(f.parent), &row->parent))
		row->parent = folder;
	r = folder ? keep_name(namer, f.name, row) : 0;
	catalog_stop(&cursor);
	return r;
}

/* The end of a path that does not reach the root. */
static void
end_path(struct folder_row *row, enum folder_state state)
{
	row->state = row->chain = state;
	row->path_units = row->name_units;
	row->settled = 1;
}

/* What hangs nowhere. */
static void
cut_off(struct folder_row *row, uint32_t folder, enum folder_state state)
{
	row->parent = folder;
	end_path(row, state);
}

static void
settle(struct catalog *catalog, uint32_t folder)
{
	struct folder_row *row = &catalog->rows[folder], *above = &catalog->rows[row->parent];

	if (row->parent == folder) {
		/* a folder that names itself as the one above it is a loop of one */
		cut_off(row, folder, folder && row->state <= FOLDER_DELETED ? FOLDER_LOOP : row->state);
	} else if (above->path_units + 1 + row->name_units > NTFS_PATH_MAX) {
		end_path(row, FOLDER_TOO_DEEP); /* the path gets too long to be told, and still is one */
	} else {
		row->path_units = (uint16_t)(above->path_units + 1 + row->name_units);
		row->chain = row->state > above->chain ? row->state : above->chain;
		row->settled = 1;
	}
}

/*
 * Settles one folder and all above it. The way up is written down first and walked back from its end; when it comes
 * upon itself, all folders of that circle are loops.
 */
static int
settle_chain(struct catalog *catalog, uint32_t folder, uint8_t *on_way, uint32_t **way, size_t *room)
{
	size_t n = 0;

	for (uint32_t at = folder; !catalog->rows[at].settled; at = catalog->rows[at].parent) {
		if (on_way[at]) {
			uint32_t next;

			for (uint32_t k = at; !catalog->rows[k].settled; k = next) {
				next = catalog->rows[k].parent;
				cut_off(&catalog->rows[k], k, FOLDER_LOOP);
			}
			break;
		}
		if (n == *room) {
			size_t more = *room ? *room * 2 : 1024;
			uint32_t *bigger = realloc(*way, more * sizeof(*bigger));

			if (!bigger)
				return -ENOMEM;
			*way = bigger;
			*room = more;
		}
		on_way[at] = 1;
		(*way)[n++] = at;
		if (catalog->rows[at].parent == at)
			break;
	}
	while (n-- > 0)
		if (!catalog->rows[(*way)[n]].settled)
			settle(catalog, (*way)[n]);
	return 0;
}

static int
settle_all(struct catalog *catalog)
{
	CLEANUP(free) uint8_t *on_way = calloc(catalog->folders.list.n, 1);
	uint32_t *way = NULL;
	size_t room = 0;
	int r = on_way ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < catalog->folders.list.n && r == 0; i++)
		r = settle_chain(catalog, i, on_way, &way, &room);
	free(way);
	return r;
}

int
sweep_folders(struct sweep *sweep)
{
	struct catalog *catalog = sweep->catalog;
	struct namer namer = { .sweep = sweep };
	size_t n = catalog->folders.list.n;
	int r = 0;

	catalog->rows = calloc(n, sizeof(*catalog->rows));
	if (!catalog->rows)
		r = -ENOMEM;
	for (uint32_t i = 0; i < n && r >= 0; i++)
		r = name_folder(&namer, i);
	if (r >= 0)
		r = settle_all(catalog);
	if (namer.names.n && r >= 0) {
		void *exact = realloc(namer.names.s, namer.names.n);

		catalog->names = exact ? exact : namer.names.s;
		catalog->names_size = namer.names.n;
		namer.names.s = NULL;
	}
	free(namer.names.s);
	if (r == -ENOMEM)
		return fail(ENOMEM, "out of memory for the folders of %s", sweep->ntfs->volume->name);
	return r < 0 ? r : 0;
}

void
catalog_folder(const struct catalog *catalog, uint32_t folder, struct folder *ret_folder)
{
	const struct folder_row *row = &catalog->rows[folder];

	*ret_folder = (struct folder){
		.reference = reference_unpack(catalog->folders.list.at[folder]),
		.parent = row->parent,
		.state = (enum folder_state)row->state,
		.chain = (enum folder_state)row->chain,
		.case_sensitive = row->case_sensitive,
	};
	if (row->name_units)
		ret_folder->name = view_of(catalog->names + (size_t)row->name * 2, (size_t)row->name_units * 2);
}

#define ORPHAN "$Orphan"

/* A folder of the root that is really called $Orphan gets another path than what hangs nowhere. */
static int
add_first(struct text *path, struct view name)
{
	size_t n = path->n;
	int r = text_add_name(path, name);

	if (r < 0 || !view_equal(view_from(text_view(path), n), view_text(ORPHAN)))
		return r;
	text_cut(path, n);
	return text_adds(path, "\\u{24}" "Orphan");
}

static int
add_orphan(struct text *path, const struct folder *top)
{
	static const char *const words[] = {
		[FOLDER_FOUND] = "found",       [FOLDER_DELETED] = "deleted",        [FOLDER_REUSED] = "reused",
		[FOLDER_MISSING] = "missing",   [FOLDER_NOT_A_FOLDER] = "no folder", [FOLDER_LOOP] = "loop",
		[FOLDER_TOO_DEEP] = "too deep",
	};

	return text_printf(path, ORPHAN "/[entry %llu seq %u %s]", (unsigned long long)top->reference.entry,
			   top->reference.sequence, words[top->state]);
}

int
catalog_folder_path(const struct catalog *catalog, uint32_t folder, struct text *ret_path)
{
	CLEANUP(free) uint32_t *way = NULL;
	uint32_t n = 0, top = folder;
	struct folder f;
	int r = 0;

	while (top && catalog->rows[top].parent != top && catalog->rows[top].state != FOLDER_TOO_DEEP) {
		top = catalog->rows[top].parent;
		n++;
	}
	way = malloc((n + 1) * sizeof(*way));
	if (!way)
		return -ENOMEM;
	for (uint32_t i = n, at = folder; i-- > 0; at = catalog->rows[at].parent)
		way[i] = at;
	if (top) {
		catalog_folder(catalog, top, &f);
		r = add_orphan(ret_path, &f);
	}
	for (uint32_t i = 0; i < n && r == 0; i++) {
		catalog_folder(catalog, way[i], &f);
		if (i || top)
			r = text_addc(ret_path, '/');
		if (r == 0)
			r = i || top ? text_add_name(ret_path, f.name) : add_first(ret_path, f.name);
	}
	return r;
}

/* walk.c - the stage that lists the files: every entry of every volume held against the profile and the window. */
#include <errno.h>

#include "births.h"
#include "fail.h"

/* The path of the folder that the chooser is asked about. */
static int
tell_path(void *owner, struct text *ret_path)
{
	struct walk *w = owner;

	if (w->asked >= catalog_folders(w->v->catalog))
		return 0;
	return catalog_folder_path(w->v->catalog, w->asked, ret_path);
}

/* Works out a folder's patterns from those of the folders above it, without recursion. */
int
walk_folder(struct walk *w, uint32_t folder, int64_t *ret_state)
{
	VECTOR(uint32_t) chain = { 0 };
	struct folder f;
	int64_t state = -1;
	uint32_t at = folder, *link;

	while (w->states[at] < 0 && state < 0) {
		catalog_folder(w->v->catalog, at, &f);
		if (f.parent == at) {
			state = at ? 0 : chooser_root(w->chooser, w->volume);
			w->states[at] = state;
			break;
		}
		link = vector_push(&chain);
		if (!link)
			state = -ENOMEM;
		else
			*link = at;
		at = f.parent;
	}
	if (state != -ENOMEM)
		state = w->states[at];
	while (chain.n && state >= 0) {
		at = chain.at[--chain.n];
		catalog_folder(w->v->catalog, at, &f);
		w->asked = f.parent;
		state = w->states[at] = chooser_enter(w->chooser, state, f.name, w->fold, &w->where);
	}
	vector_free(&chain);
	*ret_state = state;
	return state < 0 ? fail(ENOMEM, "out of memory for the folders of %s", w->exam->path) : 0;
}

static int
write_folders(struct walk *w)
{
	uint32_t last = catalog_folders(w->v->catalog);
	int r = 0;

	if (w->used[last] & FOLDER_USED)
		r = case_folder(w->exam->db, &(struct folder_row){ .volume = w->v->number,
								   .number = last,
								   .path = view_text(CATALOG_NAMELESS),
								   .state = FOLDER_MISSING });

	for (uint32_t i = 0; i < last && r == 0; i++) {
		struct folder f;

		if (!(w->used[i] & FOLDER_USED))
			continue;
		text_cut(&w->path, 0);
		r = catalog_folder_path(w->v->catalog, i, &w->path);
		catalog_folder(w->v->catalog, i, &f);
		if (r == 0)
			r = case_folder(w->exam->db, &(struct folder_row){ .volume = w->v->number,
									   .number = i,
									   .path = text_view(&w->path),
									   .state = f.chain });
	}
	return r;
}

static void
count_oddments(struct oddments *n, const struct entry *entry)
{
	if (!(entry->flags & (ENTRY_OBJECT_ID | ENTRY_EA | ENTRY_LOGGED | ENTRY_UNKNOWN)))
		return;
	n->object_ids += !!(entry->flags & ENTRY_OBJECT_ID);
	n->extended += !!(entry->flags & ENTRY_EA);
	n->logged += !!(entry->flags & ENTRY_LOGGED);
	if (entry->flags & ENTRY_UNKNOWN && !n->unknown++)
		n->first_unknown = entry->number;
}

/* What must hold of any sweep: every record of the $MFT came out as one thing. */
static int
check_count(struct walk *w)
{
	const struct catalog_count *n = catalog_count(w->v->catalog);
	uint64_t unknown = w->v->oddments.unknown;
	int r = 0;

	if (n->records != n->parsed + n->extensions + n->empty + n->damaged + n->quarantined ||
	    n->records != ntfs_records(w->v->ntfs))
		r = limits_add(w->v->limits, "/$MFT", -1, "", -1,
			       "the count of its records does not come out: some were not looked at", 1);
	if (r == 0 && unknown)
		r = limits_add(w->v->limits, "/$MFT", (int64_t)w->v->oddments.first_unknown, "", -1,
			       "entries from this one on have attributes of types that are not known: not examined", unknown);
	return r;
}

static int
watched_entry(struct walk *w, const struct entry *entry)
{
	struct unit unit = { .kind = UNIT_NAMES, .volume = w->v->number, .at = entry->number };
	const struct aside *aside = watch_aside(w->exam->watch, &unit);

	if (aside)
		return limits_add(w->v->limits, w->exam->name, (int64_t)entry->number, "", -1, aside->why, 1);
	watch_begin(w->exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	return walk_entry(w, entry);
}

static int
walk_entries(struct walk *w)
{
	struct catalog_cursor cursor;
	int r;

	w->v->oddments = (struct oddments){ 0 };
	catalog_start(w->v->catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0) {
		host_see(w->exam, w->volume, &cursor.entry);
		count_oddments(&w->v->oddments, &cursor.entry);
		beside_see(&w->v->oddments, &cursor.entry);
		r = watched_entry(w, &cursor.entry);
		if (r < 0)
			break;
		w->exam->progress->news.files++;
	}
	catalog_stop(&cursor);
	return r;
}

static int
walk_volume(struct exam *exam, uint32_t volume, struct chooser *chooser, uint64_t *next_file, bool write)
{
	struct exam_volume *v = &exam->volumes[volume];
	size_t folders = catalog_folders(v->catalog);
	struct walk w = {
		.exam = exam,
		.v = v,
		.volume = volume,
		.chooser = chooser,
		.fold = ntfs_upcase(v->ntfs),
		.next_file = next_file,
		.write = write,
		.base_folder = UINT32_MAX,
		.all = exam->request->files && !strcmp(exam->request->files, "all"),
		.read_all = exam->request->content && !strcmp(exam->request->content, "all"),
		.states = malloc((folders + 1) * sizeof(int64_t)),
		.used = calloc(folders + 1, 1),
	};
	int r;

	w.suspect = source_trust(ntfs_mft(v->ntfs), 0, ntfs_mft(v->ntfs)->size) != 0;
	w.where = (struct chooser_path){ .get = tell_path, .owner = &w };
	r = w.states && w.used ? twins_new(w.fold, catalog_count(v->catalog)->allocated, &w.twins) : -ENOMEM;
	if (r < 0)
		fail(ENOMEM, "out of memory for the folders of %s", exam->path);

	for (size_t i = 0; i < folders && r == 0; i++)
		w.states[i] = -1;
	if (r == 0)
		w.states[folders] = 0;
	if (r == 0)
		r = walk_entries(&w);
	if (r == 0)
		r = check_count(&w);
	if (r == 0)
		r = twins_tell(w.twins, exam, volume, w.used, FOLDER_SERVED);
	if (r == 0)
		exam_phase(exam, PHASE_WALK);
	if (r == 0 && write)
		r = write_folders(&w);
	twins_free(w.twins);
	text_free(&w.name);
	text_free(&w.stream);
	text_free(&w.path);
	text_free(&w.base);
	free(w.states);
	free(w.used);
	return r;
}

static int
walk_all(struct exam *exam, bool write)
{
	CLEANUP(chooser_free) struct chooser *chooser = NULL;
	uint64_t next_file = 1;
	int r = exam_chooser(exam, &chooser);

	if (r == 0)
		r = births_open(exam, &exam->births);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		if (exam->volumes[i].catalog)
			r = walk_volume(exam, i, chooser, &next_file, write);
	if (r == 0)
		r = sites_claim(exam);
	if (r == 0)
		r = builds_confirm(exam);
	return r < 0 ? r : host_describe(exam);
}

static int
write_limits(struct exam *exam)
{
	int r = limits_write(exam->limits, exam->db);

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = limits_write(exam->volumes[i].limits, exam->db);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++)
		r = limits_write(exam->volumes[i].mft_limits, exam->db);
	return r;
}

static void
forget_limits(struct exam *exam)
{
	limits_forget(exam->limits);
	for (uint32_t i = 0; i < exam->volume_count; i++)
		limits_forget(exam->volumes[i].limits);
	for (uint32_t i = 0; i < exam->volume_count; i++)
		limits_forget(exam->volumes[i].mft_limits);
}

/* A shard that has this stage already still needs the candidates, so the walk is done again without writing. */
int
stage_walk(struct exam *exam)
{
	int fresh = case_begin(exam->db, "walk");
	int r = fresh < 0 ? fresh : walk_all(exam, fresh);

	if (r == 0 && fresh)
		r = bindings_write(exam);
	if (r == 0 && fresh)
		r = write_limits(exam);
	if (r == 0 && !fresh)
		forget_limits(exam);
	if (r < 0 && fresh > 0)
		case_abort(exam->db);
	return r < 0 || !fresh ? r : case_commit(exam->db);
}

/* indexes.c - folders against files: what an index lists and no record says, what a record says and no index lists. */
#include "indexes.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"

enum { ODDS_MAX = 65536 }; /* of one folder */

static bool
still_his(const struct entry *e, struct reference file)
{
	return sequence_fits(file.sequence, e->sequence, e->flags & ENTRY_ALLOCATED);
}

/* Whether the record has that name in the folder. The catalogue keeps no DOS name that has a long twin. */
static bool
has_name(const struct index_check *check, const struct entry *e, const struct name *wanted)
{
	for (uint32_t i = 0; i < e->name_count; i++)
		if (reference_equal(e->names[i].parent, check->at->reference) &&
		    (wanted->space == NAME_DOS || view_equal(e->names[i].name, wanted->name)))
			return true;
	return false;
}

static int
keep_odd(struct index_check *check, enum odd_kind kind, const struct index_entry *entry, const char *fate)
{
	struct odd *odd;

	if (check->odds.n >= ODDS_MAX) {
		check->beyond++;
		return 0;
	}
	odd = vector_push(&check->odds);
	if (odd) {
		*odd = (struct odd){ .kind = kind, .entry = *entry, .fate = fate };
		odd->entry.name.name = view_of(arena_copy(&check->arena, entry->name.name), entry->name.name.n);
	}
	return odd && odd->entry.name.name.p ? 0
					     : fail(ENOMEM, "out of memory for the folders of %s", check->exam->path);
}

static int
take_listed(struct index_check *check, const struct index_entry *entry, const struct entry *record)
{
	struct child *child;

	if (!record)
		return keep_odd(check, ODD_LOST, entry, "the $MFT has no record of it that can be read");
	if (!(record->flags & ENTRY_ALLOCATED) || record->sequence != entry->file.sequence)
		return keep_odd(check, ODD_STALE, entry,
				still_his(record, entry->file) ? "its record is no longer in use"
							       : "its record belongs to something else");
	if (!has_name(check, record, &entry->name))
		return keep_odd(check, ODD_STALE, entry, "its record has no such name in this folder");
	child = indexes_child(check, entry);
	if (child && !child->seen && !record->links && entry->name.space != NAME_DOS) {
		child->seen = 1;
		return keep_odd(check, ODD_UNLINKED, entry, "its record is in use with a link count of 0");
	}
	if (child)
		child->seen = 1;
	return 0;
}

static int
take_left(struct index_check *check, const struct index_entry *entry, const struct entry *record)
{
	if (!entry->file.entry && !entry->file.sequence) {
		int r = indexes_has_name(check, entry, true);

		check->sum.known += r > 0;
		return r ? r < 0 ? r : 0 : keep_odd(check, ODD_LEFT, entry, "which record it had is overwritten");
	}
	if (!record)
		return keep_odd(check, ODD_LEFT, entry, "the $MFT has no record of it any more");
	if (!still_his(record, entry->file))
		return keep_odd(check, ODD_LEFT, entry, "its record belongs to something else by now");
	if (!has_name(check, record, &entry->name))
		return keep_odd(check, ODD_LEFT, entry, "its record has another name or folder by now");
	check->sum.known++;
	return 0;
}

static int
take_entry(void *state, const struct index_entry *entry)
{
	struct index_check *check = state;
	struct catalog_cursor cursor;
	const struct entry *record;
	int r = catalog_get(check->v->catalog, entry->file.entry, &cursor);

	if (r < 0)
		return r;
	record = r ? &cursor.entry : NULL;
	r = entry->where == INDEX_LISTED && check->at->allocated ? take_listed(check, entry, record)
								 : take_left(check, entry, record);
	catalog_stop(&cursor);
	return r;
}

/* ---- one object, several observations ---- */

/* Names side by side, and of one name those of one file, the newest state of it first. */
static int
compare_odds(const void *a, const void *b)
{
	const struct odd *x = a, *y = b;
	int c = view_compare(x->entry.name.name, y->entry.name.name);

	if (c)
		return c;
	if (x->entry.file.entry != y->entry.file.entry)
		return x->entry.file.entry > y->entry.file.entry ? -1 : 1;
	if (x->entry.file.sequence != y->entry.file.sequence)
		return x->entry.file.sequence > y->entry.file.sequence ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind > y->kind ? -1 : 1; /* what is listed before what is left */
	if (x->entry.name.fn.changed != y->entry.name.fn.changed)
		return x->entry.name.fn.changed > y->entry.name.fn.changed ? -1 : 1;
	if (x->entry.type != y->entry.type)
		return x->entry.type > y->entry.type ? -1 : 1;
	return (x->entry.offset > y->entry.offset) - (x->entry.offset < y->entry.offset);
}

static bool
same_object(const struct odd *a, const struct odd *b)
{
	if (!view_equal(a->entry.name.name, b->entry.name.name))
		return false;
	if (reference_equal(a->entry.file, b->entry.file))
		return b->entry.file.entry || a->entry.name.fn.created == b->entry.name.fn.created;
	return !b->entry.file.entry && !b->entry.file.sequence && a->entry.name.fn.created == b->entry.name.fn.created;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t
file_of(const struct odd *odd)
{
	return odd->entry.file.entry | (uint64_t)odd->entry.file.sequence << 48;
}

static int
list_long_names(struct index_check *check)
{
	check->long_names.n = 0;
	for (size_t i = 0; i < check->odds.n; i++) {
		uint64_t *file;

		if (check->odds.at[i].entry.name.space == NAME_DOS || !file_of(&check->odds.at[i]))
			continue;
		file = vector_push(&check->long_names);
		if (!file)
			return -ENOMEM;
		*file = file_of(&check->odds.at[i]);
	}
	vector_sort(&check->long_names, compare_numbers);
	return 0;
}

/* Whether it is the DOS name of a file whose long name is here, too. */
static bool
is_alias(const struct index_check *check, const struct odd *odd)
{
	uint64_t file = file_of(odd);

	return odd->entry.name.space == NAME_DOS && file && check->long_names.n &&
	       bsearch(&file, check->long_names.at, check->long_names.n, sizeof(file), compare_numbers);
}

static int
merge(struct index_check *check)
{
	size_t kept = 0;
	int r = list_long_names(check);

	if (r < 0)
		return fail(ENOMEM, "out of memory for the folders of %s", check->exam->path);
	vector_sort(&check->odds, compare_odds);
	for (size_t i = 0; i < check->odds.n; i++) {
		struct odd odd = check->odds.at[i];

		if (is_alias(check, &odd))
			continue;
		if (kept && same_object(&check->odds.at[kept - 1], &odd))
			check->odds.at[kept - 1].copies++;
		else
			check->odds.at[kept++] = odd;
	}
	check->odds.n = kept;
	for (size_t i = 0; i < check->odds.n && r >= 0; i++) {
		r = indexes_has_name(check, &check->odds.at[i].entry, false);
		check->odds.at[i].replaced = r > 0;
	}
	return r < 0 ? r : 0;
}

/* ---- one folder ---- */

static int
find_unlisted(struct index_check *check)
{
	int r = 0;

	for (size_t i = check->at->first; i < check->at->first + check->at->n && r >= 0; i++) {
		const struct child *c = &check->children.at[i];
		struct index_entry entry = { .file = { c->file & ((UINT64_C(1) << 48) - 1),
						       (uint16_t)(c->file >> 48) } };
		struct catalog_cursor cursor;

		if (!c->allocated || c->seen)
			continue;
		r = catalog_get(check->v->catalog, entry.file.entry, &cursor);
		for (uint32_t n = 0; r > 0 && n < cursor.entry.name_count; n++) {
			if (!reference_equal(cursor.entry.names[n].parent, check->at->reference))
				continue;
			entry.name = cursor.entry.names[n];
			entry.attributes = cursor.entry.flags & ENTRY_DIRECTORY ? INDEX_FOLDER : 0;
			entry.size = cursor.entry.stream_count ? cursor.entry.streams[0].size : 0;
			if (indexes_child(check, &entry) == c) {
				r = keep_odd(check, ODD_UNLISTED, &entry, "the index of its folder does not list it");
				break;
			}
		}
		catalog_stop(&cursor);
	}
	return r < 0 ? r : 0;
}

/* Damage of an index belongs to its folder. */
struct folder_sink {
	struct sink sink;
	struct index_check *check;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct index_check *check = ((struct folder_sink *)out)->check;

	return limits_add(check->v->limits, check->folder_path.s, (int64_t)check->at->reference.entry, "$I30",
			  (int64_t)offset, why, 1);
}

static int
name_folder(struct index_check *check)
{
	const struct reference *ref = &check->at->reference;
	int r;

	text_cut(&check->folder_path, 0);
	r = text_addc(&check->folder_path, '/');
	if (r == 0 && check->at->folder != UINT32_MAX)
		r = catalog_folder_path(check->v->catalog, check->at->folder, &check->folder_path);
	else if (r == 0)
		r = indexes_path(check, *ref, &check->folder_path);
	return r < 0 ? fail(ENOMEM, "out of memory for the folders of %s", check->exam->path) : 0;
}

static int
check_folder(struct index_check *check, uint64_t most)
{
	struct folder_sink sink = { .sink = { .damage = take_damage }, .check = check };
	struct index_tally tally = { 0 };
	int r = name_folder(check);

	arena_free(&check->arena);
	check->odds.n = 0;
	check->beyond = 0;
	if (r == 0 && check->sum.bytes > most)
		r = take_damage(&sink.sink, 0,
				"the indexes before this one are already larger than the volume: not read");
	else if (r == 0)
		r = index_read(check->v->ntfs, check->at->reference, &sink.sink, take_entry, check, &tally);
	if (r == -ENOENT || r == -EINVAL || r == -ESTALE) {
		check->sum.lost++;
		return check->at->allocated ? take_damage(&sink.sink, 0, "the folder has no index that can be read")
					    : 0;
	}
	check->sum.folders++;
	check->sum.lost += !tally.whole && check->at->allocated;
	check->sum.listed += tally.listed;
	check->sum.left += tally.left;
	check->sum.bytes += tally.bytes;
	if (r == 0 && tally.whole && check->at->allocated)
		r = find_unlisted(check);
	if (r == 0)
		r = merge(check);
	return r < 0 ? r : indexes_judge(check);
}

/* ---- the volume, and all of them ---- */

static int
cover(struct index_check *check)
{
	const struct index_sum *s = &check->sum;
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(text_free) struct text reason = { 0 };
	int r = text_printf(&path, "volume %u: folder indexes", check->v->number);

	if (r == 0)
		r = text_printf(
			&reason,
			"%s; they list %" PRIu64 " names: %" PRIu64 " disagree with their record, %" PRIu64
			" have none that can be read; %" PRIu64 " records in use are not listed; unused bytes hold "
			"%" PRIu64 " names, %" PRIu64 " of them known from the $MFT",
			check->all ? "every folder"
				   : "folders of web roots and of chosen files; --files all checks every one",
			s->listed, s->odd[ODD_STALE], s->odd[ODD_LOST], s->odd[ODD_UNLISTED], s->left, s->known);
	if (r < 0)
		return fail(ENOMEM, "out of memory for the coverage of %s", check->exam->path);
	return case_coverage(check->exam->db, &(struct coverage_row){
						      .source = "index",
						      .path = text_view(&path),
						      .state = !s->folders && s->lost ? "unreadable"
							       : !s->folders          ? "absent"
							       : s->lost              ? "partly"
										      : "read",
						      .items = s->folders,
						      .lost = s->lost,
						      .bytes = s->bytes,
						      .reason = reason.s,
					      });
}

static int
leave_out(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		CLEANUP(text_free) struct text path = { 0 };

		if (!exam->volumes[i].catalog)
			continue;
		if (text_printf(&path, "volume %u: folder indexes", exam->volumes[i].number) < 0)
			return fail(ENOMEM, "out of memory for the coverage of %s", exam->path);
		r = case_coverage(exam->db, &(struct coverage_row){ .source = "index",
								    .path = text_view(&path),
								    .state = "skipped",
								    .reason = "left out by the user (--stages)" });
	}
	return r;
}

static int
check_volume(struct index_check *check)
{
	size_t folders = catalog_folders(check->v->catalog), end = 0;
	int r;

	check->sum = (struct index_sum){ 0 };
	check->states = calloc(folders + 1, sizeof(*check->states));
	r = check->states ? indexes_count(check)
			  : fail(ENOMEM, "out of memory for the folders of %s", check->exam->path);
	for (size_t i = 0; i < check->watched.n && r == 0; i++) {
		if (i == end)
			r = indexes_children(check, i, &end);
		check->at = &check->watched.at[i];
		if (r == 0 && check->at->volume == check->volume)
			r = check_folder(check, check->v->window->size);
	}
	free(check->states);
	check->states = NULL;
	return r < 0 ? r : cover(check);
}

int
index_check(struct exam *exam)
{
	struct index_check check = { .exam = exam,
				     .all = exam->request->files && !strcmp(exam->request->files, "all") };
	int r;

	if (!stage_wanted(exam->request, "index"))
		return leave_out(exam);
	r = exam_chooser(exam, &check.chooser);
	if (r == 0)
		r = indexes_choose(&check);
	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		check.v = &exam->volumes[i];
		check.volume = i;
		if (check.v->catalog)
			r = check_volume(&check);
	}
	chooser_free(check.chooser);
	vector_free(&check.watched);
	vector_free(&check.children);
	vector_free(&check.odds);
	vector_free(&check.long_names);
	arena_free(&check.arena);
	text_free(&check.folder_path);
	text_free(&check.path);
	return r;
}

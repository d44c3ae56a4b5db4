/* indexes_judge.c - what it means that a folder and the $MFT disagree: rows for a person, and no more than can be said.
 */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "indexes.h"
#include "judge.h"

enum { TOLD_MAX = 100 }; /* findings of one folder that only say that index and record disagree */

static int
no_memory(const struct index_check *check)
{
	return fail(ENOMEM, "out of memory for the folders of %s", check->exam->path);
}

/* ---- where it lies ---- */

/* The name of a folder that no record names as its parent, and the number of the folder above it. */
static int
own_name(struct index_check *check, struct reference folder, struct catalog_cursor *cursor,
	 const struct name **ret_name)
{
	int r = catalog_get(check->v->catalog, folder.entry, cursor);

	*ret_name = NULL;
	for (uint32_t i = 0; r > 0 && i < cursor->entry.name_count && !*ret_name; i++)
		if (cursor->entry.names[i].space != NAME_DOS)
			*ret_name = &cursor->entry.names[i];
	return r < 0 ? r : 0;
}

int
indexes_path(struct index_check *check, struct reference folder, struct text *ret_path)
{
	struct catalog_cursor cursor;
	const struct name *name;
	int r = own_name(check, folder, &cursor, &name);
	size_t n = ret_path->n;
	uint32_t above = r == 0 && name ? catalog_folder_of(check->v->catalog, name->parent) : UINT32_MAX;

	if (r == 0 && above != UINT32_MAX)
		r = catalog_folder_path(check->v->catalog, above, ret_path);
	if (r == 0 && ret_path->n > n)
		r = text_addc(ret_path, '/');
	if (r == 0 && name)
		r = text_add_name(ret_path, name->name);
	else if (r == 0)
		r = text_printf(ret_path, "$Orphan/[entry %" PRIu64 "]", folder.entry);
	catalog_stop(&cursor);
	return r;
}

/* The path of the folder that the chooser is asked about; of the one that is checked for UINT32_MAX. */
static int
tell_path(void *owner, struct text *ret_path)
{
	struct index_check *check = owner;

	return check->asked == UINT32_MAX ? text_adds(ret_path, check->folder_path.s + 1)
					  : catalog_folder_path(check->v->catalog, check->asked, ret_path);
}

static int64_t
enter(struct index_check *check, int64_t state, uint32_t above, struct view name)
{
	struct chooser_path where = { .get = tell_path, .owner = check };

	check->asked = above;
	return chooser_enter(check->chooser, state, name, ntfs_upcase(check->v->ntfs), &where);
}

/* The patterns alive in a folder with a number: down from the nearest one above that is known. */
static int64_t
numbered_state(struct index_check *check, uint32_t folder)
{
	VECTOR(uint32_t) way = { 0 };
	struct folder f = { .parent = folder };
	int64_t state = 0;
	uint32_t at = folder;

	while (state >= 0 && !check->states[at]) {
		uint32_t *step = vector_push(&way);

		if (!step) {
			state = -ENOMEM;
			break;
		}
		*step = at;
		catalog_folder(check->v->catalog, at, &f);
		if (f.parent == at)
			break;
		at = f.parent;
	}
	if (state == 0 && check->states[at])
		state = check->states[at] - 1;
	while (way.n && state >= 0) {
		at = way.at[--way.n];
		catalog_folder(check->v->catalog, at, &f);
		state = f.parent != at ? enter(check, state, f.parent, f.name)
			: at           ? 0
				       : chooser_root(check->chooser, check->volume);
		check->states[at] = state + 1;
	}
	vector_free(&way);
	return state;
}

static int64_t
state_of(struct index_check *check)
{
	struct catalog_cursor cursor;
	const struct name *name;
	uint32_t above;
	int64_t state;
	int r;

	if (check->at->folder != UINT32_MAX)
		return numbered_state(check, check->at->folder);
	r = own_name(check, check->at->reference, &cursor, &name);
	above = r == 0 && name ? catalog_folder_of(check->v->catalog, name->parent) : UINT32_MAX;
	state = r < 0 ? r : above == UINT32_MAX ? 0 : numbered_state(check, above);
	if (state > 0)
		state = enter(check, state, above, name->name);
	catalog_stop(&cursor);
	return state;
}

static int
choose(struct index_check *check, const struct odd *odd, struct chosen *ret_chosen)
{
	struct chooser_path where = { .get = tell_path, .owner = check };
	int64_t state = state_of(check);

	check->asked = UINT32_MAX;
	if (state < 0)
		return (int)state;
	return chooser_file(check->chooser, state, odd->entry.name.name, ntfs_upcase(check->v->ntfs), &where,
			    ret_chosen);
}

static int
make_path(struct index_check *check, const struct odd *odd)
{
	int r;

	text_cut(&check->path, 0);
	r = text_add(&check->path, text_view(&check->folder_path));
	if (r == 0 && check->folder_path.n > 1)
		r = text_addc(&check->path, '/');
	return r < 0 ? r : text_add_name(&check->path, odd->entry.name.name);
}

/* ---- what is said ---- */

static bool
is_folder(const struct odd *odd)
{
	return odd->entry.attributes & INDEX_FOLDER;
}

static int
add_times(struct text *t, const struct times *times)
{
	char c[FILETIME_TEXT], m[FILETIME_TEXT], x[FILETIME_TEXT], a[FILETIME_TEXT];

	return text_printf(t, "created %s, modified %s, changed %s, accessed %s", filetime_text(times->created, c),
			   filetime_text(times->modified, m), filetime_text(times->changed, x),
			   filetime_text(times->accessed, a));
}

static int
describe(const struct index_check *check, const struct odd *odd, struct text *ret)
{
	const struct index_entry *e = &odd->entry;
	bool listed = odd->kind != ODD_LEFT, unlisted = odd->kind == ODD_UNLISTED;
	int r = unlisted
			? text_adds(ret, "")
			: text_printf(ret, "%s %s this name", index_where_name(e->where), listed ? "has" : "still has");

	if (r == 0)
		r = text_printf(ret, "%s%s of %" PRIu64 " bytes", unlisted ? "" : ": a ",
				is_folder(odd) ? "folder" : "file", e->size);
	if (r == 0 && (e->file.entry || e->file.sequence))
		r = text_printf(ret, ", entry %" PRIu64 "-%u", e->file.entry, e->file.sequence);
	if (r == 0)
		r = text_adds(ret, ", ");
	if (r == 0)
		r = add_times(ret, &e->name.fn);
	if (r == 0)
		r = text_printf(ret, "; %s", odd->fate);
	if (r == 0 && odd->copies)
		r = text_printf(ret, "; %u more traces of it there", odd->copies);
	if (r == 0 && e->headless)
		r = text_adds(ret, "; the reference to its folder is overwritten, only its place tells which it was");
	if (r == 0 && !check->at->allocated)
		r = text_adds(ret, "; the folder itself is deleted");
	if (r == 0 && listed && ntfs_dirty(check->v->ntfs))
		r = text_adds(ret, "; the volume was not closed cleanly");
	return r;
}

/* Where the bytes lie that it rests on: in the folder's index, or behind the end of its record in the $MFT. */
static int
place_of(struct index_check *check, const struct odd *odd, struct place *ret)
{
	struct catalog_cursor cursor;
	int r = 0;

	*ret = (struct place){ .volume = check->volume,
			       .when = odd->entry.name.fn.created,
			       .entry = check->at->reference,
			       .attribute = odd->entry.attribute,
			       .path = check->path.s,
			       .stream = "$I30",
			       .bytes = true,
			       .type = odd->entry.type };
	if (odd->kind == ODD_UNLISTED) {
		ret->entry = odd->entry.file;
		ret->stream = "";
		ret->bytes = false;
	} else if (odd->entry.where == INDEX_RECORD) {
		r = catalog_get(check->v->catalog, 0, &cursor);
		ret->entry = (struct reference){ 0, r > 0 ? cursor.entry.sequence : 1 };
		ret->stream = "";
		for (uint32_t i = 0; r > 0 && i < cursor.entry.stream_count; i++)
			if (!cursor.entry.streams[i].name.n)
				ret->attribute = cursor.entry.streams[i].attribute;
		catalog_stop(&cursor);
	}
	return r < 0 ? r : 0;
}

static int
tell(struct index_check *check, const struct odd *odd, const struct rule *rule, enum level level, struct text *basis,
     struct text *ret_id)
{
	bool bytes = odd->kind != ODD_UNLISTED;
	struct mark mark = { .rule = rule,
			     .offset = bytes ? odd->entry.offset : 0,
			     .length = bytes ? odd->entry.length : 0,
			     .basis = text_view(basis) };
	struct place place;
	int r = place_of(check, odd, &place);

	if (r == 0 && !ret_id->n)
		r = finding_id(check->exam, &place, &mark, ret_id) < 0 ? no_memory(check) : 0;
	return r < 0 ? r : finding_write(check->exam, &place, &mark, level);
}

static int
write_events(struct index_check *check, const struct odd *odd, const struct text *id)
{
	const struct times *t = &odd->entry.name.fn;
	const struct {
		const char *kind;
		uint64_t when;
	} events[] = { { "file.index.created", t->created },
		       { "file.index.modified", t->modified },
		       { "file.index.changed", t->changed },
		       { "file.index.accessed", t->accessed } };
	CLEANUP(text_free) struct text summary = { 0 };
	int r = text_printf(&summary, "%s of %" PRIu64 " bytes, by %s: %s", is_folder(odd) ? "folder" : "file",
			    odd->entry.size, index_where_name(odd->entry.where), odd->fate);

	if (r < 0)
		return no_memory(check);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]) && r == 0; i++)
		if (events[i].when >= check->exam->since)
			r = case_event(check->exam->db, &(struct event_row){
								.volume = check->v->number,
								.when = events[i].when,
								.kind = events[i].kind,
								.source = "$I30",
								.subject = text_view(&check->path),
								.summary = text_view(&summary),
								.mft = odd->entry.file.entry,
								.offset = odd->entry.offset,
								.finding = id->n ? id->s : NULL,
							});
	return r;
}

/* ---- what it weighs ---- */

static bool
in_web_root(const struct chosen *chosen)
{
	for (size_t i = 0; i < chosen->choice_count; i++)
		if (chosen->choices[i]->role == ROLE_WEBROOT)
			return true;
	return false;
}

/* Whether Exchange ships, or some build of it shipped, a file of that path. */
static enum baseline
shipped(const struct index_check *check)
{
	const struct host_place *exchange = NULL;
	const char *relative = host_relative(check->exam, check->volume, check->path.s, &exchange);

	return relative ? baseline_grade(check->exam->profile, relative, NULL, exchange->build)
			: BASELINE_UNEXPECTED_PATH;
}

static enum level
code_level(const struct index_check *check, const struct odd *odd, const char *name, enum baseline grade)
{
	bool served = name_is_served(name) && odd->entry.name.fn.created >= check->exam->since;

	return served && grade != BASELINE_NONE ? LEVEL_MEDIUM : LEVEL_LOW;
}

/* A name is a lead and never proof, and no lead where a file of that name is there today and is judged itself. */
static int
weigh_name(struct index_check *check, const struct odd *odd, const struct chosen *chosen, struct text *basis,
	   struct text *id)
{
	const char *name = strrchr(check->path.s, '/') + 1;
	enum baseline grade = shipped(check);
	int r = 0;

	if (odd->replaced && odd->kind == ODD_LEFT)
		return 0;
	if (grade != BASELINE_NONE && grade != BASELINE_UNEXPECTED_PATH)
		return 0;
	for (size_t i = 0; i < chosen->rule_count && r == 0; i++) {
		enum level level = chosen->rules[i]->level;

		r = tell(check, odd, chosen->rules[i], level > LEVEL_MEDIUM ? LEVEL_MEDIUM : level, basis, id);
	}
	if (r == 0 && odd->kind == ODD_LEFT && in_web_root(chosen) && !is_folder(odd) && name_is_code(name))
		r = tell(check, odd, own_rule(OWN_INDEX_CODE), code_level(check, odd, name, grade), basis, id);
	return r;
}

static int
weigh_disagreement(struct index_check *check, const struct odd *odd, const struct chosen *chosen, struct text *basis,
		   struct text *id, uint64_t *told)
{
	bool stale = odd->kind == ODD_STALE;
	bool grave = in_web_root(chosen) && name_is_code(strrchr(check->path.s, '/') + 1);

	if (!grave && ++*told > TOLD_MAX)
		return 0;
	return tell(check, odd, own_rule(stale ? OWN_INDEX_STALE : OWN_INDEX_UNLISTED),
		    grave ? LEVEL_MEDIUM : LEVEL_LOW, basis, id);
}

static int
judge_one(struct index_check *check, const struct odd *odd, uint64_t *told)
{
	CLEANUP(text_free) struct text basis = { 0 };
	CLEANUP(text_free) struct text id = { 0 };
	struct chosen chosen = { 0 };
	bool named = odd->kind == ODD_LEFT || odd->kind == ODD_STALE || odd->kind == ODD_LOST;
	int r = make_path(check, odd);

	if (r == 0)
		r = choose(check, odd, &chosen);
	if (r == 0)
		r = describe(check, odd, &basis);
	if (r < 0)
		return no_memory(check);
	check->sum.odd[odd->kind]++;
	if (odd->kind == ODD_STALE || odd->kind == ODD_UNLISTED || odd->kind == ODD_UNLINKED)
		r = weigh_disagreement(check, odd, &chosen, &basis, &id, told);
	if (r == 0 && odd->kind == ODD_LOST)
		r = limits_add(check->v->limits, check->path.s, (int64_t)odd->entry.file.entry, "", -1,
			       "its folder lists this file, but the $MFT has no record of it that can be read", 1);
	if (r == 0 && named)
		r = weigh_name(check, odd, &chosen, &basis, &id);
	return r < 0 || !named ? r : write_events(check, odd, &id);
}

int
indexes_judge(struct index_check *check)
{
	int64_t folder = (int64_t)check->at->reference.entry;
	uint64_t told = 0;
	int r = 0;

	for (size_t i = 0; i < check->odds.n && r == 0; i++)
		r = judge_one(check, &check->odds.at[i], &told);
	if (r == 0 && told > TOLD_MAX)
		r = limits_add(check->v->limits, check->folder_path.s, folder, "$I30", -1,
			       "more files whose record and index disagree than are told one by one", told - TOLD_MAX);
	if (r == 0 && check->beyond)
		r = limits_add(check->v->limits, check->folder_path.s, folder, "$I30", -1,
			       "more disagreements of index and $MFT than are kept for one folder", check->beyond);
	return r;
}

/* facts.c - the rows of a case that an intrusion is told from: events that a rule or a trail kept, and files found. */
#include "facts.h"

#include <errno.h>
#include <strings.h>

#include "filetime.h"
#include "row.h"

struct loading {
	struct facts *facts;
	VECTOR(const char *) logs; /* paths of logs, in order: findings in these are told by their events */
};

static const char *
keep(struct facts *facts, struct view text)
{
	return arena_copy(&facts->arena, text);
}

static int
take_log(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct loading *l = state;
	const struct row row = { n, names, values };
	const char **slot = vector_push(&l->logs);

	(void)is_number;
	if (!slot)
		return -ENOMEM;
	*slot = keep(l->facts, text_of(&row, "path"));
	return *slot ? 0 : -ENOMEM;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_log(const struct loading *l, struct view path)
{
	size_t low = 0, high = l->logs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = view_compare(view_text(l->logs.at[middle]), path);

		if (!c)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* ---- events ---- */

static bool
is_answered(struct view status)
{
	uint64_t n = view_number(status);

	return n >= 200 && n < 300;
}

static int
fill(struct facts *facts, struct fact *f, const struct row *row)
{
	CLEANUP(arena_free) struct arena scratch = { 0 };
	struct fields fields = { 0 };
	struct view json = text_of(row, "fields"), raw = text_of(row, "raw");
	int r = fields_parse_json(json, &scratch, &fields);

	if (r == -EINVAL) /* it is none that was kept for this: what else the row says has to do */
		r = 0;
	fields.raw = raw.n ? raw : json;
	if (r == 0)
		r = keys_take(&facts->arena, &fields, f->keys);
	if (r < 0)
		return r;
	f->row = keep(facts, text_of(row, "event"));
	f->kind = keep(facts, text_of(row, "kind"));
	f->finding = keep(facts, text_of(row, "finding"));
	f->stage = keep(facts, text_of(row, "stage"));
	f->source = keep(facts, text_of(row, "source"));
	f->what = keep(facts, text_of(row, "summary"));
	f->page = plain_path(&facts->arena, f->keys[KEY_PAGE], true);
	f->path = plain_path(&facts->arena, f->keys[KEY_FILE], false);
	return f->row && f->kind && f->finding && f->stage && f->source && f->what && f->page && f->path ? 0 : -ENOMEM;
}

/* Compiled pages and saved directories are no records of a log: what matters is the URL or the file that they are about. */
static bool
speaks_by_itself(struct view kind)
{
	return view_equal(kind, view_text("compiled.page")) || view_equal(kind, view_text("directory.set"));
}

static int
fill_own(struct facts *facts, struct fact *f, const struct row *row)
{
	bool page = view_equal(text_of(row, "kind"), view_text("compiled.page"));
	struct view url = page ? text_of(row, "subject") : view_of(NULL, 0);

	f->page = plain_path(&facts->arena, url, true);
	f->path = plain_path(&facts->arena, text_of(row, "source"), false);
	return f->page && f->path ? 0 : -ENOMEM;
}

static int
take_event(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct loading *l = state;
	const struct row row = { n, names, values };
	struct fact *f;
	int r;

	(void)is_number;
	if (!text_of(&row, "fields").n && !speaks_by_itself(text_of(&row, "kind")))
		return 0;
	f = vector_push(&l->facts->list);
	if (!f)
		return -ENOMEM;
	*f = (struct fact){ .evidence = (uint32_t)number_of(&row, "evidence"),
			    .when = number_of(&row, "ticks"),
			    .mft = number_of(&row, "mft"),
			    .single = true };
	level_parse(text_of(&row, "level"), &f->level);
	r = fill(l->facts, f, &row);
	if (r == 0 && speaks_by_itself(text_of(&row, "kind")))
		r = fill_own(l->facts, f, &row);
	if (r < 0)
		return r;
	f->answered = is_answered(f->keys[KEY_STATUS]);
	f->step = step_of_event(f, text_of(&row, "technique"));
	return 0;
}

/* ---- files ---- */

/* The file of an earlier, graver finding. */
static struct fact *
file_of(struct facts *facts, const struct row *row)
{
	struct view path = text_of(row, "path");

	for (size_t i = facts->list.n; i-- > 0;) {
		struct fact *f = &facts->list.at[i];

		if (strcmp(f->kind, "file"))
			break; /* files come behind all events */
		if (f->evidence == number_of(row, "evidence") && f->mft == number_of(row, "mft") &&
		    f->volume == number_of(row, "volume") && view_equal(view_text(f->what), path))
			return f;
	}
	return NULL;
}

/* Findings come the gravest first: a file is known by that, and is what any of them says. */
static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct loading *l = state;
	const struct row row = { n, names, values };
	struct view path = text_of(&row, "path"), sha256 = text_of(&row, "sha256");
	struct fact *f, new = { .evidence = (uint32_t)number_of(&row, "evidence"),
				.mft = number_of(&row, "mft"),
				.volume = number_of(&row, "volume"),
				.kind = "file",
				.single = true };
	enum step step;

	(void)is_number;
	if (path.n < 2 || !number_of(&row, "mft") || is_log(l, view_from(path, 1)))
		return 0;
	new.path = plain_path(&l->facts->arena, path, false);
	new.row = new.finding = keep(l->facts, text_of(&row, "finding"));
	new.stage = keep(l->facts, text_of(&row, "stage"));
	new.what = keep(l->facts, path);
	new.page = "";
	new.source = "$MFT";
	if (!new.path || !new.row || !new.stage || !new.what)
		return -ENOMEM;
	level_parse(text_of(&row, "level"), &new.level);
	if (filetime_parse(text_of(&row, "time"), &new.when) < 0)
		new.when = 0;
	if (sha256.n == 64)
		memcpy(new.sha256, sha256.p, 64);
	step = step_of_file(&new, text_of(&row, "technique"));
	f = file_of(l->facts, &row);
	if (f) {
		if (step > f->step && f->step != STEP_BIRTH)
			f->step = step;
		return 0;
	}
	f = vector_push(&l->facts->list);
	if (!f)
		return -ENOMEM;
	*f = new;
	f->step = step;
	return 0;
}

/* ---- what is kept of them ---- */

static int
by_time(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->evidence != y->evidence)
		return x->evidence < y->evidence ? -1 : 1;
	if (!x->when != !y->when)
		return x->when ? -1 : 1;
	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return x->step != y->step ? (x->step < y->step ? -1 : 1) : strcmp(x->row, y->row);
}

/* Requests that are alike lie together, in order of time. */
static int
by_likeness(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int c = x->evidence < y->evidence ? -1 : x->evidence > y->evidence;

	if (!c)
		c = (x->step > y->step) - (x->step < y->step);
	if (!c)
		c = strcmp(x->kind, y->kind);
	if (!c)
		c = strcmp(x->page, y->page);
	if (!c)
		c = view_compare(x->keys[KEY_ADDRESS], y->keys[KEY_ADDRESS]);
	if (!c)
		c = view_compare(x->keys[KEY_BACKEND], y->keys[KEY_BACKEND]);
	return c ? c : by_time(a, b);
}

static bool
alike(const struct fact *a, const struct fact *b)
{
	return a->evidence == b->evidence && a->step == b->step && !strcmp(a->kind, b->kind) && !strcmp(a->page, b->page) &&
	       view_equal(a->keys[KEY_ADDRESS], b->keys[KEY_ADDRESS]) && view_equal(a->keys[KEY_BACKEND], b->keys[KEY_BACKEND]);
}

/* Of many requests that are alike, the first ones and the last one tell the story. Files and commands stay all. */
static void
thin_out(struct facts *facts)
{
	size_t kept = 0;

	vector_sort(&facts->list, by_likeness);
	for (size_t at = 0, end; at < facts->list.n; at = end) {
		const struct fact *first = &facts->list.at[at];

		for (end = at + 1; end < facts->list.n && alike(first, &facts->list.at[end]);)
			end++;
		for (size_t i = at; i < end; i++) {
			bool told = i < at + RUN_MAX - 1 || i + 1 == end || !first->keys[KEY_ADDRESS].n;

			if (told)
				facts->list.at[kept++] = facts->list.at[i];
			else
				facts->list.at[kept - 1].more++;
		}
	}
	facts->list.n = kept;
}

static int
by_weight(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	if (x->evidence != y->evidence)
		return x->evidence < y->evidence ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return by_time(a, b);
}

static void
bound(struct facts *facts)
{
	size_t kept = 0, of_exhibit = 0;

	vector_sort(&facts->list, by_weight);
	for (size_t i = 0; i < facts->list.n; i++) {
		of_exhibit = i && facts->list.at[i].evidence == facts->list.at[i - 1].evidence ? of_exhibit + 1 : 1;
		if (of_exhibit > FACTS_MAX)
			facts->left_out++;
		else
			facts->list.at[kept++] = facts->list.at[i];
	}
	facts->list.n = kept;
}

static void
drop_others(struct facts *facts)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->list.n; i++)
		if (facts->list.at[i].step != STEP_NONE)
			facts->list.at[kept++] = facts->list.at[i];
	facts->list.n = kept;
}

int
facts_load(struct facts *facts, struct case_db *db)
{
	struct loading l = { .facts = facts };
	int r = case_ask(db, &(struct question){ .view = "v_logs" }, take_log, &l);

	vector_sort(&l.logs, by_text);
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_events" }, take_event, &l);
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_findings", .min_level = LEVEL_MEDIUM }, take_finding, &l);
	vector_free(&l.logs);
	if (r < 0)
		return r;
	steps_settle(facts);
	drop_others(facts);
	thin_out(facts);
	bound(facts);
	vector_sort(&facts->list, by_time);
	for (size_t i = 0; i < facts->list.n; i++)
		facts->list.at[i].set = i;
	return 0;
}

void
facts_of(const struct facts *facts, uint32_t evidence, size_t *ret_from, size_t *ret_to)
{
	size_t i = 0;

	while (i < facts->list.n && facts->list.at[i].evidence < evidence)
		i++;
	*ret_from = i;
	while (i < facts->list.n && facts->list.at[i].evidence == evidence)
		i++;
	*ret_to = i;
}

void
facts_free(struct facts *facts)
{
	vector_free(&facts->list);
	vector_free(&facts->edges);
	arena_free(&facts->arena);
}

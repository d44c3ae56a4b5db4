/* merge.c - many shards and cases into one case, whose bytes do not tell in which order or how often that was done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "db.h"
#include "fail.h"
#include "file.h"
#include "vector.h"

/* Something to merge: a shard, a case, or the case as it was. */
struct input {
	char *path;
	char *name;          /* how it is called in the case: its name and its folder's */
	bool old;            /* the case as it was */
	struct text refused; /* why it is left out */
};

struct exhibit {
	char *name, *fingerprint;
	size_t input;
	int64_t number; /* in the input */
	struct text refused;
};

struct merge {
	const char *folder;
	VECTOR(struct input) inputs;
	VECTOR(struct exhibit) exhibits;
	struct case_db *db;
	size_t attached;                               /* 1 + index of the input that is open as `origin`, 0 for none */
	int (*judge)(void *state, struct case_db *db); /* or NULL */
	void *judge_state;
};

static void
merge_free_at(struct merge *m)
{
	for (size_t i = 0; i < m->inputs.n; i++) {
		free(m->inputs.at[i].path);
		free(m->inputs.at[i].name);
		text_free(&m->inputs.at[i].refused);
	}
	for (size_t i = 0; i < m->exhibits.n; i++) {
		free(m->exhibits.at[i].name);
		free(m->exhibits.at[i].fingerprint);
		text_free(&m->exhibits.at[i].refused);
	}
	vector_free(&m->inputs);
	vector_free(&m->exhibits);
	case_close(m->db);
}

static int
no_memory(const struct merge *m)
{
	return fail(ENOMEM, "out of memory to merge into %s", m->folder);
}

/* ---- what there is ---- */

/* The end of a path: its last folder and its name. */
static const char *
last_two(const char *path)
{
	const char *at = path + strlen(path);

	for (int slashes = 0; at > path; at--) {
		slashes += at[-1] == '/';
		if (slashes == 2)
			break;
	}
	return at;
}

static int
add_input(struct merge *m, const char *path)
{
	struct input *input = vector_push(&m->inputs);
	struct stat st;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);

	if (!input)
		return no_memory(m);
	input->path = folder ? path_join(path, "case.db") : strdup(path);
	input->name = input->path ? strdup(last_two(input->path)) : NULL;
	return input->path && input->name ? 0 : no_memory(m);
}

static int
refuse(const struct merge *m, struct text *refused, const char *why)
{
	return text_adds(refused, why) < 0 ? no_memory(m) : 0;
}

static char *
column_copy(sqlite3_stmt *row, int i)
{
	const char *s = (const char *)sqlite3_column_text(row, i);

	return strdup(s ? s : "");
}

/* Under which settings an input examined one of its exhibits, as one text. */
static int
settings_of(struct merge *m, size_t input, int64_t number, char **ret_text)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	CLEANUP(statement) sqlite3_stmt *row = NULL;
	int r = db_open(m->inputs.at[input].path, SQLITE_OPEN_READONLY, &db);

	if (r == 0)
		r = db_prepare(
			db,
			"SELECT group_concat(key || ' ' || value, ', ') FROM"
			" (SELECT key, value FROM setting WHERE evidence = ? AND key NOT LIKE 'shard.%' ORDER BY key)",
			&row);
	if (r < 0)
		return r;
	if (sqlite3_bind_int64(row, 1, number) != SQLITE_OK || sqlite3_step(row) != SQLITE_ROW)
		return db_fail(db, sqlite3_errcode(db->handle), "read its settings");
	*ret_text = column_copy(row, 0);
	return *ret_text ? 0 : no_memory(m);
}

/* A case is extended and never overwritten: what it holds can only be stated again in the same way. */
static int
check_same(struct merge *m, const struct exhibit *e, size_t input, int64_t number)
{
	CLEANUP(free) char *before = NULL;
	CLEANUP(free) char *now = NULL;
	int r = settings_of(m, e->input, e->number, &before);

	if (r == 0)
		r = settings_of(m, input, number, &now);
	if (r == 0 && strcmp(before, now))
		r = fail(EEXIST, "%s: this case holds %s already, examined otherwise (%s; now %s): give another case",
			 m->folder, e->name, before, now);
	return r;
}

/* The same exhibit: by name and fingerprint, or by name where one of them could not be opened and has none. */
static struct exhibit *
find_exhibit(struct merge *m, const char *name, const char *fingerprint)
{
	for (size_t i = 0; i < m->exhibits.n; i++) {
		struct exhibit *e = &m->exhibits.at[i];

		if (!strcmp(e->name, name) &&
		    (!strcmp(e->fingerprint, fingerprint) || !*e->fingerprint || !*fingerprint))
			return e;
	}
	return NULL;
}

/* The later one of the same exhibit stands, unless it could not be opened this time. */
static int
add_exhibit(struct merge *m, size_t input, sqlite3_stmt *row)
{
	CLEANUP(free) char *name = column_copy(row, 1);
	CLEANUP(free) char *fingerprint = column_copy(row, 2);
	int64_t number = sqlite3_column_int64(row, 0);
	struct exhibit *e;

	if (!name || !fingerprint)
		return no_memory(m);
	e = find_exhibit(m, name, fingerprint);
	if (e && *e->fingerprint && !*fingerprint)
		return 0;
	if (e && *e->fingerprint && m->inputs.at[e->input].old) {
		int r = check_same(m, e, input, number);

		if (r < 0)
			return r;
	}
	if (!e)
		e = vector_push(&m->exhibits);
	if (!e)
		return no_memory(m);
	free(e->name);
	free(e->fingerprint);
	e->input = input;
	e->number = number;
	e->name = TAKE(name);
	e->fingerprint = TAKE(fingerprint);
	return 0;
}

static int
list_exhibits(struct merge *m, size_t input, struct case_db *db)
{
	CLEANUP(statement) sqlite3_stmt *rows = NULL;
	int r = db_prepare(db, "SELECT id, name, fingerprint FROM evidence ORDER BY id", &rows);
	bool rows_seen = false;
	int rc = SQLITE_ROW;

	for (; r == 0 && (rc = sqlite3_step(rows)) == SQLITE_ROW && m->exhibits.n < DB_EVIDENCE_MAX; rows_seen = true)
		r = add_exhibit(m, input, rows);
	if (r < 0)
		return r;
	if (rc == SQLITE_DONE && !rows_seen && !m->inputs.at[input].old)
		return refuse(m, &m->inputs.at[input].refused, "it holds no evidence");
	if (rc != SQLITE_DONE)
		return refuse(m, &m->inputs.at[input].refused,
			      rc == SQLITE_ROW ? "it holds too much evidence" : sqlite3_errmsg(db->handle));
	return 0;
}

static int
look_into(struct merge *m, size_t i)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct input *input = &m->inputs.at[i];
	const char *why = "it is not there";
	int r = db_header(input->path, &why);

	if (r < 0)
		return refuse(m, &input->refused, why);
	r = db_open(input->path, SQLITE_OPEN_READONLY, &db);
	if (r < 0)
		return r;
	r = db_same_schema(db, false);
	if (r == -EBADMSG)
		return refuse(m, &input->refused,
			      "its tables and views are not those of a case, or its last stage was not finished");
	return r < 0 ? r : list_exhibits(m, i, db);
}

static int
by_name(const void *a, const void *b)
{
	const struct exhibit *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->fingerprint, y->fingerprint);
}

/* ---- copying ---- */

/* A path within an SQLite URI: https://www.sqlite.org/uri.html section 3. */
static int
compose_uri(struct text *uri, const char *path)
{
	int r = text_adds(uri, "file:");

	if (r == 0 && path[0] == '/' && path[1] == '/')
		r = text_adds(uri, "//"); /* else the first part would be an authority */
	for (; *path && r == 0; path++)
		r = strchr("%?#", *path) ? text_printf(uri, "%%%02x", (unsigned char)*path) : text_addc(uri, *path);
	return r < 0 ? r : text_adds(uri, "?mode=ro");
}

static int
detach(struct merge *m)
{
	int r = m->attached ? db_run(m->db, "DETACH origin") : 0;

	m->attached = 0;
	return r;
}

/* Opens an input as `origin`; -EBADMSG, silently, when it is no longer what it was when it was looked into. */
static int
attach(struct merge *m, size_t input)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	CLEANUP(text_free) struct text uri = { 0 };
	int r, rc;

	if (m->attached == input + 1)
		return 0;
	r = detach(m);
	if (r == 0 && compose_uri(&uri, m->inputs.at[input].path) < 0)
		r = no_memory(m);
	if (r == 0)
		r = db_prepare(m->db, "ATTACH ? AS origin", &statement);
	if (r < 0)
		return r;
	rc = sqlite3_bind_text(statement, 1, uri.s, -1, SQLITE_STATIC);
	rc = rc == SQLITE_OK ? sqlite3_step(statement) : rc;
	if (rc != SQLITE_DONE)
		return rc == SQLITE_NOMEM ? no_memory(m) : -EBADMSG;
	m->attached = input + 1;
	r = db_run(m->db, "PRAGMA origin.cache_size = 48");
	return r < 0 ? r : db_same_schema(m->db, true);
}

static int
copy_one(struct merge *m, struct exhibit *e, int64_t number)
{
	CLEANUP(text_free) struct text why = { 0 };
	int r = attach(m, e->input);

	if (r == -EBADMSG)
		return refuse(m, &e->refused, "it cannot be opened a second time");
	if (r == 0)
		r = db_run(m->db, "BEGIN");
	if (r == 0)
		r = copy_evidence(m->db, e->number, number, &why);
	if (r == 0)
		return db_run(m->db, "COMMIT");
	if (r != -EBADMSG)
		return r;
	r = db_run(m->db, "ROLLBACK");
	return r < 0 ? r : refuse(m, &e->refused, why.s);
}

static int
note(struct merge *m, const char *name, const char *why)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	CLEANUP(text_free) struct text what = { 0 };
	int r = text_printf(&what, "left out of the case: %s", why) < 0 ? no_memory(m) : 0;
	int rc;

	say("%s is left out of %s: %s", name, m->folder, why);
	if (r == 0)
		r = db_prepare(
			m->db,
			"INSERT INTO limitation SELECT count(*) + 1, 0, ?, NULL, NULL, NULL, ?, 1 FROM limitation"
			" WHERE id < 1 << 40",
			&statement);
	if (r < 0)
		return r;
	rc = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	rc = rc == SQLITE_OK ? sqlite3_bind_text(statement, 2, what.s, -1, SQLITE_STATIC) : rc;
	rc = rc == SQLITE_OK ? sqlite3_step(statement) : rc;
	return rc == SQLITE_DONE ? 0 : db_fail(m->db, rc, "add a row to it");
}

/* What is missing from the case as a whole: what it missed before, and what is left out now. */
static int
copy_all_notes(struct merge *m)
{
	CLEANUP(text_free) struct text why = { 0 };
	int r = 0;

	for (size_t i = 0; i < m->inputs.n && r == 0; i++) {
		if (m->inputs.at[i].refused.n)
			continue;
		r = attach(m, i);
		if (r == 0)
			r = db_run(m->db, "BEGIN");
		if (r == 0)
			r = copy_notes(m->db, &why);
		if (r == 0)
			r = db_run(m->db, "COMMIT");
		if (r == -EBADMSG)
			r = sqlite3_get_autocommit(m->db->handle) ? 0 : db_run(m->db, "ROLLBACK");
	}
	for (size_t i = 0; i < m->inputs.n && r == 0; i++)
		if (m->inputs.at[i].refused.n)
			r = note(m, m->inputs.at[i].name, m->inputs.at[i].refused.s);
	for (size_t i = 0; i < m->exhibits.n && r == 0; i++)
		if (m->exhibits.at[i].refused.n)
			r = note(m, m->exhibits.at[i].name, m->exhibits.at[i].refused.s);
	return r;
}

static int
create(struct merge *m)
{
	CLEANUP(text_free) struct text page = { 0 };
	int r;

	replace_drop(m->folder);
	r = replace_open(m->folder, &m->db);
	if (r == 0 &&
	    text_printf(&page,
			"PRAGMA page_size = %d; " DB_CACHE "PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE",
			DB_PAGE) < 0)
		r = no_memory(m);
	if (r == 0)
		r = db_run(m->db, page.s);
	if (r == 0)
		r = db_run(m->db, "BEGIN");
	if (r == 0)
		r = db_create(m->db);
	if (r == 0)
		r = db_run(m->db, "COMMIT");
	return r < 0 ? r : copy_prepare(m->db);
}

/* The verdict belongs to the case before anybody sees it, and costs no second copy of it. */
static int
judge(struct merge *m)
{
	int r = db_run(m->db, "BEGIN");

	if (r == 0)
		r = m->judge(m->judge_state, m->db);
	return r < 0 ? r : db_run(m->db, "COMMIT");
}

static int
build(struct merge *m)
{
	int r = create(m);

	for (size_t i = 0; i < m->exhibits.n && r == 0; i++)
		r = copy_one(m, &m->exhibits.at[i], (int64_t)i + 1);
	if (r == 0)
		r = copy_all_notes(m);
	if (r == 0)
		r = detach(m);
	if (r == 0 && m->judge)
		r = judge(m);
	m->db = case_close(m->db);
	return r;
}

/* The case as it was is the first input; if it cannot be read, nothing may take its place. */
static int
gather(struct merge *m, const char *const *paths, size_t n)
{
	CLEANUP(free) char *old = path_join(m->folder, "case.db");
	bool there = old && access(old, F_OK) == 0;
	int r = !old ? no_memory(m) : there ? add_input(m, old) : 0;

	if (r == 0 && there)
		m->inputs.at[0].old = true;
	for (size_t i = 0; i < n && r == 0; i++)
		r = add_input(m, paths[i]);
	for (size_t i = 0; i < m->inputs.n && r == 0; i++)
		r = look_into(m, i);
	if (r == 0 && there && m->inputs.at[0].refused.n)
		r = fail(EBADMSG, "%s is not replaced: %s", old, m->inputs.at[0].refused.s);
	if (r == 0)
		vector_sort(&m->exhibits, by_name);
	return r;
}

int
case_merge(const char *folder, const char *const *paths, size_t n, int (*judge_case)(void *state, struct case_db *db),
	   void *state, char ret_sha256[65])
{
	CLEANUP(merge_free) struct merge m = { .folder = folder, .judge = judge_case, .judge_state = state };
	int r = gather(&m, paths, n);

	if (r < 0)
		return r;
	r = build(&m);
	if (r == 0)
		r = replace_case(folder, ret_sha256);
	if (r < 0)
		replace_drop(folder);
	return r;
}

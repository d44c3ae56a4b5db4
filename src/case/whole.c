/* whole.c - the great tables of an exhibit that keeps its number, taken over as they are while a second reader checks
 * them.
 *
 * With equal tables and nothing to change, SQLite copies `INSERT ... SELECT *` record by record without taking them
 * apart (https://www.sqlite.org/lang_insert.html; the "transfer optimization"), in less than half the time. What the
 * statements of copy.c hold against the schema value by value is then held against it by PRAGMA quick_check, which
 * knows STRICT types and NOT NULL, and by a question for rows of other exhibits, both on another connection and
 * another thread. The bytes of the case are the same by either way.
 */
#include <errno.h>
#include <pthread.h>

#include "db.h"
#include "fail.h"

static const struct {
	const char *copy, *check;
	const char *span;      /* lowest and highest id, each by one look at the tree */
	int shift;             /* of the exhibit's number in an id */
	const char *strangers; /* how many rows speak of another exhibit's volumes */
} tables[] = {
	{
		.copy = "INSERT INTO folder SELECT * FROM origin.folder",
		.check = "PRAGMA quick_check('folder')",
		.span = "SELECT (SELECT min(id) FROM origin.folder), (SELECT max(id) FROM origin.folder)",
		.shift = DB_FOLDER_SHIFT + DB_VOLUME_SHIFT,
	},
	{
		.copy = "INSERT INTO file SELECT * FROM origin.file",
		.check = "PRAGMA quick_check('file')",
		.span = "SELECT (SELECT min(id) FROM origin.file), (SELECT max(id) FROM origin.file)",
		.shift = DB_EVIDENCE_SHIFT,
		.strangers = "SELECT count(*) FROM file WHERE volume >> 16 <> ?",
	},
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* The second reader. It says nothing: what it finds is judged by the thread that copies. */
struct check {
	const char *path;
	int64_t evidence;
	sqlite3 *handle;
	bool sound; /* every row was read and is as it should be */
	bool short_of_memory;
};

/* Whether every row of a check's answer is this text. */
static bool
answers(struct check *c, const char *sql, const char *right)
{
	CLEANUP(statement) sqlite3_stmt *rows = NULL;
	int rc = sqlite3_prepare_v2(c->handle, sql, -1, &rows, NULL);
	bool all = rc == SQLITE_OK;

	if (all && sqlite3_bind_parameter_count(rows))
		sqlite3_bind_int64(rows, 1, c->evidence);
	while (all && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(rows, 0);

		all = text && !strcmp(text, right);
	}
	c->short_of_memory |= (rc & 0xff) == SQLITE_NOMEM;
	return all && rc == SQLITE_DONE;
}

static void *
check_rows(void *state)
{
	struct check *c = state;

	c->sound = true;
	for (size_t i = 0; i < TABLES && c->sound; i++) {
		c->sound = answers(c, tables[i].check, "ok");
		if (c->sound && tables[i].strangers)
			c->sound = answers(c, tables[i].strangers, "0");
	}
	return NULL;
}

/* Whether all rows of a table have ids of this exhibit: 1 or 0, or negative. */
static int
spans(struct case_db *db, size_t table, int64_t evidence)
{
	CLEANUP(statement) sqlite3_stmt *row = NULL;
	int r = db_prepare(db, tables[table].span, &row);

	if (r < 0)
		return r;
	if (sqlite3_step(row) != SQLITE_ROW)
		return 0;
	for (int i = 0; i < 2; i++)
		if (sqlite3_column_type(row, i) != SQLITE_NULL &&
		    sqlite3_column_int64(row, i) >> tables[table].shift != evidence)
			return 0;
	return 1;
}

/* A broken input fails here in one way and in copy.c in another, so that one is asked again for the words. */
static int
copy_checked(struct case_db *db, struct check *check)
{
	pthread_t thread;
	int rc = SQLITE_OK, r = pthread_create(&thread, NULL, check_rows, check);

	if (r)
		return fail(r, "%s: cannot start a thread", db->path);
	for (size_t i = 0; i < TABLES && rc == SQLITE_OK; i++)
		rc = sqlite3_exec(db->handle, tables[i].copy, NULL, NULL, NULL);
	pthread_join(thread, NULL);
	if (check->short_of_memory)
		return fail(ENOMEM, "out of memory to check what goes into %s", db->path);
	if (rc != SQLITE_OK && db_errno(rc) != -EBADMSG)
		return db_fail(db, rc, "copy into it");
	return rc == SQLITE_OK && check->sound;
}

int
copy_whole(struct case_db *db, int64_t evidence)
{
	CLEANUP(case_close) struct case_db *second = NULL;
	struct check check = { .path = sqlite3_db_filename(db->handle, "origin"), .evidence = evidence };
	int r = 1;

	for (size_t i = 0; i < TABLES && r > 0; i++)
		r = spans(db, i, evidence);
	if (r <= 0 || !check.path)
		return r < 0 ? r : 0;
	r = db_open(check.path, SQLITE_OPEN_READONLY, &second);
	if (r == 0)
		r = db_run(db, "SAVEPOINT whole");
	if (r < 0)
		return r;
	check.handle = second->handle;
	r = copy_checked(db, &check);
	if (r < 0)
		return r;
	if (r == 0 && db_run(db, "ROLLBACK TO whole") < 0)
		return -EIO;
	return db_run(db, "RELEASE whole") < 0 ? -EIO : r;
}

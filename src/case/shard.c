/* shard.c - what one worker knows of one exhibit so far: stages that are wholly there or not at all.
 *
 * A shard is written with a rollback journal and synchronous=FULL, one transaction a stage. That is as safe as a WAL
 * with FULL (a commit is in force once the journal's header is zeroed and synced), and it writes the rows of a walk
 * once instead of twice: pages that are new need no journal. A finished shard is one file that can be read where
 * nothing can be written. The lock is kept for as long as it is open, so two workers never write one shard.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "fail.h"

static int
prepare_file(struct case_db *db)
{
	CLEANUP(text_free) struct text page = { 0 };
	int r;

	if (text_printf(&page, "PRAGMA page_size = %d", DB_PAGE) < 0)
		return fail(ENOMEM, "out of memory for %s", db->path);
	r = db_run(db, page.s);
	if (r == 0)
		r = db_run(db,
			   DB_CACHE "PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE; PRAGMA secure_delete = ON;"
				    "PRAGMA temp_store = MEMORY"); /* a worker's sandbox has no other place to write */
	return r < 0 ? r
		     : db_run(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = PERSIST; PRAGMA synchronous "
				  "= FULL");
}

static int
create(struct case_db *db, const char *tool, const char *profile)
{
	int r = db_run(db, "BEGIN IMMEDIATE");

	if (r == 0)
		r = db_create(db);
	if (r == 0)
		r = case_setting(db, "shard.tool", tool);
	if (r == 0)
		r = case_setting(db, "shard.profile", profile);
	return r < 0 ? r : db_run(db, "COMMIT");
}

static int
same_setting(struct case_db *db, const char *key, const char *what, const char *value)
{
	CLEANUP(free) char *found = NULL;
	int r = case_setting_get(db, key, &found);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == -ENOENT || strcmp(found, value) != 0)
		return fail(ESTALE, "%s was begun with another %s (%s) and cannot be continued with this one", db->path,
			    what, r < 0 ? "unknown" : found);
	return 0;
}

static int
check(struct case_db *db, const char *tool, const char *profile)
{
	int64_t application, version;
	int r = db_number(db, "PRAGMA application_id", &application);

	if (r == 0)
		r = db_number(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (application != CASE_APPLICATION || version != CASE_SCHEMA || db_same_schema(db, false) < 0)
		return fail(ESTALE, "%s is not a shard of this version of postmortem", db->path);
	r = same_setting(db, "shard.tool", "version", tool);
	return r < 0 ? r : same_setting(db, "shard.profile", "profile", profile);
}

int
case_shard(const char *path, const char *tool, const char *profile, struct case_db **ret_db)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int64_t tables;
	int r = db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db);

	if (r == 0) {
		sqlite3_busy_timeout(db->handle, 0); /* who else has it open keeps it */
		r = prepare_file(db);
	}
	if (r == 0)
		r = db_number(db, "SELECT count(*) FROM sqlite_schema",
			      &tables); /* undoes what a killed worker left half */
	if (r == 0)
		r = tables ? check(db, tool, profile) : create(db, tool, profile);
	if (r < 0)
		return r;
	*ret_db = TAKE(db);
	return 0;
}

int
case_has(struct case_db *db, const char *stage)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	int r = db_prepare(db, "SELECT 1 FROM stage WHERE name = ?", &statement);
	int rc;

	if (r < 0)
		return r;
	rc = sqlite3_bind_text(statement, 1, stage, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_fail(db, rc, "read it");
	return rc == SQLITE_ROW;
}

int
case_begin(struct case_db *db, const char *stage)
{
	int r = case_has(db, stage);

	assert(!db->stage);
	if (r != 0)
		return r < 0 ? r : 0;
	r = db_run(db, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	db->stage = strdup(stage);
	if (db->stage)
		return 1;
	case_abort(db);
	return fail(ENOMEM, "out of memory for %s", db->path);
}

int
case_abort(struct case_db *db)
{
	if (db->batch)
		batch_forget(db->batch);
	memset(db->last, 0, sizeof(db->last));
	free(db->stage);
	db->stage = NULL;
	return sqlite3_get_autocommit(db->handle) ? 0
						  : db_run(db, "ROLLBACK"); /* SQLite has undone it after a full disk */
}

int
case_commit(struct case_db *db)
{
	struct cell stage = { .type = CELL_TEXT, .bytes = view_text(db->stage) };
	int r = db->batch ? batch_flush(db, db->batch) : 0;

	if (r == 0)
		r = put_row(db, PUT_STAGE, &stage, 1);
	if (r == 0)
		r = db_run(db, "COMMIT");
	if (r < 0) {
		case_abort(db);
		return r;
	}
	free(db->stage);
	db->stage = NULL;
	return 0;
}

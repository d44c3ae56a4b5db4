/* extend.c - what was asked of an exhibit again, added to what a case says of it: findings that it has stay as they are. */
#include <errno.h>

#include "db.h"
#include "fail.h"

/*
 * The rows come in as an exhibit of their own, by the way that all rows come in (copy.c), under a number that no exhibit
 * has; then they are given to the exhibit that they are about. ?1 is that number, ?2 the exhibit.
 */
enum { STRANGER = DB_EVIDENCE_MAX };

#define MOVE_VOLUME "volume = volume + ((?2 - ?1) << 16)"

static const char *const steps[] = {
	"UPDATE OR IGNORE finding SET evidence = ?2, " MOVE_VOLUME ", file = file + ((?2 - ?1) << 40) WHERE evidence = ?1",
	"DELETE FROM finding WHERE evidence = ?1",
	"UPDATE OR IGNORE rule SET evidence = ?2 WHERE evidence = ?1",
	"DELETE FROM rule WHERE evidence = ?1",
	"UPDATE OR IGNORE question SET evidence = ?2 WHERE evidence = ?1",
	"DELETE FROM question WHERE evidence = ?1",
	"UPDATE OR REPLACE setting SET evidence = ?2 WHERE evidence = ?1",

	/* the same once more says the same: it is not counted twice */
	"DELETE FROM coverage WHERE evidence = ?2 AND source = 'rescan' AND path IN (SELECT path FROM coverage WHERE evidence = ?1)",
	"UPDATE coverage SET id = id - (?1 << 40) + (SELECT coalesce(max(id), ?2 << 40) FROM coverage WHERE evidence = ?2),"
	" evidence = ?2 WHERE evidence = ?1",
	"DELETE FROM limitation WHERE volume >> 16 = ?2 AND what IN (SELECT what FROM limitation WHERE volume >> 16 = ?1)",
	"UPDATE limitation SET id = id - (?1 << 40) + (SELECT coalesce(max(id), ?2 << 40) FROM limitation WHERE volume >> 16 = ?2),"
	" " MOVE_VOLUME " WHERE volume >> 16 = ?1",
	"DELETE FROM evidence WHERE id = ?1",
};

static int
run_steps(struct case_db *db, int64_t evidence)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && r == 0; i++) {
		CLEANUP(statement) sqlite3_stmt *statement = NULL;
		int rc;

		r = db_prepare(db, steps[i], &statement);
		if (r < 0)
			return r;
		rc = sqlite3_bind_int64(statement, 1, STRANGER);
		if (rc == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 1)
			rc = sqlite3_bind_int64(statement, 2, evidence);
		rc = rc == SQLITE_OK ? sqlite3_step(statement) : rc;
		r = rc == SQLITE_DONE ? 0 : db_fail(db, rc, "add to it");
	}
	return r;
}

static int
attach(struct case_db *db, const char *shard)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	const char *why = "it is not there";
	int r = db_header(shard, &why), rc;

	if (r < 0)
		return fail(-r, "%s: %s", shard, why);
	r = db_prepare(db, "ATTACH ? AS origin", &statement);
	if (r < 0)
		return r;
	rc = sqlite3_bind_text(statement, 1, shard, -1, SQLITE_STATIC);
	rc = rc == SQLITE_OK ? sqlite3_step(statement) : rc;
	if (rc != SQLITE_DONE)
		return db_fail(db, rc, "add to it");
	r = db_same_schema(db, true);
	return r == -EBADMSG ? fail(EBADMSG, "%s: its tables and views are not those of a case", shard) : r;
}

static int
no_stranger(struct case_db *db)
{
	int64_t n = 0;
	int r = db_number(db, "SELECT max(id) FROM evidence", &n);

	return r == 0 && n >= STRANGER ? fail(ERANGE, "%s holds too many exhibits to be asked again", db->path) : r;
}

static int
extend(struct case_db *db, uint32_t evidence)
{
	CLEANUP(text_free) struct text why = { 0 };
	int r = db_run(db, "BEGIN");

	if (r == 0)
		r = copy_evidence(db, 1, STRANGER, &why);
	if (r == -EBADMSG)
		r = fail(EBADMSG, "%s: what was found by asking again is not as it should be: %s", db->path, why.s);
	if (r == 0)
		r = run_steps(db, evidence);
	return r < 0 ? r : db_run(db, "COMMIT");
}

int
case_extend(const char *path, const char *shard, uint32_t evidence)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = db_open(path, SQLITE_OPEN_READWRITE, &db);

	if (r == 0)
		r = db_run(db, DB_CACHE "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF");
	if (r == 0)
		r = no_stranger(db);
	if (r == 0)
		r = copy_prepare(db);
	if (r == 0)
		r = attach(db, shard);
	return r < 0 ? r : extend(db, evidence);
}

/* db.h - what the files of this room share: an open database, its hardening, and rows on their way in. */
#ifndef DB_H
#define DB_H

#include <sqlite3.h>

#include "case.h"
#include "text.h"

struct batch;

/* The statements a writer keeps ready, in the order of their text in put.c. */
enum put {
	PUT_EVIDENCE,
	PUT_VOLUME,
	PUT_REPARSE,
	PUT_CONTENT,
	PUT_OWNER,
	PUT_BLOB,
	PUT_FINDING,
	PUT_EVENT,
	PUT_LOG,
	PUT_HOUR,
	PUT_ACCOUNT,
	PUT_COVERAGE,
	PUT_CONTROL,
	PUT_LIMITATION,
	PUT_LEDGER,
	PUT_SITE,
	PUT_HOST,
	PUT_PAGE,
	PUT_BUILD,
	PUT_PATCH,
	PUT_MITIGATION,
	PUT_EXPOSURE,
	PUT_VERDICT,
	PUT_CHAIN,
	PUT_EDGE,
	PUT_CONFIDENCE,
	PUT_WITNESS,
	PUT_CLOCK,
	PUT_RULE,
	PUT_QUESTION,
	PUT_SOUGHT,
	PUT_CALENDAR,
	PUT_SETTING,
	PUT_BINDING,
	PUT_INDICATOR,
	PUT_STAGE,
	PUTS,
};

/* Tables whose rows are numbered as they come. */
enum numbered {
	NUMBERED_EVENT,
	NUMBERED_LOG,
	NUMBERED_COVERAGE,
	NUMBERED_CONTROL,
	NUMBERED_LIMITATION,
	NUMBERED_SITE,
	NUMBERED_HOST,
	NUMBERED_PAGE,
	NUMBERED_BUILD,
	NUMBERED_MITIGATION,
	NUMBEREDS,
};

struct case_db {
	sqlite3 *handle;
	char *path;
	char *stage;         /* the one that is being written, a copy, or NULL */
	struct batch *batch; /* file rows on their way, NULL until the first */
	sqlite3_stmt *puts[PUTS];
	int64_t last[NUMBEREDS]; /* the last id that was given out, 0 when that is not known */
};

enum db_limits {
	DB_PAGE = 32768,         /* appending is fastest with large pages */
	DB_VALUE_MAX = 72 << 20, /* bytes of one value: the largest stream that is kept, and something over */
	DB_EVIDENCE_MAX = 32767,
	DB_VOLUME_MAX = 65535,
	DB_WAIT = 5000, /* ms to wait for another process that reads or writes the same case */
};

enum { DB_EVIDENCE_SHIFT = 40, DB_VOLUME_SHIFT = 16, DB_FOLDER_SHIFT = 32 };

/* ---- open.c ---- */

/* Says what went wrong with the database at path, by the result code of SQLite: a negative errno. */
int db_fail(const struct case_db *db, int rc, const char *what) __attribute__((cold));
int db_errno(int rc);

/* Opens with the flags of SQLite (SQLITE_OPEN_READONLY, ...) and hardens; no statement is run on the file yet. */
int db_open(const char *path, int flags, struct case_db **ret_db);

/* The number that a constant question gives. */
int db_number(struct case_db *db, const char *sql, int64_t *ret);

/* Bounds the cache to 3 MiB: it is counted in pages, so this has to follow when their size is settled. */
#define DB_CACHE "PRAGMA cache_size = 96;"

/* Runs constant SQL. */
int db_run(struct case_db *db, const char *sql);

/* Prepares constant SQL, with its memory kept for long use. */
int db_prepare(struct case_db *db, const char *sql, sqlite3_stmt **ret_statement);

/* Makes the tables and views in an empty database. */
int db_create(struct case_db *db);

/*
 * Whether the file at path can be one of ours and finished, by its first 100 bytes alone: 0, -ENOENT when it is not
 * there or empty, -EBADMSG with *ret_why otherwise. Nothing is said.
 */
int db_header(const char *path, const char **ret_why);

/* Whether the open database, or the one that is attached to it as `origin`, has exactly our tables, views and indexes:
 * 0, -EBADMSG silently, or another failure that was said. */
int db_same_schema(struct case_db *db, bool attached);

static inline void
statement_at(sqlite3_stmt **at)
{
	sqlite3_finalize(*at);
}

/* ---- put.c ---- */

/* One value of a row. */
struct cell {
	enum { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_BYTES } type;
	int64_t number;
	struct view bytes; /* borrowed */
};

int put_row(struct case_db *db, enum put which, const struct cell *cells, int n);

/* Text as the tables hold it: NUL as \u{0}, lone surrogates as \u{d800}. */
int shown_add(struct text *t, struct view bytes);
bool shown_plain(struct view bytes);

/* ---- bulk.c ---- */

int batch_open(struct case_db *db, struct batch **ret_batch);
struct batch *batch_close(struct batch *batch);
int batch_add(struct case_db *db, struct batch *batch, const struct file_row *row);
int batch_add_folder(struct case_db *db, struct batch *batch, const struct folder_row *row);
int batch_flush(struct case_db *db, struct batch *batch);

/* To be called before the database is used otherwise: waits for rows that are being stored. */
int batch_settle(struct case_db *db, struct batch *batch);

void batch_forget(struct batch *batch);

/* ---- copy.c: from the attached database `origin` into main ---- */

/*
 * Copies all that belongs to one exhibit, within a transaction of the caller. -EBADMSG when it is not what it should
 * be, with the reason in why; that, too, is silent.
 */
int copy_evidence(struct case_db *db, int64_t from, int64_t to, struct text *why);

/* Copies what was noted against the case as a whole, but for exhibits that are there now. */
int copy_notes(struct case_db *db, struct text *why);

/* Makes the functions that copying needs. */
int copy_prepare(struct case_db *db);

/* ---- whole.c ---- */

/*
 * Copies the folders and files of the exhibit with this number, where origin holds no other and it keeps the number: 1,
 * or 0 with nothing copied where it has to be done row by row, or is not as it should be. Within a transaction.
 */
int copy_whole(struct case_db *db, int64_t evidence);

/* ---- replace.c: case.db is only ever replaced whole ---- */

/* Puts folder/case.db.new, complete, in the place of folder/case.db; ret_sha256, of its bytes, may be NULL. */
int replace_case(const char *folder, char ret_sha256[65]);

/* Opens folder/case.db.new for writing without a journal: it is thrown away when anything fails. */
int replace_open(const char *folder, struct case_db **ret_db);
void replace_drop(const char *folder);

#endif

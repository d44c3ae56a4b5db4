/* open.c - how a case is opened: nothing in a database file may run, hide or surprise. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "db.h"
#include "fail.h"
#include "src/case/schema.h"

int
db_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

int
db_fail(const struct case_db *db, int rc, const char *what)
{
	return fail(-db_errno(rc), "%s: cannot %s: %s", db->path, what, sqlite3_errmsg(db->handle));
}

/* Limits far above what the schema needs and far below what could hurt. */
static void
limit(sqlite3 *handle)
{
	static const struct {
		int what, most;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, DB_VALUE_MAX },
		{ SQLITE_LIMIT_SQL_LENGTH, 65536 },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 16 },
		{ SQLITE_LIMIT_VDBE_OP, 50000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
		{ SQLITE_LIMIT_ATTACHED, 2 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 4096 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 64 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(handle, limits[i].what, limits[i].most);
}

static int
harden(sqlite3 *handle)
{
	static const struct {
		int what, value;
	} settings[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(handle, settings[i].what, settings[i].value, NULL);
	return rc;
}

int
db_open(const char *path, int flags, struct case_db **ret_db)
{
	CLEANUP(case_close) struct case_db *db = calloc(1, sizeof(*db));
	int rc;

	/* a name that begins with "file:" would be taken for an URI */
	if (!db || asprintf(&db->path, "%s%s", strncmp(path, "file:", 5) ? "" : "./", path) < 0)
		return fail(ENOMEM, "out of memory for %s", path);
	rc = sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (!db->handle)
		return fail(ENOMEM, "out of memory for %s", path);
	if (rc == SQLITE_OK)
		rc = harden(db->handle);
	if (rc != SQLITE_OK)
		return db_fail(db, rc, "open it");
	limit(db->handle);
	sqlite3_busy_timeout(db->handle, DB_WAIT);
	rc = db_run(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0"); /* none that reads the file */
	if (rc < 0)
		return rc;
	*ret_db = TAKE(db);
	return 0;
}

struct case_db *
case_close(struct case_db *db)
{
	if (!db)
		return NULL;
	for (int i = 0; i < PUTS; i++)
		sqlite3_finalize(db->puts[i]);
	batch_close(db->batch);
	sqlite3_close_v2(db->handle);
	free(db->stage);
	free(db->path);
	free(db);
	return NULL;
}

int
db_run(struct case_db *db, const char *sql)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(db, rc, "use it");
}

int
db_prepare(struct case_db *db, const char *sql, sqlite3_stmt **ret_statement)
{
	int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(db, rc, "ask it");
}

int
db_number(struct case_db *db, const char *sql, int64_t *ret)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	int r = db_prepare(db, sql, &statement);
	int rc;

	if (r < 0)
		return r;
	rc = sqlite3_step(statement);
	if (rc != SQLITE_ROW)
		return db_fail(db, rc, "read it");
	*ret = sqlite3_column_int64(statement, 0);
	return 0;
}

int
db_create(struct case_db *db)
{
	CLEANUP(text_free) struct text pragmas = { 0 };
	int r;

	if (text_printf(&pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d", CASE_APPLICATION,
			CASE_SCHEMA) < 0)
		return fail(ENOMEM, "out of memory for %s", db->path);
	r = db_run(db, schema_text);
	return r < 0 ? r : db_run(db, pragmas.s);
}

static uint32_t
be32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* https://www.sqlite.org/fileformat2.html section 1.3: the database header. */
static const char *
complaint(const uint8_t header[static 100])
{
	if (memcmp(header, "SQLite format 3", 16) != 0)
		return "it is not a SQLite database";
	if (header[18] != 1 || header[19] != 1)
		return "it is in WAL mode, which no case or shard is when it is finished"; /* 18 and 19, format versions
											    */
	if (be32_at(header + 56) != 1)
		return "its text is not UTF-8"; /* 56, text encoding */
	if (be32_at(header + 68) != CASE_APPLICATION)
		return "it is not a postmortem case"; /* 68, application id */
	if (be32_at(header + 60) != CASE_SCHEMA)
		return "another version of postmortem made it"; /* 60, user version */
	return NULL;
}

int
db_header(const char *path, const char **ret_why)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t header[100];
	struct stat st;
	ssize_t n;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	*ret_why = "it cannot be read";
	if (fd < 0 || fstat(fd, &st) < 0)
		return -EBADMSG;
	*ret_why = "it is not a regular file";
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	n = pread(fd, header, sizeof(header), 0);
	if (n == 0)
		return -ENOENT;
	*ret_why = n == (ssize_t)sizeof(header) ? complaint(header) : "it is cut short";
	return *ret_why ? -EBADMSG : 0;
}

static bool
same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	for (int i = 0; i < sqlite3_column_count(a); i++) {
		struct view x = view_of(sqlite3_column_blob(a, i), (size_t)sqlite3_column_bytes(a, i));
		struct view y = view_of(sqlite3_column_blob(b, i), (size_t)sqlite3_column_bytes(b, i));

		if (sqlite3_column_type(a, i) != sqlite3_column_type(b, i) || !view_equal(x, y))
			return false;
	}
	return true;
}

/* A schema that differs in one letter could hold a view that lies or a trigger that writes. */
int
db_same_schema(struct case_db *db, bool attached)
{
	static const char *const sql[] = {
		"SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY type, name",
		"SELECT type, name, tbl_name, sql FROM origin.sqlite_schema ORDER BY type, name"
	};
	CLEANUP(case_close) struct case_db *model = NULL;
	CLEANUP(statement) sqlite3_stmt *ours = NULL;
	CLEANUP(statement) sqlite3_stmt *theirs = NULL;
	int r = db_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &model);
	int a, b;

	if (r == 0)
		r = db_create(model);
	if (r == 0)
		r = db_prepare(model, sql[0], &ours);
	if (r < 0)
		return r;
	if (sqlite3_prepare_v2(db->handle, sql[attached], -1, &theirs, NULL) != SQLITE_OK)
		return -EBADMSG;
	do {
		a = sqlite3_step(ours);
		b = sqlite3_step(theirs);
	} while (a == SQLITE_ROW && b == SQLITE_ROW && same_row(ours, theirs));
	return a == SQLITE_DONE && b == SQLITE_DONE ? 0 : -EBADMSG;
}

/* kept.c - what a case keeps besides its rows: under which settings it was made, and bytes of the evidence itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "digest.h"
#include "fail.h"

/* Exhibits that were examined under different settings give all of them. */
int
case_setting_get(struct case_db *db, const char *key, char **ret_value)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	char *value = NULL;
	int r = db_prepare(db,
			   "SELECT group_concat(value, ', ') FROM (SELECT DISTINCT value FROM setting WHERE key = ? "
			   "ORDER BY value)",
			   &statement);

	if (r < 0)
		return r;
	r = sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
	if (r == SQLITE_OK)
		r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return db_fail(db, r, "ask it");
	if (sqlite3_column_type(statement, 0) == SQLITE_NULL)
		return -ENOENT;
	value = strdup((const char *)sqlite3_column_text(statement, 0));
	if (!value)
		return fail(ENOMEM, "out of memory to ask %s", db->path);
	*ret_value = value;
	return 0;
}

/* The hash is computed again: what a case hands out as evidence is what it was kept as, or nothing. */
int
case_kept(struct case_db *db, const char *sha256, uint8_t **ret_bytes, size_t *ret_n)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	struct digest_value value;
	uint8_t name[32];
	struct view data;
	int r = hex_parse(view_text(sha256), name, sizeof(name)) == 32 ? 0 : -ENOENT;

	if (r == 0)
		r = db_prepare(db, "SELECT data FROM blob WHERE sha256 = ?", &statement);
	if (r < 0)
		return r;
	r = sqlite3_bind_blob(statement, 1, name, sizeof(name), SQLITE_STATIC);
	if (r == SQLITE_OK)
		r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return r == SQLITE_DONE ? -ENOENT : db_fail(db, r, "ask it");
	data = view_of(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
	r = digest_sha256(data, &value);
	if (r == 0 && memcmp(value.b, name, sizeof(name)) != 0)
		r = fail(EBADMSG, "%s: the bytes kept under %s do not have that SHA-256", db->path, sha256);
	if (r < 0)
		return r;
	*ret_bytes = malloc(data.n ? data.n : 1);
	if (!*ret_bytes)
		return fail(ENOMEM, "out of memory for bytes kept in %s", db->path);
	if (data.n)
		memcpy(*ret_bytes, data.p, data.n);
	*ret_n = data.n;
	return 0;
}

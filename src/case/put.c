/* put.c - rows on their way into the tables: bound values only, and text that no reader of the database sees cut. */
#include <errno.h>
#include <string.h>

#include "cells.h"
#include "fail.h"

static const char *const statements[PUTS] = {
	[PUT_EVIDENCE] = "INSERT OR REPLACE INTO evidence VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_VOLUME] = "INSERT OR REPLACE INTO volume VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_REPARSE] = "INSERT INTO reparse VALUES (?,?,?,?,?)",
	[PUT_CONTENT] = "INSERT OR REPLACE INTO content VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_OWNER] = "INSERT OR REPLACE INTO owner VALUES (?,?,?,?,?)",
	[PUT_BLOB] = "INSERT OR IGNORE INTO blob VALUES (?,?,?)",
	[PUT_FINDING] = "INSERT OR IGNORE INTO finding VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_EVENT] = "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_LOG] = "INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_HOUR] = "INSERT INTO hour VALUES (?,?,?,?,?,?,?,?,?,?)",
	[PUT_ACCOUNT] = "INSERT INTO account VALUES (1,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_COVERAGE] = "INSERT INTO coverage VALUES (?,1,?,?,?,?,?,?,?,?,?)",
	[PUT_CONTROL] = "INSERT INTO control VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_LIMITATION] = "INSERT INTO limitation VALUES (?,?,?,?,?,?,?,?)",
	[PUT_SITE] = "INSERT INTO site VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_LEDGER] = "INSERT INTO ledger VALUES (?,?,?,?,?)",
	[PUT_PAGE] = "INSERT INTO page VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_HOST] = "INSERT INTO host_fact VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_BUILD] = "INSERT INTO build VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_PATCH] = "INSERT OR REPLACE INTO patch VALUES (1,?,?,?,?,?)",
	[PUT_MITIGATION] = "INSERT INTO mitigation VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_EXPOSURE] = "INSERT OR REPLACE INTO exposure VALUES (?,?,?,?,?,?,?,?,?,?)",
	[PUT_VERDICT] = "INSERT OR REPLACE INTO verdict VALUES (?,?,?,?,?,?,?,?,?)",
	[PUT_CHAIN] = "INSERT INTO chain VALUES (?,?,?,?,?,?,?,?)",
	[PUT_EDGE] = "INSERT INTO edge VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_CONFIDENCE] = "INSERT OR REPLACE INTO confidence VALUES (?,?,?,?,?)",
	[PUT_WITNESS] = "INSERT INTO witness VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_CLOCK] = "INSERT INTO clock VALUES (?,?,?,?,?,?,?,?,?)",
	[PUT_RULE] = "INSERT OR REPLACE INTO rule VALUES (1,?,?,?,?,?,?,?,?,?,?)",
	[PUT_QUESTION] = "INSERT OR REPLACE INTO question VALUES (1,?,?,?,?,?,?,?)",
	[PUT_SOUGHT] = "INSERT OR REPLACE INTO sought VALUES (1,?,?)",
	[PUT_CALENDAR] = "INSERT INTO calendar VALUES (?,?,?,?,?,?,?,?,?)",
	[PUT_SETTING] = "INSERT OR REPLACE INTO setting VALUES (1,?,?)",
	[PUT_BINDING] = "INSERT OR REPLACE INTO binding VALUES (?,?,?)",
	[PUT_INDICATOR] = "INSERT OR REPLACE INTO indicator VALUES (?,?,?,?,?,?,?,?)",
	[PUT_STAGE] = "INSERT INTO stage VALUES (?)",
};

/* A surrogate as WTF-8 has it: three bytes that are no UTF-8. */
static bool
is_surrogate(struct view bytes, size_t i)
{
	return bytes.p[i] == 0xed && view_has(bytes, i, 3) && bytes.p[i + 1] >= 0xa0;
}

/*
 * Most programs that show a database stop at a NUL, and many refuse what is no UTF-8, so neither is stored: NUL and
 * lone surrogates stand as \u{0} and \u{d800}. Names come in like that already (text_add_name).
 */
bool
shown_plain(struct view bytes)
{
	if (!bytes.n)
		return true;
	if (memchr(bytes.p, 0, bytes.n))
		return false;
	for (const uint8_t *at = bytes.p; (at = memchr(at, 0xed, bytes.n - (size_t)(at - bytes.p))); at++)
		if (is_surrogate(bytes, (size_t)(at - bytes.p)))
			return false;
	return true;
}

int
shown_add(struct text *t, struct view bytes)
{
	int r = 0;

	if (shown_plain(bytes))
		return text_add(t, bytes);
	for (size_t i = 0; i < bytes.n && r == 0; i++) {
		if (!bytes.p[i]) {
			r = text_adds(t, "\\u{0}");
		} else if (is_surrogate(bytes, i)) {
			r = text_printf(t, "\\u{%x}",
					0xd000u | (bytes.p[i + 1] & 0x3fu) << 6 | (bytes.p[i + 2] & 0x3fu));
			i += 2;
		} else {
			r = text_addc(t, (char)bytes.p[i]);
		}
	}
	return r;
}

static int
bind_text(sqlite3_stmt *statement, int i, struct view bytes)
{
	CLEANUP(text_free) struct text shown = { 0 };

	if (shown_plain(bytes))
		return sqlite3_bind_text64(statement, i, bytes.n ? (const char *)bytes.p : "", bytes.n, SQLITE_STATIC,
					   SQLITE_UTF8);
	if (shown_add(&shown, bytes) < 0)
		return SQLITE_NOMEM;
	return sqlite3_bind_text64(statement, i, shown.s, shown.n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int
bind_cell(sqlite3_stmt *statement, int i, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_NUMBER:
		return sqlite3_bind_int64(statement, i, cell->number);
	case CELL_TEXT:
		return bind_text(statement, i, cell->bytes);
	case CELL_BYTES:
		return sqlite3_bind_blob64(statement, i, cell->bytes.n ? (const void *)cell->bytes.p : "",
					   cell->bytes.n, SQLITE_STATIC);
	case CELL_NULL:
		break;
	}
	return sqlite3_bind_null(statement, i);
}

int
put_row(struct case_db *db, enum put which, const struct cell *cells, int n)
{
	sqlite3_stmt *statement;
	int rc = SQLITE_OK;
	int r = db->batch ? batch_settle(db, db->batch) : 0;

	if (r == 0 && !db->puts[which])
		r = db_prepare(db, statements[which], &db->puts[which]);

	if (r < 0)
		return r;
	statement = db->puts[which];
	for (int i = 0; i < n && rc == SQLITE_OK; i++)
		rc = bind_cell(statement, i + 1, &cells[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	sqlite3_reset(statement);
	return rc == SQLITE_DONE ? 0 : db_fail(db, rc, "add a row to it");
}

int
check_volume(const struct case_db *db, uint32_t volume)
{
	return volume <= DB_VOLUME_MAX ? 0 : fail(ERANGE, "%s: more than %d volumes", db->path, DB_VOLUME_MAX);
}

int
next_id(struct case_db *db, enum numbered table, struct cell *ret)
{
	static const char *const last[NUMBEREDS] = {
		[NUMBERED_EVENT] = "SELECT coalesce(max(id), 1 << 40) FROM event",
		[NUMBERED_LOG] = "SELECT coalesce(max(id), 1 << 40) FROM log",
		[NUMBERED_COVERAGE] = "SELECT coalesce(max(id), 1 << 40) FROM coverage",
		[NUMBERED_CONTROL] = "SELECT coalesce(max(id), 1 << 40) FROM control",
		[NUMBERED_LIMITATION] = "SELECT coalesce(max(id), 1 << 40) FROM limitation",
		[NUMBERED_SITE] = "SELECT coalesce(max(id), 1 << 40) FROM site",
		[NUMBERED_PAGE] = "SELECT coalesce(max(id), 1 << 40) FROM page",
		[NUMBERED_HOST] = "SELECT coalesce(max(id), 1 << 40) FROM host_fact",
		[NUMBERED_BUILD] = "SELECT coalesce(max(id), 1 << 40) FROM build",
		[NUMBERED_MITIGATION] = "SELECT coalesce(max(id), 1 << 40) FROM mitigation",
	};
	/* the thread that stores files has the database until then */
	int r = db->batch ? batch_settle(db, db->batch) : 0;

	if (r == 0 && !db->last[table])
		r = db_number(db, last[table], &db->last[table]);

	*ret = number((uint64_t)++db->last[table]);
	return r;
}

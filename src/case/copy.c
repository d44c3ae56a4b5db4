/* copy.c - one exhibit out of a shard or another case: known columns only, held against the schema value by value.
 *
 * The database it comes from is hostile: a worker that an image has taken over may have written anything. Its schema is
 * ours to the letter (db_same_schema). Every value goes through a STRICT table with CHECKs, ids are computed anew, and
 * an id that belongs to another exhibit becomes a NULL that the table does not take.
 */
#include <errno.h>

#include "db.h"
#include "digest.h"
#include "fail.h"

/* ?1 is the exhibit's number there, ?2 the one that it gets here. */
#define IDS             "id BETWEEN ?1 << 40 AND (?1 << 40) + 1099511627775"
#define VOLUMES(column) column " BETWEEN ?1 << 16 AND (?1 << 16) + 65535"
#define ID              "id + ((?2 - ?1) << 40)"
#define VOLUME          "iif(volume >> 16 = ?1, volume + ((?2 - ?1) << 16), NULL)"
#define FILE_ID         "iif(file >> 40 = ?1, file + ((?2 - ?1) << 40), NULL)"

static const char *const head[] = {
	"INSERT INTO setting SELECT ?2, key, value FROM origin.setting WHERE evidence = ?1"
	" AND key NOT IN ('shard.tool', 'shard.profile') ORDER BY key",

	"INSERT INTO evidence SELECT ?2, name, fingerprint, format, segments, bytes, sector_size, md5_stored, "
	"sha1_stored, md5,"
	" sha1, sha256, hash_state, bad_chunks, acquired, examiner, case_number, evidence_number, description, notes, "
	"software,"
	" exhibit FROM origin.evidence WHERE id = ?1",

	"INSERT INTO volume SELECT id + ((?2 - ?1) << 16), offset, bytes, fs, label, serial, cluster_size, snapshot, "
	"state,"
	" reason, host FROM origin.volume WHERE " VOLUMES("id") " ORDER BY id",
};

/* By far the most rows: an exhibit that keeps its number has them copied by copy_whole. */
static const char *const great[] = {
	"INSERT INTO folder SELECT id + ((?2 - ?1) << 48), state, path FROM origin.folder"
	" WHERE id BETWEEN ?1 << 48 AND (?1 << 48) + 281474976710655 ORDER BY id",

	"INSERT INTO file SELECT " ID ", " VOLUME ", mft, seq, attribute, folder, flags, attributes, reparse, bytes,"
	" si_created, si_modified, si_changed, si_accessed, fn_created, fn_modified, fn_changed, fn_accessed, name, "
	"stream"
	" FROM origin.file WHERE " IDS " ORDER BY id",
};

static const char *const rest[] = {
	"INSERT INTO reparse SELECT " VOLUME ", mft, seq, target, shown FROM origin.reparse WHERE " VOLUMES("volume")
	" ORDER BY volume, mft, seq",

	"INSERT INTO content SELECT " VOLUME ", mft, seq, attribute, bytes, md5, sha1, sha256, baseline, role, kept,"
	" trust, clusters, reused, shared"
	" FROM origin.content WHERE " VOLUMES("volume") " ORDER BY volume, mft, seq, attribute",

	"INSERT INTO owner SELECT " VOLUME ", mft, seq, sid, name FROM origin.owner WHERE " VOLUMES("volume")
	" ORDER BY volume, mft, seq",

	"INSERT OR IGNORE INTO blob SELECT sha256, bytes, data FROM origin.blob WHERE sha256 IN"
	" (SELECT kept FROM origin.content WHERE " VOLUMES("volume") ") AND genuine(sha256, data) ORDER BY sha256",

	"INSERT INTO finding SELECT ?2, finding, " VOLUME ", " FILE_ID
	", ticks, level, stage, technique, cve, rule, author,"
	" title, path, sha256, mft, seq, stream, offset, length, excerpt, basis, benign, reproduce,"
	" rests_on, attribute, bytes_sha256"
	" FROM origin.finding WHERE evidence = ?1 ORDER BY finding",

	"INSERT INTO log SELECT " ID ", " VOLUME ", " FILE_ID ", mft, seq, attribute, path, stream, kind, state, reason,"
	" deleted, lines, records, lost, blank, bytes, first, last FROM origin.log WHERE " IDS " ORDER BY id",

	"INSERT INTO hour SELECT log + ((?2 - ?1) << 40), hour, lines, bytes, s0, s1, s2, s3, s4, s5 FROM origin.hour"
	" WHERE log BETWEEN ?1 << 40 AND (?1 << 40) + 1099511627775 ORDER BY log, hour",

	("INSERT INTO account SELECT ?2, account, name, mailbox, protocol, source, address, network, agent, first, last,"
	 " requests, successes, failures, why FROM origin.account WHERE evidence = ?1"
	 " ORDER BY account, mailbox, address, agent, source, protocol"),

	("INSERT INTO binding SELECT " VOLUME ", variable, path FROM origin.binding WHERE " VOLUMES("volume")
	 " ORDER BY volume, variable, path"),

	("INSERT INTO ledger SELECT " VOLUME ", account, disposition, items, bytes FROM origin.ledger"
	 " WHERE " VOLUMES("volume") " ORDER BY volume, account, disposition"),

	("INSERT INTO patch SELECT ?2, build, cve, state, reason, fix_released"
	 " FROM origin.patch WHERE evidence = ?1 ORDER BY build, cve"),

	("INSERT INTO rule SELECT ?2, rule, source, kind, author, state, hits, reason, stage, technique, cve"
	 " FROM origin.rule WHERE evidence = ?1 ORDER BY rule, source"),

	("INSERT INTO question SELECT ?2, question, number, cve, technique, stage, days, whole"
	 " FROM origin.question WHERE evidence = ?1 ORDER BY question"),

	("INSERT INTO sought SELECT ?2, kind, artifact FROM origin.sought WHERE evidence = ?1 ORDER BY kind, artifact"),
};

/* Rows that lie in the shard as threads and stages gave them get their order and their numbers here. */
static const struct {
	const char *select, *insert;
} sorted[] = {
	{ "SELECT " VOLUME " AS volume, ticks, kind, source, subject, summary, stage, level, finding, rule, " FILE_ID
	  ", mft, stream,"
	  " offset, raw, fields FROM origin.event WHERE " IDS
	  " ORDER BY ticks, kind, 1, mft, stream, offset, source, subject, summary, rule, finding, 11, stage, level, raw, "
	  "fields",
	  "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT iif(evidence = ?1, ?2, NULL), source, path, state, first, last, items, lost, bytes, reason FROM "
	  "origin.coverage"
	  " WHERE " IDS " ORDER BY source, path, state, first, last, items, lost, bytes, reason",
	  "INSERT INTO coverage VALUES (?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME " AS place, mft, seq, stream, path, what, ours, control, explained, reason, count"
	  " FROM origin.control WHERE " IDS
	  " ORDER BY place, mft, seq, stream, what, ours, control, reason, path, explained, count",
	  "INSERT INTO control VALUES (?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME ", site, name, bindings, log_folder,"
	  " iif(log_volume >> 16 = ?1, log_volume + ((?2 - ?1) << 16), NULL), log_path, logging, source, current, side"
	  " FROM origin.site WHERE " IDS
	  " ORDER BY 1, current DESC, source, site, name, bindings, log_folder, 6, log_path, logging, side",
	  "INSERT INTO site VALUES (?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME ", host, what, name, value, ticks, dated, deleted, source, mft, offset, key, note"
	  " FROM origin.host_fact WHERE " IDS
	  " ORDER BY 1, host, deleted, what, source, mft, key, name, value, ticks, offset, dated, note",
	  "INSERT INTO host_fact VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME ", page, compiled, \"exists\", shipped,"
	  " iif(page_volume >> 16 = ?1, page_volume + ((?2 - ?1) << 16), NULL), page_path, page_mft, page_born, site, path, mft,"
	  " offset, deleted, assembly, type, dll, dll_mft, finding, note FROM origin.page WHERE " IDS
	  " ORDER BY compiled, page, 1, path, mft, offset, deleted, page_path, dll, finding, note",
	  "INSERT INTO page VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME ", iif(host_volume >> 16 = ?1, host_volume + ((?2 - ?1) << 16), NULL), host, witness, build, release,"
	  " means, first, last, files, path, mft, offset, note FROM origin.build WHERE " IDS
	  " ORDER BY 2, host, first, means, witness, build, 1, path, offset, last, files, mft, note",
	  "INSERT INTO build VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME ", cve, state, title, first, last, path, mft, offset, note FROM origin.mitigation WHERE " IDS
	  " ORDER BY cve, first, 1, path, offset, state, title, last, mft, note",
	  "INSERT INTO mitigation VALUES (?,?,?,?,?,?,?,?,?,?,?)" },
	{ "SELECT " VOLUME " AS place, path, mft, stream, offset, what, sum(count) FROM origin.limitation WHERE " IDS
	  " GROUP BY place, path, mft, stream, offset, what ORDER BY place, path, mft, stream, offset, what",
	  "INSERT INTO limitation VALUES (?,?,?,?,?,?,?,?)" },
};

static const char notes[] =
	"INSERT INTO limitation SELECT (SELECT count(*) FROM limitation WHERE id < 1 << 40) + row_number() OVER (ORDER "
	"BY path, what),"
	" 0, path, NULL, NULL, NULL, what, count FROM origin.limitation"
	" WHERE id < 1 << 40 AND volume = 0 AND path NOT IN (SELECT name FROM evidence) ORDER BY path, what";

/* genuine(hash, bytes): whether the bytes have that SHA-256. A blob under a false name would hide the true one. */
static void
genuine(sqlite3_context *out, int n, sqlite3_value **values)
{
	struct view name = view_of(sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0]));
	struct view data = view_of(sqlite3_value_blob(values[1]), (size_t)sqlite3_value_bytes(values[1]));
	struct digest_value value;

	(void)n;
	if (digest_sha256(data, &value) < 0)
		sqlite3_result_error_nomem(out);
	else if (!view_equal(name, view_of(value.b, 32)))
		sqlite3_result_error(out, "kept bytes do not have the SHA-256 that they are kept under", -1);
	else
		sqlite3_result_int(out, 1);
}

int
copy_prepare(struct case_db *db)
{
	int rc = sqlite3_create_function_v2(db->handle, "genuine", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, genuine,
					    NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(db, rc, "use it");
}

/*
 * What a statement that reads from origin gave. A full disk or no memory is the tool's; anything else can only come
 * from what is read, as the statements are constant and the database that is written belongs to us alone.
 */
static int
judge_result(struct case_db *db, int rc, struct text *why)
{
	int error = rc == SQLITE_ERROR ? -EBADMSG : db_errno(rc);

	if (rc == SQLITE_DONE)
		return 0;
	if (error != -EBADMSG && rc != SQLITE_READONLY_ROLLBACK)
		return db_fail(db, rc, "copy into it");
	text_cut(why, 0);
	return text_adds(why, rc == SQLITE_READONLY_ROLLBACK ? "its last stage was not finished"
							     : sqlite3_errmsg(db->handle)) < 0
		       ? fail(ENOMEM, "out of memory for %s", db->path)
		       : -EBADMSG;
}

static int
prepare(struct case_db *db, const char *sql, int64_t from, int64_t to, sqlite3_stmt **ret, struct text *why)
{
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, ret, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(*ret, 1, from);
	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(*ret) > 1)
		rc = sqlite3_bind_int64(*ret, 2, to);
	return rc == SQLITE_OK ? 0 : judge_result(db, rc, why);
}

static int
copy_plain(struct case_db *db, const char *sql, int64_t from, int64_t to, struct text *why)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	int r = prepare(db, sql, from, to, &statement, why);

	return r < 0 ? r : judge_result(db, sqlite3_step(statement), why);
}

static int
insert_row(struct case_db *db, sqlite3_stmt *insert, sqlite3_stmt *row, int64_t id, struct text *why)
{
	int rc = sqlite3_bind_int64(insert, 1, id);

	for (int i = 0; i < sqlite3_column_count(row) && rc == SQLITE_OK; i++)
		rc = sqlite3_bind_value(insert, i + 2, sqlite3_column_value(row, i));
	if (rc == SQLITE_OK)
		rc = sqlite3_step(insert);
	rc = judge_result(db, rc, why);
	sqlite3_reset(insert);
	return rc;
}

static int
copy_sorted(struct case_db *db, size_t which, int64_t from, int64_t to, struct text *why)
{
	CLEANUP(statement) sqlite3_stmt *rows = NULL;
	CLEANUP(statement) sqlite3_stmt *insert = NULL;
	int64_t id = to << DB_EVIDENCE_SHIFT;
	int r = prepare(db, sorted[which].select, from, to, &rows, why);
	int rc = SQLITE_ROW;

	if (r == 0)
		r = db_prepare(db, sorted[which].insert, &insert);
	while (r == 0 && (rc = sqlite3_step(rows)) == SQLITE_ROW)
		r = insert_row(db, insert, rows, ++id, why);
	return r < 0 ? r : judge_result(db, rc, why);
}

static int
copy_list(struct case_db *db, const char *const *list, size_t n, int64_t from, int64_t to, struct text *why)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = copy_plain(db, list[i], from, to, why);
	return r;
}

int
copy_evidence(struct case_db *db, int64_t from, int64_t to, struct text *why)
{
	int r = copy_list(db, head, sizeof(head) / sizeof(head[0]), from, to, why);
	int whole = r == 0 && from == to ? copy_whole(db, to) : 0;

	if (r == 0 && whole <= 0)
		r = whole < 0 ? whole : copy_list(db, great, sizeof(great) / sizeof(great[0]), from, to, why);
	if (r == 0)
		r = copy_list(db, rest, sizeof(rest) / sizeof(rest[0]), from, to, why);
	for (size_t i = 0; i < sizeof(sorted) / sizeof(sorted[0]) && r == 0; i++)
		r = copy_sorted(db, i, from, to, why);
	return r;
}

int
copy_notes(struct case_db *db, struct text *why)
{
	CLEANUP(statement) sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db->handle, notes, -1, &statement, NULL);

	return judge_result(db, rc == SQLITE_OK ? sqlite3_step(statement) : rc, why);
}

/* test_case.c - the case database: what goes in comes out, the same facts give the same bytes, and spoilt shards stay
 * out. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "case.h"
#include "digest.h"
#include "fail.h"
#include "filetime.h"
#include "report.h"
#include "runlog.h"
#include "scratch.h"

#include <cmocka.h> /* last: it has a macro called fail */

static const struct rule rule = {
	.id = "chopper",
	.kind = RULE_YARA,
	.level = LEVEL_HIGH,
	.stage = STAGE_PERSISTENCE,
	.technique = "T1505.003",
	.cve = "CVE-2021-26855",
	.title = "China Chopper",
	.author = "somebody",
	.source = "hafnium/shells.yar",
	.benign = "",
	.reason = "",
};

/* ---- making shards ---- */

static struct view
v(const char *s)
{
	return view_text(s);
}

static struct case_db *
shard(const char *path)
{
	struct case_db *db;

	assert_int_equal(case_shard(path, "1", "profile", &db), 0);
	return db;
}

static void
identify(struct case_db *db, const char *name)
{
	assert_int_equal(case_begin(db, "identify"), 1);
	assert_int_equal(case_evidence(db, &(struct evidence_row){ .name = name,
								   .format = "raw",
								   .fingerprint = "f1",
								   .segments = 1,
								   .bytes = 1 << 20,
								   .sector_size = 512,
								   .hash_state = "not-computed" }),
			 0);
	assert_int_equal(case_volume(db, &(struct volume_row){ .number = 1,
							       .offset = 1048576,
							       .bytes = 1 << 19,
							       .fs = "NTFS",
							       .snapshot = "",
							       .state = "read",
							       .cluster_size = 4096 }),
			 0);
	assert_int_equal(case_setting(db, "since", "132539328000000000"), 0); /* 2021-01-01 */
	assert_int_equal(case_commit(db), 0);
}

static void
add_file(struct case_db *db, uint64_t id, struct view name, uint64_t when, uint32_t flags)
{
	struct times t = { when, when + 1, when + 2, when + 3 };

	assert_int_equal(case_file(db, &(struct file_row){ .id = id,
							   .volume = 1,
							   .folder = 1,
							   .flags = flags,
							   .mft = id + 100,
							   .bytes = 7,
							   .seq = 3,
							   .attribute = 2,
							   .stream = v(""),
							   .name = name,
							   .si = t,
							   .fn = t }),
			 0);
}

static void
walk(struct case_db *db, int files)
{
	assert_int_equal(case_begin(db, "walk"), 1);
	assert_int_equal(case_folder(db, &(struct folder_row){ .volume = 1, .number = 0, .path = v("") }), 0);
	assert_int_equal(
		case_folder(db, &(struct folder_row){ .volume = 1, .number = 1, .path = v("inetpub/wwwroot") }), 0);
	for (int i = 1; i <= files; i++) {
		char name[32];

		snprintf(name, sizeof(name), "page%d.aspx", i);
		add_file(db, (uint64_t)i, v(name), 132590000000000000 + (uint64_t)i * 600000000,
			 FILE_ALLOCATED | (i % 2 ? FILE_CHOSEN : 0));
	}
	assert_int_equal(case_commit(db), 0);
}

/* The order in which threads state what they find must not show. */
static void
content(struct case_db *db, bool backwards)
{
	static const char *const ids[] = { "00000000000000aa", "00000000000000bb", "00000000000000cc" };

	assert_int_equal(case_begin(db, "content"), 1);
	for (int k = 0; k < 3; k++) {
		int i = backwards ? 2 - k : k;

		assert_int_equal(case_finding(db, &(struct finding_row){ .finding = ids[i],
									 .volume = 1,
									 .file = 1,
									 .rule = &rule,
									 .when = 132590000000000000,
									 .level = (enum level)(LEVEL_MEDIUM + i),
									 .path = v("inetpub/wwwroot/page1.aspx"),
									 .excerpt = v("<%eval\033[2J%>"),
									 .basis = v("two strings"),
									 .mft = 101,
									 .seq = 3,
									 .stream = v(""),
									 .offset = (uint64_t)i,
									 .length = 4,
									 .reproduce = "icat x" }),
				 0);
		assert_int_equal(case_event(db, &(struct event_row){ .volume = 1,
								     .when = 132590000000000000 + (uint64_t)i,
								     .kind = "iis.request",
								     .source = "W3SVC1",
								     .subject = v("10.0.0.1"),
								     .summary = v("POST /owa/x.js"),
								     .stream = v(""),
								     .mft = 200,
								     .offset = (uint64_t)i,
								     .rule = i ? &rule : NULL }),
				 0);
		assert_int_equal(case_limitation(db, &(struct limitation_row){ .volume = 1,
									       .mft = -1,
									       .offset = 9,
									       .what = "torn",
									       .count = (uint64_t)i + 1 }),
				 0);
		assert_int_equal(
			case_coverage(db, &(struct coverage_row){ .source = ids[i], .state = "read", .items = 1 }), 0);
	}
	assert_int_equal(case_content(db, &(struct content_row){ .volume = 1,
								 .mft = 101,
								 .seq = 3,
								 .attribute = 2,
								 .bytes = 4,
								 .baseline = "unknown-hash",
								 .kept = v("kept") }),
			 0);
	assert_int_equal(case_rule(db, &rule, 3), 0);
	assert_int_equal(case_commit(db), 0);
}

static void
make_shard(const char *path, const char *name, int files, bool backwards)
{
	CLEANUP(case_close) struct case_db *db = shard(path);

	identify(db, name);
	walk(db, files);
	content(db, backwards);
}

static void
merge(const char *folder, const char *a, const char *b)
{
	const char *paths[] = { a, b };

	mkdir(folder, 0700);
	assert_int_equal(case_merge(folder, paths, b ? 2 : a ? 1 : 0, NULL, NULL, NULL), 0);
}

/* ---- asking ---- */

/* The single value of a question straight to SQLite, as a user of the command line sees it. */
static char *
ask(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	const char *text;
	char *value;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	text = (const char *)sqlite3_column_text(statement, 0);
	value = strdup(text ? text : "NULL");
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

static void
expect(const char *path, const char *sql, const char *expected)
{
	CLEANUP(free) char *value = ask(path, sql);

	assert_string_equal(value, expected);
}

static void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int
count_rows(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	(void)n, (void)names, (void)values, (void)is_number;
	++*(uint64_t *)state;
	return 0;
}

static uint64_t
rows(struct case_db *db, struct question q)
{
	uint64_t n = 0;

	assert_int_equal(case_ask(db, &q, count_rows, &n), 0);
	return n;
}

/* ---- tests ---- */

static void
a_stage_is_there_wholly_or_not(void **state)
{
	struct case_db *db = shard("s");

	(void)state;
	identify(db, "srv");
	assert_int_equal(case_begin(db, "identify"), 0);
	assert_int_equal(case_begin(db, "walk"), 1);
	for (uint64_t i = 1; i <= 5000; i++) /* more than a batch */
		add_file(db, i, v("half"), 1, 0);
	assert_int_equal(case_abort(db), 0);
	assert_int_equal(case_begin(db, "walk"), 1);
	add_file(db, 1, v("half"), 1, 0);
	case_close(db); /* as if killed */
	db = shard("s");
	walk(db, 3);
	assert_int_equal(case_begin(db, "walk"), 0);
	case_close(db);
	expect("s", "SELECT count(*) || min(name) FROM file", "3page1.aspx");
}

static void
a_shard_of_another_profile_is_refused(void **state)
{
	struct case_db *db = shard("s");

	(void)state;
	assert_int_equal(case_setting(db, "profile", "its own name"), 0);
	case_close(db);
	assert_int_equal(case_shard("s", "2", "profile", &db), -ESTALE);
	assert_int_equal(case_shard("s", "1", "other", &db), -ESTALE);
	assert_int_equal(case_shard("s", "1", "profile", &db), 0);
	case_close(db);
	run_sql("other", "CREATE TABLE t (x)");
	assert_int_equal(case_shard("other", "1", "profile", &db), -ESTALE);
}

static void
two_workers_never_write_one_shard(void **state)
{
	struct case_db *db = shard("s"), *second;

	(void)state;
	identify(db, "srv");
	assert_int_equal(case_shard("s", "1", "profile", &second), -EBUSY);
	case_close(db);
}

/* Lone surrogates and NUL, quotes and SQL, and the two names that a careless escape would make one. */
static void
names_are_kept_and_never_cut(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *shown;
	} names[] = {
		{ "a\0.txt", 6, "a\\u{0}.txt" },
		{ "a\\u{5c}u{0}.txt", 15, "a\\u{5c}u{0}.txt" },
		{ "\xed\xa0\x80x", 4, "\\u{d800}x" },
		{ "'); DROP TABLE file; --", 23, "'); DROP TABLE file; --" },
		{ "", 0, "" },
		{ "=1+1", 4, "=1+1" },
	};
	struct case_db *db = shard("s");
	char sql[64], path[64];

	(void)state;
	identify(db, "srv");
	assert_int_equal(case_begin(db, "walk"), 1);
	assert_int_equal(case_folder(db, &(struct folder_row){ .volume = 1, .number = 1, .path = v("w") }), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_file(db, i + 1, view_of(names[i].bytes, names[i].n), 1, 0);
	assert_int_equal(case_commit(db), 0);
	case_close(db);
	merge("case", "s", NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(sql, sizeof(sql), "SELECT path FROM v_files WHERE mft = %zu", i + 101);
		snprintf(path, sizeof(path), "/w/%s", names[i].shown);
		expect("case/case.db", sql, path);
	}
}

/* The views' SQL against filetime_text, over the whole range. */
static void
times_read_as_they_are(void **state)
{
	static const uint64_t edges[] = { 0,
					  1,
					  9999999,
					  116444736000000000,
					  132539328000000000,
					  2650467743999999999u,
					  2650467744000000000u,
					  INT64_MAX,
					  UINT64_C(1) << 63,
					  UINT64_MAX };
	struct case_db *db = shard("s");
	uint64_t when[300];
	uint64_t seed = 88172645463325252u;

	(void)state;
	identify(db, "srv");
	assert_int_equal(case_begin(db, "logs"), 1);
	for (size_t i = 0; i < 300; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		when[i] = i < sizeof(edges) / sizeof(edges[0]) ? edges[i] : seed >> (i % 8);
		assert_int_equal(
			case_event(db,
				   &(struct event_row){
					   .volume = 1, .when = when[i], .kind = "k", .source = "s", .offset = i }),
			0);
	}
	assert_int_equal(case_commit(db), 0);
	case_close(db);
	merge("case", "s", NULL);
	for (size_t i = 0; i < 300; i++) {
		char sql[128], text[FILETIME_TEXT], expected[FILETIME_TEXT + 32];

		filetime_text(when[i], text);
		snprintf(expected, sizeof(expected), "%s|%" PRIu64, strncmp(text, "ticks:", 6) ? text : "NULL",
			 when[i]);
		snprintf(sql, sizeof(sql),
			 "SELECT coalesce(time, 'NULL') || '|' || ticks FROM v_timeline WHERE offset = %zu", i);
		expect("case/case.db", sql, expected);
	}
	expect("case/case.db",
	       "SELECT group_concat(ticks, ' ') FROM (SELECT ticks FROM v_timeline WHERE offset IN (7, 8, 9) ORDER BY "
	       "ticks)",
	       "9223372036854775807 18446744073709551615 9223372036854775808"); /* as text, but behind all others */
}

static void
file_times_are_events_from_since_on(void **state)
{
	struct case_db *db = shard("s");

	(void)state;
	identify(db, "srv");
	assert_int_equal(case_begin(db, "walk"), 1);
	add_file(db, 1, v("old"), 132539328000000000 - 2, FILE_CHOSEN); /* two of its times lie before, twice */
	add_file(db, 2, v("unchosen"), 132590000000000000, 0);
	add_file(db, 3, v("late"), UINT64_MAX - 3, FILE_IN_WINDOW);
	assert_int_equal(case_commit(db), 0);
	case_close(db);
	merge("case", "s", NULL);
	expect("case/case.db", "SELECT count(*) FROM v_timeline WHERE mft = 101", "4");
	expect("case/case.db", "SELECT count(*) FROM v_timeline WHERE mft = 102", "0");
	expect("case/case.db", "SELECT count(*) || max(ticks) FROM v_timeline WHERE mft = 103",
	       "818446744073709551615");
}

static void
a_finding_marks_the_times_of_its_file(void **state)
{
	(void)state;
	make_shard("s", "srv", 9, false);
	merge("case", "s", NULL);
	expect("case/case.db",
	       "SELECT group_concat(DISTINCT finding || ' ' || level || ' ' || stage) FROM v_timeline WHERE mft = 101",
	       "00000000000000cc critical persistence");
	expect("case/case.db", "SELECT count(*) FROM v_timeline WHERE mft <> 101 AND finding IS NOT NULL", "0");
	expect("case/case.db",
	       "SELECT group_concat(coalesce(level, '-')) FROM (SELECT level FROM v_timeline WHERE kind = "
	       "'iis.request' ORDER BY ticks)",
	       "-,high,high");
	expect("case/case.db", "SELECT path || ' ' || excerpt FROM v_findings LIMIT 1",
	       "/inetpub/wwwroot/page1.aspx <%eval\\u{1b}[2J%>");
	expect("case/case.db", "SELECT sum(count) || ' ' || count(*) FROM v_limitations", "6 1");
	expect("case/case.db", "PRAGMA integrity_check", "ok");
}

static void
case_hex(const char *folder, char hex[static 65])
{
	assert_int_equal(case_digest(folder, hex), 0);
}

static int
judge(void *state, struct case_db *db)
{
	(void)state;
	return case_verdict(
		db, &(struct verdict_row){
			    .evidence = 1, .question = "overall", .verdict = "compromised", .reason = "shell" });
}

static void
same_facts_give_the_same_bytes(void **state)
{
	char first[65], other[65];

	(void)state;
	make_shard("a", "a", 5000, false);
	make_shard("a2", "a", 5000, true);
	make_shard("b", "b", 100, false);
	merge("case", "a", "b");
	case_hex("case", first);

	merge("swapped", "b", "a2");
	case_hex("swapped", other);
	assert_string_equal(first, other);

	setenv("TZ", "Asia/Kolkata", 1);
	tzset();
	merge("extended", "b", NULL);
	merge("extended", "a", NULL);
	merge("extended", NULL, NULL);
	case_hex("extended", other);
	assert_string_equal(first, other);

	merge("of_cases", "extended", "swapped");
	case_hex("of_cases", other);
	assert_string_equal(first, other);

	assert_int_equal(case_merge("case", NULL, 0, judge, NULL, NULL), 0);
	case_hex("case", first);
	assert_string_not_equal(first, other);
	assert_int_equal(case_merge("case", NULL, 0, judge, NULL, NULL), 0);
	assert_int_equal(case_merge("extended", NULL, 0, judge, NULL, NULL), 0);
	case_hex("case", other);
	assert_string_equal(first, other);
	case_hex("extended", other);
	assert_string_equal(first, other);
	expect("case/case.db", "SELECT count(*) FROM v_verdict", "1");
}

static void
the_later_of_the_same_evidence_stands(void **state)
{
	(void)state;
	make_shard("early", "a", 10, false);
	make_shard("late", "a", 4, false);
	merge("case", "early", NULL);
	merge("case", "late", NULL);
	expect("case/case.db", "SELECT count(*) || ' ' || (SELECT count(*) FROM v_evidence) FROM v_files", "4 1");
	expect("case/case.db", "SELECT hits FROM v_rules", "3");
}

/* ---- what a worker that an image has taken over could leave ---- */

static void
left_out(const char *path, const char *why)
{
	const char *paths[] = { "good", path };
	char sql[256];

	assert_int_equal(case_merge("case", paths, 2, NULL, NULL, NULL), 0);
	expect("case/case.db", "SELECT group_concat(name) FROM v_evidence", "good");
	expect("case/case.db", "SELECT count(*) FROM v_files", "3");
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM v_limitations WHERE evidence IS NULL AND what LIKE 'left out%%%s%%'", why);
	expect("case/case.db", sql, "1");
	expect("case/case.db", "PRAGMA integrity_check", "ok");
	remove("case/case.db");
}

static void
spoil(const char *sql)
{
	remove("bad");
	make_shard("bad", "bad", 3000, false);
	run_sql("bad", sql);
}

static void
a_spoilt_shard_is_left_out(void **state)
{
	(void)state;
	make_shard("good", "good", 3, false);
	spoil("CREATE TRIGGER t AFTER INSERT ON file BEGIN DELETE FROM file; END");
	left_out("bad", "tables and views");
	spoil("DROP VIEW v_files; CREATE VIEW v_files AS SELECT 1");
	left_out("bad", "tables and views");
	spoil("UPDATE file SET volume = volume + 65536 WHERE id % 2999 = 0");
	left_out("bad", "NOT NULL");
	spoil("UPDATE blob SET data = x'00112233'");
	left_out("bad", "SHA-256");
	spoil("PRAGMA ignore_check_constraints = ON; UPDATE finding SET level = 'worst'");
	left_out("bad", "CHECK");
	spoil("UPDATE limitation SET count = 9223372036854775807");
	left_out("bad", "overflow");
	spoil("PRAGMA user_version = 99");
	left_out("bad", "another version");
	spoil("PRAGMA journal_mode = WAL");
	left_out("bad", "WAL");
	spoil("DELETE FROM evidence");
	left_out("bad", "no evidence");
	assert_int_equal(symlink("bad", "link"), 0);
	left_out("link", "cannot be read");
	left_out("nowhere", "not there");
}

/* STRICT keeps a wrong type out, so the schema says something else while the rows are written. */
static void
a_value_of_a_wrong_type_is_left_out(void **state)
{
	(void)state;
	make_shard("good", "good", 3, false);
	spoil("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = "
	      "'file';");
	run_sql("bad", "UPDATE file SET mft = 'x' WHERE id % 1000 = 0; PRAGMA writable_schema = ON;"
		       "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'file'");
	left_out("bad", "");
}

static void
every_byte_of_a_shard_may_be_wrong(void **state)
{
	const char *paths[] = { "good", "torn" };
	CLEANUP(free) uint8_t *bytes = NULL;
	uint64_t seed = 88172645463325252u;
	FILE *file;
	long size;

	(void)state;
	make_shard("good", "good", 3, false);
	make_shard("bad", "bad", 300, false);
	file = fopen("bad", "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	bytes = malloc((size_t)size);
	rewind(file);
	assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
	fclose(file);
	for (int i = 0; i < 60; i++) {
		uint8_t saved[32];
		long at[32];

		for (int k = 0; k < 32; k++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			at[k] = (long)((k % 4 ? seed % 4096 + seed / 4096 % 14 * 32768 : seed) % (uint64_t)size);
			saved[k] = bytes[at[k]];
			bytes[at[k]] = (uint8_t)(seed >> 40);
		}
		file = fopen("torn", "wb");
		fwrite(bytes, 1, (size_t)(i % 5 ? size : size / 2), file);
		fclose(file);
		assert_int_equal(case_merge("case", paths, 2, NULL, NULL, NULL), 0);
		expect("case/case.db", "PRAGMA integrity_check", "ok");
		expect("case/case.db",
		       "SELECT count(*) FROM v_files f JOIN v_evidence USING (evidence) WHERE name = 'good'", "3");
		remove("case/case.db");
		for (int k = 31; k >= 0; k--)
			bytes[at[k]] = saved[k];
	}
}

static void
a_case_that_cannot_be_read_is_not_replaced(void **state)
{
	const char *paths[] = { "good" };

	(void)state;
	make_shard("good", "good", 3, false);
	run_sql("case/case.db", "CREATE TABLE diary (x)");
	assert_int_equal(case_merge("case", paths, 1, NULL, NULL, NULL), -EBADMSG);
	expect("case/case.db", "SELECT count(*) FROM diary", "0");
	assert_int_equal(access("case/case.db.new", F_OK), -1);
}

static void
questions_are_restricted(void **state)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	CLEANUP(free) uint8_t *kept = NULL;
	CLEANUP(free) char *since = NULL;
	struct digest_value value;
	CLEANUP(text_free) struct text hex = { 0 };
	uint64_t n;
	size_t size;

	(void)state;
	make_shard("s", "srv", 20, false);
	merge("case", "s", NULL);
	assert_int_equal(case_open("case", &db), 0);
	assert_int_equal(rows(db, (struct question){ .view = "v_files" }), 20);
	assert_int_equal(rows(db, (struct question){ .view = "v_files", .like = "*/PAGE1?.ASPX" }), 10);
	assert_int_equal(rows(db, (struct question){ .view = "v_files", .like = "*/page_.aspx" }), 0);
	assert_int_equal(
		rows(db, (struct question){ .view = "v_files", .where_column = "evidence", .where_value = "1" }), 20);
	assert_int_equal(
		rows(db, (struct question){ .view = "v_files", .where_column = "mft", .where_value = "1' OR 1" }), 0);
	assert_int_equal(rows(db, (struct question){ .view = "v_findings", .min_level = LEVEL_HIGH }), 2);
	assert_int_equal(rows(db, (struct question){ .view = "v_findings",
						     .where_column = "finding",
						     .where_value = "00000000000000aa" }),
			 1);
	assert_int_equal(
		rows(db,
		     (struct question){ .view = "v_timeline", .from = 132590000000000001, .to = 132590000000000003 }),
		2);
	assert_int_equal(rows(db, (struct question){ .view = "v_timeline", .limit = 5, .order = "kind, ticks DESC" }),
			 5);
	assert_int_equal(case_ask(db, &(struct question){ .view = "file" }, count_rows, &n), -EINVAL);
	assert_int_equal(case_ask(db,
				  &(struct question){ .view = "v_files", .where_column = "1; --", .where_value = "" },
				  count_rows, &n),
			 -EINVAL);
	assert_int_equal(case_ask(db, &(struct question){ .view = "v_files", .order = "random()" }, count_rows, &n),
			 -EINVAL);
	assert_int_equal(case_count(db, "v_timeline", &n), 0);
	assert_int_equal(n, 83);
	assert_int_equal(case_setting_get(db, "since", &since), 0);
	assert_string_equal(since, "132539328000000000");
	assert_int_equal(case_setting_get(db, "shard.tool", &since), -ENOENT);
	assert_int_equal(digest_sha256(v("kept"), &value), 0);
	assert_int_equal(text_add_hex(&hex, view_of(value.b, 32)), 0);
	assert_int_equal(case_kept(db, hex.s, &kept, &size), 0);
	assert_true(view_equal(view_of(kept, size), v("kept")));
	hex.s[0] ^= 1;
	assert_int_equal(case_kept(db, hex.s, &kept, &size), -ENOENT);
}

/* ---- exports ---- */

static void
hostile_case(void)
{
	CLEANUP(case_close) struct case_db *db = shard("h");

	identify(db, "srv");
	assert_int_equal(case_begin(db, "walk"), 1);
	assert_int_equal(case_folder(db, &(struct folder_row){ .volume = 1, .number = 1, .path = v("a|b") }), 0);
	add_file(db, 1, v("=cmd|' /c calc'!A1"), 132590000000000000, FILE_CHOSEN);
	add_file(db, 2, v("\033]0;x\a\xed\xa0\x80\"\r\n,"), 132590000000000000, FILE_CHOSEN | FILE_ALLOCATED);
	add_file(db, 3, v("far"), 2650467744000000000u, FILE_CHOSEN | FILE_ALLOCATED);
	assert_int_equal(case_commit(db), 0);
	assert_int_equal(case_begin(db, "logs"), 1);
	assert_int_equal(case_event(db, &(struct event_row){ .volume = 1,
							     .when = 132590000012345678,
							     .kind = "iis.request",
							     .source = "w",
							     .subject = v("=1+1"),
							     .summary = view_of("a\0b", 3) }),
			 0);
	assert_int_equal(
		case_event(db, &(struct event_row){ .volume = 1, .when = 1, .kind = "iis.request", .source = "w" }), 0);
	assert_int_equal(case_commit(db), 0);
}

static char *export(enum export_format format, const char *view, struct export_result *ret)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_int_equal(case_open("case", &db), 0);
	assert_int_equal(report_export(db, format, &(struct question){ .view = view }, out, ret), 0);
	fclose(out);
	for (size_t i = 0; i < n; i++) /* nothing for a terminal to act on */
		assert_true((unsigned char)text[i] >= 0x20 || text[i] == '\n' || text[i] == '\r');
	return text;
}

static void
exports_say_what_the_case_says(void **state)
{
	struct export_result result;
	char *text;

	(void)state;
	hostile_case();
	merge("case", "h", NULL);

	text = export(EXPORT_CSV, NULL, &result);
	assert_int_equal(result.rows, 26);
	assert_non_null(strstr(text, "evidence,volume,snapshot,time,ticks,kind,source,subject,summary,stage,level,"
				     "finding,mft,stream,offset,raw,event\r\n"));
	assert_non_null(strstr(text, ",iis.request,w,'=1+1,a\\u{0}b,"));
	free(text);

	text = export(EXPORT_JSONL, "v_files", &result);
	assert_int_equal(result.rows, 3);
	assert_non_null(
		strstr(text, "\"path\":\"/a|b/\\u001b]0;x\\u0007\\\\u{d800}\\\"\\u000d\\u000a,\",\"allocated\":1,"));
	free(text);

	text = export(EXPORT_TIMESKETCH, NULL, &result);
	assert_int_equal(result.rows, 17);
	assert_int_equal(result.left_out, 9);
	assert_non_null(strstr(text, "'=1+1: a\\u{0}b,1614526401234567,2021-02-28T15:33:21.234567+00:00,iis.request,"));
	free(text);

	text = export(EXPORT_BODYFILE, NULL, &result);
	assert_int_equal(result.rows, 6);
	assert_int_equal(result.left_out, 8);
	assert_non_null(strstr(text,
			       "0|/a\\x7cb/=cmd\\x7c' /c calc'!A1 ($FILE_NAME) (deleted)|101-48|r/rrwxrwxrwx|0|0|7|"
			       "1614526400|1614526400|1614526400|1614526400\n"));
	free(text);

	text = export(EXPORT_L2TCSV, NULL, &result);
	assert_int_equal(result.rows, 18);
	assert_non_null(strstr(text, "02/28/2021,15:33:21,UTC,....,LOG,w,iis.request,"));
	free(text);

	text = export(EXPORT_CSV, "v_rules", &result);
	assert_string_equal(text, "rule,kind,author,source,state,hits,reason\r\n");
	free(text);
}

static void
a_table_is_aligned_and_tame(void **state)
{
	static const char *const columns[] = { "mft", "path", "bytes", NULL };
	CLEANUP(case_close) struct case_db *db = NULL;
	char *text = NULL;
	size_t n;
	uint64_t count;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	hostile_case();
	merge("case", "h", NULL);
	assert_int_equal(case_open("case", &db), 0);
	assert_int_equal(
		report_table(db, &(struct question){ .view = "v_files", .where_column = "mft", .where_value = "103" },
			     &(struct table_style){ .columns = columns }, out, &count),
		0);
	fclose(out);
	assert_string_equal(text, "mft  path      bytes\n103  /a|b/far      7\n");
	free(text);
}

/* ---- run.jsonl ---- */

static void
log_line(struct runlog *log, const char *value)
{
	CLEANUP(text_free) struct text members = { 0 };

	assert_int_equal(log_text(&members, "image", v(value)), 0);
	assert_int_equal(log_number(&members, "n", -3), 0);
	assert_int_equal(runlog_add(log, "start", members.s), 0);
}

static void
alter(const char *path, long at, const char *bytes)
{
	FILE *file = fopen(path, "r+b");

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	fputs(bytes, file);
	fclose(file);
}

static void
the_log_is_a_chain(void **state)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(runlog_close) struct runlog *second = NULL;
	struct runlog_state found;

	(void)state;
	assert_int_equal(runlog_open("case", &log), 0);
	assert_int_equal(runlog_open("case", &second), 0);
	log_line(log, "a\"\n\033");
	log_line(second, "b");
	log_line(log, "c");
	assert_int_equal(runlog_check("case", &found), 0);
	assert_int_equal(found.lines, 3);
	assert_int_equal(found.bad_line, 0);

	alter("case/run.jsonl", 180, "X");
	assert_int_equal(runlog_check("case", &found), 0);
	assert_int_equal(found.bad_line, 1); /* whose hash of itself no longer fits */
}

/* A byte that is changed anywhere, in the last line, too, is found in its line. */
static void
no_byte_of_the_log_can_change(void **state)
{
	struct runlog *log;
	struct runlog_state found;
	struct stat st;
	FILE *file;

	(void)state;
	assert_int_equal(runlog_open("case", &log), 0);
	log_line(log, "a");
	log_line(log, "b");
	runlog_close(log);
	assert_int_equal(stat("case/run.jsonl", &st), 0);
	file = fopen("case/run.jsonl", "r+b");
	assert_non_null(file);
	for (long at = 0; at < st.st_size; at++) {
		int c;

		fseek(file, at, SEEK_SET);
		c = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(c ^ 1, file);
		fflush(file);
		assert_int_equal(runlog_check("case", &found), 0);
		assert_int_not_equal(found.bad_line, 0);
		fseek(file, at, SEEK_SET);
		fputc(c, file);
	}
	fclose(file);
	assert_int_equal(runlog_check("case", &found), 0);
	assert_int_equal(found.bad_line, 0);
}

static void
a_torn_line_is_kept_and_noted(void **state)
{
	struct runlog *log;
	struct runlog_state found;
	struct stat st;

	(void)state;
	assert_int_equal(runlog_open("case", &log), 0);
	log_line(log, "a");
	log_line(log, "b");
	runlog_close(log);
	assert_int_equal(stat("case/run.jsonl", &st), 0);
	assert_int_equal(truncate("case/run.jsonl", st.st_size - 20), 0);
	assert_int_equal(runlog_check("case", &found), 0);
	assert_int_equal(found.bad_line, 2);

	assert_int_equal(runlog_open("case", &log), 0);
	log_line(log, "c");
	runlog_close(log);
	assert_int_equal(runlog_check("case", &found), 0);
	assert_int_equal(found.bad_line, 0);
	assert_int_equal(found.lines, 4);
	assert_int_equal(found.torn, 1);
}

/* A log has its row in the coverage and its hours in v_hours, whichever number its exhibit gets. */
static void
a_log_and_its_hours(void **state)
{
	static const struct hour_row hours[] = { { .lines = 2, .bytes = 30 },
						 { .hour = 132590016000000000, .lines = 3, .bytes = 300, .status = { 0, 0, 1, 0, 2, 0 } } };
	CLEANUP(case_close) struct case_db *db = shard("logs");

	(void)state;
	identify(db, "srv2");
	assert_int_equal(case_begin(db, "content"), 1);
	assert_int_equal(case_log(db, &(struct log_row){ .volume = 1,
							 .file = 1,
							 .mft = 101,
							 .seq = 3,
							 .path = v("/inetpub/u_ex210228.log"),
							 .stream = v(""),
							 .kind = "iis",
							 .state = "partly",
							 .reason = "1 line does not fit its header",
							 .lines = 5,
							 .records = 3,
							 .lost = 1,
							 .bytes = 330,
							 .first = 132590016000000000,
							 .last = 132590017000000000 },
				  hours, 2), 0);
	assert_int_equal(case_commit(db), 0);
	db = case_close(db);
	make_shard("other", "srv1", 3, false);
	merge("case", "logs", "other");
	expect("case/case.db", "SELECT evidence || source || path || state || items || lost || volume || mft || reason FROM v_coverage"
	       " WHERE source = 'iis'", "2iis/inetpub/u_ex210228.logpartly3110485761011 line does not fit its header");
	expect("case/case.db", "SELECT group_concat(evidence || ' ' || coalesce(hour, 'none') || ' ' || lines || ' ' || none || s2xx || s4xx)"
	       " FROM v_hours", "2 none 2 000,2 2021-02-28T16:00:00.0000000Z 3 012");
	merge("again", "case", NULL);
	expect("again/case.db", "SELECT count(*) FROM v_hours WHERE evidence = 2 AND volume = 1048576", "2");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_log_and_its_hours),
		IN_FOLDER(a_stage_is_there_wholly_or_not),
		IN_FOLDER(a_shard_of_another_profile_is_refused),
		IN_FOLDER(two_workers_never_write_one_shard),
		IN_FOLDER(names_are_kept_and_never_cut),
		IN_FOLDER(times_read_as_they_are),
		IN_FOLDER(file_times_are_events_from_since_on),
		IN_FOLDER(a_finding_marks_the_times_of_its_file),
		IN_FOLDER(same_facts_give_the_same_bytes),
		IN_FOLDER(the_later_of_the_same_evidence_stands),
		IN_FOLDER(a_spoilt_shard_is_left_out),
		IN_FOLDER(a_value_of_a_wrong_type_is_left_out),
		IN_FOLDER(every_byte_of_a_shard_may_be_wrong),
		IN_FOLDER(a_case_that_cannot_be_read_is_not_replaced),
		IN_FOLDER(questions_are_restricted),
		IN_FOLDER(exports_say_what_the_case_says),
		IN_FOLDER(a_table_is_aligned_and_tame),
		IN_FOLDER(the_log_is_a_chain),
		IN_FOLDER(no_byte_of_the_log_can_change),
		IN_FOLDER(a_torn_line_is_kept_and_noted),
	};

	return cmocka_run_group_tests_name("case", tests, NULL, NULL);
}

/* test_calendar.c - cases made of rows: which days their logs cover, and what may then be said of absence. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "case.h"
#include "fail.h"
#include "filetime.h"
#include "report.h"
#include "scratch.h"
#include "verdict.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define DAY   UINT64_C(864000000000)
#define HOUR  UINT64_C(36000000000)
#define PROXY "Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy/Ecp"
#define IIS   "inetpub/logs/LogFiles/W3SVC1"

static uint64_t
ticks(const char *text)
{
	uint64_t t;

	assert_int_equal(filetime_parse(view_text(text), &t), 0);
	return t;
}

/* ---- a shard, row by row ---- */

static struct case_db *
begin(const char *since, const char *acquired)
{
	struct case_db *db;
	char window[32];

	assert_int_equal(case_shard("shard.db", "1", "profile", &db), 0);
	assert_int_equal(case_begin(db, "content"), 1);
	assert_int_equal(case_evidence(db, &(struct evidence_row){ .name = "EXCH01",
								   .format = "raw",
								   .fingerprint = "f",
								   .segments = 1,
								   .bytes = 1 << 20,
								   .sector_size = 512,
								   .hash_state = "not-computed",
								   .acquired = acquired }),
			 0);
	assert_int_equal(case_volume(db, &(struct volume_row){ .number = 1,
							       .offset = 512,
							       .bytes = 1 << 19,
							       .fs = "NTFS",
							       .snapshot = "",
							       .state = "read" }),
			 0);
	snprintf(window, sizeof(window), "%llu", (unsigned long long)ticks(since));
	assert_int_equal(case_setting(db, "since", window), 0);
	return db;
}

/* A log of the days [from, to], with lines in the first `hours` hours of each. */
static void
add_log(struct case_db *db, const char *kind, const char *path, const char *from, const char *to, unsigned hours,
	const struct log_row *also)
{
	uint64_t first = from ? ticks(from) : 0, last = to ? ticks(to) : 0;
	struct hour_row rows[512];
	size_t n = 0;
	struct log_row row = *also;

	for (uint64_t day = first; from && day <= last; day += DAY)
		for (unsigned hour = 0; hour < hours && n < 512; hour++)
			rows[n++] = (struct hour_row){ .hour = day + hour * HOUR, .lines = 60, .bytes = 6000 };
	row.volume = 1;
	row.file = row.file ? row.file : 1;
	row.path = view_text(path);
	row.stream = view_text("");
	row.kind = kind;
	row.state = row.state ? row.state : "read";
	row.lines = row.records = n * 60;
	row.bytes = row.bytes ? row.bytes : n * 6000;
	row.first = n ? first : 0;
	row.last = n ? rows[n - 1].hour : 0;
	assert_int_equal(case_sought(db, kind, "Logs"), 0);
	assert_int_equal(case_log(db, &row, rows, n), 0);
}

/* A daily log of IIS for each day. */
static void
add_iis(struct case_db *db, const char *from, const char *to)
{
	for (uint64_t day = ticks(from); day <= ticks(to); day += DAY) {
		char text[FILETIME_TEXT], date[11], path[128];

		filetime_text(day, text);
		snprintf(date, sizeof(date), "%.10s", text);
		snprintf(path, sizeof(path), IIS "/u_ex%.2s%.2s%.2s.log", date + 2, date + 5, date + 8);
		add_log(db, "iis", path, date, date, 24, &(struct log_row){ 0 });
	}
}

static void
add_cover(struct case_db *db, const char *source, const char *path, const char *state, const char *reason)
{
	assert_int_equal(case_coverage(db, &(struct coverage_row){ .source = source,
								   .path = view_text(path),
								   .state = state,
								   .reason = reason,
								   .items = 1 }),
			 0);
}

static const struct rule rule = {
	.id = "r1",
	.kind = RULE_SIGMA,
	.level = LEVEL_MEDIUM,
	.stage = STAGE_INITIAL_ACCESS,
	.technique = "T1190",
	.cve = "CVE-2021-26855",
	.title = "forged",
	.author = "",
	.source = "p/r.yml",
	.benign = "",
	.reason = "",
};

static void
add_volume(struct case_db *db, const char *fs, const char *reason)
{
	assert_int_equal(case_volume(db, &(struct volume_row){ .number = 2,
							       .offset = 1 << 20,
							       .bytes = 1 << 19,
							       .fs = fs,
							       .snapshot = "",
							       .state = "skipped",
							       .reason = reason }),
			 0);
}

/* One question on the front end's log and the file table, and a rule that looks for it. */
static void
add_question(struct case_db *db, const char *days)
{
	assert_int_equal(case_question(db, &(struct question_row){ .question = "CVE-2021-26855",
								   .cve = "CVE-2021-26855",
								   .technique = "",
								   .stage = "",
								   .days = days,
								   .whole = "mft" }),
			 0);
	add_cover(db, "mft", "volume 1: /$MFT", "read", NULL);
	assert_int_equal(case_rule(db, &rule, 0), 0);
}

static void
judge(struct case_db *db)
{
	const char *paths[] = { "shard.db" };

	assert_int_equal(case_commit(db), 0);
	case_close(db);
	assert_int_equal(case_merge("case", paths, 1, verdict_judge, NULL, NULL), 0);
}

static void
expect(const char *sql, const char *expected)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	const char *text;

	assert_int_equal(sqlite3_open_v2("case/case.db", &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	text = (const char *)sqlite3_column_text(statement, 0);
	assert_string_equal(text ? text : "NULL", expected);
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

#define VERDICT(question) "SELECT verdict FROM v_verdict WHERE question = '" question "'"
#define REASON(question)  "SELECT reason FROM v_verdict WHERE question = '" question "'"

/* ---- what is said of absence ---- */

static void
test_no_trace(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-02-20", "2021-03-10");
	add_log(db, "ecp", "x/Logging/ECP/Server/ECPServer20210310-1.LOG", "2021-03-10", "2021-03-10", 2,
		&(struct log_row){ 0 });
	add_question(db, "iis/w3svc1");
	add_volume(db, "FAT32", "not examined"); /* as every GPT disk of Windows has one */
	judge(db);
	expect(VERDICT("CVE-2021-26855"), "no trace");
	expect(REASON("CVE-2021-26855"), "logs cover 2021-03-01 to 2021-03-10: iis/w3svc1; read wholly: mft");
	expect(VERDICT("overall"), "no trace");
	expect(REASON("overall"), "so all 1 questions are answered, for 2021-03-01 to 2021-03-10");
}

static void
test_locked(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-01", "2021-03-03");
	add_log(db, "ecp", "x/ECPServer20210303-1.LOG", "2021-03-03", "2021-03-03", 2, &(struct log_row){ 0 });
	add_question(db, "iis");
	add_volume(db, "BitLocker", "encrypted: not examined");
	judge(db);
	expect(REASON("CVE-2021-26855"), "mft was not read wholly (BitLocker volume skipped: encrypted: not examined)");
}

/* One log and no file is a single witness: it makes no day, and without a day there is no window. */
static void
test_no_life(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-01", "2021-03-10");
	add_question(db, "iis/W3SVC1");
	judge(db);
	expect("SELECT count(*) FROM v_calendar", "0");
	expect(VERDICT("overall"), "not assessable");
	expect(REASON("CVE-2021-26855"), "nothing on it tells until when its host ran");
}

static void
test_whole(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-01", "2021-03-03");
	add_log(db, "ecp", "x/ECPServer20210303-1.LOG", "2021-03-03", "2021-03-03", 2, &(struct log_row){ 0 });
	assert_int_equal(case_question(db, &(struct question_row){ .question = "q",
								   .technique = "T1190",
								   .cve = "",
								   .stage = "",
								   .days = "iis",
								   .whole = "mft webroot config evtx" }),
			 0);
	assert_int_equal(case_rule(db, &rule, 0), 0);
	add_cover(db, "mft", "volume 1: /$MFT", "partly", "1 of 9 records");
	add_cover(db, "mft", "volume 1: $EA", "skipped", "counted");
	add_cover(db, "webroot", "A", "read", NULL);
	add_cover(db, "webroot", "B", "absent", NULL);
	add_cover(db, "config", "C", "absent", "part of the media was not read");
	judge(db);
	expect(VERDICT("q"), "not assessable");
	expect(REASON("q"),
	       "mft was not read wholly (volume 1: /$MFT partly: 1 of 9 records); more of config may lie in what "
	       "could not be read; nothing of evtx was found");
}

static void
test_attempted(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-01", "2021-03-02");
	add_iis(db, "2021-03-04", "2021-03-05");
	add_log(db, "ecp", "x/ECPServer20210305-1.LOG", "2021-03-05", "2021-03-05", 2, &(struct log_row){ 0 });
	add_question(db, "iis");
	assert_int_equal(case_finding(db, &(struct finding_row){ .finding = "00000000000000aa",
								 .volume = 1,
								 .rule = &rule,
								 .when = ticks("2021-03-02"),
								 .level = LEVEL_MEDIUM,
								 .path = view_text("x"),
								 .stream = view_text("") }),
			 0);
	judge(db);
	expect(VERDICT("CVE-2021-26855"), "attempted");
	expect(REASON("CVE-2021-26855"),
	       "1 finding shows that it was tried, none that it worked; that none did cannot be told: "
	       "iis/W3SVC1: hole 2021-03-03");
	expect(VERDICT("overall"), "attempted");
}

static void
test_failed_rule(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);
	struct rule failed = rule;

	(void)state;
	failed.id = "r2";
	failed.state = RULE_FAILED;
	failed.reason = "no condition";
	add_iis(db, "2021-03-01", "2021-03-02");
	add_log(db, "ecp", "x/ECPServer20210302-1.LOG", "2021-03-02", "2021-03-02", 2, &(struct log_row){ 0 });
	add_question(db, "iis");
	assert_int_equal(case_rule(db, &failed, 0), 0);
	failed.id = "r3"; /* another log than those that the question needs */
	failed.state = RULE_NOT_EVALUABLE;
	failed.reason = "EWS logs: none was found";
	assert_int_equal(case_rule(db, &failed, 0), 0);
	judge(db);
	expect(REASON("CVE-2021-26855"), "1 of 3 rules could not be asked of all that they are for (r2: no condition)");
}

/* ---- days ---- */

static void
test_size(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	for (int day = 6; day <= 9; day++) {
		char path[160], date[11];

		snprintf(path, sizeof(path), PROXY "/HttpProxy_202103%02d00-1.LOG", day);
		snprintf(date, sizeof(date), "2021-03-%02d", day);
		add_log(db, "httpproxy", path, date, date, 1, &(struct log_row){ .bytes = 260000000 });
	}
	add_log(db, "ecp", "x/ECPServer20210309-1.LOG", "2021-03-09", "2021-03-09", 2, &(struct log_row){ 0 });
	judge(db);
	expect("SELECT state || ': ' || reason FROM v_calendar WHERE day = '2021-03-02' AND source = 'httpproxy'",
	       "rotated: deleted by size: the folder holds 1040000000 bytes, of which Exchange keeps 1073741824 by "
	       "default; its "
	       "oldest log is of 2021-03-06");
	expect("SELECT count(*) FROM v_calendar WHERE source = 'httpproxy' AND state = 'present'", "4");
}

/* Inside the thirty days neither age nor size explains what is missing. */
static void
test_unexplained(void **state)
{
	struct case_db *db = begin("2021-01-15", NULL);

	(void)state;
	add_log(db, "httpproxy", PROXY "/HttpProxy_2021030500-1.LOG", "2021-03-05", "2021-03-05", 1,
		&(struct log_row){ 0 });
	add_log(db, "httpproxy", PROXY "/HttpProxy_2021030600-1.LOG", "2021-03-06", "2021-03-06", 1,
		&(struct log_row){ 0 });
	add_log(db, "iis", IIS "/u_ex210306.log", "2021-03-06", "2021-03-06", 1, &(struct log_row){ 0 });
	judge(db);
	expect("SELECT min(day) || ' ' || max(day) FROM v_calendar WHERE source = 'httpproxy' AND state = 'rotated'",
	       "2021-01-15 2021-02-04");
	expect("SELECT min(day) || ' ' || max(day) FROM v_calendar WHERE source = 'httpproxy' AND state = 'absent'",
	       "2021-02-05 2021-03-04");
}

/* The log of a day is gone, and the one before it goes on over midnight. */
static void
test_foreign(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_log(db, "iis", IIS "/u_ex210301.log", "2021-03-01", "2021-03-02", 1, &(struct log_row){ 0 });
	add_log(db, "iis", IIS "/u_ex210303.log", "2021-03-03", "2021-03-03", 1, &(struct log_row){ 0 });
	add_log(db, "ecp", "x/ECPServer20210303-1.LOG", "2021-03-03", "2021-03-03", 2, &(struct log_row){ 0 });
	judge(db);
	expect("SELECT group_concat(state, ' ') FROM v_calendar WHERE source = 'iis'", "present partly present");
}

/* One line with another year does not stretch a log that is named for its day, and no log makes its host older. */
static void
test_odd_times(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);
	const struct hour_row hours[] = {
		{ .hour = ticks("2021-03-02"), .lines = 9, .bytes = 90 },
		{ .hour = ticks("2099-01-01"), .lines = 1, .bytes = 10 },
		{ .hour = UINT64_MAX - 5, .lines = UINT64_MAX, .bytes = UINT64_MAX },
	};

	(void)state;
	assert_int_equal(case_sought(db, "iis", "Logs"), 0);
	assert_int_equal(case_log(db,
				  &(struct log_row){ .volume = 1,
						     .file = 1,
						     .path = view_text(IIS "/u_ex210302.log"),
						     .stream = view_text(""),
						     .kind = "iis",
						     .state = "read",
						     .lines = 10,
						     .records = 10,
						     .bytes = 100,
						     .first = ticks("2021-03-02"),
						     .last = ticks("2099-01-01") },
				  hours, 3),
			 0);
	add_log(db, "ecp", "x/ECPServer20210302-1.LOG", "2021-03-02", "2021-03-02", 2, &(struct log_row){ 0 });
	judge(db);
	expect("SELECT max(day) FROM v_calendar", "2021-03-02");
	expect("SELECT group_concat(state, ' ') FROM v_calendar WHERE source = 'iis'", "absent present");
}

/* An exhibit can claim any dates, and any number of folders. */
static void
test_limits(void **state)
{
	struct case_db *db = begin("2001-01-01", NULL);

	(void)state;
	for (int i = 0; i < 514; i++) {
		char path[64];

		snprintf(path, sizeof(path), "f/HttpProxy/x%04d/HttpProxy_2021030200-1.LOG", i);
		add_log(db, "httpproxy", path, "2021-03-02", "2021-03-02", 1, &(struct log_row){ 0 });
	}
	add_question(db, "httpproxy/x0513");
	judge(db);
	expect("SELECT count(DISTINCT folder) FROM v_calendar", "514");
	expect("SELECT count(*) FROM v_calendar WHERE folder LIKE '%x0513'", "1");
	expect("SELECT count(*) FROM v_calendar WHERE folder LIKE '%x0000'", "3660");
	expect("SELECT reason LIKE '%longer than what is laid out%' FROM v_verdict WHERE question = 'CVE-2021-26855'",
	       "1");
}

/* A log that could not be read and does not tell its days leaves all of them open. */
static void
test_dateless(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-02", "2021-03-03");
	add_log(db, "iis", IIS "/u_extend1.log", NULL, NULL, 0,
		&(struct log_row){ .state = "unreadable", .reason = "EFS" });
	add_log(db, "ecp", "x/ECPServer20210303-1.LOG", "2021-03-03", "2021-03-03", 2, &(struct log_row){ 0 });
	judge(db);
	expect("SELECT state || ': ' || reason FROM v_calendar WHERE source = 'iis' AND day = '2021-03-01'",
	       "unreadable: u_extend1.log: EFS; it does not tell its days");
}

/* Logs that only say something now and then: their silence is neither whole nor a hole. */
static void
test_quiet(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_iis(db, "2021-03-01", "2021-03-09");
	add_log(db, "ecp", "x/ECPServer20210302-1.LOG", "2021-03-02", "2021-03-02", 1, &(struct log_row){ 0 });
	add_log(db, "ecp", "x/ECPServer20210309-1.LOG", "2021-03-09", "2021-03-09", 1, &(struct log_row){ 0 });
	add_log(db, "httperr", "Windows/System32/LogFiles/HTTPERR/httperr1.log", "2021-03-03", "2021-03-04", 1,
		&(struct log_row){ 0 });
	judge(db);
	expect("SELECT group_concat(s || n, ' ') FROM (SELECT state AS s, count(*) AS n FROM v_calendar WHERE source = "
	       "'ecp' "
	       "GROUP BY 1 ORDER BY 1)",
	       "present2 quiet7");
	expect("SELECT group_concat(s || n, ' ') FROM (SELECT state AS s, count(*) AS n FROM v_calendar WHERE source = "
	       "'httperr' "
	       "GROUP BY 1 ORDER BY 1)",
	       "present2 quiet7");
}

/* What limits a log stands in the limitations, and its day is no longer whole. */
static void
test_limited(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);

	(void)state;
	add_log(db, "iis", IIS "/u_ex210301.log", "2021-03-01", "2021-03-01", 24, &(struct log_row){ .mft = 77 });
	add_log(db, "ecp", "x/ECPServer20210301-1.LOG", "2021-03-01", "2021-03-01", 1, &(struct log_row){ .mft = 78 });
	assert_int_equal(case_limitation(db, &(struct limitation_row){ .volume = 1,
								       .mft = 77,
								       .offset = -1,
								       .count = 1,
								       .stream = view_text(""),
								       .what = "a rule gave up" }),
			 0);
	judge(db);
	expect("SELECT state || ': ' || reason FROM v_calendar WHERE source = 'iis'",
	       "partly: u_ex210301.log: a rule gave up");
	expect("SELECT state FROM v_calendar WHERE source = 'ecp'", "present");
}

/* Names out of the evidence come escaped to the terminal. */
static void
test_escaped(void **state)
{
	struct case_db *db = begin("2021-03-01", NULL);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	add_log(db, "iis", "in\033[2Jet/W3SVC1/u_ex210301.log", "2021-03-01", "2021-03-01", 1,
		&(struct log_row){ .state = "partly", .reason = "\033]0;x" });
	add_log(db, "ecp", "x/ECPServer20210301-1.LOG", "2021-03-01", "2021-03-01", 1, &(struct log_row){ 0 });
	judge(db);
	assert_int_equal(case_open("case", &db), 0);
	assert_int_equal(report_calendar(db, &(struct question){ 0 }, out), 0);
	case_close(db);
	fclose(out);
	assert_null(memchr(text, 033, n));
	assert_non_null(strstr(text, "in\\u{1b}[2Jet/W3SVC1"));
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_trace),  TEST(test_no_life),     TEST(test_locked),  TEST(test_whole),
		TEST(test_attempted), TEST(test_failed_rule), TEST(test_size),    TEST(test_unexplained),
		TEST(test_foreign),   TEST(test_odd_times),   TEST(test_limits),  TEST(test_dateless),
		TEST(test_quiet),     TEST(test_limited),     TEST(test_escaped),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}

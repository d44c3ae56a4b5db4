/* test_chain.c - cases made of rows: what hangs together, by what, and how sure that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "case.h"
#include "filetime.h"
#include "scratch.h"
#include "verdict.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define IIS  "inetpub/logs/LogFiles/W3SVC1/u_ex210815.log"
#define CMD  "Logging/CmdletInfra/Rps_Cmdlet_1.LOG"
#define EVTX "Windows/System32/winevt/Logs/Security.evtx"
#define PAGE "inetpub/wwwroot/aspnet_client/x.aspx"

static uint64_t
ticks(const char *text)
{
	uint64_t t;

	assert_int_equal(filetime_parse(view_text(text), &t), 0);
	return t;
}

static void
add_log(struct case_db *db, const char *kind, const char *path)
{
	assert_int_equal(case_log(db, &(struct log_row){ .volume = 1, .file = 1, .path = view_text(path), .stream = view_text(""),
							  .kind = kind, .state = "read" },
				  NULL, 0),
			 0);
}

static struct case_db *
begin(void)
{
	struct case_db *db;

	assert_int_equal(case_shard("shard.db", "1", "profile", &db), 0);
	assert_int_equal(case_begin(db, "content"), 1);
	assert_int_equal(case_evidence(db, &(struct evidence_row){ .name = "E", .format = "raw", .fingerprint = "f", .segments = 1,
								   .bytes = 1 << 20, .sector_size = 512,
								   .hash_state = "not-computed" }),
			 0);
	assert_int_equal(case_volume(db, &(struct volume_row){ .number = 1, .offset = 512, .bytes = 1 << 19, .fs = "NTFS",
							       .snapshot = "", .state = "read" }),
			 0);
	add_log(db, "iis", IIS);
	add_log(db, "rps_cmdlet", CMD);
	return db;
}

/* A finding in a log or a file, of this gravity. */
static void
add_finding(struct case_db *db, const char *id, enum level level, const char *technique, enum stage stage, const char *path,
	    uint64_t mft, const char *when, const char *stream)
{
	const struct rule rule = { .id = id, .kind = RULE_SIGMA, .level = level, .stage = stage, .technique = technique, .cve = "",
				   .title = "t", .author = "", .source = "s", .benign = "", .reason = "" };

	assert_int_equal(case_finding(db, &(struct finding_row){ .finding = id, .volume = 1, .when = when ? ticks(when) : 0,
								 .rule = &rule, .level = level, .path = view_text(path), .mft = mft,
								 .seq = 1, .stream = view_text(stream) }),
			 0);
}

static void
add_event(struct case_db *db, const char *kind, const char *source, const char *when, const char *fields, const char *finding)
{
	assert_int_equal(case_event(db, &(struct event_row){ .volume = 1, .when = ticks(when), .mft = 7, .kind = kind,
							      .source = source, .stream = view_text(""), .finding = finding,
							      .summary = view_text("s"), .fields = view_text(fields) }),
			 0);
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

#define BASES "SELECT group_concat(basis, '; ') FROM (SELECT basis FROM v_edges ORDER BY chain, number)"

/* ProxyShell: the request does not say where it was led; the export names the file that it writes. */
static void
test_export(void **state)
{
	struct case_db *db = begin();

	(void)state;
	add_finding(db, "1000000000000001", LEVEL_HIGH, "T1190", STAGE_INITIAL_ACCESS, IIS, 7, "2021-08-15T01:00:00", "");
	add_finding(db, "1000000000000002", LEVEL_CRITICAL, "T1505.003", STAGE_PERSISTENCE, CMD, 8, "2021-08-15T01:00:09", "");
	add_finding(db, "1000000000000003", LEVEL_HIGH, "T1505.003", STAGE_PERSISTENCE, PAGE, 99, "2021-08-15T01:01:00", "");
	add_event(db, "iis.request", IIS, "2021-08-15T01:00:00",
		  "{\"c-ip\":\"192.0.2.1\",\"cs-method\":\"POST\",\"cs-uri-stem\":\"/autodiscover/autodiscover.json\",\"sc-status\":"
		  "\"200\",\"s-port\":\"443\"}",
		  "1000000000000001");
	add_event(db, "cmdlet.run", CMD, "2021-08-15T01:00:09",
		  "{\"Cmdlet\":\"New-MailboxExportRequest\",\"Parameters\":\"-FilePath "
		  "'\\\\\\\\127.0.0.1\\\\C$\\\\inetpub\\\\wwwroot\\\\aspnet_client\\\\x.aspx'\"}",
		  "1000000000000002");
	add_event(db, "iis.request", IIS, "2021-08-15T01:02:00",
		  "{\"c-ip\":\"192.0.2.1\",\"cs-method\":\"POST\",\"cs-uri-stem\":\"/aspnet%5Fclient/X.aspx/a\",\"sc-status\":\"200\","
		  "\"s-port\":\"443\"}",
		  NULL);
	add_event(db, "iis.request", IIS, "2021-08-15T01:03:00",
		  "{\"c-ip\":\"192.0.2.66\",\"cs-method\":\"POST\",\"cs-uri-stem\":\"/aspnet_client/x.aspx\",\"sc-status\":\"404\"}",
		  NULL);
	judge(db);
	expect("SELECT count(*) FROM v_chain", "1");
	expect(BASES, "time; path; path");
	expect("SELECT group_concat(time_only) FROM (SELECT time_only FROM v_edges ORDER BY number)", "1,0,0");
	expect("SELECT confidence FROM v_chain", "likely");
	expect("SELECT confidence FROM v_findings WHERE finding = '1000000000000003'", "confirmed");
	expect("SELECT witnesses FROM v_findings WHERE finding = '1000000000000003'", "3");
	expect("SELECT count(*) FROM v_edges WHERE words LIKE '%192.0.2.66%'", "0");
}

/* What a shell started, and what that started. */
static void
test_processes(void **state)
{
	struct case_db *db = begin();

	(void)state;
	add_log(db, "evtx/Security", EVTX);
	add_finding(db, "1000000000000003", LEVEL_HIGH, "T1505.003", STAGE_PERSISTENCE, PAGE, 99, "2021-08-15T01:01:00", "");
	add_finding(db, "1000000000000004", LEVEL_HIGH, "T1505.003", STAGE_EXECUTION, EVTX, 9, "2021-08-15T01:02:01", "");
	add_event(db, "iis.request", IIS, "2021-08-15T01:02:00",
		  "{\"c-ip\":\"192.0.2.1\",\"cs-uri-stem\":\"/aspnet_client/x.aspx\",\"sc-status\":\"200\"}", NULL);
	add_event(db, "evtx.record", EVTX, "2021-08-15T01:02:01",
		  "{\"EventID\":\"4688\",\"Provider_Name\":\"Microsoft-Windows-Security-Auditing\",\"NewProcessName\":\"C:\\\\cmd.exe\","
		  "\"NewProcessId\":\"0x1f4\",\"ParentProcessName\":\"C:\\\\w3wp.exe\"}",
		  "1000000000000004");
	add_event(db, "evtx.record", EVTX, "2021-08-15T01:02:03",
		  "{\"EventID\":\"4688\",\"Provider_Name\":\"Microsoft-Windows-Security-Auditing\",\"NewProcessName\":\"C:\\\\whoami.exe\","
		  "\"NewProcessId\":\"0x300\",\"ParentProcessId\":\"0x1f4\"}",
		  "1000000000000004");
	judge(db);
	expect(BASES, "path; time; process id");
	expect("SELECT relation FROM v_edges WHERE basis = 'process id'", "started");
}

static void
test_doubt(void **state)
{
	struct case_db *db = begin();

	(void)state;
	add_finding(db, "1000000000000005", LEVEL_CRITICAL, "T1505.003", STAGE_PERSISTENCE, PAGE, 99, NULL, "[slack]");
	add_finding(db, "1000000000000006", LEVEL_MEDIUM, "", STAGE_NONE, PAGE, 99, NULL, "");
	add_finding(db, "1000000000000007", LEVEL_HIGH, "T1505.003", STAGE_PERSISTENCE, "a/b.aspx", 98, NULL, "");
	judge(db);
	expect("SELECT group_concat(confidence) FROM (SELECT confidence FROM v_findings ORDER BY finding)", "possible,possible,likely");
	expect("SELECT count(*) FROM v_chain", "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_export, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(test_processes, enter_folder, leave_folder),
		cmocka_unit_test_setup_teardown(test_doubt, enter_folder, leave_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_artefact.c - files that keep records as Windows writes them, broken ones, and ones that were made to do harm. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <dirent.h>

#include "artefact_check.h"
#include "ese.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" " \
	     "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
#define TASK \
	HEAD "<RegistrationInfo><Date>2021-03-04T02:11:09</Date><Author>EXAMPLE\\svc &amp; co</Author></RegistrationInfo>" \
	     "<Triggers><TimeTrigger><Repetition><Interval>PT45M</Interval></Repetition>" \
	     "<StartBoundary>2021-03-04T02:15:00</StartBoundary></TimeTrigger></Triggers>" \
	     "<Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId></Principal></Principals>" \
	     "<Settings><Hidden>true</Hidden></Settings><Actions Context=\"Author\"><Exec><Command>cmd.exe</Command>" \
	     "<Arguments>/c whoami</Arguments></Exec><Exec><Command>b.exe</Command></Exec></Actions></Task>"

static char *
read_as(const char *kind, struct view bytes, const char *path, struct artefact_told *told)
{
	*told = (struct artefact_told){ .born = 132592212000000000 };
	assert_int_equal(artefact_tell(artefact_find(kind), bytes, path, told), 0);
	return told->text.s ? told->text.s : strdup("");
}

static void
has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("no '%s' in: %s", words, text);
}

static const char task_path[] = "/Windows/System32/Tasks/Microsoft/Windows/Winnet";

static void
check_task(const char *text, const struct artefact_told *told)
{
	assert_int_equal(told->result.records, 1);
	assert_int_equal(told->result.lost, 0);
	has(text, "\\Microsoft\\Windows\\Winnet: runs cmd.exe /c whoami; b.exe as S-1-5-18, author EXAMPLE\\svc & co, "
		  "hidden, dated by itself 2021-03-04T02:11:09");
	has(text, "\tTrigger=TimeTrigger\n");
	has(text, "\tInterval=PT45M\n");
	has(text, "\tCommandLine=cmd.exe /c whoami\n");
	has(text, "\tTaskName=\\Microsoft\\Windows\\Winnet\n");
}

/* The declaration says UTF-16 whatever the bytes are, after somebody has saved the file with an editor. */
static void
a_task_is_told_in_every_encoding(void **state)
{
	struct artefact_told told;
	struct text wide = { 0 };
	char *text = read_as("task", view_text(TASK), task_path, &told);

	(void)state;
	check_task(text, &told);
	free(text);
	assert_int_equal(text_to_utf16(view_text("\xef\xbb\xbf" TASK), &wide), 0);
	text = read_as("task", text_view(&wide), task_path, &told);
	check_task(text, &told);
	free(text);
	text = read_as("task", view_from(text_view(&wide), 2), task_path, &told);
	check_task(text, &told);
	free(text);
	for (size_t i = 0; i + 1 < wide.n; i += 2) {
		char c = wide.s[i];

		wide.s[i] = wide.s[i + 1];
		wide.s[i + 1] = c;
	}
	text = read_as("task", text_view(&wide), task_path, &told);
	check_task(text, &told);
	free(text);
	text_free(&wide);
}

static void
a_torn_task_says_what_is_left(void **state)
{
	struct artefact_told told;
	char *text = read_as("task", view_of(TASK, strlen(TASK) - 60), task_path, &told);

	(void)state;
	assert_int_equal(told.result.records, 1);
	assert_true(told.result.partly);
	assert_int_equal(told.damaged, 1);
	has(text, "runs cmd.exe /c whoami");
	free(text);
}

static void
what_is_no_task_is_lost_and_said(void **state)
{
	static const char *const others[] = { "<html><body/></html>", "MZ\x90", "<!DOCTYPE Task [<!ENTITY a 'b'>]><Task/>" };
	struct artefact_told told;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		free(read_as("task", view_text(others[i]), task_path, &told));
		assert_int_equal(told.result.records, 0);
		assert_int_equal(told.result.lost, 1);
	}
}

#define STARS_LINE "**********************\r\n"
#define TRANSCRIPT \
	STARS_LINE "Windows PowerShell transcript start\r\nStart time: 20210302021109\r\nUsername: EXAMPLE\\admin\r\n" \
	"RunAs User: EXAMPLE\\system\r\nMachine: EXCH01 (Microsoft Windows NT 10.0.14393.0)\r\n" \
	"Host Application: powershell.exe -ep bypass\r\nProcess ID: 4711\r\n" STARS_LINE \
	"Transcript started, output file is C:\\x.txt\r\nPS C:\\> whoami\r\nexample\\admin\r\n" STARS_LINE \
	"Command start time: 20210302021210\r\n" STARS_LINE "PS C:\\>Get-Process lsass\r\n"

static const uint64_t transcript_start = 132591246690000000; /* 2021-03-02T02:11:09Z, as the clock of the server says */

static void
check_transcript(const char *bytes_text, bool wide)
{
	struct artefact_told told;
	struct text text = { 0 };
	char *said;

	assert_int_equal(wide ? text_to_utf16(view_text(bytes_text), &text) : text_adds(&text, bytes_text), 0);
	said = read_as("console", text_view(&text), "/Users/admin/x.txt", &told);
	has(said, "EXAMPLE\\admin: a session is written down: powershell.exe -ep bypass");
	has(said, "EXAMPLE\\admin: typed: whoami");
	has(said, "\tCommand=Get-Process lsass\n");
	has(said, "\tMessage=example\\admin\n");
	assert_int_equal(told.result.lost, 0);
	free(said);
	text_free(&text);
}

static void
a_transcript_tells_who_typed_what(void **state)
{
	(void)state;
	check_transcript(TRANSCRIPT, false);
	check_transcript("\xef\xbb\xbf" TRANSCRIPT, true);
}

/* The file was born at 01:11:10 UTC, and its session began at 02:11:09: one hour east. Born a day later, it was copied. */
static void
the_zone_of_a_transcript_follows_from_its_birth(void **state)
{
	static const struct {
		int64_t seconds;
		const char *words;
		uint64_t first;
	} births[] = {
		{ -3600 + 1, "UTC+01:00", 132591210690000000 },
		{ 5 * 3600 + 1800 + 90, "UTC-05:30", 132591444690000000 },
		{ 0, "UTC+00:00", 132591246690000000 },
		{ 600, NULL, 0 },
		{ 86400, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(births) / sizeof(births[0]); i++) {
		struct artefact_told told = { .born = transcript_start + (uint64_t)(births[i].seconds * 10000000) };

		assert_int_equal(artefact_tell(artefact_find("console"), view_text(TRANSCRIPT), "/x.txt", &told), 0);
		if (births[i].words)
			has(told.text.s, births[i].words);
		else
			assert_null(strstr(told.text.s, "UTC"));
		assert_int_equal(told.result.first, births[i].first);
		text_free(&told.text);
	}
}

static void
a_history_is_commands_of_one_or_more_lines(void **state)
{
	struct artefact_told told;
	char *said = read_as("console", view_text("whoami\r\nfoo `\r\n  bar\r\n\r\nGet-Mailbox"), "/h.txt", &told);

	(void)state;
	assert_int_equal(told.result.records, 3);
	has(said, "0 6 - : typed, by then: whoami\n");
	has(said, "8 12 - : typed, by then: foo \\u{a}  bar\n");
	has(said, "\tCommand=Get-Mailbox\n");
	free(said);
}

/* ---- Defender ---- */

static void
add_le(struct text *t, uint64_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(text_addc(t, (char)(n >> 8 * i)), 0);
}

/* A value of a detection: size, type, data, padding. */
static void
add_value(struct text *t, uint32_t type, struct view data)
{
	add_le(t, data.n, 4);
	add_le(t, type, 4);
	assert_int_equal(text_add(t, data), 0);
	add_le(t, 0, (8 - data.n % 8) % 8);
}

static void
add_words(struct text *t, const char *words)
{
	CLEANUP(text_free) struct text wide = { 0 };

	assert_int_equal(text_to_utf16(view_text(words), &wide), 0);
	add_le(&wide, 0, 2);
	add_value(t, 0x15, text_view(&wide));
}

static void
add_tracked(struct text *t, const char *name, uint32_t type, struct view data)
{
	CLEANUP(text_free) struct text wide = { 0 };

	assert_int_equal(text_to_utf16(view_text(name), &wide), 0);
	add_le(&wide, 0, 2);
	add_le(t, wide.n, 4);
	assert_int_equal(text_add(t, text_view(&wide)), 0);
	add_le(t, type, 4);
	if (type == 6)
		add_le(t, data.n, 4);
	assert_int_equal(text_add(t, data), 0);
}

static void
make_detection(struct text *t)
{
	CLEANUP(text_free) struct text tracking = { 0 };
	CLEANUP(text_free) struct text wide = { 0 };
	CLEANUP(text_free) struct text when = { 0 };

	add_le(&when, transcript_start, 8);
	assert_int_equal(text_to_utf16(view_text("0123abcd"), &wide), 0);
	add_le(&tracking, 0, 4);
	add_tracked(&tracking, "ThreatTrackingSha256", 6, text_view(&wide));
	add_tracked(&tracking, "ThreatTrackingStartTime", 4, text_view(&when));
	add_value(t, 0, view_of("\x41\x42\x43\x44\0\0\0\0", 8));
	add_value(t, 0x1e, view_of("0123456789abcdef", 16));
	add_words(t, "Magic.Version:1.2");
	add_words(t, "Backdoor:ASP/SecChecker.A");
	add_value(t, 5, view_of("\5\0\0\0", 4));
	add_words(t, "Magic.Version:1.2");
	add_words(t, "file");
	add_words(t, "C:\\inetpub\\wwwroot\\x.aspx");
	add_value(t, 5, view_of("\0\0\0\0", 4));
	add_value(t, 5, view_of("\0\0\0\0", 4));
	add_value(t, 0x28, text_view(&tracking));
	for (int i = 6; i < 12; i++)
		add_value(t, 5, view_of("\0\0\0\0", 4));
	add_words(t, "EXAMPLE\\admin");
}

static void
a_detection_says_what_where_and_when(void **state)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	struct artefact_told told;
	char *said;

	(void)state;
	make_detection(&bytes);
	said = read_as("detection", text_view(&bytes), "/x/{GUID}", &told);
	has(said, "C:\\inetpub\\wwwroot\\x.aspx: Defender detected Backdoor:ASP/SecChecker.A in file "
		  "C:\\inetpub\\wwwroot\\x.aspx [defender-detection]");
	has(said, "\tSHA256=0123abcd\n");
	has(said, "\tDetection User=EXAMPLE\\admin\n");
	assert_int_equal(told.result.first, transcript_start);
	free(said);
	for (size_t n = 0; n < bytes.n; n += 3)
		artefact_check(artefact_find("detection"), view_of(bytes.s, n));
}

/* ---- User Access Logging ---- */

static void
a_client_is_told_at_both_ends(void **state)
{
	static const double inserted = 44257.5, accessed = 44258.25; /* 2021-03-02T12:00, 2021-03-03T06:00 */
	static const uint8_t role[] = { 0xf7, 0x6c, 0x25, 0xd6, 0xfb, 0x98, 0xb4, 0x4e, 0xaa, 0x18, 0x30, 0x3f, 0x1d, 0xa1, 0xf7, 0x70 };
	const struct ese_value values[] = {
		{ "RoleGuid", ESE_GUID, view_of(role, 16) },
		{ "TotalAccesses", ESE_NUMBER, view_of("\7\0\0\0", 4) },
		{ "InsertDate", ESE_TIME, view_of(&inserted, 8) },
		{ "LastAccess", ESE_TIME, view_of(&accessed, 8) },
		{ "Address", ESE_BYTES, view_of("\xc0\0\2\x2d", 4) },
		{ "AuthenticatedUserName", ESE_TEXT, view_text("example\\admin") },
		{ "Day60", ESE_NUMBER, view_of("\0\0", 2) },
		{ "Day61", ESE_NUMBER, view_of("\3\0", 2) },
		{ "Day62", ESE_NUMBER, view_of("\4\0", 2) },
	};
	struct artefact_told told = { .size = 1 };
	struct artefact_ear ear = { .told = &told };
	struct artefact_reading reading = { .kind = artefact_find("ual"), .record = artefact_take, .state = &ear };

	(void)state;
	assert_int_equal(ual_row(&reading, "CLIENTS", values, sizeof(values) / sizeof(values[0])), 0);
	has(told.text.s, "192.0.2.45: example\\admin used Web Server, times in all: 7, first 2021-03-02T12:00:00.0000000Z, last "
			 "2021-03-03T06:00:00.0000000Z, by day of the year 61:3 62:4");
	assert_int_equal(reading.result.records, 1);
	assert_int_equal(reading.result.last - reading.result.first, 18 * UINT64_C(36000000000));
	text_free(&told.text);
}

/* What esedbexport shows of a real one: three rows that say what the server was called. */
static void
a_real_database_is_told(void **state)
{
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	static uint8_t bytes[4 << 20];
	struct artefact_told told;
	char path[4096], *said;
	FILE *f;
	size_t n;

	(void)state;
	snprintf(path, sizeof(path), "%s/sum/SystemIdentity.mdb", corpus ? corpus : "");
	f = corpus && ese_built() ? fopen(path, "rb") : NULL;
	if (!f)
		skip();
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	said = read_as("ual", view_of(bytes, n), path, &told);
	has(said, "CITADEL-DC01: this server was called CITADEL-DC01 in C137.local, build 9600");
	assert_int_equal(told.result.records, 3);
	has(said, "\tCreationTime=2020-09-18T22:30:11.4420000Z\n");
	free(said);
	for (size_t i = 4096; i < n && i < 40 * 4096; i += 4099) {
		bytes[i] ^= 0x55;
		artefact_check(artefact_find("ual"), view_of(bytes, n));
	}
}

/* ---- WMI ---- */

static void
a_consumer_is_told_with_its_command(void **state)
{
	static const char objects[] =
		"\0\0CommandLineEventConsumer\0\0cmd.exe /c whoami\0\0Updater\0\0\0xx"
		"\0\0__EventFilter\0\0UpdaterFilter\0\0select * from __InstanceModificationEvent within 60\0\0WQL\0"
		"\0__FilterToConsumerBinding\0\0CommandLineEventConsumer.Name=\"Updater\"\0\0__EventFilter.Name=\"UpdaterFilter\"\0"
		"\0NTEventLogEventConsumer.Name=\"SCM Event Log Consumer\"\0\0__EventFilter.Name=\"SCM Event Log Filter\"\0";
	struct artefact_told told;
	char *said = read_as("wmi", view_of(objects, sizeof(objects)), "/x/OBJECTS.DATA", &told);

	(void)state;
	assert_int_equal(told.result.records, 2);
	has(said, "Updater: CommandLineEventConsumer does cmd.exe /c whoami whenever select * from "
		  "__InstanceModificationEvent within 60 [wmi-consumer]");
	has(said, "SCM Event Log Consumer: NTEventLogEventConsumer does what could not be read whenever SCM Event Log Filter\n");
	free(said);
	for (size_t n = 0; n < sizeof(objects); n++)
		artefact_check(artefact_find("wmi"), view_of(objects, n));
}

/* Each kind survives what belongs to another, and each prefix of it. */
static void
whatever_the_bytes_are_reading_ends(void **state)
{
	(void)state;
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		for (size_t n = 0; n <= sizeof(TASK); n += 7)
			artefact_check(*kind, view_of(TASK, n));
	for (const struct artefact_kind *const *kind = artefact_kinds; *kind; kind++)
		for (size_t n = 0; n <= sizeof(TRANSCRIPT); n += 7)
			artefact_check(*kind, view_of(TRANSCRIPT, n));
}

/* Real ones, where there are some: the name of the file tells what they are. */
static void
real_tasks_are_all_told(void **state)
{
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	char path[4096];
	DIR *dir;
	struct dirent *entry;
	size_t n = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/tasks/win10", corpus ? corpus : "");
	dir = corpus ? opendir(path) : NULL;
	if (!dir)
		skip();
	while ((entry = readdir(dir))) {
		static uint8_t bytes[1 << 20];
		struct artefact_told told;
		FILE *f;
		size_t size;

		snprintf(path, sizeof(path), "%s/tasks/win10/%s", corpus, entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
		if (!f)
			continue;
		size = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		free(read_as("task", view_of(bytes, size), path, &told));
		assert_int_equal(told.result.records, 1);
		assert_int_equal(told.damaged, 0);
		n++;
	}
	closedir(dir);
	assert_true(n > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task_is_told_in_every_encoding),
		cmocka_unit_test(a_torn_task_says_what_is_left),
		cmocka_unit_test(what_is_no_task_is_lost_and_said),
		cmocka_unit_test(a_transcript_tells_who_typed_what),
		cmocka_unit_test(the_zone_of_a_transcript_follows_from_its_birth),
		cmocka_unit_test(a_history_is_commands_of_one_or_more_lines),
		cmocka_unit_test(a_detection_says_what_where_and_when),
		cmocka_unit_test(a_client_is_told_at_both_ends),
		cmocka_unit_test(a_real_database_is_told),
		cmocka_unit_test(a_consumer_is_told_with_its_command),
		cmocka_unit_test(whatever_the_bytes_are_reading_ends),
		cmocka_unit_test(real_tasks_are_all_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

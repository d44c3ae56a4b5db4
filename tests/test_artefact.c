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
		cmocka_unit_test(whatever_the_bytes_are_reading_ends),
		cmocka_unit_test(real_tasks_are_all_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

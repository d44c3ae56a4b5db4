/* test_builds.c - builds of Exchange: what logs say of them, what the table of the profile says of their fixes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "filetime.h"
#include "patches.h"
#include "setup.h"

/* ---- runs of setup ---- */

struct told {
	struct setup_run runs[8];
	unsigned n;
	int stop;
};

static int
take_run(void *state, const struct setup_run *run)
{
	struct told *t = state;

	assert_true(t->n < 8);
	t->runs[t->n++] = *run;
	return t->stop;
}

static int
read_runs(const char *text, struct told *told)
{
	CLEANUP(source_close) struct source *src = NULL;

	assert_int_equal(source_memory(view_text(text), "ExchangeSetup.log", &src), 0);
	return setup_runs(src, NULL, take_run, told);
}

static void
assert_build(const struct build *build, const char *text)
{
	char plain[BUILD_STRING];

	assert_string_equal(build_text(build, plain), text);
}

static const char two_runs[] =
	"[03/01/2021 10:00:00.0000] [0] Starting Microsoft Exchange Server 2016 Setup\r\n"
	"[03/01/2021 10:00:01.0000] [0] Setup version: 15.1.2176.2.\r\n"
	"[03/01/2021 10:00:02.0000] [0] Command Line Parameter Name='mode', Value='Upgrade'.\r\n"
	"[03/01/2021 10:00:03.0000] [0] The locally installed version is 15.1.2106.2.\r\n"
	"[03/01/2021 10:01:00.0000] [0] Starting Microsoft Exchange Server 2016 Setup\r\n" /* it has copied itself */
	"[03/01/2021 10:01:01.0000] [0] Setup version: 15.1.2176.2.\r\n"
	"[03/01/2021 11:00:00.0000] [0] The Exchange Server setup operation completed successfully.\r\n"
	"[03/02/2021 10:00:01.0000] [0] Setup version: 15.1.2242.4.\r\n"
	"[03/02/2021 10:00:02.0000] [0] Command Line Parameter Name='prepareAD', Value=''.\r\n";

static void
runs_of_setup_are_told_apart(void **state)
{
	struct told told = { 0 }, stopped = { .stop = -ECANCELED };
	char text[FILETIME_TEXT];

	(void)state;
	assert_int_equal(read_runs(two_runs, &told), 0);
	assert_int_equal(told.n, 2);
	assert_build(&told.runs[0].version, "15.1.2176.2");
	assert_build(&told.runs[0].before, "15.1.2106.2");
	assert_string_equal(filetime_text(told.runs[0].began, text), "2021-03-01T10:00:00.0000000Z");
	assert_string_equal(filetime_text(told.runs[0].ended, text), "2021-03-01T11:00:00.0000000Z");
	assert_true(told.runs[0].outcome == SETUP_COMPLETED && setup_installs(&told.runs[0]));
	assert_build(&told.runs[1].version, "15.1.2242.4");
	assert_true(told.runs[1].outcome == SETUP_UNKNOWN && !setup_installs(&told.runs[1]));
	assert_int_equal(read_runs(two_runs, &stopped), -ECANCELED);
	assert_int_equal(stopped.n, 1);
}

static void
a_log_that_is_none_has_no_runs(void **state)
{
	static const char *const texts[] = { "", "Setup version: 15.1.2176.2.\r\n", "[03/01/2021 10:00:01.0000] [0] Setup version: none.\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct told told = { 0 };

		assert_int_equal(read_runs(texts[i], &told), 0);
		assert_int_equal(told.n, 0);
	}
}

/* Between month, day and year stands what the region of the server has there. */
static void
a_region_writes_dates_its_own_way(void **state)
{
	struct told told = { 0 };
	char text[FILETIME_TEXT];

	(void)state;
	assert_int_equal(read_runs("[11.14.2022 17:13:08.0081] [0] Setup version: 15.2.1118.7.\n", &told), 0);
	assert_int_equal(told.n, 1);
	assert_build(&told.runs[0].version, "15.2.1118.7");
	assert_string_equal(filetime_text(told.runs[0].began, text), "2022-11-14T17:13:08.0081000Z");
}

/* ---- who wrote a log ---- */

static void
a_log_says_who_wrote_it(void **state)
{
	static const struct {
		const char *kind, *text, *build, *when;
	} logs[] = {
		{ "httpproxy",
		  "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,HttpStatus\r\n#Software: x\r\n"
		  "2021-03-03T04:00:01.123Z,1,15,1,2176,9,200\r\n2021-03-03T05:00:01.123Z,1,15,1,2176,14,200\r\n",
		  "15.1.2176.9", "2021-03-03T04:00:01.1230000Z" },
		{ "ecp",
		  "#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T04:00:01.123Z,M,ECP.Request,S:CMD=x;S:BLD=15.1.2375.7;S:EX=\n",
		  "15.1.2375.7", "2021-03-03T04:00:01.1230000Z" },
		{ "oab", "#Software: x\r\n#Version: 15.01.2106.013\r\n#Log-type: y\r\n#Date: 2021-03-03T04:00:00.000Z\r\n", "15.1.2106.13",
		  "2021-03-03T04:00:00.0000000Z" },
		{ "ecp", "#Software: x\r\n#Version: 15.0.0.0\r\n#Date: 2021-03-03T04:00:00.000Z\r\n", "", NULL },
		{ "httpproxy", "DateTime,MajorVersion,MinorVersion,BuildVersion,RevisionVersion\r\n2021-03-03T04:00:01.123Z,a,1,2,3\r\n", "", NULL },
		{ "ews", "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		CLEANUP(source_close) struct source *src = NULL;
		char text[FILETIME_TEXT];
		struct log_writer w;

		assert_int_equal(source_memory(view_text(logs[i].text), "log", &src), 0);
		assert_int_equal(log_writer_read(log_kind_find(logs[i].kind), "x.LOG", src, &w), 0);
		assert_int_equal(w.found, logs[i].build[0] != 0);
		if (!w.found)
			continue;
		assert_build(&w.build, logs[i].build);
		assert_string_equal(filetime_text(w.when, text), logs[i].when);
	}
}

/* ---- the table of the profile ---- */

static struct profile *
load(void)
{
	const char *names[] = { "hafnium" };
	struct profile *profile = NULL;

	assert_int_equal(profile_load(names, 1, false, &profile), 0);
	return profile;
}

static size_t
cve_number(const struct profile *profile, const char *cve)
{
	const char *const *cves;
	size_t n = profile_cves(profile, &cves), i = 0;

	while (i < n && strcmp(cves[i], cve))
		i++;
	assert_true(i < n);
	return i;
}

static enum patch_state
judge(const struct profile *profile, const char *text, const char *cve)
{
	CLEANUP(text_free) struct text reason = { 0 };
	enum patch_state state;
	struct build build;

	assert_true(build_parse(view_text(text), &build));
	assert_int_equal(patch_judge(profile, &build, cve_number(profile, cve), &state, &reason), 0);
	assert_true(reason.n > 0);
	return state;
}

/* What Microsoft's table of HealthChecker and its advisories say, by hand. */
static void
builds_are_judged_as_the_advisories_say(void **state)
{
	static const struct {
		const char *build, *cve;
		enum patch_state state;
	} cases[] = {
		{ "15.1.2176.2", "CVE-2021-26855", PATCH_VULNERABLE }, { "15.1.2176.9", "CVE-2021-26855", PATCH_FIXED },
		{ "15.1.2176.9", "CVE-2021-34473", PATCH_VULNERABLE }, { "15.1.2176.12", "CVE-2021-34473", PATCH_FIXED },
		{ "15.1.2176.12", "CVE-2021-31207", PATCH_VULNERABLE }, { "15.1.2176.14", "CVE-2021-31207", PATCH_FIXED },
		{ "15.1.2242.4", "CVE-2021-27065", PATCH_FIXED },     { "15.2.858.5", "CVE-2021-26858", PATCH_FIXED },
		{ "15.2.792.3", "CVE-2021-26857", PATCH_VULNERABLE },  { "15.0.1497.12", "CVE-2021-26855", PATCH_FIXED },
		{ "14.3.509.0", "CVE-2021-26857", PATCH_VULNERABLE },  { "14.3.513.0", "CVE-2021-26857", PATCH_FIXED },
		{ "14.3.509.0", "CVE-2021-26855", PATCH_NOT_AFFECTED }, { "15.1.1466.13", "CVE-2021-26855", PATCH_FIXED },
		{ "15.2.858.9", "CVE-2021-26855", PATCH_FIXED },       { "15.1.2176", "CVE-2021-26855", PATCH_UNKNOWN },
		{ "15.1.2242", "CVE-2021-26855", PATCH_FIXED },        { "15.1.225", "CVE-2021-26855", PATCH_VULNERABLE },
		{ "15.2.1748.48", "CVE-2022-41040", PATCH_FIXED },     { "13.0.1.1", "CVE-2021-26855", PATCH_UNKNOWN },
	};
	CLEANUP(profile_free) struct profile *profile = load();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (judge(profile, cases[i].build, cases[i].cve) != cases[i].state)
			fail_msg("%s %s: %s", cases[i].build, cases[i].cve, patch_state_name(judge(profile, cases[i].build, cases[i].cve)));
}

/* Within an update fixes are only ever added: builds between two are judged by that. */
static void
the_table_holds_together(void **state)
{
	CLEANUP(profile_free) struct profile *profile = load();
	const char *const *cves;
	size_t n = profile_cves(profile, &cves), rows = 0;

	(void)state;
	assert_int_equal(n, 11);
	for (uint32_t m = 0; m < 3; m++)
		for (uint32_t b = 0; b < 3000; b++) {
			const struct release *last = NULL;

			for (uint32_t r = 0; r < 100; r++) {
				const struct build build = { .n = { 15, m, b, r }, .parts = BUILD_PARTS };
				const struct release *release = release_find(profile, &build);

				if (!release)
					continue;
				rows++;
				assert_true(release->released && release->product[0] && release->update[0]);
				for (size_t c = 0; c < n && last; c++)
					assert_false(last->states[c] == PATCH_FIXED && release->states[c] != PATCH_FIXED);
				last = release;
			}
		}
	assert_int_equal(rows, 285);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_setup_are_told_apart),
		cmocka_unit_test(a_log_that_is_none_has_no_runs),
		cmocka_unit_test(a_region_writes_dates_its_own_way),
		cmocka_unit_test(a_log_says_who_wrote_it),
		cmocka_unit_test(builds_are_judged_as_the_advisories_say),
		cmocka_unit_test(the_table_holds_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

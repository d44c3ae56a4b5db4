/* test_profile.c - profiles: what is loaded, what is complained of, and which files they choose. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fnmatch.h>

#include "../src/profile/expression.h"
#include "../src/profile/inside.h"
#include "../src/profile/machine.h"
#include "../src/profile/tails.h"
#include "csv.h"
#include "filetime.h"
#include "profile.h"
#include "sigma.h"

static const char *
fixture(const char *name, char path[static 4096])
{
	const char *top = getenv("srcdir");

	snprintf(path, 4096, "%s/fixtures/profile/%s", top ? top : ".", name);
	return path;
}

static struct profile *
load(const char *name)
{
	char path[4096];
	const char *names[] = { fixture(name, path) };
	struct profile *profile = NULL;

	assert_int_equal(profile_load(names, 1, true, &profile), 0);
	return profile;
}

static const struct rule *
rule_named(const struct profile *profile, const char *id)
{
	const struct rule *const *rules;
	size_t n = profile_rules(profile, &rules);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rules[i]->number, i);
		if (!strcmp(rules[i]->id, id))
			return rules[i];
	}
	return NULL;
}

/* ---- complaints ---- */

static char *
lint(const struct profile *profile)
{
	const struct profile_complaint *c;
	size_t n = profile_complaints(profile, &c);
	struct text text = { 0 };

	assert_int_equal(text_adds(&text, ""), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(text_printf(&text, "%s:%u: %s%s\n", c[i].file, c[i].line,
					     c[i].fatal ? "" : "remark: ", c[i].what),
				 0);
	return text.s;
}

static char *
slurp(const char *name)
{
	char path[4096], *bytes = calloc(1, 65536);
	FILE *f = fopen(fixture(name, path), "rb");

	assert_non_null(f);
	assert_non_null(bytes);
	assert_true(fread(bytes, 1, 65535, f) < 65535);
	fclose(f);
	return bytes;
}

static void
every_fault_of_a_profile_is_named_with_its_line(void **state)
{
	static const char *const names[] = { "good",     "bad-hashes", "bad-keys", "bad-patterns", "bad-sigma",
					     "bad-questions", "bad-tables", "bad-yara", "twice-a",  "twice-b", "unknown-names" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[64], *expected, *found;
		struct profile *profile = load(names[i]);

		snprintf(name, sizeof(name), "%s.expected", names[i]);
		expected = slurp(name);
		found = lint(profile);
		assert_string_equal(found, expected);
		free(found);
		free(expected);
		profile_free(profile);
	}
}

static void
a_profile_without_a_sound_profile_yaml_is_refused(void **state)
{
	static const char *const names[] = { "not-yaml", "no-id", "nowhere" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[4096];
		const char *list[] = { fixture(names[i], path) };
		struct profile *profile = NULL;

		assert_int_equal(profile_load(list, 1, true, &profile), -ENOENT);
		assert_null(profile);
	}
}

static void
profiles_are_found_by_name_but_not_in_the_working_folder(void **state)
{
	const char *names[] = { "good" };
	char path[4096], here[4096 + 32], **list;
	struct profile *profile = NULL;
	bool found = false;
	size_t n;

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(unsetenv("POSTMORTEM_PROFILES"), 0);
	assert_int_equal(chdir(fixture(".", path)), 0);
	assert_int_equal(profile_load(names, 1, true, &profile), -ENOENT);
	assert_int_equal(chdir(here), 0);
	snprintf(here, sizeof(here), "/nonexistent:%s", fixture(".", path));
	assert_int_equal(setenv("POSTMORTEM_PROFILES", here, 1), 0);
	assert_int_equal(profile_load(names, 1, true, &profile), 0);
	profile_free(profile);
	assert_int_equal(profile_list(&list, &n), 0);
	for (size_t i = 0; i < n; i++) {
		found |= !strcmp(list[i], "good");
		assert_true(!i || strcmp(list[i - 1], list[i]) < 0);
	}
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
	assert_true(found);
}

/* ---- what is loaded ---- */

static void
rules_say_what_their_meta_lines_say(void **state)
{
	struct profile *profile = load("good");
	const struct rule *rule = rule_named(profile, "marker_with_meta");

	(void)state;
	assert_non_null(rule);
	assert_int_equal(rule->kind, RULE_YARA);
	assert_int_equal(rule->level, LEVEL_CRITICAL);
	assert_int_equal(rule->stage, STAGE_PERSISTENCE);
	assert_string_equal(rule->title, "A marker of the tests");
	assert_string_equal(rule->technique, "T1505.003");
	assert_string_equal(rule->cve, "CVE-2021-26855");
	assert_string_equal(rule->author, "postmortem");
	assert_string_equal(rule->benign, "the test itself");
	assert_non_null(strstr(rule->source, "good/yara/rules.yar sha256:"));
	assert_non_null(strstr(rule->source, "; https://example.org/marker"));
	assert_ptr_equal(yara_rule(profile, "good/yara/rules.yar", "marker_with_meta"), rule);
	assert_null(yara_rule(profile, "other/yara/rules.yar", "marker_with_meta"));
	assert_null(rule_named(profile, "small")); /* private */
	assert_int_equal(rule_named(profile, "public_style")->level, LEVEL_HIGH);
	assert_int_equal(rule_named(profile, "no_level")->level, LEVEL_MEDIUM);
	assert_int_equal(rule_named(profile, "by_condition_alone")->level, LEVEL_INFO);
	assert_int_equal(rule_named(profile, "G1")->level, LEVEL_CRITICAL);
	assert_int_equal(rule_named(profile, "G2")->level, LEVEL_MEDIUM);
	assert_int_equal(rule_named(profile, "G3")->level, LEVEL_LOW);
	assert_int_equal(rule_named(profile, "G4")->level, LEVEL_HIGH);
	assert_int_equal(rule_named(profile, "G5")->level, LEVEL_INFO);
	assert_string_equal(rule_named(profile, "G1")->title, "a published shell, with a comma");
	profile_free(profile);
}

static void
files_that_cannot_be_used_leave_a_rule_that_says_so(void **state)
{
	struct profile *profile = load("bad-yara");
	const struct rule *rule = rule_named(profile, "bad-yara/yara/broken.yar");

	(void)state;
	assert_non_null(rule);
	assert_int_equal(rule->state, RULE_FAILED);
	assert_string_equal(rule->reason, "line 8: undefined string \"$b\"");
	assert_null(rule_named(profile, "good_one"));
	assert_int_equal(rule_named(profile, "bad-yara/yara/clock.yar")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "bad-yara/yara/include.yar")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "fine")->state, RULE_USED);
	assert_non_null(profile_yara(profile));
	profile_free(profile);
	profile = load("bad-tables");
	assert_int_equal(rule_named(profile, "T1")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "T2")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "T4")->state, RULE_USED);
	profile_free(profile);
}

static void
choices_windows_and_dates_are_loaded(void **state)
{
	struct profile *profile = load("good");
	const struct choice *choices;
	const struct public_date *dates;
	uint64_t since, when;

	(void)state;
	assert_int_equal(profile_choices(profile, &choices), 3);
	assert_string_equal(choices[0].artifact, "Web");
	assert_string_equal(choices[0].title, "Web folders of the server.");
	assert_int_equal(choices[0].role, ROLE_WEBROOT);
	assert_string_equal(choices[0].readers[0], "content");
	assert_null(choices[0].readers[1]);
	assert_string_equal(choices[2].readers[0], "content");
	assert_int_equal(profile_dates(profile, &dates), 1);
	assert_string_equal(dates[0].cve, "CVE-2021-26855");
	assert_int_equal(filetime_parse(view_text("2021-03-02T21:00:00Z"), &when), 0);
	assert_true(dates[0].when == when);
	assert_int_equal(filetime_parse(view_text("2021-01-03"), &since), 0);
	assert_true(profile_since(profile) == since);
	assert_string_equal(profile_id(profile), "good 1.0");
	profile_free(profile);
}

/* What lint says of a line of a file, "" for nothing. */
static const char *
said_of(const struct profile *profile, const char *file, unsigned line)
{
	const struct profile_complaint *c;
	size_t n = profile_complaints(profile, &c);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(c[i].file, file) && c[i].line == line)
			return c[i].what;
	return "";
}

static void
sigma_rules_that_no_log_can_answer_are_set_aside(void **state)
{
	static const char *const iis[] = { "cs-method", "cs-uri-stem", "cs-uri-query", "sc-status", NULL };
	static const char *const httperr[] = { "cs-uri", NULL };
	static const struct sigma_source sources[] = {
		{ .title = "IIS logs", .category = "webserver", .product = "windows", .fields = iis },
		{ .title = "HTTPERR logs", .category = "webserver", .product = "windows", .fields = httperr },
	};
	static const struct sigma_source *const list[] = { &sources[0], &sources[1] };
	static const char file[] = "bad-sigma/sigma/a-good.yml";
	struct profile *profile = load("bad-sigma");

	(void)state;
	assert_non_null(profile_sigma(profile));
	assert_int_equal(rule_named(profile, "cookie")->state, RULE_USED);
	assert_int_equal(profile_sources(profile, list, 2), 0);
	assert_int_equal(rule_named(profile, "0f1d4bcb-2b3a-4a8e-9f4e-6f5b5c3c1a01")->state, RULE_USED);
	assert_int_equal(rule_named(profile, "rare")->state, RULE_USED);
	assert_string_equal(said_of(profile, file, 12),
			    "rare has no text that must stand in a record: every record is looked at");
	assert_int_equal(rule_named(profile, "cookie")->state, RULE_NOT_EVALUABLE);
	assert_string_equal(rule_named(profile, "cookie")->reason,
			    "needs cs-cookie, which IIS logs do not have; needs cs-cookie, which HTTPERR logs do not have");
	assert_string_equal(rule_named(profile, "process")->reason,
			    "none of the logs that are read is of its logsource");
	assert_string_equal(said_of(profile, file, 26), "process: none of the logs that are read is of its logsource");
	assert_int_equal(rule_named(profile, "modifier")->state, RULE_NOT_EVALUABLE);
	assert_string_equal(rule_named(profile, "modifier")->reason, "unknown modifier |sounds_like");
	assert_int_equal(rule_named(profile, "expression")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "c-torn#2")->state, RULE_FAILED);
	assert_int_equal(rule_named(profile, "whole")->kind, RULE_SIGMA);
	profile_free(profile);
}

static void
stacked_profiles_keep_the_first_of_two_rules(void **state)
{
	char a[4096], b[4096], one[65], two[65], *found;
	const char *names[] = { fixture("twice-a", a), fixture("twice-b", b), fixture("twice-a", a) };
	struct profile *profile = NULL, *again = NULL;
	uint64_t since;

	(void)state;
	assert_int_equal(profile_load(names, 3, true, &profile), 0);
	assert_string_equal(profile_id(profile), "twice-a 1+twice-b 2");
	found = lint(profile);
	assert_string_equal(found, "twice-b/paths/names.csv:3: rule P2 is already defined in twice-a/paths/names.csv\n"
				   "twice-b/yara/b.yar:3: rule shared is already defined in twice-a/yara/a.yar\n");
	free(found);
	assert_int_equal(rule_named(profile, "shared")->level, LEVEL_LOW);
	assert_non_null(yara_rule(profile, "twice-a/yara/a.yar", "shared"));
	assert_null(yara_rule(profile, "twice-b/yara/a.yar", "shared"));
	assert_null(yara_rule(profile, "twice-b/yara/b.yar", "shared"));
	assert_non_null(yara_rule(profile, "twice-b/yara/b.yar", "other"));
	assert_int_equal(filetime_parse(view_text("2020-12-01"), &since), 0);
	assert_true(profile_since(profile) == since);
	assert_int_equal(profile_load(names, 2, true, &again), 0);
	profile_digest(profile, one);
	profile_digest(again, two);
	assert_string_equal(one, two);
	profile_free(again);
	again = load("twice-a");
	profile_digest(again, two);
	assert_string_not_equal(one, two);
	profile_free(again);
	profile_free(profile);
}

/* ---- hashes and the baseline ---- */

static struct digest_value
digest_of(const char *hex)
{
	struct digest_value value = { { 0 } };

	assert_true(hex_parse(view_text(hex), value.b, sizeof(value.b)) > 0);
	return value;
}

static void
lists_of_hashes_name_files(void **state)
{
	struct profile *profile = load("good");
	struct digest_value values[DIGEST_KINDS] = {
		digest_of("900150983cd24fb0d6963f7d28e17f72"),
		digest_of("a9993e364706816aba3e25717850c26c9cd0d89d"),
		digest_of("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
	};
	const struct rule *rule;
	bool benign = true;

	(void)state;
	assert_int_equal(hash_kinds(profile), 7);
	rule = hash_lookup(profile, values, 7, &benign);
	assert_string_equal(rule->title, "abc.txt: Abc");
	assert_int_equal(rule->level, LEVEL_CRITICAL);
	assert_false(benign);
	rule = hash_lookup(profile, values, 1u << DIGEST_MD5, &benign);
	assert_string_equal(rule->id, "md5:900150983cd24fb0d6963f7d28e17f72");
	assert_string_equal(rule->title, "abc: Abc family");
	assert_int_equal(rule->level, LEVEL_LOW);
	rule = hash_lookup(profile, values, 1u << DIGEST_SHA1, &benign);
	assert_int_equal(rule->level, LEVEL_HIGH);
	assert_null(hash_lookup(profile, values, 0, &benign));
	values[DIGEST_SHA256] = digest_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	rule = hash_lookup(profile, values, 1u << DIGEST_SHA256, &benign);
	assert_true(rule && benign);
	profile_free(profile);
}

static void
shipped_files_are_graded_by_path_hash_and_build(void **state)
{
	static const struct {
		const char *path;
		char digit; /* of which the hash is made, 0 for none */
		const char *build;
		enum baseline grade;
	} files[] = {
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '1', "15.1.100.2", BASELINE_KNOWN },
		{ "frontend\\HTTPPROXY/owa/auth/LOGON.aspx", '1', "15.01.0100.002", BASELINE_KNOWN },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '1', "15.1.300.7", BASELINE_OTHER_BUILD },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '1', "15.2.1.1", BASELINE_OTHER_BUILD },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '2', "", BASELINE_KNOWN },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '9', "15.1.100.2", BASELINE_UNKNOWN_HASH },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '1', "15.1.100", BASELINE_KNOWN }, /* three numbers: any that begins so */
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", '1', "15.1.10", BASELINE_OTHER_BUILD },
		{ "FrontEnd/HttpProxy/owa/auth/logon.aspx", 0, "15.1.100.2", BASELINE_NONE },
		{ "FrontEnd/HttpProxy/owa/auth/evil.aspx", '1', "15.1.100.2", BASELINE_UNEXPECTED_PATH },
		{ "FrontEnd/HttpProxy/owa/auth/x.png", '1', "", BASELINE_UNEXPECTED_PATH },
		{ "FrontEnd/HttpProxy/owa/auth/new/evil.ashx", '1', "", BASELINE_UNEXPECTED_PATH },
		{ "FrontEnd/HttpProxy/owa/auth/new/x.png", '1', "", BASELINE_NONE },
		{ "FrontEnd/HttpProxy/owa/auth/15.1.100/themes/flogon.js", '3', "15.1.100.1", BASELINE_KNOWN },
		{ "FrontEnd/HttpProxy/owa/auth/Current/themes/flogon.js", '3', "15.1.200.1", BASELINE_OTHER_BUILD },
		{ "FrontEnd/HttpProxy/owa/auth/15.1.100/themes/x.js", '3', "15.1.100.1", BASELINE_UNEXPECTED_PATH },
		{ "FrontEnd/HttpProxy/owa/auth/15.1.100/themes/icon.png", '3', "15.1.100.1", BASELINE_UNKNOWN_HASH }, /* shipped, hash unknown */
		{ "ClientAccess/ecp/fonts/5.27.1/web.config", '6', "15.1.100.1", BASELINE_KNOWN },
		{ "ClientAccess/ecp/fonts/5.27.2/web.config", '6', "15.1.100.1", BASELINE_UNEXPECTED_PATH },
		{ "ClientAccess/ecp/default.aspx", '4', "15.1.300.7", BASELINE_KNOWN },
		{ "ClientAccess/ecp/evil.aspx", '4', "15.1.300.7", BASELINE_UNEXPECTED_PATH },
		{ "ClientAccess/ecp/x.png", '4', "15.1.300.7", BASELINE_NONE },
		{ "ClientAccess/ecp/bin/ecp.dll", '5', "15.1.100.1", BASELINE_KNOWN },
		{ "ClientAccess/ecp/bin/other.dll", '5', "15.1.100.1", BASELINE_NONE },
		{ "Logging/x.aspx", '5', "", BASELINE_NONE },
		{ "", '5', "", BASELINE_NONE },
	};
	struct profile *profile = load("good");

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char hex[65] = "";
		struct digest_value value;

		memset(hex, files[i].digit ? files[i].digit : '0', 64);
		value = digest_of(hex);
		if (baseline_grade(profile, files[i].path, files[i].digit ? &value : NULL, files[i].build) !=
		    files[i].grade)
			fail_msg("%s %c %s", files[i].path, files[i].digit, files[i].build);
	}
	assert_string_equal(baseline_name(BASELINE_UNEXPECTED_PATH), "unexpected-path");
	profile_free(profile);
}

/* ---- choosing ---- */

struct folder_at {
	char path[4096];
};

static int
folder_path(void *owner, struct text *ret_path)
{
	return text_adds(ret_path, ((struct folder_at *)owner)->path);
}

/* Walks down to a path as the sweep does, and says what the chooser says of it. */
static void
ask(struct chooser *chooser, uint32_t volume, const char *path, const struct upcase *fold, struct text *answer)
{
	struct folder_at at = { "" };
	struct chooser_path where = { .get = folder_path, .owner = &at };
	int64_t state = chooser_root(chooser, volume);

	text_cut(answer, 0);
	assert_int_equal(text_adds(answer, ""), 0);
	for (;;) {
		CLEANUP(text_free) struct text name = { 0 };
		size_t n = strcspn(path, "/");
		struct chosen chosen;

		assert_true(state >= 0);
		assert_int_equal(text_to_utf16(view_of(path, n), &name), 0);
		if (path[n]) {
			state = chooser_enter(chooser, state, text_view(&name), fold, &where);
			snprintf(at.path + strlen(at.path), 2048, "%s%.*s", *at.path ? "/" : "", (int)n, path);
			path += n + 1;
			continue;
		}
		assert_int_equal(chooser_file(chooser, state, text_view(&name), fold, &where, &chosen), 0);
		for (size_t i = 0; i < chosen.choice_count; i++)
			text_printf(answer, "%s%s", answer->n ? " " : "", chosen.choices[i]->artifact);
		for (size_t i = 0; i < chosen.rule_count; i++)
			text_printf(answer, "%s%s", answer->n ? " " : "", chosen.rules[i]->id);
		return;
	}
}

#define V15 "Program Files/Exchange/V15/"

static const struct binding bindings[] = {
	{ "environ_systemdrive", 1, "" },
	{ "environ_systemroot", 1, "Windows" },
	{ "exchange_install", 2, "Program Files/Exchange/V15" },
	{ "users.userprofile", 1, "Users/Joe" },
	{ "users.userprofile", 1, "Users/\xc3\x89ve" },
};

static const struct {
	uint32_t volume;
	const char *path, *answer;
} files[] = {
	{ 2, V15 "FrontEnd/HttpProxy/owa/auth/x.png", "Web" },
	{ 2, V15 "FRONTEND/httpproxy/a", "Web G6" },
	{ 2, V15 "FrontEnd/HttpProxy", "" },
	{ 1, V15 "FrontEnd/HttpProxy/owa/auth/x.png", "" },
	{ 2, V15 "FrontEnd/HttpProxy/owa/auth/BOB.aspx", "Web G1" },
	{ 2, V15 "FrontEnd/HttpProxy/owa/auth/logon.aspx", "Web" },
	{ 2, V15 "FrontEnd/HttpProxy/owa/logon.aspx", "Web G2" },
	{ 2, "FrontEnd/HttpProxy/owa/auth/logon.aspx",
	  "" }, /* unless goes by the end of the path where there is no base */
	{ 1, "other/logon.aspx", "" },
	{ 1, "other/x/logon.aspx", "" }, /* a bare name counts in web roots alone */
	{ 1, "logon.aspx", "" },
	{ 1, "inetpub/wwwroot/logon.aspx", "Web G2" },
	{ 1, "inetpub/wwwroot/a/b/LOGON.aspx", "Web G2" },
	{ 1, "inetpub/wwwroot/x.aspx", "Web" },
	{ 1, "inetpub/wwwroot/a/b/x.ASPX", "Web" },
	{ 1, "inetpub/wwwroot/a/b/c/x.aspx", "" },
	{ 1, "inetpub/wwwroot/a/x.aspx.txt", "" },
	{ 2, "inetpub/wwwroot/x.aspx", "" },
	{ 1, "inetpub/logs/LogFiles/W3SVC1/u_ex210301.log", "IisLogs Everything" },
	{ 1, "inetpub/logs/LogFiles/W3SVC1/u_ex2103011.log", "" },
	{ 1, "inetpub/logs/LogFiles/W3SVC/u_ex210301.log", "IisLogs Everything" },
	{ 1, "inetpub/logs/LogFiles/FTPSVC1/u_ex210301.log", "" },
	{ 1, "Users/Joe/Desktop/x", "Everything" },
	{ 1, "Users/JOE/NTUSER.DAT", "Everything" },
	{ 1, "Users/\xc3\xa9VE/Desktop/x", "Everything" },
	{ 1, "Users/Ann/Desktop/x", "" },
	{ 1, "$Extend/$UsnJrnl", "Everything" },
	{ 2, "$Extend/$UsnJrnl", "Everything" },
	{ 9, "$Extend/$UsnJrnl", "" },
	{ 9, "x/logon.aspx", "" },
	{ 1, "inetpub/a/b/web2.config.bak", "G3" },
	{ 1, "inetpub/web.config.bak", "G3" },
	{ 1, "web.config.bak", "" },
	{ 1, "ProgramData/ab.zip", "G4" },
	{ 1, "programdata/AB_12.7Z", "G4" },
	{ 1, "ProgramData/abcdefg.zip", "" },
	{ 1, "ProgramData/sub/ab.zip", "" },
	{ 1, "x/ProgramData/ab.zip", "" },
	{ 1, "Windows/NTDS/ntds.dit", "" },
	{ 1, "Windows/Temp/NTDS.dit", "G5" },
	{ 2, "a/b/c/ntds.dit", "G5" },
	{ 2, "ntds.dit", "G5" },
	{ 2, "xntds.dit", "" },
	{ 2, "ntds.dit\n", "" },
};

static void
patterns_choose_the_files_that_they_name(void **state)
{
	CLEANUP(text_free) struct text answer = { 0 };
	struct profile *profile = load("good");
	struct upcase *fold = malloc(sizeof(*fold));
	struct chooser *chooser;
	const char *const *unbound;

	(void)state;
	assert_non_null(fold);
	upcase_default(fold);
	assert_int_equal(chooser_new(profile, bindings, sizeof(bindings) / sizeof(bindings[0]), 2, &chooser), 0);
	assert_int_equal(chooser_unbound(chooser, &unbound), 0);
	for (int round = 0; round < 2; round++) { /* the second one from what was remembered */
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
			ask(chooser, files[i].volume, files[i].path, fold, &answer);
			if (strcmp(answer.s, files[i].answer))
				fail_msg("%s: '%s' and not '%s'", files[i].path, answer.s, files[i].answer);
		}
	}
	chooser_free(chooser);
	assert_int_equal(chooser_new(profile, NULL, 0, 1, &chooser), 0);
	assert_int_equal(chooser_unbound(chooser, &unbound), 3);
	assert_string_equal(unbound[0], "environ_systemdrive");
	assert_string_equal(unbound[2], "users.userprofile");
	ask(chooser, 1, "a/ntds.dit", fold, &answer);
	assert_string_equal(answer.s, "G5");
	chooser_free(chooser);
	free(fold);
	profile_free(profile);
}

/* A volume whose table keeps 'p' and 'P' apart, and takes 'x' for 'y'. */
static void
names_are_matched_by_the_table_of_their_volume(void **state)
{
	CLEANUP(text_free) struct text answer = { 0 };
	struct profile *profile = load("good");
	struct upcase *fold = malloc(sizeof(*fold)), *odd = malloc(sizeof(*odd));
	struct chooser *chooser;

	(void)state;
	assert_true(fold && odd);
	upcase_default(fold);
	*odd = *fold;
	odd->to['p'] = 'p';
	odd->to['x'] = 'Y';
	assert_int_equal(chooser_new(profile, bindings, sizeof(bindings) / sizeof(bindings[0]), 2, &chooser), 0);
	for (int round = 0; round < 2; round++) {
		ask(chooser, 1, "INETPUB/wwwroot/a.ASPX", fold, &answer);
		assert_string_equal(answer.s, "Web");
		ask(chooser, 1, "INETPUB/wwwroot/a.ASPX", odd, &answer);
		assert_string_equal(answer.s, "");
		ask(chooser, 1, "inetpub/wwwroot/a.aspx", odd, &answer);
		assert_string_equal(answer.s, "Web");
		ask(chooser, 1, "inetpub/wwwroot/a.aspy", odd, &answer);
		assert_string_equal(answer.s, "Web");
	}
	chooser_free(chooser);
	free(fold);
	free(odd);
	profile_free(profile);
}

static void
every_volume_can_be_bound_like_any_other(void **state)
{
	static const struct binding roots[] = { { "every_volume", 0, "" }, { "every_volume", 5, "" } };
	CLEANUP(text_free) struct text answer = { 0 };
	struct profile *profile = load("good");
	struct upcase *fold = malloc(sizeof(*fold));
	struct chooser *chooser;

	(void)state;
	assert_non_null(fold);
	upcase_default(fold);
	assert_int_equal(chooser_new(profile, roots, 2, 1, &chooser), 0);
	for (uint32_t volume = 0; volume < 6; volume++) {
		ask(chooser, volume, "$Extend/$UsnJrnl", fold, &answer);
		assert_string_equal(answer.s, volume == 0 || volume == 5 ? "Everything" : "");
		ask(chooser, volume, "x/ntds.dit", fold, &answer);
		assert_string_equal(answer.s, volume == 0 || volume == 5 ? "G5" : "");
	}
	chooser_free(chooser);
	free(fold);
	profile_free(profile);
}

static void
a_binding_that_is_no_path_binds_nothing(void **state)
{
	CLEANUP(text_free) struct text answer = { 0 }, wide = { 0 };
	char name[600] = "";
	struct binding hostile[] = { { "exchange_install", 1, name }, { "environ_systemdrive", 77, "\\\\" } };
	struct profile *profile = load("good");
	struct upcase *fold = malloc(sizeof(*fold));
	struct chooser *chooser;
	struct chosen chosen;

	(void)state;
	assert_non_null(fold);
	upcase_default(fold);
	memset(name, 'a', 400);
	assert_int_equal(chooser_new(profile, hostile, 2, 1, &chooser), 0);
	ask(chooser, 77, "mscoree/x", fold, &answer);
	assert_string_equal(answer.s, "");
	/* a name longer than any on NTFS */
	memset(name, '*', sizeof(name) - 1);
	assert_int_equal(text_to_utf16(view_text(name), &wide), 0);
	assert_int_equal(chooser_file(chooser, 0, text_view(&wide), fold, NULL, &chosen), 0);
	assert_int_equal(chosen.choice_count + chosen.rule_count, 0);
	chooser_free(chooser);
	free(fold);
	profile_free(profile);
}

/* ---- against simpler matchers ---- */

static uint32_t
chance(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % n;
}

static bool
only_levels(const struct part *parts, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (parts[i].kind != PART_LEVEL)
			return false;
	return true;
}

/* The plain meaning of a pattern, by trying everything. */
static bool
fits(const struct part *parts, uint32_t n, const char *const *names, size_t count)
{
	if (!n)
		return !count;
	switch (parts[0].kind) {
	case PART_DEEP:
		for (size_t taken = n == 1; taken <= count; taken++)
			if (fits(parts + 1, n - 1, names + taken, count - taken))
				return true;
		return false;
	case PART_LEVEL:
		/* levels at the end take one name at least, which is the file itself */
		if (only_levels(parts, n))
			return count && count <= n;
		return fits(parts + 1, n - 1, names, count) || (count && fits(parts + 1, n - 1, names + 1, count - 1));
	case PART_ANY:
		return count && fits(parts + 1, n - 1, names + 1, count - 1);
	default: {
		char text[64] = "";

		for (uint32_t i = 0; i < parts[0].n; i++)
			text[i] = (char)parts[0].units[i];
		return count && !fnmatch(text, names[0], 0) && fits(parts + 1, n - 1, names + 1, count - 1);
	}
	}
}

/* Whether a machine with this one pattern accepts a path. */
static bool
accepts(struct machine *m, uint32_t start, const struct upcase *fold, const char *const *names, size_t count)
{
	CLEANUP(text_free) struct text utf16 = { 0 };
	struct folded name;
	int64_t state;
	uint32_t position;
	size_t at;

	assert_int_equal(machine_fold(m, fold), 0);
	m->scratch.n = 0;
	assert_int_equal(machine_push(m, start), 0);
	state = machine_state(m, m->scratch.at, m->scratch.n);
	for (size_t i = 0; i < count; i++) {
		const struct state *s = &m->states.at[state];

		text_cut(&utf16, 0);
		assert_int_equal(text_to_utf16(view_text(names[i]), &utf16), 0);
		machine_fold_name(m, text_view(&utf16), &name);
		at = 0;
		if (i + 1 == count)
			return s->every.n || lookup_next(m, &s->files, &name, &at, &position);
		m->scratch.n = 0;
		while (lookup_next(m, &m->states.at[state].folders, &name, &at, &position))
			assert_int_equal(machine_push(m, position + 1), 0);
		for (size_t k = 0; k < s->n; k++) {
			enum part_kind kind = m->places.at[s->set[k]].part.kind;

			if (kind >= PART_ANY)
				assert_int_equal(machine_push(m, s->set[k] + (kind != PART_DEEP)), 0);
		}
		state = machine_state(m, m->scratch.at, m->scratch.n);
		assert_true(state >= 0);
	}
	return false;
}

static void
the_machine_means_what_the_pattern_says(void **state)
{
	static const char *const words[] = { "a", "b", "a*", "*b", "?", "a?b*", "*", "**", "**1", "**2", "ab" };
	static const char *const plain[] = { "a", "b", "ab", "axb", "c" };
	struct upcase *fold = malloc(sizeof(*fold));
	uint32_t seed = 1, hits = 0;

	(void)state;
	assert_non_null(fold);
	upcase_default(fold);
	for (int i = 0; i < 3000; i++) {
		struct machine m = { .fold_seen = NULL };
		char text[128] = "";
		struct pattern pattern;
		const char *why;
		uint32_t start, parts = 1 + chance(&seed, 4);

		for (uint32_t k = 0; k < parts; k++)
			snprintf(text + strlen(text), 32, "\\%s",
				 words[chance(&seed, sizeof(words) / sizeof(words[0]))]);
		assert_int_equal(machine_start(&m), 0);
		assert_int_equal(pattern_parse(&m.arena, text, &pattern, &why), 0);
		assert_int_equal(machine_add(&m, "", &pattern, &(struct target){ .rule = NULL }, &start), 0);
		for (int k = 0; k < 8; k++) {
			const char *names[5];
			size_t count = 1 + chance(&seed, 5);
			bool expected;

			for (size_t j = 0; j < count; j++)
				names[j] = plain[chance(&seed, sizeof(plain) / sizeof(plain[0]))];
			expected = fits(pattern.parts, pattern.n, names, count);
			if (accepts(&m, start, fold, names, count) != expected)
				fail_msg("%s with %zu names %s %s", text, count, names[0], count > 1 ? names[1] : "");
			hits += expected;
		}
		machine_free(&m);
	}
	assert_true(hits > 2000);
	free(fold);
}

static void
globs_agree_with_fnmatch(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char glob[12] = "", name[12] = "";
		uint16_t g[12], s[12];
		size_t n = chance(&seed, 7), m = chance(&seed, 9);

		for (size_t k = 0; k < n; k++)
			g[k] = (uint16_t)(glob[k] = "ab*?"[chance(&seed, 4)]);
		for (size_t k = 0; k < m; k++)
			s[k] = (uint16_t)(name[k] = "ab"[chance(&seed, 2)]);
		if (pattern_glob(g, n, s, m) != !fnmatch(glob, name, 0))
			fail_msg("%s %s", glob, name);
	}
}

static void
a_name_that_ends_wrongly_is_never_a_match(void **state)
{
	static const char *const patterns[] = {
		"\\.(aspx|ashx)$", "x\\.?dmp$",  "(a|b)(c|d)$", "ab{2}$",       "[^\\\\]*b$",
		"(a|b)?c$",        "(?:ab|ba)$", "a|b$",        "(a(b|c)d|e)$", "(?i)ab$",
		"\\x61b$",         "a.b$",       "ab",          "(?=a)b$",      "[[:alpha:]]b$",
		"(ab|)c$",         "a$|b",       "\\Qa.b\\E$",
	};
	struct matching *matching;
	uint32_t seed = 3, fit = 0;

	(void)state;
	assert_int_equal(matching_new(&matching), 0);
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		struct regex *regex;
		char why[200];

		assert_int_equal(regex_new(patterns[p], &regex, why, sizeof(why)), 0);
		for (int i = 0; i < 5000; i++) {
			CLEANUP(text_free) struct text wide = { 0 };
			char name[10] = "";
			size_t n = 1 + chance(&seed, 9);

			for (size_t k = 0; k < n; k++)
				name[k] = "abcdeASPHX.x"[chance(&seed, 12)];
			assert_int_equal(text_to_utf16(view_text(name), &wide), 0);
			if (!regex_fits(regex, matching, view_text(name)))
				continue;
			fit++;
			if (!regex_may_end(regex, text_view(&wide)))
				fail_msg("%s fits %s", patterns[p], name);
		}
		regex_free(regex);
	}
	assert_true(fit > 1000);
	matching_free(matching);
}

static void
ends_are_read_off_patterns(void **state)
{
	struct tails tails;

	(void)state;
	tails_find("^a\\\\(b|c)\\.(zip|7z)$", &tails);
	assert_int_equal(tails.n, 4);
	tails_find("^\\\\?FrontEnd\\\\.*\\.aspx$", &tails);
	assert_int_equal(tails.n, 1);
	assert_int_equal(tails.at[0].n, 5);
	tails_find("^ProgramData\\\\it\\.zip$", &tails);
	assert_int_equal(tails.n, 1);
	assert_memory_equal(tails.at[0].text, "it.zip", 6);
	tails_find("a\\\\$", &tails);
	assert_int_equal(tails.n, 0);
}

/* ---- tables ---- */

static void
tables_are_read_as_rfc_4180_says(void **state)
{
	static const char table[] = "\xef\xbb\xbfid,Name\r\n1,\"a \"\"b\"\"\r\nc\"\r\n\r\n2,\"x,y\"z,more\n3\n\"open";
	struct csv csv = { .rest = view_text(table) };

	(void)state;
	assert_int_equal(csv_next(&csv), 1);
	assert_int_equal(csv_column(&csv, "name"), 1);
	assert_int_equal(csv_column(&csv, "ID"), 0);
	assert_int_equal(csv_column(&csv, "i"), -1);
	assert_int_equal(csv_next(&csv), 1);
	assert_int_equal(csv.line, 2);
	assert_true(view_equal(csv_cell(&csv, 1), view_text("a \"b\"\r\nc")));
	assert_int_equal(csv_next(&csv), 1);
	assert_int_equal(csv.line, 5);
	assert_true(view_equal(csv_cell(&csv, 1), view_text("x,yz")));
	assert_true(view_equal(csv_cell(&csv, 2), view_text("more")));
	assert_int_equal(csv_cell(&csv, 3).n, 0);
	assert_int_equal(csv_cell(&csv, -1).n, 0);
	assert_int_equal(csv_next(&csv), 1);
	assert_true(view_equal(csv_cell(&csv, 0), view_text("3")));
	assert_int_equal(csv_next(&csv), -EINVAL);
	csv_free(&csv);
}

static void
words_of_rules_are_read_back(void **state)
{
	(void)state;
	for (int i = 0; i < LEVELS; i++) {
		enum level level = LEVELS;

		assert_true(level_parse(view_text(level_name((enum level)i)), &level));
		assert_int_equal(level, i);
	}
	for (int i = STAGE_NONE + 1; i < STAGES; i++) {
		enum stage stage = STAGE_NONE;

		assert_true(stage_parse(view_text(stage_name((enum stage)i)), &stage));
		assert_int_equal(stage, i);
	}
	assert_false(level_parse(view_text(""), &(enum level){ LEVEL_LOW }));
	assert_false(level_parse(view_text("highe"), &(enum level){ LEVEL_LOW }));
	assert_false(level_parse(view_text("hig"), &(enum level){ LEVEL_LOW }));
	assert_true(stage_parse(view_text("Initial_Access"), &(enum stage){ STAGE_NONE }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_of_a_profile_is_named_with_its_line),
		cmocka_unit_test(a_profile_without_a_sound_profile_yaml_is_refused),
		cmocka_unit_test(profiles_are_found_by_name_but_not_in_the_working_folder),
		cmocka_unit_test(rules_say_what_their_meta_lines_say),
		cmocka_unit_test(files_that_cannot_be_used_leave_a_rule_that_says_so),
		cmocka_unit_test(choices_windows_and_dates_are_loaded),
		cmocka_unit_test(sigma_rules_that_no_log_can_answer_are_set_aside),
		cmocka_unit_test(stacked_profiles_keep_the_first_of_two_rules),
		cmocka_unit_test(lists_of_hashes_name_files),
		cmocka_unit_test(shipped_files_are_graded_by_path_hash_and_build),
		cmocka_unit_test(patterns_choose_the_files_that_they_name),
		cmocka_unit_test(names_are_matched_by_the_table_of_their_volume),
		cmocka_unit_test(every_volume_can_be_bound_like_any_other),
		cmocka_unit_test(a_binding_that_is_no_path_binds_nothing),
		cmocka_unit_test(the_machine_means_what_the_pattern_says),
		cmocka_unit_test(globs_agree_with_fnmatch),
		cmocka_unit_test(a_name_that_ends_wrongly_is_never_a_match),
		cmocka_unit_test(ends_are_read_off_patterns),
		cmocka_unit_test(tables_are_read_as_rfc_4180_says),
		cmocka_unit_test(words_of_rules_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

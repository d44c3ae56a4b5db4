/* doctor.c - what this program is made of here, and whether its parts do what they should. */
#include <stdio.h>
#include <sys/utsname.h>

#include "config.h"
#include "digest.h"
#include "filetime.h"
#include "profile.h"
#include "sandbox.h"
#include "text.h"
#include "verb.h"
#include "versions.h"

static bool
check(const char *what, bool good)
{
	printf("  %-44s %s\n", what, good ? "ok" : "FAILED");
	return good;
}

/* The digest of "abc" from FIPS 180-2. */
static bool
digest_works(void)
{
	static const uint8_t expected[4] = { 0xba, 0x78, 0x16, 0xbf };
	struct digest_value value;

	return digest_sha256(view_text("abc"), &value) == 0 && !memcmp(value.b, expected, sizeof(expected));
}

static bool
time_works(void)
{
	char text[FILETIME_TEXT];
	uint64_t ticks;

	return filetime_parse(view_text("2021-03-02T18:30:00.1234567Z"), &ticks) == 0 &&
	       ticks == UINT64_C(132591834001234567) &&
	       !strcmp(filetime_text(ticks, text), "2021-03-02T18:30:00.1234567Z");
}

static bool
escapes_work(void)
{
	CLEANUP(text_free) struct text text = { 0 };

	return text_add_escaped(&text, view_text("a\033[31m\xe2\x80\xae.aspx")) == 0 &&
	       !strcmp(text.s, "a\\u{1b}[31m\\u{202e}.aspx");
}

static bool
profile_works(void)
{
	static const char *const usual[] = { "hafnium" };
	CLEANUP(profile_free) struct profile *profile = NULL;
	const struct rule *const *rules;
	const struct profile_complaint *complaints;
	size_t n, used = 0;

	if (profile_load(usual, 1, true, &profile) < 0)
		return false;
	n = profile_rules(profile, &rules);
	for (size_t i = 0; i < n; i++)
		used += rules[i]->state == RULE_USED;
	printf("  profile %s: %zu rules, %zu of them used, %zu remarks\n", profile_id(profile), n, used,
	       profile_complaints(profile, &complaints));
	return used > 0;
}

/* What a worker gives up here; a kernel that knows less of it is no failure, but a report should say so. */
static bool
protections_show(void)
{
	CLEANUP(text_free) struct text active = { 0 };
	CLEANUP(text_free) struct text lacking = { 0 };
	unsigned mask = 0;

	if (sandbox_try(&mask) < 0 || protection_names(mask, &active) < 0 ||
	    protection_names(~mask & PROTECT_ALL, &lacking) < 0)
		return false;
	printf("  protections active while evidence is read: %s\n", active.s);
	if (mask != PROTECT_ALL)
		printf("  protections that this system does not give: %s\n", lacking.s);
	return true;
}

static int
run(const struct request *request)
{
	struct utsname host;
	bool good = true;

	(void)request;
	printf("postmortem %s\n", PACKAGE_VERSION);
	if (uname(&host) == 0)
		printf("  on %s %s %s, %ld processors\n", host.sysname, host.release, host.machine,
		       sysconf(_SC_NPROCESSORS_ONLN));
	versions_print();
	good &= check("SHA-256 of a known text", digest_works());
	good &= check("a time at 100 ns, there and back", time_works());
	good &= check("terminal controls are shown, not obeyed", escapes_work());
	good &= check("the profile 'hafnium' loads", profile_works());
	good &= check("the sandbox can be entered", protections_show());
	return good ? EXIT_COMPLETE : EXIT_FAILED;
}

const struct verb doctor_verb = {
	.name = "doctor",
	.operands = "",
	.summary = "show versions and libraries, and test the parts",
	.description = "For the report of an examiner who has to say what was used, and for a first look when "
		       "something seems wrong.",
	.options = "",
	.run = run,
};

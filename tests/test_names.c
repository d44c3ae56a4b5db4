/* test_names.c - names that deceive, 8.3 names that do not fit, and links: what each shows, and what does not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "cleanup.h"
#include "deceit.h"
#include "leads.h"
#include "shortname.h"
#include "text.h"

static struct view
units(const char *utf8, struct text *t)
{
	text_free(t);
	assert_int_equal(text_to_utf16(view_text(utf8), t), 0);
	return text_view(t);
}

static void
a_name_shows_what_it_is(void **state)
{
	static const struct {
		const char *name;
		unsigned kinds;
	} names[] = {
		{ "logon.aspx", 0 },
		{ "r\xc3\xa9sum\xc3\xa9.docx", 0 },
		{ "Stra\xc3\x9f" "e.txt", 0 },
		{ "\xd0\xbe\xd1\x82\xd1\x87\xd1\x91\xd1\x82 report.txt", 0 },
		{ "\xce\xb1\xce\xb2\xce\xb3.txt", 0 },
		{ "\xe8\xad\xa6\xe5\xaf\x9f.txt", 0 },
		{ "smile \xf0\x9f\x98\x80.txt", 0 },
		{ "console.txt", 0 },
		{ "com10.txt", 0 },
		{ ".", 0 },
		{ "l\xd0\xbegon.aspx", DECEIT_LOOKALIKE },
		{ "shell.\xd0\xb0spx", DECEIT_LOOKALIKE },
		{ "shell\xef\xbc\x8e" "aspx", DECEIT_LOOKALIKE },
		{ "\xf0\x9d\x90\x9a.exe", DECEIT_LOOKALIKE },
		{ "photo\xe2\x80\xaegpj.exe", DECEIT_DIRECTION },
		{ "a\xe2\x81\xa6" "b", DECEIT_DIRECTION },
		{ "zero\xe2\x80\x8bwidth", DECEIT_INVISIBLE },
		{ "tag\xf3\xa0\x81\x81", DECEIT_INVISIBLE },
		{ "shell.aspx.", DECEIT_TAIL },
		{ "shell.aspx ", DECEIT_TAIL },
		{ "..", DECEIT_TAIL },
		{ "nul", DECEIT_DEVICE },
		{ "Aux.h.txt", DECEIT_DEVICE },
		{ "CON .txt", DECEIT_DEVICE },
		{ "lpt9", DECEIT_DEVICE },
		{ "COM\xc2\xb9", DECEIT_DEVICE },
		{ "CONOUT$", DECEIT_DEVICE },
		{ "a:b", DECEIT_ILLEGAL },
		{ "a|b", DECEIT_ILLEGAL },
		{ "a\\b", DECEIT_ILLEGAL },
		{ "tab\tbed", DECEIT_ILLEGAL },
		{ "half\xed\xa0\x80", DECEIT_ILLEGAL },
		{ "\xed\xb0\x80half", DECEIT_ILLEGAL },
		{ "", 0 },
	};
	CLEANUP(text_free) struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (name_deceits(units(names[i].name, &t)) != names[i].kinds)
			fail_msg("%s: %u, not %u", names[i].name, name_deceits(text_view(&t)), names[i].kinds);
}

static void
two_endings(void **state)
{
	(void)state;
	assert_true(name_is_double("photo.jpg.aspx"));
	assert_true(name_is_double("invoice.PDF.exe"));
	assert_false(name_is_double("jquery.min.js"));
	assert_false(name_is_double("web.aspx.config"));
	assert_false(name_is_double("logon.aspx"));
	assert_false(name_is_double("aspx"));
	assert_false(name_is_double(".exe"));
}

static void
streams_show_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(stream_deceits("Zone.Identifier", "a.aspx", false), 0);
	assert_int_equal(stream_deceits("WofCompressedData", "a.exe", false), 0);
	assert_int_equal(stream_deceits("note", "a.txt", false), 0);
	assert_int_equal(stream_deceits("x", "a.aspx", false), DECEIT_STREAM);
	assert_int_equal(stream_deceits("x", "folder", true), DECEIT_STREAM);
	assert_int_equal(stream_deceits("run.ps1", "a.txt", false), DECEIT_STREAM);
	assert_int_equal(stream_deceits("$data", "a.txt", false), DECEIT_STREAM);
}

/* After MS-FSCC 2.1.5.2.1 and what Windows is seen to make. */
static void
short_names_fit_their_long_ones(void **state)
{
	static const struct {
		const char *dos, *name;
		bool fits;
	} pairs[] = {
		{ "PROGRA~1", "Program Files", true },
		{ "PROGRA~2", "Program Files (x86)", true },
		{ "ALONGN~1.TXT", "a long name.txt", true },
		{ "LO3F2A~1.ASP", "logon page.aspx", true },
		{ "HTACCE~1", ".htaccess", true },
		{ "A~1.TXT", ".a.txt", true },
		{ "AB~1.C", "a.b.c", true },
		{ "ABCDE~10.TXT", "abcdefgh ijk.txt", true },
		{ "A_B~1.TXT", "a+b.txt", true },
		{ "SHORT.TXT", "short.txt", true },
		{ "X~1.TXT", "\xd0\xb6.txt", true },
		{ "SHELL.ASP", "harmless picture.txt", false },
		{ "HARMLE~1.ASP", "harmless picture.txt", false },
		{ "OTHERN~1.TXT", "harmless picture.txt", false },
		{ "HARMLE~X.TXT", "harmless picture.txt", false },
		{ "HARMLESS~1.TXT", "harmless picture.txt", false },
		{ "\xd0\xb6.txt", "plain.txt", false },
	};
	CLEANUP(text_free) struct text dos = { 0 };
	CLEANUP(text_free) struct text name = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (short_name_fits(units(pairs[i].dos, &dos), units(pairs[i].name, &name)) != pairs[i].fits)
			fail_msg("%s beside %s", pairs[i].dos, pairs[i].name);
}

static void
links_say_where_they_lead(void **state)
{
	static const uint8_t junction[] = "\x03\0\0\xa0\x18\0\0\0\0\0\x0c\0\x0e\0\x04\0\\\0?\0?\0\\\0C\0:\0\0\0C\0:\0";
	static const uint8_t link[] = "\x0c\0\0\xa0\x10\0\0\0\0\0\x02\0\x02\0\x02\0\1\0\0\0x\0y\0";
	static const uint8_t unix_link[] = "\x1d\0\0\xa0\x08\0\0\0\2\0\0\0/etc";
	static const uint8_t outside[] = "\x03\0\0\xa0\x18\0\0\0\0\0\x0c\0\x0e\0\x04\0\\\0";
	CLEANUP(text_free) struct text target = { 0 };
	CLEANUP(text_free) struct text shown = { 0 };

	(void)state;
	assert_int_equal(reparse_parse(view_of(junction, sizeof(junction) - 1), &target, &shown), 0);
	assert_string_equal(target.s, "\\??\\C:");
	assert_int_equal(shown.n, 0);
	text_cut(&target, 0);
	assert_int_equal(reparse_parse(view_of(link, sizeof(link) - 1), &target, &shown), 0);
	assert_string_equal(target.s, "x");
	assert_string_equal(shown.s, "y");
	text_cut(&target, 0);
	assert_int_equal(reparse_parse(view_of(unix_link, sizeof(unix_link) - 1), &target, &shown), 0);
	assert_string_equal(target.s, "/etc");
	assert_int_equal(reparse_parse(view_of(outside, sizeof(outside) - 1), &target, &shown), -EINVAL);
	assert_int_equal(reparse_parse(view_of(junction, 3), &target, &shown), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_shows_what_it_is),
		cmocka_unit_test(two_endings),
		cmocka_unit_test(streams_show_what_they_are),
		cmocka_unit_test(short_names_fit_their_long_ones),
		cmocka_unit_test(links_say_where_they_lead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

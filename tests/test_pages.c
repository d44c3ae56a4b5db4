/* test_pages.c - compile records, saved virtual directories and configurations, whole, broken and made to mislead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filetime.h"
#include "pages_check.h"
#include "text.h"

/* ---- compile records ---- */

#define PRESERVE \
	"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<preserve resultType=\"3\" " \
	"virtualPath=\"/owa/auth/a&amp;b.aspx\" hash=\"fa\" filehash=\"ff00\" flags=\"110000\" " \
	"assembly=\"App_Web_k2x0q1zd\" type=\"ASP.a_aspx\">\r\n    <filedeps>\r\n        " \
	"<filedep name=\"/owa/auth/a&amp;b.aspx\" />\r\n        <filedep name=\"/owa/auth/web.ctl\" />\r\n"
#define PRESERVED PRESERVE "    </filedeps>\r\n</preserve>\r\n"

static struct compiled
compiled_of(struct view bytes, struct pages_told *told)
{
	CLEANUP(source_close) struct source *src = pages_source(bytes, told);
	struct compiled c;

	assert_int_equal(compiled_read(src, &told->sink, &c), 0);
	return c;
}

static void
a_record_names_its_page(void **state)
{
	struct pages_told told;
	struct compiled c = compiled_of(view_text(PRESERVED), &told);

	(void)state;
	assert_true(c.whole);
	assert_int_equal(told.count, 0);
	assert_string_equal(c.page, "/owa/auth/a&b.aspx");
	assert_string_equal(c.assembly, "App_Web_k2x0q1zd");
	assert_string_equal(c.type, "ASP.a_aspx");
	assert_string_equal(c.file_hash, "ff00");
	assert_int_equal(c.parts.n, 2);
	assert_string_equal(c.parts.at[1], "/owa/auth/web.ctl");
	assert_memory_equal(&PRESERVED[c.offset], "<preserve", 9);
	assert_int_equal(PRESERVED[c.offset + c.length - 1], '>');
	compiled_free(&c);
}

static void
a_torn_record_still_names_it(void **state)
{
	struct pages_told told;
	struct compiled c = compiled_of(view_text(PRESERVE), &told);

	(void)state;
	assert_false(c.whole);
	assert_int_equal(told.count, 1);
	assert_string_equal(c.page, "/owa/auth/a&b.aspx");
	compiled_free(&c);
	c = compiled_of(view_text("<other virtualPath=\"/x\"><preserve virtualPath=\"/y\"/></other>"), &told);
	assert_null(c.page); /* that is no record */
	compiled_free(&c);
	c = compiled_of(view_text("<!DOCTYPE p [<!ENTITY x \"y\">]><preserve virtualPath=\"/y\"/>"), &told);
	assert_null(c.page);
	assert_int_equal(told.count, 1);
	compiled_free(&c);
}

static void
a_library_names_its_page(void **state)
{
	static const char *const texts[] = { "~/", "~/style.css", "~/auth/x.aspx", "~/auth/later.aspx" };
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(text_free) struct text page = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	struct pages_told told;
	uint64_t offset, length;

	(void)state;
	assert_int_equal(text_adds(&bytes, "MZ odd"), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(text_add(&bytes, view_of("\x1d", 1)),
				 0); /* the length, and behind it what is no character */
		assert_int_equal(text_to_utf16(view_text(texts[i]), &bytes), 0);
		assert_int_equal(text_add(&bytes, view_of("", 1)), 0);
	}
	src = pages_source(text_view(&bytes), &told);
	assert_int_equal(library_page(src, &page, &offset, &length), 1);
	assert_string_equal(page.s, "~/auth/x.aspx");
	assert_int_equal(length, 26);
	assert_memory_equal(bytes.s + offset, "~\0/\0a", 5);
	bytes.s[0] = 'N'; /* no program */
	assert_int_equal(library_page(src, &page, &offset, &length), 0);
}

/* ---- saved virtual directories ---- */

static void
add_line(struct text *t, const char *name, const char *value)
{
	assert_int_equal(text_printf(t, "%-32s: %s\r\n", name, value), 0);
}

/* A dump with these times and this address. */
static struct text
dump_text(const char *changed, const char *created, const char *changed_utc, const char *created_utc, const char *url)
{
	struct text t = { 0 };

	add_line(&t, "Name", "OAB (Default Web Site)");
	add_line(&t, "MetabasePath", "IIS://EX01.example.test/W3SVC/1/ROOT/OAB");
	add_line(&t, "Server", "EX01");
	add_line(&t, "SomethingElse", "of another directory");
	add_line(&t, "InternalUrl", "https://ex01.example.test/OAB");
	add_line(&t, "ExternalUrl", url);
	add_line(&t, "Guid", "6d8fb74b-8477-43ee-83ba-0b119205e85f");
	add_line(&t, "ObjectClass", "top\r\n                                  msExchOABVirtualDirectory");
	add_line(&t, "WhenChanged", changed);
	add_line(&t, "WhenCreated", created);
	add_line(&t, "WhenChangedUTC", changed_utc);
	add_line(&t, "WhenCreatedUTC", created_utc);
	return t;
}

static struct oab_dump
dump_of(struct view bytes, int expected)
{
	struct pages_told told;
	CLEANUP(source_close) struct source *src = pages_source(bytes, &told);
	struct oab_dump d;

	assert_int_equal(oab_dump_read(src, &d), expected);
	return d;
}

static void
assert_time(uint64_t when, const char *text)
{
	char got[FILETIME_TEXT];

	assert_string_equal(filetime_text(when, got), text);
}

static void
a_dump_tells_server_script_and_zone(void **state)
{
	CLEANUP(text_free)
	struct text t = dump_text("2/27/2021 4:11:05 AM", "2/13/2019 9:00:00 AM", "2/27/2021 10:11:05 AM",
				  "2/13/2019 3:00:00 PM",
				  "http://f/<scr"
				  "ipt language=\"JScript\" runat=\"server\">say(Request."
				  "Form['word']);</scr"
				  "ipt>");
	struct oab_dump d = dump_of(text_view(&t), 1);

	(void)state;
	assert_string_equal(d.values[OAB_SERVER], "EX01");
	assert_string_equal(d.values[OAB_GUID], "6d8fb74b-8477-43ee-83ba-0b119205e85f");
	assert_true(d.has_script);
	assert_int_equal(d.script.key, OAB_EXTERNAL_URL);
	assert_true(view_equal(d.script.language, view_text("JScript")));
	assert_true(view_equal(d.script.parameter, view_text("word")));
	assert_memory_equal(t.s + d.script.offset, "<scr", 4);
	assert_int_equal(t.s[d.script.offset + d.script.length - 1], '>');
	assert_true(d.zone_known);
	assert_int_equal(d.zone, -360);
	assert_time(d.changed_utc.when, "2021-02-27T10:11:05.0000000Z");
	assert_int_equal(d.changed_utc.other, 0);
	oab_dump_free(&d);
}

/* The locale of the server decides how a time is written. */
static void
times_of_other_locales_are_read(void **state)
{
	static const struct {
		const char *local, *utc, *created;
		const char *is, * or ;
		int zone;
	} cases[] = {
		{ "27.02.2021 11:11:05", "27.02.2021 10:11:05", "13.02.2019 15:00:00", "2021-02-27T10:11:05.0000000Z",
		  NULL, 60 },
		{ "2021/2/27 18:11:05", "2021/2/27 10:11:05", "2019/2/13 9:00:00", "2021-02-27T10:11:05.0000000Z", NULL,
		  480 },
		{ "2021-03-02 07:05", "2021-03-02 01:35", "2019-02-13 9:00", "2021-03-02T01:35:00.0000000Z", NULL,
		  330 },
		{ "3/2/2021 1:00:00 PM", "3/2/2021 1:00:00 PM", "1/2/2019 1:00:00 AM", "2021-03-02T13:00:00.0000000Z",
		  "2021-02-03T13:00:00.0000000Z", 0 },
		{ "3/2/2021 1:00:00 PM", "3/2/2021 1:00:00 PM", "13/2/2019 1:00:00 AM", "2021-02-03T13:00:00.0000000Z",
		  NULL, 0 },
		{ "2/27/2021 12:30:00 AM", "2/27/2021 12:30:00 PM", "2/13/2019 1:00:00 AM",
		  "2021-02-27T12:30:00.0000000Z", NULL, -720 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(text_free)
		struct text t = dump_text(cases[i].local, cases[i].created, cases[i].utc, cases[i].created,
					  "https://mail.example.test/OAB");
		struct oab_dump d = dump_of(text_view(&t), 1);

		assert_false(d.has_script);
		assert_time(d.changed_utc.when, cases[i].is);
		if (cases[i].or)
			assert_time(d.changed_utc.other, cases[i].or);
		else
			assert_int_equal(d.changed_utc.other, 0);
		assert_true(d.zone_known);
		assert_int_equal(d.zone, cases[i].zone);
		oab_dump_free(&d);
	}
}

static void
other_texts_are_no_dumps(void **state)
{
	static const char *const texts[] = {
		"", "Name : x\r\nServer : y\r\n", "<%@ Page Language=\"C#\" %>\r\n",
		("Name            : x\r\nServer          : y\r\nPath            : z\r\n"
		 "InternalUrl     : a\r\nExternalUrl     : b\r\nGuid            : c\r\n")
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct oab_dump d = dump_of(view_text(texts[i]), 0);

		oab_dump_free(&d);
	}
}

static void
a_dump_in_utf16_is_one(void **state)
{
	CLEANUP(text_free)
	struct text t = dump_text("2/27/2021 4:11:05 AM", "2/13/2019 9:00:00 AM", "2/27/2021 10:11:05 AM",
				  "2/13/2019 3:00:00 PM", "http://f/<%@ Page %>");
	CLEANUP(text_free) struct text wide = { 0 };
	struct oab_dump d;

	(void)state;
	assert_int_equal(text_add(&wide, view_of("\xff\xfe", 2)), 0);
	assert_int_equal(text_to_utf16(text_view(&t), &wide), 0);
	d = dump_of(text_view(&wide), 1);
	assert_true(d.has_script);
	assert_true(view_equal(d.script.code, view_text("<%@ Page %>")));
	assert_int_equal(d.script.length, 0);
	oab_dump_free(&d);
}

/* ---- configurations ---- */

static const char server[] =
	"<configuration><moduleProviders><add name=\"Sites\" type=\"A.Sites, A\" /></moduleProviders>"
	"<system.applicationHost><sites><site name=\"Default Web Site\" id=\"1\"><application path=\"/\">"
	"<virtualDirectory path=\"/\" physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\" />"
	"<virtualDirectory path=\"/com\" physicalPath=\"C:\\ProgramData\\COM1\" /></application>"
	"<application path=\"/owa\"><virtualDirectory path=\"/\" physicalPath=\"C:\\E\\owa\" />"
	"<virtualDirectory path=\"/oma\" physicalPath=\"C:\\E\\oma\" /></application></site></sites>"
	"</system.applicationHost><system.webServer><globalModules><add name=\"M\" image=\"C:\\x.dll\" "
	"/></globalModules>"
	"<isapiFilters><filter name=\"F\" path=\"C:\\f.dll\" enabled=\"true\" /></isapiFilters></system.webServer>"
	"<location path=\"Default Web Site/owa\"><system.webServer><modules><add name=\"N\" type=\"T.N, T\" "
	"/></modules>"
	"<handlers><add name=\"P\" path=\"*.png\" verb=\"*\" type=\"System.Web.UI.PageHandlerFactory\" /></handlers>"
	"<rewrite><rules><rule name=\"R\" stopProcessing=\"true\"><match url=\".*\" /><conditions><add "
	"input=\"{HTTP_COOKIE}\" pattern=\"x\" /></conditions><action type=\"AbortRequest\" /></rule></rules></rewrite>"
	"</system.webServer></location><system.web><machineKey validationKey=\"AutoGenerate,IsolateApps\" "
	"/><machineKey "
	"validationKey=\"cb2721abdaf8e9dc516d621d8b8bf13a2c9e8689a25303bf\" validation=\"SHA1\" "
	"/></system.web></configuration>";

static struct webconfig
config_of(struct view bytes, struct pages_told *told)
{
	CLEANUP(source_close) struct source *src = pages_source(bytes, told);
	struct webconfig c;

	assert_int_equal(webconfig_read(src, &told->sink, &c), 0);
	return c;
}

static void
assert_setting(const struct webconfig *c, size_t i, enum setting_kind kind, const char *location, const char *name,
	       const char *value, const char *more)
{
	const struct setting *s = &c->settings.at[i];

	assert_int_equal(s->kind, kind);
	assert_string_equal(s->location, location);
	assert_string_equal(s->name, name);
	if (value)
		assert_string_equal(s->value, value);
	assert_string_equal(s->more, more);
	assert_int_equal(server[s->offset], '<');
	assert_int_equal(server[s->offset + s->length - 1], '>');
}

static void
settings_are_read_with_their_places(void **state)
{
	static const char owa[] = "Default Web Site/owa", site[] = "Default Web Site";
	struct pages_told told;
	struct webconfig c = config_of(view_text(server), &told);

	(void)state;
	assert_true(c.whole);
	assert_int_equal(told.count, 0);
	assert_int_equal(c.settings.n, 11);
	assert_setting(&c, 0, SETTING_CONSOLE, "", "Sites", "A.Sites, A", "");
	assert_setting(&c, 1, SETTING_DIRECTORY, site, "/", "%SystemDrive%\\inetpub\\wwwroot", "");
	assert_setting(&c, 2, SETTING_DIRECTORY, site, "/com", "C:\\ProgramData\\COM1", "");
	assert_setting(&c, 3, SETTING_DIRECTORY, site, "/owa", "C:\\E\\owa", "");
	assert_setting(&c, 4, SETTING_DIRECTORY, site, "/owa/oma", "C:\\E\\oma", "");
	assert_setting(&c, 5, SETTING_NATIVE_MODULE, "", "M", "C:\\x.dll", "");
	assert_setting(&c, 6, SETTING_FILTER, "", "F", "C:\\f.dll", "enabled true");
	assert_setting(&c, 7, SETTING_MODULE, owa, "N", "T.N, T", "");
	assert_setting(&c, 8, SETTING_HANDLER, owa, "P", "System.Web.UI.PageHandlerFactory", "path *.png, verb *");
	assert_setting(&c, 9, SETTING_REWRITE, owa, "R", "AbortRequest", "url is like .*; {HTTP_COOKIE} is like x");
	assert_setting(&c, 10, SETTING_KEY, "", "machineKey", NULL, "validation SHA1");
	assert_true(c.settings.at[10].known_key);
	assert_null(strstr(c.settings.at[10].value, "cb2721ab")); /* a key is not shown */
	webconfig_free(&c);
}

static void
broken_configurations_count_up_to_the_fault(void **state)
{
	struct pages_told told;
	struct webconfig c = config_of(view_of(server, sizeof(server) / 2), &told);

	(void)state;
	assert_false(c.whole);
	assert_int_equal(told.count, 1);
	assert_true(c.settings.n >= 5);
	webconfig_free(&c);
	c = config_of(view_text("<!DOCTYPE c SYSTEM \"file:///etc/passwd\"><configuration/>"), &told);
	assert_int_equal(c.settings.n, 0);
	assert_int_equal(told.count, 1);
	webconfig_free(&c);
}

static void
limits_hold(void **state)
{
	CLEANUP(text_free) struct text t = { 0 };
	struct pages_told told;
	struct webconfig c;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(text_adds(&t, "<a>"), 0);
	c = config_of(text_view(&t), &told);
	assert_int_equal(told.count, 1);
	webconfig_free(&c);
	text_cut(&t, 0);
	assert_int_equal(text_adds(&t, "<configuration><system.webServer><modules>"), 0);
	for (int i = 0; i < WEBCONFIG_SETTINGS_MAX + 5; i++)
		assert_int_equal(text_adds(&t, "<add name='a'/>"), 0);
	assert_int_equal(text_adds(&t, "</modules></system.webServer></configuration>"), 0);
	c = config_of(text_view(&t), &told);
	assert_true(c.whole);
	assert_int_equal(c.settings.n, WEBCONFIG_SETTINGS_MAX);
	assert_int_equal(told.count, 1);
	webconfig_free(&c);
}

/* Every prefix, and every byte changed, of each kind. */
static void
any_bytes_are_borne(void **state)
{
	CLEANUP(text_free)
	struct text dump = dump_text("27.02.2021 11:11:05", "x", "27.02.2021 10:11:05", "", "http://f/<script");
	const struct view inputs[] = { view_text(PRESERVED), text_view(&dump), view_text(server) };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		CLEANUP(free) uint8_t *bytes = malloc(inputs[i].n);

		assert_non_null(bytes);
		for (size_t n = 0; n <= inputs[i].n; n++) {
			memcpy(bytes, inputs[i].p, inputs[i].n);
			if (n < inputs[i].n)
				bytes[n] ^= (uint8_t)(1 + n % 255);
			compiled_check(view_of(bytes, n));
			oab_dump_check(view_of(bytes, n));
			webconfig_check(view_of(bytes, n));
			compiled_check(view_of(bytes, inputs[i].n));
			oab_dump_check(view_of(bytes, inputs[i].n));
			webconfig_check(view_of(bytes, inputs[i].n));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_names_its_page),
		cmocka_unit_test(a_torn_record_still_names_it),
		cmocka_unit_test(a_library_names_its_page),
		cmocka_unit_test(a_dump_tells_server_script_and_zone),
		cmocka_unit_test(times_of_other_locales_are_read),
		cmocka_unit_test(other_texts_are_no_dumps),
		cmocka_unit_test(a_dump_in_utf16_is_one),
		cmocka_unit_test(settings_are_read_with_their_places),
		cmocka_unit_test(broken_configurations_count_up_to_the_fault),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(any_bytes_are_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

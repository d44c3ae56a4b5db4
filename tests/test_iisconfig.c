/* test_iisconfig.c - configurations of IIS as servers have them, broken ones, and ones that were made to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "iis_check.h"
#include "sites.h"
#include "text.h"

#define HEAD  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<configuration>\r\n <system.applicationHost>\r\n"
#define SITES "  <sites>\r\n"
#define FRONT \
	"   <site name=\"Default Web Site\" id=\"1\">\r\n    <application path=\"/\"><virtualDirectory path=\"/\" " \
	"physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\" /></application>\r\n    <application " \
	"path=\"/owa\"><virtualDirectory " \
	"path=\"/\" physicalPath=\"D:\\Exchange\\FrontEnd\\HttpProxy\\owa\" /></application>\r\n    " \
	"<bindings><binding " \
	"protocol=\"https\" bindingInformation=\"[fe80::1]:443:mail.example.test\" /><binding protocol=\"net.pipe\" " \
	"bindingInformation=\"*\" /></bindings>\r\n    <logFile directory=\"E:\\Logs\\Front\" period=\"Hourly\" " \
	"/>\r\n   </site>\r\n"
#define BACK \
	"   <site name=\"Exchange Back End\" id=\"2\"><bindings><binding protocol=\"http\" " \
	"bindingInformation=\"*:81:\" />" \
	"<binding protocol=\"https\" bindingInformation=\"*:444:\" /></bindings></site>\r\n" \
	"   <site name=\"Intranet\" id=\"7\" />\r\n"
#define DEFAULTS \
	"   <siteDefaults><logFile logFormat=\"W3C\" directory=\"%SystemDrive%\\Logs\" enabled=\"false\" />" \
	"<traceFailedRequestsLogging directory=\"F:\\Traces\" /></siteDefaults>\r\n"
#define TAIL  "  </sites>\r\n </system.applicationHost>\r\n</configuration>\r\n"
#define WHOLE HEAD SITES FRONT BACK DEFAULTS TAIL

static struct iis_config
read_text(const char *text, struct iis_told *told)
{
	struct iis_config c;

	*told = (struct iis_told){ .count = 0 };
	assert_int_equal(iis_read(view_text(text), told, &c), 0);
	return c;
}

static void
check_whole(const struct iis_config *c)
{
	assert_true(c->whole);
	assert_int_equal(c->damaged, 0);
	assert_int_equal(c->sites.n, 3);
	assert_int_equal(c->sites.at[0].id, 1);
	assert_string_equal(c->sites.at[0].name, "Default Web Site");
	assert_string_equal(c->sites.at[0].log.folder, "E:\\Logs\\Front");
	assert_string_equal(c->sites.at[0].log.period, "Hourly");
	assert_string_equal(c->sites.at[0].log.enabled, "false"); /* by the defaults of the file */
	assert_string_equal(c->sites.at[1].log.folder, "%SystemDrive%\\Logs");
	assert_string_equal(c->sites.at[1].log.period, "Daily"); /* by those of IIS */
	assert_string_equal(c->sites.at[2].log.traces, "F:\\Traces");
	assert_int_equal(c->sites.at[0].side, SIDE_FRONT);
	assert_int_equal(c->sites.at[1].side, SIDE_BACK);
	assert_int_equal(c->sites.at[2].side, SIDE_OTHER);
	assert_int_equal(c->bindings.n, 4);
	assert_int_equal(c->bindings.at[0].port, 443);
	assert_true(view_equal(c->bindings.at[0].address, view_text("[fe80::1]")));
	assert_true(view_equal(c->bindings.at[0].host, view_text("mail.example.test")));
	assert_int_equal(c->bindings.at[1].port, 0);
	assert_int_equal(c->bindings.at[3].port, 444);
	assert_int_equal(c->bindings.at[3].site, 1);
	assert_int_equal(c->folders.n, 2);
	assert_string_equal(c->folders.at[1].application, "/owa");
	assert_string_equal(c->folders.at[1].physical, "D:\\Exchange\\FrontEnd\\HttpProxy\\owa");
	assert_null(c->central_folder);
	assert_null(c->redirected);
}

static void
a_whole_one_is_read(void **state)
{
	struct iis_told told;
	struct iis_config c = read_text(WHOLE, &told);

	(void)state;
	check_whole(&c);
	assert_memory_equal(&WHOLE[c.sites.at[0].offset], "<site name=\"Default", 19);
	iisconfig_free(&c);
	c = read_text("\xef\xbb\xbf" WHOLE, &told);
	check_whole(&c);
	iisconfig_free(&c);
}

/* The same in UTF-16 of either order, with its mark; what it says of its encoding is then UTF-16, too. */
static void
utf16_is_read(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		CLEANUP(text_free) struct text utf16 = { 0 };
		const char *text = strchr(WHOLE, '\n') + 1;
		struct iis_told told = { .count = 0 };
		struct iis_config c;

		assert_int_equal(text_add(&utf16, big ? view_of("\xfe\xff", 2) : view_of("\xff\xfe", 2)), 0);
		for (const char *at = text; *at; at++) {
			const char pair[2] = { big ? 0 : *at, big ? *at : 0 };

			assert_int_equal(text_add(&utf16, view_of(pair, 2)), 0);
		}
		assert_int_equal(iis_read(text_view(&utf16), &told, &c), 0);
		check_whole(&c);
		iisconfig_free(&c);
	}
}

static void
what_was_read_before_damage_counts(void **state)
{
	static const char torn[] = HEAD SITES FRONT "   <site name=\"Exch";
	struct iis_told told;
	struct iis_config c = read_text(torn, &told);

	(void)state;
	assert_false(c.whole);
	assert_int_equal(told.count, 1);
	assert_in_range(told.first, sizeof(HEAD SITES FRONT) - 1, sizeof(torn));
	assert_int_equal(c.sites.n, 1);
	assert_string_equal(c.sites.at[0].log.folder, "E:\\Logs\\Front");
	assert_null(c.sites.at[0].log.enabled); /* the defaults did not come any more */
	assert_int_equal(c.sites.at[0].side, SIDE_FRONT);
	iisconfig_free(&c);

	c = read_text(HEAD SITES FRONT BACK "\x01\x02\x03" DEFAULTS TAIL, &told);
	assert_int_equal(c.sites.n, 3);
	assert_null(c.sites.at[1].log.folder);
	assert_true(!c.whole && told.first >= sizeof(HEAD SITES FRONT BACK) - 1);
	iisconfig_free(&c);

	c = read_text(WHOLE "<more/>", &told); /* all of it, and something behind it */
	assert_true(c.whole);
	assert_int_equal(c.damaged, 1);
	assert_true(strstr(told.why, "behind the end") != NULL);
	iisconfig_free(&c);

	c = read_text("", &told);
	assert_true(!c.whole && told.count == 1 && !c.sites.n);
	iisconfig_free(&c);
}

/* No entity is ever opened, and nothing outside the file is ever asked for. */
static void
a_document_type_is_refused(void **state)
{
	static const char *const hostile[] = {
		"<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>"
		"<configuration><system.applicationHost><sites><site id='1' "
		"name='&c;'/></sites></system.applicationHost></configuration>",
		"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><configuration/>",
		"<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><configuration/>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct iis_told told;
		struct iis_config c = read_text(hostile[i], &told);

		assert_true(!c.whole && told.count == 1 && told.first < 60 && !c.sites.n);
		assert_true(strstr(told.why, "document type") != NULL);
		iisconfig_free(&c);
	}
}

static void
limits_hold(void **state)
{
	CLEANUP(text_free) struct text deep = { 0 };
	CLEANUP(text_free) struct text many = { 0 };
	CLEANUP(text_free) struct text wide = { 0 };
	struct iis_told told;
	struct iis_config c;
	int r = 0;

	(void)state;
	for (int i = 0; i < 100000 && r == 0; i++)
		r = text_adds(&deep, "<a>");
	assert_int_equal(r, 0);
	c = read_text(deep.s, &told);
	assert_true(!c.whole && told.count == 1 && told.first == IIS_DEPTH_MAX * 3);
	iisconfig_free(&c);

	r = text_adds(&many, HEAD SITES);
	for (int i = 1; i < IIS_SITES_MAX + 100 && r == 0; i++)
		r = text_printf(&many,
				"<site id=\"%d\" name=\"n\"><application path=\"/\"><virtualDirectory path=\"/\" "
				"physicalPath=\"C:\\%d\"/></application></site>",
				i, i);
	assert_int_equal(r < 0 ? r : text_adds(&many, DEFAULTS TAIL), 0);
	c = read_text(many.s, &told);
	assert_true(c.whole && told.count == 1 && c.sites.n == IIS_SITES_MAX && c.folders.n == IIS_SITES_MAX);
	assert_string_equal(c.folders.at[IIS_SITES_MAX - 1].physical, "C:\\4096");
	iisconfig_free(&c);

	r = text_adds(&wide, HEAD SITES "<site id=\"1\" name=\"");
	for (int i = 0; i <= IIS_TEXT_MAX && r == 0; i++)
		r = text_addc(&wide, 'n');
	assert_int_equal(r < 0 ? r : text_adds(&wide, "\"/>" TAIL), 0);
	c = read_text(wide.s, &told);
	assert_true(c.whole && told.count == 1 && c.sites.n == 1);
	assert_string_equal(c.sites.at[0].name, "");
	iisconfig_free(&c);
}

static void
other_settings_are_read(void **state)
{
	struct iis_told told;
	struct iis_config c =
		read_text(HEAD "<configHistory path=\"H:\\kept\" /><log "
			       "centralLogFileMode=\"CentralW3C\"><centralBinaryLogFile directory=\"B:\\\"/>"
			       "<centralW3CLogFile enabled=\"true\" directory=\"W:\\Logs\"/></log>" SITES FRONT TAIL,
			  &told);

	(void)state;
	assert_string_equal(c.central_folder, "W:\\Logs");
	assert_string_equal(c.history, "H:\\kept");
	iisconfig_free(&c);
	c = read_text(
		"<configuration><configurationRedirection enabled=\"true\" path=\"\\\\farm\\iis\" /></configuration>",
		&told);
	assert_string_equal(c.redirected, "\\\\farm\\iis");
	iisconfig_free(&c);
	c = read_text("<configuration><configurationRedirection enabled=\"false\" path=\"x\" /></configuration>",
		      &told);
	assert_null(c.redirected);
	iisconfig_free(&c);
	/* names count where they stand: a site within something else is none */
	c = read_text("<configuration><sites><site id=\"1\"/></sites><system.webServer><sites><site "
		      "id=\"1\"/></sites></system.webServer>"
		      "<location path=\"x\"><system.applicationHost><sites><site "
		      "id=\"9\"><x><bindings><binding/></bindings></x></site></sites>"
		      "</system.applicationHost></location></configuration>",
		      &told);
	assert_int_equal(c.sites.n, 1);
	assert_int_equal(c.sites.at[0].id, 9);
	assert_int_equal(c.bindings.n, 0);
	assert_int_equal(c.sites.at[0].side, SIDE_NONE);
	iisconfig_free(&c);
}

/* A sink that stops ends the reading, whatever it was at. */
static void
stopping_is_passed_on(void **state)
{
	struct iis_told told = { .stop_at = 1 };
	struct iis_config c;

	(void)state;
	assert_int_equal(iis_read(view_text("<configuration><!DOCTYPE"), &told, &c), -ECANCELED);
	iisconfig_free(&c);
	told = (struct iis_told){ .stop_at = 1 };
	assert_int_equal(iis_read(view_text(HEAD SITES "<site name=\"x\"/><site name=\"y\"/>" TAIL), &told, &c),
			 -ECANCELED);
	assert_int_equal(told.count, 1);
	iisconfig_free(&c);
}

/* Cut off anywhere and with any byte changed, what must hold still does. */
static void
any_bytes_are_borne(void **state)
{
	char text[sizeof(WHOLE)];

	(void)state;
	for (size_t n = 0; n < sizeof(WHOLE); n++)
		iis_check(view_of(WHOLE, n));
	for (size_t i = 0; i < sizeof(WHOLE) - 1; i++) {
		static const char bytes[] = "\0<>&\"' /\xff"
					    "A1";

		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			memcpy(text, WHOLE, sizeof(WHOLE));
			text[i] = bytes[k];
			iis_check(view_of(text, sizeof(WHOLE) - 1));
		}
	}
}

/* ---- paths ---- */

/* A path of a configuration as `letter:part/part`, W for the folder of Windows, - for the drive of Windows. */
static void
check_path(const char *text, enum site_found found, const char *shown)
{
	CLEANUP(text_free) struct text got = { 0 };
	struct windows_path path;

	assert_int_equal(windows_path(text, &path), found);
	if (found != SITE_FOUND)
		return;
	assert_int_equal(text_printf(&got, "%c:", path.within_windows ? 'W' : path.letter ? path.letter : '-'), 0);
	for (uint32_t i = 0; i < path.n; i++)
		assert_int_equal(
			text_printf(&got, "%s%.*s", i ? "/" : "", (int)path.parts[i].n, (const char *)path.parts[i].p),
			0);
	assert_string_equal(got.s, shown);
}

static void
paths_are_taken_as_windows_takes_them(void **state)
{
	static const struct {
		const char *text;
		enum site_found found;
		const char *shown;
	} paths[] = {
		{ "C:\\inetpub\\wwwroot", SITE_FOUND, "C:inetpub/wwwroot" },
		{ "d:/logs//iis/", SITE_FOUND, "D:logs/iis" },
		{ "c:", SITE_FOUND, "C:" },
		{ "C:\\a\\..\\..\\b\\.\\c. \\d", SITE_FOUND, "C:b/c/d" },
		{ "%SystemDrive%\\inetpub", SITE_FOUND, "-:inetpub" },
		{ "%SYSTEMROOT%\\System32", SITE_FOUND, "W:System32" },
		{ "%windir%", SITE_FOUND, "W:" },
		{ "%CommonProgramFiles%\\x", SITE_FOUND, "-:Program Files/Common Files/x" },
		{ "\\\\?\\D:\\x", SITE_FOUND, "D:x" },
		{ "\\\\.\\D:\\x", SITE_FOUND, "D:x" },
		{ "\\\\localhost\\c$\\ProgramData", SITE_FOUND, "C:ProgramData" },
		{ "\\\\?\\UNC\\127.0.0.1\\C$\\ProgramData\\COM1\\", SITE_FOUND, "C:ProgramData/COM1" },
		{ "\\\\filer\\c$\\x", SITE_REMOTE, NULL },
		{ "\\\\localhost\\share\\x", SITE_REMOTE, NULL },
		{ "\\\\?\\UNC\\", SITE_REMOTE, NULL },
		{ "\\\\", SITE_REMOTE, NULL },
		{ "\\\\?\\Volume{1}\\x", SITE_UNKNOWN, NULL },
		{ "%HOME%\\x", SITE_UNKNOWN, NULL },
		{ "%SystemDrive%x", SITE_UNKNOWN, NULL },
		{ "%SystemDrive", SITE_UNKNOWN, NULL },
		{ "%", SITE_UNKNOWN, NULL },
		{ "%%", SITE_UNKNOWN, NULL },
		{ "CD:\\x", SITE_UNKNOWN, NULL },
		{ "C:x", SITE_UNKNOWN, NULL },
		{ "logs\\x", SITE_UNKNOWN, NULL },
		{ "\\x", SITE_UNKNOWN, NULL },
		{ "", SITE_UNKNOWN, NULL },
	};
	CLEANUP(text_free) struct text deep = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		check_path(paths[i].text, paths[i].found, paths[i].shown);
	assert_int_equal(text_adds(&deep, "C:"), 0);
	for (int i = 0; i <= WINDOWS_PARTS_MAX; i++)
		assert_int_equal(text_adds(&deep, "\\a"), 0);
	check_path(deep.s, SITE_UNKNOWN, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_one_is_read),
		cmocka_unit_test(utf16_is_read),
		cmocka_unit_test(what_was_read_before_damage_counts),
		cmocka_unit_test(a_document_type_is_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(other_settings_are_read),
		cmocka_unit_test(stopping_is_passed_on),
		cmocka_unit_test(any_bytes_are_borne),
		cmocka_unit_test(paths_are_taken_as_windows_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

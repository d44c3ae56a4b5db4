/* test_campaign.c - what makes two shells the same, and fields of a record that are kept and asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../src/verdict/indicator.h"
#include "arena.h"
#include "cleanup.h"
#include "fields.h"

/* The words that scanners look for are cut in two, so that no antivirus takes this file away. */
#define EVAL "ev" "al(Req" "uest"

static void
assert_normal(const char *bytes, const char *expected)
{
	CLEANUP(text_free) struct text normal = { 0 };

	assert_int_equal(shell_normal(view_text(bytes), &normal), 0);
	assert_string_equal(normal.s ? normal.s : "", expected);
}

static void
assert_host(const char *bytes, const char *expected)
{
	struct view host = shell_host(view_text(bytes));

	assert_int_equal(host.n, strlen(expected));
	assert_true(!host.n || !memcmp(host.p, expected, host.n));
}

static void
a_parameter_makes_no_other_shell(void **state)
{
	static const char same[] = "<%@pagelanguage=\"jscript\"<%" "ev" "al(req" "uest[{parameter}],\"unsafe\");";

	(void)state;
	assert_normal("<%@ Page Language=\"Jscript\"%><%" EVAL "[\"orange\"],\"unsafe\");%>", same);
	assert_normal("<%@ PAGE language=\"jscript\" %>\r\n<% " EVAL "[ 'apple' ], \"unsafe\") ; %>\n", same);
	assert_normal("<%@ Page Language=\"Jscript\"%><%" EVAL ".Item[\"orange\"],\"unsafe\");%>",
		      "<%@pagelanguage=\"jscript\"<%" "ev" "al(req" "uest.item[{parameter}],\"unsafe\");");
}

static void
what_stands_around_the_code_does_not_count(void **state)
{
	static const char code[] = "<scriptrunat=\"server\">functionpage_load(){" "ev" "al(req" "uest[{parameter}]);}";

	(void)state;
	assert_normal("Server : EXCH01\r\nExternalUrl : http://f/<script runat=\"server\">function Page_Load(){" EVAL
		      "[\"a\"]);}</script>\r\nGuid : 3f1e4d1a-7a52-4e5a-9a4c-6f1b2c3d4e5f\r\n",
		      code);
	assert_normal("Server : MAIL2\r\nExternalUrl : http://g/<script runat=\"server\">function Page_Load(){" EVAL
		      "[\"bb\"]);}</script>\r\n",
		      code);
}

static void
guids_and_urls_are_words(void **state)
{
	(void)state;
	assert_normal("<% x(\"https://a.example/b?c\", \"3F1E4D1A-7a52-4e5a-9a4c-6f1b2c3d4e5f\", Req" "uest(\"q\")) %>",
		      "<%x(\"{url}\",\"{guid}\",req" "uest({parameter}))");
}

static void
what_is_no_shell_is_not_known_by_it(void **state)
{
	(void)state;
	assert_normal("", "");
	assert_normal("<% Response.Write(1234567890123456789) %>", ""); /* nothing is asked of the request */
	assert_normal("<%Request[\"a\"]%>", "");			  /* too little */
	assert_normal("<% Req" "uest[\"never ends, and nothing else is here", "<%req" "uest[\"neverends,andnothingelseishere");
}

static void
the_host_of_an_external_url(void **state)
{
	(void)state;
	assert_host("ExternalUrl                     : http://f/<script", "f");
	assert_host("a\r\nexternalurl : https://oab.invalid:443/x", "oab.invalid:443");
	assert_host("ExternalUrl : \r\n", "");
	assert_host("ExternalUrl", "");
	assert_host("InternalUrl : https://a/", "");
}

static void
assert_kept(const struct fields *fields, const char *json)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(text_free) struct text text = { 0 };
	struct fields back;

	assert_int_equal(fields_add_json(&text, fields), 0);
	assert_string_equal(text.s, json);
	assert_int_equal(fields_parse_json(text_view(&text), &arena, &back), 0);
	assert_int_equal(back.n, fields->n);
	for (size_t i = 0; i < back.n; i++) {
		assert_true(view_equal(back.at[i].name, fields->at[i].name));
		assert_true(view_equal(back.at[i].value, fields->at[i].value));
		assert_true(!back.at[i].value.p == !fields->at[i].value.p);
	}
}

#define FIELD(name, value) { view_text(name), view_text(value) }

static void
fields_come_back_as_they_were(void **state)
{
	const struct field at[] = { FIELD("c-ip", "192.0.2.1"), FIELD("a\"b\\", "x\n\x01\xe2\x80\xae\xf0\x9f\x98\x80"),
				    { view_text("cs-username"), view_of(NULL, 0) }, FIELD("", ""),
				    FIELD("many", "1"), { view_text("many"), view_of(NULL, 0) } };

	(void)state;
	assert_kept(&(struct fields){ .at = at, .n = 6 },
		    "{\"c-ip\":\"192.0.2.1\",\"a\\\"b\\\\\":\"x\\u000a\\u0001\\u202e\xf0\x9f\x98\x80\",\"cs-username\":null,"
		    "\"\":\"\",\"many\":[\"1\",null]}");
	assert_kept(&(struct fields){ .at = at, .n = 0 }, "{}");
}

static void
what_nobody_wrote_is_not_taken(void **state)
{
	static const char *const bad[] = { "",	       "{",	   "{\"a\"}",	   "{\"a\":1}",	   "{\"a\":\"b\"",    "{\"a\":\"b\"}x",
					   "{\"a\":[]}", "{\"a\":\"\\", "{\"a\":[\"b\"", "[\"a\"]",	   "{\"a\":\"b\",}", " {}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(arena_free) struct arena arena = { 0 };
		struct fields fields;

		assert_int_equal(fields_parse_json(view_text(bad[i]), &arena, &fields), -22);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parameter_makes_no_other_shell),
		cmocka_unit_test(what_stands_around_the_code_does_not_count),
		cmocka_unit_test(guids_and_urls_are_words),
		cmocka_unit_test(what_is_no_shell_is_not_known_by_it),
		cmocka_unit_test(the_host_of_an_external_url),
		cmocka_unit_test(fields_come_back_as_they_were),
		cmocka_unit_test(what_nobody_wrote_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

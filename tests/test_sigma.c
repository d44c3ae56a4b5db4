/* test_sigma.c - the Sigma language, case by case: rules, records, and the answers worked out by hand. */
#include <dirent.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "found.h"
#include "literals.h"
#include "sigma.h"
#include "text.h"
#include "vector.h"

enum { FIELDS_MAX = 16 };

static const char *const plain_fields[] = { "a", "b", "c", "n", "ip", "time", NULL };
static const struct sigma_source plain = { .title = "test logs", .category = "test", .fields = plain_fields };

/* IIS: a log names the columns that it has. */
static const char *const iis_fields[] = {
	"date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip", "cs(User-Agent)",
	"cs(Referer)", "cs(Cookie)", "cs-host", "sc-status", NULL,
};
static const struct sigma_source iis = {
	.title = "IIS logs", .category = "webserver", .product = "windows", .service = "iis", .fields = iis_fields, .columns = true,
};

static const char *const proxy_fields[] = { "DateTime", "ClientIpAddress", "Method", "UrlHost", "UrlStem", "UrlQuery", "UserAgent",
					    "AuthenticatedUser", "HttpStatus", NULL };
static const struct sigma_alias proxy_aliases[] = {
	{ "c-ip", "ClientIpAddress" }, { "cs-method", "Method" },	 { "cs-host", "UrlHost" },
	{ "cs-uri-stem", "UrlStem" },  { "cs-uri-query", "UrlQuery" },	 { "cs-user-agent", "UserAgent" },
	{ "cs-username", "AuthenticatedUser" }, { "sc-status", "HttpStatus" }, { NULL, NULL },
};
static const struct sigma_source proxy = {
	.title = "HttpProxy logs", .category = "webserver", .product = "windows", .service = "httpproxy", .fields = proxy_fields,
	.aliases = proxy_aliases,
};

static const char *const httperr_fields[] = { "c-ip", "cs-method", "cs-uri", "sc-status", NULL };
static const struct sigma_source httperr = { .title = "HTTPERR logs", .category = "webserver", .fields = httperr_fields };

static const char *const cmdlet_fields[] = { "DateTime", "Cmdlet", "Parameters", NULL };
static const struct sigma_source cmdlet = { .title = "cmdlet logs", .product = "exchange", .service = "rps_cmdlet", .fields = cmdlet_fields };

/* ---- one rule, one record ---- */

struct filed {
	VECTOR(struct rule *) rules;
	VECTOR(unsigned) lines;
};

static int
file_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	struct filed *filed = state;
	struct rule *copy = malloc(sizeof(*copy)), **slot = vector_push(&filed->rules);
	unsigned *line_slot = vector_push(&filed->lines);

	assert_non_null(copy);
	assert_non_null(slot);
	assert_non_null(line_slot);
	*copy = *draft;
	*slot = copy;
	*line_slot = line;
	*ret_filed = copy;
	return 0;
}

static void
filed_free(struct filed *filed)
{
	for (size_t i = 0; i < filed->rules.n; i++)
		free(filed->rules.at[i]);
	vector_free(&filed->rules);
	vector_free(&filed->lines);
}

/* "a=x;b;c=" is a with a value, b without one, and c with an empty one. The raw record is the same text. */
static void
read_record(const char *text, struct field at[static FIELDS_MAX], struct fields *ret)
{
	*ret = (struct fields){ .at = at, .raw = view_text(text) };
	for (const char *p = text; *p; ret->n++) {
		size_t n = strcspn(p, ";"), name = strcspn(p, "=;");

		assert_true(ret->n < FIELDS_MAX);
		at[ret->n].name = view_of(p, name);
		at[ret->n].value = name < n ? view_of(p + name + 1, n - name - 1) : view_of(NULL, 0);
		p += n + (p[n] == ';');
	}
}

struct engine {
	struct sigma *sigma;
	struct sigma_set *set;
	struct sigma_matcher *matcher;
	struct filed filed;
};

static void
engine_open(struct engine *e, const struct sigma_source *source, const char *category, const char *detection)
{
	CLEANUP(text_free) struct text yaml = { 0 };

	*e = (struct engine){ 0 };
	assert_int_equal(text_printf(&yaml, "title: t\nid: r1\nlogsource:\n  category: %s\ndetection: %s\n", category, detection), 0);
	assert_int_equal(sigma_new(&e->sigma), 0);
	assert_int_equal(sigma_parse(e->sigma, text_view(&yaml), "rules/t.yml", file_rule, &e->filed), 0);
	assert_int_equal(e->filed.rules.n, 1);
	if (e->filed.rules.at[0]->state != RULE_USED)
		fail_msg("%s: %s", detection, e->filed.rules.at[0]->reason);
	assert_int_equal(sigma_bind(e->sigma, source, &e->set), 0);
	assert_int_equal(sigma_matcher_open(e->set, &e->matcher), 0);
}

static void
engine_close(struct engine *e)
{
	sigma_matcher_close(e->matcher);
	sigma_set_free(e->set);
	sigma_free(e->sigma);
	filed_free(&e->filed);
}

static int
keep_basis(void *state, const struct rule *rule, struct view basis)
{
	assert_non_null(rule);
	return text_add(state, basis);
}

static const char answers[] = { [SIGMA_NO] = 'n', [SIGMA_UNKNOWN] = '?', [SIGMA_YES] = 'y' };

/* The answer as a letter; what sigma_match finds by literals must say the same. */
static char
answer_of(struct engine *e, const char *text, struct text *basis)
{
	struct field at[FIELDS_MAX];
	struct fields record;
	enum sigma_answer answer;

	read_record(text, at, &record);
	assert_int_equal(sigma_ask(e->matcher, &record, 0, &answer), 0);
	text_cut(basis, 0);
	assert_int_equal(sigma_match(e->matcher, &record, keep_basis, basis), 0);
	if ((basis->n != 0) != (answer == SIGMA_YES))
		fail_msg("asked: %c; matched: %s", answers[answer], basis->n ? basis->s : "nothing");
	return answers[answer];
}

struct example {
	const char *detection, *record;
	char answer;
};

static void
ask_all(const struct sigma_source *source, const char *category, const struct example *at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(text_free) struct text basis = { 0 };
		struct engine e;
		char answer;

		engine_open(&e, source, category, at[i].detection);
		answer = answer_of(&e, at[i].record, &basis);
		if (answer != at[i].answer)
			fail_msg("%s on %s: %c, not %c", at[i].detection, at[i].record, answer, at[i].answer);
		engine_close(&e);
	}
}

#define ASK_ALL(source, category, table) ask_all((source), (category), (table), sizeof(table) / sizeof((table)[0]))

/* A search with one line, and the condition that it is there. */
#define S(line) "{ s: { " line " }, condition: s }"

static const struct example values[] = {
	/* equality is that of the whole value, without case */
	{ S("a: foo"), "a=foo", 'y' },
	{ S("a: foo"), "a=FOO", 'y' },
	{ S("a: FOO"), "a=foo", 'y' },
	{ S("a: foo"), "a=foobar", 'n' },
	{ S("a: foo"), "a=", 'n' },
	{ S("a: foo"), "a", 'n' },
	{ S("a: foo"), "b=foo", 'n' },
	{ S("A: foo"), "a=foo", 'y' },
	{ S("a: 200"), "a=200", 'y' },
	{ S("a: 200"), "a=2000", 'n' },
	{ S("a: '200'"), "a=200", 'y' },
	{ S("a: true"), "a=True", 'y' },
	{ S("a: 'über'"), "a=ÜBER", 'y' },
	{ S("a: 'ПРИВЕТ'"), "a=привет", 'y' },
	{ S("a: 'ΑΣΣ'"), "a=ασς", 'y' },
	{ S("a: 'ſ'"), "a=s", 'n' }, /* outside of the documented folding */
	{ S("a|cased: foo"), "a=foo", 'y' },
	{ S("a|cased: foo"), "a=Foo", 'n' },
	{ S("a|contains|cased: oBa"), "a=fooBar", 'y' },
	{ S("a|contains|cased: oBa"), "a=foobar", 'n' },
	/* wildcards and their escapes; YAML's single quotes leave '\' alone */
	{ S("a: 'f*o'"), "a=fo", 'y' },
	{ S("a: 'f*o'"), "a=f123o", 'y' },
	{ S("a: 'f*o'"), "a=f123ox", 'n' },
	{ S("a: 'f?o'"), "a=fxo", 'y' },
	{ S("a: 'f?o'"), "a=fo", 'n' },
	{ S("a: 'f?o'"), "a=fxxo", 'n' },
	{ S("a: 'f?o'"), "a=f€o", 'y' },
	{ S("a: '?\?'"), "a=€", 'n' },
	{ S("a: '*?\?'"), "a=€", 'n' },
	{ S("a: '?*'"), "a=x", 'y' },
	{ S("a: '?*'"), "a=", 'n' },
	{ S("a: '*'"), "a=anything", 'y' },
	{ S("a: '*'"), "a", 'n' },
	{ S("a: '**x**'"), "a=axb", 'y' },
	{ S("a: 'a*b*c'"), "a=a1b2c", 'y' },
	{ S("a: 'a*b*c'"), "a=a1c2b", 'n' },
	{ S("a: 'ab*ba'"), "a=aba", 'n' },
	{ S("a: 'ab*ba'"), "a=abba", 'y' },
	{ S("a: '*a?c'"), "a=xxabcabc", 'y' },
	{ S("a: 'x\\*y'"), "a=x*y", 'y' },
	{ S("a: 'x\\*y'"), "a=xzy", 'n' },
	{ S("a: 'x\\?y'"), "a=x?y", 'y' },
	{ S("a: 'x\\?y'"), "a=xzy", 'n' },
	{ S("a: 'x\\\\*y'"), "a=x\\zzy", 'y' }, /* an escaped '\', then a wildcard */
	{ S("a: 'x\\\\*y'"), "a=x*y", 'n' },
	{ S("a: 'x\\\\\\*y'"), "a=x\\*y", 'y' },
	{ S("a: 'x\\\\\\*y'"), "a=x\\zy", 'n' },
	{ S("a: 'x\\y'"), "a=x\\y", 'y' }, /* a '\' before anything else is itself */
	{ S("a: 'x\\\\y'"), "a=x\\y", 'y' },
	{ S("a: 'x\\\\\\\\y'"), "a=x\\\\y", 'y' },
	{ S("a: 'x\\'"), "a=x\\", 'y' },
	{ S("a|endswith: '\\cmd.exe'"), "a=C:\\Windows\\cmd.exe", 'y' },
	/* lists, null and nothing */
	{ S("a: [foo, bar]"), "a=bar", 'y' },
	{ S("a: [foo, bar]"), "a=baz", 'n' },
	{ S("a: [foo, null]"), "a", 'y' },
	{ S("a: [foo, null]"), "a=x", 'n' },
	{ S("a: null"), "a", 'y' },
	{ S("a: null"), "b=1", 'y' },
	{ S("a: null"), "a=", 'y' },
	{ S("a: null"), "a=null", 'n' },
	{ S("a: 'null'"), "a=null", 'y' },
	{ S("a: 'null'"), "a", 'n' },
	{ S("a: ~"), "a", 'y' },
	{ S("a: "), "a", 'y' },
	{ S("a: ''"), "a=", 'y' },
	{ S("a: ''"), "a", 'y' },
	{ S("a: ''"), "a=x", 'n' },
	{ S("a: '-'"), "a", 'y' }, /* how IIS writes no value */
	{ S("a: '-'"), "a=-", 'y' },
	{ S("a: '-'"), "a=x", 'n' },
	{ S("a|contains: '-'"), "a", 'n' },
	/* a name that stands there twice */
	{ S("a: two"), "a=one;a=two", 'y' },
	{ S("a: three"), "a=one;a=two", 'n' },
};

static const struct example modifiers[] = {
	{ S("a|contains: oba"), "a=fooBar", 'y' },
	{ S("a|contains: obx"), "a=fooBar", 'n' },
	{ S("a|contains: foobar"), "a=foobar", 'y' },
	{ S("a|contains: 'f*r'"), "a=xfoobarx", 'y' },
	{ S("a|contains: ''"), "a=x", 'y' },
	{ S("a|contains: ''"), "a", 'n' },
	{ S("a|startswith: foo"), "a=FOObar", 'y' },
	{ S("a|startswith: bar"), "a=foobar", 'n' },
	{ S("a|endswith: bar"), "a=fooBAR", 'y' },
	{ S("a|endswith: foo"), "a=foobar", 'n' },
	{ S("a|endswith: ba?"), "a=foobar", 'y' },
	{ S("a|endswith: ba?"), "a=foobarx", 'n' },
	{ S("a|contains: [x, bar]"), "a=foobar", 'y' },
	{ S("a|contains|all: [foo, bar]"), "a=barfoo", 'y' },
	{ S("a|contains|all: [foo, baz]"), "a=barfoo", 'n' },
	{ S("a|all|contains: [foo, bar]"), "a=barfoo", 'y' },
	{ S("a|contains|all: [foo]"), "a=barfoo", 'y' },
	{ S("a|neq: foo"), "a=bar", 'y' },
	{ S("a|neq: foo"), "a=FOO", 'n' },
	{ S("a|neq: foo"), "a", 'y' },
	{ S("a|neq: [foo, bar]"), "a=bar", 'n' },
	{ S("a|neq: [foo, bar]"), "a=baz", 'y' },
	{ S("x|neq: foo"), "a=bar", '?' },
	/* expressions: found anywhere, with case unless i */
	{ S("a|re: 'o+b'"), "a=foobar", 'y' },
	{ S("a|re: '^o'"), "a=foobar", 'n' },
	{ S("a|re: 'FOO'"), "a=foobar", 'n' },
	{ S("a|re|i: 'FOO'"), "a=foobar", 'y' },
	{ S("a|re: '(?i)FOO'"), "a=foobar", 'y' },
	{ S("a|re: '\\d{3}'"), "a=x123", 'y' },
	{ S("a|re: '\\d{3}'"), "a=x12", 'n' },
	{ S("a|re: 'a.c'"), "a=a\nc", 'n' },
	{ S("a|re|s: 'a.c'"), "a=a\nc", 'y' },
	{ S("a|re: '^c'"), "a=a\nc", 'n' },
	{ S("a|re|m: '^c'"), "a=a\nc", 'y' },
	{ S("a|re|i|m|s: '^C.d'"), "a=a\nc\nd", 'y' },
	{ S("a|re: ['x', 'bar$']"), "a=foobar", 'y' },
	{ S("a|re: 'x'"), "a", 'n' },
	{ S("a|re|i: 'shell'"), "a=\xc5\xbfhell", 'y' }, /* the long s: PCRE2's folding, which literals must allow for */
	/* options of command lines: any dash */
	{ S("a|windash|contains: ' -enc'"), "a=powershell -enc x", 'y' },
	{ S("a|windash|contains: ' -enc'"), "a=powershell /enc x", 'y' },
	{ S("a|contains|windash: ' -enc'"), "a=powershell \xe2\x80\x93" "enc x", 'y' },
	{ S("a|contains|windash: ' -enc'"), "a=powershell \xe2\x80\x94" "enc x", 'y' },
	{ S("a|contains|windash: ' -enc'"), "a=powershell \xe2\x80\x95" "enc x", 'y' },
	{ S("a|contains|windash: ' -enc'"), "a=powershell \xe2\x80\x92" "enc x", 'n' },
	{ S("a|contains|windash: ' /enc'"), "a=powershell -enc x", 'y' },
	{ S("a|contains|windash: 'a-b'"), "a=a/b", 'n' }, /* within a word it is no option */
	{ S("a|windash: '-x'"), "a=/x", 'y' },
	{ S("a|contains: ' -enc'"), "a=powershell /enc x", 'n' },
	{ S("a|contains|all|windash: [' -a ', ' -b ']"), "a=x /a -b ", 'y' },
	/* networks */
	{ S("ip|cidr: 10.0.0.0/8"), "ip=10.1.2.3", 'y' },
	{ S("ip|cidr: 10.0.0.0/8"), "ip=11.1.2.3", 'n' },
	{ S("ip|cidr: 192.168.4.0/22"), "ip=192.168.7.255", 'y' },
	{ S("ip|cidr: 192.168.4.0/22"), "ip=192.168.8.0", 'n' },
	{ S("ip|cidr: 0.0.0.0/0"), "ip=1.2.3.4", 'y' },
	{ S("ip|cidr: 0.0.0.0/0"), "ip=2001:db8::1", 'n' },
	{ S("ip|cidr: 127.0.0.1"), "ip=127.0.0.1", 'y' },
	{ S("ip|cidr: 127.0.0.1/32"), "ip=127.0.0.2", 'n' },
	{ S("ip|cidr: '2001:db8::/32'"), "ip=2001:db8:1::5", 'y' },
	{ S("ip|cidr: '2001:db8::/32'"), "ip=2001:db9::5", 'n' },
	{ S("ip|cidr: 'fe80::/10'"), "ip=fe80::1%12", 'y' },
	{ S("ip|cidr: '::1/128'"), "ip=::1", 'y' },
	{ S("ip|cidr: '::1/128'"), "ip=[::1]", 'y' },
	{ S("ip|cidr: 10.0.0.0/8"), "ip=::ffff:10.1.2.3", 'y' },
	{ S("ip|cidr: [10.0.0.0/8, 127.0.0.0/8]"), "ip=127.0.0.1", 'y' },
	{ S("ip|cidr: 10.0.0.0/8"), "ip=no address", 'n' },
	{ S("ip|cidr: 10.0.0.0/8"), "ip", 'n' },
	/* base64: "foo bar" by itself and at the three places it can have within something longer */
	{ S("a|base64: foo bar"), "a=Zm9vIGJhcg==", 'y' },
	{ S("a|base64|contains: foo"), "a=xxZm9vxx", 'y' },
	{ S("a|base64: foo"), "a=foo", 'n' },
	{ S("a|base64offset|contains: foobar"), "a=Zm9vYmFyIQ==", 'y' },	 /* foobar! */
	{ S("a|base64offset|contains: foobar"), "a=IWZvb2JhciE=", 'y' },	 /* !foobar! */
	{ S("a|base64offset|contains: foobar"), "a=ISFmb29iYXIh", 'y' },	 /* !!foobar! */
	{ S("a|base64offset|contains: foobar"), "a=Zm9vYmF6IQ==", 'n' },	 /* foobaz! */
	{ S("a|base64offset|contains: 'http://'"), "a=eGh0dHA6Ly95", 'y' },	 /* xhttp://y */
	{ S("a|utf16le|base64: ab"), "a=YQBiAA==", 'y' },
	{ S("a|wide|base64: ab"), "a=YQBiAA==", 'y' },
	{ S("a|utf16be|base64: ab"), "a=AGEAYg==", 'y' },
	{ S("a|utf16|base64: ab"), "a=//5hAGIA", 'y' },
	{ S("a|wide|base64offset|contains: ping"), "a=eABwAGkAbgBnAA==", 'y' }, /* xping */
	{ S("a|base64|base64: foo"), "a=Wm05dg==", 'y' },
	/* other fields */
	{ S("a|fieldref: b"), "a=foo;b=FOO", 'y' },
	{ S("a|fieldref: b"), "a=foo;b=bar", 'n' },
	{ S("a|fieldref: b"), "a=foo;b", 'n' },
	{ S("a|fieldref: x"), "a=foo;b=foo", '?' },
	{ S("a|fieldref|cased: b"), "a=foo;b=FOO", 'n' },
	{ S("a|fieldref|contains: b"), "a=xfoox;b=foo", 'y' },
	{ S("a|fieldref|startswith: b"), "a=foox;b=foo", 'y' },
	{ S("a|fieldref|startswith: b"), "a=xfoo;b=foo", 'n' },
	{ S("a|fieldref|endswith: b"), "a=xfoo;b=foo", 'y' },
	{ S("a|fieldref|endswith: b"), "a=foox;b=foo", 'n' },
	{ S("a|exists: true"), "a=x", 'y' },
	{ S("a|exists: true"), "a", 'y' }, /* the field alone counts */
	{ S("a|exists: true"), "a=", 'y' },
	{ S("a|exists: true"), "b=x", 'n' },
	{ S("a|exists: false"), "a", 'n' },
	{ S("a|exists: false"), "b=x", 'y' },
	{ S("a|exists: false"), "a=x", 'n' },
	{ S("x|exists: true"), "a=x", '?' },
	{ S("x|exists: false"), "a=x", '?' },
	/* numbers and times */
	{ S("n|gt: 5"), "n=6", 'y' },
	{ S("n|gt: 5"), "n=5", 'n' },
	{ S("n|gte: 5"), "n=5", 'y' },
	{ S("n|gte: 5"), "n=4.99", 'n' },
	{ S("n|lt: 5"), "n=4.5", 'y' },
	{ S("n|lt: 5"), "n=5", 'n' },
	{ S("n|lte: 5"), "n=5", 'y' },
	{ S("n|lte: -1"), "n=-2", 'y' },
	{ S("n|gt: 1000000"), "n=999999", 'n' },
	{ S("n|gt: 5"), "n=six", 'n' },
	{ S("n|gt: 5"), "n=6x", 'n' },
	{ S("n|gt: 5"), "n", 'n' },
	{ S("n|lt: 0.5"), "n=.25", 'y' },
	{ S("time|hour: 3"), "time=2021-02-28T03:14:02Z", 'y' },
	{ S("time|hour: 4"), "time=2021-02-28T03:14:02Z", 'n' },
	{ S("time|hour|gte: 3"), "time=2021-02-28T03:14:02Z", 'y' },
	{ S("time|minute: 14"), "time=2021-02-28T03:14:02Z", 'y' },
	{ S("time|day: 28"), "time=2021-02-28", 'y' },
	{ S("time|week: 53"), "time=2021-01-03", 'y' }, /* a Sunday: still the last week of 2020 */
	{ S("time|week: 1"), "time=2021-01-04", 'y' },
	{ S("time|month: 2"), "time=2021-02-28", 'y' },
	{ S("time|year|lt: 2021"), "time=2020-12-31", 'y' },
	{ S("time|hour: 3"), "time=yesterday", 'n' },
};

/* y: a=1, n: a=2, ?: a field that the logs do not have. */
#define TRUTH(condition) "{ y: { a: 1 }, n: { a: 2 }, u: { x: 1 }, condition: " condition " }"

static const struct example conditions[] = {
	{ TRUTH("y"), "a=1", 'y' },
	{ TRUTH("n"), "a=1", 'n' },
	{ TRUTH("u"), "a=1", '?' },
	{ TRUTH("not y"), "a=1", 'n' },
	{ TRUTH("not n"), "a=1", 'y' },
	{ TRUTH("not u"), "a=1", '?' },
	{ TRUTH("not not y"), "a=1", 'y' },
	{ TRUTH("not not u"), "a=1", '?' },
	{ TRUTH("y and y"), "a=1", 'y' },
	{ TRUTH("y and n"), "a=1", 'n' },
	{ TRUTH("n and y"), "a=1", 'n' },
	{ TRUTH("n and n"), "a=1", 'n' },
	{ TRUTH("y and u"), "a=1", '?' },
	{ TRUTH("u and y"), "a=1", '?' },
	{ TRUTH("n and u"), "a=1", 'n' },
	{ TRUTH("u and n"), "a=1", 'n' },
	{ TRUTH("u and u"), "a=1", '?' },
	{ TRUTH("y or y"), "a=1", 'y' },
	{ TRUTH("y or n"), "a=1", 'y' },
	{ TRUTH("n or y"), "a=1", 'y' },
	{ TRUTH("n or n"), "a=1", 'n' },
	{ TRUTH("y or u"), "a=1", 'y' },
	{ TRUTH("u or y"), "a=1", 'y' },
	{ TRUTH("n or u"), "a=1", '?' },
	{ TRUTH("u or n"), "a=1", '?' },
	{ TRUTH("u or u"), "a=1", '?' },
	{ TRUTH("y and not u"), "a=1", '?' },
	{ TRUTH("y and not n"), "a=1", 'y' },
	{ TRUTH("not (y and u)"), "a=1", '?' },
	{ TRUTH("not (n and u)"), "a=1", 'y' },
	{ TRUTH("not (y or u)"), "a=1", 'n' },
	{ TRUTH("not (n or u)"), "a=1", '?' },
	/* `not` before `and` before `or` */
	{ TRUTH("y or n and n"), "a=1", 'y' },
	{ TRUTH("(y or n) and n"), "a=1", 'n' },
	{ TRUTH("n and n or y"), "a=1", 'y' },
	{ TRUTH("n and (n or y)"), "a=1", 'n' },
	{ TRUTH("not n and n"), "a=1", 'n' },
	{ TRUTH("not (n and n)"), "a=1", 'y' },
	{ TRUTH("not y or y"), "a=1", 'y' },
	{ TRUTH("y AND NOT n"), "a=1", 'y' },
	{ TRUTH("((y))"), "a=1", 'y' },
	{ TRUTH("[n, y]"), "a=1", 'y' },
	{ TRUTH("[n, u]"), "a=1", '?' },
	{ TRUTH("1 of them"), "a=1", 'y' },
	{ TRUTH("all of them"), "a=1", 'n' },
	{ TRUTH("any of them"), "a=1", 'y' },
	{ TRUTH("1 of n*"), "a=1", 'n' },
	{ "{ s1: { a: 1 }, s2: { b: 1 }, f: { c: 1 }, condition: 1 of s* }", "a=1;b=2", 'y' },
	{ "{ s1: { a: 1 }, s2: { b: 1 }, f: { c: 1 }, condition: all of s* }", "a=1;b=2", 'n' },
	{ "{ s1: { a: 1 }, s2: { b: 1 }, f: { c: 1 }, condition: all of s* }", "a=1;b=1", 'y' },
	{ "{ s1: { a: 1 }, s2: { b: 1 }, f: { c: 1 }, condition: all of s* and not f }", "a=1;b=1;c=1", 'n' },
	{ "{ s1: { a: 1 }, s2: { b: 1 }, f: { c: 1 }, condition: all of s* and not 1 of f* }", "a=1;b=1;c=2", 'y' },
	{ "{ s_a_x: { a: 1 }, s_b_y: { b: 1 }, condition: 1 of s_*_y }", "a=1;b=2", 'n' },
	{ "{ _off: { a: 1 }, on: { b: 1 }, condition: all of them }", "a=2;b=1", 'y' }, /* `them` leaves out `_` */
	/* maps are all of their lines, lists any of their items */
	{ "{ s: { a: 1, b: 2 }, condition: s }", "a=1;b=2", 'y' },
	{ "{ s: { a: 1, b: 2 }, condition: s }", "a=1;b=3", 'n' },
	{ "{ s: [ { a: 1 }, { b: 2 } ], condition: s }", "a=0;b=2", 'y' },
	{ "{ s: [ { a: 1, c: 3 }, { b: 2 } ], condition: s }", "a=1;b=0;c=0", 'n' },
	{ "{ s: [ { a: 1, c: 3 }, { b: 2 } ], condition: s }", "a=1;b=0;c=3", 'y' },
	{ "{ s: { a: 1, x: 2 }, condition: s }", "a=1", '?' },
	{ "{ s: { a: 1, x: 2 }, condition: s }", "a=2", 'n' },
	/* keywords: anywhere in the record, or in a value of it */
	{ "{ k: [ mailbox ], condition: k }", "a=New-MailboxExportRequest", 'y' },
	{ "{ k: mailbox, condition: k }", "a=New-MailboxExportRequest", 'y' },
	{ "{ k: [ mailbox, other ], condition: k }", "a=nothing", 'n' },
	{ "{ k: { '|all': [ mailbox, export ] }, condition: k }", "a=New-MailboxExportRequest", 'y' },
	{ "{ k: { '|all': [ mailbox, import ] }, condition: k }", "a=New-MailboxExportRequest", 'n' },
	{ "{ k: { '|all': [ 'New-Mailbox*Request', 'a=' ] }, condition: k }", "a=New-MailboxExportRequest", 'y' },
	{ "{ k: { '|re': 'Ex[a-z]+Re' }, condition: k }", "a=New-MailboxExportRequest", 'y' },
	{ "{ k: { '|cased': 'mailbox' }, condition: k }", "a=New-MailboxExportRequest", 'n' },
	{ "{ k: [ mailbox, { b: 2 } ], condition: k }", "a=x;b=2", 'y' },
	{ "{ k: [ mailbox ], f: { a: x }, condition: k and not f }", "a=x;b=mailbox", 'n' },
};

/* ---- the effective URI, on IIS ---- */

static const struct example uris[] = {
	{ S("cs-uri-query|contains: '/ecp/y.js'"), "cs-uri-stem=/ecp/y.js;cs-uri-query", 'y' },
	{ S("cs-uri-query|contains: '/ecp/y.js'"), "cs-uri-stem=/ECP/Y.JS;cs-uri-query", 'y' },
	{ S("cs-uri-query|contains: '/ecp/y.js'"), "cs-uri-stem=/ecp/z.js;cs-uri-query=x", 'n' },
	{ S("cs-uri-query|contains: 'schema=oab'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=a=1&schema=OABVirtualDirectory", 'y' },
	{ S("cs-uri-query|contains: '/other.json?@evil'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'n' },
	{ S("cs-uri-query|contains: 'autodiscover.json?@evil'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'y' },
	{ S("c-uri|contains: 'json?@evil'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'y' },
	{ S("cs-uri|contains: 'json?@evil'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'y' },
	{ S("cs-uri-stem|contains: 'json?@evil'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'n' },
	{ S("cs-uri-stem|endswith: 'autodiscover.json'"), "cs-uri-stem=/autodiscover/autodiscover.json;cs-uri-query=@evil.test/mapi", 'y' },
	{ S("cs-uri-query|contains: '@evil.test'"), "cs-uri-stem=/a;cs-uri-query=x%40evil.test", 'y' },
	{ S("cs-uri-query|contains: 'powershell'"), "cs-uri-stem=/a;cs-uri-query=x=%70ower%73hel%6C", 'y' },
	{ S("cs-uri-query|contains: 'powershell'"), "cs-uri-stem=/a;cs-uri-query=x=%50%4f%57%45%52%53%48%45%4c%4c", 'y' },
	{ S("cs-uri-query|contains: 'powershell'"), "cs-uri-stem=/a;cs-uri-query=x=%2570owershell", 'n' }, /* once only */
	{ S("cs-uri-query|contains: '%70ower'"), "cs-uri-stem=/a;cs-uri-query=x=%2570owershell", 'y' },
	{ S("cs-uri-query|contains: '/powershell'"), "cs-uri-stem=/%2fpowershel%6c;cs-uri-query", 'y' },
	{ S("c-uri|re: '/(ecp|owa)/[a-z]\\.js'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x", 'y' },
	{ S("c-uri|re: 'json.*powershell'"), "cs-uri-stem=/autodiscover.json;cs-uri-query=@a/power%73hell", 'y' },
	{ S("cs-uri-query|endswith: '.js'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x", 'y' },
	{ S("cs-uri-query|startswith: '/ecp/'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x", 'y' },
	{ S("cs-uri-query: '/ecp/y.js?x=1'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x=1", 'y' },
	{ S("cs-uri-query: null"), "cs-uri-stem=/ecp/y.js;cs-uri-query", 'y' },
	{ S("cs-uri-query: null"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x", 'n' },
	{ S("c-uri-query|contains: '/ecp/'"), "cs-uri-stem=/ecp/y.js;cs-uri-query=x", 'y' },
	{ S("cs-uri-query|contains|all: ['/ecp/', 'schema=']"), "cs-uri-stem=/ecp/y.js;cs-uri-query=schema=1", 'y' },
	{ "{ s: { cs-uri-query|contains: '/ecp/' }, f: { cs-uri-query|contains: 'health' }, condition: s and not f }",
	  "cs-uri-stem=/ecp/y.js;cs-uri-query=he%61lth", 'n' },
	/* a column that the log does not have is unknown, whatever else there is */
	{ S("cs-uri-query|contains: '/ecp/y.js'"), "cs-uri-stem=/ecp/y.js", 'y' },
	{ S("cs-uri-query|contains: 'schema'"), "cs-uri-stem=/ecp/y.js", '?' },
	{ S("cs-uri-query|contains: '/ecp/'"), "cs-method=GET", '?' },
	{ S("cs-uri-query: null"), "cs-uri-stem=/ecp/y.js", '?' },
	{ S("cs-user-agent: null"), "cs-uri-stem=/ecp/y.js", '?' },
	{ S("cs-user-agent: null"), "cs(User-Agent)", 'y' },
	/* the names that rules use */
	{ S("c-useragent|contains: 'python'"), "cs(User-Agent)=python-requests/2.25.1", 'y' },
	{ S("cs-user-agent|startswith: 'python'"), "cs(User-Agent)=python-requests/2.25.1", 'y' },
	{ S("cs-user-agent|contains: 'windows nt 10'"), "cs(User-Agent)=Mozilla/5.0+(Windows+NT+10.0)", 'y' },
	{ S("cs-user-agent|contains: 'windows+nt+10'"), "cs(User-Agent)=Mozilla/5.0+(Windows+NT+10.0)", 'y' },
	{ S("cs-referer: '-'"), "cs(Referer)", 'y' },
	{ S("cs-referer|contains: '/owa/'"), "cs(Referer)=https://mail.example.test/owa/", 'y' },
	{ S("cs-cookie|contains: 'X-BEResource='"), "cs(Cookie)=a=b;", 'n' },
	{ S("r-dns|endswith: '.example.test'"), "cs-host=mail.example.test", 'y' },
	{ S("src_ip|cidr: 203.0.113.0/24"), "c-ip=203.0.113.5", 'y' },
	{ S("c-uri-extension: aspx"), "cs-uri-stem=/aspnet_client/a.b/x.ASPX;cs-uri-query", 'y' },
	{ S("c-uri-extension: aspx"), "cs-uri-stem=/aspnet_client/a.aspx/x;cs-uri-query", 'n' },
	{ S("sc-status: [200, 241]"), "sc-status=241", 'y' },
};

static void
test_values(void **state)
{
	(void)state;
	ASK_ALL(&plain, "test", values);
}

static void
test_modifiers(void **state)
{
	(void)state;
	ASK_ALL(&plain, "test", modifiers);
}

static void
test_conditions(void **state)
{
	(void)state;
	ASK_ALL(&plain, "test", conditions);
}

static void
test_uris(void **state)
{
	(void)state;
	ASK_ALL(&iis, "webserver", uris);
	ASK_ALL(&iis, "proxy", uris);
}

/* The same requests, as HttpProxy and HTTPERR write them. */
static void
test_sources(void **state)
{
	static const struct example on_proxy[] = {
		{ S("cs-uri-query|contains: '/ecp/y.js'"), "UrlStem=/ecp/y.js;UrlQuery=", 'y' },
		{ S("c-uri|contains: '.json?@'"), "UrlStem=/a.json;UrlQuery=@x", 'y' },
		{ S("c-useragent: curl*"), "UserAgent=curl/7.0", 'y' },
		{ S("cs-username: null"), "UrlStem=/x;AuthenticatedUser=", 'y' },
		{ S("src_ip: 10.0.0.1"), "ClientIpAddress=10.0.0.1", 'y' },
		{ S("UrlStem: /x"), "UrlStem=/x", 'y' },
		{ S("cs-cookie: x"), "UrlStem=/x", '?' },
	};
	static const struct example on_httperr[] = {
		{ S("cs-uri-query|contains: '/ecp/y.js'"), "cs-uri=/ecp/y.js?x", 'y' },
		{ S("cs-uri-query: '/ecp/y.js'"), "cs-uri=/ecp/y.js?x", 'y' },
		{ S("cs-uri-query: 'x=/'"), "cs-uri=/ecp/y.js?x=%2f", 'y' },
		{ S("cs-uri-stem|endswith: '.js'"), "cs-uri=/ecp/y.js?x", 'y' },
		{ S("c-uri-extension: js"), "cs-uri=/ecp/y.js?x.y", 'y' },
		{ S("cs-user-agent: x"), "cs-uri=/", '?' },
	};

	(void)state;
	ASK_ALL(&proxy, "webserver", on_proxy);
	ASK_ALL(&httperr, "webserver", on_httperr);
}

static void
test_basis(void **state)
{
	static const struct {
		const char *detection, *record, *basis;
	} cases[] = {
		{ S("cs-uri-query|contains: '/ecp/'"), "cs-uri-stem=/%65cp/y.js;cs-uri-query",
		  "cs-uri-query|contains '/ecp/' in cs-uri-stem, the path, percent-decoded: \"/ecp/y.js\"; condition: s" },
		{ "{ s: { cs-method: POST, sc-status: [200, 241] }, f: { c-ip: 127.0.0.1 }, condition: s and not f }",
		  "cs-method=POST;sc-status=241;c-ip=10.0.0.1",
		  "cs-method 'POST' in cs-method: \"POST\"; sc-status '241' in sc-status: \"241\"; condition: s and not f" },
		{ S("c-uri|contains: 'n?@'"), "cs-uri-stem=/a.json;cs-uri-query=@x",
		  "c-uri|contains 'n?@' in cs-uri-stem and query joined: \"/a.json?@x\"; condition: s" },
		{ S("cs-user-agent|contains: 'a b'"), "cs(User-Agent)=a+b",
		  "cs-user-agent|contains 'a b' in cs(User-Agent), blanks for +: \"a b\"; condition: s" },
		{ "{ k: [ 'powershell' ], condition: k }", "cs-uri-stem=/powershell",
		  "keyword 'powershell' in the record; condition: k" },
		{ "{ f: { c-ip: 127.0.0.1 }, condition: not f }", "c-ip=10.0.0.1", "condition: not f" },
		{ S("cs-username: null"), "cs-username", "cs-username 'null'; condition: s" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(text_free) struct text basis = { 0 };
		struct engine e;

		engine_open(&e, &iis, "webserver", cases[i].detection);
		assert_int_equal(answer_of(&e, cases[i].record, &basis), 'y');
		assert_string_equal(basis.s, cases[i].basis);
		engine_close(&e);
	}
}

/* ---- what cannot be used, and why ---- */

#define HEAD "title: t\nid: r1\nlogsource: { category: test }\n"

static void
test_refused(void **state)
{
	static const struct {
		const char *yaml;
		enum rule_state state;
		unsigned line;
		const char *reason;
	} cases[] = {
		{ HEAD "detection: { s: { a|frobnicate: 1 }, condition: s }", RULE_NOT_EVALUABLE, 4, "unknown modifier |frobnicate" },
		{ HEAD "detection:\n  s:\n    a: 1\n    b|expand: '%x%'\n  condition: s", RULE_NOT_EVALUABLE, 7,
		  "its placeholders (|expand) have no values here" },
		{ HEAD "detection: { s: { a|i: x }, condition: s }", RULE_NOT_EVALUABLE, 4, "unknown modifier |i" },
		{ HEAD "detection: { s: { a: 1 }, condition: s | count() > 5 }", RULE_NOT_EVALUABLE, 4,
		  "it asks for several records (| count() > 5)" },
		{ HEAD "detection: { s: { a: 1 }, timeframe: 5m, condition: s }", RULE_NOT_EVALUABLE, 4,
		  "it asks for several records (timeframe)" },
		{ HEAD "detection: { s: { a: 1 }, t: { a: 2 }, condition: s near t }", RULE_NOT_EVALUABLE, 4,
		  "it asks for several records (near)" },
		{ HEAD "detection: { s: { a: 1 }, condition: 2 of them }", RULE_NOT_EVALUABLE, 4,
		  "condition: `2 of` is not part of Sigma 2" },
		{ "title: t\ncorrelation:\n  type: event_count", RULE_NOT_EVALUABLE, 3, "it is no rule on single records (correlation)" },
		{ "title: t\nlogsource: { category: test }\nfilter: { rules: [] }", RULE_NOT_EVALUABLE, 3,
		  "it is no rule on single records (filter)" },
		{ "title: t\nlogsource: { category: test, tenant: x }\ndetection: { s: { a: 1 }, condition: s }", RULE_NOT_EVALUABLE, 2,
		  "unknown part of its logsource: tenant" },
		{ HEAD "detection: { s: { a: 1 }, condition: s and }", RULE_FAILED, 4, "condition: a search is missing at its end" },
		{ HEAD "detection: { s: { a: 1 }, condition: s s }", RULE_FAILED, 4, "condition: an operator is missing at s" },
		{ HEAD "detection: { s: { a: 1 }, condition: (s }", RULE_FAILED, 4,
		  "condition: a closing parenthesis is missing at its end" },
		{ HEAD "detection: { s: { a: 1 }, condition: 's)' }", RULE_FAILED, 4, "condition: an operator is missing at )" },
		{ HEAD "detection: { s: { a: 1 }, condition: t }", RULE_FAILED, 4, "condition: no search has such a name, at t" },
		{ HEAD "detection: { s: { a: 1 }, condition: 1 of t* }", RULE_FAILED, 4,
		  "condition: no search has such a name, at t*" },
		{ HEAD "detection: { s: { a: 1 }, condition: '' }", RULE_FAILED, 4, "condition: a search is missing at its end" },
		{ HEAD "detection: { s: { a: 1 }, condition: and s }", RULE_FAILED, 4, "condition: a search is missing at and" },
		{ HEAD "detection: { s: { a: 1 }, condition: s & s }", RULE_FAILED, 4, "condition: an operator is missing at &" },
		{ HEAD "detection: { s: { a: 1 } }", RULE_FAILED, 4, "no condition" },
		{ HEAD "detection: { s: {}, condition: s }", RULE_FAILED, 4, "a list or a map without anything in it" },
		{ HEAD "detection: { s: { a: [] }, condition: s }", RULE_FAILED, 4, "a list or a map without anything in it" },
		{ HEAD "detection: { s: { a: { b: 1 } }, condition: s }", RULE_FAILED, 4, "a value must be a text, a number or null" },
		{ HEAD "detection:\n  s:\n    a: 1\n    a: 2\n  condition: s", RULE_FAILED, 7, "a stands here twice" },
		{ HEAD "detection:\n  s:\n    a|re:\n      - x\n      - '(x'\n  condition: s", RULE_FAILED, 8,
		  "regular expression, at character 3: missing closing parenthesis" },
		{ HEAD "detection: { s: { a|cidr: 10.0.0.0/33 }, condition: s }", RULE_FAILED, 4, "10.0.0.0/33 is no network" },
		{ HEAD "detection: { s: { a|cidr: host }, condition: s }", RULE_FAILED, 4, "host is no network" },
		{ HEAD "detection: { s: { a|gt: x }, condition: s }", RULE_FAILED, 4, "a|gt needs a number" },
		{ HEAD "detection: { s: { a|exists: maybe }, condition: s }", RULE_FAILED, 4, "|exists takes true or false" },
		{ HEAD "detection: { s: { a|re|contains: x }, condition: s }", RULE_FAILED, 4,
		  "the modifiers of a|re|contains do not go together" },
		{ HEAD "detection: { s: { a|base64: 'x*' }, condition: s }", RULE_FAILED, 4,
		  "a value with wildcards cannot be encoded" },
		{ HEAD "detection: { s: { a|contains: null }, condition: s }", RULE_FAILED, 4,
		  "a|contains cannot be held against null" },
		{ HEAD "detection: { s: { a: \"x\\0y\" }, condition: s }", RULE_FAILED, 4,
		  "a value that is too long or holds a NUL" },
		{ "title: t\nid: r1\ndetection: { s: { a: 1 }, condition: s }", RULE_FAILED, 1, "no logsource" },
		{ "title: t\nid: r1\nlogsource: {}\ndetection: { s: { a: 1 }, condition: s }", RULE_FAILED, 3,
		  "a logsource that names nothing" },
		{ HEAD, RULE_FAILED, 1, "no detection" },
		{ "- x", RULE_FAILED, 1, "not a rule" },
		{ "title: [x", RULE_FAILED, 2, "not YAML: did not find expected ',' or ']'" },
		{ "a: &x 1\nb: *x", RULE_FAILED, 2, "aliases of anchors are not supported" },
		{ "", RULE_FAILED, 1, "no rule in it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filed filed = { 0 };
		struct sigma *sigma;

		assert_int_equal(sigma_new(&sigma), 0);
		assert_int_equal(sigma_parse(sigma, view_text(cases[i].yaml), "rules/t.yml", file_rule, &filed), 0);
		assert_int_equal(filed.rules.n, 1);
		assert_string_equal(filed.rules.at[0]->reason, cases[i].reason);
		assert_int_equal(filed.rules.at[0]->state, cases[i].state);
		assert_int_equal(filed.lines.at[0], cases[i].line);
		filed_free(&filed);
		sigma_free(sigma);
	}
}

/* ---- what a rule says of itself ---- */

static void
test_meaning(void **state)
{
	static const char yaml[] =
		"title: One\nid: 11111111-2222-3333-4444-555555555555\nauthor: Somebody, Somebody Else\nlevel: informational\n"
		"tags: [attack.t1190, attack.initial-access, attack.persistence, attack.t1505.003, cve.2021-26855, cve.2021.27065]\n"
		"falsepositives: [Scanners, Tests]\nlogsource: { category: webserver, product: windows }\n"
		"detection: { s: { cs-method: POST }, condition: s }\n"
		"---\ntitle: Two\ntags: [attack.defense_evasion]\nlevel: critical\nfalsepositives: None\n"
		"logsource: { service: iis }\ndetection: { s: { cs-method: POST }, condition: s }\n"
		"---\ntitle: Four\nlogsource: { product: windows, service: msexchange-management }\n"
		"detection: { k: [ 'New-MailboxExportRequest' ], condition: k }\n"
		"---\ntitle: Three\nlevel: extreme\nlogsource: { product: linux }\ndetection: { s: { cs-method: POST }, condition: s }\n";
	struct filed filed = { 0 };
	const struct sigma_bound *bound;
	struct sigma_set *set;
	struct sigma *sigma;
	const struct rule *one, *two;

	(void)state;
	assert_int_equal(sigma_new(&sigma), 0);
	assert_int_equal(sigma_parse(sigma, view_text(yaml), "rules/name.yml", file_rule, &filed), 0);
	assert_int_equal(filed.rules.n, 4);
	one = filed.rules.at[0];
	two = filed.rules.at[1];
	assert_string_equal(one->id, "11111111-2222-3333-4444-555555555555");
	assert_string_equal(one->title, "One");
	assert_string_equal(one->author, "Somebody, Somebody Else");
	assert_string_equal(one->technique, "T1190 T1505.003");
	assert_string_equal(one->cve, "CVE-2021-26855 CVE-2021-27065");
	assert_string_equal(one->benign, "Scanners; Tests");
	assert_int_equal(one->level, LEVEL_INFO);
	assert_int_equal(one->stage, STAGE_INITIAL_ACCESS);
	assert_int_equal(one->kind, RULE_SIGMA);
	assert_string_equal(two->id, "name#2");
	assert_string_equal(two->benign, "None");
	assert_int_equal(two->level, LEVEL_CRITICAL);
	assert_int_equal(two->stage, STAGE_DEFENSE_EVASION);
	assert_int_equal(filed.rules.at[2]->level, LEVEL_MEDIUM);
	assert_string_equal(two->reason, "");
	assert_string_equal(filed.rules.at[3]->reason, "unknown level extreme; taken as medium");
	assert_int_equal(filed.rules.at[3]->state, RULE_USED);
	assert_int_equal(filed.lines.at[1], 10);
	assert_int_equal(sigma_bind(sigma, &iis, &set), 0);
	assert_int_equal(sigma_set_rules(set, &bound), 2);
	assert_ptr_equal(bound[1].rule, two);
	sigma_set_free(set);
	assert_int_equal(sigma_bind(sigma, &cmdlet, &set), 0);
	assert_int_equal(sigma_set_rules(set, &bound), 1);
	assert_string_equal(bound[0].rule->title, "Four");
	sigma_set_free(set);
	sigma_free(sigma);
	filed_free(&filed);
}

/* The reason why a rule can never say yes here; NULL when it can. */
static const char *
reason_of(const struct engine *e)
{
	const struct sigma_bound *bound;

	assert_int_equal(sigma_set_rules(e->set, &bound), 1);
	return bound->reason;
}

static void
test_absent_fields(void **state)
{
	static const struct {
		const char *detection, *reason;
	} cases[] = {
		{ S("x: 1"), "needs x, which test logs do not have" },
		{ "{ s: { a: 1, x: 1, z: 2 }, t: { x: 5 }, condition: s and t }", "needs x, z, which test logs do not have" },
		{ "{ s: { a: 1 }, f: { x: 1 }, condition: s and not f }", "needs x, which test logs do not have" },
		{ "{ s: { a: 1 }, f: { x: 1, b: 2 }, condition: s and not f }", NULL },
		{ "{ s: [ { a: 1 }, { x: 1 } ], condition: s }", NULL },
		{ "{ s: { a|fieldref: x }, condition: s }", "needs x, which test logs do not have" },
		{ "{ s: { a: 1 }, t: { x: 1 }, condition: s or t }", NULL },
		{ "{ s: { a: 1 }, t: { x: 1 }, condition: not (s or t) }", "needs x, which test logs do not have" },
		{ "{ s: { a: 1 }, t: { x: 1 }, condition: not (s and t) }", NULL },
		{ "{ k: [ word ], condition: k }", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct engine e;

		engine_open(&e, &plain, "test", cases[i].detection);
		if (cases[i].reason)
			assert_string_equal(reason_of(&e), cases[i].reason);
		else
			assert_null(reason_of(&e));
		engine_close(&e);
	}
}

/* ---- literals ---- */

static void
test_literals(void **state)
{
	static const struct {
		const char *detection, *literals; /* blank between; "*": all records */
	} cases[] = {
		{ S("a: Foobar"), "foobar" },
		{ S("a|contains: [abcd, wxyz]"), "abcd wxyz" },
		{ S("a|contains: [abcd, xy]"), "*" },
		{ S("a|contains|all: [abcd, xy, longest]"), "longest" },
		{ S("a|contains: 'abcd*longest?xy'"), "longest" },
		{ S("a|contains: 'ab,cd\"ef+gh'"), "*" }, /* logs write these in other ways */
		{ "{ s: { a: 1 }, condition: s }", "*" },
		{ "{ s: { a: abcd }, f: { b: wxyzw }, condition: s and not f }", "abcd" },
		{ "{ s: { a: abcd }, condition: not s }", "*" },
		{ "{ s: { a: abcd }, condition: not not s }", "abcd" },
		{ "{ s: { a: abcd }, t: { b: wxyz }, condition: not (not s or not t) }", "abcd" },
		{ "{ s: { a: abcd }, t: { x: longer }, condition: s or t }", "abcd" },
		{ S("a|re: 'abcd'"), "abcd" },
		{ S("a|re: '^abc+d?efgh(ij|kl)mnopqr$'"), "mnopqr" },
		{ S("a|re: 'abcd|wxyz'"), "*" },
		{ S("a|re: '(abcd|wxyz)'"), "*" },
		{ S("a|re: 'abcde*fghij{2}klmn'"), "abcd" },
		{ S("a|re: '\\.\\./\\.\\.'"), "../.." },
		{ S("a|re: '(?x) ab cd'"), "*" },
		{ S("a|re: '\\Qabcd\\E'"), "*" },
		{ S("a|re: '[abcd]wxyz'"), "wxyz" },
		{ S("a|re|i: 'powershell'"), "power" },
		{ S("a|base64offset|contains: foobar"), "mb29iyx zm9vymfy zvb2jhc" },
		{ "{ k: [ 'Set-OabVirtualDirectory' ], condition: k }", "set-oabvirtualdirectory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(text_free) struct text text = { 0 };
		const struct view *literals;
		struct engine e;
		bool all;
		size_t n;

		engine_open(&e, &plain, "test", cases[i].detection);
		n = sigma_set_literals(e.set, &literals, &all);
		assert_int_equal(text_adds(&text, all ? "*" : ""), 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(text_printf(&text, "%s%.*s", k ? " " : "", (int)literals[k].n, (const char *)literals[k].p), 0);
		if (strcmp(text.s, cases[i].literals) != 0)
			fail_msg("%s: %s, not %s", cases[i].detection, text.s, cases[i].literals);
		engine_close(&e);
	}
}

/* More texts than are looked for at once: the rules whose texts have no room get every record. */
static void
test_many_literals(void **state)
{
	enum { RULES = 5, VALUES = 900 };
	CLEANUP(text_free) struct text yaml = { 0 };
	struct filed filed = { 0 };
	const struct view *literals;
	struct sigma_matcher *m;
	struct sigma_set *set;
	struct sigma *sigma;
	bool all;

	(void)state;
	for (int i = 0; i < RULES; i++) {
		text_printf(&yaml, "---\ntitle: r%d\nid: r%d\nlogsource: { category: test }\ndetection:\n  condition: s\n  s:\n    a:\n", i, i);
		for (int k = 0; k < VALUES; k++)
			text_printf(&yaml, "    - v%dx%dz\n", i, k + 1000);
	}
	assert_int_equal(sigma_new(&sigma), 0);
	assert_int_equal(sigma_parse(sigma, text_view(&yaml), "t.yml", file_rule, &filed), 0);
	assert_int_equal(filed.rules.n, RULES);
	assert_int_equal(sigma_bind(sigma, &plain, &set), 0);
	assert_int_equal(sigma_set_literals(set, &literals, &all), 3072);
	assert_true(all);
	assert_int_equal(sigma_matcher_open(set, &m), 0);
	for (int i = 0; i < RULES; i++) {
		CLEANUP(text_free) struct text record = { 0 }, basis = { 0 };
		struct field at[FIELDS_MAX];
		struct fields fields;

		text_printf(&record, "a=v%dx%dz", i, VALUES + 999);
		read_record(record.s, at, &fields);
		assert_int_equal(sigma_match(m, &fields, keep_basis, &basis), 0);
		assert_true(basis.n > 0);
	}
	sigma_matcher_close(m);
	sigma_set_free(set);
	sigma_free(sigma);
	filed_free(&filed);
}

/* Text from a small alphabet, so that rules and records meet; in a record some of it is percent-encoded. */
static void
add_random(struct text *t, uint64_t *state, bool encode)
{
	static const char *const words[] = { "ecp", "/", "shell", "PowerShell", ".aspx", "abcd", "?", "@", "x", "=", "auto" };
	size_t n = 1 + next_random(state) % 4;

	while (n--) {
		for (const char *p = words[next_random(state) % (sizeof(words) / sizeof(words[0]))]; *p; p++) {
			if (encode && next_random(state) % 6 == 0)
				text_printf(t, next_random(state) % 2 ? "%%%02x" : "%%%02X", *p);
			else
				text_addc(t, *p);
		}
	}
}

/* Whatever a rule says yes to is found by its literals: answer_of holds the two ways against each other. */
static void
test_literals_are_sound(void **state)
{
	static const char *const searches[] = {
		"{ s: { cs-uri-query|contains: '%s' }, condition: s }",
		"{ s: { cs-uri-query|endswith: '%s', cs-method: POST }, condition: s }",
		"{ s: { c-uri|contains: ['%s', 'abcd'] }, f: { cs-method: 'shell' }, condition: s and not f }",
		"{ s: { cs-uri-stem|startswith: '%s' }, condition: not s }",
		"{ s: { cs-uri|contains|all: ['%s', 'shell'] }, condition: not not s }",
		"{ s: [ '%s' ], condition: s }",
		"{ s: { cs-uri-query|re: 'e[c]p.*%s' }, condition: s }",
	};
	uint64_t random = 88172645463325252u;
	size_t yes = 0, led = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		CLEANUP(text_free) struct text detection = { 0 }, value = { 0 };
		const struct view *literals;
		struct engine e;
		bool all;

		add_random(&value, &random, false);
		for (size_t k = 0; k < value.n; k++)
			if (value.s[k] == '?' || value.s[k] == '.')
				value.s[k] = '/';
		text_printf(&detection, searches[i % 7], value.s);
		engine_open(&e, &iis, "webserver", detection.s);
		sigma_set_literals(e.set, &literals, &all);
		for (int k = 0; k < 60; k++) {
			CLEANUP(text_free) struct text record = { 0 }, basis = { 0 };

			text_adds(&record, next_random(&random) % 2 ? "cs-method=POST;cs-uri-stem=" : "cs-method=GET;cs-uri-stem=");
			add_random(&record, &random, true);
			text_adds(&record, ";cs-uri-query=");
			if (next_random(&random) % 2)
				add_random(&record, &random, true);
			if (answer_of(&e, record.s, &basis) == 'y') {
				yes++;
				led += !all;
			}
		}
		engine_close(&e);
	}
	assert_true(yes > 1000);
	assert_true(led > 300);
}

/* ---- limits ---- */

static void
test_limits(void **state)
{
	CLEANUP(text_free) struct text many = { 0 }, deep = { 0 }, big = { 0 };
	struct filed filed = { 0 };
	struct sigma *sigma;

	(void)state;
	text_adds(&many, HEAD "detection:\n  s:\n    a:\n");
	for (int i = 0; i < SIGMA_NODES_MAX; i++)
		text_printf(&many, "      - v%d\n", i);
	text_adds(&many, "  condition: s\n");
	text_adds(&deep, HEAD "detection:\n  s: { a: 1 }\n  condition: ");
	for (int i = 0; i < 100; i++)
		text_addc(&deep, '(');
	text_addc(&deep, 's');
	for (int i = 0; i < 100; i++)
		text_addc(&deep, ')');
	for (int i = 0; i < SIGMA_FILE_MAX / 16 + 1; i++)
		text_adds(&big, "# comment, long\n");
	assert_int_equal(sigma_new(&sigma), 0);
	assert_int_equal(sigma_parse(sigma, text_view(&many), "many.yml", file_rule, &filed), 0);
	assert_int_equal(sigma_parse(sigma, text_view(&deep), "deep.yml", file_rule, &filed), 0);
	assert_int_equal(sigma_parse(sigma, text_view(&big), "big.yml", file_rule, &filed), 0);
	assert_int_equal(filed.rules.n, 3);
	assert_string_equal(filed.rules.at[0]->reason, "too many values");
	assert_string_equal(filed.rules.at[1]->reason, "condition: too many parentheses at (");
	assert_string_equal(filed.rules.at[2]->reason, "larger than 1 MiB");
	assert_string_equal(filed.rules.at[2]->id, "big");
	sigma_free(sigma);
	filed_free(&filed);
}

/* An expression that the limits stop is unknown, not no, and is counted. */
static void
test_undecided(void **state)
{
	CLEANUP(text_free) struct text record = { 0 }, basis = { 0 };
	struct engine e;

	(void)state;
	text_adds(&record, "a=");
	for (int i = 0; i < 64; i++)
		text_addc(&record, 'a');
	text_addc(&record, 'b');
	engine_open(&e, &plain, "test", S("a|re: '^(a|aa)+$'"));
	assert_int_equal(answer_of(&e, record.s, &basis), '?');
	assert_true(sigma_undecided(e.matcher) > 0);
	engine_close(&e);
}

/* ---- SigmaHQ's rules, where they are ---- */

struct tally {
	size_t rules, used, not_evaluable, failed;
};

static int
tally_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	struct tally *tally = state;
	struct rule *copy = malloc(sizeof(*copy));

	assert_non_null(copy);
	*copy = *draft;
	*ret_filed = copy; /* for the life of the test */
	tally->rules++;
	tally->used += draft->state == RULE_USED;
	tally->not_evaluable += draft->state == RULE_NOT_EVALUABLE;
	tally->failed += draft->state == RULE_FAILED;
	if (draft->state != RULE_USED)
		printf("%s:%u: %s\n", draft->title, line, draft->reason);
	return 0;
}

static void
parse_path(struct sigma *sigma, const char *path, struct tally *tally)
{
	CLEANUP(free) char *bytes = NULL;
	FILE *file = fopen(path, "rb");
	size_t n = 0;

	assert_non_null(file);
	bytes = malloc(SIGMA_FILE_MAX);
	assert_non_null(bytes);
	n = fread(bytes, 1, SIGMA_FILE_MAX, file);
	fclose(file);
	assert_int_equal(sigma_parse(sigma, view_of(bytes, n), path, tally_rule, tally), 0);
}

static void
parse_folder(struct sigma *sigma, const char *folder, struct tally *tally)
{
	struct dirent **items;
	int n = scandir(folder, &items, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		CLEANUP(text_free) struct text path = { 0 };
		const char *name = items[i]->d_name, *dot = strrchr(name, '.');

		text_printf(&path, "%s/%s", folder, name);
		if (items[i]->d_type == DT_DIR && name[0] != '.')
			parse_folder(sigma, path.s, tally);
		else if (dot && !strcmp(dot, ".yml"))
			parse_path(sigma, path.s, tally);
		free(items[i]);
	}
	if (n >= 0)
		free(items);
}

static void
bind_to(const struct sigma *sigma, const struct sigma_source *source, size_t least)
{
	const struct sigma_bound *bound;
	const struct view *literals;
	struct sigma_set *set;
	size_t n, refused = 0, all = 0;
	bool any;

	assert_int_equal(sigma_bind(sigma, source, &set), 0);
	n = sigma_set_rules(set, &bound);
	for (size_t i = 0; i < n; i++) {
		refused += bound[i].reason != NULL;
		all += bound[i].all;
		if (bound[i].reason || bound[i].all)
			printf("%s: %s: %s\n", source->title, bound[i].rule->title, bound[i].reason ? bound[i].reason : "needs all records");
	}
	printf("%s: %zu rules, %zu of them cannot say yes, %zu need all records, %zu literals\n", source->title, n, refused, all,
	       sigma_set_literals(set, &literals, &any));
	assert_true(n - refused >= least);
	sigma_set_free(set);
}

/* $POSTMORTEM_CORPUS/sigma: an archive of the rules of SigmaHQ. */
static void
test_corpus(void **state)
{
	CLEANUP(text_free) struct text command = { 0 };
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	char folder[] = "/tmp/test_sigma.XXXXXX";
	struct tally tally = { 0 };
	struct sigma *sigma;

	(void)state;
	if (!corpus || !mkdtemp(folder))
		skip();
	assert_int_equal(sigma_new(&sigma), 0);
	text_printf(&command, "tar -C %s -xJf '%s/sigma/sigmahq-rules.tar.xz'", folder, corpus);
	if (system(command.s) == 0)
		parse_folder(sigma, folder, &tally);
	text_cut(&command, 0);
	text_printf(&command, "rm -r %s", folder);
	assert_int_equal(system(command.s), 0);
	if (!tally.rules)
		skip();
	printf("%zu rules: %zu used, %zu not evaluable, %zu failed\n", tally.rules, tally.used, tally.not_evaluable, tally.failed);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.used * 100 >= tally.rules * 99);
	bind_to(sigma, &iis, 140);
	bind_to(sigma, &proxy, 136);
	bind_to(sigma, &httperr, 98);
	bind_to(sigma, &cmdlet, 6);
	sigma_free(sigma);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	       cmocka_unit_test(test_modifiers),
		cmocka_unit_test(test_conditions),     cmocka_unit_test(test_uris),
		cmocka_unit_test(test_sources),	       cmocka_unit_test(test_basis),
		cmocka_unit_test(test_refused),	       cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_absent_fields),  cmocka_unit_test(test_literals),
		cmocka_unit_test(test_many_literals),  cmocka_unit_test(test_literals_are_sound), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_undecided),      cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

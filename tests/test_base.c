/* test_base.c - text, time, views, the pool and the digests that everything stands on. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "arena.h"
#include "digest.h"
#include "filetime.h"
#include "pool.h"
#include "source.h"
#include "text.h"
#include "upcase.h"

/* Ticks by Python: (datetime - datetime(1601,1,1)) in 100 ns. */
static const struct {
	const char *text;
	uint64_t ticks;
} times[] = {
	{ "1601-01-01T00:00:00.0000000Z", 0 },
	{ "1601-01-01T00:00:00.0000001Z", 1 },
	{ "1970-01-01T00:00:00.0000000Z", UINT64_C(116444736000000000) },
	{ "2000-02-29T23:59:59.9999999Z", UINT64_C(125963423999999999) },
	{ "2021-03-02T18:30:00.1234567Z", UINT64_C(132591834001234567) },
	{ "2038-01-19T03:14:08.0000000Z", UINT64_C(137919572480000000) },
	{ "2106-02-07T06:28:16.0000000Z", UINT64_C(159394408960000000) },
	{ "2157-04-09T00:00:00.0000000Z", UINT64_C(175541472000000000) },
	{ "9999-12-31T23:59:59.9999999Z", UINT64_C(2650467743999999999) },
};

static void
a_time_is_never_rounded_or_wrapped(void **state)
{
	char text[FILETIME_TEXT];
	uint64_t ticks;

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_string_equal(filetime_text(times[i].ticks, text), times[i].text);
		assert_int_equal(filetime_parse(view_text(times[i].text), &ticks), 0);
		assert_true(ticks == times[i].ticks);
	}
	assert_string_equal(filetime_text(UINT64_C(2650467744000000000), text), "ticks:2650467744000000000");
	assert_string_equal(filetime_text(UINT64_MAX, text), "ticks:18446744073709551615");
}

static void
times_are_read_as_people_write_them(void **state)
{
	static const char *const same[] = { "2021-03-02T18:30:00Z", "2021-03-02 18:30", "2021-03-02T20:30:00+02:00",
					    "2021-03-02T15:00:00-0330", "2021-03-02T18:30:00.0" };
	static const char *const wrong[] = { "", "2021", "2021-02-29", "2021-13-01", "2021-03-02T24:00", "2021-03-02T18:30:00X",
					     "2021-03-02T18:30:00.", "1600-12-31", "2021-03-02T18:30:00+99:00" };
	uint64_t ticks;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(filetime_parse(view_text(same[i]), &ticks), 0);
		assert_true(ticks == UINT64_C(132591834000000000));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_not_equal(filetime_parse(view_text(wrong[i]), &ticks), 0);
	assert_true(filetime_of_unix(-11644473601, 0) == 0);
	assert_true(filetime_to_unix(filetime_of_unix(1614709800, 123456700)) == 1614709800);
}

static void
every_utf16_unit_comes_back(void **state)
{
	(void)state;
	for (uint32_t unit = 0; unit < 0x10000; unit++) {
		uint8_t in[6] = { 'a', 0, (uint8_t)unit, (uint8_t)(unit >> 8), 'b', 0 };
		CLEANUP(text_free) struct text utf8 = { 0 };
		CLEANUP(text_free) struct text back = { 0 };

		assert_int_equal(text_add_utf16(&utf8, view_of(in, sizeof(in))), 0);
		assert_int_equal(text_to_utf16(text_view(&utf8), &back), 0);
		assert_true(view_equal(text_view(&back), view_of(in, sizeof(in))));
	}
}

/* Reads a name of the case back into UTF-16, as anybody could: \u{..} is always an escape. */
static void
read_back(const struct text *name, struct text *ret)
{
	struct text plain = { 0 };

	for (size_t i = 0; i < name->n; i++) {
		char *end = name->s + i;
		unsigned long c = strncmp(end, "\\u{", 3) ? 0 : strtoul(end + 3, &end, 16);
		uint8_t unit[2] = { (uint8_t)c, (uint8_t)(c >> 8) };

		if (end == name->s + i) {
			assert_int_equal(text_addc(&plain, name->s[i]), 0);
			continue;
		}
		assert_int_equal(text_to_utf16(text_view(&plain), ret), 0);
		text_free(&plain);
		assert_int_equal(text_add(ret, view_of(unit, 2)), 0);
		i = (size_t)(end - name->s);
		assert_int_equal(name->s[i], '}');
	}
	assert_int_equal(text_to_utf16(text_view(&plain), ret), 0);
	text_free(&plain);
}

/* Every unit at the end, before a letter, and behind a high surrogate and the beginning of an escape. */
static void
every_name_is_one_text_and_comes_back(void **state)
{
	static const uint8_t before[][6] = { { 'a', 0, 'b', 0, 'c', 0 }, { 'a', 0, '\\', 0, 'u', 0 },
					     { 'a', 0, 'b', 0, 0x3d, 0xd8 } };

	(void)state;
	for (uint32_t i = 0; i < 0x60000; i++) {
		CLEANUP(text_free) struct text name = { 0 };
		CLEANUP(text_free) struct text back = { 0 };
		uint8_t in[14];
		size_t n = i < 0x30000 ? 8 : 14;

		memcpy(in, before[(i >> 16) % 3], 6);
		memcpy(in + 6, (uint8_t[]){ (uint8_t)i, (uint8_t)(i >> 8), '0', 0, '}', 0, 0x00, 0xde }, 8);
		assert_int_equal(text_add_name(&name, view_of(in, n)), 0);
		read_back(&name, &back);
		assert_true(view_equal(text_view(&back), view_of(in, n)));
		assert_null(memchr(name.s, '/', name.n));
		assert_int_equal(strlen(name.s), name.n);
	}
}

static void
pairs_of_surrogates_become_one(void **state)
{
	static const uint8_t pair[] = { 0x3d, 0xd8, 0x00, 0xde };
	CLEANUP(text_free) struct text utf8 = { 0 };

	(void)state;
	assert_int_equal(text_add_utf16(&utf8, view_of(pair, 4)), 0);
	assert_string_equal(utf8.s, "\xf0\x9f\x98\x80");
}

/* What goes in, and what must come out for a terminal, for JSON and for CSV. */
static const struct {
	const char *in, *terminal, *json, *csv;
} escapes[] = {
	{ "plain.aspx", "plain.aspx", "plain.aspx", "plain.aspx" },
	{ "\033[2J", "\\u{1b}[2J", "\\u001b[2J", "\033[2J" },
	{ "a\nb", "a\\u{a}b", "a\\u000ab", "\"a\nb\"" },
	{ "\xe2\x80\xaexpsa", "\\u{202e}xpsa", "\\u202expsa", "\xe2\x80\xaexpsa" },
	{ "\xed\xa0\x80", "\\u{d800}", "\\ud800", "\xed\xa0\x80" },
	{ "\xff\xc0\x80", "\\xff\\xc0\\x80", "\\ufffd\\ufffd\\ufffd", "\xff\xc0\x80" },
	{ "say \"hi\", \\o", "say \"hi\", \\o", "say \\\"hi\\\", \\\\o", "\"say \"\"hi\"\", \\o\"" },
	{ "=cmd()", "=cmd()", "=cmd()", "'=cmd()" },
	{ "  @x", "  @x", "  @x", "'  @x" },
	{ "-1,2", "-1,2", "-1,2", "\"'-1,2\"" },
	{ "'=1", "'=1", "'=1", "''=1" },
	{ "\xef\xbc\x9d" "1", "\xef\xbc\x9d" "1", "\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1" },
	{ "\xf3\xa0\x80\xa0", "\\u{e0020}", "\\udb40\\udc20", "\xf3\xa0\x80\xa0" },
	{ "\xc3\xa4\xc2\x9b", "\xc3\xa4\\u{9b}", "\xc3\xa4\\u009b", "\xc3\xa4\xc2\x9b" },
};

static void
names_come_out_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		CLEANUP(text_free) struct text terminal = { 0 };
		CLEANUP(text_free) struct text json = { 0 };
		CLEANUP(text_free) struct text csv = { 0 };
		struct view in = view_text(escapes[i].in);

		assert_int_equal(text_add_escaped(&terminal, in) | text_add_json(&json, in) | text_add_csv(&csv, in), 0);
		assert_string_equal(terminal.s, escapes[i].terminal);
		assert_string_equal(json.s, escapes[i].json);
		assert_string_equal(csv.s, escapes[i].csv);
	}
}

static void
views_never_reach_outside(void **state)
{
	static const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct view v = view_of(bytes, 8);

	(void)state;
	assert_non_null(VIEW_AT(v, 0, le64));
	assert_null(VIEW_AT(v, 1, le64));
	assert_null(VIEW_AT(v, UINT64_MAX, le16));
	assert_true(view_has(v, 8, 0));
	assert_false(view_has(v, 4, UINT64_MAX));
	assert_int_equal(view_part(v, 6, 3).n, 0);
	assert_int_equal(le32_get(*VIEW_AT(v, 2, le32)), 0x06050403);
	assert_true(le64_get(*VIEW_AT(v, 0, le64)) == UINT64_C(0x0807060504030201));
}

/* NIST's examples for "abc". */
static void
digests_are_those_of_the_standard(void **state)
{
	static const char *const expected[DIGEST_KINDS] = {
		"900150983cd24fb0d6963f7d28e17f72",
		"a9993e364706816aba3e25717850c26c9cd0d89d",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	};
	CLEANUP(digest_close) struct digest *digest = NULL;
	struct digest_value values[DIGEST_KINDS];

	(void)state;
	assert_int_equal(digest_open(7, &digest), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(digest_add(digest, view_text("a")) | digest_add(digest, view_text("bc")), 0);
		assert_int_equal(digest_end(digest, values), 0);
		for (int kind = 0; kind < DIGEST_KINDS; kind++) {
			CLEANUP(text_free) struct text hex = { 0 };

			assert_int_equal(text_add_hex(&hex, view_of(values[kind].b, digest_size((enum digest_kind)kind))), 0);
			assert_string_equal(hex.s, expected[kind]);
		}
		assert_int_equal(digest_reset(digest), 0);
	}
}

enum { ITEMS = 500, AHEAD = 7 };

struct count {
	uint64_t slot[AHEAD], next;
	uint64_t stop_at;
};

static int
square(void *state, unsigned thread, uint64_t i)
{
	struct count *c = state;

	(void)thread;
	c->slot[i % AHEAD] = i * i;
	return i == c->stop_at ? -7 : 0;
}

static int
in_order(void *state, uint64_t i)
{
	struct count *c = state;

	assert_true(i == c->next++);
	assert_true(c->slot[i % AHEAD] == i * i);
	return 0;
}

static bool
never(void *state)
{
	(void)state;
	return false;
}

static void
a_pool_hands_on_in_order_whatever_its_threads(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 8; threads++) {
		struct count c = { .stop_at = UINT64_MAX };
		struct pool_job job = { .n = ITEMS, .threads = threads, .ahead = AHEAD, .state = &c, .work = square, .done = in_order };

		assert_int_equal(pool_run(&job), 0);
		assert_int_equal(c.next, ITEMS);
		c = (struct count){ .stop_at = 123 };
		assert_int_equal(pool_run(&job), -7);
		assert_int_equal(c.next, 123);
		job.room = never; /* one at a time, then */
		c = (struct count){ .stop_at = UINT64_MAX };
		assert_int_equal(pool_run(&job), 0);
		assert_int_equal(c.next, ITEMS);
	}
}

static void
a_window_shows_its_part_only(void **state)
{
	CLEANUP(source_close) struct source *memory = NULL;
	CLEANUP(source_close) struct source *window = NULL;
	struct source *none = NULL;
	uint64_t from, to;
	char buf[8];

	(void)state;
	assert_int_equal(source_memory(view_text("0123456789"), "ten", &memory), 0);
	assert_int_equal(source_window(memory, 3, 4, "four", &window), 0);
	assert_int_equal(source_read(window, 2, buf, sizeof(buf)), 2);
	assert_memory_equal(buf, "56", 2);
	assert_int_equal(source_read(window, 4, buf, 1), 0);
	assert_int_equal(source_next_data(window, 1, &from, &to), 1);
	assert_int_equal(from, 1);
	assert_int_equal(to, 4);
	assert_true(source_window(memory, 8, 3, "out", &none) < 0);
	assert_true(source_read_all(window, 2, buf, 3) < 0);
}

static void
names_match_as_the_volume_folds_them(void **state)
{
	static struct upcase fold;
	static const uint8_t upper[] = { 'A', 0, 0xc4, 0 }, lower[] = { 'a', 0, 0xe4, 0 }, sharp[] = { 'a', 0, 0xdf, 0 };

	(void)state;
	upcase_default(&fold);
	assert_true(upcase_equal(&fold, view_of(upper, 4), view_of(lower, 4)));
	assert_false(upcase_equal(&fold, view_of(upper, 4), view_of(sharp, 4)));
	assert_false(upcase_equal(&fold, view_of(upper, 4), view_of(lower, 2)));
	fold.to[0xe4] = 0xe4;
	assert_false(upcase_equal(&fold, view_of(upper, 4), view_of(lower, 4)));
}

static void
an_arena_gives_aligned_zeroes(void **state)
{
	CLEANUP(arena_free) struct arena arena = { 0 };

	(void)state;
	for (size_t n = 1; n < 100000; n *= 3) {
		uint8_t *p = arena_take(&arena, n, 8);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 8, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_never_rounded_or_wrapped),
		cmocka_unit_test(times_are_read_as_people_write_them),
		cmocka_unit_test(every_utf16_unit_comes_back),
		cmocka_unit_test(every_name_is_one_text_and_comes_back),
		cmocka_unit_test(pairs_of_surrogates_become_one),
		cmocka_unit_test(names_come_out_escaped),
		cmocka_unit_test(views_never_reach_outside),
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(a_pool_hands_on_in_order_whatever_its_threads),
		cmocka_unit_test(a_window_shows_its_part_only),
		cmocka_unit_test(names_match_as_the_volume_folds_them),
		cmocka_unit_test(an_arena_gives_aligned_zeroes),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}

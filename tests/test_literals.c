/* test_literals.c - the literal search, with and without vectors, held against the plainest way to do the same. */
#include "found.h"
#include "literals.h"

static int
occurrence(void *state, size_t offset, uint32_t which)
{
	return keep(state, offset, which, view_of(NULL, 0));
}

static void
naive_scan(const struct view *literals, size_t n, struct view text, found_list *ret)
{
	for (size_t at = 0; at < text.n; at++)
		for (uint32_t i = 0; i < n; i++)
			if (stands(text, at, literals[i]))
				keep(ret, at, i, view_of(NULL, 0));
}

static void
assert_scan(const struct view *literals, size_t n, struct view text)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	found_list wanted = { 0 }, got = { 0 }, plain = { 0 };

	assert_int_equal(literals_open(literals, n, &l), 0);
	assert_int_equal(literals_count(l), n);
	naive_scan(literals, n, text, &wanted);
	assert_int_equal(literals_scan(l, text, occurrence, &got), 0);
	assert_same(&got, &wanted);
	literals_plain(l);
	assert_int_equal(literals_scan(l, text, occurrence, &plain), 0);
	assert_same(&plain, &wanted);
	vector_free(&wanted);
	vector_free(&got);
	vector_free(&plain);
}

/* Words of a small alphabet in both cases, so that they are found often and overlap. */
static void
random_words(uint8_t *p, size_t n, const char *alphabet, uint64_t *random)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)alphabet[next_random(random) % strlen(alphabet)];
}

static void
scan_random(const char *alphabet, size_t literals, size_t most, size_t text_bytes, uint64_t seed)
{
	static uint8_t room[LITERALS_MAX * LITERAL_MAX], text[4096];
	static struct view views[LITERALS_MAX];
	uint64_t random = seed;

	random_words(room, sizeof(room), alphabet, &random);
	random_words(text, text_bytes, alphabet, &random);
	for (size_t i = 0; i < literals; i++)
		views[i] = view_of(room + i * LITERAL_MAX,
				   LITERAL_MIN + next_random(&random) % (most - LITERAL_MIN + 1));
	/* some of them really stand in the text, a few at its very end */
	for (size_t i = 0; i < literals && views[i].n < text_bytes; i += 3)
		memcpy(text + (i % 5 ? next_random(&random) % (text_bytes - views[i].n) : text_bytes - views[i].n),
		       views[i].p, views[i].n);
	assert_scan(views, literals, view_of(text, text_bytes));
}

static void
every_occurrence_is_found_in_order(void **state)
{
	static const char *const alphabets[] = {
		"ab", "aAbB", "xyz@`[{", "0123456789abcdef-", "k\xcb\xeb\x0b K", "/ecp.asx ~",
	};

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		const char *alphabet = alphabets[seed % 6];

		scan_random(alphabet, 1 + seed % 40, 4 + seed % 61, seed * 7 % 90, seed);
		scan_random(alphabet, 1 + seed % 7, 4 + seed % 9, 200 + seed, seed);
		scan_random(alphabet, 30 + seed * 3, LITERAL_MAX, 1000 + seed, seed);
	}
	scan_random("abcdefghijklmnop", LITERALS_MAX, LITERAL_MAX, 4096, 99);
}

static void
literals_that_hold_each_other(void **state)
{
	static uint8_t same[LITERAL_MAX + 40];
	struct view views[LITERAL_MAX - LITERAL_MIN + 1];

	(void)state;
	memset(same, 'A', sizeof(same));
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		views[i] = view_of(same, LITERAL_MIN + i);
	assert_scan(views, sizeof(views) / sizeof(views[0]), view_of(same, sizeof(same)));
}

static void
bytes_beside_letters_have_no_case(void **state)
{
	static const uint8_t text[] = "[abc {abc @abc `abc \xe4" "abc \xc4" "abc 0abc Pabc";
	struct view views[] = {
		view_text("[abc"), view_text("@abc"), view_text("\xe4" "ABC"), view_text("0ABC"), view_text("pabc"),
	};

	(void)state;
	assert_scan(views, sizeof(views) / sizeof(views[0]), view_of(text, sizeof(text) - 1));
}

static void
unfit_literals_are_refused(void **state)
{
	static const char long_one[] = "0123456789012345678901234567890123456789012345678901234567890123x";
	struct view nul = view_of("ab\0cd", 5), fit = view_text("fits");
	struct literals *l = NULL;

	(void)state;
	assert_non_null(literal_unfit(view_text("abc")));
	assert_non_null(literal_unfit(view_text(long_one)));
	assert_null(literal_unfit(view_of(long_one, LITERAL_MAX)));
	assert_non_null(literal_unfit(nul));
	assert_non_null(literal_unfit(view_text("ab\ncd")));
	assert_true(literals_open(&nul, 1, &l) < 0);
	assert_true(literals_open(&fit, 0, &l) < 0);
	assert_true(literals_open(&fit, LITERALS_MAX + 1, &l) < 0);
	assert_null(l);
}

static int
stop_at_once(void *state, size_t offset, uint32_t which)
{
	(void)offset;
	(void)which;
	++*(int *)state;
	return 7;
}

static void
a_hit_can_end_the_search(void **state)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	struct view literal = view_text("stop"), text = view_text("stop stop stop, and no more than that: stop stop");
	int calls = 0;

	(void)state;
	assert_int_equal(literals_open(&literal, 1, &l), 0);
	assert_int_equal(literals_scan(l, text, stop_at_once, &calls), 7);
	assert_int_equal(calls, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_occurrence_is_found_in_order),
		cmocka_unit_test(literals_that_hold_each_other),
		cmocka_unit_test(bytes_beside_letters_have_no_case),
		cmocka_unit_test(unfit_literals_are_refused),
		cmocka_unit_test(a_hit_can_end_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

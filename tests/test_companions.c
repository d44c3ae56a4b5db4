/*
 * test_companions.c - what is looked for beside a literal costs no hit: lines put together at random from those that
 * rules hit and do not hit are asked with it and without it, and every answer is the same.
 */
#include <dirent.h>
#include <stdlib.h>

#include "file.h"
#include "found.h"
#include "logs.h"
#include "profile.h"
#include "text.h"

enum { LOG_MAX = 1 << 20, ROUNDS = 40, LINES = 60, COLUMNS_MAX = 256 };

/* A line that somebody wrote, with the header that it stands under. */
struct given {
	struct view header, line;
};

struct bench {
	struct profile *profile;
	uint64_t seed;
	VECTOR(struct text) files;
	VECTOR(struct given) given;
};

/* The rules of one kind of log asked of one text. */
struct asking {
	struct sigma_set *set;
	struct sigma_matcher *matcher;
	const struct log_line *line;
	uint64_t told, hits, digest;
};

static int
hit(void *state, const struct rule *rule, struct view basis)
{
	struct asking *a = state;

	(void)basis;
	a->hits++;
	a->digest = (a->digest ^ a->line->offset) * 1099511628211u + digest_of(view_text(rule->id));
	return 0;
}

static int
ask(void *state, const struct log_line *line)
{
	struct asking *a = state;

	a->told++;
	a->line = line;
	return sigma_match(a->matcher, &line->fields, hit, a);
}

static bool
wants(void *state, uint32_t literal, struct view line, uint8_t separator)
{
	return sigma_set_wants(((struct asking *)state)->set, literal, line, separator);
}

static void
ask_text(struct asking *a, const struct log_kind *kind, const struct literals *literals, struct view text, bool closer)
{
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	const struct log_reading reading = {
		.kind = kind, .file = "log", .literals = literals, .line = ask, .wants = closer ? wants : NULL, .state = a
	};

	a->told = a->hits = a->digest = 0;
	assert_int_equal(source_memory(text, "log", &src), 0);
	assert_int_equal(log_read(&reading, src, &result), 0);
}

static void
take_file(struct bench *b, const char *path)
{
	struct text *file = vector_push(&b->files);
	struct view header = { 0 };

	assert_non_null(file);
	*file = (struct text){ 0 };
	assert_int_equal(file_read(path, LOG_MAX, file), 0);
	for (struct view rest = text_view(file); rest.n;) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		struct view line = view_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);

		if (line.n && line.p[0] == '#')
			header = line;
		else if (line.n && header.n) {
			struct given *given = vector_push(&b->given);

			assert_non_null(given);
			*given = (struct given){ .header = header, .line = line };
		}
		rest = end ? view_from(rest, line.n + 1) : view_of(NULL, 0);
	}
}

/* The same again for texts that the tree does not hold whole: a {} within is taken out. */
static int
add_part(struct text *t, struct view part)
{
	int r = 0;

	for (size_t i = 0; i < part.n && r == 0; i++) {
		if (part.p[i] == '{' && i + 1 < part.n && part.p[i + 1] == '}')
			i++;
		else
			r = text_addc(t, (char)part.p[i]);
	}
	return r;
}

static size_t
split(struct view line, char separator, struct view columns[static COLUMNS_MAX])
{
	size_t n = 0;

	for (;;) {
		const uint8_t *end = line.n ? memchr(line.p, separator, line.n) : NULL;

		columns[n++] = view_of(line.p, end ? (size_t)(end - line.p) : line.n);
		if (!end || n == COLUMNS_MAX)
			return n;
		line = view_from(line, columns[n - 1].n + 1);
	}
}

/* A value as it is, in capitals, with one byte encoded, or cut. */
static int
add_value(struct bench *b, struct text *t, struct view value)
{
	uint64_t way = next_random(&b->seed) % 24;
	int r = 0;

	if (way == 0 && value.n)
		value.n = next_random(&b->seed) % value.n;
	if (way > 2)
		return add_part(t, value);
	for (size_t i = 0; i < value.n && r == 0; i++) {
		uint8_t c = value.p[i];

		if (way == 1 && c >= 'a' && c <= 'z')
			c -= 0x20;
		if (way == 2 && next_random(&b->seed) % 8 == 0)
			r = text_printf(t, "%%%02x", c);
		else
			r = text_addc(t, (char)c);
	}
	return r;
}

/* Two lines under one header, column by column from either. */
static void
add_hybrid(struct bench *b, struct text *t, const struct given *first, char separator)
{
	static struct view one[COLUMNS_MAX], other[COLUMNS_MAX];
	const struct given *second = first;
	size_t n = split(first->line, separator, one);

	for (int i = 0; i < 64 && (second == first || !view_equal(second->header, first->header)); i++)
		second = &b->given.at[next_random(&b->seed) % b->given.n];
	if (split(second->line, separator, other) != n)
		second = first;
	for (size_t i = 0; i < n; i++) {
		bool mine = second == first || next_random(&b->seed) % 3;

		assert_int_equal(i ? text_addc(t, separator) : 0, 0);
		assert_int_equal(add_value(b, t, mine ? one[i] : other[i]), 0);
	}
	assert_int_equal(text_addc(t, '\n'), 0);
}

static void
compose(struct bench *b, struct text *t)
{
	const struct given *first = &b->given.at[next_random(&b->seed) % b->given.n];
	char separator = memchr(first->header.p, ',', first->header.n) ? ',' : ' ';

	text_cut(t, 0);
	assert_int_equal(text_add(t, first->header), 0);
	assert_int_equal(text_addc(t, '\n'), 0);
	for (int i = 0; i < LINES; i++) {
		const struct given *line = first;

		for (int k = 0; k < 16 && (line == first || !view_equal(line->header, first->header)); k++)
			line = &b->given.at[next_random(&b->seed) % b->given.n];
		add_hybrid(b, t, view_equal(line->header, first->header) ? line : first, separator);
	}
}

static void
try_kind(struct bench *b, const struct log_kind *kind, uint64_t told[2], uint64_t *hits)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	CLEANUP(sigma_matcher_close) struct sigma_matcher *matcher = NULL;
	CLEANUP(literals_close) struct literals *literals = NULL;
	CLEANUP(text_free) struct text text = { 0 };
	const struct view *all;
	bool every;
	size_t n;

	assert_int_equal(sigma_bind(profile_sigma(b->profile), kind->source, &set), 0);
	assert_int_equal(sigma_matcher_open(set, &matcher), 0);
	n = sigma_set_literals(set, &all, &every);
	assert_true(n > 0);
	assert_int_equal(literals_open(all, n, &literals), 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct asking plain = { .set = set, .matcher = matcher }, closer = plain;

		compose(b, &text);
		ask_text(&plain, kind, literals, text_view(&text), false);
		ask_text(&closer, kind, literals, text_view(&text), true);
		if (plain.hits != closer.hits || plain.digest != closer.digest)
			fail_msg("%s: %ju hits, and %ju by looking closer in\n%.*s", kind->name, (uintmax_t)plain.hits,
				 (uintmax_t)closer.hits, (int)text.n, text.s);
		told[0] += plain.told;
		told[1] += closer.told;
		*hits += plain.hits;
	}
}

static void
try_folder(struct bench *b, const struct log_kind *kind, uint64_t told[2], uint64_t *hits)
{
	const char *fixtures = getenv("POSTMORTEM_FIXTURES");
	CLEANUP(text_free) struct text folder = { 0 };
	struct dirent *entry;
	DIR *dir;

	assert_int_equal(text_printf(&folder, "%s/sigma/%s", fixtures ? fixtures : "fixtures", kind->name), 0);
	dir = opendir(folder.s);
	while (dir && (entry = readdir(dir))) {
		CLEANUP(free) char *path = path_join(folder.s, entry->d_name);

		if (entry->d_name[0] != '.')
			take_file(b, path);
	}
	if (dir)
		closedir(dir);
	if (b->given.n)
		try_kind(b, kind, told, hits);
	b->given.n = 0;
}

static void
looking_closer_costs_no_hit(void **state)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	struct bench b = { .seed = 88172645463325252u };
	uint64_t told[2] = { 0 }, hits = 0;

	(void)state;
	assert_int_equal(profile_load(names, 2, true, &b.profile), 0);
	for (const struct log_kind *const *kind = log_kinds; *kind; kind++)
		if (log_kind_plain(*kind))
			try_folder(&b, *kind, told, &hits);
	printf("%ju lines told without, %ju with, %ju hits\n", (uintmax_t)told[0], (uintmax_t)told[1], (uintmax_t)hits);
	assert_true(hits > 1000 && told[1] < told[0]);
	profile_free(b.profile);
	for (size_t i = 0; i < b.files.n; i++)
		text_free(&b.files.at[i]);
	vector_free(&b.files);
	vector_free(&b.given);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_closer_costs_no_hit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

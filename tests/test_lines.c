/* test_lines.c - how logs are cut into lines, with blocks of any size, held against the plainest way to do the same. */
#include "found.h"
#include "logs.h"
#include "text.h"

enum {
	LONGEST = 64 << 10,               /* bytes of a line that is told in one piece, here */
	STEP = LONGEST - LITERAL_MAX + 1, /* from one piece of a longer line to the next: they overlap */
};

/* A log with holes: what is between them is stored. */
struct sparse {
	struct source source;
	struct view bytes;
	uint64_t hole, hole_end; /* reads as zeros */
};

static ssize_t
sparse_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	const struct sparse *s = (const struct sparse *)src;

	for (size_t i = 0; i < n; i++)
		((uint8_t *)buf)[i] = offset + i >= s->hole && offset + i < s->hole_end ? 0 : s->bytes.p[offset + i];
	return (ssize_t)n;
}

static int
sparse_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	const struct sparse *s = (const struct sparse *)src;

	if (offset < s->hole) {
		*ret_from = offset;
		*ret_to = s->hole;
		return 1;
	}
	*ret_from = offset < s->hole_end ? s->hole_end : offset;
	*ret_to = src->size;
	return *ret_from < src->size;
}

static const struct source_ops sparse_ops = { .read = sparse_read, .next_data = sparse_next_data };

/* What came of reading a log, or of the plainest way to read it. */
struct reading {
	found_list hits, damage;
	struct lines_result result;
};

struct take {
	struct sink sink;
	struct reading *reading;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	return keep(&((struct take *)out)->reading->damage, offset, 0, view_text(why));
}

static int
take_line(void *state, const struct log_line *line)
{
	return keep(&((struct reading *)state)->hits, line->offset, 0, line->raw);
}

static void
reading_free(struct reading *rd)
{
	vector_free(&rd->hits);
	vector_free(&rd->damage);
}

/* Text and, for each byte of it, where it came from. */
struct decoded {
	struct text text;
	VECTOR(uint64_t) origin;
};

static void
decoded_add(struct decoded *d, struct view bytes, uint64_t origin)
{
	assert_int_equal(text_add(&d->text, bytes), 0);
	for (size_t i = 0; i < bytes.n; i++) {
		uint64_t *at = vector_push(&d->origin);

		assert_non_null(at);
		*at = origin;
	}
}

/* By text_add_utf16, a character at a time. */
static void
decode_utf16(struct view raw, size_t from, bool big, struct decoded *d, uint64_t *nul)
{
	for (size_t i = from; i < raw.n;) {
		size_t n = raw.n - i < 2 ? 1 : 2;
		uint8_t units[4] = { 0 };
		CLEANUP(text_free) struct text utf8 = { 0 };

		for (size_t k = 0; k < 4 && i + k < raw.n; k++)
			units[k] = raw.n - i - (k & ~(size_t)1) >= 2 && big ? raw.p[i + (k ^ 1)] : raw.p[i + k];
		if (raw.n - i >= 4 && units[1] >> 2 == 0x36 && units[3] >> 2 == 0x37)
			n = 4;
		if (n == 2 && !units[0] && !units[1]) {
			*nul += 2;
		} else {
			assert_int_equal(text_add_utf16(&utf8, view_of(units, n)), 0);
			decoded_add(d, text_view(&utf8), i);
		}
		i += n;
	}
}

static void
decode(struct view raw, struct decoded *d, struct lines_result *result)
{
	if (result->encoding != LINES_PLAIN) {
		decode_utf16(raw, result->mark ? 2 : 0, result->encoding == LINES_UTF16BE, d, &result->nul);
		return;
	}
	for (size_t i = result->mark ? 3 : 0; i < raw.n; i++) {
		if (raw.p[i])
			decoded_add(d, view_of(raw.p + i, 1), i);
		else
			result->nul++;
	}
}

/* A piece is told when any of the literals stands in it. */
static void
naive_piece(const struct view *literals, size_t n, struct view piece, uint64_t offset, struct reading *rd)
{
	bool wanted = false;

	if (piece.n && piece.p[piece.n - 1] == '\r')
		piece.n--;
	for (size_t at = 0; at < piece.n && !wanted; at++)
		for (uint32_t i = 0; i < n; i++)
			wanted |= stands(piece, at, literals[i]);
	if (wanted)
		keep(&rd->hits, offset, 0, piece);
}

static void
naive_line(const struct view *literals, size_t n, struct view line, const uint64_t *origin, struct reading *rd)
{
	rd->result.lines++;
	if (line.n > LONGEST) {
		rd->result.long_lines++;
		keep(&rd->damage, origin[0], 0, view_text("line is too long to be taken apart"));
	}
	for (; line.n > LONGEST; line = view_from(line, STEP), origin += STEP)
		naive_piece(literals, n, view_part(line, 0, LONGEST), origin[0], rd);
	if (line.n)
		naive_piece(literals, n, line, origin[0], rd);
}

/* The plainest way, for the encoding that rd->result already says. */
static void
naive_read(const struct view *literals, size_t n, struct view raw, struct reading *rd)
{
	struct decoded d = { 0 };
	size_t at = 0;

	decode(raw, &d, &rd->result);
	rd->result.bytes = raw.n;
	for (size_t i = 0; i < d.text.n; i++) {
		if (d.text.s[i] != '\n')
			continue;
		naive_line(literals, n, view_of(d.text.s + at, i - at), d.origin.at + at, rd);
		at = i + 1;
	}
	if (at < d.text.n) {
		rd->result.torn = true;
		rd->result.torn_at = d.origin.at[at];
		naive_line(literals, n, view_of(d.text.s + at, d.text.n - at), d.origin.at + at, rd);
	}
	text_free(&d.text);
	vector_free(&d.origin);
}

static void
assert_same_reading(const struct reading *a, const struct reading *b)
{
	assert_int_equal(a->result.lines, b->result.lines);
	assert_int_equal(a->result.bytes, b->result.bytes);
	assert_int_equal(a->result.nul, b->result.nul);
	assert_int_equal(a->result.long_lines, b->result.long_lines);
	assert_int_equal(a->result.torn, b->result.torn);
	assert_int_equal(a->result.torn_at, b->result.torn_at);
	assert_int_equal(a->result.mark, b->result.mark);
	assert_int_equal(a->result.encoding, b->result.encoding);
	assert_same(&a->hits, &b->hits);
	assert_same(&a->damage, &b->damage);
}

static void
read_source(const struct literals *l, struct source *src, size_t block, struct reading *rd)
{
	struct take take = { .sink.damage = take_damage, .reading = rd };
	const struct log_reading reading = {
		.kind = log_kind_find("text"), .literals = l, .out = &take.sink, .block = block, .longest = LONGEST, .line = take_line, .state = rd,
	};
	CLEANUP(log_result_free) struct log_result result = { 0 };

	assert_int_equal(log_read(&reading, src, &result), 0);
	rd->result = result.lines;
}

/* Reads with blocks of many sizes, all of it stored and with a hole; returns what the encoding was. */
static enum lines_encoding
assert_lines(const struct view *literals, size_t n, struct view raw, uint64_t hole, uint64_t hole_end)
{
	static const size_t blocks[] = { 0, 64, 65, 67, 1000, 65536 };
	CLEANUP(literals_close) struct literals *l = NULL;
	struct sparse sparse = {
		.source = { .ops = &sparse_ops, .size = raw.n, .name = "sparse" },
		.bytes = raw, .hole = hole, .hole_end = hole_end,
	};
	struct reading wanted = { 0 };

	assert_int_equal(literals_open(literals, n, &l), 0);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct reading got = { 0 };

		read_source(l, &sparse.source, blocks[i], &got);
		if (i == 0) {
			wanted.result.encoding = got.result.encoding;
			wanted.result.mark = got.result.mark;
			naive_read(literals, n, raw, &wanted);
		}
		assert_same_reading(&got, &wanted);
		reading_free(&got);
	}
	reading_free(&wanted);
	return wanted.result.encoding;
}

static const char *const words[] = { "ServerInfo~", "/ecp/y.js", "X-Rps-CAT", "eins", "zwei", "weiter" };
enum { WORDS = sizeof(words) / sizeof(words[0]) };

static void
word_views(struct view ret[static WORDS])
{
	for (size_t i = 0; i < WORDS; i++)
		ret[i] = view_text(words[i]);
}

/* One byte of a log: rubbish, a line end, or the middle of a word. */
static uint8_t
log_byte(uint64_t what, uint64_t *random)
{
	return what < 200 ? (uint8_t)next_random(random) : what < 260 ? '\n' : what < 280 ? '\r' : 'x';
}

/* A log of n bytes: words, single bytes, in some logs stretches of NULs, in some very long lines. */
static void
make_log(uint8_t *p, size_t n, uint64_t *random)
{
	bool nuls = next_random(random) % 3 == 0, long_lines = next_random(random) % 4 == 0;

	for (size_t i = 0, run; i < n; i += run) {
		uint64_t what = next_random(random) % 1000;
		const char *word = words[what % WORDS];

		run = what >= 700 ? strlen(word) : nuls && what < 40 ? 1 + next_random(random) % 200 : 1;
		if (long_lines && what == 699)
			run = 60000 + next_random(random) % 20000;
		if (run > n - i)
			run = n - i;
		if (what >= 700)
			memcpy(p + i, word, run);
		else if (nuls && what < 40)
			memset(p + i, 0, run);
		else
			memset(p + i, log_byte(what, random), run);
	}
}

static void
blocks_do_not_show(void **state)
{
	enum { MOST = 300000 };
	static uint8_t log[MOST];
	struct view views[WORDS];
	uint64_t random = 4711;

	(void)state;
	word_views(views);
	for (int round = 0; round < 24; round++) {
		size_t n = round % 3 ? next_random(&random) % 5000 : next_random(&random) % MOST;
		uint64_t hole = n ? next_random(&random) % n : 0;
		uint64_t hole_end = n ? hole + next_random(&random) % (n - hole) : 0;

		make_log(log, n, &random);
		memset(log + hole, 0, (size_t)(hole_end - hole));
		assert_lines(views, WORDS, view_of(log, n), hole, hole_end);
	}
}

static void
utf16_is_read(void **state)
{
	enum { UNITS = 40000 };
	static uint8_t plain[UNITS], wide[UNITS * 2 + 3];
	struct view views[WORDS];
	uint64_t random = 815;

	(void)state;
	word_views(views);
	for (int round = 0; round < 16; round++) {
		size_t units = round == 15 ? UNITS : 100 + next_random(&random) % 3000, mark = round % 4 < 2 ? 2 : 0;
		bool big = round % 2;
		uint64_t hole = 8 + next_random(&random) % units, hole_end = hole + next_random(&random) % (units - 8);

		make_log(plain, units, &random);
		if (mark)
			memcpy(wide, big ? "\xfe\xff" : "\xff\xfe", 2);
		for (size_t i = 0; i < units; i++) {
			uint8_t other = i % 50 == 49 ? (uint8_t)next_random(&random) : 0;
			uint8_t byte = !mark && !plain[i] ? 'n' : plain[i];

			if (i % 11 < 2) /* a pair, a half of one */
				other = i % 11 ? 0xdc : i % 3 ? 0xd8 : 0;

			wide[mark + i * 2 + big] = byte;
			wide[mark + i * 2 + !big] = other;
		}
		wide[mark + units * 2] = 'z';
		memset(wide + hole, 0, (size_t)(hole_end - hole));
		units = mark + units * 2 + (round % 3 == 0); /* bytes now, an odd one left over now and then */
		assert_int_equal(assert_lines(views, WORDS, view_of(wide, units), hole, hole_end),
				 big ? LINES_UTF16BE : LINES_UTF16LE);
	}
}

/* Words on both sides of every place where a piece begins or ends. */
static void
long_lines_are_searched_across_their_pieces(void **state)
{
	static const size_t lengths[] = { LONGEST - 1, LONGEST, LONGEST + 1, STEP + LONGEST,
					  STEP + LONGEST + 1, STEP * 3, STEP * 4 + 1,
					  LONGEST + 30 };
	static uint8_t log[STEP * 5];
	struct view views[WORDS];

	(void)state;
	word_views(views);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]) * 2; i++) {
		size_t n = lengths[i / 2];

		memset(log, 'x', sizeof(log));
		for (size_t piece = 1; piece * STEP + LITERAL_MAX + 20 < n; piece++) {
			memcpy(log + piece * STEP - 6, "weiter", 6);
			memcpy(log + piece * STEP + i % 2, "eins", 4);
			memcpy(log + piece * STEP + LITERAL_MAX - 3, "ServerInfo~", 11);
		}
		memcpy(log + n - 5, "zwei", 4);
		log[n - 1] = i % 2 ? '\r' : 'z';
		memcpy(log + n, "\neins\nzwei", 10);
		if (n == LONGEST + 30) /* what was carried over is plain, what follows is not */
			log[n - 15] = 0;
		assert_int_equal(assert_lines(views, WORDS, view_of(log, n + i % 2 * 10), 0, 0), LINES_PLAIN);
		assert_lines(views, WORDS, view_of(log, n + 10), 0, 0);
	}
}

static void
read_text(const char *bytes, size_t n, struct reading *rd)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	CLEANUP(source_close) struct source *src = NULL;
	struct view views[WORDS];

	word_views(views);
	assert_int_equal(literals_open(views, WORDS, &l), 0);
	assert_int_equal(source_memory(view_of(bytes, n), "log", &src), 0);
	read_source(l, src, 0, rd);
}

static void
a_log_is_told(void **state)
{
	static const char log[] =
		"\xef\xbb\xbf#Fields: a b\r\nPOST /ecp/Y.js eins /ecp/y.js\r\nGET /\r\nserverinfo~a]@m";
	struct reading rd = { 0 };

	(void)state;
	read_text(log, sizeof(log) - 1, &rd);
	assert_int_equal(rd.result.lines, 4);
	assert_int_equal(rd.result.bytes, sizeof(log) - 1);
	assert_true(rd.result.mark && rd.result.torn);
	assert_int_equal(rd.result.torn_at, 55);
	assert_int_equal(rd.result.encoding, LINES_PLAIN);
	assert_int_equal(rd.hits.n, 2);
	assert_int_equal(rd.hits.at[0].offset, 17);
	assert_int_equal(rd.hits.at[0].n, 29);
	assert_int_equal(rd.hits.at[1].offset, 55);
	reading_free(&rd);
}

static void
nul_tails_and_wide_text_in_plain_logs(void **state)
{
	static const char tail[] = "eins\nzwei\n\0\0\0\0\0\0\0\0", torn[] = "eins\nzw\0\0\0\0";
	static const char mixed[] = "eins and more\nz\0w\0E\0i\0\n\0x\0";
	struct reading rd = { 0 };

	(void)state;
	read_text(tail, sizeof(tail) - 1, &rd);
	assert_int_equal(rd.result.lines, 2);
	assert_int_equal(rd.result.nul, 8);
	assert_false(rd.result.torn);
	reading_free(&rd);
	read_text(torn, sizeof(torn) - 1, &rd);
	assert_int_equal(rd.result.lines, 2);
	assert_true(rd.result.torn);
	reading_free(&rd);
	read_text(mixed, sizeof(mixed) - 1, &rd);
	assert_int_equal(rd.hits.n, 2);
	assert_int_equal(rd.hits.at[1].offset, 14);
	assert_int_equal(rd.hits.at[1].n, 4);
	assert_int_equal(rd.result.lines, 3);
	reading_free(&rd);
}

static ssize_t
broken_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	(void)src;
	memset(buf, 'x', n);
	return offset < 1000 ? (ssize_t)n : -5;
}

static void
a_source_that_fails_ends_it(void **state)
{
	static const struct source_ops ops = { .read = broken_read };
	struct source src = { .ops = &ops, .size = 5000, .name = "broken" };
	const struct log_reading reading = { .kind = log_kind_find("text"), .block = 100 };
	CLEANUP(log_result_free) struct log_result result = { 0 };

	(void)state;
	assert_int_equal(log_read(&reading, &src, &result), -5);
	assert_int_equal(result.lines.bytes, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_do_not_show),
		cmocka_unit_test(utf16_is_read),
		cmocka_unit_test(long_lines_are_searched_across_their_pieces),
		cmocka_unit_test(a_log_is_told),
		cmocka_unit_test(nul_tails_and_wide_text_in_plain_logs),
		cmocka_unit_test(a_source_that_fails_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

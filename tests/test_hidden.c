/* test_hidden.c - what lies behind filters, behind the end of files and in damaged units; a volume for each file. */
#include "ntfs_bench.h"

#include "../src/evidence/lznt1.h"

/* "WofCompressedData" with one chunk that packing would not make smaller, and so is stored. */
static void
draft_packed(struct draft *d, const char *plain, bool runs)
{
	size_t n = strlen(plain);

	draft_runs(d, 0x80, (struct runs){ .last = 0, .size = n, .flags = 0x8000, RUNS("\x01\x01") });
	if (runs)
		draft_runs(d, 0x80,
			   (struct runs){ .name = "WofCompressedData", .size = n, .valid = n, RUNS("\x11\x01\x60") });
	else
		draft_resident(d, 0x80, "WofCompressedData", plain, n);
	draft_resident(d, 0xc0, "", "\x17\0\0\x80\x10\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\1\0\0\0", 24);
}

static void
expect_content(struct bench *b, unsigned which, const char *plain, uint16_t flags)
{
	struct ear ear = { .sink = { .damage = hear } };
	struct source *stream = open_stream(b, 24, which, &ear);
	struct stream_info info;
	char bytes[4096];

	assert_int_equal(stream->size, strlen(plain));
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), strlen(plain));
	assert_memory_equal(bytes, plain, strlen(plain));
	assert_int_equal(source_trust(stream, 0, stream->size), 0);
	stream_info(stream, &info);
	assert_int_equal(info.flags & (STREAM_UNPACKED | STREAM_ELSEWHERE), flags);
	assert_int_equal(ear.times, 0);
	source_close(stream);
	text_free(&ear.heard);
}

static void
packed_files_read_as_their_content(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct forge f = forge_new(32);
		struct draft d = draft_usual(24, 1, i & 1 ? 1 : 0, ref(5, 5), "wof.aspx");
		struct catalog_cursor cursor;
		struct bench b;

		draft_packed(&d, "<%@ Page %>", i & 2);
		forge_add(&f, d);
		memcpy(f.bytes + 0x60 * FORGE_CLUSTER, "<%@ Page %>", 11);
		bench_open(&b, f, 1);
		assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
		assert_ptr_equal(entry_packed(&cursor.entry), &cursor.entry.streams[1]);
		assert_int_equal(cursor.entry.streams[0].flags & STREAM_ELSEWHERE, 0);
		catalog_stop(&cursor);
		expect_content(&b, 0, "<%@ Page %>", STREAM_UNPACKED);
		expect_content(&b, 1, "<%@ Page %>", 0);
		bench_close(&b);
	}
}

/* The packed stream's clusters are those that somebody else may have by now. */
static void
reused_clusters_of_packed_files_are_counted(void **state)
{
	struct forge f = forge_new(32);
	struct draft bitmap = draft_usual(6, 6, 1, ref(5, 5), "$Bitmap"), d = draft_usual(24, 2, 0, ref(5, 5), "gone");
	struct ear ear = { .sink = { .damage = hear } };
	uint64_t reused, clusters;
	uint8_t bits[32] = { 0 };
	struct source *stream;
	struct bench b;

	(void)state;
	bits[0x60 / 8] = 1;
	draft_resident(&bitmap, 0x80, "", bits, sizeof(bits));
	forge_add(&f, bitmap);
	draft_packed(&d, "content", true);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(stream_reused(b.ntfs, stream, &reused, &clusters), 0);
	assert_true(reused == 1 && clusters == 1);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

static void
the_packed_stream_may_lie_in_another_record(void **state)
{
	const uint64_t items[][3] = { { 0x80, 0, ref(24, 1) }, { 0x80, 0, ref(25, 1) }, { 0xc0, 0, ref(25, 1) } };
	struct forge f = forge_new(32);
	struct draft d = with_list(24, items, 3);
	struct bench b;

	(void)state;
	draft_runs(&d, 0x80, (struct runs){ .last = 0, .size = 5, .flags = 0x8000, RUNS("\x01\x01") });
	forge_add(&f, d);
	d = draft_of(25, 1, 1, ref(24, 1));
	draft_resident(&d, 0x80, "WofCompressedData", "shell", 5);
	draft_resident(&d, 0xc0, "", "\x17\0\0\x80\x10\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0", 24);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	expect_content(&b, 0, "shell", STREAM_UNPACKED);
	bench_close(&b);
}

/* Of two unnamed streams Windows shows the first; the second is seen, and is what is stored. */
static void
every_unnamed_stream_is_seen(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "two.aspx");
	struct bench b;

	(void)state;
	draft_resident(&d, 0x80, "", "first", 5);
	draft_resident(&d, 0x80, "", "second", 6);
	draft_resident(&d, 0x80, "x", "named", 5);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "more than one $DATA of the same name"));
	expect_content(&b, 0, "first", 0);
	expect_content(&b, 1, "second", 0);
	expect_content(&b, 2, "named", 0);
	bench_close(&b);
	f = forge_new(32);
	d = draft_usual(24, 1, 1, ref(5, 5), "two.aspx");
	draft_packed(&d, "packed", false);
	draft_resident(&d, 0x80, "", "second", 6);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	expect_content(&b, 0, "packed", STREAM_UNPACKED);
	expect_content(&b, 2, "second", 0);
	bench_close(&b);
}

static void
folders_may_have_streams(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 3, ref(5, 5), "folder");
	struct bench b;

	(void)state;
	draft_resident(&d, 0x80, "hidden", "content", 7);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	expect_content(&b, 0, "content", 0);
	bench_close(&b);
}

static void
filters_are_told_by_their_tags(void **state)
{
	static const struct {
		uint32_t tag;
		bool hides;
		const char *why;
	} tags[] = {
		{ 0x80000013, true, "deduplicated" }, { 0xc0000004, true, "HSM" },
		{ 0x80000006, true, "HSM" },          { 0x9000001a, true, "cloud" },
		{ 0x9000f01a, true, "cloud" },        { 0x80000021, true, "cloud" },
		{ 0x80000017, true, "WOF" },          { 0x8000001e, true, "a filter" },
		{ 0x00001234, true, "a filter" },     { 0, false, "offline" },
		{ 0xa0000003, false, "a filter" },    { 0xa000000c, false, "a filter" },
		{ 0x80000023, false, "a filter" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		assert_int_equal(reparse_hides(tags[i].tag), tags[i].hides);
		assert_non_null(strstr(reparse_why(tags[i].tag), tags[i].why));
	}
}

/* ---- slack ---- */

/* A stream on clusters 0x60 to 0x63, with a letter of its own in each. */
static struct source *
open_slack(struct bench *b, struct runs runs, struct ear *ear, struct source **ret_slack, struct slack_info *ret_info,
	   int expected)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "slack");
	struct source *stream;

	draft_runs(&d, 0x80, runs);
	forge_add(&f, d);
	for (unsigned i = 0; i < 4; i++)
		memset(f.bytes + (0x60 + i) * FORGE_CLUSTER, 'a' + (char)i, FORGE_CLUSTER);
	bench_open(b, f, 1);
	*ear = (struct ear){ .sink = { .damage = hear } };
	stream = open_stream(b, 24, 0, ear);
	assert_int_equal(stream_slack(stream, ret_slack, ret_info), expected);
	return stream;
}

static void
close_slack(struct bench *b, struct ear *ear, struct source *stream, struct source *slack)
{
	assert_int_equal(ear->times, 0);
	source_close(slack);
	source_close(stream);
	text_free(&ear->heard);
	bench_close(b);
}

static void
slack_begins_where_the_content_ends(void **state)
{
	static const struct {
		struct runs runs;
		uint64_t from, size;
		char first, last;
	} cases[] = {
		/* the rest of the last cluster; all behind the valid-data length; clusters behind the end */
		{ { .last = 1, .size = 5000, .valid = 5000, RUNS("\x11\x02\x60") }, 5000, 3192, 'b', 'b' },
		{ { .last = 3, .size = 16000, .valid = 100, RUNS("\x11\x04\x60") }, 100, 16284, 'a', 'd' },
		{ { .last = 3, .size = 4096, .valid = 4096, RUNS("\x11\x04\x60") }, 4096, 12288, 'b', 'd' },
		/* a hole before the slack is none of it */
		{ { .last = 3, .size = 4000, .valid = 10, .flags = 0x8000, RUNS("\x01\x03\x11\x01\x60") },
		  12288,
		  4096,
		  'a',
		  'a' },
		/* of a compressed stream only what lies behind the last packed unit */
		{ { .last = 31,
		    .size = 60000,
		    .valid = 60000,
		    .flags = 1,
		    .unit = 4,
		    RUNS("\x11\x01\x60\x01\x0f\x11\x02\x01\x01\x0e") },
		  65536,
		  8192,
		  'b',
		  'c' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slack_info info;
		struct source *slack, *stream;
		struct ear ear;
		struct bench b;
		char c;

		stream = open_slack(&b, cases[i].runs, &ear, &slack, &info, 0);
		assert_int_equal(info.from, cases[i].from);
		assert_int_equal(slack->size, cases[i].size);
		assert_false(info.covered || info.more);
		assert_int_equal(source_read(slack, 0, &c, 1), 1);
		assert_int_equal(c, cases[i].first);
		assert_int_equal(source_read(slack, slack->size - 1, &c, 1), 1);
		assert_int_equal(c, cases[i].last);
		assert_int_equal(source_trust(slack, 0, slack->size), 0);
		close_slack(&b, &ear, stream, slack);
	}
}

static void
a_stream_may_have_no_slack(void **state)
{
	static const struct runs cases[] = {
		{ .last = 3, .size = 16384, .valid = 16384, RUNS("\x11\x04\x60") },
		{ .last = 3, .size = 16384, .valid = 0, .flags = 0x8000, RUNS("\x01\x04") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slack_info info;
		struct source *slack = NULL, *stream;
		struct ear ear;
		struct bench b;

		stream = open_slack(&b, cases[i], &ear, &slack, &info, -ENOENT);
		close_slack(&b, &ear, stream, NULL);
	}
}

/* ---- LZNT1 ---- */

/* A unit of 16 clusters whose first holds these bytes between two that are as they should be. */
static struct forge
forge_units(const uint8_t *packed, size_t n)
{
	static const uint8_t chunk[] = { 0x03, 0xb0, 0x02, 'a', 0xfc, 0x0f }; /* a literal, then itself 4,095 times */
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "packed");

	draft_runs(&d, 0x80,
		   (struct runs){ .last = 47,
				  .size = 48 * 4096,
				  .valid = 48 * 4096,
				  .flags = 1,
				  .unit = 4,
				  RUNS("\x11\x01\x40\x01\x0f\x11\x02\x01\x01\x0e\x11\x01\x02\x01\x0f") });
	forge_add(&f, d);
	for (unsigned i = 0; i < 16; i++) {
		memcpy(f.bytes + 0x40 * FORGE_CLUSTER + i * sizeof(chunk), chunk, sizeof(chunk));
		memcpy(f.bytes + 0x43 * FORGE_CLUSTER + i * sizeof(chunk), chunk, sizeof(chunk));
	}
	memcpy(f.bytes + 0x41 * FORGE_CLUSTER, packed, n);
	return f;
}

/* Reads the three units at once and in small steps: the two outer ones are good, the middle one as the case says. */
static void
expect_units(const uint8_t *packed, size_t n, bool good, const char *head, size_t head_n)
{
	static const size_t steps[] = { 512, 4096, 5000, 65536 };
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t *whole = malloc(48 * 4096), *part = malloc(48 * 4096);
	struct source *stream;
	struct bench b;

	bench_open(&b, forge_units(packed, n), 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_read(stream, 0, whole, 48 * 4096), 48 * 4096);
	assert_true(whole[0] == 'a' && whole[65535] == 'a' && whole[131072] == 'a' && whole[196607] == 'a');
	assert_memory_equal(whole + 65536, head, head_n);
	assert_int_equal(whole[131071], 0);
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		for (size_t at = 0; at < 48 * 4096; at += steps[s])
			assert_true(source_read(stream, at, part + at, steps[s]) > 0);
		assert_memory_equal(part, whole, 48 * 4096);
	}
	assert_int_equal(ear.times, !good);
	assert_int_equal(source_trust(stream, 0, 65536) | source_trust(stream, 131072, 196608), 0);
	assert_int_equal(source_trust(stream, 65536, 131072), good ? 0 : TRUST_DAMAGED);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
	free(whole);
	free(part);
}

static void
each_kind_of_damage_costs_one_unit(void **state)
{
	static const struct {
		const char *packed;
		size_t n;
		bool good;
		const char *head;
		size_t head_n;
	} cases[] = {
#define PACKED(bytes) (bytes), sizeof(bytes) - 1
		/* good: a packed chunk that ends the unit; a short one filled with zeros before the next; one stored;
		   none */
		{ PACKED("\x03\xb0\x00xyz\0\0"), true, "xyz\0\0\0", 6 },
		{ PACKED("\x02\xb0\x00xy\x02\xb0\x00zz\0\0"), true, "xy\0\0", 4 },
		{ PACKED("\x03\x30qrst\0\0"), true, "qrst\0", 5 },
		{ PACKED("\0\0"), true, "\0\0\0\0", 4 },
		/* a header without its signature; one that reaches behind the packed bytes */
		{ PACKED("\x03\x80\x00xyz\0\0"), false, "\0\0\0", 3 },
		{ PACKED("\x03\xb0\x00xyz\xff\x7f"), false, "xyz\0", 4 },
		/* matches: before anything was written, back beyond the start, longer than the chunk, cut off */
		{ PACKED("\x02\xb0\x01\x00\x00\0\0"), false, "\0\0\0", 3 },
		{ PACKED("\x03\xb0\x02x\x00\x10\0\0"), false, "x\0\0", 3 },
		{ PACKED("\x05\xb0\x06x\xf0\x0f\x0f\x00\0\0"), false, "xxxx", 4 },
		{ PACKED("\x02\xb0\x02x\x00\0\0"), false, "x\0\0", 3 },
#undef PACKED
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_units((const uint8_t *)cases[i].packed, cases[i].n, cases[i].good, cases[i].head,
			     cases[i].head_n);
}

/* Chunks that are stored take their place among packed ones, in units of any clusters. */
static void
stored_chunks_stand_among_packed_ones(void **state)
{
	uint8_t packed[2 + 4096 + 6 + 2] = { 0xff, 0x3f }, head[8192];

	(void)state;
	for (unsigned i = 0; i < 4096; i++)
		packed[2 + i] = head[i] = (uint8_t)(i * 7 + i / 256);
	memcpy(packed + 2 + 4096, "\x03\xb0\x02z\xfc\x0f", 6);
	memset(head + 4096, 'z', 4096);
	expect_units(packed, sizeof(packed), true, (char *)head, sizeof(head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packed_files_read_as_their_content),
		cmocka_unit_test(reused_clusters_of_packed_files_are_counted),
		cmocka_unit_test(the_packed_stream_may_lie_in_another_record),
		cmocka_unit_test(every_unnamed_stream_is_seen),
		cmocka_unit_test(folders_may_have_streams),
		cmocka_unit_test(filters_are_told_by_their_tags),
		cmocka_unit_test(slack_begins_where_the_content_ends),
		cmocka_unit_test(a_stream_may_have_no_slack),
		cmocka_unit_test(each_kind_of_damage_costs_one_unit),
		cmocka_unit_test(stored_chunks_stand_among_packed_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

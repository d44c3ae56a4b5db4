/* test_stream.c - the content of streams on volumes forged for one purpose each. */
#include "ntfs_bench.h"

#include <pthread.h>

#include "../src/evidence/lznt1.h"
#include "claims.h"

static void
content_of_filters_is_said_to_be_elsewhere(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "wof.aspx");
	struct ear ear = { .sink = { .damage = hear } };
	struct catalog_cursor cursor;
	struct source *stream;
	struct bench b;

	(void)state;
	draft_runs(&d, 0x80, (struct runs){ .size = 4096, .valid = 4096, .flags = 0x8000, RUNS("\x01\x01") });
	draft_resident(&d, 0xc0, "", "\x17\0\0\x80\0\0\0\0", 8);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
	assert_int_equal(cursor.entry.reparse, 0x80000017);
	assert_true(cursor.entry.streams[0].flags & STREAM_ELSEWHERE);
	catalog_stop(&cursor);
	stream = open_stream(&b, 24, 0, &ear);
	assert_true(heard(&ear, "reparse point is cut short"));
	assert_int_equal(source_trust(stream, 0, 4096), TRUST_MISSING);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

static void
gaps_and_overlaps_of_extents_are_told(void **state)
{
	const uint64_t items[][3] = { { 0x80, 3, ref(25, 1) }, { 0x80, 4, ref(26, 1) }, { 0x80, 9, ref(27, 1) } };
	struct forge f = forge_new(64);
	struct draft d = with_list(24, items, 3);
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t bytes[6 * FORGE_CLUSTER];
	struct source *stream;
	struct bench b;

	(void)state;
	draft_runs(&d, 0x80,
		   (struct runs){ .last = 1, .size = sizeof(bytes), .valid = sizeof(bytes), RUNS("\x11\x02\x60") });
	forge_add(&f, d);
	for (unsigned i = 0; i < 2; i++) {
		d = draft_of(25 + i, 1, 1, ref(24, 1));
		draft_runs(&d, 0x80, (struct runs){ .first = 3 + i, .last = 5, RUNS("\x11\x03\x70") });
		forge_add(&f, d);
	}
	memset(f.bytes + 0x60 * FORGE_CLUSTER, 'a', 0x20 * FORGE_CLUSTER);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "not of this entry"));
	stream = open_stream(&b, 24, 0, &ear);
	assert_true(heard(&ear, "missing between its attributes"));
	assert_true(heard(&ear, "claim the same part"));
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), sizeof(bytes));
	assert_true(bytes[2 * FORGE_CLUSTER - 1] == 'a' && !bytes[2 * FORGE_CLUSTER] &&
		    bytes[3 * FORGE_CLUSTER] == 'a');
	assert_int_equal(source_trust(stream, 0, 2 * FORGE_CLUSTER), 0);
	assert_int_equal(source_trust(stream, 2 * FORGE_CLUSTER, 2 * FORGE_CLUSTER + 1), TRUST_MISSING);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

static void
a_hole_larger_than_the_volume_is_legal(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "shell.aspx");
	struct ear ear = { .sink = { .damage = hear } };
	struct source *stream;
	uint64_t from, to;
	struct bench b;
	char bytes[8];

	(void)state;
	draft_runs(&d, 0x80,
		   (struct runs){ .last = (1 << 28) + 1,
				  .size = ((1ull << 28) + 1) * 4096,
				  .flags = 0x8000,
				  .valid = ((1ull << 28) + 1) * 4096,
				  RUNS("\x04\0\0\0\x10\x11\x01\x60") });
	forge_add(&f, d);
	memcpy(f.bytes + 0x60 * FORGE_CLUSTER, "content", 7);
	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_false(heard(&ear, "outside"));
	assert_int_equal(source_next_data(stream, 0, &from, &to), 1);
	assert_true(from == 1ull << 40 && to == (1ull << 40) + 4096);
	assert_int_equal(source_read(stream, from, bytes, 8), 8);
	assert_memory_equal(bytes, "content", 7);
	assert_int_equal(source_next_data(stream, to, &from, &to), 0);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

static void
runs_outside_the_volume_are_missing(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "out");
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t bytes[2 * FORGE_CLUSTER];
	struct source *stream;
	uint64_t from, to;
	struct bench b;

	(void)state;
	draft_runs(&d, 0x80,
		   (struct runs){ .last = 1,
				  .size = sizeof(bytes),
				  .valid = sizeof(bytes),
				  RUNS("\x21\x01\xff\x00\x31\x01\0\0\x10") });
	forge_add(&f, d);
	memset(f.bytes + 0xff * FORGE_CLUSTER, 'x', FORGE_CLUSTER);
	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_true(heard(&ear, "outside the volume"));
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), sizeof(bytes));
	assert_true(bytes[FORGE_CLUSTER - 1] == 'x' && !bytes[FORGE_CLUSTER]);
	assert_int_equal(source_trust(stream, 0, FORGE_CLUSTER), 0);
	assert_int_equal(source_trust(stream, 0, sizeof(bytes)), TRUST_MISSING);
	assert_int_equal(source_next_data(stream, 0, &from, &to), 1);
	assert_int_equal(to, FORGE_CLUSTER);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

static void
behind_the_valid_length_are_zeros(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "vdl");
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t bytes[FORGE_CLUSTER];
	struct source *stream;
	struct bench b;

	(void)state;
	draft_runs(&d, 0x80, (struct runs){ .last = 0, .size = 4000, .valid = 100, RUNS("\x11\x01\x60") });
	forge_add(&f, d);
	memset(f.bytes + 0x60 * FORGE_CLUSTER, 'x', FORGE_CLUSTER);
	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), 4000);
	assert_true(bytes[99] == 'x' && !bytes[100] && !bytes[3999]);
	source_close(stream);
	text_free(&ear.heard);
	bench_close(&b);
}

/* The example of [MS-XCA] 3.2. */
static void
lznt1_unpacks_the_published_example(void **state)
{
	static const uint8_t packed[] = {
		0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47,
		0x01, 0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20,
		0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09,
		0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00,
	};
	static const char plain[] =
		"F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G "
		"F# D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D";
	uint8_t out[4096];

	(void)state;
	assert_int_equal(lznt1_unpack(view_of(packed, sizeof(packed)), out, sizeof(out)), 0);
	assert_string_equal((char *)out, plain);
}

/* A unit of one cluster of literals and matches, one of stored clusters, one that is broken, and one that is a hole. */
static size_t
packed_unit(uint8_t *p, char c)
{
	static const uint8_t chunk[] = { 0x03, 0xb0, 0x02, 0, 0xfc, 0x0f }; /* one literal, then itself 4,095 times */
	uint8_t *start = p;

	for (unsigned i = 0; i < 16; i++, p += sizeof(chunk)) {
		memcpy(p, chunk, sizeof(chunk));
		p[3] = (uint8_t)c;
	}
	return (size_t)(p - start);
}

static struct forge
forge_compressed(void)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "packed");
	uint8_t *p = f.bytes + 0x40 * FORGE_CLUSTER;

	draft_runs(&d, 0x80,
		   (struct runs){ .last = 63,
				  .size = 64 * 4096 - 100,
				  .valid = 64 * 4096 - 100,
				  .flags = 1,
				  .unit = 4,
				  RUNS("\x11\x01\x40\x01\x0f\x11\x10\x10\x11\x01\x10\x01\x0f\x01\x10") });
	forge_add(&f, d);
	packed_unit(p, 'a');
	for (unsigned i = 0; i < 16 * FORGE_CLUSTER; i++)
		p[0x10 * FORGE_CLUSTER + i] = (uint8_t)(i >> 4);
	packed_unit(p + 0x20 * FORGE_CLUSTER, 'c');
	p[0x20 * FORGE_CLUSTER + 7 * 6 + 2] = 1; /* a match before anything was written */
	return f;
}

static void
compressed_content_does_not_depend_on_the_reading(void **state)
{
	static const size_t steps[] = { 1000, 4096, 65536, 12345, 64 * 4096 };
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t *whole = malloc(64 * 4096), *bytes = malloc(64 * 4096);
	struct source *stream;
	struct bench b;

	(void)state;
	bench_open(&b, forge_compressed(), 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(stream->size, 64 * 4096 - 100);
	assert_int_equal(source_read(stream, 0, whole, 64 * 4096), 64 * 4096 - 100);
	assert_true(whole[0] == 'a' && whole[65535] == 'a' && whole[65536 + 16] == 1);
	assert_true(whole[2 * 65536] == 'c' && whole[2 * 65536 + 7 * 4096 - 1] == 'c' && !whole[2 * 65536 + 7 * 4096]);
	assert_true(!whole[3 * 65536]);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (size_t at = 0; at < stream->size; at += steps[i])
			assert_true(source_read(stream, at, bytes + at, steps[i]) > 0);
		assert_memory_equal(bytes, whole, stream->size);
	}
	source_close(stream);
	bench_close(&b);
	text_free(&ear.heard);
	free(whole);
	free(bytes);
}

static void
a_damaged_unit_costs_one_unit(void **state)
{
	struct ear ear = { .sink = { .damage = hear } };
	struct source *stream;
	uint64_t from, to;
	struct bench b;

	(void)state;
	bench_open(&b, forge_compressed(), 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_trust(stream, 0, 2 * 65536), 0);
	assert_int_equal(source_trust(stream, 0, 2 * 65536 + 1), TRUST_DAMAGED);
	assert_int_equal(source_trust(stream, 3 * 65536, stream->size), 0);
	assert_int_equal(ear.times, 1);
	assert_int_equal(source_next_data(stream, 5, &from, &to), 1);
	assert_true(from == 5 && to == 65536);
	assert_int_equal(source_next_data(stream, 3 * 65536, &from, &to), 0);
	source_close(stream);
	bench_close(&b);
	text_free(&ear.heard);
}

static void
what_was_overwritten_is_counted(void **state)
{
	struct forge f = forge_new(32);
	struct draft bitmap = draft_usual(6, 6, 1, ref(5, 5), "$Bitmap"), d = draft_usual(24, 2, 0, ref(5, 5), "gone");
	struct ear ear = { .sink = { .damage = hear } };
	uint64_t reused, clusters;
	struct source *stream;
	uint8_t bits[32] = { 0 };
	struct bench b;

	(void)state;
	bits[0x60 / 8] = 0x05; /* the first and the third of its four clusters */
	draft_resident(&bitmap, 0x80, "", bits, sizeof(bits));
	forge_add(&f, bitmap);
	draft_runs(&d, 0x80, (struct runs){ .last = 3, .size = 16384, .valid = 16384, RUNS("\x11\x04\x60") });
	forge_add(&f, d);
	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(stream_reused(b.ntfs, stream, &reused, &clusters), 0);
	assert_int_equal(reused, 2);
	assert_int_equal(clusters, 4);
	source_close(stream);
	bench_close(&b);
	text_free(&ear.heard);
}

static void
what_two_deleted_files_claim_is_counted(void **state)
{
	static const struct {
		const char *pairs;
		uint64_t all, first, last; /* clusters: of the file, of its first cluster alone, of its last */
	} files[] = {
		{ "\x11\x04\x60", 2, 0, 1 },             /* 60-63 */
		{ "\x11\x04\x62", 4, 1, 1 },             /* 62-65 */
		{ "\x11\x02\x64\x11\x02\x08", 3, 1, 0 }, /* 64-65, 6c-6d */
		{ "\x11\x01\x6c\x11\x03\x0a", 1, 1, 0 }, /* 6c, 76-78 */
	};
	enum { FILES = sizeof(files) / sizeof(files[0]) };
	CLEANUP(claims_free) struct claims *claims = NULL;
	struct forge f = forge_new(32);
	struct source *streams[FILES];
	struct ear ear = { .sink = { .damage = hear } };
	struct bench b;

	(void)state;
	for (unsigned i = 0; i < FILES; i++) {
		struct draft d = draft_usual(24 + i, 2, 0, ref(5, 5), "gone");

		draft_runs(&d, 0x80,
			   (struct runs){ .last = 3, .size = 16384, .valid = 16384, .pairs = files[i].pairs,
					  .pairs_size = strlen(files[i].pairs) + 1 });
		forge_add(&f, d);
	}
	bench_open(&b, f, 1);
	assert_int_equal(claims_new(b.ntfs, &claims), 0);
	for (unsigned i = 0; i < FILES; i++) {
		streams[i] = open_stream(&b, 24 + i, 0, &ear);
		assert_int_equal(claims_add(claims, streams[i]), 0);
	}
	claims_settle(claims);
	for (unsigned i = 0; i < FILES; i++) {
		assert_int_equal(claims_shared(claims, streams[i], 0, UINT64_MAX), files[i].all);
		assert_int_equal(claims_shared(claims, streams[i], 5, 6), files[i].first);
		assert_int_equal(claims_shared(claims, streams[i], 3 * 4096, 4 * 4096), files[i].last);
		source_close(streams[i]);
	}
	bench_close(&b);
	text_free(&ear.heard);
}

static void
another_sequence_is_another_file(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 7, 1, ref(5, 5), "x");
	struct source *stream;
	struct bench b;

	(void)state;
	draft_resident(&d, 0x80, "", "x", 1);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_int_equal(stream_open(b.ntfs, (struct reference){ 24, 6 }, 2, NULL, &stream), -ESTALE);
	assert_int_equal(stream_open(b.ntfs, (struct reference){ 24, 7 }, 9, NULL, &stream), -ENOENT);
	assert_int_equal(stream_open(b.ntfs, (struct reference){ 1000, 1 }, 0, NULL, &stream), -ENOENT);
	bench_close(&b);
}

struct reader {
	struct source *stream;
	const uint8_t *whole;
	unsigned number;
	bool same;
};

static void *
read_by_steps(void *arg)
{
	struct reader *r = arg;
	size_t step = 3000 + r->number * 977;
	uint8_t bytes[8192];

	r->same = true;
	for (uint64_t at = r->number * 40000; at < r->stream->size; at += step) {
		ssize_t n = source_read(r->stream, at, bytes, step);

		r->same &= n > 0 && !memcmp(bytes, r->whole + at, (size_t)n);
	}
	return NULL;
}

static void
threads_share_a_compressed_stream(void **state)
{
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t *whole = malloc(64 * 4096);
	struct reader readers[4];
	pthread_t threads[4];
	struct source *stream;
	struct bench b;

	(void)state;
	bench_open(&b, forge_compressed(), 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_true(source_read(stream, 0, whole, 64 * 4096) > 0);
	for (unsigned i = 0; i < 4; i++) {
		readers[i] = (struct reader){ .stream = stream, .whole = whole, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, read_by_steps, &readers[i]), 0);
	}
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(readers[i].same);
	}
	source_close(stream);
	bench_close(&b);
	text_free(&ear.heard);
	free(whole);
}

/* A volume that fails for good at the n-th reading. */
struct failing {
	struct source source;
	struct view bytes;
	unsigned left;
};

static ssize_t
failing_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct failing *f = (struct failing *)src;

	if (!f->left)
		return -EIO;
	f->left--;
	memcpy(buf, f->bytes.p + offset, n);
	return (ssize_t)n;
}

static void
failing_close(struct source *src)
{
	(void)src;
}

static int
read_everything(struct source *volume, struct sink *out)
{
	CLEANUP(ntfs_close) struct ntfs *ntfs = NULL;
	CLEANUP(catalog_free) struct catalog *catalog = NULL;
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(free) uint8_t *bytes = malloc(64 * 4096);
	ssize_t n;
	int r = ntfs_open(volume, out, &ntfs);

	if (r == 0)
		r = catalog_sweep(ntfs, 1, out, NULL, NULL, &catalog);
	if (r == 0)
		r = stream_open(ntfs, (struct reference){ 24, 1 }, 2, out, &stream);
	if (r < 0)
		return r;
	n = source_read(stream, 0, bytes, 64 * 4096);
	return n < 0 ? (int)n : 0;
}

static void
a_reading_that_fails_is_passed_on(void **state)
{
	static const struct source_ops ops = { .read = failing_read, .close = failing_close };
	struct forge f = forge_compressed();
	struct ear ear = { .sink = { .damage = hear } };
	int r = -EIO;

	(void)state;
	for (unsigned n = 0; r < 0 && n < 200; n++) {
		struct failing volume = { .source = { .ops = &ops, .size = f.size, .name = "failing" },
					  .bytes = view_of(f.bytes, f.size),
					  .left = n };

		r = read_everything(&volume.source, &ear.sink);
		assert_true(r == 0 || r == -EIO);
	}
	assert_int_equal(r, 0);
	text_free(&ear.heard);
	free(f.bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_of_filters_is_said_to_be_elsewhere),
		cmocka_unit_test(gaps_and_overlaps_of_extents_are_told),
		cmocka_unit_test(a_hole_larger_than_the_volume_is_legal),
		cmocka_unit_test(runs_outside_the_volume_are_missing),
		cmocka_unit_test(behind_the_valid_length_are_zeros),
		cmocka_unit_test(lznt1_unpacks_the_published_example),
		cmocka_unit_test(compressed_content_does_not_depend_on_the_reading),
		cmocka_unit_test(a_damaged_unit_costs_one_unit),
		cmocka_unit_test(what_was_overwritten_is_counted),
		cmocka_unit_test(what_two_deleted_files_claim_is_counted),
		cmocka_unit_test(another_sequence_is_another_file),
		cmocka_unit_test(threads_share_a_compressed_stream),
		cmocka_unit_test(a_reading_that_fails_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

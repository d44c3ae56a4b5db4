/* test_wof.c - packed streams, put together here with libwim's compressors, and what is made of damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <wimlib.h>

#include "../src/evidence/unpack.h"
#include "../src/evidence/wof.h"
#include "text.h"

/* Remembers what was said to be wrong. */
struct ear {
	struct sink sink;
	unsigned times;
	uint64_t offset;
};

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	struct ear *ear = (struct ear *)out;

	(void)why;
	ear->times++;
	ear->offset = offset;
	return 0;
}

static const struct way {
	enum wof_algorithm algorithm;
	enum wimlib_compression_type type;
	uint32_t chunk;
} ways[] = {
	{ WOF_XPRESS4K, WIMLIB_COMPRESSION_TYPE_XPRESS, 4096 },
	{ WOF_XPRESS8K, WIMLIB_COMPRESSION_TYPE_XPRESS, 8192 },
	{ WOF_XPRESS16K, WIMLIB_COMPRESSION_TYPE_XPRESS, 16384 },
	{ WOF_LZX, WIMLIB_COMPRESSION_TYPE_LZX, 32768 },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* A packed stream under construction: the table and what stands behind it. */
struct pack {
	uint8_t *table, *body;
	size_t table_n, body_n;
	unsigned entry;
};

static void
add_end(struct pack *p)
{
	for (unsigned i = 0; i < p->entry; i++)
		p->table[p->table_n++] = (uint8_t)((uint64_t)p->body_n >> (8 * i));
}

static struct pack
pack_of(const uint8_t *plain, size_t size, const struct way *way)
{
	size_t chunks = (size + way->chunk - 1) / way->chunk;
	struct pack p = { .table = malloc(chunks * 4 + 1), .body = malloc(size + 1), .entry = 4 };
	struct wimlib_compressor *with;

	assert_int_equal(wimlib_create_compressor(way->type, way->chunk, 0, &with), 0);
	for (size_t i = 0; i < chunks; i++) {
		size_t at = i * way->chunk, n = size - at < way->chunk ? size - at : way->chunk;
		size_t packed = wimlib_compress(plain + at, n, p.body + p.body_n, n - 1, with);

		if (!packed)
			memcpy(p.body + p.body_n, plain + at, n);
		p.body_n += packed ? packed : n;
		if (i < chunks - 1)
			add_end(&p);
	}
	wimlib_free_compressor(with);
	return p;
}

/* The stream as it lies on the volume. */
static uint8_t *
join(struct pack *p, size_t *ret_n)
{
	uint8_t *all = malloc(p->table_n + p->body_n + 1);

	memcpy(all, p->table, p->table_n);
	memcpy(all + p->table_n, p->body, p->body_n);
	*ret_n = p->table_n + p->body_n;
	free(p->table);
	free(p->body);
	return all;
}

/* Text that packs, then noise that does not, then text again: the last chunk is a short one. */
static uint8_t *
make_plain(size_t size)
{
	uint8_t *plain = malloc(size);
	uint32_t noise = 1;

	for (size_t i = 0; i < size; i++) {
		noise = noise * 1664525 + 1013904223;
		plain[i] = i / 65536 % 2 ? (uint8_t)(noise >> 24)
					 : (uint8_t)("the quick brown fox "[i % 20] + i / 997 % 3);
	}
	return plain;
}

static struct wof *
open_packed(const uint8_t *packed, size_t n, uint64_t size, enum wof_algorithm algorithm, struct ear *ear)
{
	struct source *source;
	struct wof *wof = NULL;
	const char *why = NULL;

	*ear = (struct ear){ .sink = { .damage = hear } };
	assert_int_equal(source_memory(view_of(packed, n), "packed", &source), 0);
	assert_int_equal(wof_open(source, size, algorithm, &ear->sink, &wof, &why), 0);
	return wof;
}

static void
every_way_gives_the_plain_bytes(void **state)
{
	static const size_t sizes[] = { 1, 2, 4095, 4096, 4097, 32768, 65536, 200001 },
			    steps[] = { 1, 1000, 4096, 65536, 200001 };

	(void)state;
	for (size_t w = 0; w < WAYS; w++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			uint8_t *plain = make_plain(sizes[s]), *bytes = malloc(sizes[s]);
			struct pack p = pack_of(plain, sizes[s], &ways[w]);
			size_t n;
			uint8_t *packed = join(&p, &n);
			struct ear ear;
			struct wof *wof = open_packed(packed, n, sizes[s], ways[w].algorithm, &ear);

			for (size_t t = sizes[s] > 70000; t < sizeof(steps) / sizeof(steps[0]); t++) {
				memset(bytes, 0xee, sizes[s]);
				for (size_t at = 0; at < sizes[s]; at += steps[t])
					assert_int_equal(wof_read(wof, at, bytes + at,
								  sizes[s] - at < steps[t] ? sizes[s] - at : steps[t]),
							 0);
				assert_memory_equal(bytes, plain, sizes[s]);
			}
			assert_int_equal(wof_trust(wof, 0, sizes[s]), 0);
			assert_int_equal(ear.times, 0);
			wof_close(wof);
			free(packed);
			free(plain);
			free(bytes);
		}
	}
}

/* Damages the packed stream of 200,001 bytes at one place, and tells what reads otherwise. */
static unsigned
damaged(const struct way *way, size_t at, uint64_t value, size_t bytes, struct ear *ear)
{
	size_t size = 200001, n;
	uint8_t *plain = make_plain(size), *got = malloc(size);
	struct pack p = pack_of(plain, size, way);
	uint8_t *packed = join(&p, &n);
	struct wof *wof;
	unsigned differ = 0;

	for (size_t i = 0; i < bytes; i++)
		packed[at + i] = (uint8_t)(value >> (8 * i));
	wof = open_packed(packed, n, size, way->algorithm, ear);
	assert_int_equal(wof_read(wof, 0, got, size), 0);
	for (size_t c = 0; c * way->chunk < size; c++) {
		size_t from = c * way->chunk, part = size - from < way->chunk ? size - from : way->chunk;
		bool same = !memcmp(got + from, plain + from, part);

		differ += !same;
		if (!same)
			assert_true(!got[from] && !memcmp(got + from, got + from + 1, part - 1));
		assert_int_equal(wof_trust(wof, from, from + part), same ? 0 : TRUST_DAMAGED);
	}
	assert_int_equal(ear->times, differ);
	assert_int_equal(wof_trust(wof, 0, size), differ ? TRUST_DAMAGED : 0);
	wof_close(wof);
	free(packed);
	free(plain);
	free(got);
	return differ;
}

static void
a_damaged_chunk_costs_itself(void **state)
{
	struct ear ear;

	(void)state;
	for (size_t w = 0; w < WAYS; w++) {
		size_t table = (200001 + ways[w].chunk - 1) / ways[w].chunk * 4 - 4;

		/* the code lengths of the first chunk */
		assert_int_equal(damaged(&ways[w], table + 8, UINT64_MAX, 8, &ear), 1);
		assert_int_equal(ear.offset, 0);
		/* an entry of the table that lies outside, that comes before the one before, that is not there */
		assert_int_equal(damaged(&ways[w], 4, UINT32_MAX, 4, &ear), 2);
		assert_int_equal(ear.offset, 2 * ways[w].chunk);
		assert_int_equal(damaged(&ways[w], 4, 1, 4, &ear), 2);
		assert_int_equal(damaged(&ways[w], 0, 0, 4, &ear), 2);
	}
}

static void
a_stream_cut_short_costs_its_end(void **state)
{
	size_t size = 200001, n;
	uint8_t *plain = make_plain(size), *got = malloc(size);
	struct pack p = pack_of(plain, size, &ways[0]);
	uint8_t *packed = join(&p, &n);
	struct ear ear;
	struct wof *wof = open_packed(packed, n / 2, size, WOF_XPRESS4K, &ear);

	(void)state;
	assert_int_equal(wof_read(wof, 0, got, size), 0);
	assert_memory_equal(got, plain, 65536);
	assert_int_equal(wof_trust(wof, 0, 65536), 0);
	assert_int_equal(wof_trust(wof, size - 1, size), TRUST_DAMAGED);
	assert_true(!got[size - 1]);
	wof_close(wof);
	free(packed);
	free(plain);
	free(got);
}

static void
what_cannot_be_packed_content_is_refused(void **state)
{
	static const uint8_t packed[64];
	struct source *source;
	struct wof *wof;
	const char *why = NULL;

	(void)state;
	assert_int_equal(source_memory(view_of(packed, sizeof(packed)), "packed", &source), 0);
	assert_int_equal(wof_open(source, 18 * 4096, WOF_XPRESS4K, NULL, &wof, &why), -EINVAL);
	assert_non_null(strstr(why, "chunk table"));
	why = NULL;
	assert_int_equal(source_memory(view_of(packed, sizeof(packed)), "packed", &source), 0);
	assert_int_equal(wof_open(source, INT64_MAX, WOF_LZX, NULL, &wof, &why), -EINVAL);
	assert_non_null(strstr(why, "longer"));
}

/* From 4 GiB on the entries of the table have 8 bytes. */
static void
tables_of_large_files_are_wide(void **state)
{
	const struct way *way = &ways[3];
	uint64_t size = (UINT64_C(4) << 30) + 5, chunks = size / way->chunk + 1;
	uint8_t *zeros = calloc(1, way->chunk), chunk[32768], bytes[12];
	struct pack p = { .table = malloc(chunks * 8), .body = malloc(chunks * 128), .entry = 8 };
	struct wimlib_compressor *with;
	struct ear ear;
	struct wof *wof;
	size_t n;
	uint8_t *packed;

	(void)state;
	assert_int_equal(wimlib_create_compressor(way->type, way->chunk, 0, &with), 0);
	n = wimlib_compress(zeros, way->chunk, chunk, sizeof(chunk), with);
	assert_true(n && n <= 128);
	for (uint64_t i = 0; i < chunks - 1; i++) {
		memcpy(p.body + p.body_n, chunk, n);
		p.body_n += n;
		add_end(&p);
	}
	memcpy(p.body + p.body_n, "shell", 5);
	p.body_n += 5;
	packed = join(&p, &n);
	wof = open_packed(packed, n, size, way->algorithm, &ear);
	assert_int_equal(wof_read(wof, size - 12, bytes, 12), 0);
	assert_memory_equal(bytes, "\0\0\0\0\0\0\0shell", 12);
	assert_int_equal(wof_read(wof, UINT64_C(1) << 31, bytes, 12), 0);
	assert_memory_equal(bytes, zeros, 12);
	assert_int_equal(wof_trust(wof, size - 40000, size), 0);
	assert_int_equal(ear.times, 0);
	wof_close(wof);
	wimlib_free_compressor(with);
	free(zeros);
	free(packed);
}

static void
reparse_points_are_told_apart(void **state)
{
	static const struct {
		uint8_t words[5]; /* version, provider, version, algorithm, and how many bytes there are */
		int result;
		const char *why;
	} points[] = {
		{ { 1, 2, 1, 0, 24 }, 0, NULL },
		{ { 1, 2, 1, 3, 24 }, 0, NULL },
		{ { 1, 2, 1, 4, 24 }, -EINVAL, "algorithm" },
		{ { 2, 2, 1, 0, 24 }, -EINVAL, "version" },
		{ { 1, 1, 2, 0, 24 }, -EINVAL, "WIM file" },
		{ { 1, 3, 1, 0, 24 }, -EINVAL, "provider" },
		{ { 1, 2, 9, 0, 24 }, -EINVAL, "provider" },
		{ { 1, 2, 1, 0, 23 }, -EINVAL, "cut short" },
		{ { 1, 2, 1, 0, 0 }, -EINVAL, "cut short" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		uint8_t bytes[24] = { 0x17, 0, 0, 0x80, 16 };
		enum wof_algorithm algorithm = WOF_ALGORITHMS;
		const char *why = NULL;

		for (size_t k = 0; k < 4; k++)
			bytes[8 + k * 4] = points[i].words[k];
		assert_int_equal(wof_parse(view_of(bytes, points[i].words[4]), &algorithm, &why), points[i].result);
		if (points[i].why)
			assert_non_null(strstr(why, points[i].why));
		else
			assert_int_equal(algorithm, points[i].words[3]);
	}
}

struct reader {
	struct wof *wof;
	const uint8_t *plain;
	size_t size, start;
	bool same;
};

static void *
read_by_steps(void *arg)
{
	struct reader *r = arg;
	uint8_t bytes[7000];

	r->same = true;
	for (size_t at = r->start; at < r->size; at += sizeof(bytes)) {
		size_t n = r->size - at < sizeof(bytes) ? r->size - at : sizeof(bytes);

		r->same &= !wof_read(r->wof, at, bytes, n) && !memcmp(bytes, r->plain + at, n);
		r->same &= !wof_trust(r->wof, at, at + n);
	}
	return NULL;
}

static void
threads_share_a_packed_stream(void **state)
{
	size_t size = 1000000, n;
	uint8_t *plain = make_plain(size);
	struct pack p = pack_of(plain, size, &ways[1]);
	uint8_t *packed = join(&p, &n);
	struct reader readers[4];
	pthread_t threads[4];
	struct ear ear;
	struct wof *wof = open_packed(packed, n, size, WOF_XPRESS8K, &ear);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		readers[i] = (struct reader){ .wof = wof, .plain = plain, .size = size, .start = i * 33333 };
		assert_int_equal(pthread_create(&threads[i], NULL, read_by_steps, &readers[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(readers[i].same);
	}
	wof_close(wof);
	free(packed);
	free(plain);
}

/* More damage than is told one by one is told as that, and the whole counts as damaged. */
static void
damage_without_end_is_told_once(void **state)
{
	size_t size = 5000 * 4096, table = 4999 * 4;
	uint8_t *packed = calloc(1, table + 100), *got = malloc(size);
	struct ear ear;
	struct wof *wof = open_packed(packed, table + 100, size, WOF_XPRESS4K, &ear);

	(void)state;
	assert_int_equal(wof_read(wof, 0, got, size), 0);
	assert_int_equal(ear.times, 4096 + 1);
	assert_int_equal(wof_trust(wof, 0, 1), TRUST_DAMAGED);
	wof_close(wof);
	free(packed);
	free(got);
}

/* ---- the decoders against libwim's ---- */

static int
unpack(const struct way *way, const uint8_t *packed, size_t n, uint8_t *plain, size_t size)
{
	CLEANUP(free) uint8_t *copy = malloc(n ? n : 1); /* so that reading beyond is noticed */

	memcpy(copy, packed, n);
	return (way->algorithm == WOF_LZX ? lzx_unpack : xpress_unpack)(view_of(copy, n), plain, size);
}

/* Flips bits of a packed chunk, or cuts it: what we unpack libwim unpacks to the same; it may go on where we stop. */
static void
mutate(const struct way *way, const uint8_t *packed, size_t n, size_t size, struct wimlib_decompressor *theirs,
       uint32_t *chance)
{
	uint8_t *bytes = malloc(n), *a = malloc(size), *b = malloc(size);

	for (unsigned i = 0; i < 4; i++) {
		size_t left = n;

		memcpy(bytes, packed, n);
		*chance = *chance * 1664525 + 1013904223;
		if (i)
			bytes[(*chance >> 8) % n] ^= (uint8_t)(1u << (*chance >> 29));
		else
			left = (*chance >> 8) % n;
		if (unpack(way, bytes, left, a, size) < 0)
			continue;
		assert_int_equal(wimlib_decompress(bytes, left, b, size, theirs), 0);
		assert_memory_equal(a, b, size);
	}
	free(bytes);
	free(a);
	free(b);
}

/* This program itself: code with calls, tables, text. */
static void
programs_unpack_as_libwim_does(void **state)
{
	static const unsigned levels[] = { 10, 50, 100 };
	uint8_t plain[32768], packed[32768], got[32768];
	uint32_t chance = 1;

	(void)state;
	for (size_t w = 0; w < WAYS; w++) {
		FILE *file = fopen("/proc/self/exe", "rb");
		struct wimlib_compressor *with;
		struct wimlib_decompressor *theirs;
		size_t n, done = 0;

		assert_non_null(file);
		assert_int_equal(wimlib_create_decompressor(ways[w].type, ways[w].chunk, &theirs), 0);
		for (size_t i = 0; i < 120 && (n = fread(plain, 1, ways[w].chunk, file)) > 1; i++) {
			size_t packed_n;

			assert_int_equal(wimlib_create_compressor(ways[w].type, ways[w].chunk, levels[i % 3], &with),
					 0);
			packed_n = wimlib_compress(plain, n, packed, n - 1, with);
			wimlib_free_compressor(with);
			if (!packed_n)
				continue;
			assert_int_equal(unpack(&ways[w], packed, packed_n, got, n), 0);
			assert_memory_equal(got, plain, n);
			mutate(&ways[w], packed, packed_n, n, theirs, &chance);
			done++;
		}
		assert_true(done > 1);
		wimlib_free_decompressor(theirs);
		fclose(file);
	}
}

/* Blocks that are stored, as libwim never writes them: of even and of odd length, and cut off. */
static void
blocks_of_lzx_may_be_stored(void **state)
{
	/* 3 bits type 3, 1 bit "another size", 16 bits of it, 12 bits left out; three distances; the bytes */
	static const uint8_t head[2][4] = { { 0x00, 0x60, 0x00, 0x50 },
					    { 0x00, 0x60, 0x00, 0x40 } }; /* 5 and 4 bytes */
	static const uint8_t distances[12] = { 1, 0, 0, 0, 2, 0, 0, 0, 3 };
	struct wimlib_decompressor *theirs;
	uint8_t packed[64], plain[9], got[9];
	size_t n = 0;

	(void)state;
	assert_int_equal(wimlib_create_decompressor(WIMLIB_COMPRESSION_TYPE_LZX, 32768, &theirs), 0);
	for (size_t i = 0; i < 2; i++) {
		memcpy(packed + n, head[i], 4);
		memcpy(packed + n + 4, distances, 12);
		memcpy(packed + n + 16, i ? "wxyz" : "abcde", 5);
		n += 16 + (i ? 4 : 6);
	}
	assert_int_equal(wimlib_decompress(packed, n, plain, 9, theirs), 0);
	assert_memory_equal(plain, "abcdewxyz", 9);
	assert_int_equal(unpack(&ways[3], packed, n, got, 9), 0);
	assert_memory_equal(got, plain, 9);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(unpack(&ways[3], packed, cut, got, 9), -EINVAL);
	wimlib_free_decompressor(theirs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_gives_the_plain_bytes),
		cmocka_unit_test(a_damaged_chunk_costs_itself),
		cmocka_unit_test(a_stream_cut_short_costs_its_end),
		cmocka_unit_test(what_cannot_be_packed_content_is_refused),
		cmocka_unit_test(tables_of_large_files_are_wide),
		cmocka_unit_test(reparse_points_are_told_apart),
		cmocka_unit_test(threads_share_a_packed_stream),
		cmocka_unit_test(damage_without_end_is_told_once),
		cmocka_unit_test(programs_unpack_as_libwim_does),
		cmocka_unit_test(blocks_of_lzx_may_be_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

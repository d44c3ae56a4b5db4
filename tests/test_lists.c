/* test_lists.c - attribute lists and runs of the $MFT that lie: what they say against each other, and what is read. */
#include "ntfs_bench.h"

enum { CLUSTERS = 3, SIZE = CLUSTERS * FORGE_CLUSTER, UPCASE_AND_BITMAP = 2 };

/* A file of three clusters whose runs stand in records 25 and 26, which begin at these VCNs. */
static struct forge
forge_parts(const uint64_t (*items)[3], uint64_t first, uint64_t last, struct runs second)
{
	struct forge f = forge_new(64);
	struct draft d = draft_of(25, 1, 1, ref(24, 1));

	forge_add(&f, with_list(24, items, 2));
	draft_runs(&d, 0x80,
		   (struct runs){ .first = first, .last = last, .size = SIZE, .valid = SIZE, RUNS("\x11\x02\x60") });
	forge_add(&f, d);
	d = draft_of(26, 1, 1, ref(24, 1));
	draft_runs(&d, 0x80, second);
	forge_add(&f, d);
	memset(f.bytes + 0x60 * FORGE_CLUSTER, 'a', 2 * FORGE_CLUSTER);
	memset(f.bytes + 0x70 * FORGE_CLUSTER, 'b', FORGE_CLUSTER);
	return f;
}

/* What the file reads as: a letter for each cluster, '?' where its bytes are known to be missing. */
static void
assert_reads(struct forge f, const char *letters, const char *why)
{
	struct ear ear = { .sink = { .damage = hear } };
	uint8_t bytes[SIZE];
	struct source *stream;
	struct bench b;

	bench_open(&b, f, 1);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), sizeof(bytes));
	for (unsigned i = 0; i < CLUSTERS; i++) {
		bool missing = source_trust(stream, i * FORGE_CLUSTER, (i + 1) * FORGE_CLUSTER) & TRUST_MISSING;

		assert_int_equal(missing ? '?' : bytes[i * FORGE_CLUSTER], letters[i]);
		assert_true(!missing || !bytes[i * FORGE_CLUSTER]);
	}
	source_close(stream);
	if (why)
		assert_true(heard(&ear, why) || heard(&b.ear, why));
	else
		assert_int_equal(ear.times + b.ear.times, UPCASE_AND_BITMAP);
	text_free(&ear.heard);
	bench_close(&b);
}

static const uint64_t usual[][3] = { { 0x80, 0, 25 | UINT64_C(1) << 48 }, { 0x80, 2, 26 | UINT64_C(1) << 48 } };

static void
a_list_without_lies(void **state)
{
	(void)state;
	assert_reads(forge_parts(usual, 0, 1, (struct runs){ .first = 2, .last = 2, RUNS("\x11\x01\x70") }), "aab",
		     NULL);
}

static void
another_sequence_number_costs_nothing(void **state)
{
	const uint64_t items[][3] = { { 0x80, 0, ref(25, 1) }, { 0x80, 2, ref(26, 7) } };

	(void)state;
	assert_reads(forge_parts(items, 0, 1, (struct runs){ .first = 2, .last = 2, RUNS("\x11\x01\x70") }), "aab",
		     "another sequence number");
}

static void
a_gap_is_missing_and_no_hole(void **state)
{
	(void)state;
	assert_reads(forge_parts(usual, 0, 2, (struct runs){ .first = 2, .last = 2, RUNS("\x11\x01\x70") }), "aab",
		     "the runs do not end where their attribute says");
	assert_reads(forge_parts(usual, 0, 1, (struct runs){ .first = 3, .last = 3, RUNS("\x11\x01\x70") }), "aa?",
		     "a part of the stream is missing between its attributes");
}

static void
of_two_claims_the_first_counts(void **state)
{
	(void)state;
	assert_reads(forge_parts(usual, 0, 1, (struct runs){ .first = 1, .last = 2, RUNS("\x11\x02\x70") }), "aa?",
		     "two attributes claim the same part");
}

/* The list itself lies in a cluster of its own. */
static void
a_list_may_be_non_resident(void **state)
{
	struct forge f = forge_parts(usual, 0, 1, (struct runs){ .first = 2, .last = 2, RUNS("\x11\x01\x70") });
	struct draft d = draft_of(24, 1, 1, 0);
	uint8_t *list = f.bytes + 0x78 * FORGE_CLUSTER;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		store(list + i * 32, usual[i][0], 4);
		store(list + i * 32 + 4, 32, 2);
		list[i * 32 + 7] = 26;
		store(list + i * 32 + 8, usual[i][1], 8);
		store(list + i * 32 + 16, usual[i][2], 8);
	}
	draft_si(&d, 1, 2, 3, 4);
	draft_runs(&d, 0x20, (struct runs){ .last = 0, .size = 64, .valid = 64, RUNS("\x11\x01\x78") });
	draft_name(&d, ref(5, 5), "listed", 1, 5);
	forge_add(&f, d);
	assert_reads(f, "aab", NULL);
}

/* The second part of the $MFT is told in record 8, which is lost: the records in it are found all the same. */
static void
a_part_of_the_mft_that_nothing_tells_of(void **state)
{
	struct forge f = forge_new(16);
	struct draft mft = draft_usual(0, 1, 1, ref(5, 5), "$MFT"), d;
	uint8_t list[2 * 32] = { 0 };
	struct bench b;
	char path[64];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		store(list + i * 32, 0x80, 4);
		store(list + i * 32 + 4, 32, 2);
		list[i * 32 + 7] = 26;
		store(list + i * 32 + 8, i * 4, 8);
		store(list + i * 32 + 16, ref(i * 8, 1), 8);
	}
	draft_resident(&mft, 0x20, "", list, sizeof(list));
	draft_runs(&mft, 0x80, (struct runs){ .last = 3, .size = 24 * 1024, .valid = 24 * 1024, RUNS("\x11\x04\x04") });
	forge_add(&f, mft);
	memcpy(f.bytes + (FORGE_CLUSTERS - 2) * FORGE_CLUSTER, forge_record(&f, 0), FORGE_RECORD);
	d = draft_usual(16, 1, 1, ref(5, 5), "first.txt");
	draft_end(&d, f.bytes + 0x40 * FORGE_CLUSTER);
	d = draft_usual(23, 1, 1, ref(5, 5), "last.txt");
	draft_end(&d, f.bytes + 0x41 * FORGE_CLUSTER + 3 * FORGE_RECORD);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "and 2 were found"));
	assert_int_equal(ntfs_records(b.ntfs), 24);
	assert_string_equal(path_of(&b, 16, path, sizeof(path)), "first.txt");
	assert_string_equal(path_of(&b, 23, path, sizeof(path)), "last.txt");
	bench_close(&b);
}

/* A record of another volume (in a file that is a disk) does not lie where a record of that number can. */
static void
strangers_are_not_taken_in(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(30, 1, 1, ref(5, 5), "stranger.txt");
	struct catalog_cursor cursor;
	struct bench b;

	(void)state;
	draft_end(&d, f.bytes + 0x60 * FORGE_CLUSTER); /* number 30 is the third of its cluster */
	memset(forge_record(&f, 0), 0, FORGE_RECORD);
	memset(f.bytes + (FORGE_CLUSTERS - 2) * FORGE_CLUSTER, 0, FORGE_RECORD);
	forge_add(&f, draft_usual(29, 1, 1, ref(5, 5), "ours.txt"));
	bench_open(&b, f, 1);
	assert_int_equal(catalog_get(b.catalog, 29, &cursor), 1);
	catalog_stop(&cursor);
	assert_int_equal(catalog_get(b.catalog, 30, &cursor), 0);
	catalog_stop(&cursor);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_lies),
		cmocka_unit_test(another_sequence_number_costs_nothing),
		cmocka_unit_test(a_gap_is_missing_and_no_hole),
		cmocka_unit_test(of_two_claims_the_first_counts),
		cmocka_unit_test(a_list_may_be_non_resident),
		cmocka_unit_test(a_part_of_the_mft_that_nothing_tells_of),
		cmocka_unit_test(strangers_are_not_taken_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_record.c - boot sectors, mapping pairs and single records: what they say, and what they cannot say. */
#include "ntfs_bench.h"
#include "record.h"

static int
parse(struct draft *d, struct arena *arena, struct entry *entry, const char **why)
{
	static uint8_t record[FORGE_RECORD];
	struct reference base;
	int torn;

	draft_end(d, record);
	torn = record_fixup(record, sizeof(record));
	assert_int_equal(torn, 0);
	return record_parse(view_of(record, sizeof(record)), d->number, false, arena, entry, &base, why);
}

static void
boot_takes_every_cluster_size(void **state)
{
	uint8_t sector[512] = { 0 };
	struct geometry g;
	const char *why;

	(void)state;
	for (uint32_t size = 512, shift = 0; size <= NTFS_CLUSTER_MAX; size *= 2, shift++) {
		forge_boot(sector, FORGE_CLUSTERS);
		sector[13] = (uint8_t)(shift <= 7 ? 1u << shift : 256 - shift);
		store(sector + 40, 1 << 20, 8);
		assert_int_equal(boot_parse(view_of(sector, 512), &g, &why), 0);
		assert_int_equal(g.cluster_size, size);
		assert_int_equal(g.record_size, 1024);
		assert_int_equal(g.index_size, 4096);
	}
	sector[13] = 0xf3; /* 4 MiB */
	assert_int_equal(boot_parse(view_of(sector, 512), &g, &why), -EINVAL);
	sector[13] = 3;
	assert_int_equal(boot_parse(view_of(sector, 512), &g, &why), -EINVAL);
}

static void
runs_are_relative_and_signed(void **state)
{
	static const uint8_t pairs[] = { 0x21, 0x18, 0x34, 0x56, 0x11, 0x04, 0xf0, 0x01, 0x20, 0x00 };
	struct run_cursor c = { .pairs = view_of(pairs, sizeof(pairs)) };
	uint64_t lcn, n;

	(void)state;
	assert_int_equal(run_next(&c, &lcn, &n), 1);
	assert_int_equal(lcn, 0x5634);
	assert_int_equal(n, 0x18);
	assert_int_equal(run_next(&c, &lcn, &n), 1);
	assert_int_equal(lcn, 0x5634 - 16);
	assert_int_equal(run_next(&c, &lcn, &n), 1);
	assert_true(lcn == UINT64_MAX && n == 0x20);
	assert_int_equal(run_next(&c, &lcn, &n), 0);
}

static void
runs_that_cannot_be_are_refused(void **state)
{
	static const uint8_t negative[] = { 0x11, 4, 0xf0, 0 }, no_end[] = { 0x11, 4, 4 }, cut[] = { 0x44, 1, 2, 3 };
	static const uint8_t wide_fields[] = { 0x88, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct run_cursor c = { .pairs = view_of(negative, sizeof(negative)) };
	uint64_t lcn, n;

	(void)state;
	assert_int_equal(run_next(&c, &lcn, &n), -EINVAL);
	c = (struct run_cursor){ .pairs = view_of(no_end, sizeof(no_end)) };
	assert_int_equal(run_next(&c, &lcn, &n), 1);
	assert_int_equal(run_next(&c, &lcn, &n), -EINVAL);
	c = (struct run_cursor){ .pairs = view_of(cut, sizeof(cut)) };
	assert_int_equal(run_next(&c, &lcn, &n), -EINVAL);
	c = (struct run_cursor){ .pairs = view_of(wide_fields, sizeof(wide_fields)) };
	assert_int_equal(run_next(&c, &lcn, &n), 1);
	assert_true(lcn == 2 && n == 1);
}

static void
dos_names_fold_only_into_their_twin(void **state)
{
	struct draft d = draft_of(30, 1, 1, 0);
	struct arena arena = { 0 };
	struct entry e;
	const char *why;

	(void)state;
	draft_name(&d, ref(5, 5), "LONGNA~1.ASP", 2, 1);
	draft_name(&d, ref(5, 5), "long name.aspx", 1, 1);
	draft_name(&d, ref(6, 1), "ALONE.TXT", 2, 1);
	draft_name(&d, ref(7, 1), "posix", 0, 1);
	assert_int_equal(parse(&d, &arena, &e, &why), RECORD_PARSED);
	assert_int_equal(e.name_count, 3);
	assert_int_equal(e.names[0].space, NAME_WIN32);
	assert_int_equal(e.names[1].space, NAME_DOS);
	arena_free(&arena);
}

static void
impossible_sizes_cost_one_attribute(void **state)
{
	struct draft d = draft_usual(30, 1, 1, ref(5, 5), "x");
	struct arena arena = { 0 };
	struct entry e;
	const char *why;

	(void)state;
	draft_runs(&d, 0x80, (struct runs){ .size = UINT64_MAX, RUNS("\x11\x01\x20") });
	draft_resident(&d, 0x80, "ads", "content", 7);
	assert_int_equal(parse(&d, &arena, &e, &why), RECORD_PARSED);
	assert_non_null(why);
	assert_true(e.flags & ENTRY_PARTIAL);
	assert_int_equal(e.stream_count, 2);
	assert_true(e.streams[0].flags & STREAM_BROKEN);
	assert_int_equal(e.streams[0].size, 0);
	assert_int_equal(e.streams[1].size, 7);
	arena_free(&arena);
}

static void
attributes_that_overrun_end_the_record(void **state)
{
	struct draft d = draft_usual(30, 1, 1, ref(5, 5), "kept");
	struct arena arena = { 0 };
	struct entry e;
	const char *why;
	size_t at = d.at;

	(void)state;
	draft_resident(&d, 0x80, "", "x", 1);
	store(d.b + at + 4, 0x7fffff00, 4);
	assert_int_equal(parse(&d, &arena, &e, &why), RECORD_PARSED);
	assert_true(e.flags & ENTRY_PARTIAL);
	assert_int_equal(e.name_count, 1);
	assert_int_equal(e.stream_count, 0);
	arena_free(&arena);
}

static void
the_case_flag_of_a_folder(void **state)
{
	uint8_t si[72] = { 0 };
	struct draft d = draft_of(30, 1, 3, 0);
	struct arena arena = { 0 };
	struct entry e;
	const char *why;

	(void)state;
	si[40] = 1;
	draft_resident(&d, 0x10, "", si, sizeof(si));
	assert_int_equal(parse(&d, &arena, &e, &why), RECORD_PARSED);
	assert_true(e.flags & ENTRY_CASE_SENSITIVE);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_takes_every_cluster_size),
		cmocka_unit_test(runs_are_relative_and_signed),
		cmocka_unit_test(runs_that_cannot_be_are_refused),
		cmocka_unit_test(dos_names_fold_only_into_their_twin),
		cmocka_unit_test(impossible_sizes_cost_one_attribute),
		cmocka_unit_test(attributes_that_overrun_end_the_record),
		cmocka_unit_test(the_case_flag_of_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

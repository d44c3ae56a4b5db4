/* test_ntfs.c - the NTFS reader on volumes forged for one purpose each. */
#include "ntfs_bench.h"

static void
a_torn_record_is_parsed_and_marked(void **state)
{
	struct forge f = forge_new(32);
	struct catalog_cursor cursor;
	struct bench b;
	char path[64];

	(void)state;
	forge_add(&f, draft_usual(24, 1, 1, ref(5, 5), "torn.aspx"));
	store(forge_record(&f, 24) + 1022, 0x4321, 2);
	bench_open(&b, f, 1);
	assert_int_equal(catalog_count(b.catalog)->torn, 1);
	assert_true(heard(&b.ear, "torn record"));
	assert_string_equal(path_of(&b, 24, path, sizeof(path)), "torn.aspx");
	assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
	assert_true(cursor.entry.flags & ENTRY_TORN);
	catalog_stop(&cursor);
	bench_close(&b);
}

static void
times_keep_every_tick(void **state)
{
	static const uint64_t ticks[] = { 0, 1, 132500000000000001, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX };
	struct forge f = forge_new(32);
	struct catalog_cursor cursor;
	struct draft d = draft_of(24, 1, 1, 0);
	struct bench b;

	(void)state;
	draft_si(&d, ticks[0], ticks[1], ticks[2], ticks[3]);
	draft_name(&d, ref(5, 5), "one", 1, ticks[4]);
	draft_name(&d, ref(5, 5), "two", 1, ticks[5] - 3);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
	assert_true(cursor.entry.si.created == ticks[0] && cursor.entry.si.modified == ticks[1]);
	assert_true(cursor.entry.si.changed == ticks[2] && cursor.entry.si.accessed == ticks[3]);
	assert_int_equal(cursor.entry.name_count, 2);
	assert_true(cursor.entry.names[0].fn.created == ticks[4] && cursor.entry.names[0].fn.accessed == ticks[4] + 3);
	assert_true(cursor.entry.names[1].fn.accessed == UINT64_MAX);
	catalog_stop(&cursor);
	bench_close(&b);
}

static void
two_unnamed_streams_are_both_listed(void **state)
{
	struct forge f = forge_new(32);
	struct draft d = draft_usual(24, 1, 1, ref(5, 5), "double");
	struct ear ear = { .sink = { .damage = hear } };
	struct source *stream;
	struct bench b;
	char byte;

	(void)state;
	draft_resident(&d, 0x80, "", "1", 1);
	d.next_id--; /* and with the same attribute id */
	draft_resident(&d, 0x80, "", "2", 1);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "more than one $DATA of the same name"));
	for (unsigned i = 0; i < 2; i++) {
		stream = open_stream(&b, 24, i, &ear);
		assert_int_equal(source_read(stream, 0, &byte, 1), 1);
		assert_int_equal(byte, '1' + (int)i);
		source_close(stream);
	}
	text_free(&ear.heard);
	bench_close(&b);
}

static void
the_backup_boot_sector_serves(void **state)
{
	struct forge f = forge_new(32);
	struct bench b;

	(void)state;
	memset(f.bytes, 0, 512);
	bench_open(&b, f, 1);
	assert_true(ntfs_geometry(b.ntfs)->backup_boot);
	assert_true(heard(&b.ear, "copy of the boot sector"));
	assert_int_equal(ntfs_records(b.ntfs), 32);
	bench_close(&b);
}

static void
the_mirror_serves(void **state)
{
	struct forge f = forge_new(32);
	struct bench b;

	(void)state;
	memset(forge_record(&f, 0), 0, FORGE_RECORD);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "$MFTMirr is used"));
	assert_int_equal(ntfs_records(b.ntfs), 32);
	assert_int_equal(catalog_count(b.catalog)->empty, 20); /* and 11 of the first 12 that should be there */
	bench_close(&b);
}

static void
records_are_found_without_record_0(void **state)
{
	struct forge f = forge_new(32);
	struct bench b;
	char path[64];

	(void)state;
	forge_add(&f, draft_usual(4, 4, 1, ref(5, 5), "$AttrDef"));
	forge_add(&f, draft_usual(28, 1, 1, ref(5, 5), "last.txt"));
	memset(forge_record(&f, 0), 0, FORGE_RECORD);
	memset(f.bytes + (FORGE_CLUSTERS - 2) * FORGE_CLUSTER, 0, FORGE_RECORD);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "record 0 of the $MFT and its copy are lost"));
	assert_string_equal(path_of(&b, 28, path, sizeof(path)), "last.txt");
	bench_close(&b);
}

/* Half of the $MFT lies where the volume has nothing: those records are missing, not empty. */
static void
records_that_are_not_there_are_counted(void **state)
{
	struct forge f = forge_new(32);
	struct draft mft = draft_usual(0, 1, 1, ref(5, 5), "$MFT");
	struct bench b;

	(void)state;
	draft_runs(&mft, 0x80,
		   (struct runs){
			   .last = 7, .size = 32 * 1024, .valid = 32 * 1024, RUNS("\x11\x04\x04\x31\x04\0\0\x10") });
	draft_resident(&mft, 0xb0, "", (char[8]){ 0 }, 8);
	forge_add(&f, mft);
	memcpy(f.bytes + (FORGE_CLUSTERS - 2) * FORGE_CLUSTER, forge_record(&f, 0), FORGE_RECORD);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "outside the volume"));
	assert_true(heard(&b.ear, "not there, or not all of it (16 records)"));
	assert_int_equal(catalog_count(b.catalog)->records, 32);
	assert_int_equal(catalog_count(b.catalog)->damaged, 16);
	bench_close(&b);
}

/* The $MFT in three parts: the second is told in record 8, the third in record 20, which lies in the second. */
static void
a_scattered_mft_leads_to_itself(void **state)
{
	static const uint64_t items[][2] = { { 0, 0 }, { 4, 8 }, { 6, 20 } };
	struct forge f = forge_new(16);
	struct draft mft = draft_of(0, 1, 1, 0), part = draft_of(8, 1, 1, ref(0, 1));
	uint8_t list[3 * 32] = { 0 };
	struct bench b;
	char path[64];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		store(list + i * 32, 0x80, 4);
		store(list + i * 32 + 4, 32, 2);
		list[i * 32 + 7] = 26;
		store(list + i * 32 + 8, items[i][0], 8);
		store(list + i * 32 + 16, ref(items[i][1], 1), 8);
	}
	draft_si(&mft, 1, 2, 3, 4);
	draft_resident(&mft, 0x20, "", list, sizeof(list));
	draft_name(&mft, ref(5, 5), "$MFT", 1, 5);
	draft_runs(&mft, 0x80, (struct runs){ .last = 3, .size = 32 * 1024, .valid = 32 * 1024, RUNS("\x11\x04\x04") });
	draft_resident(&mft, 0xb0, "", (char[8]){ 0 }, 8);
	forge_add(&f, mft);
	draft_runs(&part, 0x80, (struct runs){ .first = 4, .last = 5, RUNS("\x11\x02\x40") });
	forge_add(&f, part);
	part = draft_of(20, 1, 1, ref(0, 1));
	draft_runs(&part, 0x80, (struct runs){ .first = 6, .last = 7, RUNS("\x11\x02\x50") });
	draft_end(&part, f.bytes + 0x40 * FORGE_CLUSTER + 4 * FORGE_RECORD);
	part = draft_usual(31, 1, 1, ref(5, 5), "last.txt");
	draft_end(&part, f.bytes + 0x51 * FORGE_CLUSTER + 3 * FORGE_RECORD);
	bench_open(&b, f, 1);
	assert_int_equal(ntfs_records(b.ntfs), 32);
	assert_int_equal(catalog_count(b.catalog)->extensions, 2);
	assert_string_equal(path_of(&b, 31, path, sizeof(path)), "last.txt");
	assert_int_equal(b.ear.times, 2); /* $UpCase and $Bitmap, which forged volumes do not have */
	bench_close(&b);
}

static void
folders_in_every_state(void **state)
{
	struct forge f = forge_new(64);
	struct catalog_count c;
	struct bench b;
	char path[256];

	(void)state;
	forge_add(&f, draft_usual(24, 1, 3, ref(5, 5), "folder"));
	forge_add(&f, draft_usual(25, 1, 1, ref(24, 1), "file"));
	forge_add(&f, draft_usual(26, 8, 2, ref(24, 1), "gone")); /* free: 7 + 1 */
	forge_add(&f, draft_usual(27, 2, 0, ref(26, 7), "child"));
	forge_add(&f, draft_usual(28, 2, 0, ref(26, 3), "older child"));
	forge_add(&f, draft_usual(29, 1, 1, ref(60, 1), "fatherless"));
	forge_add(&f, draft_usual(30, 1, 1, ref(25, 1), "in a file"));
	forge_add(&f, draft_usual(31, 1, 3, ref(32, 1), "a"));
	forge_add(&f, draft_usual(32, 1, 3, ref(31, 1), "b"));
	forge_add(&f, draft_usual(33, 1, 1, ref(31, 1), "in a ring"));
	forge_add(&f, draft_usual(34, 1, 1, ref(24, 1), "sla/sh"));
	bench_open(&b, f, 1);
	assert_string_equal(path_of(&b, 25, path, sizeof(path)), "folder/file");
	assert_string_equal(path_of(&b, 27, path, sizeof(path)), "folder/gone/child");
	assert_string_equal(path_of(&b, 28, path, sizeof(path)), "$Orphan/[entry 26 seq 3 reused]/older child");
	assert_string_equal(path_of(&b, 29, path, sizeof(path)), "$Orphan/[entry 60 seq 1 missing]/fatherless");
	assert_string_equal(path_of(&b, 30, path, sizeof(path)), "$Orphan/[entry 25 seq 1 no folder]/in a file");
	assert_string_equal(path_of(&b, 33, path, sizeof(path)), "$Orphan/[entry 31 seq 1 loop]/in a ring");
	c = *catalog_count(b.catalog);
	assert_int_equal(c.records, 64);
	assert_int_equal(c.records, c.parsed + c.extensions + c.empty + c.damaged + c.quarantined);
	bench_close(&b);
}

/* 300 folders, each in the next one: deeper than any reader has a stack for, and each of them only once. */
static void
deep_folders_keep_their_path(void **state)
{
	struct forge f = forge_new(400);
	struct bench b;
	char path[1024];

	(void)state;
	for (unsigned i = 24; i < 324; i++)
		forge_add(&f, draft_usual(i, 1, 3, i == 323 ? ref(5, 5) : ref(i + 1, 1), "d"));
	forge_add(&f, draft_usual(330, 1, 1, ref(24, 1), "bottom"));
	bench_open(&b, f, 1);
	path_of(&b, 330, path, sizeof(path));
	assert_int_equal(strlen(path), 600 + 6);
	bench_close(&b);
}

/* The base record was given to another file, but an extension record still has the folder's name. */
static void
a_name_outlives_its_base_record(void **state)
{
	struct forge f = forge_new(64);
	struct draft d = draft_of(41, 3, 0, ref(40, 6));
	struct bench b;
	char path[64];

	(void)state;
	draft_name(&d, ref(5, 5), "old folder", 1, 5);
	forge_add(&f, d);
	forge_add(&f, draft_usual(40, 9, 1, ref(5, 5), "new file"));
	forge_add(&f, draft_usual(42, 1, 0, ref(40, 6), "child"));
	bench_open(&b, f, 1);
	assert_string_equal(path_of(&b, 42, path, sizeof(path)), "old folder/child");
	assert_string_equal(path_of(&b, 41, path, sizeof(path)), "old folder");
	bench_close(&b);
}

/* Extents in three records, given out of order, and two streams whose attributes have the same id. */
static void
attribute_lists_gather_extents_and_streams(void **state)
{
	const uint64_t items[][3] = { { 0x80, 2, ref(26, 1) }, { 0x80, 0, ref(25, 1) }, { 0x80, 0, ref(27, 1) } };
	struct forge f = forge_new(64);
	struct draft d = draft_of(25, 1, 1, ref(24, 1));
	struct ear ear = { .sink = { .damage = hear } };
	struct catalog_cursor cursor;
	struct source *stream;
	uint8_t bytes[3 * FORGE_CLUSTER];
	struct bench b;

	(void)state;
	forge_add(&f, with_list(24, items, 3));
	draft_runs(&d, 0x80,
		   (struct runs){ .last = 1, .size = sizeof(bytes), .valid = sizeof(bytes), RUNS("\x11\x02\x60") });
	forge_add(&f, d);
	d = draft_of(26, 1, 1, ref(24, 1));
	draft_runs(&d, 0x80, (struct runs){ .first = 2, .last = 2, RUNS("\x11\x01\x70") });
	forge_add(&f, d);
	d = draft_of(27, 1, 1, ref(24, 1));
	draft_resident(&d, 0x80, "ads", "in the third", 12);
	forge_add(&f, d);
	memset(f.bytes + 0x60 * FORGE_CLUSTER, 'a', 2 * FORGE_CLUSTER);
	memset(f.bytes + 0x70 * FORGE_CLUSTER, 'b', FORGE_CLUSTER);
	bench_open(&b, f, 2);
	assert_int_equal(catalog_count(b.catalog)->extensions, 3);
	assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
	assert_int_equal(cursor.entry.stream_count, 2);
	assert_int_equal(stream_attribute_id(cursor.entry.streams[0].attribute), 0);
	assert_int_equal(stream_attribute_id(cursor.entry.streams[1].attribute), 0);
	catalog_stop(&cursor);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), sizeof(bytes));
	assert_true(bytes[2 * FORGE_CLUSTER - 1] == 'a' && bytes[2 * FORGE_CLUSTER] == 'b');
	source_close(stream);
	stream = open_stream(&b, 24, 1, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), 12);
	assert_memory_equal(bytes, "in the third", 12);
	source_close(stream);
	assert_int_equal(ear.times + b.ear.times, 2);
	text_free(&ear.heard);
	bench_close(&b);
}

/* What no attribute list names still belongs to its base; what lost its base stays an entry of its own. */
static void
strays_and_orphans_are_not_lost(void **state)
{
	struct forge f = forge_new(64);
	struct draft d = draft_of(25, 1, 1, ref(24, 1));
	struct ear ear = { .sink = { .damage = hear } };
	struct catalog_cursor cursor;
	struct source *stream;
	struct bench b;
	char bytes[16];

	(void)state;
	forge_add(&f, draft_usual(24, 1, 1, ref(5, 5), "base"));
	draft_resident(&d, 0x80, "hidden", "stray", 5);
	forge_add(&f, d);
	d = draft_of(26, 1, 1, ref(50, 1));
	draft_name(&d, ref(5, 5), "orphan", 1, 1);
	draft_resident(&d, 0x80, "", "alone", 5);
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "1 extension records are in no attribute list"));
	assert_int_equal(catalog_get(b.catalog, 24, &cursor), 1);
	assert_true(cursor.entry.flags & ENTRY_PARTIAL);
	assert_int_equal(cursor.entry.stream_count, 1);
	catalog_stop(&cursor);
	stream = open_stream(&b, 24, 0, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), 5);
	assert_memory_equal(bytes, "stray", 5);
	source_close(stream);
	stream = open_stream(&b, 26, 0, &ear);
	assert_int_equal(source_read(stream, 0, bytes, sizeof(bytes)), 5);
	assert_memory_equal(bytes, "alone", 5);
	source_close(stream);
	bench_close(&b);
	text_free(&ear.heard);
}

/* An attribute list that names its own entry, itself as a holder again and again, and breaks off. */
static void
lists_that_lead_nowhere_end(void **state)
{
	const uint64_t items[][3] = { { 0x80, 0, ref(24, 1) }, { 0x80, 0, ref(63, 9) }, { 0x30, 0, ref(1 << 20, 1) } };
	struct forge f = forge_new(64);
	struct draft d = with_list(24, items, 3);
	struct bench b;

	(void)state;
	store(d.b + d.at - 104 - 96 + 64 + 4, 7, 2); /* the name that follows takes up 104 bytes */
	forge_add(&f, d);
	bench_open(&b, f, 1);
	assert_true(heard(&b.ear, "not of this entry"));
	assert_true(heard(&b.ear, "attribute list breaks off"));
	bench_close(&b);
}

/* All that a catalogue says, as text. */
static void
tell_all(const struct catalog *catalog, struct text *t)
{
	struct catalog_cursor c;

	catalog_start(catalog, &c);
	while (catalog_next(&c) > 0) {
		text_printf(t, "%llu %u %x", (unsigned long long)c.entry.number, c.entry.sequence, c.entry.flags);
		for (uint32_t i = 0; i < c.entry.name_count; i++) {
			text_printf(t, " %u:", catalog_folder_of(catalog, c.entry.names[i].parent));
			text_add_utf16(t, c.entry.names[i].name);
		}
		text_addc(t, '\n');
	}
	catalog_stop(&c);
	for (uint32_t i = 0; i < catalog_folders(catalog); i++) {
		text_printf(t, "%u ", i);
		catalog_folder_path(catalog, i, t);
		text_addc(t, '\n');
	}
}

static struct forge
forge_crowd(void)
{
	struct forge f = forge_new(400);

	for (unsigned i = 24; i < 400; i++) {
		char name[16];

		snprintf(name, sizeof(name), "name %u", i);
		forge_add(&f, draft_usual(i, 1, i % 3 ? 1 : 3, i % 5 ? ref(24 + i * 7 % 300, 1) : ref(5, 5), name));
	}
	return f;
}

static void
the_number_of_threads_never_shows(void **state)
{
	struct text one = { 0 }, four = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b, forge_crowd(), 1);
	tell_all(b.catalog, &one);
	bench_close(&b);
	bench_open(&b, forge_crowd(), 4);
	tell_all(b.catalog, &four);
	bench_close(&b);
	assert_true(one.n > 5000);
	assert_true(view_equal(text_view(&one), text_view(&four)));
	text_free(&one);
	text_free(&four);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_torn_record_is_parsed_and_marked),
		cmocka_unit_test(times_keep_every_tick),
		cmocka_unit_test(two_unnamed_streams_are_both_listed),
		cmocka_unit_test(the_backup_boot_sector_serves),
		cmocka_unit_test(the_mirror_serves),
		cmocka_unit_test(records_are_found_without_record_0),
		cmocka_unit_test(records_that_are_not_there_are_counted),
		cmocka_unit_test(a_scattered_mft_leads_to_itself),
		cmocka_unit_test(folders_in_every_state),
		cmocka_unit_test(deep_folders_keep_their_path),
		cmocka_unit_test(a_name_outlives_its_base_record),
		cmocka_unit_test(attribute_lists_gather_extents_and_streams),
		cmocka_unit_test(strays_and_orphans_are_not_lost),
		cmocka_unit_test(lists_that_lead_nowhere_end),
		cmocka_unit_test(the_number_of_threads_never_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

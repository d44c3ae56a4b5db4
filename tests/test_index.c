/* test_index.c - folders' indexes and owners on volumes forged for one purpose each. */
#include "ntfs_bench.h"

#include "forge_index.h"
#include "index.h"
#include "secure.h"

enum { FOLDER = 24 };

/* What an index gave: "where:name@entry-sequence " for each. */
struct list {
	struct text text;
	struct index_tally tally;
	struct ear ear;
};

static int
take(void *state, const struct index_entry *e)
{
	static const char *const where[] = { "listed", "cut-off", "slack", "freed", "record" };
	struct text *t = state;

	text_printf(t, "%s%s:", where[e->where], e->headless ? "!" : "");
	text_add_utf16(t, e->name.name);
	return text_printf(t, "@%u-%u ", (unsigned)e->file.entry, e->file.sequence);
}

static int
read_folder(struct forge f, struct list *ret)
{
	struct bench b;
	int r;

	*ret = (struct list){ .ear = { .sink = { .damage = hear } } };
	text_adds(&ret->text, "");
	bench_open(&b, f, 1);
	r = index_read(b.ntfs, (struct reference){ FOLDER, 1 }, &ret->ear.sink, take, &ret->text, &ret->tally);
	bench_close(&b);
	return r;
}

static void
list_free(struct list *l)
{
	text_free(&l->text);
	text_free(&l->ear.heard);
}

static void
small(struct entries *e, const char *name, int64_t below)
{
	entries_add(e, ref(30, 1), ref(FOLDER, 1), name, FORGE_MOMENT, below);
}

static void
a_tree_is_read_to_its_leaves(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, left = { 0 }, right = { 0 };
	struct list l;

	(void)state;
	small(&root, "m", 1);
	entries_end(&root, 0);
	small(&left, "a", -1);
	small(&left, "b", -1);
	entries_end(&left, -1);
	small(&right, "z", -1);
	entries_end(&right, -1);
	forge_block_end(forge_block(&f, 1, &left));
	forge_block_end(forge_block(&f, 0, &right));
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 2, 3));
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:m@30-1 listed:z@30-1 listed:a@30-1 listed:b@30-1 ");
	assert_true(l.tally.whole && l.tally.listed == 4 && l.tally.left == 0 && l.tally.blocks == 2);
	assert_int_equal(l.ear.times, 0);
	list_free(&l);
}

static void
a_circle_of_nodes_ends(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, a = { 0 }, b = { 0 };
	struct list l;

	(void)state;
	entries_end(&root, 0);
	small(&a, "a", 1);
	entries_end(&a, 0);
	small(&b, "b", 0);
	entries_end(&b, 1);
	forge_block_end(forge_block(&f, 0, &a));
	forge_block_end(forge_block(&f, 1, &b));
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 2, 3));
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:a@30-1 listed:b@30-1 ");
	assert_true(heard(&l.ear, "in a circle"));
	assert_false(l.tally.whole);
	list_free(&l);
}

static void
a_link_out_of_the_index_is_told(void **state)
{
	static const int64_t links[] = { 2, 77, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct forge f = forge_new(40);
		struct entries root = { 0 };
		struct list l;

		small(&root, "a", links[i]);
		entries_end(&root, -1);
		forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 2, 3));
		assert_int_equal(read_folder(f, &l), 0);
		assert_true(heard(&l.ear, "outside the index") && !l.tally.whole);
		list_free(&l);
	}
}

static void
a_torn_block_is_told_and_the_rest_is_read(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, a = { 0 };
	struct list l;
	uint8_t *block;

	(void)state;
	small(&root, "m", 0);
	entries_end(&root, 1);
	small(&a, "a", -1);
	entries_end(&a, -1);
	block = forge_block(&f, 0, &a);
	forge_block_end(block);
	block[1022]++;
	forge_block_end(forge_block(&f, 1, &a));
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 2, 3));
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:m@30-1 listed:a@30-1 ");
	assert_true(heard(&l.ear, "torn") && !l.tally.whole);
	list_free(&l);
}

static void
a_block_that_is_another_one_is_told(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, a = { 0 };
	struct list l;
	uint8_t *block;

	(void)state;
	entries_end(&root, 0);
	small(&a, "a", -1);
	entries_end(&a, -1);
	block = forge_block(&f, 0, &a);
	store(block + 16, 9, 8);
	forge_block_end(block);
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 1, 1));
	assert_int_equal(read_folder(f, &l), 0);
	assert_true(heard(&l.ear, "says that it is another one"));
	list_free(&l);
}

/* Slack: an entry as it was, one whose header the end entry lies on, one of another folder, one that is cut short. */
static void
slack_gives_only_what_is_this_folders(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, a = { 0 }, old = { 0 };
	struct list l;
	uint8_t *block;

	(void)state;
	entries_end(&root, 0);
	small(&a, "a", -1);
	entries_end(&a, -1);
	entries_add(&old, ref(31, 4), ref(FOLDER, 1), "headless.aspx", FORGE_MOMENT, -1);
	entries_add(&old, ref(32, 4), ref(FOLDER, 1), "whole.aspx", FORGE_MOMENT, -1);
	entries_add(&old, ref(33, 4), ref(FOLDER, 2), "other life.aspx", FORGE_MOMENT, -1);
	entries_add(&old, ref(34, 4), ref(FOLDER + 1, 1), "other folder.aspx", FORGE_MOMENT, -1);
	entries_add(&old, ref(35, 4), ref(FOLDER, 1), "sl/ash", FORGE_MOMENT, -1);
	entries_add(&old, ref(36, 4), ref(FOLDER, 1), "far future", UINT64_MAX - 9, -1);
	block = forge_block(&f, 0, &a);
	memcpy(block + 64 + a.n, old.b + 16, old.n - 16);
	memcpy(block + FORGE_BLOCK - 72, old.b + 16, 72);
	forge_block_end(block);
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 1, 1));
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:a@30-1 slack:headless.aspx@0-0 slack:whole.aspx@32-4 ");
	assert_true(l.tally.whole && l.tally.left == 2);
	assert_int_equal(l.ear.times, 0);
	list_free(&l);
}

static void
freed_blocks_and_lost_ones_are_told_apart(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, freed = { 0 }, lost = { 0 };
	struct list l;

	(void)state;
	small(&root, "m", -1);
	entries_end(&root, -1);
	small(&freed, "freed.aspx", -1);
	entries_end(&freed, -1);
	small(&lost, "lost.aspx", -1);
	entries_end(&lost, -1);
	forge_block_end(forge_block(&f, 0, &freed));
	forge_block_end(forge_block(&f, 1, &lost));
	forge_add(&f, draft_folder(FOLDER, 1, 3, "folder", &root, 3, 2));
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:m@30-1 freed:freed.aspx@30-1 cut-off:lost.aspx@30-1 ");
	assert_true(heard(&l.ear, "no entry leads to it"));
	list_free(&l);
}

static void
the_end_of_the_record_still_tells_the_last_name(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 }, old = { 0 };
	struct draft d;
	struct list l;

	(void)state;
	small(&root, "a", -1);
	entries_end(&root, -1);
	d = draft_folder(FOLDER, 1, 3, "folder", &root, 0, 0);
	entries_add(&old, ref(31, 4), ref(FOLDER, 1), "last.aspx", FORGE_MOMENT, -1);
	entries_add(&old, ref(32, 4), ref(FOLDER, 1), "more.aspx", FORGE_MOMENT, -1);
	memcpy(d.b + d.at, old.b + 16, old.n - 16);
	forge_add(&f, d);
	assert_int_equal(read_folder(f, &l), 0);
	assert_string_equal(l.text.s, "listed:a@30-1 record!:last.aspx@0-0 record:more.aspx@32-4 ");
	list_free(&l);
}

static void
what_is_no_folder_or_another_is_refused(void **state)
{
	struct forge f = forge_new(40);
	struct entries root = { 0 };
	struct list l;

	(void)state;
	forge_add(&f, draft_usual(FOLDER, 1, 1, ref(5, 5), "file"));
	assert_int_equal(read_folder(f, &l), -ENOENT);
	list_free(&l);
	f = forge_new(40);
	entries_end(&root, -1);
	forge_add(&f, draft_folder(FOLDER, 3, 3, "folder", &root, 0, 0));
	assert_int_equal(read_folder(f, &l), -ESTALE);
	list_free(&l);
	f = forge_new(40);
	forge_add(&f, draft_folder(FOLDER, 2, 2, "deleted", &root, 0, 0));
	assert_int_equal(read_folder(f, &l), 0);
	list_free(&l);
}

/* ---- owners ---- */

enum { SDS_AT = 64, SDS_CLUSTERS = 128, SDS_COPY = 256 << 10 };

static size_t
sds_entry(uint8_t *p, uint32_t id, uint64_t offset, uint32_t account)
{
	uint32_t hash = 0, size = 20 + 20 + 28;
	uint8_t *d = p + 20;

	memset(p, 0, 80);
	d[0] = 1;
	store(d + 4, 20, 4);
	d[20] = 1;
	d[21] = 5;
	d[27] = 5;
	store(d + 28, 21, 4);
	store(d + 32, 1, 4);
	store(d + 36, 2, 4);
	store(d + 40, 3, 4);
	store(d + 44, account, 4);
	for (unsigned i = 0; i < 48; i += 4)
		hash = (hash << 3 | hash >> 29) +
		       (d[i] | (uint32_t)d[i + 1] << 8 | (uint32_t)d[i + 2] << 16 | (uint32_t)d[i + 3] << 24);
	store(p, hash, 4);
	store(p + 4, id, 4);
	store(p + 8, offset, 8);
	store(p + 16, size, 4);
	return 80;
}

/* A volume with three descriptors; the file's record names the one with this id. */
static struct forge
owned(uint32_t id)
{
	struct forge f = forge_new(40);
	struct draft secure = draft_usual(9, 9, 1, ref(5, 5), "$Secure"), file = draft_of(30, 1, 1, 0);
	char pairs[] = { 0x22, (char)SDS_CLUSTERS, 0, SDS_AT, 0, 0 };
	uint8_t *sds = f.bytes + SDS_AT * FORGE_CLUSTER, si[72] = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		sds_entry(sds + i * 80, 256 + i, i * 80, 1000 + i);
		memcpy(sds + SDS_COPY + i * 80, sds + i * 80, 80);
	}
	draft_runs(&secure, 0x80,
		   (struct runs){ .name = "$SDS",
				  .last = SDS_CLUSTERS - 1,
				  .size = SDS_COPY + 240,
				  .valid = SDS_COPY + 240,
				  .pairs = pairs,
				  .pairs_size = sizeof(pairs) });
	forge_add(&f, secure);
	store(si + 52, id, 4);
	draft_resident(&file, 0x10, "", si, sizeof(si));
	draft_name(&file, ref(5, 5), "file", 1, 5);
	forge_add(&f, file);
	return f;
}

static int
owner_of(struct forge f, char sid[static SID_TEXT], struct ear *ear)
{
	struct secure *secure = NULL;
	struct bench b;
	int r;

	*ear = (struct ear){ .sink = { .damage = hear } };
	sid[0] = 0;
	bench_open(&b, f, 1);
	assert_int_equal(secure_open(b.ntfs, &ear->sink, &secure), 0);
	r = secure_owner(secure, (struct reference){ 30, 1 }, sid);
	assert_int_equal(secure_owner(secure, (struct reference){ 30, 2 }, sid), 0);
	secure_close(secure);
	bench_close(&b);
	return r;
}

static void
an_owner_is_found_by_its_number(void **state)
{
	char sid[SID_TEXT];
	struct ear ear;

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		char wanted[SID_TEXT];

		snprintf(wanted, sizeof(wanted), "S-1-5-21-1-2-3-%u", 1000 + i);
		assert_int_equal(owner_of(owned(256 + i), sid, &ear), 1);
		assert_string_equal(sid, wanted);
		assert_int_equal(ear.times, 0);
	}
	assert_int_equal(owner_of(owned(259), sid, &ear), 0);
}

static void
a_damaged_descriptor_is_read_from_its_copy(void **state)
{
	struct forge f = owned(257);
	char sid[SID_TEXT];
	struct ear ear;

	(void)state;
	f.bytes[SDS_AT * FORGE_CLUSTER + 80 + 64]++;
	assert_int_equal(owner_of(f, sid, &ear), 1);
	assert_string_equal(sid, "S-1-5-21-1-2-3-1001");
	assert_true(heard(&ear, "its copy is used"));
	text_free(&ear.heard);
}

static void
of_two_damaged_copies_nothing_is_believed(void **state)
{
	struct forge f = owned(257);
	char sid[SID_TEXT];
	struct ear ear;

	(void)state;
	f.bytes[SDS_AT * FORGE_CLUSTER + 80 + 64]++;
	f.bytes[SDS_AT * FORGE_CLUSTER + SDS_COPY + 80 + 64]++;
	assert_int_equal(owner_of(f, sid, &ear), 0);
	assert_true(heard(&ear, "and its copy are damaged"));
	text_free(&ear.heard);
	f = owned(258); /* the one behind them is still found */
	f.bytes[SDS_AT * FORGE_CLUSTER + 80 + 16] = 0xff;
	f.bytes[SDS_AT * FORGE_CLUSTER + SDS_COPY + 80 + 16] = 0xff;
	assert_int_equal(owner_of(f, sid, &ear), 1);
	assert_string_equal(sid, "S-1-5-21-1-2-3-1002");
	text_free(&ear.heard);
}

/* Before Windows Vista the clusters of the stream were not cleared: what lies behind the last descriptor is nothing. */
static void
what_lies_behind_the_last_descriptor_is_no_damage(void **state)
{
	struct forge f = owned(258);
	char sid[SID_TEXT];
	struct ear ear;

	(void)state;
	memset(f.bytes + SDS_AT * FORGE_CLUSTER + 240, 0xa5, SDS_COPY - 240);
	assert_int_equal(owner_of(f, sid, &ear), 1);
	assert_string_equal(sid, "S-1-5-21-1-2-3-1002");
	assert_int_equal(ear.times, 0);
	text_free(&ear.heard);
}

static void
sids_are_called_by_name(void **state)
{
	static const struct {
		const char *sid, *name;
	} cases[] = {
		{ "S-1-5-18", "NT AUTHORITY\\SYSTEM" },
		{ "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415", "IIS APPPOOL\\DefaultAppPool" },
		{ "S-1-5-82-1-2-3-4-5", "an application pool of IIS" },
		{ "S-1-5-21-1-2-3-500", "the built-in Administrator" },
		{ "S-1-5-21-1-2-3-1500", "" },
	};
	char text[SID_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(sid_name(cases[i].sid), cases[i].name);
	assert_true(sid_text(view_of("\1\1\0\0\0\0\0\5\x12\0\0\0", 12), text));
	assert_string_equal(text, "S-1-5-18");
	assert_false(sid_text(view_of("\1\1\0\0\0\0\0\5\x12\0\0", 11), text));
	assert_false(sid_text(view_of("\1\x10\0\0\0\0\0\5", 8), text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_read_to_its_leaves),
		cmocka_unit_test(a_circle_of_nodes_ends),
		cmocka_unit_test(a_link_out_of_the_index_is_told),
		cmocka_unit_test(a_torn_block_is_told_and_the_rest_is_read),
		cmocka_unit_test(a_block_that_is_another_one_is_told),
		cmocka_unit_test(slack_gives_only_what_is_this_folders),
		cmocka_unit_test(freed_blocks_and_lost_ones_are_told_apart),
		cmocka_unit_test(the_end_of_the_record_still_tells_the_last_name),
		cmocka_unit_test(what_is_no_folder_or_another_is_refused),
		cmocka_unit_test(an_owner_is_found_by_its_number),
		cmocka_unit_test(a_damaged_descriptor_is_read_from_its_copy),
		cmocka_unit_test(of_two_damaged_copies_nothing_is_believed),
		cmocka_unit_test(what_lies_behind_the_last_descriptor_is_no_damage),
		cmocka_unit_test(sids_are_called_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_hive.c - registry hives: what is in them, what their logs add, what was deleted, and what damage costs. */
#include "hive_bench.h"
#include "hive_own.h"

static const char small[] = "key Software\\One @132500000000000000\n"
			    "class Kind\n"
			    "sz Name=value\n"
			    "sz =the default\n"
			    "dword Count=7\n"
			    "qword Wide=0x123456789abcdef\n"
			    "multi Many=a|bc|def\n"
			    "hex Bytes=00112233445566\n"
			    "key Software\\Two\n"
			    "fill Big=50000\n"
			    "key Software\\\xc3\x84rger\n"
			    "key Software\\\xd0\x9c\xd0\xb8\xd1\x80\n"
			    "sz \xd0\x98=\xd0\xbc\n"
			    "key Link\n"
			    "flags 10\n"
			    "link SymbolicLinkValue=\\Registry\\Machine\\Software\n";

static struct text
data_of(struct hive *h, const char *path, const char *name, struct hive_value *ret)
{
	struct text data = { 0 };
	struct hive_key key;

	assert_int_equal(hive_find(h, path, &key), 1);
	assert_int_equal(hive_value(h, &key, name, ret), 1);
	assert_int_equal(hive_data(h, ret, &data), 0);
	return data;
}

static void
assert_string(struct hive *h, const char *path, const char *name, const char *expected)
{
	struct hive_value value;
	struct text data = data_of(h, path, name, &value), text = { 0 };

	assert_int_equal(hive_string(text_view(&data), &text), 0);
	assert_string_equal(text.s, expected);
	text_free(&data);
	text_free(&text);
}

static void
assert_number(struct hive *h, const char *path, const char *name, uint64_t expected)
{
	struct hive_value value;
	struct text data = data_of(h, path, name, &value);
	uint64_t n = 0;

	assert_true(hive_number(value.type, text_view(&data), &n));
	assert_true(n == expected);
	text_free(&data);
}

/* ---- what is in them ---- */

static void
values_of_every_kind(void **state)
{
	struct forge_hive *f = forge_hive(small);
	struct hive_key key;
	struct hive_value value;
	struct text text = { 0 }, data;
	struct bench b;
	size_t at = 0;

	(void)state;
	bench_forged(&b, f);
	assert_int_equal(hive_state(b.hive)->replay, HIVE_CLEAN);
	assert_string_equal(hive_state(b.hive)->name, "FORGED");
	assert_string(b.hive, "software\\ONE", "NAME", "value");
	assert_string(b.hive, "Software\\One", "", "the default");
	assert_number(b.hive, "Software\\One", "Count", 7);
	assert_number(b.hive, "Software\\One", "Wide", 0x123456789abcdef);
	assert_string(b.hive, "Software\\\xd0\xbc\xd0\x98\xd0\xa0", "\xd0\xb8", "\xd0\xbc");
	assert_int_equal(hive_find(b.hive, "Software\\\xc3\xa4RGER", &key), 1);
	assert_int_equal(key.flags & HIVE_KEY_NARROW, HIVE_KEY_NARROW);
	assert_int_equal(hive_find(b.hive, "Software\\One", &key), 1);
	assert_true(key.written == 132500000000000000u);
	assert_int_equal(hive_class(b.hive, &key, &text), 1);
	assert_string_equal(text.s, "Kind");
	data = data_of(b.hive, "Software\\One", "Many", &value);
	for (const char *const *s = (const char *const[]){ "a", "bc", "def", NULL }; *s; s++) {
		text_free(&text);
		assert_int_equal(hive_next_string(text_view(&data), &at, &text), 1);
		assert_string_equal(text.s, *s);
	}
	assert_int_equal(hive_next_string(text_view(&data), &at, &text), 0);
	text_free(&data);
	assert_int_equal(hive_find(b.hive, "Link", &key), 1);
	assert_true(key.flags & HIVE_KEY_LINK);
	assert_string(b.hive, "Link", "SymbolicLinkValue", "\\Registry\\Machine\\Software");
	assert_int_equal(hive_find(b.hive, "Software\\Three", &key), 0);
	assert_int_equal(b.damage, 0);
	text_free(&text);
	bench_close(&b);
	forge_hive_free(f);
}

static void
big_data_is_put_together(void **state)
{
	struct forge_hive *f = forge_hive(small);
	struct hive_value value;
	struct text data;
	struct bench b;

	(void)state;
	bench_forged(&b, f);
	data = data_of(b.hive, "Software\\Two", "Big", &value);
	assert_int_equal(data.n, 50000);
	for (size_t i = 0; i < data.n; i++)
		assert_true(data.s[i] == (char)(i * 7 + i / 251));
	text_free(&data);
	bench_close(&b);
	forge_hive_free(f);
}

static void
a_key_knows_its_owner(void **state)
{
	struct forge_hive *f = forge_hive(small);
	struct text descriptor = { 0 };
	struct hive_key key;
	struct bench b;

	(void)state;
	bench_forged(&b, f);
	assert_int_equal(hive_find(b.hive, "Software", &key), 1);
	assert_int_equal(hive_security(b.hive, &key, &descriptor), 1);
	assert_int_equal(descriptor.n, 32);
	text_free(&descriptor);
	bench_close(&b);
	forge_hive_free(f);
}

static void
text_ends_at_its_first_nul(void **state)
{
	struct text text = { 0 };

	(void)state;
	assert_int_equal(hive_string(view_of("W\0.\0\0\0x\0y\0", 10), &text), 0);
	assert_string_equal(text.s, "W.");
	text_free(&text);
	assert_int_equal(hive_add_name(&text, view_of("a\0\\\0\0\0\0\xd8", 8)), 0);
	assert_string_equal(text.s, "a\\u{5c}\\u{0}\\u{d800}");
	text_free(&text);
}

struct names {
	struct text all;
	unsigned n;
};

static int
note(void *state, const struct hive_key *key, struct view path)
{
	struct names *names = state;

	(void)key;
	names->n++;
	text_add(&names->all, path);
	return text_adds(&names->all, "\n");
}

static void
lists_of_every_kind(void **state)
{
	static const char *const kinds[] = { "lf", "lh", "li", "ri" };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		char text[256];
		struct names names = { 0 };
		struct forge_hive *f;
		struct bench b;

		snprintf(text, sizeof(text),
			 "key A\nlist %s\nkey A\\c\nkey A\\b\nkey A\\a\nkey A\\a\\deep\nkey A\\d\nkey A\\e\n",
			 kinds[i]);
		f = forge_hive(text);
		bench_forged(&b, f);
		assert_int_equal(hive_walk(b.hive, note, &names), 0);
		assert_string_equal(names.all.s, "\nA\nA\\a\nA\\a\\deep\nA\\b\nA\\c\nA\\d\nA\\e\n");
		assert_int_equal(b.damage, 0);
		text_free(&names.all);
		bench_close(&b);
		forge_hive_free(f);
	}
}

/* ---- logs ---- */

static const char before[] = "key Run\nsz old=1\n";
static const char after[] = "key Run\nsz old=1\nsz evil=c:\\\\x.exe\nkey Run\\More\nfill f=9000\n";
static const char last[] = "key Run\nsz old=1\nsz evil=c:\\\\y.exe\nkey Run\\More\nfill f=9000\nkey End\n";

static void
dirty_pages_of_the_old_kind(void **state)
{
	struct forge_hive *old = forge_hive(before), *new = forge_hive(after);
	struct text log = { 0 };
	struct hive_key key;
	uint64_t place;
	struct bench b;

	(void)state;
	forge_number_hive(old, 6, 5);
	forge_dirt(old, new, 6, &log);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_REPLAYED);
	assert_int_equal(hive_state(b.hive)->bytes, new->bins);
	assert_string(b.hive, "Run", "evil", "c:\\\\x.exe");
	assert_int_equal(hive_find(b.hive, "Run\\More", &key), 1);
	assert_int_equal(hive_origin(b.hive, key.offset, 4, &place), 0);
	assert_memory_equal(log.s + place, new->bytes + key.offset, 4);
	assert_int_equal(b.damage, 0);
	bench_close(&b);
	forge_number_hive(old, 6, 6); /* what is clean is left as it is */
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_CLEAN);
	assert_int_equal(hive_find(b.hive, "Run\\More", &key), 0);
	assert_int_equal(hive_origin(b.hive, key.offset, 4, &place), -1);
	bench_close(&b);
	text_free(&log);
	forge_hive_free(old);
	forge_hive_free(new);
}

/* A log that was written for another state of the hive does not fit, nor does one whose writing was broken off. */
static void
old_logs_that_do_not_belong(void **state)
{
	struct forge_hive *old = forge_hive(before), *new = forge_hive(after);
	struct text log = { 0 };
	struct bench b;

	(void)state;
	forge_number_hive(old, 6, 5);
	forge_dirt(old, new, 6, &log);
	log.s[12] ^= 1;
	forge_sum((uint8_t *)log.s);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_LEFT_DIRTY);
	bench_close(&b);
	log.s[12] ^= 1;
	log.s[4] ^= 1;
	forge_sum((uint8_t *)log.s);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_LEFT_DIRTY);
	bench_close(&b);
	log.s[4] ^= 1;
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log),
		   view_of(NULL, 0)); /* its checksum is wrong now */
	assert_int_equal(hive_state(b.hive)->replay, HIVE_LEFT_DIRTY);
	assert_int_equal(b.damage, 1);
	bench_close(&b);
	forge_sum((uint8_t *)log.s);
	bench_open(&b, view_of(old->bytes, old->size), view_of(log.s, log.n - 512), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_LEFT_DIRTY);
	assert_string_equal(b.first, "the dirty pages of a log are not all there: none of them is used");
	bench_close(&b);
	text_free(&log);
	forge_hive_free(old);
	forge_hive_free(new);
}

static void
entries_in_their_order(void **state)
{
	struct forge_hive *old = forge_hive(before), *new = forge_hive(after), *end = forge_hive(last);
	struct text log1 = { 0 }, log2 = { 0 };
	struct hive_key key;
	struct bench b;

	(void)state;
	forge_number_hive(old, 21, 20);
	forge_entries_start(old, 20, &log1);
	forge_entry(old, new, 20, &log1);
	forge_entries_start(new, 21, &log2);
	forge_entry(new, end, 21, &log2);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log2), text_view(&log1));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_REPLAYED);
	assert_int_equal(hive_state(b.hive)->from, 20);
	assert_int_equal(hive_state(b.hive)->to, 21);
	assert_string(b.hive, "Run", "evil", "c:\\\\y.exe");
	assert_int_equal(hive_find(b.hive, "End", &key), 1);
	bench_close(&b);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log2), view_of(NULL, 0)); /* the first is missing */
	assert_int_equal(hive_state(b.hive)->replay, HIVE_LEFT_DIRTY);
	bench_close(&b);
	forge_number_hive(old, 20, 20);
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log1), text_view(&log2));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_CLEAN);
	assert_int_equal(hive_state(b.hive)->newer, 2);
	bench_close(&b);
	text_free(&log1);
	text_free(&log2);
	forge_hive_free(old);
	forge_hive_free(new);
	forge_hive_free(end);
}

static void
a_torn_entry_ends_the_replay(void **state)
{
	struct forge_hive *old = forge_hive(before), *new = forge_hive(after), *end = forge_hive(last);
	struct text log = { 0 };
	size_t second;
	struct bench b;

	(void)state;
	forge_number_hive(old, 21, 20);
	forge_entries_start(old, 20, &log);
	forge_entry(old, new, 20, &log);
	second = log.n;
	forge_entry(new, end, 21, &log);
	log.s[log.n - 600] ^= 1;
	bench_open(&b, view_of(old->bytes, old->size), text_view(&log), view_of(NULL, 0));
	assert_int_equal(hive_state(b.hive)->replay, HIVE_PARTLY);
	assert_int_equal(hive_state(b.hive)->to, 20);
	assert_int_equal(b.damage, 1);
	assert_int_equal(b.at, second);
	assert_string(b.hive, "Run", "evil", "c:\\\\x.exe");
	bench_close(&b);
	text_free(&log);
	forge_hive_free(old);
	forge_hive_free(new);
	forge_hive_free(end);
}

/* Without a base block the hive takes that of its log. */
static void
a_lost_base_block(void **state)
{
	struct forge_hive *old = forge_hive(before), *new = forge_hive(after);
	struct text dirt = { 0 }, list = { 0 };
	struct bench b;

	(void)state;
	forge_dirt(old, new, 6, &dirt);
	forge_entries_start(old, 20, &list);
	forge_entry(old, new, 20, &list);
	memset(old->bytes, 0, 512);
	for (unsigned i = 0; i < 2; i++) {
		bench_open(&b, view_of(old->bytes, old->size), text_view(i ? &dirt : &list), view_of(NULL, 0));
		assert_int_equal(hive_state(b.hive)->replay, HIVE_REPLAYED);
		assert_int_equal(hive_state(b.hive)->sound, false);
		assert_string(b.hive, "Run", "evil", "c:\\\\x.exe");
		assert_int_equal(b.damage, 1);
		bench_close(&b);
	}
	bench_forged(&b, old); /* and without a log its root is looked for */
	assert_string(b.hive, "Run", "old", "1");
	bench_close(&b);
	text_free(&dirt);
	text_free(&list);
	forge_hive_free(old);
	forge_hive_free(new);
}

/* The first 32 bytes of an entry that Windows wrote, and the hash that it keeps of them. */
static void
the_hash_is_that_of_windows(void **state)
{
	uint8_t head[32], hash[8];
	struct marvin m = marvin_start();
	uint64_t own;

	(void)state;
	hex_parse(view_text("48764c4500fe0000010000003202000000a00b0009000000b78eba710463ba7a"), head, sizeof(head));
	hex_parse(view_text("dfc7798840eb8bb0"), hash, sizeof(hash));
	marvin_add(&m, view_of(head, sizeof(head)));
	own = marvin_end(&m);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(hash[i], own >> (8 * i) & 0xff);
}

/* ---- what was deleted ---- */

struct lost {
	struct hive *hive;
	struct text all;
};

static int
note_lost_value(void *state, const struct hive_value *value)
{
	struct lost *lost = state;
	struct text data = { 0 }, text = { 0 };

	assert_int_equal(hive_data(lost->hive, value, &data), 0);
	hive_string(text_view(&data), &text);
	text_printf(&lost->all, "  %.*s=%s%s\n", (int)value->name.n, (const char *)value->name.p, text.s ? text.s : "",
		    value->reused ? " reused" : "");
	text_free(&data);
	text_free(&text);
	return 0;
}

static int
note_lost(void *state, const struct hive_lost *l)
{
	static const char *const places[] = { "live", "orphan", "deleted", "broken", "behind" };
	struct lost *lost = state;

	if (!l->key)
		return note_lost_value(state, l->value);
	text_printf(&lost->all, "%s%s %.*s\n", places[l->key->place], l->whole ? "" : "?", (int)l->path.n,
		    (const char *)l->path.p);
	return hive_values(lost->hive, l->key, note_lost_value, lost);
}

static void
assert_lost(struct bench *b, const char *expected)
{
	struct lost lost = { .hive = b->hive };

	assert_int_equal(hive_recover(b->hive, note_lost, &lost), 0);
	assert_string_equal(lost.all.s ? lost.all.s : "", expected);
	text_free(&lost.all);
}

static void
deleted_keys_and_values(void **state)
{
	struct forge_hive *f = forge_hive("key Services\\Good\nsz ImagePath=good.exe\n"
					  "key Services\\Evil @132590000000000000\nsz ImagePath=evil.exe\n"
					  "key Services\\Evil\\Parameters\nsz Key=long enough\n"
					  "key Services\\Last\ndelete Services\\Evil\n");
	struct hive_key key;
	struct bench b;

	(void)state;
	bench_forged(&b, f);
	assert_int_equal(hive_find(b.hive, "Services\\Evil", &key), 0);
	assert_lost(&b, "deleted Services\\Evil\n  ImagePath=evil.exe\n"
			"deleted? Services\\Evil\\Parameters\n  Key=long enough\n");
	assert_int_equal(b.damage, 0);
	bench_close(&b);
	forge_hive_free(f);
}

static void
keys_that_nothing_leads_to(void **state)
{
	struct forge_hive *f =
		forge_hive("key A\nkey A\\lost\nsz v=x\nkey A\\lost\\below\nkey A\\kept\ndrop A\\lost\n");
	struct bench b;

	(void)state;
	bench_forged(&b, f);
	assert_lost(&b, "orphan A\\lost\n  v=x\norphan? A\\lost\\below\n");
	bench_close(&b);
	forge_hive_free(f);
}

/* A value taken out of a list that is still there, its data cell given to something else since. */
static void
a_value_whose_data_is_gone(void **state)
{
	struct forge_hive *f = forge_hive("key A\nsz a=first value\nsz b=second value\n");
	struct bench b;

	(void)state;
	hive_put(forge_at(f, f->keys[1].cell) + 40, 1, 4);
	forge_free(f, f->values[1].cell);
	hive_put(forge_at(f, f->values[1].cell) + 12, forge_word(f, f->values[0].cell + 12), 4);
	bench_forged(&b, f);
	assert_lost(&b, "  b= reused\n");
	bench_close(&b);
	forge_hive_free(f);
}

static void
what_lies_behind_the_bins(void **state)
{
	struct forge_hive *f = forge_hive("key A\nkey B\nfill f=8000\nkey C\nfill f=9000\nsz v=x\n");
	struct bench b;

	(void)state;
	f->bytes = realloc(f->bytes, f->size * 2);
	memcpy(f->bytes + f->size, f->bytes + FORGE_BASE, f->bins);
	f->size += f->bins;
	bench_forged(&b, f);
	assert_int_equal(hive_walk(b.hive, NULL, NULL), 0);
	assert_lost(&b, "behind? ROOT\nbehind A\nbehind B\nbehind C\n  f= reused\n  f= reused\n  v=x\n");
	bench_close(&b);
	forge_hive_free(f);
}

/* ---- damage ---- */

static void
a_loop_is_walked_once(void **state)
{
	struct forge_hive *f = forge_hive("key A\nkey A\\B\nkey A\\B\\C\n");
	struct names names = { 0 };
	struct bench b;

	(void)state;
	/* the list of C is that of A */
	hive_put(forge_at(f, f->keys[3].cell) + 24, 1, 4);
	hive_put(forge_at(f, f->keys[3].cell) + 32, forge_word(f, f->keys[1].cell + 32), 4);
	bench_forged(&b, f);
	assert_int_equal(hive_walk(b.hive, note, &names), 0);
	assert_int_equal(names.n, 4);
	assert_string_equal(b.first, "a list of subkeys is led to twice");
	text_free(&names.all);
	bench_close(&b);
	forge_hive_free(f);
}

static void
a_key_below_itself(void **state)
{
	struct forge_hive *f = forge_hive("key A\nkey A\\B\n");
	struct names names = { 0 };
	struct bench b;

	(void)state;
	hive_put(forge_at(f, forge_word(f, f->keys[1].cell + 32)) + 8, f->keys[1].cell, 4);
	bench_forged(&b, f);
	assert_int_equal(hive_walk(b.hive, note, &names), 0);
	assert_int_equal(names.n, 2);
	assert_string_equal(b.first, "a list leads to a key that another one leads to");
	assert_lost(&b, "orphan A\\B\n");
	text_free(&names.all);
	bench_close(&b);
	forge_hive_free(f);
}

static void
a_damaged_bin_costs_only_itself(void **state)
{
	struct forge_hive *f = forge_hive("key A\nfill f=6000\nkey B\nsz v=x\nfill g=7000\nkey C\nsz w=y\n");
	struct bench b;

	(void)state;
	memset(forge_at(f, 4096), 0xff, 64);
	bench_forged(&b, f);
	assert_true(b.damage > 0);
	assert_int_equal(b.at, 8192);
	assert_string(b.hive, "B", "v", "x");
	bench_close(&b);
	forge_hive_free(f);
}

static int
count_lost(void *state, const struct hive_lost *lost)
{
	*(unsigned *)state += lost->key && lost->key->place == HIVE_ORPHAN;
	return 0;
}

static void
a_hive_that_ends_early(void **state)
{
	unsigned lost = 0;
	struct forge_hive *f = forge_hive(small);
	struct names names = { 0 };
	struct bench b;

	(void)state;
	bench_open(&b, view_of(f->bytes, FORGE_BASE + 2048), view_of(NULL, 0), view_of(NULL, 0));
	assert_int_equal(b.at, FORGE_BASE + 2048);
	assert_int_equal(hive_walk(b.hive, note, &names), 0);
	assert_int_equal(names.n, 1); /* the lists were behind the end, but not the keys */
	assert_int_equal(hive_recover(b.hive, count_lost, &lost), 0);
	assert_int_equal(lost, 6);
	text_free(&names.all);
	bench_close(&b);
	for (size_t n = 0; n < f->size; n += n < 5000 ? 61 : 4099) { /* wherever it ends */
		bench_open(&b, view_of(f->bytes, n), view_of(NULL, 0), view_of(NULL, 0));
		assert_int_equal(hive_walk(b.hive, NULL, NULL), 0);
		bench_close(&b);
	}
	forge_hive_free(f);
}

static void
numbers_that_cannot_be(void **state)
{
	struct forge_hive *f = forge_hive("key A\nsz a=some text\nkey A\\B\n");
	struct names names = { 0 };
	struct bench b;

	(void)state;
	hive_put(forge_at(f, f->keys[1].cell) + 24, UINT32_MAX, 4);  /* subkeys */
	hive_put(forge_at(f, f->keys[1].cell) + 40, UINT32_MAX, 4);  /* values */
	hive_put(forge_at(f, f->values[0].cell) + 8, INT32_MAX, 4);  /* size of data */
	hive_put(forge_at(f, f->values[0].cell) + 6, UINT16_MAX, 2); /* length of its name */
	hive_put(forge_at(f, f->keys[2].cell) + 76, UINT16_MAX, 2);  /* and of that of B */
	bench_forged(&b, f);
	assert_int_equal(hive_walk(b.hive, note, &names), 0);
	assert_int_equal(names.n, 3);
	assert_int_equal(b.damage, 3); /* one for each cell */
	text_free(&names.all);
	bench_close(&b);
	forge_hive_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_every_kind),         cmocka_unit_test(big_data_is_put_together),
		cmocka_unit_test(a_key_knows_its_owner),        cmocka_unit_test(text_ends_at_its_first_nul),
		cmocka_unit_test(lists_of_every_kind),          cmocka_unit_test(dirty_pages_of_the_old_kind),
		cmocka_unit_test(old_logs_that_do_not_belong),  cmocka_unit_test(entries_in_their_order),
		cmocka_unit_test(a_torn_entry_ends_the_replay), cmocka_unit_test(a_lost_base_block),
		cmocka_unit_test(the_hash_is_that_of_windows),  cmocka_unit_test(deleted_keys_and_values),
		cmocka_unit_test(keys_that_nothing_leads_to),   cmocka_unit_test(a_value_whose_data_is_gone),
		cmocka_unit_test(what_lies_behind_the_bins),    cmocka_unit_test(a_loop_is_walked_once),
		cmocka_unit_test(a_key_below_itself),           cmocka_unit_test(a_damaged_bin_costs_only_itself),
		cmocka_unit_test(a_hive_that_ends_early),       cmocka_unit_test(numbers_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

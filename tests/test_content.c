/* test_content.c - content held against rules, hash lists and the baseline, in one piece and in blocks. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>

#include "../src/content/blocks.h"
#include "content.h"
#include "text.h"

static struct profile *
load(const char *folder, const char *name)
{
	const char *top = getenv("srcdir");
	char path[4096];
	const char *names[] = { path };
	struct profile *profile = NULL;

	snprintf(path, sizeof(path), "%s/%s/%s", top ? top : ".", folder, name);
	assert_int_equal(profile_load(names, 1, true, &profile), 0);
	return profile;
}

/* ---- a sink that writes down what it is told ---- */

struct notes {
	struct sink sink;
	struct text text;
	unsigned marks, stop_at;
};

static int
note_event(struct sink *out, const struct event *e)
{
	(void)out;
	(void)e;
	return 0;
}

static int
note_mark(struct sink *out, const struct mark *m)
{
	struct notes *notes = (struct notes *)out;

	if (++notes->marks == notes->stop_at)
		return -ECANCELED;
	return text_printf(&notes->text, "%s %llu+%llu {%.*s} %.*s\n", m->rule->id, (unsigned long long)m->offset,
			   (unsigned long long)m->length, (int)m->excerpt.n, (const char *)m->excerpt.p,
			   (int)m->basis.n, (const char *)m->basis.p);
}

static int
note_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	(void)offset;
	(void)why;
	return 0;
}

static void
clear(struct notes *notes)
{
	text_free(&notes->text);
	*notes = (struct notes){ .sink = { .event = note_event, .mark = note_mark, .damage = note_damage } };
	assert_int_equal(text_adds(&notes->text, ""), 0);
}

static const struct content_place page = {
	.path = "inetpub/wwwroot/aspnet_client/page.aspx",
	.name = "page.aspx",
	.extension = ".aspx",
	.owner = "",
	.relative = "",
	.build = "",
};

static struct content_result
read_bytes(struct content *content, struct view bytes, const struct content_place *place, struct notes *notes)
{
	CLEANUP(source_close) struct source *stream = NULL;
	struct content_result result;

	clear(notes);
	assert_int_equal(source_memory(bytes, "test", &stream), 0);
	assert_int_equal(content_read(content, stream, place, &notes->sink, &result), 0);
	return result;
}

static void
assert_digest(const struct content_result *result, enum digest_kind kind, const char *expected)
{
	CLEANUP(text_free) struct text hex = { 0 };

	assert_true(result->kinds & 1u << kind);
	assert_int_equal(text_add_hex(&hex, view_of(result->digests[kind].b, digest_size(kind))), 0);
	assert_string_equal(hex.s, expected);
}

/* ---- in one piece ---- */

static void
hits_say_what_was_found_where(void **state)
{
	static const char text[] = "<%@ Page %> postmortem-marker-two, postmortem-marker-one and postmortem-marker-one";
	struct profile *profile = load("fixtures/profile", "good");
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	assert_int_equal(content_open(profile, &content), 0);
	result = read_bytes(content, view_text(text), &page, &notes);
	assert_string_equal(notes.text.s,
			    "marker_with_meta 12+21 {postmortem-marker-two} strings $a at 35, $b at 12\n");
	assert_int_equal(result.bytes, strlen(text));
	assert_null(result.incomplete);
	assert_false(result.blocks || result.known_good);
	result = read_bytes(content, view_text("MZ postmortem-anonymous"), &page, &notes);
	assert_string_equal(notes.text.s, "no_level 3+20 {postmortem-anonymous} strings $ at 3\n");
	result = read_bytes(content, view_text("nothing of the kind"), &page, &notes);
	assert_int_equal(notes.marks, 0);
	clear(&notes);
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

static void
public_rules_are_told_name_folder_extension_and_type(void **state)
{
	static const char text[] = "x postmortem-public x";
	struct profile *profile = load("fixtures/profile", "good");
	struct content_place place = page;
	struct notes notes = { .marks = 0 };
	struct content *content;

	(void)state;
	assert_int_equal(content_open(profile, &content), 0);
	read_bytes(content, view_text(text), &place, &notes);
	assert_string_equal(notes.text.s, "public_style 2+17 {postmortem-public} strings $s1 at 2\n");
	place.name = "good.aspx";
	read_bytes(content, view_text(text), &place, &notes);
	assert_int_equal(notes.marks, 0);
	place = page;
	place.extension = ".txt";
	read_bytes(content, view_text(text), &place, &notes);
	assert_int_equal(notes.marks, 0);
	place = page;
	place.path = "Windows/Temp/page.aspx";
	read_bytes(content, view_text(text), &place, &notes);
	assert_int_equal(notes.marks, 0);
	place.name = "condition.txt";
	read_bytes(content, view_text("condition"), &place, &notes);
	assert_string_equal(notes.text.s, "by_condition_alone 0+0 {} the rule's condition, without a string\n");
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

static void
digests_decide_before_rules_do(void **state)
{
	struct profile *profile = load("fixtures/profile", "good");
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	assert_int_equal(content_open(profile, &content), 0);
	result = read_bytes(content, view_text("abc"), &page, &notes);
	assert_digest(&result, DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72");
	assert_digest(&result, DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_digest(&result, DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(notes.text.s,
			    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 0+0 {} "
			    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
	assert_false(result.known_good);
	result = read_bytes(content, view_of(NULL, 0), &page, &notes);
	assert_digest(&result, DIGEST_SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_true(result.known_good);
	assert_int_equal(notes.marks, 0);
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

static void
a_sink_that_stops_stops_the_reading(void **state)
{
	struct profile *profile = load("fixtures/profile", "good");
	CLEANUP(source_close) struct source *stream = NULL;
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	assert_int_equal(content_open(profile, &content), 0);
	clear(&notes);
	notes.stop_at = 1;
	assert_int_equal(source_memory(view_text("postmortem-marker-one"), "test", &stream), 0);
	assert_int_equal(content_read(content, stream, &page, &notes.sink, &result), -ECANCELED);
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

static void
a_string_that_matches_without_end_is_told(void **state)
{
	enum { PAIRS = 1500000 };
	struct profile *profile = load("fixtures/profile", "many");
	char *text = malloc(PAIRS * 2 + 8);
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < PAIRS; i++)
		memcpy(text + i * 2, "ab", 2);
	memcpy(text + PAIRS * 2, "the end", 8);
	assert_int_equal(content_open(profile, &content), 0);
	result = read_bytes(content, view_text(text), &page, &notes);
	assert_non_null(result.incomplete);
	assert_string_equal(notes.text.s, "hits_too 3000000+7 {the end} strings $b at 3000000\n");
	result = read_bytes(content, view_text("the end"), &page, &notes);
	assert_null(result.incomplete);
	text_free(&notes.text);
	content_close(content);
	free(text);
	profile_free(profile);
}

/* ---- in blocks ---- */

/* A sparse stream: pieces of text, and zeros between them. */
struct sparse {
	struct source source;
	struct piece {
		uint64_t at;
		const char *text;
	} pieces[4];
	uint64_t asked; /* bytes */
	uint64_t broken_from;
};

static ssize_t
sparse_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct sparse *s = (struct sparse *)src;

	if (offset + n > s->broken_from)
		return -EIO;
	memset(buf, 0, n);
	s->asked += n;
	for (size_t i = 0; i < 4 && s->pieces[i].text; i++) {
		const struct piece *p = &s->pieces[i];

		for (size_t k = 0; p->text[k]; k++)
			if (p->at + k >= offset && p->at + k - offset < n)
				((char *)buf)[p->at + k - offset] = p->text[k];
	}
	return (ssize_t)n;
}

static int
sparse_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	struct sparse *s = (struct sparse *)src;

	for (size_t i = 0; i < 4 && s->pieces[i].text; i++) {
		uint64_t from = s->pieces[i].at & ~UINT64_C(4095), to = from + 8192;

		if (to <= offset)
			continue;
		*ret_from = from > offset ? from : offset;
		*ret_to = to < src->size ? to : src->size;
		return 1;
	}
	return 0;
}

static const struct source_ops sparse_ops = { .read = sparse_read, .next_data = sparse_next_data };

/* The digest by reading everything in another rhythm. */
static void
assert_same_digest(struct sparse *s, const struct content_result *result)
{
	enum { STEP = 1000003 };
	struct digest_value values[DIGEST_KINDS];
	struct digest *digest;
	char *bytes = malloc(STEP);

	assert_non_null(bytes);
	assert_int_equal(digest_open(1u << DIGEST_SHA256, &digest), 0);
	for (uint64_t at = 0; at < s->source.size; at += STEP) {
		ssize_t n = source_read(&s->source, at, bytes, STEP);

		assert_true(n > 0);
		assert_int_equal(digest_add(digest, view_of(bytes, (size_t)n)), 0);
	}
	assert_int_equal(digest_end(digest, values), 0);
	assert_memory_equal(values[DIGEST_SHA256].b, result->digests[DIGEST_SHA256].b, 32);
	digest_close(digest);
	free(bytes);
}

static void
long_streams_are_read_in_blocks_without_their_holes(void **state)
{
	enum { STEP = CONTENT_BLOCK - CONTENT_OVERLAP };
	struct profile *profile = load("fixtures/profile", "many");
	struct sparse s = {
		.source = { .ops = &sparse_ops, .size = (UINT64_C(200) << 20) + 12345, .name = "sparse" },
		.pieces = { { 0, "start" }, { UINT64_C(5) * STEP + CONTENT_OVERLAP - 3, "the end" } },
		.broken_from = UINT64_MAX,
	};
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	assert_int_equal(content_open(profile, &content), 0);
	clear(&notes);
	assert_int_equal(content_read(content, &s.source, &page, &notes.sink, &result), 0);
	assert_string_equal(notes.text.s, "hits_too 83623933+7 {the end} strings $b at 83623933\n");
	assert_true(result.blocks);
	assert_true(result.bytes == s.source.size);
	assert_null(result.incomplete);
	assert_true(s.asked <= 4 * (uint64_t)CONTENT_BLOCK);
	assert_same_digest(&s, &result);
	/* the piece on the very edge of every block of the way */
	for (uint64_t k = 1; k < 3; k++) {
		for (int edge = -7; edge <= 0; edge++) {
			s.pieces[1].at = k * STEP + CONTENT_OVERLAP + (uint64_t)edge;
			clear(&notes);
			assert_int_equal(content_read(content, &s.source, &page, &notes.sink, &result), 0);
			assert_int_equal(notes.marks, 1);
		}
	}
	s.broken_from = UINT64_C(16) << 20;
	assert_int_equal(content_read(content, &s.source, &page, &notes.sink, &result), -EIO);
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

static void
a_stream_of_an_exabyte_is_no_work(void **state)
{
	struct profile *profile = load("fixtures/profile", "good");
	struct content_place place = page;
	struct sparse s = {
		.source = { .ops = &sparse_ops, .size = UINT64_C(1) << 60, .name = "sparse" },
		.pieces = { { 0, "condition" }, { (UINT64_C(1) << 50) + 77, "postmortem-public" } },
		.broken_from = UINT64_MAX,
	};
	struct notes notes = { .marks = 0 };
	struct content_result result;
	struct content *content;

	(void)state;
	place.name = "condition.txt";
	assert_int_equal(content_open(profile, &content), 0);
	clear(&notes);
	assert_int_equal(content_read(content, &s.source, &place, &notes.sink, &result), 0);
	assert_string_equal(notes.text.s,
			    "public_style 1125899906842701+17 {postmortem-public} strings $s1 at 1125899906842701\n"
			    "by_condition_alone 0+0 {} the rule's condition, without a string\n");
	assert_int_equal(result.kinds, 0);
	assert_null(result.incomplete);
	text_free(&notes.text);
	content_close(content);
	profile_free(profile);
}

/* ---- real web shells, where the corpus is ---- */

/* Reads every file of a tar archive: how many there are, and how many are hit. */
static unsigned
read_archive(struct content *content, const char *corpus, const char *name, unsigned *ret_files)
{
	char path[4096], header[512];
	unsigned hit = 0;
	FILE *tar;

	*ret_files = 0;
	snprintf(path, sizeof(path), "%s/webshells/%s.tar", corpus, name);
	tar = fopen(path, "rb");
	if (!tar)
		return 0;
	while (fread(header, 512, 1, tar) == 1 && header[0]) {
		size_t size = strtoul(header + 124, NULL, 8), padded = (size + 511) & ~(size_t)511;
		uint8_t *bytes = malloc(padded + 1);
		struct notes notes = { .marks = 0 };

		assert_non_null(bytes);
		assert_true(!padded || fread(bytes, padded, 1, tar) == 1);
		if (header[156] == '0' && size) {
			struct content_result result = read_bytes(content, view_of(bytes, size), &page, &notes);

			assert_null(result.incomplete);
			(*ret_files)++;
			hit += notes.marks > 0;
		}
		text_free(&notes.text);
		free(bytes);
	}
	fclose(tar);
	return hit;
}

static void
the_shipped_rules_tell_web_shells_from_pages(void **state)
{
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	struct profile *profile;
	struct content *content;
	unsigned files, hit;

	(void)state;
	if (!corpus)
		skip();
	profile = load("profiles", "hafnium");
	assert_int_equal(content_open(profile, &content), 0);
	hit = read_archive(content, corpus, "webshells", &files);
	assert_int_equal(hit, files);
	assert_int_equal(read_archive(content, corpus, "benign-aspx", &files), 0);
	content_close(content);
	profile_free(profile);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_say_what_was_found_where),
		cmocka_unit_test(public_rules_are_told_name_folder_extension_and_type),
		cmocka_unit_test(digests_decide_before_rules_do),
		cmocka_unit_test(a_sink_that_stops_stops_the_reading),
		cmocka_unit_test(a_string_that_matches_without_end_is_told),
		cmocka_unit_test(long_streams_are_read_in_blocks_without_their_holes),
		cmocka_unit_test(a_stream_of_an_exabyte_is_no_work),
		cmocka_unit_test(the_shipped_rules_tell_web_shells_from_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

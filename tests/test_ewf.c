/* test_ewf.c - E01 sets that are broken, by accident and on purpose. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "scene.h"

static void
a_flipped_bit_in_a_plain_chunk_is_seen_and_the_bytes_are_given(void **state)
{
	struct scene *s = *state;

	forge(s);
	s->file[0].p[e01_find(&s->file[0], "sectors", 0) + 76 + 1000] ^= 1;
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(first_difference(s, 0), 1000);
	assert_int_equal(first_difference(s, 1001), MEDIA);
	assert_int_equal(only_bad(s, 1)->trust, TRUST_UNVERIFIED);
	assert_int_equal(source_trust(image_media(s->image), 0, 1), TRUST_UNVERIFIED);
	assert_int_equal(source_trust(image_media(s->image), CHUNK, MEDIA), 0);
	assert_int_equal(first_difference(s, 0), 1000);
	only_bad(s, 1); /* told once */
}

static void
a_packed_chunk_gives_what_comes_before_its_damage(void **state)
{
	struct scene *s = *state;
	size_t table;

	forge(s);
	table = e01_find(&s->file[1], "table", 0);
	/* chunk 7 is the third of the second file; its text packs to some hundred bytes, so cut it in the middle */
	memset(s->file[1].p + (e01_get32(&s->file[1], table + 100 + 8) & INT32_MAX) + 60, 0xff, 40);
	assert_int_equal(open_forged(s), 0);
	assert_true(first_difference(s, 0) > 7 * CHUNK);
	assert_true(first_difference(s, 0) < 8 * CHUNK);
	assert_int_equal(first_difference(s, 8 * CHUNK), MEDIA);
	assert_true(only_bad(s, 1)->trust & (TRUST_DAMAGED | TRUST_UNVERIFIED));
}

static void
table2_stands_in_for_table(void **state)
{
	struct scene *s = *state;

	forge(s);
	s->file[0].p[e01_find(&s->file[0], "table", 0) + 100 + 5] ^= 2;
	s->file[1].p[e01_find(&s->file[1], "table2", 0) + 100 + 9] ^= 2;
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "table2 was used"));
	assert_int_equal(first_difference(s, 0), MEDIA);
	s->image = image_close(s->image);
	s->file[0].p[e01_find(&s->file[0], "table2", 0) + 100 + 13] ^= 2;
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "each chunk was tried with both"));
	assert_int_equal(first_difference(s, 0), MEDIA);
}

static void
chunks_without_any_table_are_found(void **state)
{
	struct scene *s = *state;

	forge(s);
	memset(s->file[0].p + e01_find(&s->file[0], "table", 0) + 76, 0xff, 24);
	memset(s->file[0].p + e01_find(&s->file[0], "table2", 0) + 76, 0xff, 24);
	s->file[1].n =
		e01_find(&s->file[1], "table", 0) - 10; /* and the second file is cut off within its last chunk */
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(first_difference(s, 0), 10 * CHUNK + 9 * 512 - 1); /* the rest of it is zeros */
	assert_int_equal(only_bad(s, 1)->from, 10 * CHUNK);
}

static void
a_missing_segment_is_a_hole_and_not_the_end(void **state)
{
	struct scene *s = *state;

	forge(s);
	assert_int_equal(open_forged(s), 0);
	s->image = image_close(s->image);
	e01_start(&s->file[2], 3);
	e01_chunks(&s->file[2], &s->e01, 8, CHUNKS, NULL);
	e01_mark(&s->file[2], "done");
	e01_write(&s->file[2], path_of(s, "x.E03"));
	unlink(path_of(s, "x.E02"));
	assert_int_equal(open_named(s, "x.E01"), 0);
	assert_true(was_told(s, "1 segment file(s) from number 2 on are missing"));
	assert_int_equal(first_difference(s, 0), 5 * CHUNK);
	assert_int_equal(first_difference(s, 8 * CHUNK), MEDIA);
	assert_int_equal(only_bad(s, 3)->to, 8 * CHUNK);
	assert_int_equal(only_bad(s, 3)->trust, TRUST_MISSING);
	s->image = image_close(s->image);
	unlink(path_of(s, "x.E03"));
	assert_int_equal(open_named(s, "x.E01"), 0);
	assert_int_equal(only_bad(s, 6)->to, MEDIA);
}

static void
swapped_segments_are_put_in_order(void **state)
{
	struct scene *s = *state;

	forge(s);
	e01_write(&s->file[0], path_of(s, "x.E02"));
	e01_write(&s->file[1], path_of(s, "x.E01"));
	assert_int_equal(open_named(s, "x.E01"), 0);
	assert_int_equal(first_difference(s, 0), MEDIA);
	assert_int_equal(s->told.count, 2);
}

static void
a_segment_of_another_set_is_left_out(void **state)
{
	struct scene *s = *state;
	size_t at;

	forge(s);
	at = e01_find(&s->file[1], "data", 0) + 76;
	memset(s->file[1].p + at + 64, 0x77, 16);
	e01_put32(&s->file[1], at + 1048, (uint32_t)adler32(1, s->file[1].p + at, 1048));
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "belongs to another set"));
	assert_int_equal(only_bad(s, 6)->from, 5 * CHUNK);
}

static void
a_chain_that_turns_back_ends(void **state)
{
	struct scene *s = *state;
	size_t at;

	forge(s);
	at = e01_find(&s->file[0], "table", 0);
	e01_put64(&s->file[0], at + 16, 13);
	e01_put64(&s->file[0], at + 24, 0);
	e01_seal(&s->file[0], at);
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "the chain of sections is broken"));
	assert_int_equal(first_difference(s, 0), MEDIA);
}

static void
links_that_disagree_are_told(void **state)
{
	struct scene *s = *state;
	size_t at;

	forge(s);
	at = e01_find(&s->file[0], "sectors", 0);
	e01_put64(&s->file[0], at + 24, 80);
	e01_seal(&s->file[0], at);
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "a section's size does not fit its link"));
	assert_int_equal(first_difference(s, 0), MEDIA);
}

static void
a_header_that_never_ends_is_cut(void **state)
{
	struct scene *s = *state;
	struct text opinion = { 0 };
	size_t n = 8 << 20;
	char *bomb = malloc(n);

	assert_non_null(bomb);
	memset(bomb, 'A', n);
	memcpy(bomb, "1\nmain\nc\nC-9", 12);
	forge(s);
	e01_start(&s->file[0], 1);
	e01_header(&s->file[0], "header", bomb, n);
	e01_volume(&s->file[0], "volume", &s->e01);
	e01_chunks(&s->file[0], &s->e01, 0, 5, NULL);
	e01_mark(&s->file[0], "next");
	free(bomb);
	assert_int_equal(open_forged(s), 0);
	assert_true(was_told(s, "more than 1 MiB"));
	assert_int_equal(first_difference(s, 0), MEDIA);
	assert_int_equal(image_second_opinion(s->image, &opinion), 1);
	text_free(&opinion);
}

static void
acquisition_errors_are_kept(void **state)
{
	struct scene *s = *state;
	const struct bad_range *bad;

	forge(s);
	s->file[1].n = e01_find(&s->file[1], "done", 0);
	e01_errors(&s->file[1], 100, 8);
	e01_mark(&s->file[1], "done");
	assert_int_equal(open_forged(s), 0);
	bad = only_bad(s, 0);
	assert_int_equal(bad->from, 100 * 512);
	assert_int_equal(bad->to, 108 * 512);
	assert_int_equal(bad->trust, TRUST_ACQUIRED);
}

/* EnCase 6.7: the chunks lie around 2 GiB, and from there on the highest bit of an entry belongs to the offset. */
static void
offsets_beyond_2_gib_use_all_32_bits(void **state)
{
	const uint32_t first = UINT32_C(0x7fffc000);
	struct scene *s = *state;
	struct e01 *f = &s->file[0];
	uint32_t entries[4];
	uint64_t behind = (uint64_t)first + 4 * (CHUNK + 4);
	size_t sectors, head, base;
	int fd;

	e01_start(f, 1);
	s->e01.sectors = 256;
	s->e01.chunks = 4;
	e01_volume(f, "volume", &s->e01);
	e01_begin(f, "sectors");
	sectors = f->section;
	e01_end(f);
	e01_put64(f, sectors + 16, behind);
	e01_put64(f, sectors + 24, behind - sectors);
	e01_seal(f, sectors);
	head = f->n;
	for (uint32_t i = 0; i < 4; i++)
		entries[i] = first + i * (CHUNK + 4);
	base = f->n;
	e01_table(f, "table", entries, 4);
	e01_put64(f, base + 16, behind + f->n - base);
	e01_seal(f, base);
	sectors = f->n;
	e01_mark(f, "done");
	e01_put64(f, sectors + 16, behind + sectors - base);
	e01_seal(f, sectors);
	fd = open(path_of(s, "big.E01"), O_WRONLY | O_CREAT, 0600);
	assert_int_equal(pwrite(fd, f->p, head, 0), head);
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t sum = (uint32_t)adler32(1, s->media + i * CHUNK, CHUNK);

		assert_int_equal(pwrite(fd, s->media + i * CHUNK, CHUNK, entries[i]), CHUNK);
		assert_int_equal(pwrite(fd,
					&(le32){ { (uint8_t)sum, (uint8_t)(sum >> 8), (uint8_t)(sum >> 16),
						   (uint8_t)(sum >> 24) } },
					4, (off_t)entries[i] + CHUNK),
				 4);
	}
	assert_int_equal(pwrite(fd, f->p + base, f->n - base, (off_t)behind), f->n - base);
	close(fd);
	assert_int_equal(open_named(s, "big.E01"), 0);
	assert_int_equal(first_difference(s, 0), 4 * CHUNK);
	assert_int_equal(s->told.count, 0);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_flipped_bit_in_a_plain_chunk_is_seen_and_the_bytes_are_given),
		STORY(a_packed_chunk_gives_what_comes_before_its_damage),
		STORY(table2_stands_in_for_table),
		STORY(chunks_without_any_table_are_found),
		STORY(a_missing_segment_is_a_hole_and_not_the_end),
		STORY(swapped_segments_are_put_in_order),
		STORY(a_segment_of_another_set_is_left_out),
		STORY(a_chain_that_turns_back_ends),
		STORY(links_that_disagree_are_told),
		STORY(a_header_that_never_ends_is_cut),
		STORY(acquisition_errors_are_kept),
		STORY(offsets_beyond_2_gib_use_all_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_image.c - raw, split and E01 evidence as it should be: read, verified, and left as it was. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"

static void
a_raw_image_is_itself(void **state)
{
	struct scene *s = *state;
	char print[33];

	write_file(s, "disk.dd", s->media, MEDIA);
	assert_int_equal(open_named(s, "disk.dd"), 0);
	assert_int_equal(image_format(s->image), IMAGE_RAW);
	assert_int_equal(image_media(s->image)->size, MEDIA);
	assert_int_equal(first_difference(s, 0), MEDIA);
	assert_string_equal(image_name(s->image), "disk.dd");
	assert_int_equal(image_fingerprint(s->image, print), 0);
	assert_int_equal(strlen(print), 32);
	assert_int_equal(s->told.count, 0);
}

static void
holes_of_a_raw_image_are_found(void **state)
{
	struct scene *s = *state;
	uint64_t from, to;
	int fd;

	write_file(s, "disk.raw", s->media, 4096);
	assert_int_equal(truncate(path_of(s, "disk.raw"), 64 << 20), 0);
	fd = open(path_of(s, "disk.raw"), O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 32 << 20), 1);
	close(fd);
	assert_int_equal(open_named(s, "disk.raw"), 0);
	assert_int_equal(source_next_data(image_media(s->image), 8 << 20, &from, &to), 1);
	assert_true(from <= 32 << 20 && to > 32 << 20);
	if (from > 8 << 20) /* the file system keeps holes */
		assert_int_equal(source_next_data(image_media(s->image), to, &from, &to), 0);
}

static void
a_split_set_is_joined(void **state)
{
	static const char *const names[] = { "d.raw.001", "d.raw.002", "d.raw.003", "e.aa", "e.ab", "e.ac" };
	struct scene *s = *state;

	for (int i = 0; i < 6; i++) {
		size_t from = (size_t)(i % 3) * 100000, n = i % 3 == 2 ? MEDIA - 200000 : 100000;

		write_file(s, names[i], s->media + from, n);
	}
	for (int i = 0; i < 6; i += 3) {
		assert_int_equal(open_named(s, names[i + 1]), 0); /* any file of it */
		assert_int_equal(image_format(s->image), IMAGE_SPLIT);
		assert_string_equal(image_name(s->image), names[i]);
		assert_int_equal(first_difference(s, 0), MEDIA);
		s->image = image_close(s->image);
	}
	assert_int_equal(s->told.count, 2); /* the last part is larger than the others */
}

static void
a_missing_part_leaves_a_hole_of_its_size(void **state)
{
	struct scene *s = *state;
	const struct bad_range *bad;

	write_file(s, "d.001", s->media, 100000);
	write_file(s, "d.003", s->media + 200000, MEDIA - 200000 > 100000 ? 100000 : MEDIA - 200000);
	assert_int_equal(open_named(s, "d.001"), 0);
	assert_true(was_told(s, "1 part(s) of the split set are missing"));
	bad = only_bad(s, 0);
	assert_int_equal(bad->from, 100000);
	assert_int_equal(bad->to, 200000);
	assert_int_equal(source_trust(image_media(s->image), 150000, 150001), TRUST_MISSING);
	assert_int_equal(source_trust(image_media(s->image), 0, 100000), 0);
	assert_int_equal(first_difference(s, 200000), 300000);
}

static void
a_short_part_does_not_shift_the_rest(void **state)
{
	struct scene *s = *state;

	write_file(s, "d.001", s->media, 80000);
	write_file(s, "d.002", s->media + 80000, 70000);
	write_file(s, "d.003", s->media + 160000, 80000);
	write_file(s, "d.004", s->media + 240000, MEDIA - 240000 > 80000 ? 80000 : MEDIA - 240000);
	assert_int_equal(open_named(s, "d.001"), 0);
	assert_int_equal(only_bad(s, 0)->from, 150000);
	assert_int_equal(first_difference(s, 0), 150000);
	assert_int_equal(first_difference(s, 160000), 320000);
}

static void
neighbours_are_no_parts(void **state)
{
	static const char *const names[] = { "case.2020", "case.2021", "disk.dd", "disk.md", "x.log" };
	struct scene *s = *state;

	for (int i = 0; i < 5; i++)
		write_file(s, names[i], s->media, 1000);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(open_named(s, names[i]), 0);
		assert_int_equal(image_format(s->image), IMAGE_RAW);
		assert_int_equal(image_media(s->image)->size, 1000);
		s->image = image_close(s->image);
	}
	forge(s);
	assert_int_equal(open_forged(s), 0); /* x.log lies beside x.E01 */
	assert_int_equal(s->told.count, 0);
}

static void
other_containers_are_refused_by_name(void **state)
{
	static const char *const heads[] = { "EVF2\r\n\x81", "LVF\t\r\n\xff", "KDMV",     "vhdxfile",
					     "QFI\xfb",      "conectix",      "AFF10\r\n" };
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		uint8_t bytes[1024] = { 0 };

		memcpy(bytes, heads[i], strlen(heads[i]));
		write_file(s, "x.img", bytes, sizeof(bytes));
		assert_int_equal(open_named(s, "x.img"), -ENOTSUP);
	}
	assert_int_equal(open_named(s, "not-there"), -ENOENT);
	write_file(s, "empty.raw", "", 0);
	assert_int_equal(open_named(s, "empty.raw"), -ENODATA);
	write_file(s, "fake.E01", s->media, 9000);
	assert_int_equal(open_named(s, "fake.E01"), -EINVAL);
}

static void
an_e01_gives_the_media_and_its_acquisition(void **state)
{
	struct scene *s = *state;
	const struct acquisition *a;

	forge(s);
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(image_format(s->image), IMAGE_EWF);
	assert_int_equal(image_media(s->image)->size, MEDIA);
	assert_int_equal(first_difference(s, 0), MEDIA);
	a = image_acquisition(s->image);
	assert_string_equal(a->case_number, "C-7");
	assert_string_equal(a->evidence_number, "E-1");
	assert_string_equal(a->description, "mail server");
	assert_string_equal(a->examiner, "M\xc3\xbcller");
	assert_string_equal(a->notes, "no note");
	assert_string_equal(a->software_version, "4.19a");
	assert_string_equal(a->platform, "Windows 2003");
	assert_string_equal(a->acquired, "2021-03-02T10:11:12");
	assert_string_equal(a->system_date, "2021-03-02T10:11:12Z");
	assert_true(a->has_md5 && a->md5[0] == 1 && !a->has_sha1);
	assert_int_equal(s->told.count, 0);
}

static void
zero_chunks_are_holes(void **state)
{
	struct scene *s = *state;
	uint64_t from, to;

	forge(s);
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(source_next_data(image_media(s->image), 7 * CHUNK + 5, &from, &to), 1);
	assert_int_equal(from, 7 * CHUNK + 5);
	assert_int_equal(to, 8 * CHUNK);
	assert_int_equal(source_next_data(image_media(s->image), to, &from, &to), 1);
	assert_int_equal(from, 10 * CHUNK);
	assert_int_equal(to, MEDIA);
	assert_int_equal(source_next_data(image_media(s->image), MEDIA, &from, &to), 0);
}

static void
a_file_that_changes_is_noticed(void **state)
{
	struct scene *s = *state;
	struct stat before, after;
	int fd;

	forge(s);
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(stat(path_of(s, "x.E02"), &before), 0);
	assert_int_equal(first_difference(s, 0), MEDIA);
	assert_int_equal(image_unchanged(s->image), 0);
	assert_int_equal(stat(path_of(s, "x.E02"), &after), 0);
	assert_int_equal(before.st_atim.tv_nsec, after.st_atim.tv_nsec);
	fd = open(path_of(s, "x.E02"), O_WRONLY);
	assert_int_equal(pwrite(fd, "E", 1, 0), 1);
	close(fd);
	assert_int_equal(image_unchanged(s->image), -ESTALE);
	s->image = image_close(s->image);
	assert_int_equal(open_named(s, "x.E01"), 0);
	unlink(path_of(s, "x.E01"));
	assert_int_equal(image_unchanged(s->image), -ESTALE);
}

static int
stop_half_way(void *state, uint64_t done)
{
	(void)state;
	return done > MEDIA / 2 ? -ECANCELED : 0;
}

static void
verification_reads_everything_once(void **state)
{
	struct scene *s = *state;
	struct verify_result result;
	struct digest_value expected;

	forge(s);
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(digest_sha256(view_of(s->media, MEDIA), &expected), 0);
	for (unsigned threads = 1; threads < 5; threads++) {
		assert_int_equal(image_verify(s->image, 7, threads, NULL, NULL, &result), 0);
		assert_int_equal(result.kinds, 7);
		assert_memory_equal(result.computed[DIGEST_SHA256].b, expected.b, 32);
		assert_true(result.stored && result.mismatch); /* the forged MD5 is wrong */
		assert_int_equal(result.bad_chunks, 0);
	}
	assert_int_equal(image_verify(s->image, 0, 2, NULL, NULL, &result), 0);
	assert_true(!result.kinds && !result.stored && !result.mismatch);
	assert_int_equal(image_verify(s->image, 1, 2, stop_half_way, NULL, &result), -ECANCELED);
	s->image = image_close(s->image);
	s->file[0].p[e01_find(&s->file[0], "sectors", 0) + 76 + 1000] ^= 1;
	s->file[0].p[e01_find(&s->file[0], "sectors", 0) + 76 + CHUNK + 1000] ^= 1;
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(image_verify(s->image, 0, 2, NULL, NULL, &result), 0);
	assert_int_equal(result.bad_chunks, 2);
}

static void
libewf_agrees(void **state)
{
	struct scene *s = *state;
	struct text opinion = { 0 };

	forge(s);
	assert_int_equal(open_forged(s), 0);
	assert_int_equal(image_second_opinion(s->image, &opinion), 0);
	assert_int_equal(image_unchanged(s->image), 0);
	text_free(&opinion);
}

/* One of several readers at once. */
static void *
read_some(void *arg)
{
	struct scene *s = arg;
	uint8_t buf[3000];
	uint32_t x = 7;

	for (int i = 0; i < 3000; i++) {
		size_t at = (x = x * 1103515245 + 12345) % (MEDIA - sizeof(buf));

		if (source_read(image_media(s->image), at, buf, sizeof(buf)) != sizeof(buf) ||
		    memcmp(buf, s->media + at, sizeof(buf)))
			return s;
	}
	return NULL;
}

static void
several_threads_read_the_same(void **state)
{
	struct scene *s = *state;
	pthread_t threads[4];

	forge(s);
	assert_int_equal(open_forged(s), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_some, s), 0);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_raw_image_is_itself),
		STORY(holes_of_a_raw_image_are_found),
		STORY(a_split_set_is_joined),
		STORY(a_missing_part_leaves_a_hole_of_its_size),
		STORY(a_short_part_does_not_shift_the_rest),
		STORY(neighbours_are_no_parts),
		STORY(other_containers_are_refused_by_name),
		STORY(an_e01_gives_the_media_and_its_acquisition),
		STORY(zero_chunks_are_holes),
		STORY(a_file_that_changes_is_noticed),
		STORY(verification_reads_everything_once),
		STORY(libewf_agrees),
		STORY(several_threads_read_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

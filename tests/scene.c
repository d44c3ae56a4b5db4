/* scene.c - a folder with one small disk in it, raw or as an E01 set that a test may break. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

#include "scene.h"

static int
tell(struct sink *out, uint64_t offset, const char *why)
{
	struct told *told = (struct told *)out;

	(void)offset;
	told->count++;
	return text_printf(&told->text, "%s\n", why);
}

const char *
path_of(const struct scene *s, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return path;
}

int
scene_set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	uint32_t x = 12345;

	if (!s)
		return -1;
	strcpy(s->folder, "/tmp/test_image.XXXXXX");
	for (size_t i = 0; i < MEDIA; i++) {
		x = x * 1103515245 + 12345;
		s->media[i] = i < 4 * CHUNK ? (uint8_t)(x >> 24) : i < 8 * CHUNK ? "Exchange Server"[i % 15] : 0;
	}
	s->media[MEDIA - 1] = 0xee;
	s->e01 = (struct e01_media){ .bytes = s->media, .chunks = CHUNKS, .chunk_sectors = 64, .sectors = SECTORS };
	s->told.sink.damage = tell;
	*state = s;
	return mkdtemp(s->folder) ? 0 : -1;
}

int
scene_tear_down(void **state)
{
	struct scene *s = *state;
	char command[64];

	image_close(s->image);
	for (int i = 0; i < 3; i++)
		e01_free(&s->file[i]);
	text_free(&s->told.text);
	snprintf(command, sizeof(command), "rm -r '%s'", s->folder);
	free(s);
	return system(command);
}

int
open_named(struct scene *s, const char *name)
{
	return image_open(path_of(s, name), &s->told.sink, &s->image);
}

bool
was_told(const struct scene *s, const char *what)
{
	return s->told.text.s && strstr(s->told.text.s, what);
}

/* The first byte that is not as on the media from `from` on, MEDIA when all are. */
size_t
first_difference(struct scene *s, size_t from)
{
	uint8_t buf[5000];

	for (size_t at = from; at < MEDIA; at += sizeof(buf)) {
		ssize_t n = source_read(image_media(s->image), at, buf, sizeof(buf));

		for (ssize_t i = 0; i < n; i++)
			if (buf[i] != s->media[at + (size_t)i])
				return at + (size_t)i;
		if (n < (ssize_t)(MEDIA - at < sizeof(buf) ? MEDIA - at : sizeof(buf)))
			return n < 0 ? at : at + (size_t)n;
	}
	return MEDIA;
}

void
write_file(const struct scene *s, const char *name, const void *bytes, size_t n)
{
	struct e01 plain = { .p = (uint8_t *)bytes, .n = n };

	e01_write(&plain, path_of(s, name));
}

static const char header[] =
	"1\r\nmain\r\nc\tn\ta\te\tt\tav\tov\tm\tu\tp\r\n"
	"C-7\tE-1\tmail server\tM\xfcller\tno note\t4.19a\tWindows 2003\t2021 3 2 10 11 12\t1614679872\t0\r\n\r\n";

/* Two segment files: chunks 0 to 4 and 5 to 10, some packed and some not. */
void
forge(struct scene *s)
{
	struct e01 *one = &s->file[0], *two = &s->file[1];
	static const uint8_t wrong_md5[16] = { 1, 2, 3 };

	e01_start(one, 1);
	e01_header(one, "header", header, sizeof(header) - 1);
	e01_volume(one, "volume", &s->e01);
	e01_chunks(one, &s->e01, 0, 5, "--pp-");
	e01_mark(one, "next");
	e01_start(two, 2);
	e01_volume(two, "data", &s->e01);
	e01_chunks(two, &s->e01, 5, CHUNKS, "p-pppp");
	e01_hash(two, wrong_md5);
	e01_mark(two, "done");
}

int
open_forged(struct scene *s)
{
	e01_write(&s->file[0], path_of(s, "x.E01"));
	e01_write(&s->file[1], path_of(s, "x.E02"));
	return open_named(s, "x.E01");
}

const struct bad_range *
only_bad(struct scene *s, uint64_t chunks)
{
	const struct bad_range *ranges;
	uint64_t counted;
	size_t n = image_bad(s->image, &ranges, &counted);

	assert_int_equal(n, 1);
	assert_int_equal(counted, chunks);
	return ranges;
}

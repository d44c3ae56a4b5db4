/* image.c - one exhibit: which container it is, and what can be said of it as a whole. */
#include "image.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "container.h"
#include "fail.h"

enum { PEEK = 512, FINGERPRINT_PART = 64 << 10, FINGERPRINT_SAMPLE = 4 << 10, FINGERPRINT_SAMPLES = 256 };

int
image_damage(struct sink *out, uint64_t at, const char *format, ...)
{
	char why[512];
	va_list args;

	if (!out)
		return 0;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	return sink_damage(out, at, why);
}

/* The first and the last bytes of the file; an unreadable place is as good as an unknown one here. */
static int
peek(const char *path, uint8_t *head, uint8_t *tail, struct view *ret_head, struct view *ret_tail)
{
	struct segment_set set = { 0 };
	ssize_t n = 0, m = 0;
	int r = segment_add(&set, path);

	if (r < 0)
		return r;
	if (!set.segments.at[0].size) {
		segments_close(&set);
		return fail(ENODATA, "%s is empty", path);
	}
	n = segment_read(&set, 0, 0, head, PEEK);
	if (set.segments.at[0].size > PEEK)
		m = segment_read(&set, 0, set.segments.at[0].size - PEEK, tail, PEEK);
	segments_close(&set);
	if ((n < 0 && n != -EIO) || (m < 0 && m != -EIO))
		return (int)(n < 0 && n != -EIO ? n : m);
	*ret_head = view_of(head, n < 0 ? 0 : (size_t)n);
	*ret_tail = view_of(tail, m < 0 ? 0 : (size_t)m);
	return 0;
}

static int
open_container(struct image *image, const char *path, struct sink *out)
{
	uint8_t first[PEEK], last[PEEK];
	struct view head, tail;
	const char *foreign;
	int r = peek(path, first, last, &head, &tail);

	if (r < 0)
		return r;
	foreign = foreign_container(head, tail);
	if (foreign)
		return fail(ENOTSUP, "%s is not read here: %s", path, foreign);
	if (ewf_recognise(path, head))
		return ewf_open(image, path, out);
	return raw_open(image, path, out);
}

/* Whichever file of the set was given, it goes by the name of the first. */
static int
name_set(struct image *image)
{
	char *name = strdup(path_name(image->set.segments.at[0].path));

	if (!name)
		return fail(ENOMEM, "out of memory for %s", image->name);
	free(image->name);
	image->name = name;
	image->media->name = name;
	return 0;
}

int
image_open(const char *path, struct sink *out, struct image **ret_image)
{
	CLEANUP(image_close) struct image *image = calloc(1, sizeof(*image));
	int r;

	if (!image)
		return fail(ENOMEM, "out of memory for %s", path);
	bad_start(&image->bad);
	image->name = strdup(path_name(path));
	if (!image->name)
		return fail(ENOMEM, "out of memory for %s", path);
	r = open_container(image, path, out);
	r = r < 0 ? r : name_set(image);
	if (r < 0)
		return r;
	*ret_image = TAKE(image);
	return 0;
}

static void
free_acquisition(struct acquisition *a)
{
	free(a->case_number);
	free(a->evidence_number);
	free(a->description);
	free(a->examiner);
	free(a->notes);
	free(a->acquired);
	free(a->system_date);
	free(a->software);
	free(a->software_version);
	free(a->platform);
	free(a->model);
	free(a->serial);
}

struct image *
image_close(struct image *image)
{
	if (!image)
		return NULL;
	source_close(image->media);
	segments_close(&image->set);
	bad_free(&image->bad);
	free_acquisition(&image->acquisition);
	free(image->name);
	free(image);
	return NULL;
}

struct source *
image_media(struct image *image)
{
	return image->media;
}

enum image_format
image_format(const struct image *image)
{
	return image->format;
}

const char *
image_format_name(enum image_format format)
{
	static const char *const names[] = { [IMAGE_RAW] = "raw", [IMAGE_SPLIT] = "split", [IMAGE_EWF] = "ewf" };

	return names[format];
}

const char *
image_name(const struct image *image)
{
	return image->name;
}

uint32_t
image_sector_size(const struct image *image)
{
	return image->sector_size;
}

const struct acquisition *
image_acquisition(const struct image *image)
{
	return &image->acquisition;
}

size_t
image_segments(const struct image *image, const struct segment **ret_segments)
{
	*ret_segments = image->set.segments.at;
	return image->set.segments.n;
}

uint64_t
image_container_bytes(const struct image *image)
{
	uint64_t n = 0;

	for (size_t i = 0; i < image->set.segments.n; i++)
		n += image->set.segments.at[i].size;
	return n;
}

size_t
image_bad(struct image *image, const struct bad_range **ret_ranges, uint64_t *ret_chunks)
{
	return bad_show(&image->bad, ret_ranges, ret_chunks);
}

uint64_t
image_inflated(const struct image *image)
{
	return atomic_load_explicit(&image->bytes, memory_order_relaxed);
}

int
image_unchanged(struct image *image)
{
	return segments_unchanged(&image->set);
}

static int
add_part(struct digest *digest, struct source *media, uint64_t offset, uint8_t *buf)
{
	ssize_t n = source_read(media, offset, buf, FINGERPRINT_PART);

	return n < 0 ? (int)n : digest_add(digest, view_of(buf, (size_t)n));
}

/* Disks of one make and model begin and end alike: samples from all over tell them apart. */
static int
add_sample(struct digest *digest, struct source *media, uint64_t offset, uint8_t *buf)
{
	ssize_t n = source_read(media, offset, buf, FINGERPRINT_SAMPLE);

	return n < 0 ? (int)n : digest_add(digest, view_of(buf, (size_t)n));
}

int
image_fingerprint(struct image *image, char ret_text[static 33])
{
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(free) uint8_t *buf = malloc(FINGERPRINT_PART);
	struct digest_value values[DIGEST_KINDS];
	uint64_t size = image->media->size;
	uint8_t size_le[8];
	int r;

	if (!buf)
		return fail(ENOMEM, "out of memory for the fingerprint of %s", image->name);
	for (int i = 0; i < 8; i++)
		size_le[i] = (uint8_t)(size >> 8 * i);
	r = digest_open(1u << DIGEST_SHA256, &digest);
	r = r < 0 ? r : digest_add(digest, view_of(size_le, sizeof(size_le)));
	r = r < 0 ? r : add_part(digest, image->media, 0, buf);
	r = r < 0 ? r : add_part(digest, image->media, size > FINGERPRINT_PART ? size - FINGERPRINT_PART : 0, buf);
	for (uint64_t i = 1; i < FINGERPRINT_SAMPLES && size > FINGERPRINT_SAMPLES * FINGERPRINT_SAMPLE && r >= 0; i++)
		r = add_sample(digest, image->media,
			       size / FINGERPRINT_SAMPLES * i / FINGERPRINT_SAMPLE * FINGERPRINT_SAMPLE, buf);
	r = r < 0 ? r : digest_end(digest, values);
	if (r < 0)
		return r;
	for (int i = 0; i < 16; i++)
		sprintf(ret_text + 2 * i, "%02x", values[DIGEST_SHA256].b[i]);
	return 0;
}

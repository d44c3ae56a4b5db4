/* second.c - what libewf makes of the same E01 set: a second, independent reading of its acquisition data. */
#include <errno.h>
#include <inttypes.h>
#include <libewf.h>
#include <stdio.h>
#include <sys/mman.h>

#include "ewf.h"
#include "fail.h"
#include "text.h"

enum { VALUE_MAX = 64 << 10, COPY_BLOCK = 64 << 10 };

struct value {
	const char *name;
	size_t place; /* of the char * in struct acquisition */
};

#define VALUE(key, member)                                                                                             \
	{                                                                                                              \
		key, offsetof(struct acquisition, member)                                                              \
	}

static const struct value values[] = {
	VALUE("case_number", case_number),
	VALUE("evidence_number", evidence_number),
	VALUE("description", description),
	VALUE("examiner_name", examiner),
	VALUE("notes", notes),
	VALUE("acquiry_software_version", software_version),
	VALUE("acquiry_operating_system", platform),
	VALUE("model", model),
	VALUE("serial_number", serial),
};

/*
 * libewf opens files by name and in a way that changes their access times. So it gets copies in memory of all that
 * describes the media, and holes where the chunks are: it never reads a chunk here.
 */
struct shadow {
	int fd;
	char name[32];
};

static int
copy(const struct image *image, size_t segment, uint64_t from, uint64_t to, int fd)
{
	uint8_t block[COPY_BLOCK];

	while (from < to) {
		size_t n = to - from < sizeof(block) ? (size_t)(to - from) : sizeof(block);
		ssize_t r = segment_read(&image->set, segment, from, block, n);

		if (r <= 0)
			return r == -EIO || r == 0 ? 0 : (int)r;
		if (pwrite(fd, block, (size_t)r, (off_t)from) != r)
			return fail(errno, "cannot copy the sections of %s to memory", image->name);
		from += (uint64_t)r;
	}
	return 0;
}

/* How much of a section describes chunks and is not one of them. */
static uint64_t
described(const struct ewf_descriptor *d, uint64_t start, uint64_t end, const uint8_t head[static 4])
{
	uint64_t body = start + sizeof(*d), entries;

	if (!strncmp(d->type, "sectors", sizeof(d->type)))
		return body;
	if (strncmp(d->type, "table", sizeof(d->type)))
		return end;
	entries = body + 24 + 4 * (uint64_t)le32_get(*(const le32 *)head) +
		  4; /* EnCase 1 and SMART keep chunks behind them */
	return entries < end ? entries : end;
}

static int
copy_sections(const struct image *image, size_t segment, int fd)
{
	uint64_t size = image->set.segments.at[segment].size, at = EWF_FILE_HEADER;
	unsigned budget = EWF_SECTIONS_MAX;
	int r = copy(image, segment, 0, EWF_FILE_HEADER, fd);

	while (r >= 0 && at < size && budget--) {
		struct {
			struct ewf_descriptor d;
			uint8_t head[4];
		} s = { 0 };
		uint64_t next, end;

		if (segment_read(&image->set, segment, at, &s, sizeof(s)) < (ssize_t)sizeof(s.d))
			break;
		next = le64_get(s.d.next);
		end = next > at && next <= size ? next : at + sizeof(s.d);
		r = copy(image, segment, at, described(&s.d, at, end, s.head), fd);
		if (next <= at || next > size)
			break;
		at = next;
	}
	return r;
}

static void
drop_shadows(struct shadow *shadows, size_t n)
{
	for (size_t i = 0; shadows && i < n; i++)
		if (shadows[i].fd >= 0)
			close(shadows[i].fd);
	free(shadows);
}

static int
make_shadow(const struct image *image, size_t segment, struct shadow *shadow)
{
	shadow->fd = memfd_create("segment", MFD_CLOEXEC);
	if (shadow->fd < 0 || ftruncate(shadow->fd, (off_t)image->set.segments.at[segment].size) < 0)
		return fail(errno, "cannot make room for the sections of %s", image->name);
	snprintf(shadow->name, sizeof(shadow->name), "/proc/self/fd/%d", shadow->fd);
	return copy_sections(image, segment, shadow->fd);
}

static int
make_shadows(const struct image *image, struct shadow **ret_shadows)
{
	size_t n = image->set.segments.n;
	struct shadow *shadows = calloc(n, sizeof(*shadows));
	int r = 0;

	if (!shadows)
		return fail(ENOMEM, "out of memory for a second opinion on %s", image->name);
	for (size_t i = 0; i < n; i++)
		shadows[i].fd = -1;
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = make_shadow(image, i, &shadows[i]);
	if (r < 0) {
		drop_shadows(shadows, n);
		return r;
	}
	*ret_shadows = shadows;
	return 0;
}

static int
differ(struct text *text, const char *what, const char *ours, const char *theirs, bool *agree)
{
	*agree = false;
	return text_printf(text, "%s%s: here %s, libewf %s", text->n ? "; " : "", what, ours, theirs);
}

static int
compare_size(const struct image *image, libewf_handle_t *handle, struct text *text, bool *agree)
{
	size64_t size = 0;
	char ours[32], theirs[32];

	if (libewf_handle_get_media_size(handle, &size, NULL) == 1 && size == image->media->size)
		return 0;
	snprintf(ours, sizeof(ours), "%" PRIu64, image->media->size);
	snprintf(theirs, sizeof(theirs), "%" PRIu64, (uint64_t)size);
	return differ(text, "media bytes", ours, theirs, agree);
}

static int
compare_hash(const char *name, bool have, const uint8_t *ours, bool had, const uint8_t *theirs, size_t n,
	     struct text *text, bool *agree)
{
	char hex[2][2 * DIGEST_MAX + 1] = { "none", "none" };

	if (have == had && (!have || !memcmp(ours, theirs, n)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (have)
			sprintf(hex[0] + 2 * i, "%02x", ours[i]);
		if (had)
			sprintf(hex[1] + 2 * i, "%02x", theirs[i]);
	}
	return differ(text, name, hex[0], hex[1], agree);
}

static int
compare_hashes(const struct image *image, libewf_handle_t *handle, struct text *text, bool *agree)
{
	static const uint8_t none[20];
	const struct acquisition *a = &image->acquisition;
	uint8_t md5[16] = { 0 }, sha1[20] = { 0 };
	bool has_md5 =
		libewf_handle_get_md5_hash(handle, md5, sizeof(md5), NULL) == 1 && memcmp(md5, none, sizeof(md5));
	bool has_sha1 =
		libewf_handle_get_sha1_hash(handle, sha1, sizeof(sha1), NULL) == 1 && memcmp(sha1, none, sizeof(sha1));
	int r = compare_hash("stored MD5", a->has_md5, a->md5, has_md5, md5, sizeof(md5), text, agree);

	return r < 0 ? r
		     : compare_hash("stored SHA-1", a->has_sha1, a->sha1, has_sha1, sha1, sizeof(sha1), text, agree);
}

static int
compare_values(const struct image *image, libewf_handle_t *handle, struct text *text, bool *agree)
{
	CLEANUP(free) char *theirs = calloc(1, VALUE_MAX);
	int r = theirs ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < sizeof(values) / sizeof(*values); i++) {
		const char *name = values[i].name;
		const char *ours = *(char *const *)((const char *)&image->acquisition + values[i].place);

		*theirs = 0;
		if (libewf_handle_get_utf8_header_value(handle, (const uint8_t *)name, strlen(name), (uint8_t *)theirs,
							VALUE_MAX, NULL) != 1)
			*theirs = 0;
		if (strcmp(ours ? ours : "", theirs))
			r = differ(text, name, ours ? ours : "nothing", *theirs ? theirs : "nothing", agree);
	}
	return r;
}

static int
compare(const struct image *image, libewf_handle_t *handle, struct text *text)
{
	bool agree = true;
	int r = compare_size(image, handle, text, &agree);

	r = r < 0 ? r : compare_hashes(image, handle, text, &agree);
	r = r < 0 ? r : compare_values(image, handle, text, &agree);
	if (r >= 0 && libewf_handle_segment_files_corrupted(handle, NULL) == 1) {
		agree = false;
		r = text_printf(text, "%slibewf calls segment files corrupted", text->n ? "; " : "");
	}
	if (r >= 0 && agree)
		r = text_printf(text, "libewf agrees: %" PRIu64 " bytes, the same stored hashes and acquisition data",
				image->media->size);
	return r < 0 ? fail(ENOMEM, "out of memory for a second opinion on %s", image->name) : !agree;
}

static int
ask(const struct image *image, const struct shadow *shadows, struct text *text)
{
	size_t n = image->set.segments.n;
	CLEANUP(free) char **names = calloc(n, sizeof(*names));
	libewf_handle_t *handle = NULL;
	int r = 1;

	if (!names || libewf_handle_initialize(&handle, NULL) != 1)
		return fail(ENOMEM, "out of memory for a second opinion on %s", image->name);
	for (size_t i = 0; i < n; i++)
		names[i] = (char *)shadows[i].name;
	libewf_handle_set_header_codepage(handle, LIBEWF_CODEPAGE_WINDOWS_1252, NULL);
	if (libewf_handle_open(handle, names, (int)n, LIBEWF_OPEN_READ, NULL) != 1) {
		r = text_adds(text, "libewf cannot open this set") < 0
			    ? fail(ENOMEM, "out of memory for a second opinion")
			    : 1;
	} else {
		r = compare(image, handle, text);
		libewf_handle_close(handle, NULL);
	}
	libewf_handle_free(&handle, NULL);
	return r;
}

int
image_second_opinion(struct image *image, struct text *ret_text)
{
	CLEANUP(text_free) struct text text = { 0 };
	struct shadow *shadows = NULL;
	int r;

	if (image->format != IMAGE_EWF)
		return text_adds(ret_text, "not an E01: there is nothing that libewf could read otherwise") < 0
			       ? -ENOMEM
			       : 0;
	if (image->bomb)
		return text_adds(ret_text,
				 "libewf was not asked: the header unpacks without end, and libewf would follow") < 0
			       ? -ENOMEM
			       : 1;
	r = make_shadows(image, &shadows);
	if (r < 0)
		return r;
	r = ask(image, shadows, &text);
	drop_shadows(shadows, image->set.segments.n);
	if (r >= 0 && text_add(ret_text, text_view(&text)) < 0)
		return fail(ENOMEM, "out of memory for a second opinion on %s", image->name);
	return r;
}

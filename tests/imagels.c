/*
 * imagels.c - shows what the image reader makes of a container, for comparing it with other readers:
 *
 *     imagels info|cat|volumes|checksums|hash|second IMAGE
 *
 * cat writes the media to stdout; the others write one fact a line. Damage goes to stderr.
 */
#include <inttypes.h>
#include <stdio.h>

#include "image.h"
#include "text.h"
#include "volume.h"

enum { BLOCK = 1 << 20, THREADS = 2 };

struct verb {
	const char *name;
	int (*run)(struct image *image, struct sink *out);
};

static int
complain(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	fprintf(stderr, "%" PRIu64 " %s\n", offset, why);
	return 0;
}

static void
print_hex(const char *name, const uint8_t *bytes, size_t n)
{
	printf("%s ", name);
	for (size_t i = 0; i < n; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
}

static void
print_value(const char *name, const char *value)
{
	if (value)
		printf("%s %s\n", name, value);
}

static int
show_info(struct image *image, struct sink *out)
{
	const struct acquisition *a = image_acquisition(image);
	const struct segment *segments;

	(void)out;
	printf("format %s\nsegments %zu\nbytes %" PRIu64 "\nsector %" PRIu32 "\n",
	       image_format_name(image_format(image)), image_segments(image, &segments), image_media(image)->size,
	       image_sector_size(image));
	print_value("case", a->case_number);
	print_value("evidence", a->evidence_number);
	print_value("description", a->description);
	print_value("examiner", a->examiner);
	print_value("notes", a->notes);
	print_value("acquired", a->acquired);
	print_value("system-date", a->system_date);
	print_value("version", a->software_version);
	print_value("platform", a->platform);
	if (a->has_md5)
		print_hex("md5", a->md5, sizeof(a->md5));
	if (a->has_sha1)
		print_hex("sha1", a->sha1, sizeof(a->sha1));
	return 0;
}

static int
write_media(struct image *image, struct sink *out)
{
	CLEANUP(free) uint8_t *buf = malloc(BLOCK);
	uint64_t at = 0;
	ssize_t n;

	(void)out;
	while (buf && (n = source_read(image_media(image), at, buf, BLOCK)) > 0) {
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n)
			return -1;
		at += (uint64_t)n;
	}
	return at == image_media(image)->size ? 0 : -1;
}

static int
show_volumes(struct image *image, struct sink *out)
{
	volume_list volumes = { 0 };
	int r = volume_find(image_media(image), image_sector_size(image), out, &volumes);

	for (size_t i = 0; i < volumes.n; i++)
		printf("%" PRIu64 " %" PRIu64 " %s\n", volumes.at[i].offset, volumes.at[i].bytes,
		       volume_fs_name(volumes.at[i].fs));
	vector_free(&volumes);
	return r;
}

static int
verify(struct image *image, unsigned kinds)
{
	struct verify_result result;
	int r = image_verify(image, kinds, THREADS, NULL, NULL, &result);

	if (r < 0)
		return r;
	for (int kind = 0; kind < DIGEST_KINDS; kind++)
		if (result.kinds & 1u << kind)
			print_hex(digest_name(kind), result.computed[kind].b, digest_size(kind));
	printf("bad-chunks %" PRIu64 "\nstored %d\nmismatch %d\n", result.bad_chunks, result.stored, result.mismatch);
	return 0;
}

static int
check_sums(struct image *image, struct sink *out)
{
	(void)out;
	return verify(image, 0);
}

static int
compute_hashes(struct image *image, struct sink *out)
{
	(void)out;
	return verify(image, (1u << DIGEST_KINDS) - 1);
}

static int
ask_libewf(struct image *image, struct sink *out)
{
	CLEANUP(text_free) struct text text = { 0 };
	int r = image_second_opinion(image, &text);

	(void)out;
	puts(text.s ? text.s : "");
	return r;
}

static const struct verb verbs[] = {
	{ "info", show_info },       { "cat", write_media },     { "volumes", show_volumes },
	{ "checksums", check_sums }, { "hash", compute_hashes }, { "second", ask_libewf },
};

int
main(int argc, char **argv)
{
	CLEANUP(image_close) struct image *image = NULL;
	struct sink out = { .damage = complain };

	for (size_t i = 0; argc == 3 && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		if (image_open(argv[2], &out, &image) < 0 || verbs[i].run(image, &out) != 0)
			return 1;
		return image_unchanged(image) < 0;
	}
	fprintf(stderr, "usage: imagels info|cat|volumes|checksums|hash|second IMAGE\n");
	return 2;
}

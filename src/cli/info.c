/* info.c - what an image is, without a case: container, claims, volumes, Windows, Exchange. */
#include <inttypes.h>
#include <stdio.h>

#include "exam.h"
#include "sandbox.h"
#include "verb.h"

static void
line(const char *what, const char *value)
{
	struct text text = { 0 };

	if (value && *value && text_add_escaped(&text, view_text(value)) == 0)
		printf("  %-16s %s\n", what, text.s);
	text_free(&text);
}

static void
hash_line(const char *what, const uint8_t *bytes, size_t n, bool there)
{
	struct text hex = { 0 };

	if (there && text_add_hex(&hex, view_of(bytes, n)) == 0)
		line(what, hex.s);
	text_free(&hex);
}

static void
print_container(const struct exam *exam)
{
	const struct acquisition *a = image_acquisition(exam->image);
	const struct segment *segments;
	size_t n = image_segments(exam->image, &segments);

	line("image", exam->name);
	printf("  %-16s %s, %zu file%s, %" PRIu64 " bytes on the host\n", "format",
	       image_format_name(image_format(exam->image)), n, n == 1 ? "" : "s", image_container_bytes(exam->image));
	printf("  %-16s %" PRIu64 " bytes, sectors of %u\n", "media", image_media(exam->image)->size,
	       image_sector_size(exam->image));
	line("fingerprint", exam->fingerprint);
	if (image_format(exam->image) == IMAGE_EWF)
		printf("  claimed by the acquisition:\n");
	line("case number", a->case_number);
	line("evidence number", a->evidence_number);
	line("examiner", a->examiner);
	line("description", a->description);
	line("notes", a->notes);
	line("acquired", a->acquired);
	line("system date", a->system_date);
	line("software", a->software);
	line("version", a->software_version);
	line("platform", a->platform);
	line("model", a->model);
	line("serial", a->serial);
	hash_line("stored MD5", a->md5, sizeof(a->md5), a->has_md5);
	hash_line("stored SHA-1", a->sha1, sizeof(a->sha1), a->has_sha1);
}

static void
print_locked(const struct locked *locked)
{
	CLEANUP(text_free) struct text is = { 0 };
	CLEANUP(text_free) struct text keys = { 0 };

	if (locked_say(locked, &is) == 0)
		line("  encryption", is.s);
	if (locked_say_protectors(locked, &keys) == 0)
		line("  protectors", keys.s);
	line("  named", locked_description(locked));
}

static void
print_volume(const struct exam_volume *v, const char *registry)
{
	CLEANUP(text_free) struct text label = { 0 };
	char serial[17];

	printf("  volume %u: %s at byte %" PRIu64 " (sector %" PRIu64 "), %" PRIu64 " bytes\n", v->number,
	       volume_fs_name(v->volume.fs), v->volume.offset, v->volume.offset / v->volume.sector_size,
	       v->volume.bytes);
	if (v->reason)
		line("  state", v->reason);
	if (v->locked)
		print_locked(v->locked);
	if (!v->ntfs)
		return;
	if (text_add_utf16(&label, ntfs_label(v->ntfs)) == 0)
		line("  label", label.s);
	snprintf(serial, sizeof(serial), "%016" PRIX64, ntfs_geometry(v->ntfs)->serial);
	printf("    %-14s %s%s\n", "serial",
	       ntfs_geometry(v->ntfs)->headless ? "not known: no boot sector is left" : serial,
	       ntfs_dirty(v->ntfs) ? ", marked dirty" : "");
	printf("    %-14s %u bytes, entries of %u\n", "clusters", ntfs_geometry(v->ntfs)->cluster_size,
	       ntfs_geometry(v->ntfs)->record_size);
	if (v->catalog)
		printf("    %-14s %" PRIu64 " records, %" PRIu64 " allocated, %" PRIu64 " folders\n", "$MFT",
		       catalog_count(v->catalog)->records, catalog_count(v->catalog)->allocated,
		       catalog_count(v->catalog)->folders);
	line("  found", v->host.s);
	line("  registry", registry);
}

static void
print_opinion(struct exam *exam)
{
	CLEANUP(text_free) struct text opinion = { 0 };
	int r;

	if (image_format(exam->image) != IMAGE_EWF)
		return;
	r = image_second_opinion(exam->image, &opinion);
	line("libewf", r == 0 ? "reads the same" : opinion.s);
}

static uint64_t
limits_of(const struct exam *exam)
{
	uint64_t n = limits_count(exam->limits);

	for (uint32_t i = 0; i < exam->volume_count; i++)
		n += limits_count(exam->volumes[i].limits) + limits_count(exam->volumes[i].mft_limits);
	return n;
}

static void
print_limits(const struct limits *limits)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (limits_text(limits, &text) == 0 && text.n)
		fputs(text.s, stdout);
}

static void
print_volume_limits(const struct exam_volume *v)
{
	print_limits(v->limits);
	print_limits(v->mft_limits);
}

static int
show(const struct request *request, const char *path)
{
	struct progress progress;
	CLEANUP(exam_close)
	struct exam exam = { .request = request, .path = path, .threads = 1, .progress = &progress };
	int r;

	progress_start(&progress, -1);
	r = exam_open(&exam);
	if (r == 0)
		r = exam_sweep(&exam);
	if (r == 0)
		r = registered_find(&exam);
	if (r == 0)
		r = host_confirm(&exam);
	if (r < 0)
		return EXIT_FAILED;
	print_container(&exam);
	print_opinion(&exam);
	for (uint32_t i = 0; i < exam.volume_count; i++) {
		CLEANUP(text_free) struct text registry = { 0 };

		if (registered_say(&exam, i, &registry) < 0)
			return EXIT_FAILED;
		print_volume(&exam.volumes[i], registry.s);
	}
	print_limits(exam.limits);
	for (uint32_t i = 0; i < exam.volume_count; i++)
		print_volume_limits(&exam.volumes[i]);
	return limits_of(&exam) ? EXIT_LIMITED : EXIT_COMPLETE;
}

struct showing {
	const struct request *request;
	const char *path;
};

static int
show_confined(void *state)
{
	const struct showing *s = state;

	return show(s->request, s->path);
}

/* libewf takes more memory than we do, by the size of the media. */
static int
show_one(const struct request *request, const char *path)
{
	enum { MEMORY = 16 << 10 };
	struct showing state = { .request = request, .path = path };
	const struct sandbox sandbox = { .image = path, .threads = 1, .memory = MEMORY };
	int status = sandbox_run(&sandbox, show_confined, &state);

	return status < 0 ? EXIT_FAILED : status;
}

static int
run(const struct request *request)
{
	int worst = EXIT_COMPLETE;

	for (size_t i = 0; i < request->operand_count; i++) {
		int status = show_one(request, request->operands[i]);

		if (i + 1 < request->operand_count)
			putchar('\n');
		if (worst == EXIT_COMPLETE || status == EXIT_FAILED)
			worst = status;
	}
	return worst;
}

const struct verb info_verb = {
	.name = "info",
	.operands = "IMAGE...",
	.summary = "show what an image is: container, acquisition, volumes, Windows, Exchange",
	.description = "Makes no case. What an E01 says of its own acquisition is a claim and shown as one; libewf is "
		       "asked for a second opinion.",
	.options = "offset partitions credential",
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};

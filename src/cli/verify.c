/* verify.c - reads an image wholly and holds its hashes against those that it stores. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "fail.h"
#include "image.h"
#include "progress.h"
#include "sandbox.h"
#include "text.h"
#include "verb.h"
#include "verify_case.h"

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	say("at byte %" PRIu64 " of the media: %s", offset, why);
	return 0;
}

/* md5,sha1,sha256 as a mask: false for a word that is none of them. */
static bool
kinds_parse(const char *list, unsigned *ret_kinds)
{
	*ret_kinds = 0;
	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',') {
		unsigned before = *ret_kinds;

		for (int kind = 0; kind < DIGEST_KINDS; kind++)
			if (strcspn(at, ",") == strlen(digest_name((enum digest_kind)kind)) &&
			    !strncasecmp(at, digest_name((enum digest_kind)kind), strcspn(at, ",")))
				*ret_kinds |= 1u << kind;
		if (*ret_kinds == before)
			return false;
	}
	return *ret_kinds != 0;
}

static int
show_progress(void *state, uint64_t done)
{
	static const uint64_t step = UINT64_C(256) << 20;
	uint64_t *shown = state;

	if (isatty(STDERR_FILENO) && done - *shown >= step) {
		*shown = done;
		fprintf(stderr, "\r%.1f GB", (double)done / 1e9);
	}
	return stop_asked() ? -ECANCELED : 0;
}

static void
print_hash(enum digest_kind kind, const struct digest_value *computed, const uint8_t *stored)
{
	CLEANUP(text_free) struct text hex = { 0 };
	const char *state = !stored                                          ? ""
			    : memcmp(stored, computed->b, digest_size(kind)) ? "  DIFFERS from the stored one"
									     : "  as stored";

	if (text_add_hex(&hex, view_of(computed->b, digest_size(kind))) == 0)
		printf("  %-8s %s%s\n", digest_name(kind), hex.s, state);
	text_free(&hex);
	if (stored && memcmp(stored, computed->b, digest_size(kind)) &&
	    text_add_hex(&hex, view_of(stored, digest_size(kind))) == 0)
		printf("  %-8s %s\n", "stored", hex.s);
}

static void
print_bad(struct image *image)
{
	const struct bad_range *bad;
	uint64_t chunks;
	size_t n = image_bad(image, &bad, &chunks);

	for (size_t i = 0; i < n; i++)
		printf("  bad      media bytes %" PRIu64 " to %" PRIu64 " (sectors %" PRIu64 " to %" PRIu64
		       "), file %u at %" PRIu64 ": %s\n",
		       bad[i].from, bad[i].to, bad[i].from / image_sector_size(image),
		       (bad[i].to - 1) / image_sector_size(image), bad[i].segment + 1, bad[i].offset, bad[i].why);
	if (chunks)
		printf("  %" PRIu64 " bad chunks\n", chunks);
}

static void
print_result(struct image *image, const struct verify_result *result)
{
	const struct acquisition *a = image_acquisition(image);

	if (result->kinds & 1u << DIGEST_MD5)
		print_hash(DIGEST_MD5, &result->computed[DIGEST_MD5], a->has_md5 ? a->md5 : NULL);
	if (result->kinds & 1u << DIGEST_SHA1)
		print_hash(DIGEST_SHA1, &result->computed[DIGEST_SHA1], a->has_sha1 ? a->sha1 : NULL);
	if (result->kinds & 1u << DIGEST_SHA256)
		print_hash(DIGEST_SHA256, &result->computed[DIGEST_SHA256], NULL);
	print_bad(image);
}

/* What is stored, and SHA-256 besides. */
static unsigned
kinds_for(const struct image *image)
{
	const struct acquisition *a = image_acquisition(image);

	return 1u << DIGEST_SHA256 | (a->has_md5 ? 1u << DIGEST_MD5 : 0) | (a->has_sha1 ? 1u << DIGEST_SHA1 : 0);
}

static int
verify(const struct request *request, const char *path, unsigned kinds)
{
	struct sink out = { .damage = take_damage };
	CLEANUP(image_close) struct image *image = NULL;
	struct verify_result result;
	const struct bad_range *bad;
	uint64_t shown = 0, chunks;
	unsigned threads = request->jobs ? (unsigned)request->jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	int r = image_open(path, &out, &image);

	if (r == 0)
		r = image_verify(image,
				 request->checksums_only ? 0
				 : kinds                 ? kinds
							 : kinds_for(image),
				 threads, show_progress, &shown, &result);
	if (r == 0)
		r = image_unchanged(image);
	if (r < 0)
		return r == -ECANCELED ? EXIT_STOPPED : EXIT_FAILED;
	printf("%s\n", image_name(image));
	print_result(image, &result);
	if (result.mismatch) {
		fail(EILSEQ, "%s: a stored hash differs from the computed one", path);
		return EXIT_MISMATCH;
	}
	if (image_bad(image, &bad, &chunks)) {
		fail(EILSEQ, "%s: parts of the media are missing or fail their checksum", path);
		return EXIT_LIMITED;
	}
	printf("  %s\n", !result.kinds   ? "every checksum fits"
			 : result.stored ? "verified"
					 : "no stored hash to compare with");
	return EXIT_COMPLETE;
}

struct verifying {
	const struct request *request;
	const char *path;
	unsigned kinds;
};

static int
verify_confined(void *state)
{
	const struct verifying *v = state;

	return verify(v->request, v->path, v->kinds);
}

static int
verify_one(const struct request *request, const char *path, unsigned kinds)
{
	struct verifying state = { .request = request, .path = path, .kinds = kinds };
	unsigned threads = request->jobs ? (unsigned)request->jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	const struct sandbox sandbox = { .image = path, .threads = threads };
	int status = sandbox_run(&sandbox, verify_confined, &state);

	return status < 0 ? EXIT_FAILED : status;
}

static int
run(const struct request *request)
{
	unsigned kinds = 0;
	int worst = EXIT_COMPLETE;

	if (request->hashes && !kinds_parse(request->hashes, &kinds)) {
		fail(EINVAL, "--hashes takes md5, sha1 and sha256 with commas between");
		return EXIT_USAGE;
	}
	stop_watch();
	if (request->case_folder)
		return verify_case(request);
	if (!request->operand_count || request->with) {
		fail(EINVAL, "%s", request->with ? "--with reads the findings of a case again: name it with -c"
						 : "verify needs IMAGE..., or -c CASE");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < request->operand_count; i++) {
		int status = verify_one(request, request->operands[i], kinds);

		if (worst == EXIT_COMPLETE || status == EXIT_MISMATCH ||
		    (status == EXIT_FAILED && worst != EXIT_MISMATCH))
			worst = status;
	}
	return worst;
}

const struct verb verify_verb = {
	.name = "verify",
	.operands = "IMAGE... | -c CASE [IMAGE...]",
	.summary = "recompute the hashes of images, or the bytes of findings, and compare them",
	.description = "Reads the whole media, checks every checksum of an E01, and computes the digests that are "
		       "stored and SHA-256.\n\n"
		       "With -c, every finding of a case is read again from its image, which is taken from where it "
		       "lay or from where an operand says, and its SHA-256 (or, where the case has none, the bytes "
		       "that it quotes) is compared: one line a finding. With --with tsk, libtsk reads the same "
		       "streams, too, in a process of its own.",
	.options = "jobs hashes checksums-only case with credential json",
	.least = 0,
	.most = SIZE_MAX,
	.run = run,
};

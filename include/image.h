/* image.h - one exhibit: a raw image, a split set or an E01 set, opened read-only and never written to. */
#ifndef IMAGE_H
#define IMAGE_H

#include "digest.h"
#include "sink.h"
#include "source.h"
#include "vector.h"

enum image_format { IMAGE_RAW, IMAGE_SPLIT, IMAGE_EWF };

/* One file of the set and what the host says of it: compared before and after. */
struct segment {
	char *path;
	uint64_t size;
	uint64_t device, inode;
	int64_t modified[2], changed[2],
		accessed[2]; /* seconds and nanoseconds since 1970, the analysis host's clock */
};

/* What the acquisition tool wrote: claims, not facts. UTF-8, NULL where it said nothing. Times as it wrote them. */
struct acquisition {
	char *case_number, *evidence_number, *description, *examiner, *notes;
	char *acquired, *system_date; /* ISO 8601 without a zone where the tool gave none */
	char *software, *software_version, *platform, *model, *serial;
	uint8_t md5[16], sha1[20];
	bool has_md5, has_sha1;
};

/* A part of the media that is not what it should be. Bytes of the media. */
struct bad_range {
	uint64_t from, to;
	unsigned trust;   /* one TRUST_* */
	const char *why;  /* a constant */
	uint32_t segment; /* index, where it is known */
	uint64_t offset;  /* within the segment file */
};

struct image;

/*
 * Opens the set that path is the first file of (any file of it for raw). Segment files are opened
 * O_RDONLY|O_NOATIME|O_CLOEXEC (O_NOATIME is left out only where the host refuses it) and stay open. What is wrong with
 * the container is told to out as damage, offset being that of the media; what makes the set unreadable is said by
 * fail() and returned. out may be NULL.
 */
int image_open(const char *path, struct sink *out, struct image **ret_image);
struct image *image_close(struct image *image);
DEFINE_CLEANUP(struct image, image_close)

struct source *image_media(struct image *image); /* borrowed */
enum image_format image_format(const struct image *image);
const char *image_format_name(enum image_format format); /* "raw", "split", "ewf" */
const char *image_name(const struct image *image);       /* the first file's name without its folder */
uint32_t image_sector_size(const struct image *image);   /* as the container says, 512 for raw */
const struct acquisition *image_acquisition(const struct image *image);
size_t image_segments(const struct image *image, const struct segment **ret_segments);
uint64_t image_container_bytes(const struct image *image);

/* What was found to be bad so far, sorted, neighbours joined; borrowed until the next call. Chunks counts the E01
 * chunks among them. */
size_t image_bad(struct image *image, const struct bad_range **ret_ranges, uint64_t *ret_chunks);

/* Bytes inflated (E01) or read since it was opened. */
uint64_t image_inflated(const struct image *image);

/* Whether every segment file is still the one that was opened, unchanged: 0, or -ESTALE after fail() named it. */
int image_unchanged(struct image *image);

/* 32 hex digits that stand for this media whatever its container: from size, first and last 64 KiB, and 255 samples of
 * 4 KiB between. It tells exhibits apart and proves nothing: that is what hashes are for. */
int image_fingerprint(struct image *image, char ret_text[static 33]);

struct verify_result {
	struct digest_value computed[DIGEST_KINDS];
	unsigned kinds;      /* those computed */
	uint64_t bad_chunks; /* after reading everything */
	bool mismatch;       /* a stored hash differs from the computed one */
	bool stored;         /* any hash is stored that was computed */
};

/*
 * Reads the whole media once with `threads` threads, checks every chunk's checksum and, where kinds is not 0, computes
 * those digests (one thread each). progress may be NULL; it gets bytes done and may return negative to stop.
 */
int image_verify(struct image *image, unsigned kinds, unsigned threads, int (*progress)(void *state, uint64_t done),
		 void *state, struct verify_result *ret_result);

/*
 * A second opinion: libewf opens the same set and gives its acquisition data, stored hashes and media size. 0 where it
 * agrees with ours, 1 where it does not or cannot read it (ret_text says how), negative when the tool failed. Costs
 * 4.2 MB of memory per GiB of media, so triage does not ask.
 */
struct text;
int image_second_opinion(struct image *image, struct text *ret_text);

#endif

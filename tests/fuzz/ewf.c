/* ewf.c - any bytes as a segment file: opened, read here and there, verified. An odd last byte makes checksums fit. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { READS = 24, PIECE = 8192, VERIFY_MOST = 4 << 20, DESCRIPTOR = 76, SECTIONS = 64 };

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	return offset == UINT64_MAX && !*why ? -1 : 0;
}

static void
read_about(struct image *image)
{
	struct source *media = image_media(image);
	CLEANUP(free) uint8_t *buf = malloc(PIECE);
	uint64_t from, to, at = 0;

	for (uint64_t i = 0; buf && i < READS; i++) {
		uint64_t offset = i < READS / 2 ? i * PIECE : media->size / READS * i;

		if (source_read(media, offset, buf, PIECE) < 0)
			return;
		source_trust(media, offset, offset + PIECE);
		if (source_next_data(media, at, &from, &to) > 0 && to <= at)
			abort(); /* nobody would ever come to the end */
		at = to;
		if (at >= media->size)
			at = 0;
	}
}

static void
seal(uint8_t *bytes, size_t n, size_t from, size_t length)
{
	if (from > n || length + 4 > n - from)
		return;
	for (unsigned i = 0, sum = (unsigned)adler32(1, bytes + from, (uInt)length); i < 4; i++)
		bytes[from + length + i] = (uint8_t)(sum >> 8 * i);
}

/* A mutation hardly ever meets a checksum: without this little behind them would be tried. */
static void
repair(uint8_t *bytes, size_t n)
{
	size_t at = 13;

	for (int i = 0; i < SECTIONS && at + DESCRIPTOR <= n; i++) {
		const char *type = (const char *)bytes + at;
		uint64_t next = le64_get(*(const le64 *)(bytes + at + 16));

		seal(bytes, n, at, DESCRIPTOR - 4);
		if (!strncmp(type, "table", 5))
			seal(bytes, n, at + DESCRIPTOR, 20);
		else if (!strncmp(type, "volume", 7) || !strncmp(type, "data", 5))
			seal(bytes, n, at + DESCRIPTOR, 1048);
		if (next <= at || next > n)
			return;
		at = (size_t)next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(free) uint8_t *bytes = malloc(size + 1);
	CLEANUP(image_close) struct image *image = NULL;
	CLEANUP(close) int fd = memfd_create("segment", MFD_CLOEXEC);
	struct sink out = { .damage = hear };
	const struct bad_range *ranges;
	struct verify_result result;
	char path[32];
	uint64_t chunks;

	if (fd < 0 || !size || !bytes)
		return 0;
	memcpy(bytes, data, size);
	if (bytes[size - 1] & 1)
		repair(bytes, size);
	if (write(fd, bytes, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (image_open(path, &out, &image) < 0)
		return 0;
	read_about(image);
	if (image_media(image)->size <= VERIFY_MOST)
		image_verify(image, 1u << DIGEST_MD5, 2, NULL, NULL, &result);
	for (size_t i = 1, n = image_bad(image, &ranges, &chunks); i < n; i++)
		if (ranges[i].from < ranges[i - 1].from || ranges[i].to <= ranges[i].from)
			abort();
	return 0;
}

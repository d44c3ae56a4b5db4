/* wof.c - any bytes as the packed stream of a file: what is read is the same in whatever steps, and all of it is there.
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/evidence/wof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 8, PLAIN_MAX = 256 << 10 };

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	return why && offset < PLAIN_MAX ? 0 : -1;
}

static struct wof *
open_packed(struct view packed, uint64_t size, enum wof_algorithm algorithm, struct sink *out)
{
	struct source *source;
	struct wof *wof = NULL;
	const char *why = NULL;

	if (source_memory(packed, "packed", &source) < 0)
		return NULL;
	if (wof_open(source, size, algorithm, out, &wof, &why) < 0 && !why)
		abort();
	return wof;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink out = { .damage = take_damage };
	struct view packed = view_from(view_of(data, size), HEAD);
	enum wof_algorithm algorithm;
	const char *why = NULL;
	CLEANUP(free) uint8_t *one = malloc(PLAIN_MAX);
	CLEANUP(free) uint8_t *two = malloc(PLAIN_MAX);
	CLEANUP(wof_close) struct wof *a = NULL;
	CLEANUP(wof_close) struct wof *b = NULL;
	uint64_t plain, step;

	if (size < HEAD || !one || !two)
		return 0;
	wof_parse(view_of(data, size), &algorithm, &why); /* the same bytes as a reparse point */
	algorithm = (enum wof_algorithm)(data[0] % WOF_ALGORITHMS);
	plain = ((uint64_t)data[1] | (uint64_t)data[2] << 8 | (uint64_t)data[3] << 16) % PLAIN_MAX + 1;
	step = data[4] * 64 + 1;
	a = open_packed(packed, plain, algorithm, &out);
	b = open_packed(packed, plain, algorithm, &out);
	if (!a || !b)
		return 0;
	if (wof_read(a, 0, one, plain) < 0 || wof_trust(b, plain / 2, plain) != wof_trust(a, plain / 2, plain))
		abort();
	for (uint64_t at = 0; at < plain; at += step)
		if (wof_read(b, at, two + at, plain - at < step ? plain - at : step) < 0)
			abort();
	if (memcmp(one, two, plain) || wof_trust(a, 0, plain) != wof_trust(b, 0, plain))
		abort();
	return 0;
}

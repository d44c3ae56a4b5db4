/* headed.c - a stream that remembers how it begins. */
#include "headed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What follows on the bytes that are kept already. */
static void
keep(struct headed *h, uint64_t offset, const uint8_t *bytes, size_t n)
{
	size_t known, more;

	if (offset > h->n || h->n == HEADED_MAX || n <= h->n - offset)
		return;
	known = h->n - (size_t)offset;
	more = n - known < HEADED_MAX - h->n ? n - known : HEADED_MAX - h->n;
	memcpy(h->head + h->n, bytes + known, more);
	h->n += more;
}

static ssize_t
read_headed(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct headed *h = (struct headed *)src;
	ssize_t r;

	if (offset < h->n && n <= h->n - offset) {
		memcpy(buf, h->head + offset, n);
		return (ssize_t)n;
	}
	r = source_read(src->under, offset, buf, n);
	if (r > 0)
		keep(h, offset, buf, (size_t)r);
	return r;
}

static int
next_headed(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	return source_next_data(src->under, offset, ret_from, ret_to);
}

int
headed_open(struct headed *headed, struct source *stream)
{
	static const struct source_ops ops = { .read = read_headed, .next_data = next_headed };

	*headed = (struct headed){
		.source = { .ops = &ops, .size = stream->size, .under = stream, .name = stream->name },
		.head = malloc(HEADED_MAX),
	};
	return headed->head ? 0 : -ENOMEM;
}

void
headed_close(struct headed *headed)
{
	free(headed->head);
	headed->head = NULL;
}

/* source.c - what all sources share, and the two simplest: a window on another one, and bytes in memory. */
#include "source.h"

#include <errno.h>

#include "fail.h"

struct window {
	struct source source;
	uint64_t offset; /* of its first byte within the source below */
};

struct memory {
	struct source source;
	struct view bytes;
};

ssize_t
source_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	if (offset >= src->size)
		return 0;
	if (n > src->size - offset)
		n = (size_t)(src->size - offset);
	return src->ops->read(src, offset, buf, n);
}

int
source_read_all(struct source *src, uint64_t offset, void *buf, size_t n)
{
	ssize_t r = source_read(src, offset, buf, n);

	if (r < 0)
		return (int)r;
	return (size_t)r == n ? 0 : -ENODATA;
}

int
source_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	if (offset >= src->size)
		return 0;
	if (src->ops->next_data)
		return src->ops->next_data(src, offset, ret_from, ret_to);
	*ret_from = offset;
	*ret_to = src->size;
	return 1;
}

unsigned
source_trust(struct source *src, uint64_t from, uint64_t to)
{
	if (src->ops->trust)
		return src->ops->trust(src, from, to);
	return src->under ? source_trust(src->under, from, to) : 0;
}

struct source *
source_close(struct source *src)
{
	if (src)
		src->ops->close(src);
	return NULL;
}

static ssize_t
window_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	return source_read(src->under, ((struct window *)src)->offset + offset, buf, n);
}

static int
window_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	uint64_t base = ((struct window *)src)->offset, from, to;
	int r = source_next_data(src->under, base + offset, &from, &to);

	if (r <= 0)
		return r;
	if (from - base >= src->size)
		return 0;
	*ret_from = from - base;
	*ret_to = to - base < src->size ? to - base : src->size;
	return 1;
}

static unsigned
window_trust(struct source *src, uint64_t from, uint64_t to)
{
	uint64_t base = ((struct window *)src)->offset;

	return source_trust(src->under, base + from, base + to);
}

static void
plain_close(struct source *src)
{
	free(src);
}

static const struct source_ops window_ops = {
	.read = window_read,
	.next_data = window_next_data,
	.trust = window_trust,
	.close = plain_close,
};

int
source_window(struct source *under, uint64_t offset, uint64_t size, const char *name, struct source **ret_source)
{
	struct window *w;

	if (offset > under->size || size > under->size - offset)
		return -EINVAL;
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail(ENOMEM, "out of memory for a window on %s", under->name);
	w->source = (struct source){ .ops = &window_ops, .size = size, .under = under, .name = name };
	w->offset = offset;
	*ret_source = &w->source;
	return 0;
}

static ssize_t
memory_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	memcpy(buf, ((struct memory *)src)->bytes.p + offset, n);
	return (ssize_t)n;
}

static const struct source_ops memory_ops = { .read = memory_read, .close = plain_close };

int
source_memory(struct view bytes, const char *name, struct source **ret_source)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (!m)
		return fail(ENOMEM, "out of memory for %s", name);
	m->source = (struct source){ .ops = &memory_ops, .size = bytes.n, .name = name };
	m->bytes = bytes;
	*ret_source = &m->source;
	return 0;
}

/* blocks.c - going through streams that do not fit in memory, or that are nearly all hole. */
#include "blocks.h"

enum { STEP = CONTENT_BLOCK - CONTENT_OVERLAP };

void
blocks_start(struct blocks *b, struct source *stream, struct digest *digest, uint8_t *buffer)
{
	*b = (struct blocks){
		.stream = stream,
		.digest = digest,
		.buffer = buffer,
		.held = { UINT64_MAX, UINT64_MAX },
		.budget = CONTENT_STREAM_MAX,
	};
}

/* Points at the first block from number k on in which something is stored. */
static bool
point(struct blocks *b, uint64_t k)
{
	uint64_t size = b->stream->size, from, to;
	int r;

	if (b->error || k > (size - 1) / STEP || !size)
		return false;
	r = source_next_data(b->stream, k * STEP, &from, &to);
	if (r < 0)
		b->error = r;
	if (r <= 0 || from >= size)
		return false;
	if (from >= k * STEP && from - k * STEP >= CONTENT_BLOCK)
		k = from / STEP;
	b->base = k * STEP;
	b->n = size - b->base < CONTENT_BLOCK ? (size_t)(size - b->base) : CONTENT_BLOCK;
	return true;
}

bool
blocks_first(struct blocks *b)
{
	return point(b, 0);
}

bool
blocks_next(struct blocks *b)
{
	uint64_t k = b->base / STEP;

	/* what lies in the overlap was seen with the block before */
	if (b->base + b->n >= b->stream->size)
		return false;
	return point(b, k + 1);
}

static int
digest_zeros(struct blocks *b, uint64_t to)
{
	static const uint8_t zeros[64 << 10];
	int r = 0;

	while (b->digested < to && r == 0) {
		size_t n = to - b->digested < sizeof(zeros) ? (size_t)(to - b->digested) : sizeof(zeros);

		r = digest_add(b->digest, view_of(zeros, n));
		b->digested += n;
	}
	return r;
}

static int
digest_block(struct blocks *b, const uint8_t *bytes)
{
	uint64_t end = b->base + b->n;
	size_t seen;
	int r;

	if (!b->digest || end <= b->digested)
		return 0;
	r = digest_zeros(b, b->base);
	if (r < 0)
		return r;
	seen = (size_t)(b->digested - b->base);
	b->digested = end;
	return digest_add(b->digest, view_of(bytes + seen, b->n - seen));
}

const uint8_t *
blocks_fetch(struct blocks *b)
{
	int half = b->base != 0;
	uint8_t *bytes = b->buffer + (half ? CONTENT_BLOCK : 0);
	ssize_t n;

	if (b->held[half] == b->base)
		return bytes;
	if (b->error || b->budget < b->n)
		return NULL;
	b->held[half] = UINT64_MAX;
	n = source_read(b->stream, b->base, bytes, b->n);
	if (n < 0) {
		b->error = (int)n;
		return NULL;
	}
	memset(bytes + n, 0, b->n - (size_t)n);
	b->budget -= b->n;
	b->held[half] = b->base;
	b->error = digest_block(b, bytes);
	return b->error ? NULL : bytes;
}

int
blocks_finish(struct blocks *b)
{
	if (b->error || !b->digest)
		return b->error;
	b->budget = UINT64_MAX; /* what is digested has its own limit */
	for (bool more = b->digested < b->stream->size && point(b, b->digested / STEP); more; more = blocks_next(b))
		blocks_fetch(b);
	return b->error ? b->error : digest_zeros(b, b->stream->size);
}

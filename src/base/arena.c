/* arena.c - memory in large blocks that is given back all at once. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 64 << 10 };

struct arena_block {
	struct arena_block *older;
	size_t room;
	_Alignas(16) uint8_t bytes[];
};

static struct arena_block *
grow(struct arena *a, size_t n)
{
	size_t room = n > BLOCK ? n : BLOCK;
	struct arena_block *block;

	if (room > SIZE_MAX - sizeof(*block))
		return NULL;
	block = calloc(1, sizeof(*block) + room);
	if (!block)
		return NULL;
	block->older = a->block;
	block->room = room;
	a->block = block;
	a->used = 0;
	a->total += room;
	return block;
}

void *
arena_take(struct arena *a, size_t n, size_t align)
{
	size_t at = (a->used + align - 1) & ~(align - 1);
	struct arena_block *block = a->block;

	if (!block || at > block->room || n > block->room - at) {
		block = grow(a, n);
		if (!block)
			return NULL;
		at = 0;
	}
	a->used = at + n;
	return block->bytes + at;
}

char *
arena_copy(struct arena *a, struct view bytes)
{
	char *s = bytes.n == SIZE_MAX ? NULL : arena_take(a, bytes.n + 1, 1);

	if (s && bytes.n)
		memcpy(s, bytes.p, bytes.n);
	return s;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *s;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	s = n < 0 ? NULL : arena_take(a, (size_t)n + 1, 1);
	if (!s)
		return NULL;
	va_start(args, format);
	vsnprintf(s, (size_t)n + 1, format, args);
	va_end(args);
	return s;
}

void
arena_free(struct arena *a)
{
	while (a->block) {
		struct arena_block *older = a->block->older;

		free(a->block);
		a->block = older;
	}
	a->used = a->total = 0;
}

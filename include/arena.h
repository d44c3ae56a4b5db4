/* arena.h - memory that is given back all at once. */
#ifndef ARENA_H
#define ARENA_H

#include "view.h"

struct arena_block;

/* Zero to start. */
struct arena {
	struct arena_block *block;
	size_t used;  /* bytes handed out of the newest block */
	size_t total; /* bytes of all blocks */
};

/* Zeroed bytes aligned to align (a power of two), or NULL when there is no memory. */
void *arena_take(struct arena *a, size_t n, size_t align);
#define arena_new(a, type) ((type *)arena_take((a), sizeof(type), _Alignof(type)))

/* A copy with a NUL behind it, or NULL. */
char *arena_copy(struct arena *a, struct view bytes);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

void arena_free(struct arena *a);
static inline void
arena_free_at(struct arena *a)
{
	arena_free(a);
}

#endif

/* headed.h - the beginning of a stream, kept while it is read: who asks for it again need not have it inflated again. */
#ifndef HEADED_H
#define HEADED_H

#include "source.h"

enum { HEADED_MAX = 64 << 10 }; /* bytes that are kept */

struct headed {
	struct source source;
	uint8_t *head;
	size_t n; /* bytes of it that were read */
};

/* Lays itself over a stream, which is borrowed. 0 or -ENOMEM. */
int headed_open(struct headed *headed, struct source *stream);
void headed_close(struct headed *headed);
static inline void
headed_close_at(struct headed *headed)
{
	headed_close(headed);
}

#endif

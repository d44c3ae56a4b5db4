/* vector.c - an array that grows by half each time it is full. */
#include "vector.h"

#include <string.h>

enum { FIRST_ROOM = 16 };

void *
vector_grow(void **at, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t more = *room ? *room + *room / 2 : FIRST_ROOM;
		void *p = more > SIZE_MAX / size ? NULL : realloc(*at, more * size);

		if (!p)
			return NULL;
		*at = p;
		*room = more;
	}
	return memset((char *)*at + (*n)++ * size, 0, size);
}

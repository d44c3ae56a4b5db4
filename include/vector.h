/* vector.h - an array that grows. */
#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * `VECTOR(struct run) runs = { 0 };` declares one; items lie at runs.at[0 .. runs.n - 1]. vector_push gives the address
 * of a new zeroed item, or NULL when there is no memory; addresses are good until the next push.
 */
#define VECTOR(type) \
	struct { \
		type *at; \
		size_t n, room; \
	}

#define vector_push(v) ((__typeof__((v)->at))vector_grow((void **)&(v)->at, &(v)->n, &(v)->room, sizeof(*(v)->at)))

#define vector_free(v) \
	do { \
		free((v)->at); \
		(v)->at = NULL; \
		(v)->n = (v)->room = 0; \
	} while (0)

#define vector_sort(v, compare) \
	do { \
		if ((v)->n) \
			qsort((v)->at, (v)->n, sizeof(*(v)->at), (compare)); \
	} while (0)

void *vector_grow(void **at, size_t *n, size_t *room, size_t size);

#endif

/* found.h - what the tests of the literal search and the line reader share: lists of hits, a plain comparison. */
#ifndef FOUND_H
#define FOUND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vector.h"
#include "view.h"

/* xorshift64: the same bytes in every run. */
static inline uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct found {
	uint64_t offset;
	uint32_t which;
	uint64_t digest; /* of the line */
	size_t n;        /* its bytes */
};

typedef VECTOR(struct found) found_list;

static inline uint64_t
digest_of(struct view v)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < v.n; i++)
		h = (h ^ v.p[i]) * 1099511628211u;
	return h;
}

static inline int
keep(found_list *list, uint64_t offset, uint32_t which, struct view line)
{
	struct found *f = vector_push(list);

	assert_non_null(f);
	*f = (struct found){ .offset = offset, .which = which, .digest = digest_of(line), .n = line.n };
	return 0;
}

static inline void
assert_same(const found_list *a, const found_list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->at[i].offset, b->at[i].offset);
		assert_int_equal(a->at[i].which, b->at[i].which);
		assert_int_equal(a->at[i].n, b->at[i].n);
		assert_int_equal(a->at[i].digest, b->at[i].digest);
	}
}

static inline uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static inline bool
stands(struct view text, size_t at, struct view literal)
{
	if (literal.n > text.n - at)
		return false;
	for (size_t i = 0; i < literal.n; i++)
		if (lower(text.p[at + i]) != lower(literal.p[i]))
			return false;
	return true;
}

#endif

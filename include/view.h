/* view.h - bytes borrowed from somewhere, and the only way to look into them. */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that belong to somebody else. A view of nothing is { NULL, 0 }. */
struct view {
	const uint8_t *p;
	size_t n;
};

/*
 * Little-endian integers as they lie on disk: alignment 1, so that a struct of them is the layout without `packed`, and
 * no number until le16_get and friends make it one.
 */
typedef struct { uint8_t b[2]; } le16;
typedef struct { uint8_t b[4]; } le32;
typedef struct { uint8_t b[8]; } le64;

static inline uint16_t
le16_get(le16 v)
{
	return (uint16_t)(v.b[0] | v.b[1] << 8);
}

static inline uint32_t
le32_get(le32 v)
{
	return (uint32_t)v.b[0] | (uint32_t)v.b[1] << 8 | (uint32_t)v.b[2] << 16 | (uint32_t)v.b[3] << 24;
}

static inline uint64_t
le64_get(le64 v)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | v.b[i];
	return n;
}

static inline struct view
view_of(const void *p, size_t n)
{
	return (struct view){ .p = p, .n = n };
}

static inline struct view
view_text(const char *s)
{
	return view_of(s, s ? strlen(s) : 0);
}

/* Whether n bytes lie at off; never overflows. */
static inline bool
view_has(struct view v, uint64_t off, uint64_t n)
{
	return off <= v.n && n <= v.n - off;
}

/* The part of v from off with n bytes, or a view of nothing where they are not all there. */
static inline struct view
view_part(struct view v, uint64_t off, uint64_t n)
{
	return v.p && view_has(v, off, n) ? view_of(v.p + off, (size_t)n) : view_of(NULL, 0);
}

/* What is left of v from off on; nothing when off lies behind its end. */
static inline struct view
view_from(struct view v, uint64_t off)
{
	return v.p && off <= v.n ? view_of(v.p + off, v.n - (size_t)off) : view_of(NULL, 0);
}

static inline bool
view_equal(struct view a, struct view b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

/* The decimal number that a text begins with; 0 where it begins with none. */
static inline uint64_t
view_number(struct view text)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	return n;
}

/* Bytes first, then length: an order that is the same everywhere. */
static inline int
view_compare(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* A pointer to a disk structure at off within the view v, or NULL when its bytes are not all there. */
#define VIEW_AT(v, off, type) \
	((const type *)(view_has((v), (off), sizeof(type)) ? (const void *)((v).p + (off)) : NULL))

#endif

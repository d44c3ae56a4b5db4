/* log_walk.c - goes from line to line of a log and counts what separates its columns, 64 bytes at a time. */
#include "log_own.h"

#ifdef __SSE2__
#include <immintrin.h>
#define WIDE __attribute__((target("avx2,popcnt")))
#endif

enum { BLOCK = 64 };

struct log_marks
log_marks_plain(const uint8_t bytes[static 64], uint8_t separator)
{
	struct log_marks m = { 0 };

	for (unsigned i = 0; i < BLOCK; i++) {
		m.lf |= (uint64_t)(bytes[i] == '\n') << i;
		m.separator |= (uint64_t)(bytes[i] == separator) << i;
		m.quote |= (uint64_t)(bytes[i] == '"') << i;
		m.high |= (uint64_t)(bytes[i] >> 7) << i;
	}
	return m;
}

#ifdef __SSE2__

static inline uint64_t
places(__m128i bytes, uint8_t of)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)of)));
}

static inline struct log_marks
marks(const uint8_t *bytes, uint8_t separator)
{
	struct log_marks m = { 0 };

	for (unsigned i = 0; i < BLOCK; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));

		m.lf |= places(v, '\n') << i;
		m.separator |= places(v, separator) << i;
		m.quote |= places(v, '"') << i;
		m.high |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << i;
	}
	return m;
}

bool
log_walk_wide(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}

WIDE static inline uint64_t
places_wide(__m256i low, __m256i high, uint8_t of)
{
	__m256i wanted = _mm256_set1_epi8((char)of);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

WIDE static inline struct log_marks
marks_wide(const uint8_t *bytes, uint8_t separator)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
	__m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));

	return (struct log_marks){
		.lf = places_wide(low, high, '\n'),
		.separator = places_wide(low, high, separator),
		.quote = places_wide(low, high, '"'),
		.high = (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32,
	};
}

#else

#define WIDE

static struct log_marks
marks(const uint8_t *bytes, uint8_t separator)
{
	return log_marks_plain(bytes, separator);
}

bool
log_walk_wide(void)
{
	return false;
}

static struct log_marks
marks_wide(const uint8_t *bytes, uint8_t separator)
{
	return log_marks_plain(bytes, separator);
}

#endif

struct log_marks
log_marks(const uint8_t bytes[static 64], uint8_t separator)
{
	return marks(bytes, separator);
}

WIDE struct log_marks
log_marks_wide(const uint8_t bytes[static 64], uint8_t separator)
{
	return marks_wide(bytes, separator);
}

/* One of the two above. They come in as arguments, so that all of next() is compiled for the same processor as they. */
typedef struct log_marks marks_of(const uint8_t *bytes, uint8_t separator);

/* How many bits are set; written out, as x86-64 as such has no instruction for it. */
static inline __attribute__((always_inline)) unsigned
count(uint64_t v, bool wide)
{
	if (wide)
		return (unsigned)__builtin_popcountll(v);
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
	v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(v * UINT64_C(0x0101010101010101) >> 56);
}

/* Remembers the edges among the n separators of the block in hand, of which `before` stand before it in the line. */
static inline __attribute__((always_inline)) unsigned
note_edges(const struct log_walk *w, unsigned known, uint64_t separators, unsigned before, unsigned n, size_t *ret_edges)
{
	unsigned passed = before;

	for (; known < w->edge_n && w->edges[known] <= before + n; known++) {
		for (; passed + 1 < w->edges[known]; passed++)
			separators &= separators - 1;
		ret_edges[known] = w->block + (unsigned)__builtin_ctzll(separators) + 1;
	}
	return known;
}

static inline __attribute__((always_inline)) void
load(struct log_walk *w, marks_of *of)
{
	uint8_t rest[BLOCK] = { 0 };
	const uint8_t *bytes = w->text + w->block;

	if (w->end - w->block < BLOCK)
		bytes = memcpy(rest, bytes, w->end - w->block);
	w->marks = of(bytes, w->separator);
	if (bytes == rest && !w->separator)
		w->marks.separator = 0;
}

void
log_walk_start(struct log_walk *w, const uint8_t *text, size_t from, size_t end)
{
	w->text = text;
	w->at = w->block = from;
	w->end = end;
	w->marks = (struct log_marks){ 0 };
	if (from < end)
		load(w, marks);
}

static inline __attribute__((always_inline)) bool
next(struct log_walk *w, struct log_shape *ret_shape, bool wide, marks_of *of)
{
	size_t from = w->at, end;
	uint64_t lf, upto, separators;
	unsigned n, sum = 0, edge_n = 0;
	bool quotes = false, high = false;

	if (w->at >= w->end)
		return false;
	for (;; load(w, of)) {
		lf = w->marks.lf;
		upto = lf ? lf ^ (lf - 1) : UINT64_MAX; /* the LF and what stands before it */
		separators = w->marks.separator & upto;
		n = count(separators, wide);
		quotes |= (w->marks.quote & upto) != 0;
		high |= (w->marks.high & upto) != 0;
		if (edge_n < w->edge_n)
			edge_n = note_edges(w, edge_n, separators, sum, n, ret_shape->edges);
		sum += n;
		if (lf) {
			w->marks.lf &= ~upto;
			w->marks.separator &= ~upto;
			w->marks.quote &= ~upto;
			w->marks.high &= ~upto;
			end = w->block + (unsigned)__builtin_ctzll(lf);
			w->at = end + 1;
			break;
		}
		if (w->end - w->block <= BLOCK) {
			end = w->at = w->end;
			break;
		}
		w->block += BLOCK;
	}
	ret_shape->from = from;
	ret_shape->end = end;
	ret_shape->separators = sum;
	ret_shape->quotes = quotes;
	ret_shape->high = high;
	ret_shape->edge_n = edge_n;
	return true;
}

WIDE static bool
next_wide(struct log_walk *w, struct log_shape *ret_shape)
{
	return next(w, ret_shape, true, marks_wide);
}

bool
log_walk_next(struct log_walk *w, struct log_shape *ret_shape)
{
	return w->wide ? next_wide(w, ret_shape) : next(w, ret_shape, false, marks);
}

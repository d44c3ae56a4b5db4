/* literals_avx2.c - the filter of the literal search on x86-64: 32 places of a log at a time, most passed over. */
#include "literals_own.h"

#if LITERALS_AVX2

#include <immintrin.h>

#define VECTOR_TARGET __attribute__((target("avx2")))

/* The tables of one set, each half byte's sixteen entries twice, as a shuffle wants them. */
struct tables {
	__m256i low[WINDOW], high[WINDOW];
};

VECTOR_TARGET static inline __m256i
table_load(const uint8_t entries[static 16])
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)entries));
}

VECTOR_TARGET static inline __attribute__((always_inline)) void
tables_load(const struct literals *l, unsigned set, struct tables *ret)
{
	*ret = (struct tables){
		.low = { table_load(l->low[set][0]), table_load(l->low[set][1]), table_load(l->low[set][2]),
			 table_load(l->low[set][3]) },
		.high = { table_load(l->high[set][0]), table_load(l->high[set][1]), table_load(l->high[set][2]),
			  table_load(l->high[set][3]) },
	};
}

/* 32 bytes as the halves that the tables are asked by. */
struct halves {
	__m256i low, high;
};

VECTOR_TARGET static inline __attribute__((always_inline)) struct halves
halves_load(const uint8_t *p)
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);

	return (struct halves){
		.low = _mm256_and_si256(bytes, half),
		.high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half),
	};
}

/* For each byte, the buckets in whose windows it stands at place i. */
VECTOR_TARGET static inline __attribute__((always_inline)) __m256i
buckets_at(const struct tables *tables, unsigned i, struct halves bytes)
{
	return _mm256_and_si256(_mm256_shuffle_epi8(tables->low[i], bytes.low),
				_mm256_shuffle_epi8(tables->high[i], bytes.high));
}

/* Bit i: the four bytes at p + i may be a window. Reads 35 bytes. Written out, as gcc unrolls only at -O3. */
VECTOR_TARGET static inline __attribute__((always_inline)) uint32_t
suspects(const struct tables *tables, const uint8_t *p, unsigned sets)
{
	const struct halves first = halves_load(p), second = halves_load(p + 1);
	const struct halves third = halves_load(p + 2), fourth = halves_load(p + 3);
	__m256i all = _mm256_setzero_si256();

	for (unsigned set = 0; set < sets; set++) {
		const struct tables *t = &tables[set];
		__m256i one = _mm256_and_si256(buckets_at(t, 0, first), buckets_at(t, 1, second));
		__m256i two = _mm256_and_si256(buckets_at(t, 2, third), buckets_at(t, 3, fourth));

		all = _mm256_or_si256(all, _mm256_and_si256(one, two));
	}
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

/* Of the places that the filter let through. */
static inline int
look(struct scan *scan, size_t at, uint32_t places)
{
	for (; places; places &= places - 1) {
		size_t place = at + (unsigned)__builtin_ctz(places);
		uint32_t key = key_at(scan->text.p + place);

		if (key_known(scan->literals, key)) {
			int r = literals_suspect(scan, place, key);

			if (r)
				return r;
		}
	}
	return 0;
}

VECTOR_TARGET static inline __attribute__((always_inline)) int
filter(struct scan *scan, size_t *from, unsigned sets)
{
	enum { STEP = 32, NEED = STEP + WINDOW - 1 };
	struct view text = scan->text;
	struct tables tables[SETS_MAX];
	size_t i = *from;
	int r;

	for (unsigned set = 0; set < sets; set++)
		tables_load(scan->literals, set, &tables[set]);
	for (; text.n - i >= NEED; i += STEP) {
		uint32_t places = suspects(tables, text.p + i, sets);

		if (places && (r = look(scan, i, places)) != 0)
			return r;
	}
	*from = i;
	return 0;
}

VECTOR_TARGET static int
filter1(struct scan *scan, size_t *from)
{
	return filter(scan, from, 1);
}

VECTOR_TARGET static int
filter2(struct scan *scan, size_t *from)
{
	return filter(scan, from, 2);
}

VECTOR_TARGET static int
filter4(struct scan *scan, size_t *from)
{
	return filter(scan, from, 4);
}

int (*literals_vector(const struct literals *l))(struct scan *scan, size_t *from)
{
	if (!__builtin_cpu_supports("avx2"))
		return NULL;
	return l->sets == 1 ? filter1 : l->sets == 2 ? filter2 : filter4;
}

#else

int (*literals_vector(const struct literals *l))(struct scan *scan, size_t *from)
{
	(void)l;
	return NULL;
}

#endif

/* hive_bench.h - a hive of forge_hive.h, opened with its logs, and what was told about it. */
#ifndef HIVE_BENCH_H
#define HIVE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "forge_hive.h"
#include "hive.h"

struct bench {
	struct sink sink;
	struct source *sources[1 + HIVE_LOGS];
	struct hive *hive;
	unsigned damage;
	char first[128]; /* what was damaged first */
	uint64_t at;
};

static inline int
bench_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct bench *b = (struct bench *)out;

	if (!b->damage++) {
		snprintf(b->first, sizeof(b->first), "%s", why);
		b->at = offset;
	}
	return 0;
}

/* Opens bytes with up to two logs; an empty one is not there. */
static inline void
bench_open(struct bench *b, struct view bytes, struct view log1, struct view log2)
{
	struct hive_log logs[2] = { { .out = &b->sink }, { .out = &b->sink } };

	*b = (struct bench){ .sink.damage = bench_damage };
	assert_int_equal(source_memory(bytes, "HIVE", &b->sources[0]), 0);
	assert_int_equal(source_memory(log1, "LOG1", &b->sources[1]), 0);
	assert_int_equal(source_memory(log2, "LOG2", &b->sources[2]), 0);
	logs[0].source = log1.n ? b->sources[1] : NULL;
	logs[1].source = log2.n ? b->sources[2] : NULL;
	assert_int_equal(hive_open(b->sources[0], &b->sink, logs, 2, &b->hive), 0);
}

static inline void
bench_close(struct bench *b)
{
	b->hive = hive_close(b->hive);
	for (unsigned i = 0; i < 3; i++)
		b->sources[i] = source_close(b->sources[i]);
}

static inline void
bench_forged(struct bench *b, const struct forge_hive *f)
{
	bench_open(b, view_of(f->bytes, f->size), view_of(NULL, 0), view_of(NULL, 0));
}

#endif

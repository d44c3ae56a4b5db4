/* literals_plan.c - which four bytes of each literal are looked for, and which share a bucket of the filter. */
#include "literals_own.h"

#include <errno.h>
#include <stdlib.h>

#include "fail.h"

enum {
	TRIES = 8,      /* windows of a literal that are weighed */
	TRIES_MANY = 2, /* where there are very many literals */
	MANY = 512,
	OFTEN_ALL = 10000,
	ROUNDS = 2, /* after the first one: each literal may move to where it does less harm */
};

/* Of places in the text that the filter should at most let through: below, one more set costs more than it saves. */
#define LET_THROUGH 0.002

/*
 * How often each byte from 0x20 to 0x7f stands in logs, of OFTEN_ALL: counted over IIS and HttpProxy logs, real ones
 * (an IIS log of two million bytes, one file of each HttpProxy protocol) and made-up ones. Other bytes count as 1.
 */
static const uint16_t often[96] = {
	427, 1,   9,   11,  3,   8,   28,  1,   29,  29,  1,  133, 288, 296, 385, 169, 676, 494, 357, 196,
	212, 198, 149, 121, 120, 108, 126, 93,  13,  83,  13, 4,   7,   73,  28,  73,  44,  83,  17,  41,
	29,  59,  1,   21,  55,  81,  37,  39,  55,  1,   70, 91,  99,  10,  22,  38,  18,  2,   16,  3,
	11,  3,   1,   17,  1,   343, 77,  206, 148, 568, 85, 49,  71,  264, 8,   43,  186, 100, 234, 289,
	139, 23,  238, 243, 343, 97,  37,  45,  72,  63,  19, 1,   1,   1,   4,   1,
};

/* Bit n of low (high): a byte with that lower (upper) half stands at this place of some window of the bucket. */
struct bucket {
	uint16_t low[WINDOW], high[WINDOW];
};

struct window {
	double share; /* of places in a log where it would be let through */
	uint8_t at;
};

struct plan {
	struct literals *l;
	unsigned buckets;
	double share[BUCKETS * SETS_MAX];
	struct bucket bucket[BUCKETS * SETS_MAX];
	uint8_t *place; /* by literal: its bucket */
};

static unsigned
byte_often(unsigned byte)
{
	return byte >= 0x20 && byte < 0x80 ? often[byte - 0x20] : 1;
}

static double
place_share(uint16_t low, uint16_t high)
{
	unsigned sum = 0;

	for (unsigned h = high; h; h &= h - 1)
		for (unsigned i = low; i; i &= i - 1)
			sum += byte_often((unsigned)__builtin_ctz(h) << 4 | (unsigned)__builtin_ctz(i));
	return sum < OFTEN_ALL ? sum / (double)OFTEN_ALL : 1;
}

static double
bucket_share(const struct bucket *b)
{
	double share = 1;

	for (unsigned i = 0; i < WINDOW; i++)
		share *= place_share(b->low[i], b->high[i]);
	return share;
}

static struct bucket
bucket_with(struct bucket b, const struct literal *lit, unsigned window)
{
	for (unsigned i = 0; i < WINDOW; i++) {
		uint8_t c = lit->folded[window + i];

		b.low[i] |= (uint16_t)(1 << (c & 15));
		b.high[i] |= (uint16_t)(1 << (c >> 4));
		if (lit->either[window + i])
			b.high[i] |= (uint16_t)(1 << ((c >> 4) - 2)); /* the capital */
	}
	return b;
}

/* The rarest windows of a literal, rarest first, up to n. */
static unsigned
rarest(const struct literal *lit, struct window *ret, unsigned n)
{
	unsigned found = 0;

	for (unsigned at = 0; at + WINDOW <= lit->n; at++) {
		struct bucket alone = bucket_with((struct bucket){ 0 }, lit, at);
		struct window w = { .share = bucket_share(&alone), .at = (uint8_t)at };
		unsigned i = found < n ? found++ : n;

		for (; i > 0 && w.share < ret[i - 1].share; i--)
			if (i < n)
				ret[i] = ret[i - 1];
		if (i < n)
			ret[i] = w;
	}
	return found;
}

/* Puts a literal where it adds least to what is let through. */
static void
put(struct plan *plan, size_t which)
{
	struct literal *lit = &plan->l->at[which];
	struct window windows[TRIES];
	unsigned n = rarest(lit, windows, plan->l->n > MANY ? TRIES_MANY : TRIES);
	double least = 2, least_share = 0;

	for (unsigned w = 0; w < n; w++) {
		for (unsigned b = 0; b < plan->buckets; b++) {
			struct bucket with = bucket_with(plan->bucket[b], lit, windows[w].at);
			double share = bucket_share(&with);

			if (share - plan->share[b] < least) {
				least = share - plan->share[b];
				least_share = share;
				lit->window = windows[w].at;
				plan->place[which] = (uint8_t)b;
			}
		}
	}
	plan->bucket[plan->place[which]] = bucket_with(plan->bucket[plan->place[which]], lit, lit->window);
	plan->share[plan->place[which]] = least_share;
}

/* Makes a bucket anew from its literals but one. */
static void
take_out(struct plan *plan, size_t which)
{
	uint8_t b = plan->place[which];
	struct bucket rest = { 0 };

	for (size_t i = 0; i < plan->l->n; i++)
		if (i != which && plan->place[i] == b)
			rest = bucket_with(rest, &plan->l->at[i], plan->l->at[i].window);
	plan->bucket[b] = rest;
	plan->share[b] = bucket_share(&rest);
}

/* Spreads all literals over so many sets: the share of places that would be let through. */
static double
spread(struct plan *plan, unsigned sets)
{
	double all = 0;

	plan->buckets = sets * BUCKETS;
	memset(plan->bucket, 0, sizeof(plan->bucket));
	memset(plan->share, 0, sizeof(plan->share));
	for (size_t i = 0; i < plan->l->n; i++)
		put(plan, i);
	for (unsigned round = 0; round < ROUNDS && plan->l->n <= MANY; round++) {
		for (size_t i = 0; i < plan->l->n; i++) {
			take_out(plan, i);
			put(plan, i);
		}
	}
	for (unsigned b = 0; b < plan->buckets; b++)
		all += plan->share[b];
	plan->l->sets = sets;
	return all;
}

int
literals_plan(struct literals *l)
{
	CLEANUP(free) uint8_t *place = calloc(l->n, 1);
	struct plan plan = { .l = l, .place = place };
	unsigned sets = 1;

	if (!place)
		return fail(ENOMEM, "out of memory for %zu literals", l->n);
	while (spread(&plan, sets) > LET_THROUGH && sets < SETS_MAX)
		sets *= 2;
	for (unsigned b = 0; b < plan.buckets; b++) {
		for (unsigned i = 0; i < WINDOW; i++) {
			for (unsigned half = 0; half < 16; half++) {
				uint8_t bit = (uint8_t)(1 << b % BUCKETS);

				l->low[b / BUCKETS][i][half] |= plan.bucket[b].low[i] >> half & 1 ? bit : 0;
				l->high[b / BUCKETS][i][half] |= plan.bucket[b].high[i] >> half & 1 ? bit : 0;
			}
		}
	}
	return 0;
}

/* literals.c - looks for many texts at once, whatever their case: the tables, the order of answers, the comparison. */
#include "literals_own.h"

#include <errno.h>
#include <stdlib.h>

#include "fail.h"

static bool
is_letter(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}

const char *
literal_unfit(struct view literal)
{
	if (literal.n < LITERAL_MIN)
		return "shorter than four bytes";
	if (literal.n > LITERAL_MAX)
		return "longer than 64 bytes";
	for (size_t i = 0; i < literal.n; i++)
		if (!literal.p[i] || literal.p[i] == '\r' || literal.p[i] == '\n')
			return "no line can hold a NUL, CR or LF";
	return NULL;
}

static void
fold(struct view text, struct literal *ret)
{
	*ret = (struct literal){ .n = (uint8_t)text.n };
	for (size_t i = 0; i < text.n; i++) {
		ret->either[i] = is_letter(text.p[i]) ? 0x20 : 0;
		ret->folded[i] = text.p[i] | ret->either[i];
	}
}

/* Whether the literal stands at p; n >= 4, so the last step may overlap the one before. */
static bool
stands_at(const struct literal *lit, const uint8_t *p)
{
	for (size_t i = 0;; i += 4) {
		if (i + 4 > lit->n)
			i = lit->n - 4u;
		if ((load4(p + i) | load4(lit->either + i)) != load4(lit->folded + i))
			return false;
		if (i + 4 >= lit->n)
			return true;
	}
}

static const struct group *
group_find(const struct literals *l, uint32_t key)
{
	for (uint32_t h = key_hash(key, l->bits);; h = (h + 1) & ((1u << l->bits) - 1)) {
		if (!l->groups[h].count)
			return NULL;
		if (l->groups[h].key == key)
			return &l->groups[h];
	}
}

/* States every literal that starts here. */
static int
settle_start(struct scan *scan, size_t start)
{
	const struct literals *l = scan->literals;
	const struct group *group = group_find(l, key_at(scan->text.p + start));

	for (uint32_t i = 0; group && i < group->count; i++) {
		uint32_t which = l->members[group->first + i];
		const struct literal *lit = &l->at[which];

		if (lit->n <= scan->text.n - start && stands_at(lit, scan->text.p + start)) {
			int r = scan->hit(scan->state, start, which);

			if (r)
				return r;
		}
	}
	return 0;
}

/* Settles what is pending at starts in front of `before`, in order. */
static int
settle(struct scan *scan, size_t before)
{
	while (scan->pending) {
		unsigned distance = 63 - (unsigned)__builtin_clzll(scan->pending);
		size_t start = scan->at - distance;
		int r;

		if (start >= before)
			break;
		scan->pending &= ~(UINT64_C(1) << distance);
		r = settle_start(scan, start);
		if (r)
			return r;
	}
	return 0;
}

static uint64_t
slot_starts(const struct literals *l, uint32_t key)
{
	for (uint32_t h = key_hash(key, l->bits);; h = (h + 1) & ((1u << l->bits) - 1))
		if (!l->slots[h].starts || l->slots[h].key == key)
			return l->slots[h].starts;
}

int
literals_suspect(struct scan *scan, size_t at, uint32_t key)
{
	uint64_t starts = slot_starts(scan->literals, key);
	size_t moved = at - scan->at;
	int r;

	if (at < REACH)
		starts &= (UINT64_C(2) << at) - 1;
	if (!starts)
		return 0;
	r = settle(scan, at > REACH ? at - REACH : 0);
	if (r)
		return r;
	/* what is left started at most REACH in front of this place, so that no bit falls out */
	scan->pending = (scan->pending ? scan->pending << moved : 0) | starts;
	scan->at = at;
	return 0;
}

/* The filter without vectors: the bitmap alone. */
static int
filter_plain(struct scan *scan, size_t from)
{
	for (size_t i = from; scan->text.n - i >= WINDOW; i++) {
		uint32_t key = key_at(scan->text.p + i);

		if (key_known(scan->literals, key)) {
			int r = literals_suspect(scan, i, key);

			if (r)
				return r;
		}
	}
	return 0;
}

int
literals_scan(const struct literals *l, struct view text, int (*hit)(void *state, size_t offset, uint32_t which),
	      void *state)
{
	struct scan scan = { .literals = l, .text = text, .hit = hit, .state = state };
	size_t from = 0;
	int r = 0;

	if (l->filter)
		r = l->filter(&scan, &from);
	if (!r)
		r = filter_plain(&scan, from);
	return r ? r : settle(&scan, SIZE_MAX);
}

/* Enters the window of every literal. */
static void
fill_slots(struct literals *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct literal *lit = &l->at[i];
		uint32_t key = key_at(lit->folded + lit->window);
		uint32_t h = key_hash(key, l->bits), known = key_hash(key, KNOWN_BITS);

		while (l->slots[h].starts && l->slots[h].key != key)
			h = (h + 1) & ((1u << l->bits) - 1);
		l->slots[h].key = key;
		l->slots[h].starts |= UINT64_C(1) << lit->window;
		l->known[known / 8] |= (uint8_t)(1 << known % 8);
	}
}

/* By first four bytes, then by index. */
static int
compare_members(const void *a, const void *b, void *literals)
{
	const struct literal *at = ((const struct literals *)literals)->at;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	uint32_t x = key_at(at[i].folded), y = key_at(at[j].folded);

	return x != y ? (x > y) - (x < y) : (i > j) - (i < j);
}

static void
fill_groups(struct literals *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		l->members[i] = i;
	qsort_r(l->members, l->n, sizeof(*l->members), compare_members, l);
	for (uint32_t i = 0, n; i < l->n; i += n) {
		uint32_t key = key_at(l->at[l->members[i]].folded), h = key_hash(key, l->bits);

		for (n = 1; i + n < l->n && key_at(l->at[l->members[i + n]].folded) == key;)
			n++;
		while (l->groups[h].count)
			h = (h + 1) & ((1u << l->bits) - 1);
		l->groups[h] = (struct group){ .key = key, .first = i, .count = n };
	}
}

static int
make_room(struct literals *l, size_t n)
{
	l->n = n;
	for (l->bits = 6; (size_t)1 << l->bits < n * 4;)
		l->bits++;
	l->at = calloc(n, sizeof(*l->at));
	l->members = calloc(n, sizeof(*l->members));
	l->slots = calloc((size_t)1 << l->bits, sizeof(*l->slots));
	l->groups = calloc((size_t)1 << l->bits, sizeof(*l->groups));
	if (!l->at || !l->members || !l->slots || !l->groups)
		return fail(ENOMEM, "out of memory for %zu literals", n);
	return 0;
}

int
literals_open(const struct view *literals, size_t n, struct literals **ret_literals)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	int r;

	if (!n || n > LITERALS_MAX)
		return fail(EINVAL, "%zu literals cannot be looked for at once: 1 to %d can", n, LITERALS_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *why = literal_unfit(literals[i]);

		if (why)
			return fail(EINVAL, "\"%.*s\" cannot be looked for: %s",
				    (int)(literals[i].n < 100 ? literals[i].n : 100), (const char *)literals[i].p, why);
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		return fail(ENOMEM, "out of memory for literals");
	r = make_room(l, n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		fold(literals[i], &l->at[i]);
	r = literals_plan(l);
	if (r < 0)
		return r;
	fill_slots(l);
	fill_groups(l);
	l->filter = literals_vector(l);
	*ret_literals = TAKE(l);
	return 0;
}

struct literals *
literals_close(struct literals *l)
{
	if (l) {
		free(l->at);
		free(l->members);
		free(l->slots);
		free(l->groups);
		free(l);
	}
	return NULL;
}

size_t
literals_count(const struct literals *l)
{
	return l->n;
}

void
literals_plain(struct literals *l)
{
	l->filter = NULL;
}

/* builds.c - which builds of Exchange a baseline row speaks of: lists and ranges over the builds that it covers. */
#include "builds.h"

#include <errno.h>

/* `15.01.2106.002` is 15.1.2106.2: file versions come with zeros in front. */
char *
build_normalise(struct view build, char text[static BUILD_TEXT])
{
	bool start = true;
	size_t n = 0;

	for (size_t i = 0; i < build.n && n + 1 < BUILD_TEXT; i++) {
		bool digit = build.p[i] >= '0' && build.p[i] <= '9';
		bool more = i + 1 < build.n && build.p[i + 1] >= '0' && build.p[i + 1] <= '9';

		if (build.p[i] == ' ' || (start && build.p[i] == '0' && more))
			continue;
		text[n++] = (char)build.p[i];
		start = !digit;
	}
	text[n] = 0;
	return text;
}

uint32_t
build_find(const struct baseline_data *b, struct view build)
{
	char plain[BUILD_TEXT];
	uint64_t hash = index_hash(view_text(build_normalise(build, plain)));
	size_t at = 0;
	uint32_t number;

	while (index_next(&b->by_build, hash, &at, &number))
		if (!strcmp(b->builds.at[number], plain))
			return number;
	return UINT32_MAX;
}

bool
build_in_set(const struct baseline_data *b, uint32_t set, uint32_t build)
{
	return build < b->builds.n && b->sets.at[set][build / 64] >> build % 64 & 1;
}

bool
build_fits_set(const struct baseline_data *b, uint32_t set, struct view build)
{
	char plain[BUILD_TEXT];
	size_t n = strlen(build_normalise(build, plain));

	for (uint32_t i = 0; i < b->builds.n; i++)
		if (build_in_set(b, set, i) && !strncmp(b->builds.at[i], plain, n) &&
		    (!b->builds.at[i][n] || b->builds.at[i][n] == '.'))
			return true;
	return false;
}

static void
put(uint64_t *set, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++)
		set[i / 64] |= UINT64_C(1) << i % 64;
}

/* `first..last(n)`: n of the builds between the two have it, and the table does not say which. */
static int
add_range(const struct baseline_data *b, const struct shipped *row, struct view item, const uint8_t *dots,
	  uint64_t *set)
{
	struct view last = view_from(item, (uint64_t)(dots - item.p) + 2);
	const uint8_t *open = memchr(last.p, '(', last.n);
	uint32_t from = build_find(b, view_of(item.p, (size_t)(dots - item.p))), to, n = 0;

	for (const uint8_t *p = open ? open + 1 : NULL;
	     p && p < last.p + last.n && *p >= '0' && *p <= '9' && n < 100000; p++)
		n = n * 10 + (uint32_t)(*p - '0');
	if (open)
		last.n = (size_t)(open - last.p);
	to = build_find(b, last);
	if (from == UINT32_MAX || to == UINT32_MAX || from > to)
		return complain(row->origin, row->line, true, "range %.*s is not one of the builds", (int)item.n,
				(const char *)item.p);
	put(set, from, to);
	if (open && n > to - from + 1)
		return complain(row->origin, row->line, false, "range %.*s counts more builds than there are",
				(int)item.n, (const char *)item.p);
	return 0;
}

static int
add_item(const struct baseline_data *b, const struct shipped *row, struct view item, uint64_t *set)
{
	const uint8_t *dots = memmem(item.p, item.n, "..", 2);
	uint32_t build;

	if (dots)
		return add_range(b, row, item, dots, set);
	build = build_find(b, item);
	if (build == UINT32_MAX)
		return complain(row->origin, row->line, false, "%.*s is not one of the builds", (int)item.n,
				(const char *)item.p);
	put(set, build, build);
	return 0;
}

static int
make_set(struct profile *profile, const struct shipped *row, uint32_t *ret_set)
{
	struct baseline_data *b = &profile->baseline;
	struct view rest = view_text(row->builds);
	uint64_t *set = arena_take(&profile->arena, b->builds.n / 8 + 8, 8), **slot;
	const char **text;
	int r = 0;

	while (set && rest.n && r == 0) {
		const uint8_t *end = memchr(rest.p, ';', rest.n);
		struct view item = view_of(rest.p, end ? (size_t)(end - rest.p) : rest.n);

		rest = view_from(rest, item.n + (end != NULL));
		if (item.n)
			r = add_item(b, row, item, set);
	}
	slot = vector_push(&b->sets);
	text = vector_push(&b->set_texts);
	if (r < 0 || !set || !slot || !text)
		return -ENOMEM;
	*slot = set;
	*text = row->builds;
	*ret_set = (uint32_t)b->sets.n - 1;
	return index_add(&b->by_set, index_hash(view_text(row->builds)), *ret_set);
}

int
build_set(struct profile *profile, const struct shipped *row, uint32_t *ret_set)
{
	const struct baseline_data *b = &profile->baseline;
	size_t at = 0;

	while (index_next(&b->by_set, index_hash(view_text(row->builds)), &at, ret_set))
		if (!strcmp(b->set_texts.at[*ret_set], row->builds))
			return 0;
	return make_set(profile, row, ret_set);
}

/* machine.c - sets of live pattern positions, each made once and then only looked up. */
#include "machine.h"

#include <errno.h>

static uint64_t
mix(uint64_t h, uint16_t unit)
{
	return (h ^ unit) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t
hash_units(const uint16_t *units, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = mix(h, units[i]);
	return h ^ h >> 32;
}

/* A name of more units than NTFS allows is cut, and so fits nothing that is spelled out. */
void
machine_fold_name(const struct machine *m, struct view name, struct folded *ret_folded)
{
	size_t n = name.n / 2 < NAME_UNITS ? name.n / 2 : NAME_UNITS;
	uint64_t h = n;

	for (size_t i = 0; i < n; i++) {
		uint16_t unit = m->fold.to[name.p[i * 2] | name.p[i * 2 + 1] << 8];

		ret_folded->units[i] = unit;
		h = mix(h, unit);
	}
	ret_folded->n = n;
	ret_folded->hash = h ^ h >> 32;
}

static bool
same_name(const struct place *place, const struct folded *name)
{
	return place->part.n == name->n && !memcmp(place->folded, name->units, name->n * 2);
}

bool
lookup_next(const struct machine *m, const struct lookup *lookup, const struct folded *name, size_t *at,
	    uint32_t *ret_position)
{
	size_t room = lookup->literals.room;

	/* up to room, *at counts the slots that were tried, then the globs */
	while (*at < room) {
		if (!index_next(&lookup->literals, name->hash, at, ret_position)) {
			*at = room;
			break;
		}
		if (same_name(&m->places.at[*ret_position], name))
			return true;
	}
	while (*at - room < lookup->globs.n) {
		const struct place *place;

		*ret_position = lookup->globs.at[(*at)++ - room];
		place = &m->places.at[*ret_position];
		if (pattern_glob(place->folded, place->part.n, name->units, name->n))
			return true;
	}
	return false;
}

static void
lookup_clear(struct lookup *lookup)
{
	index_free(&lookup->literals);
	lookup->globs.n = 0;
}

static void
lookup_free(struct lookup *lookup)
{
	index_free(&lookup->literals);
	vector_free(&lookup->globs);
}

static int
lookup_add(const struct machine *m, struct lookup *lookup, uint32_t position)
{
	const struct place *place = &m->places.at[position];
	uint32_t *slot;

	if (place->part.kind == PART_LITERAL)
		return index_add(&lookup->literals, place->hash, position);
	slot = vector_push(&lookup->globs);
	if (!slot)
		return -ENOMEM;
	*slot = position;
	return 0;
}

static bool
is_last(const struct machine *m, uint32_t position)
{
	return m->places.at[position + 1].part.kind == PART_END;
}

/* Sorts a state's positions into what they do with folder names and with file names. */
static int
state_names(const struct machine *m, struct state *state)
{
	int r = 0;

	lookup_clear(&state->folders);
	lookup_clear(&state->files);
	for (size_t i = 0; i < state->n && r == 0; i++) {
		const struct place *place = &m->places.at[state->set[i]];

		if (place->part.kind == PART_LITERAL || place->part.kind == PART_GLOB)
			r = lookup_add(m, is_last(m, state->set[i]) ? &state->files : &state->folders, state->set[i]);
	}
	return r;
}

static int
state_every_one(const struct machine *m, struct state *state, uint32_t position)
{
	const struct place *place = &m->places.at[position];
	const struct regex *regex = m->targets.at[place->target].regex;
	uint32_t *slot;

	if (place->part.kind < PART_ANY || !is_last(m, position))
		return 0;
	slot = regex ? vector_push(&state->regexes) : vector_push(&state->every);
	if (!slot)
		return -ENOMEM;
	*slot = place->target;
	state->places |= regex && regex_has_place(regex);
	return 0;
}

static int
state_every(const struct machine *m, struct state *state)
{
	int r = 0;

	for (size_t i = 0; i < state->n && r == 0; i++)
		r = state_every_one(m, state, state->set[i]);
	return r;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int64_t
find_set(const struct machine *m, uint64_t hash, const uint32_t *set, size_t n)
{
	size_t at = 0;
	uint32_t number;

	while (index_next(&m->by_set, hash, &at, &number)) {
		const struct state *state = &m->states.at[number];

		if (state->n == n && (!n || !memcmp(state->set, set, n * sizeof(*set))))
			return number;
	}
	return -1;
}

static int64_t
new_state(struct machine *m, uint64_t hash, const uint32_t *set, size_t n)
{
	uint32_t *copy = arena_take(&m->arena, (n + 1) * sizeof(*set), _Alignof(uint32_t));
	struct state *state = vector_push(&m->states);

	if (!copy || !state || index_add(&m->by_set, hash, (uint32_t)m->states.n - 1) < 0)
		return -ENOMEM;
	if (n)
		memcpy(copy, set, n * sizeof(*set));
	state->set = copy;
	state->n = n;
	state->rest = -1;
	if (state_names(m, state) < 0 || state_every(m, state) < 0)
		return -ENOMEM;
	return (int64_t)m->states.n - 1;
}

int64_t
machine_state(struct machine *m, uint32_t *set, size_t n)
{
	size_t kept = 0;
	uint64_t hash;
	int64_t found;

	if (n)
		qsort(set, n, sizeof(*set), by_number);
	for (size_t i = 0; i < n; i++)
		if (!kept || set[kept - 1] != set[i])
			set[kept++] = set[i];
	hash = index_hash(view_of(set, kept * sizeof(*set)));
	found = find_set(m, hash, set, kept);
	return found >= 0 ? found : new_state(m, hash, set, kept);
}

int
machine_push(struct machine *m, uint32_t position)
{
	for (;; position++) {
		enum part_kind kind = m->places.at[position].part.kind;
		uint32_t *slot;

		if (kind == PART_END)
			return 0;
		slot = vector_push(&m->scratch);
		if (!slot)
			return -ENOMEM;
		*slot = position;
		if (kind != PART_DEEP && kind != PART_LEVEL)
			return 0;
	}
}

static int
add_place(struct machine *m, const struct part *part, uint32_t target)
{
	struct place *place = vector_push(&m->places);

	if (!place)
		return -ENOMEM;
	*place = (struct place){ .part = *part, .target = target };
	if (part->kind != PART_LITERAL && part->kind != PART_GLOB)
		return 0;
	place->folded = arena_take(&m->arena, (size_t)part->n * 2 + 2, 2);
	return place->folded ? 0 : -ENOMEM;
}

static int
add_target(struct machine *m, const struct target *target, uint32_t *ret_number)
{
	struct target *slot = vector_push(&m->targets);

	if (!slot)
		return -ENOMEM;
	*slot = *target;
	*ret_number = (uint32_t)m->targets.n - 1;
	return 0;
}

static void
fold_place(const struct machine *m, struct place *place)
{
	if (!place->folded)
		return;
	for (uint32_t i = 0; i < place->part.n; i++)
		place->folded[i] = m->fold.to[place->part.units[i]];
	place->hash = hash_units(place->folded, place->part.n);
}

static int
add_parts(struct machine *m, const struct part *parts, uint32_t n, uint32_t target)
{
	int r = 0;

	for (uint32_t i = 0; i < n && r == 0; i++) {
		r = add_place(m, &parts[i], target);
		if (r == 0)
			fold_place(m, &m->places.at[m->places.n - 1]);
	}
	return r;
}

int
machine_add(struct machine *m, const char *base, const struct pattern *pattern, const struct target *target,
	    uint32_t *ret_start)
{
	static const struct part end = { .kind = PART_END };
	uint32_t start = (uint32_t)m->places.n, number;
	struct pattern folders = { .n = 0 };
	struct target bound = *target;
	const char *why;
	int r = 0;

	if (*base)
		r = pattern_literal(&m->arena, base, &folders, &why);
	if (r < 0)
		return r;
	bound.base = folders.n + (pattern->n - 1); /* of use to regular expressions: base and '**' */
	r = add_target(m, &bound, &number);
	if (r == 0)
		r = add_parts(m, folders.parts, folders.n, number);
	if (r == 0)
		r = add_parts(m, pattern->parts, pattern->n, number);
	if (r == 0)
		r = add_parts(m, &end, 1, number);
	*ret_start = start;
	return r;
}

int
machine_add_anywhere(struct machine *m, const struct part *name, const struct target *target)
{
	uint32_t number, *slot;
	int r = add_target(m, target, &number);

	if (r == 0)
		r = add_parts(m, name, 1, number);
	if (r < 0)
		return r;
	slot = vector_push(&m->anywhere_places);
	if (!slot)
		return -ENOMEM;
	*slot = (uint32_t)m->places.n - 1;
	return lookup_add(m, &m->anywhere, *slot);
}

static int
refold(struct machine *m)
{
	int r = 0;

	for (size_t i = 0; i < m->places.n; i++)
		fold_place(m, &m->places.at[i]);
	lookup_clear(&m->anywhere);
	for (size_t i = 0; i < m->anywhere_places.n && r == 0; i++)
		r = lookup_add(m, &m->anywhere, m->anywhere_places.at[i]);
	for (size_t i = 0; i < m->states.n && r == 0; i++)
		r = state_names(m, &m->states.at[i]);
	return r;
}

int
machine_fold(struct machine *m, const struct upcase *fold)
{
	int r = 0;

	if (fold == m->fold_seen)
		return 0;
	if (memcmp(&m->fold, fold, sizeof(*fold))) {
		m->fold = *fold;
		r = refold(m);
	}
	if (r == 0)
		m->fold_seen = fold;
	return r;
}

int
machine_start(struct machine *m)
{
	int64_t none;

	upcase_default(&m->fold);
	none = machine_state(m, NULL, 0);
	if (none < 0)
		return (int)none;
	return matching_new(&m->matching);
}

void
machine_free(struct machine *m)
{
	for (size_t i = 0; i < m->states.n; i++) {
		struct state *state = &m->states.at[i];

		lookup_free(&state->folders);
		lookup_free(&state->files);
		vector_free(&state->every);
		vector_free(&state->regexes);
	}
	lookup_free(&m->anywhere);
	index_free(&m->by_set);
	vector_free(&m->places);
	vector_free(&m->targets);
	vector_free(&m->states);
	vector_free(&m->anywhere_places);
	vector_free(&m->scratch);
	matching_free(m->matching);
	arena_free(&m->arena);
}

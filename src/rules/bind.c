/* bind.c - the rules for one source of records, held against the fields that it has. */
#include <errno.h>

#include "literals.h"
#include "own.h"

enum { SET_LITERALS_MAX = 3072 }; /* what others look for at the same time needs room, too */

/* Answers that are possible at all: bits by enum sigma_answer. */
enum { CAN_NO = 1 << SIGMA_NO, CAN_UNKNOWN = 1 << SIGMA_UNKNOWN, CAN_YES = 1 << SIGMA_YES };

static int
put_place(struct sigma_set *set, const char *field, enum op op, uint32_t *ret_place)
{
	struct asked_place place, *slot;
	int r = source_place(set, field, op, &place);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < set->places.n; i++) {
		const struct asked_place *p = &set->places.at[i];

		if (p->kind == place.kind && p->slot == place.slot && p->query == place.query) {
			*ret_place = i;
			return 0;
		}
	}
	slot = vector_push(&set->places);
	if (!slot)
		return -ENOMEM;
	*slot = place;
	*ret_place = (uint32_t)set->places.n - 1;
	return 0;
}

static int
bind_tests(struct sigma_set *set, const struct parsed *parsed, struct bound_rule *bound)
{
	size_t n = parsed->test_count;
	uint32_t *places = arena_take(&set->arena, (n + 1) * sizeof(*places), _Alignof(uint32_t));
	uint32_t *others = arena_take(&set->arena, (n + 1) * sizeof(*others), _Alignof(uint32_t));
	int r = places && others ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++) {
		const struct test *test = &parsed->tests[i];

		r = put_place(set, test->field, test->op, &places[i]);
		if (r == 0 && test->op == OP_FIELD)
			r = put_place(set, test->other, test->op, &others[i]);
	}
	*bound = (struct bound_rule){ .parsed = parsed, .places = places, .others = others };
	return r;
}

/* ---- can it ever answer YES ---- */

static bool
is_absent(const struct sigma_set *set, uint32_t place)
{
	return set->places.at[place].kind == PLACE_ABSENT;
}

/* The field for whose absence this test is always unknown, or NULL. */
static const char *
missing(const struct sigma_set *set, const struct bound_rule *rule, uint32_t which)
{
	const struct test *test = &rule->parsed->tests[which];

	if (is_absent(set, rule->places[which]))
		return test->field;
	return test->op == OP_FIELD && is_absent(set, rule->others[which]) ? test->other : NULL;
}

static unsigned
possible(const struct sigma_set *set, const struct bound_rule *rule, uint32_t at)
{
	const struct node *node = &rule->parsed->nodes[at];
	const uint32_t *kids = rule->parsed->kids + node->first;
	unsigned some = 0, every = CAN_NO | CAN_UNKNOWN | CAN_YES, deciding;

	if (node->kind == NODE_TEST)
		return missing(set, rule, node->first) ? CAN_UNKNOWN : CAN_NO | CAN_UNKNOWN | CAN_YES;
	for (uint32_t i = 0; i < node->n; i++) {
		unsigned can = possible(set, rule, kids[i]);

		some |= can;
		every &= can;
	}
	if (node->kind == NODE_NOT)
		return (some & CAN_UNKNOWN) | (some & CAN_NO ? CAN_YES : 0) | (some & CAN_YES ? CAN_NO : 0);
	deciding = node->kind == NODE_AND ? CAN_NO : CAN_YES; /* one such kid decides, the other one needs all */
	return (some & (deciding | CAN_UNKNOWN)) | (every & (CAN_NO | CAN_YES) & ~deciding);
}

/* Names the fields that are missing, each once. */
static int
say_why(struct sigma_set *set, const struct bound_rule *rule, const char **ret_reason)
{
	CLEANUP(text_free) struct text text = { 0 };
	const struct parsed *p = rule->parsed;
	int r = text_adds(&text, "needs ");

	for (uint32_t i = 0, n = 0; i < p->test_count && r == 0; i++) {
		const char *field = missing(set, rule, i);
		bool said = !field;

		for (uint32_t k = 0; k < i && !said; k++) {
			const char *earlier = missing(set, rule, k);

			said = earlier && same_word(earlier, field);
		}
		if (!said)
			r = text_printf(&text, "%s%s", n++ ? ", " : "", field);
	}
	if (r == 0)
		r = text_printf(&text, ", which %s do not have",
				set->source->title ? set->source->title : "these logs");
	*ret_reason = r == 0 ? arena_copy(&set->arena, text_view(&text)) : NULL;
	return *ret_reason ? 0 : -ENOMEM;
}

/* ---- literals ---- */

/* A literal of a rule, while they are gathered. */
struct lead {
	struct view text;
	uint32_t rule;
};

static int
by_text(const void *a, const void *b)
{
	const struct lead *x = a, *y = b;
	int c = view_compare(x->text, y->text);

	return c ? c : (x->rule > y->rule) - (x->rule < y->rule);
}

typedef VECTOR(struct lead) leads;

static int
gather(struct sigma_set *set, uint32_t which, leads *all)
{
	struct sigma_bound *bound = &set->bound.at[which];
	literal_list list = { 0 };
	int r = literal_derive(set, &set->rules.at[which], &list, &bound->all);

	if (r == 0 && !bound->all && all->n + list.n > SET_LITERALS_MAX * 4)
		bound->all = true;
	for (size_t i = 0; i < list.n && r == 0 && !bound->all; i++) {
		struct lead *lead = vector_push(all);

		if (lead)
			*lead = (struct lead){ .text = list.at[i], .rule = which };
		else
			r = -ENOMEM;
	}
	set->all |= bound->all;
	vector_free(&list);
	return r;
}

/* Each literal once, and from each the way to its rules; a rule whose literals have no more room needs all records. */
static int
spread(struct sigma_set *set, const leads *all)
{
	struct view last = { 0 };
	uint32_t *at;

	for (size_t i = 0; i < all->n; i++) {
		const struct lead *lead = &all->at[i];
		struct view *slot;
		struct led *led;

		if (!i || !view_equal(lead->text, last)) {
			if (set->literals.n == SET_LITERALS_MAX) {
				set->bound.at[lead->rule].all = set->all = true;
				continue;
			}
			slot = vector_push(&set->literals);
			if (!slot)
				return -ENOMEM;
			*slot = last = lead->text;
		}
		led = vector_push(&set->led);
		if (!led)
			return -ENOMEM;
		*led = (struct led){ .literal = (uint32_t)set->literals.n - 1, .rule = lead->rule };
	}
	at = arena_take(&set->arena, (set->literals.n + 1) * sizeof(*at), _Alignof(uint32_t));
	if (!at)
		return -ENOMEM;
	for (size_t i = set->led.n; i > 0; i--)
		at[set->led.at[i - 1].literal] = (uint32_t)i - 1;
	at[set->literals.n] = (uint32_t)set->led.n;
	set->led_at = at;
	return 0;
}

static int
prepare_literals(struct sigma_set *set)
{
	leads all = { 0 };
	int r;

	set->company = arena_take(&set->arena, (set->rules.n + 1) * sizeof(*set->company), _Alignof(struct company));
	r = set->company ? 0 : -ENOMEM;
	for (uint32_t i = 0; i < set->rules.n && r == 0; i++) {
		set->company[i] = (struct company){ 0 };
		if (!set->bound.at[i].reason)
			r = gather(set, i, &all);
		if (r == 0 && !set->bound.at[i].reason)
			r = company_derive(set, &set->rules.at[i], &set->company[i]);
	}
	vector_sort(&all, by_text);
	if (r == 0)
		r = spread(set, &all);
	if (r == 0 && set->literals.n)
		r = literals_open(set->literals.at, set->literals.n, &set->search);
	vector_free(&all);
	return r;
}

/* ---- */

static int
bind_rule(struct sigma_set *set, const struct parsed *parsed)
{
	struct bound_rule *rule = vector_push(&set->rules);
	struct sigma_bound *bound = vector_push(&set->bound);
	int r = rule && bound ? bind_tests(set, parsed, rule) : -ENOMEM;

	if (r < 0)
		return r;
	bound->rule = parsed->rule;
	return possible(set, rule, parsed->root) & CAN_YES ? 0 : say_why(set, rule, &bound->reason);
}

int
sigma_bind(const struct sigma *sigma, const struct sigma_source *source, struct sigma_set **ret_set)
{
	CLEANUP(sigma_set_free) struct sigma_set *set = calloc(1, sizeof(*set));
	int r = set ? 0 : -ENOMEM;

	if (set)
		set->source = source;
	for (size_t i = 0; i < sigma->rules.n && r == 0; i++)
		if (source_wanted(source, &sigma->rules.at[i]))
			r = bind_rule(set, &sigma->rules.at[i]);
	if (r == 0)
		r = prepare_literals(set);
	if (r < 0)
		return r;
	*ret_set = TAKE(set);
	return 0;
}

struct sigma_set *
sigma_set_free(struct sigma_set *set)
{
	if (!set)
		return NULL;
	literals_close(set->search);
	vector_free(&set->slots);
	vector_free(&set->places);
	vector_free(&set->rules);
	vector_free(&set->bound);
	vector_free(&set->literals);
	vector_free(&set->led);
	vector_free(&set->companions);
	arena_free(&set->arena);
	free(set);
	return NULL;
}

size_t
sigma_set_rules(const struct sigma_set *set, const struct sigma_bound **ret_bound)
{
	*ret_bound = set->bound.at;
	return set->bound.n;
}

size_t
sigma_set_literals(const struct sigma_set *set, const struct view **ret_literals, bool *ret_all)
{
	*ret_literals = set->literals.at;
	*ret_all = set->all;
	return set->literals.n;
}

bool
sigma_set_wants(const struct sigma_set *set, uint32_t literal, struct view raw, uint8_t separator)
{
	struct company_view view;
	bool wanted = set->all;

	if (!wanted)
		company_see(&view, raw, separator);
	for (uint32_t i = set->led_at[literal]; i < set->led_at[literal + 1] && !wanted; i++)
		wanted = company_there(set, set->led.at[i].rule, &view);
	return wanted;
}

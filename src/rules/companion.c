/* companion.c - what a rule needs of a record beside the literal that led to it: spares most of those records, too. */
#include <assert.h>
#include <errno.h>

#include "run.h"

enum {
	TEXTS_MAX = 32, /* of one companion; longer lists are left to the rule */
	COMPANY_MAX = 8,
};

/* A value that must not be there. */
struct refusal {
	uint32_t place;
	struct view text;
};

struct gathering {
	struct sigma_set *set;
	const struct bound_rule *rule;
	VECTOR(struct companion) list;
	VECTOR(struct refusal) refusals;
};

/* The place that a test, or each of several, is asked of. */
static uint32_t
place_of(const struct gathering *g, const struct node *node)
{
	const uint32_t *kids = g->rule->parsed->kids + node->first;
	uint32_t place = UINT32_MAX;

	if (node->kind == NODE_TEST)
		return g->rule->places[node->first];
	for (uint32_t i = 0; i < node->n; i++) {
		const struct node *kid = &g->rule->parsed->nodes[kids[i]];

		if (kid->kind != NODE_TEST || (i && g->rule->places[kid->first] != place))
			return UINT32_MAX;
		place = g->rule->places[kid->first];
	}
	return place;
}

static uint32_t
rarest(struct view text)
{
	static const char common[] = "e0/1ato.2s-rin3lc45d+,m:hp;u6789g=fb"; /* what is not here is rarer still */
	size_t best = 0, best_rank = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char *at = memchr(common, text.p[i], sizeof(common) - 1);
		size_t rank = at ? (size_t)(at - common) : sizeof(common);

		if (rank > best_rank) {
			best = i;
			best_rank = rank;
		}
	}
	return (uint32_t)best;
}

static int
add(struct gathering *g, const struct need *need, uint32_t place)
{
	struct beside *texts = arena_take(&g->set->arena, need->list.n * sizeof(*texts), _Alignof(struct beside));
	struct companion *new = texts ? vector_push(&g->list) : NULL;

	if (!new)
		return -ENOMEM;
	for (size_t i = 0; i < need->list.n; i++) {
		struct view text = need->list.at[i];
		bool starts = text.p[0] == EDGE, ends = text.p[text.n - 1] == EDGE;

		text = view_part(text, starts, text.n - starts - ends);
		texts[i] = (struct beside){ .text = text, .rare = rarest(text), .starts = starts, .ends = ends };
	}
	*new = (struct companion){
		.texts = texts, .n = (uint32_t)need->list.n, .encoded = need->encoded, .place = place
	};
	return 0;
}

/* Remembers a whole value that a field must not have. */
static int
refuse(struct gathering *g, const struct node *node)
{
	const struct test *test = &g->rule->parsed->tests[node->first];
	const struct glob *glob = &test->glob;
	uint32_t place = g->rule->places[node->first];
	enum place_kind kind = g->set->places.at[place].kind;
	struct refusal *new;
	char *copy;

	if (test->op != OP_TEXT || test->cased || glob->open_start || glob->open_end || glob->n != 1 ||
	    !glob->pieces[0].bytes || !glob->pieces[0].n || (kind != PLACE_FIELD && kind != PLACE_STEM))
		return 0;
	copy = arena_copy(&g->set->arena, view_of(glob->pieces[0].bytes, glob->pieces[0].n));
	new = copy ? vector_push(&g->refusals) : NULL;
	if (!new)
		return -ENOMEM;
	fold_text((uint8_t *)copy, glob->pieces[0].n);
	*new = (struct refusal){ .place = place, .text = view_of(copy, glob->pieces[0].n) };
	return 0;
}

/* What must all be there is gone into; of all else, the best that one text can tell. */
static int
gather(struct gathering *g, uint32_t at, bool yes)
{
	const struct node *node = &g->rule->parsed->nodes[at];
	const uint32_t *kids = g->rule->parsed->kids + node->first;
	struct need need = { .plain = true };
	int r = 0;

	if (node->kind == NODE_TEST && !yes)
		return refuse(g, node);
	if (node->kind == NODE_NOT)
		return gather(g, kids[0], !yes);
	if (node->kind == (yes ? NODE_AND : NODE_OR)) {
		for (uint32_t i = 0; i < node->n && r == 0; i++)
			r = gather(g, kids[i], yes);
		return r;
	}
	r = need_of(g->set, g->rule, at, yes, &need);
	if (r == 0 && !need.all && need.list.n && need.list.n <= TEXTS_MAX && g->list.n < COMPANY_MAX)
		r = add(g, &need, place_of(g, node));
	need_free(&need);
	return r;
}

/* The companions know the values of the same place that must not be there. */
static int
add_refusals(struct gathering *g, struct companion *c)
{
	struct view *without = arena_take(&g->set->arena, (g->refusals.n + 1) * sizeof(*without), _Alignof(struct view));

	if (!without)
		return -ENOMEM;
	c->without = without;
	for (size_t i = 0; i < g->refusals.n && c->place != UINT32_MAX && !c->encoded; i++)
		if (g->refusals.at[i].place == c->place)
			without[c->without_n++] = g->refusals.at[i].text;
	for (uint32_t i = 0; i < c->n; i++)
		if (!c->texts[i].starts)
			c->without_n = 0;
	return 0;
}

static bool
same_texts(const struct companion *a, const struct companion *b)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (!view_equal(a->texts[i].text, b->texts[i].text) || a->texts[i].starts != b->texts[i].starts ||
		    a->texts[i].ends != b->texts[i].ends)
			return false;
	for (uint32_t i = 0; i < a->without_n; i++)
		if (!view_equal(a->without[i], b->without[i]))
			return false;
	return true;
}

/* The place of a companion among those of the set, where it is put if no other rule has it. */
static int
share(struct sigma_set *set, const struct companion *c, uint32_t *ret_at)
{
	struct companion *new;

	for (*ret_at = 0; *ret_at < set->companions.n; ++*ret_at) {
		const struct companion *other = &set->companions.at[*ret_at];

		if (other->n == c->n && other->encoded == c->encoded && other->without_n == c->without_n && same_texts(other, c))
			return 0;
	}
	new = vector_push(&set->companions);
	if (!new)
		return -ENOMEM;
	*new = *c;
	return 0;
}

int
company_derive(struct sigma_set *set, const struct bound_rule *rule, struct company *ret)
{
	struct gathering g = { .set = set, .rule = rule };
	uint32_t *at = NULL;
	int r = gather(&g, rule->parsed->root, true);

	if (r == 0)
		at = arena_take(&set->arena, (g.list.n + 1) * sizeof(*at), _Alignof(uint32_t));
	*ret = (struct company){ .at = at };
	for (size_t i = 0; at && i < g.list.n && set->companions.n < COMPANIONS_MAX && r == 0; i++) {
		r = add_refusals(&g, &g.list.at[i]);
		if (r == 0)
			r = share(set, &g.list.at[i], &at[ret->n++]);
	}
	vector_free(&g.list);
	vector_free(&g.refusals);
	return at ? r : -ENOMEM;
}

/* Whether a value may end beside this byte; path and query may be one. */
static bool
is_edge(uint8_t byte, uint8_t separator)
{
	return byte == separator || byte == '?' || byte == '\r';
}

static bool
stands_at(struct view text, size_t at, const struct beside *b, uint8_t separator)
{
	size_t end = at + b->text.n;

	if (text.p[at] != b->text.p[0])
		return false;
	if (separator && b->starts && at && !is_edge(text.p[at - 1], separator))
		return false;
	if (separator && b->ends && end != text.n && !is_edge(text.p[end], separator))
		return false;
	return !memcmp(text.p + at, b->text.p, b->text.n);
}

/* Whether the value that begins here, as one of its field, is one that must not be there. */
static bool
is_refused(struct view text, size_t at, const struct companion *c, uint8_t separator)
{
	if (at && text.p[at - 1] != separator)
		return false;
	for (uint32_t i = 0; i < c->without_n; i++) {
		size_t n = c->without[i].n;

		if (n > text.n - at || memcmp(text.p + at, c->without[i].p, n))
			continue;
		if (at + n == text.n || text.p[at + n] == separator ||
		    (text.p[at + n] == '\r' && at + n + 1 == text.n))
			return true;
	}
	return false;
}

static bool
holds(const struct company_view *view, const struct companion *c, const struct beside *b)
{
	struct view text = view->text;
	const uint8_t *p = text.p + b->rare, *end = text.p + text.n;

	if (b->text.n > text.n)
		return false;
	end -= b->text.n - 1 - b->rare;
	while ((p = memchr(p, b->text.p[b->rare], (size_t)(end - p)))) {
		size_t at = (size_t)(p - text.p) - b->rare;

		if (stands_at(text, at, b, view->separator) &&
		    !(view->separator && is_refused(text, at, c, view->separator)))
			return true;
		p++;
	}
	return false;
}

static bool
is_there(const struct company_view *view, const struct companion *c)
{
	bool there = c->encoded && memchr(view->text.p, '%', view->text.n);

	for (uint32_t k = 0; k < c->n && !there; k++)
		there = holds(view, c, &c->texts[k]);
	return there;
}

/* So many bytes at once are a few vectors to the compiler. */
enum { FOLD_STEP = 32 };
static_assert(FOLDED_MAX % FOLD_STEP == 0, "a record is folded in whole steps");

static void
fold_step(uint8_t *p)
{
	for (int i = 0; i < FOLD_STEP; i++)
		p[i] = (uint8_t)(p[i] + (p[i] >= 'A' && p[i] <= 'Z' ? 'a' - 'A' : 0));
}

void
company_see(struct company_view *view, struct view raw, uint8_t separator)
{
	view->text = view_of(NULL, 0);
	view->separator = separator;
	memset(view->known, 0, sizeof(view->known));
	if (!raw.n || raw.n > sizeof(view->folded))
		return;
	memcpy(view->folded, raw.p, raw.n);
	memset(view->folded + raw.n, 0, -raw.n % FOLD_STEP);
	for (size_t i = 0; i < raw.n; i += FOLD_STEP)
		fold_step(view->folded + i);
	view->text = view_of(view->folded, raw.n);
}

bool
company_there(const struct sigma_set *set, uint32_t rule, struct company_view *view)
{
	enum { NOT_THERE = 1, THERE };
	const struct company *company = &set->company[rule];

	for (uint32_t i = 0; i < company->n && view->text.n; i++) {
		uint8_t *known = &view->known[company->at[i]];

		if (!*known)
			*known = is_there(view, &set->companions.at[company->at[i]]) ? THERE : NOT_THERE;
		if (*known == NOT_THERE)
			return false;
	}
	return true;
}

/* condition.c - the condition of a Sigma rule: and, or, not, parentheses, `1 of` and `all of`. */
#include <errno.h>

#include "own.h"

enum { TOKENS_MAX = 4096, WORD_MAX = 256 };

struct condition {
	struct building *b;
	unsigned line;
	const char *rest;
	char word[WORD_MAX]; /* the next token; "" at the end */
	size_t tokens;
	unsigned depth;
};

static int
wrong(struct condition *c, const char *what)
{
	return building_stop(c->b, RULE_FAILED, c->line, "condition: %s%s%s", what, c->word[0] ? " at " : " at its end",
			     c->word);
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-*.?", c));
}

/* Goes on to the next token: 0, or negative. */
static int
next(struct condition *c)
{
	size_t n = 0;

	c->rest += strspn(c->rest, " \t\r\n");
	while (is_word(c->rest[n]))
		n++;
	if (!n && *c->rest)
		n = 1;
	c->word[0] = 0;
	if (n >= WORD_MAX || ++c->tokens > TOKENS_MAX)
		return wrong(c, "too long");
	memcpy(c->word, c->rest, n);
	c->word[n] = 0;
	c->rest += n;
	if (!strcmp(c->word, "|"))
		return building_stop(c->b, RULE_NOT_EVALUABLE, c->line, "it asks for several records (|%.40s)",
				     c->rest);
	return 0;
}

static bool
at(const struct condition *c, const char *word)
{
	return same_word(c->word, word);
}

/* A name with '*' in it; '?' is not used by Sigma here. */
static bool
name_fits(const char *pattern, const char *name)
{
	const char *star = NULL, *back = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			back = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* `them` leaves out searches whose name begins with '_'. */
static int
of_searches(struct condition *c, enum node_kind kind, uint32_t *ret_node)
{
	VECTOR(uint32_t) nodes = { 0 };
	bool them = at(c, "them");
	int r = 0;

	for (size_t i = 0; i < c->b->searches.n && r == 0; i++) {
		const struct search *s = &c->b->searches.at[i];
		uint32_t *slot;

		if (them ? s->name[0] == '_' : !name_fits(c->word, s->name))
			continue;
		slot = vector_push(&nodes);
		if (slot)
			*slot = s->node;
		else
			r = -ENOMEM;
	}
	if (r == 0 && !nodes.n)
		r = wrong(c, "no search has such a name,");
	if (r == 0)
		r = building_node(c->b, kind, c->line, nodes.at, nodes.n, ret_node);
	vector_free(&nodes);
	return r == 0 ? next(c) : r;
}

static int
search(struct condition *c, uint32_t *ret_node)
{
	for (size_t i = 0; i < c->b->searches.n; i++) {
		if (!strcmp(c->b->searches.at[i].name, c->word)) {
			*ret_node = c->b->searches.at[i].node;
			return next(c);
		}
	}
	return wrong(c, "no search has such a name,");
}

/* A number or a name, and whether `of` stands behind it. */
static int
quantity(struct condition *c, uint32_t *ret_node)
{
	struct condition ahead = *c;
	bool all = at(c, "all"), any = at(c, "1") || at(c, "any");
	int r = next(&ahead);

	if (r < 0)
		return r;
	if (at(&ahead, "near"))
		return building_stop(c->b, RULE_NOT_EVALUABLE, c->line, "it asks for several records (near)");
	if (!at(&ahead, "of"))
		return search(c, ret_node);
	if (!all && !any)
		return building_stop(c->b, RULE_NOT_EVALUABLE, c->line, "condition: `%s of` is not part of Sigma 2",
				     c->word);
	*c = ahead;
	r = next(c);
	return r == 0 ? of_searches(c, all ? NODE_AND : NODE_OR, ret_node) : r;
}

static int either(struct condition *c, uint32_t *ret_node);

static int
primary(struct condition *c, uint32_t *ret_node)
{
	int r;

	if (strcmp(c->word, "(") != 0) {
		if (!is_word(c->word[0]) || at(c, "and") || at(c, "or") || at(c, "of") || at(c, "them"))
			return wrong(c, "a search is missing");
		return quantity(c, ret_node);
	}
	r = next(c);
	if (r == 0)
		r = either(c, ret_node);
	if (r < 0)
		return r;
	return strcmp(c->word, ")") != 0 ? wrong(c, "a closing parenthesis is missing") : next(c);
}

static int
negated(struct condition *c, uint32_t *ret_node)
{
	bool not = false;
	int r = 0;

	while (at(c, "not") && r == 0) {
		not = !not ;
		r = next(c);
	}
	if (r == 0)
		r = primary(c, ret_node);
	return r == 0 && not ? building_node(c->b, NODE_NOT, c->line, &(uint32_t){ *ret_node }, 1, ret_node) : r;
}

/* Operands with the same operator between them. */
static int
chain(struct condition *c, const char *word, enum node_kind kind, int (*operand)(struct condition *, uint32_t *),
      uint32_t *ret_node)
{
	VECTOR(uint32_t) nodes = { 0 };
	bool more = true;
	int r = 0;

	while (more && r == 0) {
		uint32_t *slot = vector_push(&nodes);

		r = slot ? operand(c, slot) : -ENOMEM;
		more = r == 0 && at(c, word);
		if (more)
			r = next(c);
	}
	if (r == 0)
		r = building_node(c->b, kind, c->line, nodes.at, nodes.n, ret_node);
	vector_free(&nodes);
	return r;
}

static int
both(struct condition *c, uint32_t *ret_node)
{
	return chain(c, "and", NODE_AND, negated, ret_node);
}

static int
either(struct condition *c, uint32_t *ret_node)
{
	int r;

	if (++c->depth > SIGMA_DEPTH_MAX)
		return wrong(c, "too many parentheses");
	r = chain(c, "or", NODE_OR, both, ret_node);
	c->depth--;
	return r;
}

int
condition_parse(struct building *b, const char *text, unsigned line, uint32_t *ret_node)
{
	struct condition c = { .b = b, .line = line, .rest = text };
	int r = next(&c);

	if (r == 0)
		r = either(&c, ret_node);
	return r == 0 && c.word[0] ? wrong(&c, "an operator is missing") : r;
}

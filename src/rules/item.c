/* item.c - one line of a Sigma search, `field|modifiers: values`, as tests of that field. */
#include <errno.h>

#include "own.h"

enum { TRANSFORMS_MAX = 8, MODIFIERS_MAX = 16 };

enum transform { TO_UTF16LE, TO_UTF16BE, TO_UTF16, TO_BASE64, TO_BASE64OFFSET, TO_WINDASH };

/* What the modifiers of a line ask for. */
struct wish {
	bool contains, starts, ends, all, cased, not_equal, expr, network, exists, field, number;
	unsigned expr_flags;
	enum compare compare;
	enum time_part part;
	enum transform transforms[TRANSFORMS_MAX];
	size_t transform_count;
};

static const struct {
	const char *name;
	size_t at; /* of the bool within struct wish */
} switches[] = {
	{ "contains", offsetof(struct wish, contains) }, { "startswith", offsetof(struct wish, starts) },
	{ "endswith", offsetof(struct wish, ends) },     { "all", offsetof(struct wish, all) },
	{ "cased", offsetof(struct wish, cased) },       { "neq", offsetof(struct wish, not_equal) },
	{ "re", offsetof(struct wish, expr) },           { "cidr", offsetof(struct wish, network) },
	{ "exists", offsetof(struct wish, exists) },     { "fieldref", offsetof(struct wish, field) },
};

static const struct {
	const char *name;
	enum transform transform;
} transforms[] = {
	{ "wide", TO_UTF16LE },  { "utf16le", TO_UTF16LE },           { "utf16be", TO_UTF16BE }, { "utf16", TO_UTF16 },
	{ "base64", TO_BASE64 }, { "base64offset", TO_BASE64OFFSET }, { "windash", TO_WINDASH },
};

static const struct {
	const char *name;
	enum compare compare;
} compares[] = {
	{ "lt", COMPARE_LESS },
	{ "lte", COMPARE_LESS_EQUAL },
	{ "gt", COMPARE_GREATER },
	{ "gte", COMPARE_GREATER_EQUAL },
};

static const struct {
	const char *name;
	enum time_part part;
} parts[] = {
	{ "minute", PART_MINUTE }, { "hour", PART_HOUR },   { "day", PART_DAY },
	{ "week", PART_WEEK },     { "month", PART_MONTH }, { "year", PART_YEAR },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- modifiers ---- */

static bool
take_switch(struct wish *w, const char *name)
{
	for (size_t i = 0; i < COUNT(switches); i++)
		if (!strcmp(name, switches[i].name))
			return *((bool *)((char *)w + switches[i].at)) = true;
	return false;
}

static bool
take_transform(struct wish *w, const char *name)
{
	for (size_t i = 0; i < COUNT(transforms) && w->transform_count < TRANSFORMS_MAX; i++) {
		if (!strcmp(name, transforms[i].name)) {
			w->transforms[w->transform_count++] = transforms[i].transform;
			return true;
		}
	}
	return false;
}

static bool
take_number(struct wish *w, const char *name)
{
	for (size_t i = 0; i < COUNT(compares); i++) {
		if (!strcmp(name, compares[i].name)) {
			w->compare = compares[i].compare;
			return w->number = true;
		}
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!strcmp(name, parts[i].name)) {
			w->part = parts[i].part;
			return w->number = true;
		}
	}
	return false;
}

/* i, m and s stand behind `re` alone. */
static bool
take_flag(struct wish *w, const char *name)
{
	static const char flags[] = "ims";
	const char *at = name[0] && !name[1] ? strchr(flags, name[0]) : NULL;

	if (!w->expr || !at)
		return false;
	w->expr_flags |= 1u << (at - flags);
	return true;
}

static int
take_modifier(struct building *b, struct wish *w, const char *name, unsigned line)
{
	if (take_switch(w, name) || take_transform(w, name) || take_number(w, name) || take_flag(w, name))
		return 0;
	if (!strcmp(name, "expand"))
		return building_stop(b, RULE_NOT_EVALUABLE, line, "its placeholders (|expand) have no values here");
	return building_stop(b, RULE_NOT_EVALUABLE, line, "unknown modifier |%s", name);
}

/* Ways of comparing exclude each other; texts alone can be encoded and open at an end. */
static bool
makes_sense(const struct wish *w)
{
	int ways = w->expr + w->network + w->exists + w->field + w->number;
	bool ends = w->contains || w->starts || w->ends;

	if (ways > 1 || (ways && (w->transform_count || (w->cased && !w->field))))
		return false;
	return !ends || !ways || w->field;
}

/* Cuts the key at its '|': the field, in the arena, and the wish. */
static int
parse_key(struct building *b, const char *key, unsigned line, const char **ret_field, struct wish *w)
{
	char *copy = arena_copy(&b->sigma->arena, view_text(key)), *next = copy ? strchr(copy, '|') : NULL;
	int n = 0, r = 0;

	if (!copy)
		return -ENOMEM;
	while (next && r == 0) {
		char *name = next + 1;

		*next = 0;
		next = strchr(name, '|');
		if (next)
			*next = 0;
		r = ++n > MODIFIERS_MAX ? building_stop(b, RULE_FAILED, line, "too many modifiers")
					: take_modifier(b, w, name, line);
		if (next)
			*next = '|';
	}
	*ret_field = copy;
	if (r == 0 && !makes_sense(w))
		r = building_stop(b, RULE_FAILED, line, "the modifiers of %s do not go together", key);
	return r;
}

/* ---- values ---- */

static bool
is_null(const struct tree *value)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; value->plain && i < COUNT(nulls); i++)
		if (!strcmp(value->text, nulls[i]))
			return true;
	return false;
}

static int
transform_one(struct building *b, enum transform to, unsigned line, units *u)
{
	units encoded = { 0 };
	int r;

	if (to == TO_WINDASH)
		return units_dash(u);
	if (!units_plain(u))
		return building_stop(b, RULE_FAILED, line, "a value with wildcards cannot be encoded");
	if (to != TO_BASE64)
		return units_wide(u, to == TO_UTF16LE ? WIDE_LE : to == TO_UTF16BE ? WIDE_BE : WIDE_MARKED);
	r = units_base64(u, -1, &encoded);
	vector_free(u);
	*u = encoded;
	return r;
}

static int
text_test(struct building *b, const struct wish *w, struct test *test, units *u, uint32_t *ret_node)
{
	bool keyword = !*test->field;
	int r = units_wrap(u, keyword || w->contains || w->ends, keyword || w->contains || w->starts);

	if (r == 0)
		r = glob_new(&b->sigma->arena, u, w->cased, &test->glob);
	test->op = u->n ? OP_TEXT : OP_EMPTY;
	return r == 0 ? building_test(b, test, ret_node) : r;
}

/* What the transforms from `from` on make of the value: |base64offset makes three of one. */
static int
text_tests(struct building *b, const struct wish *w, size_t from, struct test *test, units *u, uint32_t *ret_node)
{
	uint32_t nodes[BASE64_OFFSETS];
	int r = 0;

	for (; from < w->transform_count && w->transforms[from] != TO_BASE64OFFSET && r == 0; from++)
		r = transform_one(b, w->transforms[from], test->line, u);
	if (r < 0 || from == w->transform_count)
		return r < 0 ? r : text_test(b, w, test, u, ret_node);
	if (!units_plain(u))
		return building_stop(b, RULE_FAILED, test->line, "a value with wildcards cannot be encoded");
	if (from + 1 != w->transform_count)
		return building_stop(b, RULE_FAILED, test->line, "nothing can be done to a value behind |base64offset");
	for (int offset = 0; offset < BASE64_OFFSETS && r == 0; offset++) {
		units encoded = { 0 };

		r = units_base64(u, offset, &encoded);
		if (r == 0 && !encoded.n)
			r = building_stop(b, RULE_FAILED, test->line, "too short for |base64offset");
		if (r == 0)
			r = text_test(b, w, test, &encoded, &nodes[offset]);
		vector_free(&encoded);
	}
	return r == 0 ? building_node(b, NODE_OR, test->line, nodes, BASE64_OFFSETS, ret_node) : r;
}

static int
text_value(struct building *b, const struct wish *w, struct test *test, uint32_t *ret_node)
{
	units u = { 0 };
	int r = units_parse(view_text(test->value), &u);

	if (r == 0)
		r = text_tests(b, w, 0, test, &u, ret_node);
	vector_free(&u);
	return r;
}

static int
expr_value(struct building *b, const struct wish *w, struct test *test, uint32_t *ret_node)
{
	struct expr **slot = vector_push(&b->sigma->exprs);
	char why[200];
	int r = slot ? expr_new(test->value, w->expr_flags, slot, why, sizeof(why)) : -ENOMEM;

	if (r == -EINVAL)
		return building_stop(b, RULE_FAILED, test->line, "regular expression, %s", why);
	if (r < 0)
		return r;
	test->op = OP_EXPR;
	test->expr = *slot;
	test->pattern = test->value;
	test->cased = !(w->expr_flags & EXPR_CASELESS);
	return building_test(b, test, ret_node);
}

static int
exists_value(struct building *b, struct test *test, uint32_t *ret_node)
{
	bool yes = same_word(test->value, "true") || same_word(test->value, "yes");
	uint32_t exists;
	int r;

	if (!yes && !same_word(test->value, "false") && !same_word(test->value, "no"))
		return building_stop(b, RULE_FAILED, test->line, "|exists takes true or false");
	test->op = OP_EXISTS;
	r = building_test(b, test, &exists);
	if (r == 0 && !yes)
		return building_node(b, NODE_NOT, test->line, &exists, 1, ret_node);
	*ret_node = exists;
	return r;
}

static int
number_value(struct building *b, const struct wish *w, struct test *test, uint32_t *ret_node)
{
	test->op = OP_NUMBER;
	test->compare = w->compare;
	test->part = w->part;
	if (!number_parse(view_text(test->value), &test->number))
		return building_stop(b, RULE_FAILED, test->line, "%s needs a number", test->key);
	return building_test(b, test, ret_node);
}

static int
other_value(struct building *b, const struct wish *w, struct test *test, uint32_t *ret_node)
{
	test->op = OP_FIELD;
	test->other = test->value;
	test->open_start = w->contains || w->ends;
	test->open_end = w->contains || w->starts;
	test->cased = w->cased;
	return building_test(b, test, ret_node);
}

static int
null_value(struct building *b, const struct wish *w, struct test *test, uint32_t *ret_node)
{
	if (!*test->field || w->expr || w->network || w->exists || w->field || w->number || w->contains || w->starts ||
	    w->ends || w->transform_count)
		return building_stop(b, RULE_FAILED, test->line, "%s cannot be held against null", test->key);
	test->op = OP_EMPTY;
	test->value = "null";
	return building_test(b, test, ret_node);
}

static int
value_parse(struct building *b, const struct wish *w, struct test *test, const struct tree *value, uint32_t *ret_node)
{
	if (value->kind != TREE_TEXT)
		return building_stop(b, RULE_FAILED, value->line, "a value must be a text, a number or null");
	if (value->n > SIGMA_VALUE_MAX || value->n != strlen(value->text))
		return building_stop(b, RULE_FAILED, value->line, "a value that is too long or holds a NUL");
	test->line = value->line;
	test->value = arena_copy(&b->sigma->arena, view_text(value->text));
	if (!test->value)
		return -ENOMEM;
	if (is_null(value))
		return null_value(b, w, test, ret_node);
	if (w->expr)
		return expr_value(b, w, test, ret_node);
	if (w->exists)
		return exists_value(b, test, ret_node);
	if (w->number)
		return number_value(b, w, test, ret_node);
	if (w->field)
		return other_value(b, w, test, ret_node);
	if (!w->network)
		return text_value(b, w, test, ret_node);
	test->op = OP_NETWORK;
	if (!network_parse(view_text(test->value), &test->network))
		return building_stop(b, RULE_FAILED, test->line, "%s is no network", test->value);
	return building_test(b, test, ret_node);
}

int
item_parse(struct building *b, const char *key, const struct tree *value, uint32_t *ret_node)
{
	VECTOR(uint32_t) nodes = { 0 };
	struct test test = { .line = value->line };
	struct wish w = { 0 };
	int r = parse_key(b, key, value->line, &test.field, &w);

	test.key = arena_copy(&b->sigma->arena, view_text(key));
	if (r == 0 && !test.key)
		r = -ENOMEM;
	for (const struct tree *one = value->kind == TREE_LIST ? value->first : value; one && r == 0;
	     one = value->kind == TREE_LIST ? one->next : NULL) {
		struct test copy = test;
		uint32_t *slot = vector_push(&nodes);

		r = slot ? value_parse(b, &w, &copy, one, slot) : -ENOMEM;
	}
	if (r == 0)
		r = building_node(b, w.all ? NODE_AND : NODE_OR, value->line, nodes.at, nodes.n, ret_node);
	if (r == 0 && w.not_equal)
		r = building_node(b, NODE_NOT, value->line, &(uint32_t){ *ret_node }, 1, ret_node);
	vector_free(&nodes);
	return r;
}

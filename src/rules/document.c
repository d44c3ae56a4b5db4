/* document.c - the rules of one file of Sigma: where each applies, and what it looks for. */
#include <errno.h>

#include "own.h"

enum { KEYS_MAX = 512 }; /* of one map */

/* ---- searches ---- */

static int
check_map(struct building *b, const struct tree *map)
{
	const struct tree *twice;
	size_t n = 0;

	for (const struct tree *item = map->first; item; item = item->next)
		n++;
	if (n > KEYS_MAX)
		return building_stop(b, RULE_FAILED, map->line, "too many keys");
	twice = tree_twice(map);
	return twice ? building_stop(b, RULE_FAILED, twice->line, "%s stands here twice", twice->key) : 0;
}

/* A map is all of its lines, a list any of its items, a text a keyword. YAML's own limit bounds the depth. */
static int
search_parse(struct building *b, const struct tree *tree, uint32_t *ret_node)
{
	VECTOR(uint32_t) nodes = { 0 };
	int r = tree->kind == TREE_MAP ? check_map(b, tree) : 0;

	if (tree->kind == TREE_TEXT)
		return item_parse(b, "", tree, ret_node);
	for (const struct tree *item = tree->first; item && r == 0; item = item->next) {
		uint32_t *slot = vector_push(&nodes);

		if (!slot)
			r = -ENOMEM;
		else if (tree->kind == TREE_MAP)
			r = item_parse(b, item->key, item, slot);
		else
			r = search_parse(b, item, slot);
	}
	if (r == 0)
		r = building_node(b, tree->kind == TREE_MAP ? NODE_AND : NODE_OR, tree->line, nodes.at, nodes.n,
				  ret_node);
	vector_free(&nodes);
	return r;
}

static int
searches_parse(struct building *b, const struct tree *detection)
{
	int r = 0;

	for (const struct tree *item = detection->first; item && r == 0; item = item->next) {
		struct search *search;

		if (!strcmp(item->key, "condition"))
			continue;
		if (!strcmp(item->key, "timeframe"))
			return building_stop(b, RULE_NOT_EVALUABLE, item->line,
					     "it asks for several records (timeframe)");
		search = vector_push(&b->searches);
		if (!search)
			return -ENOMEM;
		search->name = item->key;
		r = search_parse(b, item, &search->node);
	}
	return r;
}

/* Several conditions: any of them. */
static int
conditions_parse(struct building *b, const struct tree *condition, struct parsed *parsed)
{
	CLEANUP(text_free) struct text text = { 0 };
	VECTOR(uint32_t) nodes = { 0 };
	bool list = condition->kind == TREE_LIST;
	int r = text_adds(&text, "");

	for (const struct tree *one = list ? condition->first : condition; one && r == 0;
	     one = list ? one->next : NULL) {
		uint32_t *slot = vector_push(&nodes);

		r = slot ? text_printf(&text, "%s%s", text.n ? ", or " : "", one->text) : -ENOMEM;
		if (r == 0)
			r = one->kind == TREE_TEXT ? condition_parse(b, one->text, one->line, slot)
						   : building_stop(b, RULE_FAILED, one->line, "condition: no text");
	}
	if (r == 0)
		r = building_node(b, NODE_OR, condition->line, nodes.at, nodes.n, &parsed->root);
	parsed->condition = arena_copy(&b->sigma->arena, text_view(&text));
	vector_free(&nodes);
	return r == 0 && !parsed->condition ? -ENOMEM : r;
}

static int
detection_parse(struct building *b, const struct tree *root, struct parsed *parsed)
{
	const struct tree *detection = tree_get(root, "detection"), *condition = tree_get(detection, "condition");
	int r;

	if (!detection || detection->kind != TREE_MAP)
		return building_stop(b, RULE_FAILED, root->line, "no detection");
	if (!condition)
		return building_stop(b, RULE_FAILED, detection->line, "no condition");
	r = check_map(b, detection);
	if (r == 0)
		r = searches_parse(b, detection);
	return r == 0 ? conditions_parse(b, condition, parsed) : r;
}

/* ---- where it applies ---- */

static int
logsource_parse(struct building *b, const struct tree *root, struct parsed *parsed)
{
	const struct tree *logsource = tree_get(root, "logsource");
	const char **texts[] = { &parsed->category, &parsed->product, &parsed->service };
	static const char *const keys[] = { "category", "product", "service" };
	bool any = false;

	if (!logsource || logsource->kind != TREE_MAP)
		return building_stop(b, RULE_FAILED, root->line, "no logsource");
	for (const struct tree *item = logsource->first; item; item = item->next) {
		size_t i = 0;

		while (i < 3 && strcmp(item->key, keys[i]) != 0)
			i++;
		if (i < 3) {
			any |= *item->text != 0;
			*texts[i] = arena_copy(&b->sigma->arena, view_text(item->text));
			if (!*texts[i])
				return -ENOMEM;
		} else if (strcmp(item->key, "definition") != 0) {
			return building_stop(b, RULE_NOT_EVALUABLE, item->line, "unknown part of its logsource: %s",
					     item->key);
		}
	}
	return any ? 0 : building_stop(b, RULE_FAILED, logsource->line, "a logsource that names nothing");
}

/* ---- rules ---- */

/* Documents of other kinds, each by the key that gives it away. */
static int
check_kind(struct building *b, const struct tree *root)
{
	static const char *const others[] = { "correlation", "filter", "action" };

	if (root->kind != TREE_MAP)
		return building_stop(b, RULE_FAILED, root->line, "not a rule");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct tree *other = tree_get(root, others[i]);

		if (other)
			return building_stop(b, RULE_NOT_EVALUABLE, other->line, "it is no rule on single records (%s)",
					     others[i]);
	}
	return check_map(b, root);
}

#define KEEP(arena, vector) keep((arena), (vector)->at, (vector)->n * sizeof(*(vector)->at))

static const void *
keep(struct arena *arena, const void *at, size_t n)
{
	void *copy = arena_take(arena, n + 1, 16);

	if (copy && n)
		memcpy(copy, at, n);
	return copy;
}

static int
rule_parse(struct building *b, const struct tree *root, struct parsed *parsed)
{
	struct arena *arena = &b->sigma->arena;
	int r = check_kind(b, root);

	if (r == 0)
		r = logsource_parse(b, root, parsed);
	if (r == 0)
		r = detection_parse(b, root, parsed);
	if (r < 0)
		return r;
	parsed->tests = KEEP(arena, &b->tests);
	parsed->nodes = KEEP(arena, &b->nodes);
	parsed->kids = KEEP(arena, &b->kids);
	parsed->test_count = (uint32_t)b->tests.n;
	parsed->node_count = (uint32_t)b->nodes.n;
	return parsed->tests && parsed->nodes && parsed->kids ? 0 : -ENOMEM;
}

static void
building_free(struct building *b)
{
	vector_free(&b->tests);
	vector_free(&b->nodes);
	vector_free(&b->kids);
	vector_free(&b->searches);
}

static int
take_document(struct sigma *sigma, const struct tree *root, const char *file, size_t number, sigma_told *told,
	      void *state)
{
	struct building b = { .sigma = sigma };
	struct parsed parsed = { .category = "", .product = "", .service = "" };
	struct parsed *slot;
	struct rule draft;
	int r = meaning_draft(sigma, root, file, number, &draft);

	if (r < 0)
		return r;
	r = rule_parse(&b, root, &parsed);
	building_free(&b);
	if (r < 0 && r != -EINVAL)
		return r;
	if (r < 0) {
		draft.state = b.state;
		draft.reason = b.reason;
	}
	r = told(state, &draft, draft.state == RULE_USED ? root->line : b.line, &parsed.rule);
	if (r < 0 || !parsed.rule || draft.state != RULE_USED)
		return r < 0 ? r : 0;
	slot = vector_push(&sigma->rules);
	if (!slot)
		return -ENOMEM;
	*slot = parsed;
	return 0;
}

/* One rule that stands for a file, or the rest of one, that cannot be read. */
static int
fail_file(struct sigma *sigma, const char *file, size_t number, const struct tree_error *error, sigma_told *told,
	  void *state)
{
	struct rule draft = {
		.kind = RULE_SIGMA, .state = RULE_FAILED, .technique = "", .cve = "", .author = "", .benign = ""
	};
	const struct rule *filed;

	draft.title = number ? "the rest of this file is not used" : "the rules of this file are not used";
	draft.id = meaning_name(sigma, file, number);
	draft.reason = arena_copy(&sigma->arena, view_text(error->what));
	if (!draft.id || !draft.reason)
		return -ENOMEM;
	return told(state, &draft, error->line, &filed);
}

int
sigma_parse(struct sigma *sigma, struct view yaml, const char *file, sigma_told *told, void *state)
{
	struct arena scratch = { 0 };
	struct tree_error error = { .what = "larger than 1 MiB", .line = 1 };
	struct tree *documents = NULL;
	size_t number = 0;
	int r = yaml.n > SIGMA_FILE_MAX ? -EINVAL : tree_parse(yaml, &scratch, &documents, &error);
	int bad = r;

	if (r == -EINVAL)
		r = 0;
	if (r == 0 && !bad && !documents) {
		error = (struct tree_error){ .what = "no rule in it", .line = 1 };
		bad = -EINVAL;
	}
	/* of a file that breaks off, the last document is not whole */
	for (const struct tree *root = documents; root && (!bad || root->next) && r == 0; root = root->next)
		r = take_document(sigma, root, file, number++, told, state);
	if (r == 0 && bad)
		r = fail_file(sigma, file, number, &error, told, state);
	arena_free(&scratch);
	return r;
}

int
sigma_new(struct sigma **ret_sigma)
{
	*ret_sigma = calloc(1, sizeof(**ret_sigma));
	return *ret_sigma ? 0 : -ENOMEM;
}

struct sigma *
sigma_free(struct sigma *sigma)
{
	if (!sigma)
		return NULL;
	for (size_t i = 0; i < sigma->exprs.n; i++)
		expr_free(sigma->exprs.at[i]);
	vector_free(&sigma->exprs);
	vector_free(&sigma->rules);
	arena_free(&sigma->arena);
	free(sigma);
	return NULL;
}

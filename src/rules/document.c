/* document.c - the rules of one file of Sigma: what each says of itself, where it applies, and what it looks for. */
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
		r = building_node(b, tree->kind == TREE_MAP ? NODE_AND : NODE_OR, tree->line, nodes.at, nodes.n, ret_node);
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
			return building_stop(b, RULE_NOT_EVALUABLE, item->line, "it asks for several records (timeframe)");
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

	for (const struct tree *one = list ? condition->first : condition; one && r == 0; one = list ? one->next : NULL) {
		uint32_t *slot = vector_push(&nodes);

		r = slot ? text_printf(&text, "%s%s", text.n ? ", or " : "", one->text) : -ENOMEM;
		if (r == 0)
			r = one->kind == TREE_TEXT ? condition_parse(b, one->text, one->line, slot) :
						     building_stop(b, RULE_FAILED, one->line, "condition: no text");
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
			return building_stop(b, RULE_NOT_EVALUABLE, item->line, "unknown part of its logsource: %s", item->key);
		}
	}
	return any ? 0 : building_stop(b, RULE_FAILED, logsource->line, "a logsource that names nothing");
}

/* ---- what it says of itself ---- */

static int
add_word(struct text *t, const char *word)
{
	int r = t->n ? text_addc(t, ' ') : 0;

	return r == 0 ? text_adds(t, word) : r;
}

/* "attack.t1505.003" -> T1505.003. */
static bool
is_technique(const char *tag)
{
	return (tag[0] == 't' || tag[0] == 'T') && strspn(tag + 1, "0123456789.") == strlen(tag + 1) && tag[1];
}

static void
take_stage(const char *tag, enum stage *stage)
{
	static const struct {
		const char *tag;
		enum stage stage;
	} others[] = {
		{ "reconnaissance", STAGE_RECON },
		{ "stealth", STAGE_DEFENSE_EVASION },
		{ "defense-impairment", STAGE_DEFENSE_EVASION },
		{ "defense_impairment", STAGE_DEFENSE_EVASION },
		{ "exfil", STAGE_EXFILTRATION },
	};

	if (*stage != STAGE_NONE || stage_parse(view_text(tag), stage))
		return;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (same_word(tag, others[i].tag))
			*stage = others[i].stage;
}

/* The first tactic is the stage; techniques and CVE numbers are all kept, with blanks between. */
static int
draft_tags(struct sigma *sigma, const struct tree *root, struct rule *draft)
{
	CLEANUP(text_free) struct text techniques = { 0 }, cves = { 0 };
	const struct tree *tags = tree_get(root, "tags");
	int r = text_adds(&techniques, "");

	if (r == 0)
		r = text_adds(&cves, "");
	for (const struct tree *tag = tags && tags->kind == TREE_LIST ? tags->first : NULL; tag && r == 0; tag = tag->next) {
		if (!strncasecmp(tag->text, "attack.", 7) && is_technique(tag->text + 7))
			r = add_word(&techniques, tag->text + 7);
		else if (!strncasecmp(tag->text, "attack.", 7))
			take_stage(tag->text + 7, &draft->stage);
		else if (!strncasecmp(tag->text, "cve.", 4) && (r = add_word(&cves, "CVE-")) == 0)
			r = text_adds(&cves, tag->text + 4 + (strncasecmp(tag->text + 4, "cve-", 4) ? 0 : 4));
	}
	for (size_t i = 0; i < techniques.n; i++)
		if (techniques.s[i] == 't')
			techniques.s[i] = 'T';
	for (size_t i = 0; i < cves.n; i++)
		if (cves.s[i] == '.' || cves.s[i] == '_')
			cves.s[i] = '-';
	draft->technique = arena_copy(&sigma->arena, text_view(&techniques));
	draft->cve = arena_copy(&sigma->arena, text_view(&cves));
	return r < 0 || !draft->technique || !draft->cve ? -ENOMEM : 0;
}

static int
draft_benign(struct sigma *sigma, const struct tree *root, struct rule *draft)
{
	CLEANUP(text_free) struct text text = { 0 };
	const struct tree *list = tree_get(root, "falsepositives");
	int r = text_adds(&text, list && list->kind == TREE_TEXT ? list->text : "");

	for (const struct tree *one = list ? list->first : NULL; one && r == 0; one = one->next)
		r = text_printf(&text, "%s%s", text.n ? "; " : "", one->text);
	draft->benign = arena_copy(&sigma->arena, text_view(&text));
	return r < 0 || !draft->benign ? -ENOMEM : 0;
}

/* A rule without an id goes by the name of its file, and the place in it behind the first. */
static const char *
name_rule(struct sigma *sigma, const char *file, size_t number)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');
	int n = (int)(dot ? dot - name : (long)strlen(name));

	return number ? arena_printf(&sigma->arena, "%.*s#%zu", n, name, number + 1) :
			arena_printf(&sigma->arena, "%.*s", n, name);
}

static int
draft_rule(struct sigma *sigma, const struct tree *root, const char *file, size_t number, struct rule *ret_draft)
{
	const char *id = tree_text(root, "id"), *title = tree_text(root, "title"), *level = tree_text(root, "level");
	int r;

	*ret_draft = (struct rule){ .kind = RULE_SIGMA, .level = LEVEL_MEDIUM, .reason = "" };
	ret_draft->id = *id ? arena_copy(&sigma->arena, view_text(id)) : name_rule(sigma, file, number);
	ret_draft->author = arena_copy(&sigma->arena, view_text(tree_text(root, "author")));
	if (!ret_draft->id || !ret_draft->author)
		return -ENOMEM;
	ret_draft->title = *title ? arena_copy(&sigma->arena, view_text(title)) : ret_draft->id;
	if (!ret_draft->title)
		return -ENOMEM;
	if (same_word(level, "informational"))
		ret_draft->level = LEVEL_INFO;
	else
		level_parse(view_text(level), &ret_draft->level);
	r = draft_tags(sigma, root, ret_draft);
	return r == 0 ? draft_benign(sigma, root, ret_draft) : r;
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
	int r = draft_rule(sigma, root, file, number, &draft);

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
	struct rule draft = { .kind = RULE_SIGMA, .state = RULE_FAILED, .technique = "", .cve = "", .author = "", .benign = "" };
	const struct rule *filed;

	draft.title = number ? "the rest of this file is not used" : "the rules of this file are not used";
	draft.id = name_rule(sigma, file, number);
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

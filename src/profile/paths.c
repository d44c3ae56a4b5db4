/* paths.c - names.csv: files whose very name or place speaks, whatever is in them. */
#include <errno.h>

#include "table.h"

enum column { ID, KIND, PATTERN, BASE, STAGE, TECHNIQUE, SCORE, UNLESS, WHY, SOURCE, CVE, COLUMNS };

static const char *const column_names[COLUMNS] = {
	"id", "kind", "pattern", "base", "stage", "technique", "score", "unless", "why", "source", "cve",
};

/* A score of public rule sets as a level; anything that is no number is none. */
bool
score_level(struct view score, enum level *ret_level)
{
	unsigned n = 0;

	for (size_t i = 0; i < score.n; i++) {
		if (score.p[i] < '0' || score.p[i] > '9' || n > 1000)
			return false;
		n = n * 10 + (unsigned)(score.p[i] - '0');
	}
	if (!score.n)
		return false;
	*ret_level = n >= 95   ? LEVEL_CRITICAL
		     : n >= 80 ? LEVEL_HIGH
		     : n >= 50 ? LEVEL_MEDIUM
		     : n >= 20 ? LEVEL_LOW
			       : LEVEL_INFO;
	return true;
}

/* The author is whoever published the name; the file it came from is in `source`, which is filled in later. */
static int
draft_rule(const struct table *t, struct rule *ret_draft)
{
	const struct origin *from = t->from;
	struct view why = table_cell(t, WHY);
	int r = 0;

	*ret_draft = (struct rule){
		.kind = RULE_PATH,
		.level = LEVEL_MEDIUM,
		.id = keep_text(from, table_cell(t, ID)),
		.title = keep_text(from, why.n ? why : table_cell(t, PATTERN)),
		.technique = keep_text(from, table_cell(t, TECHNIQUE)),
		.author = keep_text(from, table_cell(t, SOURCE)),
		.cve = keep_text(from, table_cell(t, CVE)),
	};
	if (!ret_draft->id || !ret_draft->title || !ret_draft->technique || !ret_draft->author || !ret_draft->cve)
		return -ENOMEM;
	if (table_cell(t, STAGE).n && !stage_parse(table_cell(t, STAGE), &ret_draft->stage))
		r = complain(from, t->csv.line, false, "%s: unknown stage %.*s", ret_draft->id,
			     (int)table_cell(t, STAGE).n, (const char *)table_cell(t, STAGE).p);
	if (r == 0 && !score_level(table_cell(t, SCORE), &ret_draft->level))
		r = complain(from, t->csv.line, false, "%s: no score that can be read; taken as medium", ret_draft->id);
	return r;
}

/* base\pattern; without a base the pattern may lie anywhere. */
static int
join(const struct table *t, struct view base, const char *between, struct view pattern, struct pattern *ret_pattern,
     const char **ret_why)
{
	CLEANUP(text_free) struct text path = { 0 };

	if (!base.n)
		base = view_text("%%" EVERY_VOLUME "%%\\**");
	if (text_add(&path, base) < 0 || text_adds(&path, between) < 0 || text_add(&path, pattern) < 0)
		return -ENOMEM;
	return pattern_parse(&t->from->profile->arena, path.s, ret_pattern, ret_why);
}

static bool
is_kind(const struct table *t, const char *kind)
{
	return view_equal(table_cell(t, KIND), view_text(kind));
}

/* The base alone tells a regular expression where its paths begin: it is met everywhere below. */
static int
parse_regex(const struct table *t, struct path_rule *rule, char *why, size_t why_size)
{
	struct profile *profile = t->from->profile;
	const char *pattern = keep_text(t->from, table_cell(t, PATTERN)), *problem = "";
	struct view base = table_cell(t, BASE);
	struct regex *regex, **slot;
	int r;

	if (!pattern)
		return -ENOMEM;
	if (!base.n)
		base = view_text("%%" EVERY_VOLUME "%%");
	r = join(t, base, "\\", view_text("**"), &rule->pattern, &problem);
	snprintf(why, why_size, "%s", problem);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i + 1 < rule->pattern.n; i++) {
		if (rule->pattern.parts[i].kind != PART_LITERAL) {
			snprintf(why, why_size, "the base of a regular expression must be without wildcards");
			return -EINVAL;
		}
	}
	r = regex_new(pattern, &regex, why, why_size);
	if (r < 0)
		return r;
	slot = vector_push(&profile->regexes);
	if (!slot) {
		regex_free(regex);
		return -ENOMEM;
	}
	rule->regex = *slot = regex;
	return 0;
}

static int
parse_pattern(const struct table *t, struct path_rule *rule, char *why, size_t why_size)
{
	const char *problem = "";
	int r = -EINVAL;

	if (is_kind(t, "regex"))
		return parse_regex(t, rule, why, why_size);
	if (is_kind(t, "path"))
		r = join(t, table_cell(t, BASE), "\\", table_cell(t, PATTERN), &rule->pattern, &problem);
	else if (is_kind(t, "name"))
		r = join(t, table_cell(t, BASE), table_cell(t, BASE).n ? "\\**\\" : "\\", table_cell(t, PATTERN),
			 &rule->pattern, &problem);
	else
		problem = "kind must be path, name or regex";
	snprintf(why, why_size, "%s", problem);
	return r;
}

/* One of several places between '|': a file, or a folder for the files that lie in it. */
static int
add_unless(const struct table *t, struct path_rule *rule, struct pattern *unless, struct view place)
{
	static const char *const inside[] = { "", "\\*" };
	CLEANUP(text_free) struct text path = { 0 };
	const char *why = "";

	for (size_t i = 0; i < 2; i++) {
		int r;

		text_cut(&path, 0);
		if (text_add(&path, place) < 0 || text_adds(&path, inside[i]) < 0)
			return -ENOMEM;
		r = join(t, table_cell(t, BASE), "\\", text_view(&path), &unless[rule->unless_count], &why);
		if (r == -EINVAL)
			return complain(t->from, t->csv.line, true, "unless %s: %s", path.s, why);
		if (r < 0)
			return r;
		rule->unless_count++;
	}
	return 0;
}

static int
parse_unless(const struct table *t, struct path_rule *rule)
{
	struct view rest = table_cell(t, UNLESS);
	struct pattern *unless;
	size_t n = 1;
	int r = 0;

	if (!rest.n)
		return 0;
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == '|';
	unless = arena_take(&t->from->profile->arena, n * 2 * sizeof(*unless), _Alignof(struct pattern));
	if (!unless)
		return -ENOMEM;
	rule->unless = unless;
	while (rest.n && r == 0) {
		const uint8_t *bar = memchr(rest.p, '|', rest.n);
		struct view place = view_of(rest.p, bar ? (size_t)(bar - rest.p) : rest.n);

		rest = view_from(rest, place.n + (bar != NULL));
		while (place.n && place.p[0] == ' ')
			place = view_from(place, 1);
		while (place.n && place.p[place.n - 1] == ' ')
			place.n--;
		if (place.n)
			r = add_unless(t, rule, unless, place);
	}
	return r;
}

/* What two rules of one id are compared by. */
static int
add_rule(const struct table *t, const struct rule *draft, struct path_rule *rule)
{
	static const int parts[] = { KIND, BASE, PATTERN, UNLESS };
	struct path_rule *slot;
	int r = table_rule(t, draft, parts, sizeof(parts) / sizeof(parts[0]), &rule->rule);

	if (r < 0 || !rule->rule || draft->state != RULE_USED)
		return r;
	slot = vector_push(&t->from->profile->paths);
	if (!slot)
		return -ENOMEM;
	*slot = *rule;
	return 0;
}

static int
load_row(const struct table *t)
{
	struct path_rule rule = { 0 };
	struct rule draft;
	char why[256] = "";
	int r;

	if (!table_cell(t, ID).n || !table_cell(t, PATTERN).n)
		return complain(t->from, t->csv.line, true, "a row without id or pattern");
	r = draft_rule(t, &draft);
	if (r < 0)
		return r;
	r = parse_pattern(t, &rule, why, sizeof(why));
	if (r == -EINVAL) {
		draft.state = RULE_FAILED;
		draft.reason = keep_text(t->from, view_text(why));
		r = draft.reason ? complain(t->from, t->csv.line, true, "%s: %s", draft.id, why) : -ENOMEM;
	} else if (r == 0) {
		r = parse_unless(t, &rule);
	}
	return r < 0 ? r : add_rule(t, &draft, &rule);
}

int
paths_load(const struct origin *from)
{
	return table_load(from, column_names, COLUMNS, BASE, load_row);
}

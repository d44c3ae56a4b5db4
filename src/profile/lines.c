/* lines.c - line rules: literals that a log is searched for, and what the lines that hold one must look like. */
#include <errno.h>

#include "literals.h"
#include "table.h"

enum column { ID, LITERALS, TITLE, REGEX, UNLESS, STAGE, TECHNIQUE, CVE, SCORE, BENIGN, SOURCE, COLUMNS };

static const char *const column_names[COLUMNS] = {
	"id", "literals", "title", "regex", "unless", "stage", "technique", "cve", "score", "benign", "source",
};

struct line_matcher {
	const struct profile *profile;
	struct matching *matching;
};

static int
draft_rule(const struct table *t, struct rule *ret_draft)
{
	*ret_draft = (struct rule){
		.kind = RULE_IOC,
		.level = LEVEL_MEDIUM,
		.id = keep_text(t->from, table_cell(t, ID)),
		.title = keep_text(t->from, table_cell(t, TITLE)),
		.technique = keep_text(t->from, table_cell(t, TECHNIQUE)),
		.cve = keep_text(t->from, table_cell(t, CVE)),
		.author = keep_text(t->from, table_cell(t, SOURCE)),
		.benign = keep_text(t->from, table_cell(t, BENIGN)),
	};
	if (!ret_draft->id || !ret_draft->title || !ret_draft->technique || !ret_draft->cve || !ret_draft->author ||
	    !ret_draft->benign)
		return -ENOMEM;
	if (table_cell(t, STAGE).n && !stage_parse(table_cell(t, STAGE), &ret_draft->stage))
		return complain(t->from, t->csv.line, false, "%s: unknown stage", ret_draft->id);
	if (!score_level(table_cell(t, SCORE), &ret_draft->level))
		return complain(t->from, t->csv.line, false, "%s: no score that can be read; taken as medium",
				ret_draft->id);
	return 0;
}

/* An empty cell is no expression. */
static int
compile(const struct table *t, enum column column, const struct regex **ret_regex, char *why, size_t why_size)
{
	struct profile *profile = t->from->profile;
	struct regex *regex, **slot;
	const char *text;
	int r;

	if (!table_cell(t, column).n)
		return 0;
	text = keep_text(t->from, table_cell(t, column));
	r = text ? regex_new(text, &regex, why, why_size) : -ENOMEM;
	if (r < 0)
		return r;
	slot = vector_push(&profile->regexes);
	if (!slot) {
		regex_free(regex);
		return -ENOMEM;
	}
	*ret_regex = *slot = regex;
	return 0;
}

/* Literals have `|` between them: any of them brings the line up. */
static int
add_literals(const struct table *t, uint32_t number, char *why, size_t why_size)
{
	struct profile *profile = t->from->profile;
	struct view rest = table_cell(t, LITERALS);

	while (rest.n) {
		const uint8_t *bar = memchr(rest.p, '|', rest.n);
		struct view one = view_of(rest.p, bar ? (size_t)(bar - rest.p) : rest.n);
		const char *unfit = literal_unfit(one), *copy = unfit ? NULL : keep_text(t->from, one);
		struct view *literal = copy ? vector_push(&profile->literals) : NULL;
		uint32_t *rule = literal ? vector_push(&profile->literal_rules) : NULL;

		if (unfit)
			return snprintf(why, why_size, "a literal %s", unfit) < 0 ? -ENOMEM : -EINVAL;
		if (!rule)
			return -ENOMEM;
		*literal = view_text(copy);
		*rule = number;
		rest = view_from(rest, one.n + (bar != NULL));
	}
	return 0;
}

static int
parse(const struct table *t, struct line_rule *line, char *why, size_t why_size)
{
	struct profile *profile = t->from->profile;
	size_t before = profile->literals.n;
	int r = compile(t, REGEX, &line->regex, why, why_size);

	if (r == 0)
		r = compile(t, UNLESS, &line->unless, why, why_size);
	if (r == 0)
		r = add_literals(t, (uint32_t)profile->lines.n, why, why_size);
	if (r < 0)
		profile->literals.n = profile->literal_rules.n = before;
	return r;
}

static int
add_rule(const struct table *t, const struct rule *draft, struct line_rule *line)
{
	static const int parts[] = { LITERALS, REGEX, UNLESS };
	struct profile *profile = t->from->profile;
	struct line_rule *slot;
	size_t kept = profile->literals.n;
	int r = table_rule(t, draft, parts, sizeof(parts) / sizeof(parts[0]), &line->rule);

	if (r == 0 && line->rule && draft->state == RULE_USED) {
		slot = vector_push(&profile->lines);
		if (!slot)
			return -ENOMEM;
		*slot = *line;
		return 0;
	}
	/* an id that is taken: its literals go again */
	while (kept && profile->literal_rules.at[kept - 1] == profile->lines.n)
		kept--;
	profile->literals.n = profile->literal_rules.n = kept;
	return r;
}

static int
load_row(const struct table *t)
{
	struct line_rule line = { 0 };
	struct rule draft;
	char why[256] = "";
	int r;

	if (!table_cell(t, ID).n || !table_cell(t, LITERALS).n || !table_cell(t, TITLE).n)
		return complain(t->from, t->csv.line, true, "a row without id, literals or title");
	r = draft_rule(t, &draft);
	if (r == 0)
		r = parse(t, &line, why, sizeof(why));
	if (r == -EINVAL) {
		draft.state = RULE_FAILED;
		draft.reason = keep_text(t->from, view_text(why));
		r = draft.reason ? complain(t->from, t->csv.line, true, "%s: %s", draft.id, why) : -ENOMEM;
	}
	return r < 0 ? r : add_rule(t, &draft, &line);
}

int
lines_load(const struct origin *from)
{
	return table_load(from, column_names, COLUMNS, REGEX, load_row);
}

size_t
profile_literals(const struct profile *profile, const struct view **ret_literals)
{
	*ret_literals = profile->literals.at;
	return profile->literals.n;
}

int
line_matcher_open(const struct profile *profile, struct line_matcher **ret_matcher)
{
	struct line_matcher *matcher = calloc(1, sizeof(*matcher));

	if (!matcher || matching_new(&matcher->matching) < 0) {
		free(matcher);
		return -ENOMEM;
	}
	matcher->profile = profile;
	*ret_matcher = matcher;
	return 0;
}

struct line_matcher *
line_matcher_close(struct line_matcher *matcher)
{
	if (matcher)
		matching_free(matcher->matching);
	free(matcher);
	return NULL;
}

const struct rule *
line_rule(struct line_matcher *matcher, uint32_t which, struct view line)
{
	const struct line_rule *l = &matcher->profile->lines.at[matcher->profile->literal_rules.at[which]];

	if (l->regex && !regex_fits(l->regex, matcher->matching, line))
		return NULL;
	if (l->unless && regex_surely_fits(l->unless, matcher->matching, line))
		return NULL;
	return l->rule;
}

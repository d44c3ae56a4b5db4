/* meaning.c - what a Sigma rule says of itself: its name, its weight, the tactic and the CVE numbers it is about. */
#include <errno.h>

#include "own.h"

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
	for (const struct tree *tag = tags && tags->kind == TREE_LIST ? tags->first : NULL; tag && r == 0;
	     tag = tag->next) {
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
draft_level(struct sigma *sigma, const char *level, struct rule *draft)
{
	if (same_word(level, "informational"))
		draft->level = LEVEL_INFO;
	else if (*level && !level_parse(view_text(level), &draft->level))
		draft->reason = arena_printf(&sigma->arena, "unknown level %s; taken as medium", level);
	return draft->reason ? 0 : -ENOMEM;
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

const char *
meaning_name(struct sigma *sigma, const char *file, size_t number)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strrchr(name, '.');
	int n = (int)(dot ? dot - name : (long)strlen(name));

	return number ? arena_printf(&sigma->arena, "%.*s#%zu", n, name, number + 1)
		      : arena_printf(&sigma->arena, "%.*s", n, name);
}

int
meaning_draft(struct sigma *sigma, const struct tree *root, const char *file, size_t number, struct rule *ret_draft)
{
	const char *id = tree_text(root, "id"), *title = tree_text(root, "title"), *level = tree_text(root, "level");
	int r;

	*ret_draft = (struct rule){ .kind = RULE_SIGMA, .level = LEVEL_MEDIUM, .reason = "" };
	ret_draft->id = *id ? arena_copy(&sigma->arena, view_text(id)) : meaning_name(sigma, file, number);
	ret_draft->author = arena_copy(&sigma->arena, view_text(tree_text(root, "author")));
	if (!ret_draft->id || !ret_draft->author)
		return -ENOMEM;
	ret_draft->title = *title ? arena_copy(&sigma->arena, view_text(title)) : ret_draft->id;
	if (!ret_draft->title)
		return -ENOMEM;
	r = draft_level(sigma, level, ret_draft);
	if (r == 0)
		r = draft_tags(sigma, root, ret_draft);
	return r == 0 ? draft_benign(sigma, root, ret_draft) : r;
}

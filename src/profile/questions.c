/* questions.c - what a profile asks of a host, and which sources have to be there before "no trace" may be said. */
#include <errno.h>

#include "questions.h"

/* The words of a list, or a single one, with blanks between; a word has none itself. NULL when there is no memory. */
static const char *
join(const struct origin *from, const struct tree *list, bool *ret_odd)
{
	CLEANUP(text_free) struct text words = { 0 };
	const struct tree *item = list && list->kind == TREE_LIST ? list->first : list;
	int r = text_adds(&words, "");

	for (; item && r == 0; item = list->kind == TREE_LIST ? item->next : NULL) {
		bool odd = item->kind != TREE_TEXT || !*item->text || strpbrk(item->text, " ,\t\n");

		*ret_odd |= odd;
		if (!odd)
			r = text_printf(&words, "%s%s", words.n ? " " : "", item->text);
	}
	return r < 0 ? NULL : keep_text(from, text_view(&words));
}

static bool
is_asked(const struct profile *profile, const char *question)
{
	for (size_t i = 0; i < profile->questions.n; i++)
		if (!strcmp(profile->questions.at[i].question, question))
			return true;
	return false;
}

static int
check_stages(const struct origin *from, const struct tree *item)
{
	const struct tree *list = tree_get(item, "stages");
	enum stage stage;
	int r = 0;

	for (const struct tree *one = list ? list->first : NULL; one && r == 0; one = one->next)
		if (one->kind != TREE_TEXT || !stage_parse(view_text(one->text), &stage))
			r = complain(from, one->line, true, "unknown stage %s", one->text);
	return r;
}

static int
check_keys(const struct origin *from, const struct tree *item)
{
	static const char *const keys[] = { "question", "cve", "techniques", "stages", "days", "whole", "because" };
	int r = 0;

	for (const struct tree *at = item->first; at && r == 0; at = at->next) {
		size_t i = 0;

		while (i < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[i], at->key))
			i++;
		if (i == sizeof(keys) / sizeof(keys[0]))
			r = complain(from, at->line, true, "unknown key %s", at->key);
	}
	return r;
}

static int
take_question(const struct origin *from, const struct tree *item)
{
	bool odd = false;
	const struct profile_question question = {
		.question = tree_text(item, "question"),
		.cve = join(from, tree_get(item, "cve"), &odd),
		.technique = join(from, tree_get(item, "techniques"), &odd),
		.stage = join(from, tree_get(item, "stages"), &odd),
		.days = join(from, tree_get(item, "days"), &odd),
		.whole = join(from, tree_get(item, "whole"), &odd),
	};
	struct profile_question *slot;

	if (!question.cve || !question.technique || !question.stage || !question.days || !question.whole)
		return -ENOMEM;
	if (!*question.question || !strcmp(question.question, "overall"))
		return complain(from, item->line, true, "a question without a name, or one that is asked anyway");
	if (is_asked(from->profile, question.question))
		return complain(from, item->line, false, "%s is asked already; the first one counts",
				question.question);
	if (odd)
		return complain(from, item->line, true, "%s: a list of other things than words", question.question);
	if (!*question.cve && !*question.technique && !*question.stage)
		return complain(from, item->line, true, "%s: no finding can answer it", question.question);
	slot = vector_push(&from->profile->questions);
	if (!slot)
		return -ENOMEM;
	*slot = question;
	return 0;
}

int
questions_take(const struct origin *from, const struct tree *map)
{
	const struct tree *list = tree_get(map, "questions");
	int r = 0;

	for (const struct tree *item = list ? list->first : NULL; item && r == 0; item = item->next) {
		if (item->kind != TREE_MAP) {
			r = complain(from, item->line, true, "a question that is no map");
			continue;
		}
		r = check_keys(from, item);
		if (r == 0)
			r = check_stages(from, item);
		if (r == 0)
			r = take_question(from, item);
	}
	return r;
}

size_t
profile_questions(const struct profile *profile, const struct profile_question **ret_questions)
{
	*ret_questions = profile->questions.at;
	return profile->questions.n;
}

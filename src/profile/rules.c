/* rules.c - every rule of a profile under its own name, and what was wrong with those that are not used. */
#include <errno.h>
#include <stdarg.h>

#include "inside.h"

int
complain(const struct origin *from, unsigned line, bool fatal, const char *format, ...)
{
	struct profile *profile = from->profile;
	struct profile_complaint *complaint;
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	complaint = vector_push(&profile->complaints);
	if (!complaint)
		return -ENOMEM;
	*complaint = (struct profile_complaint){
		.file = from->name,
		.line = line,
		.what = arena_copy(&profile->arena, view_text(what)),
		.fatal = fatal,
	};
	return complaint->what ? 0 : -ENOMEM;
}

static const struct rule *
find(const struct profile *profile, const char *id)
{
	size_t at = 0;
	uint32_t number;

	while (index_next(&profile->by_id, index_hash(view_text(id)), &at, &number))
		if (!strcmp(profile->rules.at[number]->id, id))
			return profile->rules.at[number];
	return NULL;
}

static bool
same(const struct rule *a, const struct rule *b)
{
	return a->kind == b->kind && a->level == b->level && a->stage == b->stage && a->state == b->state &&
	       !strcmp(a->technique, b->technique) && !strcmp(a->cve, b->cve) && !strcmp(a->title, b->title) &&
	       !strcmp(a->benign, b->benign);
}

static void
fill_in(struct rule *rule, const struct origin *from)
{
	const char **texts[] = {
		&rule->technique, &rule->cve, &rule->title, &rule->author, &rule->source, &rule->benign, &rule->reason,
	};

	if (!rule->source)
		rule->source = from->source;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!*texts[i])
			*texts[i] = "";
}

/* A profile owns its rules; to everybody else they are const. */
void
rule_set_aside(struct profile *profile, const struct rule *rule, const char *reason)
{
	struct rule *own = (struct rule *)profile->rules.at[rule->number];

	own->state = RULE_NOT_EVALUABLE;
	own->reason = reason;
}

const char *
keep_text(const struct origin *from, struct view text)
{
	return arena_copy(&from->profile->arena, text);
}

int
rule_add(const struct origin *from, unsigned line, const struct rule *draft, struct view body,
	 const struct rule **ret_rule)
{
	struct profile *profile = from->profile;
	struct rule *rule = arena_new(&profile->arena, struct rule);
	const struct rule **slot, *earlier;
	uint64_t *hash;

	if (!rule)
		return -ENOMEM;
	*rule = *draft;
	fill_in(rule, from);
	*ret_rule = NULL;
	earlier = find(profile, rule->id);
	if (earlier && same(earlier, rule) && profile->bodies.at[earlier->number] == index_hash(body))
		return 0;
	if (earlier)
		return complain(from, line, true, "rule %s is already defined in %.*s", rule->id,
				(int)strcspn(earlier->source, " "), earlier->source);
	rule->number = (uint32_t)profile->rules.n;
	slot = vector_push(&profile->rules);
	hash = vector_push(&profile->bodies);
	if (!slot || !hash || index_add(&profile->by_id, index_hash(view_text(rule->id)), rule->number) < 0)
		return -ENOMEM;
	*hash = index_hash(body);
	*slot = *ret_rule = rule;
	profile->files.at[from->file].rules++;
	return 0;
}

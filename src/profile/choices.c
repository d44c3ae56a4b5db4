/* choices.c - the `choose` lines of profiles: which artefacts are read, by whom, and with what weight. */
#include <errno.h>

#include "inside.h"

enum { MEMBERS_MAX = 4096 }; /* definitions that one line may name through groups */

static const char *const roles[ROLES] = {
	[ROLE_NONE] = "none", [ROLE_WEBROOT] = "webroot", [ROLE_CONFIG] = "config",     [ROLE_LOG] = "log",
	[ROLE_HIVE] = "hive", [ROLE_EVTX] = "evtx",       [ROLE_ARTIFACT] = "artifact", [ROLE_STAGING] = "staging",
	[ROLE_DATA] = "data", [ROLE_NTFS] = "ntfs",
};

const char *
role_name(enum role role)
{
	return roles[role];
}

/* The definitions that a name stands for, groups opened; each once. */
typedef VECTOR(const struct definition *) definition_list;

static int
add_definition(definition_list *list, const struct definition *definition)
{
	const struct definition **slot;

	for (size_t i = 0; i < list->n; i++)
		if (list->at[i] == definition)
			return 0;
	slot = vector_push(list);
	if (!slot)
		return -ENOMEM;
	*slot = definition;
	return 0;
}

static int
open_group(const struct profile *profile, definition_list *list, const struct definition *group)
{
	int r = 0;

	for (uint32_t i = 0; i < group->member_count && r == 0; i++) {
		const struct definition *member = definition_find(profile, group->members[i]);

		if (!member)
			r = complain(group->origin, group->line, true, "%s names %s, which is not defined", group->name,
				     group->members[i]);
		else if (list->n < MEMBERS_MAX)
			r = add_definition(list, member);
	}
	return r;
}

static int
keep_patterns(struct profile *profile, struct chosen_line *line, const definition_list *list)
{
	const struct pattern **patterns;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->at[i]->pattern_count;
	patterns = arena_take(&profile->arena, (n + 1) * sizeof(*patterns), _Alignof(struct pattern *));
	if (!patterns)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < list->n; i++)
		for (uint32_t k = 0; k < list->at[i]->pattern_count; k++)
			patterns[n++] = &list->at[i]->patterns[k];
	line->patterns = patterns;
	line->pattern_count = n;
	return 0;
}

static int
keep_choice(struct profile *profile, struct chosen_line *line, const struct definition *definition)
{
	struct choice *choice = vector_push(&profile->choices);

	if (!choice)
		return -ENOMEM;
	*choice = (struct choice){
		.artifact = definition->name,
		.title = definition->title,
		.role = line->role,
		.readers = line->readers,
		.number = (uint32_t)profile->choices.n - 1,
	};
	line->choice = choice->number;
	return 0;
}

static int
resolve(struct profile *profile, struct chosen_line *line)
{
	const struct definition *definition = definition_find(profile, line->artifact);
	definition_list list = { 0 };
	int r;

	if (!definition)
		return complain(line->origin, line->line, true, "%s is not defined", line->artifact);
	r = add_definition(&list, definition);
	for (size_t i = 0; i < list.n && r == 0; i++) /* the list grows while groups are opened */
		r = open_group(profile, &list, list.at[i]);
	if (r == 0)
		r = keep_patterns(profile, line, &list);
	vector_free(&list);
	if (r < 0)
		return r;
	if (!line->pattern_count)
		return complain(line->origin, line->line, true, "%s names no file that is supported", line->artifact);
	return keep_choice(profile, line, definition);
}

int
choices_finish(struct profile *profile)
{
	int r = 0;

	for (size_t i = 0; i < profile->chosen.n && r == 0; i++)
		r = resolve(profile, &profile->chosen.at[i]);
	return r;
}

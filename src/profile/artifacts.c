/* artifacts.c - ForensicArtifacts definitions: under which names and paths an artefact lies on a Windows host. */
#include <errno.h>

#include "inside.h"

/* A definition while its sources are read. */
struct drafting {
	const struct origin *from;
	const char *name;
	VECTOR(struct pattern) patterns;
	VECTOR(const char *) members;
};

static bool
lists(const struct tree *list, const char *word)
{
	for (const struct tree *item = list ? list->first : NULL; item; item = item->next)
		if (!strcmp(item->text, word))
			return true;
	return false;
}

/* Whether a definition or source that says for which systems it is, is for Windows. */
static bool
for_windows(const struct tree *map)
{
	const struct tree *systems = tree_get(map, "supported_os");

	return !systems || !systems->first || lists(systems, "Windows");
}

static int
add_path(struct drafting *d, const struct tree *item)
{
	struct pattern pattern, *slot;
	const char *why;
	int r;

	if (item->kind != TREE_TEXT)
		return complain(d->from, item->line, true, "%s: a path must be text", d->name);
	r = pattern_parse(&d->from->profile->arena, item->text, &pattern, &why);
	if (r == -EINVAL)
		return complain(d->from, item->line, true, "%s: %s: %s", d->name, item->text, why);
	if (r < 0)
		return r;
	slot = vector_push(&d->patterns);
	if (!slot)
		return -ENOMEM;
	*slot = pattern;
	return 0;
}

static int
add_paths(struct drafting *d, const struct tree *source, const struct tree *attributes)
{
	const struct tree *paths = tree_get(attributes, "paths");
	int r = 0;

	if (!paths || paths->kind != TREE_LIST || !paths->first)
		return complain(d->from, source->line, true, "%s: a source without paths", d->name);
	for (const struct tree *item = paths->first; item && r == 0; item = item->next)
		r = add_path(d, item);
	return r;
}

static int
add_members(struct drafting *d, const struct tree *source, const struct tree *attributes)
{
	const struct tree *names = tree_get(attributes, "names");

	if (!names || names->kind != TREE_LIST || !names->first)
		return complain(d->from, source->line, true, "%s: a group without names", d->name);
	for (const struct tree *item = names->first; item; item = item->next) {
		const char **slot = vector_push(&d->members);

		if (!slot)
			return -ENOMEM;
		*slot = item->text;
	}
	return 0;
}

static int
add_source(struct drafting *d, const struct tree *source)
{
	const char *type = tree_text(source, "type");
	const struct tree *attributes = tree_get(source, "attributes");

	if (!for_windows(source))
		return 0;
	if (!strcmp(type, "FILE") || !strcmp(type, "PATH"))
		return add_paths(d, source, attributes);
	if (!strcmp(type, "ARTIFACT_GROUP"))
		return add_members(d, source, attributes);
	return complain(d->from, source->line, true, "%s: sources of type %s are not supported", d->name,
			*type ? type : "?");
}

/* The first line of the description. */
static const char *
title_of(const struct origin *from, const struct tree *map, const char *name)
{
	const char *doc = tree_text(map, "doc");
	size_t n = strcspn(doc, "\r\n");

	return n ? keep_text(from, view_of(doc, n)) : name;
}

static int
keep(const struct drafting *d, const struct tree *map)
{
	struct profile *profile = d->from->profile;
	struct definition *slot = vector_push(&profile->definitions);
	struct definition made = { .name = d->name, .origin = d->from, .line = map->line };

	made.title = title_of(d->from, map, d->name);
	made.pattern_count = (uint32_t)d->patterns.n;
	made.member_count = (uint32_t)d->members.n;
	made.patterns =
		arena_take(&profile->arena, (d->patterns.n + 1) * sizeof(struct pattern), _Alignof(struct pattern));
	made.members = arena_take(&profile->arena, (d->members.n + 1) * sizeof(char *), _Alignof(char *));
	if (!slot || !made.title || !made.patterns || !made.members)
		return -ENOMEM;
	for (size_t i = 0; i < d->patterns.n; i++)
		made.patterns[i] = d->patterns.at[i];
	for (size_t i = 0; i < d->members.n; i++)
		made.members[i] = d->members.at[i];
	*slot = made;
	return index_add(&profile->by_definition, index_hash(view_text(made.name)),
			 (uint32_t)profile->definitions.n - 1);
}

static bool
same(const struct definition *a, const struct drafting *b)
{
	if (a->pattern_count != b->patterns.n || a->member_count != b->members.n)
		return false;
	for (uint32_t i = 0; i < a->pattern_count; i++)
		if (strcmp(a->patterns[i].text, b->patterns.at[i].text))
			return false;
	for (uint32_t i = 0; i < a->member_count; i++)
		if (strcmp(a->members[i], b->members.at[i]))
			return false;
	return true;
}

static int
finish_draft(const struct drafting *d, const struct tree *map)
{
	const struct definition *earlier = definition_find(d->from->profile, d->name);

	if (!earlier)
		return keep(d, map);
	if (same(earlier, d))
		return 0;
	return complain(d->from, map->line, true, "%s is already defined in %s", d->name, earlier->origin->name);
}

static int
load_definition(const struct origin *from, const struct tree *map)
{
	struct drafting d = { .from = from, .name = tree_text(map, "name") };
	const struct tree *sources = tree_get(map, "sources");
	int r = 0;

	if (map->kind == TREE_TEXT && !*map->text)
		return 0; /* a document with nothing but comments */
	if (!*d.name)
		return complain(from, map->line, true, "a definition without a name");
	if (!for_windows(map))
		return 0;
	if (!sources || !sources->first)
		return complain(from, map->line, true, "%s has no sources", d.name);
	for (const struct tree *source = sources->first; source && r == 0; source = source->next)
		r = add_source(&d, source);
	if (r == 0)
		r = finish_draft(&d, map);
	vector_free(&d.patterns);
	vector_free(&d.members);
	return r;
}

int
artifacts_load(const struct origin *from)
{
	struct tree *document;
	struct tree_error error;
	int r = tree_parse(from->bytes, &from->profile->arena, &document, &error);

	if (r == -EINVAL)
		r = complain(from, error.line, true, "%s", error.what);
	for (; document && r == 0; document = document->next)
		r = load_definition(from, document);
	return r;
}

const struct definition *
definition_find(const struct profile *profile, const char *name)
{
	size_t at = 0;
	uint32_t number;

	while (index_next(&profile->by_definition, index_hash(view_text(name)), &at, &number))
		if (!strcmp(profile->definitions.at[number].name, name))
			return &profile->definitions.at[number];
	return NULL;
}

/* artefact_gather.c - one record put together: names and values as rules ask for them, and as a person reads them. */
#include <errno.h>

#include "artefact_own.h"

int
gathered_add(struct gathered *g, const char *name, struct view value)
{
	const char *copy;
	int r;

	if (!value.n)
		return 0;
	if (g->n >= ARTEFACT_FIELDS_MAX) {
		g->full = true;
		return 0;
	}
	copy = arena_copy(&g->arena, value);
	r = copy ? text_printf(&g->raw, "%s%s: ", g->raw.n ? " | " : "", name) : -ENOMEM;
	if (r == 0)
		r = text_add(&g->raw, value);
	if (r == 0)
		g->fields[g->n++] = (struct field){ .name = view_text(name), .value = view_of(copy, value.n) };
	return r;
}

struct view
gathered_value(const struct gathered *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (view_equal(g->fields[i].name, view_text(name)))
			return g->fields[i].value;
	return view_of(NULL, 0);
}

struct fields
gathered_fields(const struct gathered *g)
{
	return (struct fields){ .at = g->fields, .n = g->n, .raw = text_view(&g->raw) };
}

void
gathered_clear(struct gathered *g)
{
	arena_free(&g->arena);
	text_free(&g->raw);
	g->n = 0;
	g->full = false;
}

int
words_add(struct text *t, const char *before, struct view value)
{
	int r = value.n && t->n ? text_adds(t, before) : 0;

	return r < 0 ? r : text_add(t, value);
}

/* fields_parse.c - the fields that a case keeps with an event, as names and values again. */
#include <errno.h>

#include "arena.h"
#include "fields.h"
#include "text.h"

/* What is still to be read, and where it goes. */
struct parse {
	struct view rest;
	struct arena *arena;
	struct field *at;
	size_t n;
	int error; /* 0, -EINVAL or -ENOMEM */
};

static bool
take(struct parse *p, const char *word)
{
	size_t n = strlen(word);

	if (p->rest.n < n || memcmp(p->rest.p, word, n) != 0)
		return false;
	p->rest = view_from(p->rest, n);
	return true;
}

static void
expect(struct parse *p, const char *word)
{
	if (!p->error && !take(p, word))
		p->error = -EINVAL;
}

static struct view
take_string(struct parse *p)
{
	struct view v;
	size_t n = 0;
	char *copy;

	expect(p, "\"");
	v = p->rest;
	while (!p->error && n < v.n && v.p[n] != '"')
		n += v.p[n] == '\\' ? 2 : 1;
	if (p->error || n >= v.n) {
		p->error = p->error ? p->error : -EINVAL;
		return view_of(NULL, 0);
	}
	p->rest = view_from(v, n + 1);
	copy = arena_copy(p->arena, view_part(v, 0, n));
	if (!copy) {
		p->error = -ENOMEM;
		return view_of(NULL, 0);
	}
	return view_of(copy, json_plain(view_part(v, 0, n), copy));
}

static void
take_value(struct parse *p, struct view name)
{
	struct view value = view_of(NULL, 0);

	if (!take(p, "null"))
		value = take_string(p);
	if (!p->error && p->n == FIELDS_PARSED_MAX)
		p->error = -EINVAL;
	if (!p->error)
		p->at[p->n++] = (struct field){ .name = name, .value = value };
}

static void
take_member(struct parse *p)
{
	struct view name = take_string(p);

	expect(p, ":");
	if (p->error || !take(p, "[")) {
		take_value(p, name);
		return;
	}
	do
		take_value(p, name);
	while (!p->error && take(p, ","));
	expect(p, "]");
}

/* Each field takes a colon or a comma. */
static size_t
most_fields(struct view json)
{
	size_t n = 1;

	for (size_t i = 0; i < json.n && n < FIELDS_PARSED_MAX; i++)
		n += json.p[i] == ':' || json.p[i] == ',';
	return n;
}

int
fields_parse_json(struct view json, struct arena *arena, struct fields *ret_fields)
{
	struct parse p = { .rest = json, .arena = arena };

	p.at = arena_take(arena, most_fields(json) * sizeof(*p.at), _Alignof(struct field));
	if (!p.at)
		return -ENOMEM;
	expect(&p, "{");
	if (!p.error && !take(&p, "}")) {
		do
			take_member(&p);
		while (!p.error && take(&p, ","));
		expect(&p, "}");
	}
	if (!p.error && p.rest.n)
		p.error = -EINVAL;
	if (!p.error)
		*ret_fields = (struct fields){ .at = p.at, .n = p.n };
	return p.error;
}

/* pattern.c - %%variable%%\folder\**\name*.log taken apart, and names held against the parts. */
#include "pattern.h"

#include <ctype.h>
#include <errno.h>

#include "cleanup.h"
#include "text.h"
#include "vector.h"

struct parser {
	struct arena *arena;
	bool literal; /* nothing is a wildcard, a variable or a stream */
	VECTOR(struct part) parts;
	const char *why;
};

static int
refuse(struct parser *p, const char *why)
{
	p->why = why;
	return -EINVAL;
}

static int
add_part(struct parser *p, enum part_kind kind, const uint16_t *units, size_t n)
{
	struct part *part;

	if (p->parts.n == PATTERN_PARTS)
		return refuse(p, "pattern has too many names");
	part = vector_push(&p->parts);
	if (!part)
		return -ENOMEM;
	*part = (struct part){ .kind = kind, .n = (uint32_t)n, .units = units };
	return 0;
}

/* '**' and '**N'. */
static int
add_deep(struct parser *p, struct view name)
{
	unsigned levels = 0;
	int r = 0;

	if (name.n == 2)
		return add_part(p, PART_DEEP, NULL, 0);
	for (size_t i = 2; i < name.n; i++) {
		levels = levels * 10 + (unsigned)(name.p[i] - '0');
		if (levels > PATTERN_LEVELS)
			return refuse(p, "more than 64 levels in '**'");
	}
	if (!levels)
		return refuse(p, "no level in '**0'");
	while (r == 0 && levels--)
		r = add_part(p, PART_LEVEL, NULL, 0);
	return r;
}

static bool
is_deep(struct view name)
{
	if (name.n < 2 || name.p[0] != '*' || name.p[1] != '*')
		return false;
	for (size_t i = 2; i < name.n; i++)
		if (!isdigit(name.p[i]))
			return false;
	return true;
}

/* A name with or without wildcards. What stands behind a colon is a stream, which the reader knows. */
static int
add_name(struct parser *p, struct view name)
{
	CLEANUP(text_free) struct text utf16 = { 0 };
	const uint8_t *colon = p->literal ? NULL : memchr(name.p, ':', name.n);
	uint16_t *units;
	size_t n;

	if (colon)
		name.n = (size_t)(colon - name.p);
	if (!name.n)
		return refuse(p, "a stream without a file name");
	if (text_to_utf16(name, &utf16) < 0)
		return -ENOMEM;
	n = utf16.n / 2;
	if (n > NAME_UNITS)
		return refuse(p, "a name of more than 255 characters");
	units = arena_take(p->arena, n * 2, 2);
	if (!units)
		return -ENOMEM;
	memcpy(units, utf16.s, n * 2);
	if (!p->literal && (memchr(name.p, '*', name.n) || memchr(name.p, '?', name.n)))
		return add_part(p, PART_GLOB, units, n);
	return add_part(p, PART_LITERAL, units, n);
}

static int
add(struct parser *p, struct view name)
{
	if (p->literal)
		return add_name(p, name);
	if (memmem(name.p, name.n, "%%", 2))
		return refuse(p, "a variable may stand only at the start");
	if (name.n == 1 && name.p[0] == '*')
		return add_part(p, PART_ANY, NULL, 0);
	if (is_deep(name))
		return add_deep(p, name);
	if (name.n && name.n <= 2 && !memcmp(name.p, "..", name.n))
		return refuse(p, "'.' and '..' are no names");
	return add_name(p, name);
}

static int
split(struct parser *p, const char *at)
{
	int r = 0;

	while (r == 0 && *at) {
		size_t n = strcspn(at, "\\/");

		if (n)
			r = add(p, view_of(at, n));
		at += n + (at[n] != 0);
	}
	if (r == 0 && !p->parts.n)
		return refuse(p, "names no file");
	return r;
}

/* The variable at the start; *at is then what follows it. */
static int
take_variable(struct parser *p, const char **at, const char **ret_variable)
{
	const char *end;

	*ret_variable = EVERY_VOLUME;
	if (strncmp(*at, "%%", 2)) {
		if (isalpha((unsigned char)**at) && (*at)[1] == ':')
			return refuse(p, "a drive letter says nothing on another machine; use a variable");
		return 0;
	}
	end = strstr(*at + 2, "%%");
	if (!end || end == *at + 2)
		return refuse(p, "a variable that does not end");
	if (end[2] && end[2] != '\\' && end[2] != '/')
		return refuse(p, "text right behind a variable");
	*ret_variable = arena_copy(p->arena, view_of(*at + 2, (size_t)(end - *at) - 2));
	*at = end + 2;
	return *ret_variable ? 0 : -ENOMEM;
}

static int
keep(struct parser *p, const char *variable, const char *text, struct pattern *ret_pattern)
{
	struct part *parts = arena_take(p->arena, p->parts.n * sizeof(*parts), _Alignof(struct part));
	const char *copy = arena_copy(p->arena, view_text(text));

	if (!parts || !copy)
		return -ENOMEM;
	memcpy(parts, p->parts.at, p->parts.n * sizeof(*parts));
	*ret_pattern = (struct pattern){
		.variable = variable,
		.text = copy,
		.parts = parts,
		.n = (uint32_t)p->parts.n,
	};
	return 0;
}

static int
parse(struct parser *p, const char *text, struct pattern *ret_pattern, const char **ret_why)
{
	const char *at = text, *variable = EVERY_VOLUME;
	int r = p->literal ? 0 : take_variable(p, &at, &variable);

	if (r == 0)
		r = split(p, at);
	if (r == 0)
		r = keep(p, variable, text, ret_pattern);
	vector_free(&p->parts);
	*ret_why = p->why;
	return r;
}

int
pattern_parse(struct arena *arena, const char *text, struct pattern *ret_pattern, const char **ret_why)
{
	struct parser p = { .arena = arena, .why = "" };

	return parse(&p, text, ret_pattern, ret_why);
}

int
pattern_literal(struct arena *arena, const char *path, struct pattern *ret_pattern, const char **ret_why)
{
	struct parser p = { .arena = arena, .literal = true, .why = "" };

	return parse(&p, path, ret_pattern, ret_why);
}

/* Goes back to the last star only, which is enough and keeps the time within n * m. */
bool
pattern_glob(const uint16_t *glob, size_t glob_n, const uint16_t *name, size_t name_n)
{
	size_t g = 0, i = 0, star = SIZE_MAX, from = 0;

	if (glob_n && glob[glob_n - 1] != '*' && glob[glob_n - 1] != '?' &&
	    (!name_n || glob[glob_n - 1] != name[name_n - 1]))
		return false;
	while (i < name_n) {
		if (g < glob_n && glob[g] == '*') {
			star = g++;
			from = i;
		} else if (g < glob_n && (glob[g] == '?' || glob[g] == name[i])) {
			g++;
			i++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (g < glob_n && glob[g] == '*')
		g++;
	return g == glob_n;
}

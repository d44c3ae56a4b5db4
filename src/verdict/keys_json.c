/* keys_json.c - what an event keeps of its record, taken apart again: the flat JSON object that fields_add_json makes. */
#include "keys.h"

#include <errno.h>

#include "cleanup.h"
#include "text.h"
#include "vector.h"

enum { FIELDS_MAX = 1024 };

struct reading {
	struct arena *arena;
	struct view rest;
	VECTOR(struct field) fields;
};

static bool
take(struct reading *r, char c)
{
	if (!r->rest.n || r->rest.p[0] != c)
		return false;
	r->rest = view_from(r->rest, 1);
	return true;
}

/* `\u0041`: four hex digits behind the \u. */
static unsigned
unit(struct view text)
{
	uint8_t b[2] = { 0 };

	return text.n >= 4 && hex_parse(view_part(text, 0, 4), b, 2) == 2 ? (unsigned)b[0] << 8 | b[1] : 0xfffd;
}

/* Adds what a backslash begins; the text is behind that. How many bytes it takes, or negative. */
static int
add_escape(struct text *t, struct view text)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = text.n && text.p[0] ? strchr(from, text.p[0]) : NULL;
	uint8_t le[4] = { 0 };
	unsigned high;

	if (at)
		return text_addc(t, to[at - from]) < 0 ? -ENOMEM : 1;
	if (!text.n || text.p[0] != 'u')
		return text_adds(t, "\\") < 0 ? -ENOMEM : 0;
	high = unit(view_from(text, 1));
	le[0] = (uint8_t)high;
	le[1] = (uint8_t)(high >> 8);
	if (high >> 10 == 0x36 && text.n >= 11 && text.p[5] == '\\' && text.p[6] == 'u') {
		unsigned low = unit(view_from(text, 7));

		le[2] = (uint8_t)low;
		le[3] = (uint8_t)(low >> 8);
		return text_add_utf16(t, view_of(le, 4)) < 0 ? -ENOMEM : 11;
	}
	return text_add_utf16(t, view_of(le, 2)) < 0 ? -ENOMEM : 5;
}

/* Behind the opening quote. 0, -EINVAL or -ENOMEM. */
static int
take_string(struct reading *r, struct view *ret)
{
	CLEANUP(text_free) struct text t = { 0 };
	int n = 0;

	while (r->rest.n && r->rest.p[0] != '"' && n >= 0) {
		uint8_t c = r->rest.p[0];

		r->rest = view_from(r->rest, 1);
		n = c == '\\' ? add_escape(&t, r->rest) : text_addc(&t, (char)c);
		if (n > 0)
			r->rest = view_from(r->rest, (uint64_t)n);
	}
	if (n < 0 || !take(r, '"'))
		return n < 0 ? n : -EINVAL;
	*ret = view_of(arena_copy(r->arena, text_view(&t)), t.n);
	return ret->p ? 0 : -ENOMEM;
}

static int
take_value(struct reading *r, struct view name)
{
	struct view value = view_of(NULL, 0);
	struct field *slot;
	int error;

	if (take(r, '"')) {
		error = take_string(r, &value);
		if (error < 0)
			return error;
	} else if (r->rest.n >= 4 && !memcmp(r->rest.p, "null", 4)) {
		r->rest = view_from(r->rest, 4);
	} else {
		return -EINVAL;
	}
	slot = r->fields.n < FIELDS_MAX ? vector_push(&r->fields) : NULL;
	if (!slot)
		return r->fields.n < FIELDS_MAX ? -ENOMEM : -EINVAL;
	*slot = (struct field){ .name = name, .value = value };
	return 0;
}

static int
take_field(struct reading *r)
{
	struct view name;
	int error = take(r, '"') ? take_string(r, &name) : -EINVAL;

	if (error < 0 || !take(r, ':'))
		return error < 0 ? error : -EINVAL;
	if (!take(r, '['))
		return take_value(r, name);
	do
		error = take_value(r, name);
	while (error == 0 && take(r, ','));
	return error < 0 || take(r, ']') ? error : -EINVAL;
}

/* What does not look like that gives the fields up to there: nothing hangs on the rest. */
int
fields_of_json(struct arena *arena, struct view json, struct view raw, struct fields *ret_fields)
{
	struct reading r = { .arena = arena, .rest = json };
	int error = take(&r, '{') ? 0 : -EINVAL;
	struct field *copy;

	while (error == 0 && r.rest.n && r.rest.p[0] != '}') {
		error = take_field(&r);
		if (error == 0)
			take(&r, ',');
	}
	copy = arena_take(arena, r.fields.n * sizeof(*copy) + 1, _Alignof(struct field));
	if (copy && r.fields.n)
		memcpy(copy, r.fields.at, r.fields.n * sizeof(*copy));
	*ret_fields = (struct fields){ .at = copy, .n = r.fields.n, .raw = raw.n ? raw : json };
	vector_free(&r.fields);
	return copy && error != -ENOMEM ? 0 : -ENOMEM;
}

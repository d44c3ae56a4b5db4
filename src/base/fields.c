/* fields.c - a record's names and values as text that a case can keep, so that rules can be asked of it once more. */
#include "fields.h"

#include <errno.h>

#include "text.h"

static int
add_value(struct text *t, struct view value)
{
	int r = text_adds(t, value.p ? "\"" : "null");

	if (r == 0 && value.p)
		r = text_add_json(t, value);
	return r < 0 || !value.p ? r : text_addc(t, '"');
}

/* Whether an earlier field has that name: its values then stand there. */
static bool
is_again(const struct fields *fields, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (view_equal(fields->at[k].name, fields->at[i].name))
			return true;
	return false;
}

/* The values of the i-th field, those of the fields behind it that have its name among them. */
static int
add_values(struct text *t, const struct fields *fields, size_t i)
{
	size_t many = 0;
	int r = 0;

	for (size_t k = i; k < fields->n; k++)
		many += view_equal(fields->at[k].name, fields->at[i].name);
	if (many == 1)
		return add_value(t, fields->at[i].value);
	for (size_t k = i, n = 0; k < fields->n && r == 0; k++) {
		if (!view_equal(fields->at[k].name, fields->at[i].name))
			continue;
		r = text_addc(t, n++ ? ',' : '[');
		if (r == 0)
			r = add_value(t, fields->at[k].value);
	}
	return r < 0 ? r : text_addc(t, ']');
}

int
fields_add_json(struct text *t, const struct fields *fields)
{
	bool any = false;
	int r = text_addc(t, '{');

	for (size_t i = 0; i < fields->n && r == 0; i++) {
		if (is_again(fields, i))
			continue;
		r = text_adds(t, any ? ",\"" : "\"");
		if (r == 0)
			r = text_add_json(t, fields->at[i].name);
		if (r == 0)
			r = text_adds(t, "\":");
		if (r == 0)
			r = add_values(t, fields, i);
		any = true;
	}
	return r < 0 ? r : text_addc(t, '}');
}

/* log_fields.c - a record as names and values, and what stands within its values. */
#include "log_own.h"

void
log_fields_add(struct log_fields *fields, struct view name, struct view value)
{
	if (fields->n == LOG_FIELDS_MAX)
		fields->cut = true;
	else
		fields->at[fields->n++] = (struct field){ .name = name, .value = value };
}

static struct view
value_of(const struct field *at, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (log_same(at[i].name, name))
			return at[i].value;
	return view_of(NULL, 0);
}

struct view
log_fields_value(const struct log_fields *fields, const char *name)
{
	return value_of(fields->at, fields->n, name);
}

struct view
log_value(const struct log_line *line, const char *name)
{
	return value_of(line->fields.at, line->fields.n, name);
}

struct view
log_fields_copy(struct log_fields *fields, struct view bytes)
{
	char *copy = arena_copy(&fields->arena, bytes);

	fields->no_memory |= !copy;
	return copy ? view_of(copy, bytes.n) : view_of(NULL, 0);
}

/* A value that was quoted, each pair of quotes in it being one. */
static struct view
single(struct log_fields *fields, struct view v)
{
	char *copy = arena_copy(&fields->arena, v);
	size_t n = 0;

	if (!copy) {
		fields->no_memory = true;
		return view_of(NULL, 0);
	}
	for (size_t i = 0; i < v.n; i++) {
		copy[n++] = (char)v.p[i];
		if (v.p[i] == '"' && i + 1 < v.n && v.p[i + 1] == '"')
			i++;
	}
	return view_of(copy, n);
}

struct view
log_fields_piece(struct log_fields *fields, const struct log_row *row, size_t i, bool dash)
{
	struct view v = log_piece_view(row, i);

	if (row->pieces[i].doubled)
		return single(fields, v);
	return dash && v.n == 1 && v.p[0] == '-' ? view_of(NULL, 0) : v;
}

void
log_fields_row(struct log_fields *fields, const struct log_columns *columns, const struct log_row *row, bool dash)
{
	for (size_t i = 0; i < columns->n; i++)
		log_fields_add(fields, columns->names[i], log_fields_piece(fields, row, i, dash));
}

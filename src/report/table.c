/* table.c - answers for a terminal: aligned columns, nothing in them that the terminal would act on. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "report.h"
#include "vector.h"

enum {
	TABLE_COLUMNS = 64,
	TABLE_AHEAD = 200, /* rows that the widths are taken from */
	TABLE_WIDTH = 100,  /* a column is not padded further */
};

struct table_cell {
	char *text; /* escaped; NULL for NULL */
	size_t width;
	bool is_number;
};

struct table {
	const struct table_style *style;
	FILE *out;
	uint64_t rows;
	int n;
	int columns[TABLE_COLUMNS]; /* places in the view */
	char *names[TABLE_COLUMNS];
	size_t widths[TABLE_COLUMNS];
	VECTOR(struct table_cell) ahead; /* n for each row that waits */
	bool aligned;                    /* the rows that waited are written */
	struct text line;
};

static void
table_free_at(struct table *t)
{
	for (size_t i = 0; i < t->ahead.n; i++)
		free(t->ahead.at[i].text);
	vector_free(&t->ahead);
	for (int i = 0; i < t->n; i++)
		free(t->names[i]);
	text_free(&t->line);
}

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory for a table");
}

/* Characters, which is what a column is as long as they are as wide as letters. */
static size_t
width_of(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
add_column(struct table *t, int place, const char *name)
{
	t->names[t->n] = strdup(name);
	if (!t->names[t->n])
		return no_memory();
	t->columns[t->n] = place;
	t->widths[t->n] = t->style->bare ? 0 : strlen(name);
	t->n++;
	return 0;
}

static int
place_of(const char *name, int n, const char *const *names)
{
	int i = 0;

	while (i < n && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static int
take_names(void *state, int n, const char *const *names)
{
	struct table *t = state;
	const char *const *shown = t->style->columns ? t->style->columns : names;
	int r = 0;

	for (int i = 0; t->n < TABLE_COLUMNS && (t->style->columns ? shown[i] != NULL : i < n) && r == 0; i++) {
		int place = place_of(shown[i], n, names);

		assert(place < n); /* the verbs ask for columns that there are */
		r = add_column(t, place, shown[i]);
	}
	return r;
}

static const char *
color_of(const char *name, const char *value)
{
	static const char *const colors[][2] = { { "critical", "\033[1;31m" },
						 { "high", "\033[31m" },
						 { "medium", "\033[33m" } };

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]) && !strcmp(name, "level"); i++)
		if (!strcmp(colors[i][0], value))
			return colors[i][1];
	return NULL;
}

static int
add_cell(struct table *t, int i, const char *value, size_t width, bool is_number)
{
	size_t pad = t->widths[i] > width ? t->widths[i] - width : 0;
	const char *color = t->style->color ? color_of(t->names[i], value) : NULL;
	int r = i ? text_adds(&t->line, "  ") : 0;

	if (r == 0 && is_number)
		r = text_printf(&t->line, "%*s", (int)pad, "");
	if (r == 0)
		r = text_printf(&t->line, "%s%s%s", color ? color : "", value, color ? "\033[0m" : "");
	if (r == 0 && !is_number && i + 1 < t->n)
		r = text_printf(&t->line, "%*s", (int)pad, "");
	return r;
}

static int
put_line(struct table *t)
{
	if (text_addc(&t->line, '\n') < 0)
		return no_memory();
	if (fwrite(t->line.s, 1, t->line.n, t->out) != t->line.n)
		return fail(errno ? errno : EIO, "the table cannot be written: %s", strerror(errno));
	text_cut(&t->line, 0);
	return 0;
}

static int
put_cells(struct table *t, const struct table_cell *cells)
{
	int r = 0;

	for (int i = 0; i < t->n && r == 0; i++)
		r = add_cell(t, i, cells[i].text ? cells[i].text : "-", cells[i].width, cells[i].is_number);
	return r < 0 ? no_memory() : put_line(t);
}

static int
put_names(struct table *t)
{
	int r = 0;

	if (t->style->bare)
		return 0;
	for (int i = 0; i < t->n && r == 0; i++)
		r = add_cell(t, i, t->names[i], strlen(t->names[i]), false);
	return r < 0 ? no_memory() : put_line(t);
}

/* Writes what has waited; from then on rows go straight through. */
static int
align(struct table *t)
{
	int r;

	if (t->aligned)
		return 0;
	t->aligned = true;
	for (size_t i = 0; i < t->ahead.n; i++) {
		size_t *width = &t->widths[i % (size_t)t->n];

		if (t->ahead.at[i].width > *width)
			*width = t->ahead.at[i].width < TABLE_WIDTH ? t->ahead.at[i].width : TABLE_WIDTH;
	}
	r = t->ahead.n ? put_names(t) : 0;
	for (size_t i = 0; i < t->ahead.n && r == 0; i += (size_t)t->n)
		r = put_cells(t, &t->ahead.at[i]);
	return r;
}

static int
fill(struct table_cell *cell, struct view value, bool is_number, bool is_local)
{
	struct text escaped = { 0 };
	char local[ZONE_TEXT];

	cell->is_number = is_number;
	cell->width = 1;
	if (!value.p)
		return 0;
	if (is_local && zone_text(value, local))
		value = view_text(local);
	if (text_adds(&escaped, "") < 0 || text_add_escaped(&escaped, value) < 0) {
		text_free(&escaped);
		return no_memory();
	}
	cell->text = escaped.s;
	cell->width = width_of(escaped.s);
	return 0;
}

static int
wait_row(struct table *t, const struct view *values, const bool *is_number)
{
	int r = 0;

	for (int i = 0; i < t->n && r == 0; i++) {
		struct table_cell *cell = vector_push(&t->ahead);

		r = cell ? fill(cell, values[t->columns[i]], is_number[t->columns[i]], t->style->local) : no_memory();
	}
	return r < 0 || t->rows < TABLE_AHEAD ? r : align(t);
}

static int
put_row(struct table *t, const struct view *values, const bool *is_number)
{
	struct table_cell cells[TABLE_COLUMNS] = { 0 };
	int r = 0;

	for (int i = 0; i < t->n && r == 0; i++)
		r = fill(&cells[i], values[t->columns[i]], is_number[t->columns[i]], t->style->local);
	if (r == 0)
		r = put_cells(t, cells);
	for (int i = 0; i < t->n; i++)
		free(cells[i].text);
	return r;
}

static int
take_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct table *t = state;

	(void)n, (void)names;
	t->rows++;
	return t->aligned ? put_row(t, values, is_number) : wait_row(t, values, is_number);
}

int
report_table(struct case_db *db, const struct question *question, const struct table_style *style, FILE *out,
	     uint64_t *ret_rows)
{
	CLEANUP(table_free) struct table t = { .style = style, .out = out };
	int r = case_columns(db, question->view, take_names, &t);

	if (r == 0)
		r = case_ask(db, question, take_row, &t);
	if (r == 0)
		r = align(&t);
	if (r == 0)
		*ret_rows = t.rows;
	return r;
}

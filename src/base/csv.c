/* csv.c - rows and cells of the tables of a profile. */
#include "csv.h"

#include <errno.h>
#include <strings.h>

static void
skip_mark(struct csv *csv)
{
	if (csv->rest.n >= 3 && !memcmp(csv->rest.p, "\xef\xbb\xbf", 3))
		csv->rest = view_from(csv->rest, 3);
}

/* Takes a quoted cell, the opening quote being next: the bytes used, or negative. */
static ssize_t
take_quoted(struct csv *csv)
{
	size_t i = 1;

	for (; i < csv->rest.n; i++) {
		if (csv->rest.p[i] == '"' && !(i + 1 < csv->rest.n && csv->rest.p[i + 1] == '"'))
			return (ssize_t)i + 1;
		if (csv->rest.p[i] == '"')
			i++;
		if (csv->rest.p[i] == '\n')
			csv->next_line++;
		if (text_addc(&csv->row, (char)csv->rest.p[i]) < 0)
			return -ENOMEM;
	}
	return -EINVAL;
}

/* Takes what stands up to the next comma or end of line as it is: the bytes used, or negative. */
static ssize_t
take_plain(struct csv *csv)
{
	size_t n = 0;

	while (n < csv->rest.n && csv->rest.p[n] != ',' && csv->rest.p[n] != '\n' && csv->rest.p[n] != '\r')
		n++;
	return text_add(&csv->row, view_of(csv->rest.p, n)) < 0 ? -ENOMEM : (ssize_t)n;
}

/* 1 when a comma says that another cell follows, 0 at the end of the row, or negative. */
static int
take_cell(struct csv *csv)
{
	struct csv_cell *cell = vector_push(&csv->cells);
	size_t at = csv->row.n;
	ssize_t used = 0;

	if (!cell)
		return -ENOMEM;
	if (csv->rest.n && csv->rest.p[0] == '"')
		used = take_quoted(csv);
	if (used >= 0) {
		csv->rest = view_from(csv->rest, (uint64_t)used);
		used = take_plain(csv); /* nothing, unless text follows a closing quote */
	}
	if (used < 0)
		return (int)used;
	csv->rest = view_from(csv->rest, (uint64_t)used);
	*cell = (struct csv_cell){ .at = at, .n = csv->row.n - at };
	if (!csv->rest.n || csv->rest.p[0] != ',')
		return 0;
	csv->rest = view_from(csv->rest, 1);
	return 1;
}

static void
skip_line_end(struct csv *csv)
{
	if (csv->rest.n && csv->rest.p[0] == '\r')
		csv->rest = view_from(csv->rest, 1);
	if (csv->rest.n && csv->rest.p[0] == '\n')
		csv->rest = view_from(csv->rest, 1);
	csv->next_line++;
}

int
csv_next(struct csv *csv)
{
	int r;

	if (!csv->next_line) {
		csv->next_line = 1;
		skip_mark(csv);
	}
	while (csv->rest.n) {
		csv->line = csv->next_line;
		text_cut(&csv->row, 0);
		csv->cells.n = 0;
		do
			r = take_cell(csv);
		while (r > 0);
		if (r < 0)
			return r;
		skip_line_end(csv);
		if (csv->row.n || csv->cells.n > 1)
			return 1;
	}
	return 0;
}

struct view
csv_cell(const struct csv *csv, int column)
{
	const struct csv_cell *cell;

	if (column < 0 || (size_t)column >= csv->cells.n)
		return view_of(NULL, 0);
	cell = &csv->cells.at[column];
	return view_part(text_view(&csv->row), cell->at, cell->n);
}

int
csv_column(const struct csv *csv, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < csv->cells.n; i++) {
		struct view cell = csv_cell(csv, (int)i);

		if (cell.n == n && !strncasecmp((const char *)cell.p, name, n))
			return (int)i;
	}
	return -1;
}

void
csv_free(struct csv *csv)
{
	text_free(&csv->row);
	vector_free(&csv->cells);
}

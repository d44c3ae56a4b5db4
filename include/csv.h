/* csv.h - the tables of a profile: RFC 4180, read row by row, columns found by their names. */
#ifndef CSV_H
#define CSV_H

#include "text.h"
#include "vector.h"

struct csv_cell {
	size_t at, n; /* within the row's text */
};

/* Zero but for `rest`, which is the bytes of the table. */
struct csv {
	struct view rest;
	unsigned line, next_line; /* where the row begins, and the one behind it; the first line is 1 */
	struct text row;
	VECTOR(struct csv_cell) cells;
};

/* The next row that is not empty: 1, 0 at the end, -EINVAL where a quoted cell does not end, -ENOMEM. */
int csv_next(struct csv *csv);

/* A cell of the row, without its quotes; nothing for a column beyond its end or -1. Good until the next row. */
struct view csv_cell(const struct csv *csv, int column);

/* Which column of the row (the header, read by csv_next) has this name; -1 for none. Case does not matter. */
int csv_column(const struct csv *csv, const char *name);

void csv_free(struct csv *csv);
static inline void
csv_free_at(struct csv *csv)
{
	csv_free(csv);
}

#endif

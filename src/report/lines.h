/* lines.h - what the exports share: a line that is made ready and written, and columns found by name. */
#ifndef LINES_H
#define LINES_H

#include "report.h"

struct lines {
	FILE *out;
	struct text line, scratch;
	struct export_result result;
	bool many;        /* the case has several volumes */
	int columns[24];  /* places of the columns that the format asked for, -1 where the view has none */
	struct text last; /* bodyfile: what the row before was about */
};

/* One row of the answer to state, a struct lines; as case_ask wants it. */
typedef int row_writer(void *state, int n, const char *const *names, const struct view *values, const bool *is_number);
row_writer csv_row, jsonl_row, timesketch_row, body_row, l2tcsv_row;

/* Before the first row: finds its columns, writes a header. */
typedef int names_writer(void *state, int n, const char *const *names);
names_writer csv_names, timesketch_names, body_names, l2tcsv_names;

/* Finds the places of the wanted columns (ended by NULL). */
void lines_find(struct lines *l, const char *const *wanted, int n, const char *const *names);

/* The value of the i-th column that was asked for; a view of nothing for NULL. */
static inline struct view
lines_value(const struct lines *l, const struct view *values, int i)
{
	return l->columns[i] < 0 ? view_of(NULL, 0) : values[l->columns[i]];
}

/* Writes the line with its end and empties it: 0, or negative after fail(). r is that of composing it. */
int lines_put(struct lines *l, int r, const char *end);

/* Adds the i-th cell of a CSV line, with a comma before all but number 0: escaped, then quoted. */
int lines_cell(struct lines *l, int i, struct view value, bool is_number);

/* A decimal number with or without '-'; 0 for anything else. */
int64_t number_of(struct view text);

#endif

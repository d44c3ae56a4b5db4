/* row.h - a row on its way out of the case, and what stands in its columns. */
#ifndef ROW_H
#define ROW_H

#include "case.h"

/* Borrowed from the answer of case_ask. */
struct row {
	int n;
	const char *const *names;
	const struct view *values;
};

static inline struct view
text_of(const struct row *row, const char *name)
{
	return row_value(row->n, row->names, row->values, name);
}

/* 0 for NULL and for what is negative: a time past 2^63 is none that a log can have. */
static inline uint64_t
number_of(const struct row *row, const char *name)
{
	return view_number(text_of(row, name));
}

#endif

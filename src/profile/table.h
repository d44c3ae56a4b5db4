/* table.h - the CSV tables of a profile: a header whose columns are known by name, and rows. */
#ifndef TABLE_H
#define TABLE_H

#include "csv.h"
#include "inside.h"

enum { TABLE_COLUMNS = 12 };

struct table {
	const struct origin *from;
	struct csv csv;
	int columns[TABLE_COLUMNS]; /* places of the named columns, -1 where the table has none */
};

/* The cell of the row under the column that was named i-th; nothing where there is none. */
static inline struct view
table_cell(const struct table *t, int column)
{
	return csv_cell(&t->csv, t->columns[column]);
}

/*
 * Reads a table and calls row for each: 0, with complaints, or negative where row was. The first `needed` of the names must
 * be there.
 */
int table_load(const struct origin *from, const char *const *names, int n, int needed, int (*row)(const struct table *t));

/* Files the rule of the row; two rules of one id are compared by these columns. As rule_add. */
int table_rule(const struct table *t, const struct rule *draft, const int *columns, size_t n, const struct rule **ret_rule);

#endif

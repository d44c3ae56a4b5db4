/* table.c - one way to read all CSV tables of a profile. */
#include "table.h"

#include <errno.h>

static int
find_columns(struct table *t, const char *const *names, int n, int needed)
{
	bool missing = false;

	for (int i = 0; i < n; i++) {
		t->columns[i] = csv_column(&t->csv, names[i]);
		if (i < needed && t->columns[i] < 0) {
			int r = complain(t->from, t->csv.line, true, "needs the column %s", names[i]);

			if (r < 0)
				return r;
			missing = true;
		}
	}
	return missing ? 0 : 1;
}

int
table_load(const struct origin *from, const char *const *names, int n, int needed, int (*row)(const struct table *t))
{
	struct table t = { .from = from, .csv = { .rest = from->bytes } };
	int r = csv_next(&t.csv);

	if (r > 0)
		r = find_columns(&t, names, n, needed);
	while (r > 0 && (r = csv_next(&t.csv)) > 0) {
		r = row(&t);
		if (r == 0)
			r = 1;
	}
	if (r == -EINVAL)
		r = complain(from, t.csv.line, true, "a quoted cell that does not end");
	csv_free(&t.csv);
	return r;
}

int
table_rule(const struct table *t, const struct rule *draft, const int *columns, size_t n, const struct rule **ret_rule)
{
	CLEANUP(text_free) struct text body = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		r = text_add(&body, table_cell(t, columns[i]));
		if (r == 0)
			r = text_addc(&body, '\n');
	}
	return r < 0 ? r : rule_add(t->from, t->csv.line, draft, text_view(&body), ret_rule);
}

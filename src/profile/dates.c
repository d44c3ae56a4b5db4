/* dates.c - dates.csv: what the world knew and when, to hold a case against. */
#include <errno.h>

#include "filetime.h"
#include "table.h"

enum column { TIME, TITLE, KIND, CVE, SOURCE, COLUMNS };

static const char *const column_names[COLUMNS] = { "time", "title", "kind", "cve", "source" };

static int
load_row(const struct table *t)
{
	struct public_date date = {
		.kind = keep_text(t->from, table_cell(t, KIND)),
		.title = keep_text(t->from, table_cell(t, TITLE)),
		.cve = keep_text(t->from, table_cell(t, CVE)),
		.source = keep_text(t->from, table_cell(t, SOURCE)),
	};
	struct public_date *slot;

	if (!date.kind || !date.title || !date.cve || !date.source)
		return -ENOMEM;
	if (filetime_parse(table_cell(t, TIME), &date.when) < 0)
		return complain(t->from, t->csv.line, true, "a time that cannot be read");
	slot = vector_push(&t->from->profile->dates);
	if (!slot)
		return -ENOMEM;
	*slot = date;
	return 0;
}

int
dates_load(const struct origin *from)
{
	return table_load(from, column_names, COLUMNS, KIND, load_row);
}

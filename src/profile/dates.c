/* dates.c - dates.csv: what the world knew and when, to hold a case against. */
#include <errno.h>

#include "csv.h"
#include "filetime.h"
#include "inside.h"

static int
load_row(const struct origin *from, const struct csv *csv, const int columns[static 5])
{
	struct public_date date = {
		.kind = keep_text(from, csv_cell(csv, columns[1])),
		.title = keep_text(from, csv_cell(csv, columns[2])),
		.cve = keep_text(from, csv_cell(csv, columns[3])),
		.source = keep_text(from, csv_cell(csv, columns[4])),
	};
	struct public_date *slot;

	if (!date.kind || !date.title || !date.cve || !date.source)
		return -ENOMEM;
	if (filetime_parse(csv_cell(csv, columns[0]), &date.when) < 0)
		return complain(from, csv->line, true, "a time that cannot be read");
	slot = vector_push(&from->profile->dates);
	if (!slot)
		return -ENOMEM;
	*slot = date;
	return 0;
}

static int
load_table(const struct origin *from, struct csv *csv)
{
	static const char *const names[5] = { "time", "kind", "title", "cve", "source" };
	int columns[5], r = csv_next(csv);

	if (r <= 0)
		return r;
	for (int i = 0; i < 5; i++)
		columns[i] = csv_column(csv, names[i]);
	if (columns[0] < 0 || columns[2] < 0)
		return complain(from, csv->line, true, "needs the columns time and title");
	while ((r = csv_next(csv)) > 0) {
		r = load_row(from, csv, columns);
		if (r < 0)
			return r;
	}
	return r;
}

int
dates_load(const struct origin *from)
{
	CLEANUP(csv_free) struct csv csv = { .rest = from->bytes };
	int r = load_table(from, &csv);

	return r == -EINVAL ? complain(from, csv.line, true, "a quoted cell that does not end") : r;
}

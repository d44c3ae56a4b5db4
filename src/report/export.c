/* export.c - the case for other tools: spreadsheets, scripts, Timesketch, mactime, log2timeline's readers. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "lines.h"

static const struct {
	const char *name;
	const char *view; /* the one that it is about; NULL: any */
	const char *limit;
	names_writer *names;
	row_writer *row;
} formats[EXPORT_FORMATS] = {
	[EXPORT_CSV] = { "csv", NULL, NULL, csv_names, csv_row },
	[EXPORT_JSONL] = { "jsonl", NULL, NULL, NULL, jsonl_row },
	[EXPORT_TIMESKETCH] = { "timesketch", "v_timeline", "events before 1700 or after 9999 (left out)",
				timesketch_names, timesketch_row },
	[EXPORT_BODYFILE] = { "bodyfile", "v_body", "times before 1970 or after 2286 (written as 0)", body_names,
			      body_row },
	[EXPORT_L2TCSV] = { "l2tcsv", "v_timeline", "events after 9999 (left out)", l2tcsv_names, l2tcsv_row },
};

const char *
export_name(enum export_format format)
{
	return formats[format].name;
}

const char *
export_limit(enum export_format format)
{
	return formats[format].limit;
}

bool
export_parse(const char *name, enum export_format *ret_format)
{
	for (int i = 0; i < EXPORT_FORMATS; i++) {
		if (!strcmp(formats[i].name, name)) {
			*ret_format = (enum export_format)i;
			return true;
		}
	}
	return false;
}

/* ---- lines ---- */

void
lines_find(struct lines *l, const char *const *wanted, int n, const char *const *names)
{
	for (int i = 0; wanted[i]; i++) {
		l->columns[i] = -1;
		for (int k = 0; k < n; k++)
			if (!strcmp(wanted[i], names[k]))
				l->columns[i] = k;
	}
}

int
lines_put(struct lines *l, int r, const char *end)
{
	if (r == 0)
		r = text_adds(&l->line, end);
	if (r < 0)
		return fail(-r, "out of memory for a line of the export");
	if (fwrite(l->line.s, 1, l->line.n, l->out) != l->line.n)
		return fail(errno ? errno : EIO, "the export cannot be written: %s", strerror(errno));
	text_cut(&l->line, 0);
	return 0;
}

/* Most cells: nothing in them needs an escape. */
static bool
is_plain(struct view value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return false;
	return true;
}

int
lines_cell(struct lines *l, int i, struct view value, bool is_number)
{
	int r = i ? text_addc(&l->line, ',') : 0;

	if (is_number) /* a minus is no formula there */
		return r < 0 ? r : text_add(&l->line, value);
	if (is_plain(value))
		return r < 0 ? r : text_add_csv(&l->line, value);
	text_cut(&l->scratch, 0);
	if (r == 0)
		r = text_add_escaped(&l->scratch, value);
	return r < 0 ? r : text_add_csv(&l->line, text_view(&l->scratch));
}

int64_t
number_of(struct view text)
{
	bool minus = text.n && text.p[0] == '-';
	uint64_t n = 0;

	for (size_t i = minus; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || n > (uint64_t)INT64_MAX / 10)
			return 0;
		n = n * 10 + (text.p[i] - '0');
	}
	return (int64_t)(minus ? 0 - n : n);
}

/* ---- the two that take any view ---- */

int
csv_names(void *state, int n, const char *const *names)
{
	struct lines *l = state;
	int r = 0;

	for (int i = 0; i < n && r == 0; i++)
		r = lines_cell(l, i, view_text(names[i]), false);
	return lines_put(l, r, "\r\n");
}

int
csv_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct lines *l = state;
	int r = 0;

	(void)names;
	for (int i = 0; i < n && r == 0; i++)
		r = lines_cell(l, i, values[i], is_number[i]);
	l->result.rows++;
	return lines_put(l, r, "\r\n");
}

int
row_add_json(struct text *t, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	int r = text_addc(t, '{');

	for (int i = 0; i < n && r == 0; i++) {
		const char *quote = is_number[i] ? "" : "\"";

		r = text_printf(t, "%s\"%s\":%s", i ? "," : "", names[i], values[i].p ? quote : "null");
		if (r == 0 && values[i].p)
			r = is_number[i] ? text_add(t, values[i]) : text_add_json(t, values[i]);
		if (r == 0 && values[i].p)
			r = text_adds(t, quote);
	}
	return r < 0 ? r : text_addc(t, '}');
}

int
jsonl_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct lines *l = state;
	int r = row_add_json(&l->line, n, names, values, is_number);

	l->result.rows++;
	return lines_put(l, r, "\n");
}

/* ---- */

int
report_export(struct case_db *db, enum export_format format, const struct question *question, FILE *out,
	      struct export_result *ret_result)
{
	struct question q = *question;
	struct lines l = { .out = out };
	uint64_t volumes = 0;
	int r = case_count(db, "v_volumes", &volumes);

	l.many = volumes > 1;
	if (formats[format].view || !q.view)
		q.view = formats[format].view ? formats[format].view : "v_timeline";
	if (r == 0 && formats[format].names)
		r = case_columns(db, q.view, formats[format].names, &l);
	if (r == 0)
		r = case_ask(db, &q, formats[format].row, &l);
	if (r == 0 && fflush(out) != 0)
		r = fail(errno, "the export cannot be written: %s", strerror(errno));
	text_free(&l.line);
	text_free(&l.scratch);
	text_free(&l.last);
	if (r == 0)
		*ret_result = l.result;
	return r;
}

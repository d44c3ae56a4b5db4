/* export.c - the case for other tools: spreadsheets, scripts, Timesketch, mactime, log2timeline's readers. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "filetime.h"
#include "graph.h"
#include "lines.h"

static const struct {
	const char *name;
	const char *view; /* the one that it is about; NULL: any */
	const char *limit;
	names_writer *names;
	row_writer *row;
	int (*document)(struct graph *g); /* instead of all that: the case as a whole */
} formats[EXPORT_FORMATS] = {
	[EXPORT_CSV] = { .name = "csv", .names = csv_names, .row = csv_row },
	[EXPORT_JSONL] = { .name = "jsonl", .row = jsonl_row },
	[EXPORT_TIMESKETCH] = { .name = "timesketch",
				.view = "v_timeline",
				.limit = "events before 1700 or after 9999 (left out)",
				.names = timesketch_names,
				.row = timesketch_row },
	[EXPORT_BODYFILE] = { .name = "bodyfile",
			      .view = "v_body",
			      .limit = "times before 1970 or after 2286 (written as 0)",
			      .names = body_names,
			      .row = body_row },
	[EXPORT_L2TCSV] = { .name = "l2tcsv",
			    .view = "v_timeline",
			    .limit = "events after 9999 (left out)",
			    .names = l2tcsv_names,
			    .row = l2tcsv_row },
	[EXPORT_CASE] = { .name = "case", .document = case_uco_write },
	[EXPORT_STIX] = { .name = "stix",
			  .limit = "indicators that STIX has no pattern for: shells, canaries, host strings (left out)",
			  .document = stix_write },
};

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

/* Quoted where needed; a cell that a spreadsheet would run gets an apostrophe in front, and is counted. */
static int
add_tame(struct lines *l, struct view value)
{
	size_t from = l->line.n, had = 0, has = 0;
	int r = text_add_csv(&l->line, value);

	while (had < value.n && value.p[had] == '\'')
		had++;
	from += r == 0 && from < l->line.n && l->line.s[from] == '"';
	while (r == 0 && from + has < l->line.n && l->line.s[from + has] == '\'')
		has++;
	l->result.tamed += has > had;
	return r;
}

int
lines_cell(struct lines *l, int i, struct view value, bool is_number)
{
	int r = i ? text_addc(&l->line, ',') : 0;

	if (is_number) /* a minus is no formula there */
		return r < 0 ? r : text_add(&l->line, value);
	if (is_plain(value))
		return r < 0 ? r : add_tame(l, value);
	text_cut(&l->scratch, 0);
	if (r == 0)
		r = text_add_escaped(&l->scratch, value);
	return r < 0 ? r : add_tame(l, text_view(&l->scratch));
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

/* ---- those that are one document ---- */

/* What stands for "now" is a time of the evidence: when it was acquired, else where the window begins. */
static int
take_window(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	uint64_t *when = state, acquired = 0, since = view_number(row_value(n, names, values, "since"));

	(void)is_number;
	if (filetime_parse(row_value(n, names, values, "acquired"), &acquired) < 0)
		acquired = since;
	*when = acquired > *when ? acquired : *when;
	return 0;
}

/* Which exhibits a case holds, and nothing else, makes it this one. */
static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct text *which = state;
	int r = text_add(which, row_value(n, names, values, "fingerprint"));

	(void)is_number;
	if (r == 0)
		r = text_addc(which, '/');
	if (r == 0)
		r = text_add(which, row_value(n, names, values, "name"));
	return r < 0 ? fail(ENOMEM, "out of memory for the export") : text_addc(which, '|');
}

static int
write_document(struct case_db *db, enum export_format format, FILE *out, struct export_result *ret_result)
{
	CLEANUP(text_free) struct text which = { 0 };
	CLEANUP(free) char *profile = NULL;
	struct graph g = { .db = db, .out = out };
	char text[FILETIME_TEXT];
	uint64_t when = 0;
	int r = case_ask(db, &(struct question){ .view = "v_windows" }, take_window, &when);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_evidence" }, take_exhibit, &which);
	if (r == 0)
		r = case_setting_get(db, "profile", &profile);
	if (r < 0 && r != -ENOENT)
		return r;
	g.which = text_view(&which);
	snprintf(g.created, sizeof(g.created), "%.23sZ", filetime_text(when ? when : FILETIME_UNIX * FILETIME_SECOND, text));
	g.of = profile ? profile : (char[]){ "no profile" };
	r = formats[format].document(&g);
	if (r == 0 && fflush(out) != 0)
		r = fail(errno, "the export cannot be written: %s", strerror(errno));
	if (r == 0)
		*ret_result = g.result;
	graph_free(&g);
	return r;
}

/* ---- */

int
report_export(struct case_db *db, enum export_format format, const struct question *question, FILE *out,
	      struct export_result *ret_result)
{
	struct question q = *question;
	struct lines l = { .out = out };
	uint64_t volumes = 0;
	int r = formats[format].document ? 0 : case_count(db, "v_volumes", &volumes);

	if (formats[format].document)
		return write_document(db, format, out, ret_result);
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

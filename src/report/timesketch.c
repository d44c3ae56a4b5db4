/* timesketch.c - the timeline for tools that hold many of them together: Timesketch, and readers of log2timeline's CSV.
 */
#include <inttypes.h>
#include <string.h>

#include "filetime.h"
#include "lines.h"

/* The columns of v_timeline, in the order of `names` below. */
enum {
	EVIDENCE,
	VOLUME,
	SNAPSHOT,
	TIME,
	TICKS,
	KIND,
	SOURCE,
	SUBJECT,
	SUMMARY,
	STAGE,
	LEVEL,
	FINDING,
	MFT,
	STREAM,
	OFFSET,
	EVENT_COLUMNS
};

static const char *const names_wanted[] = {
	"evidence", "volume", "snapshot", "time",    "ticks", "kind",   "source", "subject",
	"summary",  "stage",  "level",    "finding", "mft",   "stream", "offset", NULL,
};

/* How an examiner knows the eight times of a file; letters as in mactime. */
static const struct file_time {
	const char *kind, *words, *letter;
} file_times[] = {
	{ "file.si.created", "Creation Time ($SI)", "...B" },
	{ "file.si.modified", "Content Modification Time ($SI)", "M..." },
	{ "file.si.changed", "Metadata Modification Time ($SI)", "..C." },
	{ "file.si.accessed", "Last Access Time ($SI)", ".A.." },
	{ "file.fn.created", "Creation Time ($FN)", "...B" },
	{ "file.fn.modified", "Content Modification Time ($FN)", "M..." },
	{ "file.fn.changed", "Metadata Modification Time ($FN)", "..C." },
	{ "file.fn.accessed", "Last Access Time ($FN)", ".A.." },
};

static const struct file_time *
file_time_of(struct view kind)
{
	for (size_t i = 0; i < sizeof(file_times) / sizeof(file_times[0]); i++)
		if (view_equal(kind, view_text(file_times[i].kind)))
			return &file_times[i];
	return NULL;
}

static struct view
words_of(struct view kind)
{
	const struct file_time *t = file_time_of(kind);

	return t ? view_text(t->words) : kind;
}

static int
cells(struct lines *l, const char *const *texts)
{
	int r = 0;

	for (int i = 0; texts[i] && r == 0; i++)
		r = lines_cell(l, i, view_text(texts[i]), false);
	return lines_put(l, r, "\r\n");
}

/* Subject and summary as one. */
static int
compose_message(const struct lines *l, const struct view *values, struct text *t)
{
	struct view subject = lines_value(l, values, SUBJECT), summary = lines_value(l, values, SUMMARY);
	int r = text_add(t, subject);

	if (r == 0 && subject.n && summary.n)
		r = text_adds(t, ": ");
	return r < 0 ? r : text_add(t, summary);
}

/* ---- timesketch: https://timesketch.org/guides/user/import-from-json-csv/ ---- */

int
timesketch_names(void *state, int n, const char *const *names)
{
	static const char *const header[] = { "message",  "timestamp", "datetime", "timestamp_desc",
					      "evidence", "volume",    "snapshot", "kind",
					      "source",   "subject",   "stage",    "level",
					      "finding",  "mft",       "stream",   "offset",
					      "filetime", NULL };

	lines_find(state, names_wanted, n, names);
	return cells(state, header);
}

/* Readers hold dates as 64-bit nanoseconds or refuse early years; so what they would wrap is left out and counted. */
static bool
sayable(struct view time)
{
	return time.n >= 19 && memcmp(time.p, "1700", 4) >= 0;
}

int
timesketch_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	static const int rest[] = { EVIDENCE, VOLUME,  SNAPSHOT, KIND,   SOURCE, SUBJECT, STAGE,
				    LEVEL,    FINDING, MFT,      STREAM, OFFSET, TICKS };
	struct lines *l = state;
	struct view time = lines_value(l, values, TIME);
	int64_t ticks = number_of(lines_value(l, values, TICKS));
	CLEANUP(text_free) struct text message = { 0 };
	int r;

	(void)n, (void)names;
	if (!sayable(time)) {
		l->result.left_out++;
		return 0;
	}
	r = compose_message(l, values, &message);
	if (r == 0)
		r = lines_cell(l, 0, text_view(&message), false);
	if (r == 0)
		r = text_printf(&l->line, ",%" PRId64 ",%.26s+00:00", ticks / 10 - FILETIME_UNIX * 1000000,
				(const char *)time.p);
	if (r == 0)
		r = lines_cell(l, 3, words_of(lines_value(l, values, KIND)), false);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]) && r == 0; i++)
		r = lines_cell(l, 4 + (int)i, lines_value(l, values, rest[i]),
			       l->columns[rest[i]] >= 0 && is_number[l->columns[rest[i]]]);
	l->result.rows++;
	return lines_put(l, r, "\r\n");
}

/* ---- l2tcsv: https://forensics.wiki/l2t_csv/ ---- */

int
l2tcsv_names(void *state, int n, const char *const *names)
{
	static const char *const header[] = { "date",     "time",  "timezone", "MACB",   "source", "sourcetype",
					      "type",     "user",  "host",     "short",  "desc",   "version",
					      "filename", "inode", "notes",    "format", "extra",  NULL };

	lines_find(state, names_wanted, n, names);
	return cells(state, header);
}

/* What has no field of its own, as name: value. */
static int
compose_extra(const struct lines *l, const struct view *values, struct text *t)
{
	static const int extra[] = { EVIDENCE, VOLUME, SNAPSHOT, STREAM, OFFSET, STAGE, LEVEL, FINDING, TICKS };
	int r = 0;

	for (size_t i = 0; i < sizeof(extra) / sizeof(extra[0]) && r == 0; i++) {
		struct view value = lines_value(l, values, extra[i]);

		if (!value.n)
			continue;
		r = text_printf(t, "%s%s: ", t->n ? "; " : "", names_wanted[extra[i]]);
		if (r == 0)
			r = text_add(t, value);
	}
	return r;
}

int
l2tcsv_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct lines *l = state;
	struct view time = lines_value(l, values, TIME), kind = lines_value(l, values, KIND);
	const struct file_time *file_time = file_time_of(kind);
	CLEANUP(text_free) struct text message = { 0 };
	CLEANUP(text_free) struct text extra = { 0 };
	const char *iso = (const char *)time.p;
	int r;

	(void)n, (void)names, (void)is_number;
	if (time.n < 19) {
		l->result.left_out++;
		return 0;
	}
	r = compose_message(l, values, &message);
	if (r == 0)
		r = compose_extra(l, values, &extra);
	if (r == 0)
		r = text_printf(&l->line, "%.2s/%.2s/%.4s,%.8s,UTC,%s", iso + 5, iso + 8, iso, iso + 11,
				file_time ? file_time->letter : "....");
	const struct view fields[] = {
		view_text(file_time ? "FILE" : "LOG"),
		lines_value(l, values, SOURCE),
		words_of(kind),
		view_text("-"),
		view_text("-"),
		lines_value(l, values, SUMMARY),
		text_view(&message),
		view_text("2"),
		lines_value(l, values, SUBJECT),
		lines_value(l, values, MFT),
		view_text("-"),
		view_text("postmortem"),
		text_view(&extra),
	};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && r == 0; i++)
		r = lines_cell(l, 4 + (int)i, fields[i], fields[i].n == 1 && fields[i].p[0] == '-');
	l->result.rows++;
	return lines_put(l, r, "\r\n");
}

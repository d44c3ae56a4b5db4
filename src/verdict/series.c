/* series.c - what the case says of its logs: which files, in which folders, read how far, with lines of which days. */
#include <errno.h>

#include "calendar.h"
#include "fail.h"
#include "filetime.h"
#include "row.h"

static const char *
keep(struct calendar *calendar, struct view text)
{
	return arena_copy(&calendar->arena, text);
}

/* ---- the day that a name tells ---- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* `YYYYMMDD`, or `YYMMDD`, as a day since 1601, 0 for what is none. */
static uint64_t
day_of_digits(const uint8_t *digits, size_t n)
{
	char text[] = "20YY-MM-DD";
	uint64_t ticks;
	size_t skip = n == 6 ? 2 : 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = i + skip;

		text[at + (at >= 4) + (at >= 6)] = (char)digits[i];
	}
	return filetime_parse(view_text(text), &ticks) < 0 ? 0 : ticks / FILETIME_DAY;
}

/*
 * u_ex210228.log and u_ex21022803.log of IIS, ECPServer20210228-1.LOG and HttpProxy_2021022803-1.LOG of Exchange: the
 * last run of six, eight or ten digits that is a date.
 */
static void
read_name(struct log *log)
{
	const uint8_t *name = (const uint8_t *)log->name;
	bool iis = !strcmp(log->kind, "iis");

	log->named_hour = -1;
	for (size_t i = 0; name[i] && strcmp(log->kind, "evtx");) {
		size_t n = 0, date = iis ? 6 : 8;
		uint64_t day;

		while (is_digit(name[i + n]))
			n++;
		day = n == date || n == date + 2 ? day_of_digits(name + i, date) : 0;
		if (day) {
			int hour = n > date ? (name[i + date] - '0') * 10 + name[i + date + 1] - '0' : -1;

			log->named = day;
			log->named_hour = hour < 24 ? hour : -1;
		}
		i += n + !n;
	}
}

/* ---- rows ---- */

/* Event logs are of one kind, and each of them is a folder of its own, called like the log: the one in use and those
 * that Windows has put away are the same log. */
static int
name_event_log(struct calendar *calendar, struct log *log)
{
	static const char kind[] = "evtx/";
	size_t n = strlen(kind);

	if (strncmp(log->kind, kind, n))
		return 0;
	log->folder = arena_printf(&calendar->arena, "%s%s%s.evtx", log->folder, *log->folder ? "/" : "", log->kind + n);
	log->kind = "evtx";
	return log->folder ? 0 : -ENOMEM;
}

/* How far a log was read: wholly only where nothing is lost of it and nothing limits it. */
static enum log_grade
grade_of(const struct row *row)
{
	struct view state = text_of(row, "state");

	if (view_equal(state, view_text("unreadable")) || view_equal(state, view_text("skipped")))
		return LOG_BAD;
	return view_equal(state, view_text("partly")) || number_of(row, "lost") || number_of(row, "deleted") ||
			       text_of(row, "limitation").n
		       ? LOG_PART
		       : LOG_WHOLE;
}

/* What is missing of it, in the words of who read it. */
static const char *
missing_of(struct calendar *calendar, const struct row *row)
{
	struct view reason = text_of(row, "reason"), limitation = text_of(row, "limitation");

	return keep(calendar, reason.n ? reason : limitation.n ? limitation : text_of(row, "state"));
}

/* Of other sources than logs nobody expects a file a day. One of a family (evtx/Application) is sought with that. */
static bool
is_sought(const struct calendar *calendar, uint32_t evidence, struct view kind)
{
	const uint8_t *slash = memchr(kind.p, '/', kind.n);

	kind.n = slash ? (size_t)(slash - kind.p) : kind.n;
	for (size_t i = 0; i < calendar->sought.n; i++)
		if (calendar->sought.at[i].evidence == evidence && view_equal(view_text(calendar->sought.at[i].kind), kind))
			return true;
	return false;
}

static int
take_log(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	const struct row row = { n, names, values };
	struct view path = text_of(&row, "path");
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	size_t at = slash ? (size_t)(slash - path.p) : 0;
	struct log *log;

	(void)is_number;
	if (!is_sought(calendar, (uint32_t)number_of(&row, "evidence"), text_of(&row, "source")))
		return 0;
	if (calendar->logs.n >= CALENDAR_LOGS_MAX)
		return fail(E2BIG, "more than %d logs: no calendar can be made", CALENDAR_LOGS_MAX);
	log = vector_push(&calendar->logs);
	if (!log)
		return -ENOMEM;
	*log = (struct log){
		.evidence = (uint32_t)number_of(&row, "evidence"),
		.place = number_of(&row, "place"),
		.number = number_of(&row, "log"),
		.kind = keep(calendar, text_of(&row, "source")),
		.folder = keep(calendar, view_of(path.p, at)),
		.name = keep(calendar, view_from(path, slash ? at + 1 : 0)),
		.why = missing_of(calendar, &row),
		.grade = grade_of(&row),
		.deleted = number_of(&row, "deleted"),
		.lines = number_of(&row, "lines"),
		.bytes = number_of(&row, "bytes"),
		.first = number_of(&row, "first") / FILETIME_DAY,
		.last = number_of(&row, "last") / FILETIME_DAY,
		.born = number_of(&row, "born") / FILETIME_DAY,
		.modified = number_of(&row, "modified") / FILETIME_DAY,
	};
	if (!log->kind || !log->folder || !log->name || !log->why || name_event_log(calendar, log) < 0)
		return -ENOMEM;
	read_name(log);
	return 0;
}

static int
take_day(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	const struct row row = { n, names, values };
	struct log_day *day;

	(void)is_number;
	if (calendar->days.n >= CALENDAR_LOG_DAYS_MAX)
		return fail(E2BIG, "more than %d days of logs: no calendar can be made", CALENDAR_LOG_DAYS_MAX);
	day = vector_push(&calendar->days);
	if (!day)
		return -ENOMEM;
	*day = (struct log_day){
		.log = number_of(&row, "log"),
		.day = number_of(&row, "day"),
		.lines = number_of(&row, "lines"),
		.bytes = number_of(&row, "bytes"),
		.hours = (uint32_t)number_of(&row, "hours") & 0xffffff,
	};
	return 0;
}

/* Whether some log lies in the folder or below it, so that its birth can say something. */
static bool
above_logs(const struct calendar *calendar, const struct birth *b)
{
	size_t n = strlen(b->path);

	for (size_t i = 0; i < calendar->series.n; i++) {
		const struct series *s = &calendar->series.at[i];

		if (s->place == b->place && !strncmp(s->folder, b->path, n) && (!s->folder[n] || s->folder[n] == '/'))
			return true;
	}
	return false;
}

static int
take_birth(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	const struct row row = { n, names, values };
	char path[4096];
	struct view text = text_of(&row, "path");
	struct birth b = { .evidence = (uint32_t)number_of(&row, "evidence"),
			   .place = number_of(&row, "place"),
			   .day = number_of(&row, "born") / FILETIME_DAY,
			   .path = path },
		     *slot;

	(void)is_number;
	if (!text.n || text.n >= sizeof(path))
		return 0;
	memcpy(path, text.p, text.n);
	path[text.n] = 0;
	if (!above_logs(calendar, &b))
		return 0;
	b.path = keep(calendar, text);
	slot = b.path ? vector_push(&calendar->births) : NULL;
	if (!slot)
		return -ENOMEM;
	*slot = b;
	return 0;
}

static int
take_sought(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct calendar *calendar = state;
	const struct row row = { n, names, values };
	struct sought *s = vector_push(&calendar->sought);

	(void)is_number;
	if (!s)
		return -ENOMEM;
	*s = (struct sought){ .evidence = (uint32_t)number_of(&row, "evidence"),
			      .kind = keep(calendar, text_of(&row, "source")),
			      .artifact = keep(calendar, text_of(&row, "artifact")) };
	return s->kind && s->artifact ? 0 : -ENOMEM;
}

/* ---- into folders ---- */

static int
by_series(const struct log *a, const struct log *b)
{
	int c = a->evidence < b->evidence ? -1 : a->evidence > b->evidence;

	if (!c)
		c = strcmp(a->kind, b->kind);
	if (!c)
		c = strcmp(a->folder, b->folder);
	return c ? c : a->place < b->place ? -1 : a->place > b->place;
}

static int
by_place(const void *a, const void *b)
{
	const struct log *x = a, *y = b;
	int c = by_series(x, y);

	if (!c)
		c = strcmp(x->name, y->name);
	return c ? c : x->number < y->number ? -1 : x->number > y->number;
}

/* Where the days of a log begin: they come in order of log. */
static size_t
first_day(const struct calendar *calendar, uint64_t log)
{
	size_t low = 0, high = calendar->days.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->days.at[middle].log < log)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
give_days(struct calendar *calendar)
{
	for (size_t i = 0; i < calendar->logs.n; i++) {
		struct log *log = &calendar->logs.at[i];

		log->day_at = first_day(calendar, log->number);
		while (log->day_at + log->day_count < calendar->days.n &&
		       calendar->days.at[log->day_at + log->day_count].log == log->number)
			log->day_count++;
	}
}

static int
group(struct calendar *calendar)
{
	struct series *s = NULL;

	vector_sort(&calendar->logs, by_place);
	for (size_t i = 0; i < calendar->logs.n; i++) {
		struct log *log = &calendar->logs.at[i];

		if (!i || by_series(&log[-1], log)) {
			s = vector_push(&calendar->series);
			if (!s)
				return -ENOMEM;
			*s = (struct series){ .evidence = log->evidence,
					      .place = log->place,
					      .kind = log->kind,
					      .folder = log->folder,
					      .from = i };
		}
		log->folder = s->folder; /* one text for one folder */
		s->count++;
		s->live |= !log->deleted;
	}
	return 0;
}

int
series_load(struct calendar *calendar, struct case_db *db)
{
	int r = case_ask(db, &(struct question){ .view = "v_sought" }, take_sought, calendar);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_logs" }, take_log, calendar);
	if (r == 0)
		r = group(calendar);
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_log_days" }, take_day, calendar);
	if (r == 0)
		give_days(calendar);
	if (r == 0 && calendar->logs.n)
		r = case_ask(db, &(struct question){ .view = "v_births" }, take_birth, calendar);
	return r;
}

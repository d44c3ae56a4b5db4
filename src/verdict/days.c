/* days.c - a folder of logs, day by day: what is there, how far it was read, and what explains that a day is missing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "calendar.h"

enum { HOURS = 24, ALL_HOURS = (1 << HOURS) - 1, BUSY_LINES = 10, BUSY_LEAST = 24, STEADY_PERCENT = 80,
       STEADY_DAYS = 14, SLACK_DAYS = 2 };

/* One folder while it is judged. */
struct folder {
	const struct calendar *calendar;
	struct arena *arena; /* for reasons */
	const struct series *series;
	const struct window *window;
	const struct habit *habit;
	struct day *days;
	uint64_t first, last;   /* days that some log of it touches, in the window or not; first 0: none */
	uint64_t bytes;         /* of the logs that are not deleted */
	uint64_t oldest_file;   /* births of the folder, and of what it belongs to; 0: not known */
	uint64_t installed;
	const struct log *dateless; /* one that was not read and does not tell its days */
	bool busy;              /* no hour is expected to be without lines */
	bool steady;            /* no day is expected to be without a log */
	bool open;              /* a log that is not named for a day goes on for as long as the host runs */
	const char *reasons[2][DAY_STATES]; /* before the first day and behind the last, said once */
};

static struct day *
day_at(const struct folder *f, uint64_t day)
{
	return day >= f->window->first && day <= f->window->end ? &f->days[day - f->window->first] : NULL;
}

/* ---- what is there ---- */

/* A log that is named for another day and has lines of this one does not stand for the whole of it. */
static void
grade(struct day *d, const struct log *log, uint64_t day)
{
	bool foreign = log->named && log->named != day;

	d->foreign += log->grade == LOG_WHOLE && foreign;
	d->whole += log->grade == LOG_WHOLE && !foreign;
	d->part += log->grade == LOG_PART;
	d->bad += log->grade == LOG_BAD;
	if (log->grade != LOG_WHOLE && !d->culprit)
		d->culprit = log;
}

/* Notes that a log has something of each of these days. */
static void
touch(struct folder *f, const struct log *log, uint64_t from, uint64_t to)
{
	bool counts = !log->deleted || !f->series->live; /* what Exchange deleted is no sign of what it keeps */

	if (!from || to < from)
		return;
	if (counts && (!f->first || from < f->first))
		f->first = from;
	if (counts && to > f->last)
		f->last = to;
	if (from < f->window->first)
		from = f->window->first;
	if (to > f->window->end)
		to = f->window->end;
	for (uint64_t day = from; day <= to; day++)
		grade(day_at(f, day), log, day);
}

/* A log that has a day in its name is one of that day, whatever a single line in it may say; one that has none goes on
 * over all days from its first line to its last. */
static void
take_log(struct folder *f, const struct log *log)
{
	const struct log_day *days = f->calendar->days.at + log->day_at;
	bool told = false;

	if (!log->deleted)
		f->bytes += log->bytes;
	for (size_t i = 0; i < log->day_count; i++) {
		struct day *d = day_at(f, days[i].day);

		told |= days[i].day == log->named;
		if (log->named || log->grade == LOG_BAD || !log->first)
			touch(f, log, days[i].day, days[i].day);
		if (d) {
			d->lines += days[i].lines;
			d->bytes += days[i].bytes;
			d->hours |= days[i].hours;
		}
	}
	if (log->named && !told)
		touch(f, log, log->named, log->named);
	if (log->named && log->named_hour >= 0 && day_at(f, log->named))
		day_at(f, log->named)->hours |= 1u << log->named_hour;
	if (log->named)
		return;
	f->open |= !log->deleted;
	if (log->first)
		touch(f, log, log->first, log->last);
	else if (log->born && log->modified >= log->born)
		touch(f, log, log->born, log->modified);
	else if (log->grade != LOG_WHOLE && !f->dateless)
		f->dateless = log;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Whether an hour without lines stands out: where 19 of 20 hours that have any have ten or more, as in the logs that
 * the health probes of Exchange fill, chance leaves none empty. How many hours are missing makes no difference.
 */
static int
find_busy(struct folder *f)
{
	VECTOR(uint64_t) hours = { 0 };
	int r = 0;

	for (size_t i = 0; i < f->series->count && r == 0; i++) {
		const struct log *log = &f->calendar->logs.at[f->series->from + i];
		const struct log_day *days = f->calendar->days.at + log->day_at;

		for (size_t k = 0; k < log->day_count && r == 0; k++) {
			uint64_t *slot;

			if (__builtin_popcount(days[k].hours) != 1)
				continue;
			slot = vector_push(&hours);
			if (slot)
				*slot = days[k].lines;
			else
				r = -ENOMEM;
		}
	}
	vector_sort(&hours, by_number);
	f->busy = hours.n >= BUSY_LEAST && hours.at[hours.n / 20] >= BUSY_LINES;
	vector_free(&hours);
	return r;
}

/* The hours that a day should have: of the first and the last of all, those between the first and the last line. */
static uint32_t
hours_due(const struct folder *f, uint64_t day, uint32_t hours)
{
	uint32_t due = ALL_HOURS;

	if (day == f->first)
		due &= ~(uint32_t)0 << __builtin_ctz(hours);
	if (day == f->last)
		due &= ((uint32_t)2 << (31 - __builtin_clz(hours))) - 1;
	return due;
}

static int
tell_hours(struct folder *f, struct day *d, uint32_t gone)
{
	char list[3 * HOURS + 1] = "";
	size_t n = 0;

	for (int hour = 0; hour < HOURS; hour++)
		if (gone >> hour & 1)
			n += (size_t)snprintf(list + n, sizeof(list) - n, " %02d", hour);
	d->state = DAY_PARTLY;
	d->reason = arena_printf(f->arena,
				 "no lines of the hours%s (UTC), in a folder that has ten or more of nearly every hour",
				 list);
	return d->reason ? 0 : -ENOMEM;
}

static int
tell_culprit(struct folder *f, struct day *d)
{
	uint64_t n = (uint64_t)d->part + d->bad;

	d->state = d->whole || d->foreign || d->part ? DAY_PARTLY : DAY_UNREADABLE;
	d->reason = n > 1 ? arena_printf(f->arena, "%s: %s; and %" PRIu64 " further logs of this day",
					 d->culprit->name, d->culprit->why, n - 1)
			  : arena_printf(f->arena, "%s: %s", d->culprit->name, d->culprit->why);
	return d->reason ? 0 : -ENOMEM;
}

/* A day of which there is something. */
static int
judge_there(struct folder *f, uint64_t day, struct day *d)
{
	uint32_t gone;

	if (d->part || d->bad)
		return tell_culprit(f, d);
	if (!d->whole) {
		d->state = DAY_PARTLY;
		d->reason = "its own log is gone: the lines stand in logs of other days";
		return 0;
	}
	d->state = d->lines ? DAY_PRESENT : DAY_EMPTY;
	if (!d->lines)
		d->reason = f->open ? "within the span of a log that has no lines of this day"
				    : "a log of this day is there and has no lines of it";
	if (!f->habit->hourly || !d->hours)
		return 0;
	gone = hours_due(f, day, d->hours) & ~d->hours;
	if (gone && f->busy)
		return tell_hours(f, d, gone);
	if (gone)
		d->reason = arena_printf(f->arena, "lines of %d hours", __builtin_popcount(d->hours));
	return gone && !d->reason ? -ENOMEM : 0;
}

/* ---- what is missing ---- */

/* Days before the oldest log, where the kind has a rule: whether that explains them. */
static enum day_state
judge_rotated(const struct folder *f, uint64_t day)
{
	if (f->bytes >= f->habit->bytes / 10 * 9)
		return DAY_ROTATED;
	if (f->first + f->habit->days + SLACK_DAYS < f->window->last)
		return DAY_ABSENT;
	return day + f->habit->days <= f->window->last ? DAY_ROTATED : DAY_ABSENT;
}

/* The same in words, with the numbers for it. */
static const char *
tell_rotated(const struct folder *f, enum day_state state)
{
	const struct habit *h = f->habit;
	uint64_t kept = f->window->last >= f->first ? f->window->last - f->first : 0;
	char first[DAY_TEXT];

	day_text(f->first, first);
	if (f->bytes >= h->bytes / 10 * 9)
		return arena_printf(f->arena,
				    "deleted by size: the folder holds %" PRIu64 " bytes, of which Exchange keeps %" PRIu64
				    " by default; its oldest log is of %s",
				    f->bytes, h->bytes, first);
	if (state == DAY_ROTATED)
		return arena_printf(f->arena,
				    "deleted by age: Exchange keeps %u days by default; the oldest log is of %s, %" PRIu64
				    " days before the last sign of life",
				    h->days, first, kept);
	if (kept > h->days + SLACK_DAYS)
		return arena_printf(f->arena,
				    "not explained: the oldest log is of %s, %" PRIu64 " days before the last sign of life, so "
				    "more is kept here than the %u days of Exchange's default",
				    first, kept, h->days);
	return arena_printf(f->arena,
			    "not explained: Exchange keeps %u days or %" PRIu64 " bytes by default; the oldest log is of %s, "
			    "%" PRIu64 " days before the last sign of life, and the folder holds %" PRIu64 " bytes",
			    h->days, h->bytes, first, kept, f->bytes);
}

static const char *
tell_end(struct folder *f, bool behind)
{
	char first[DAY_TEXT], last[DAY_TEXT], made[DAY_TEXT];

	if (behind)
		return arena_printf(f->arena, "the newest log is of %s; the host ran until %s", day_text(f->last, first),
				    day_text(f->window->last, last));
	if (f->oldest_file > f->window->first)
		return arena_printf(f->arena, "the oldest log is of %s; the folder was made on %s, and nothing deletes "
					   "such logs by itself",
				    day_text(f->first, first), day_text(f->oldest_file, made));
	return arena_printf(f->arena, "the oldest log is of %s; nothing is known to delete such logs by itself",
			    day_text(f->first, first));
}

static const char silent[] = "no log of this day: either there was nothing to write, or it is gone";

/* Before the oldest log or behind the newest: the reason is the same for all such days of one state. */
static int
judge_outside(struct folder *f, uint64_t day, struct day *d)
{
	bool behind = day > f->last, ruled = !behind && f->habit->days;
	const char **reason;

	d->state = ruled ? judge_rotated(f, day) : DAY_ABSENT;
	if (d->state == DAY_ABSENT && (f->open || !f->steady)) {
		d->state = DAY_QUIET;
		d->reason = silent;
		return 0;
	}
	reason = &f->reasons[behind][d->state];
	if (!*reason)
		*reason = ruled ? tell_rotated(f, d->state) : tell_end(f, behind);
	d->reason = *reason;
	return d->reason ? 0 : -ENOMEM;
}

static int
judge_missing(struct folder *f, uint64_t day, struct day *d)
{
	if (f->dateless) {
		d->state = DAY_UNREADABLE;
		if (!f->reasons[0][DAY_UNREADABLE])
			f->reasons[0][DAY_UNREADABLE] = arena_printf(f->arena, "%s: %s; it does not tell its days",
								     f->dateless->name, f->dateless->why);
		d->reason = f->reasons[0][DAY_UNREADABLE];
		return d->reason ? 0 : -ENOMEM;
	}
	if (!f->first) {
		d->state = DAY_ABSENT;
		d->reason = "the folder holds no log with lines or a date";
		return 0;
	}
	if (day < f->first || day > f->last)
		return judge_outside(f, day, d);
	d->state = f->steady ? DAY_HOLE : DAY_QUIET;
	d->reason = f->steady ? "no log of this day, between days that have some" : silent;
	return 0;
}

/* ---- when it began ---- */

/* How much of a folder's path names what writes the logs: all before /Logging/ or /TransportRoles/, else the first
 * name. */
static size_t
owner_length(const char *folder)
{
	static const char *const below[] = { "/Logging/", "/TransportRoles/" };

	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		const char *at = strstr(folder, below[i]);

		if (at)
			return (size_t)(at - folder);
	}
	return strcspn(folder, "/");
}

static void
find_births(struct folder *f)
{
	const char *folder = f->series->folder;
	size_t owner = owner_length(folder);

	for (size_t i = 0; i < f->calendar->births.n; i++) {
		const struct birth *b = &f->calendar->births.at[i];

		if (b->place != f->series->place || b->evidence != f->series->evidence)
			continue;
		if (!strcmp(b->path, folder))
			f->oldest_file = b->day;
		if (strlen(b->path) == owner && !strncmp(b->path, folder, owner))
			f->installed = b->day;
	}
}

static int
judge_before(struct folder *f, struct day *d)
{
	char made[DAY_TEXT];

	d->state = DAY_BEFORE;
	if (!f->reasons[0][DAY_BEFORE])
		f->reasons[0][DAY_BEFORE] =
			arena_printf(f->arena, "/%.*s was made on %s", (int)owner_length(f->series->folder),
				     f->series->folder, day_text(f->installed, made));
	d->reason = f->reasons[0][DAY_BEFORE];
	return d->reason ? 0 : -ENOMEM;
}

static int
judge_day(struct folder *f, uint64_t day)
{
	struct day *d = day_at(f, day);

	if (d->whole || d->foreign || d->part || d->bad)
		return judge_there(f, day, d);
	if (day > f->window->last) {
		d->state = DAY_AFTER;
		d->reason = "behind the host's last sign of life, before it was acquired";
		return 0;
	}
	return day < f->installed ? judge_before(f, d) : judge_missing(f, day, d);
}

/* Some kinds are written every day; others are, where they have been on most days for a while. */
static void
find_steady(struct folder *f)
{
	uint64_t from = f->first > f->window->first ? f->first : f->window->first;
	uint64_t to = f->last < f->window->last ? f->last : f->window->last, touched = 0;

	for (uint64_t day = from; f->first && day <= to; day++) {
		const struct day *d = day_at(f, day);

		touched += d->whole || d->foreign || d->part || d->bad;
	}
	f->steady = f->habit->steady || (f->first && to >= from && to - from + 1 >= STEADY_DAYS &&
					 touched * 100 >= (to - from + 1) * STEADY_PERCENT);
	f->open &= !f->habit->steady;
}

int
days_judge(const struct calendar *calendar, const struct series *series, const struct window *window,
	   struct arena *arena, struct day *days)
{
	struct folder f = { .calendar = calendar,
			    .arena = arena,
			    .series = series,
			    .window = window,
			    .habit = habit_of(series->kind),
			    .days = days };
	int r = 0;

	for (size_t i = 0; i < series->count; i++)
		take_log(&f, &calendar->logs.at[series->from + i]);
	find_steady(&f);
	if (f.habit->hourly)
		r = find_busy(&f);
	find_births(&f);
	for (uint64_t day = window->first; day <= window->end && r == 0; day++)
		r = judge_day(&f, day);
	return r;
}

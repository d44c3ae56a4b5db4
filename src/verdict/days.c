/* days.c - a folder of logs, day by day: what is there, how far it was read, and what explains that a day is missing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "calendar.h"

enum { HOURS = 24, ALL_HOURS = (1 << HOURS) - 1, DENSE_PERCENT = 75, STEADY_PERCENT = 80, SLACK_DAYS = 2 };

/* One folder while it is judged. */
struct folder {
	const struct calendar *calendar;
	struct arena *arena; /* for reasons */
	const struct series *series;
	const struct window *window;
	const struct habit *habit;
	struct day *days;
	uint64_t first, last;   /* days that some log of it touches, in the window or not; first 0: none */
	uint64_t touched;       /* how many, in the window */
	uint64_t bytes;         /* of the logs that are not deleted */
	uint64_t oldest_file;   /* births of the folder, and of what it belongs to; 0: not known */
	uint64_t installed;
	const struct log *dateless; /* one that was not read and does not tell its days */
	bool dense;             /* lines in most hours of its days */
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
	if (log->first)
		touch(f, log, log->first, log->last);
	else if (log->born && log->modified >= log->born)
		touch(f, log, log->born, log->modified);
	else if (log->grade != LOG_WHOLE && !f->dateless)
		f->dateless = log;
}

/* Whether an hourly log has lines in most hours of the days between its first and its last. */
static bool
is_dense(const struct folder *f)
{
	uint64_t hours = 0, days = 0;

	for (uint64_t day = f->window->first; day <= f->window->last; day++) {
		const struct day *d = day_at(f, day);

		if (day <= f->first || day >= f->last || !d->hours)
			continue;
		days++;
		hours += (unsigned)__builtin_popcount(d->hours);
	}
	return days && hours * 100 >= days * HOURS * DENSE_PERCENT;
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
				 "no lines from the hours%s (UTC), in a folder that has some from nearly all", list);
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
		d->reason = "a log of this day is there and has no lines of it";
	if (!f->habit->hourly || !d->hours)
		return 0;
	gone = hours_due(f, day, d->hours) & ~d->hours;
	if (gone && f->dense)
		return tell_hours(f, d, gone);
	if (gone)
		d->reason = arena_printf(f->arena, "lines from %d hours", __builtin_popcount(d->hours));
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

/* Before the oldest log or behind the newest: the reason is the same for all such days of one state. */
static int
judge_outside(struct folder *f, uint64_t day, struct day *d)
{
	bool behind = day > f->last, ruled = !behind && f->habit->days;
	const char **reason;

	d->state = ruled ? judge_rotated(f, day) : DAY_ABSENT;
	reason = &f->reasons[behind][d->state];
	if (!*reason)
		*reason = ruled ? tell_rotated(f, d->state) : tell_end(f, behind);
	d->reason = *reason;
	return d->reason ? 0 : -ENOMEM;
}

static int
judge_missing(struct folder *f, uint64_t day, struct day *d)
{
	uint64_t span = f->last - f->first + 1;

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
	d->state = f->habit->steady || f->touched * 100 >= span * STEADY_PERCENT ? DAY_HOLE : DAY_QUIET;
	d->reason = d->state == DAY_HOLE
			    ? "no log of this day, between days that have some"
			    : "no log of this day: either there was nothing to write, or it is gone";
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
	for (uint64_t day = window->first; day <= window->last; day++) {
		const struct day *d = day_at(&f, day);

		f.touched += d->whole || d->foreign || d->part || d->bad;
	}
	f.dense = f.habit->hourly && is_dense(&f);
	find_births(&f);
	for (uint64_t day = window->first; day <= window->end && r == 0; day++)
		r = judge_day(&f, day);
	return r;
}

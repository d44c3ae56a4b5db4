/* days.c - a folder of logs, day by day: what is there, and how far it was read. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "days.h"

enum {
	HOURS = 24,
	ALL_HOURS = (1 << HOURS) - 1,
	BUSY_LINES = 10,
	BUSY_LEAST = 24,
	STEADY_PERCENT = 80,
	STEADY_DAYS = 14,
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
	else if (log->born && log->modified >= log->born && !f->habit->newest)
		touch(f, log, log->born, log->modified);
	else if (log->grade != LOG_WHOLE && !f->dateless && !f->habit->newest)
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
	d->reason = arena_printf(
		f->arena, "no lines of the hours%s (UTC), in a folder that has ten or more of nearly every hour", list);
	return d->reason ? 0 : -ENOMEM;
}

static int
tell_culprit(struct folder *f, struct day *d)
{
	uint64_t n = (uint64_t)d->part + d->bad;

	d->state = d->whole || d->foreign || d->part ? DAY_PARTLY : DAY_UNREADABLE;
	d->reason = n > 1 ? arena_printf(f->arena, "%s: %s; and %" PRIu64 " further logs of this day", d->culprit->name,
					 d->culprit->why, n - 1)
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
	folder_births(&f);
	for (uint64_t day = window->first; day <= window->end && r == 0; day++)
		r = judge_day(&f, day);
	return r;
}

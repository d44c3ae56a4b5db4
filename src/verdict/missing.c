/* missing.c - a day of which a folder has no log: what explains that, with the numbers for it, and what does not. */
#include <errno.h>
#include <inttypes.h>

#include "days.h"

enum { SLACK_DAYS = 2 }; /* of an age by which logs are deleted: it is looked at now and then, and by the hour */

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
				    "deleted by size: the folder holds %" PRIu64
				    " bytes, of which Exchange keeps %" PRIu64 " by default; its oldest log is of %s",
				    f->bytes, h->bytes, first);
	if (state == DAY_ROTATED)
		return arena_printf(
			f->arena,
			"deleted by age: Exchange keeps %u days by default; the oldest log is of %s, %" PRIu64
			" days before the last sign of life",
			h->days, first, kept);
	if (kept > h->days + SLACK_DAYS)
		return arena_printf(f->arena,
				    "not explained: the oldest log is of %s, %" PRIu64
				    " days before the last sign of life, so "
				    "more is kept here than the %u days of Exchange's default",
				    first, kept, h->days);
	return arena_printf(f->arena,
			    "not explained: Exchange keeps %u days or %" PRIu64
			    " bytes by default; the oldest log is of %s, "
			    "%" PRIu64 " days before the last sign of life, and the folder holds %" PRIu64 " bytes",
			    h->days, h->bytes, first, kept, f->bytes);
}

static const char *
tell_end(struct folder *f, bool behind)
{
	char first[DAY_TEXT], last[DAY_TEXT], made[DAY_TEXT];

	if (behind)
		return arena_printf(f->arena, "the newest log is of %s; the host ran until %s",
				    day_text(f->last, first), day_text(f->window->last, last));
	if (f->habit->newest)
		return arena_printf(f->arena,
				    "the oldest record is of %s: older ones were overwritten, as the log keeps its size, or it "
				    "was cleared",
				    day_text(f->first, first));
	if (f->oldest_file > f->window->first)
		return arena_printf(f->arena,
				    "the oldest log is of %s; the folder was made on %s, and nothing deletes "
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
	if (d->state == DAY_ABSENT && (f->open || !f->steady) && (behind || !f->habit->newest)) {
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

int
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
		d->reason = f->habit->newest ? "the log holds no record"
					     : "the folder holds no log with lines or a date";
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

void
folder_births(struct folder *f)
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

int
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

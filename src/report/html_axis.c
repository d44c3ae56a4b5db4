/* html_axis.c - the days that the pictures of the report show, all on one scale, and the months behind them. */
#include <stdio.h>

#include "filetime.h"
#include "html.h"

enum {
	AXIS_DAYS = 3650,  /* what a picture can still tell apart */
	DATES_BEHIND = 45, /* public dates so many days behind the end are still shown */
	AXIS_LEAST = 14,
};

int64_t
day_of(struct view iso)
{
	uint64_t ticks;

	if (iso.n < 10 || filetime_parse(view_part(iso, 0, 10), &ticks) < 0)
		return -1;
	return (int64_t)(ticks / FILETIME_DAY);
}

char *
day_name(int64_t day, char text[static 11])
{
	char whole[FILETIME_TEXT];

	filetime_text((uint64_t)day * FILETIME_DAY, whole);
	snprintf(text, 11, "%.10s", whole);
	return text;
}

int
axis_x(const struct axis *axis, int64_t day)
{
	int64_t days = axis->last - axis->first + 1;

	day = day < axis->first ? axis->first : day > axis->last + 1 ? axis->last + 1 : day;
	return (int)(PICTURE_LEFT * 10 + (day - axis->first) * (PICTURE_RIGHT - PICTURE_LEFT) * 10 / days);
}

/* ---- which days ---- */

struct reach {
	int64_t end;
	int64_t most;
};

static int
take_day(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct reach *reach = state;
	int64_t day = day_of(row_value(n, names, values, "day"));

	(void)is_number;
	if (day > reach->end && day <= reach->most)
		reach->end = day;
	return 0;
}

static int
take_since(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	int64_t *first = state, day = (int64_t)(view_number(row_value(n, names, values, "since")) / FILETIME_DAY);

	(void)is_number;
	if (day > 0 && (*first < 0 || day < *first))
		*first = day;
	return 0;
}

/* From the start of the window to the last day that logs or findings tell of; public dates soon after belong to it. */
void
find_axis(struct page *p)
{
	struct reach reach = { 0 };
	int64_t first = -1;

	page_ask(p, &(struct question){ .view = "v_windows" }, take_since, &first);
	if (first < 0)
		first = day_of(view_text("2021-01-01"));
	reach.end = first + AXIS_LEAST;
	reach.most = first + AXIS_DAYS;
	page_ask(p, &(struct question){ .view = "v_calendar" }, take_day, &reach);
	if (reach.end > first + AXIS_LEAST) /* one false time of a file must not stretch what the logs bound */
		reach.most = reach.end + DATES_BEHIND;
	page_ask(p, &(struct question){ .view = "v_activity" }, take_day, &reach);
	reach.most = reach.end + DATES_BEHIND;
	page_ask(p, &(struct question){ .view = "v_public_dates" }, take_day, &reach);
	p->axis = (struct axis){ .first = first, .last = reach.end + 1 };
}

/* ---- months ---- */

static bool
is_first(int64_t day, char name[static 11])
{
	return !strcmp(day_name(day, name) + 8, "01");
}

static void
put_month(struct page *p, int64_t day, const char *name, int top, int bottom, bool wide)
{
	static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
					      "July",    "August",   "September", "October", "November", "December" };
	unsigned month = (unsigned)view_number(view_text(name + 5));
	int x = axis_x(&p->axis, day);

	if (month < 1 || month > 12)
		return;
	putf(p, "<line class=\"grid\" stroke=\"#d8d8d2\" x1=\"%d.%d\" x2=\"%d.%d\" y1=\"%d\" y2=\"%d\"/>", x / 10,
	     x % 10, x / 10, x % 10, top, bottom);
	if (wide)
		putf(p, "<text class=\"ink2\" fill=\"#55585c\" font-size=\"11\" x=\"%d\" y=\"%d\">%s%s%.4s</text>",
		     x / 10 + 4, bottom + 13, months[month - 1], month == 1 || day == p->axis.first ? " " : "",
		     month == 1 || day == p->axis.first ? name : "");
}

void
axis_months(struct page *p, int top, int bottom)
{
	int last = -1000;
	char name[11];

	for (int64_t day = p->axis.first; day <= p->axis.last; day++) {
		int x;
		bool wide;

		if (!is_first(day, name) && day != p->axis.first)
			continue;
		day_name(day, name);
		x = axis_x(&p->axis, day) / 10;
		wide = x - last >= 84;
		if (wide)
			last = x;
		put_month(p, day, name, top, bottom, wide && x < PICTURE_RIGHT - 50);
	}
}

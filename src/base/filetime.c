/* filetime.c - FILETIME to text and back, by calendar arithmetic that knows no zone and no locale. */
#include "filetime.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* The first tick of the year 10000. */
#define TICKS_TOO_LATE (UINT64_C(265046774399) * 10000000 + 10000000)

/* Days from civil and back after Howard Hinnant's published algorithms; day 0 is 1970-01-01. */
static int64_t
days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t era;
	unsigned of_era, of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = (unsigned)(year - era * 400);
	of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * 146097 + (int64_t)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

static void
civil_of(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t era;
	unsigned of_era, year, of_year, month;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = (unsigned)(days - era * 146097);
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	*ret_day = of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = (int64_t)year + era * 400 + (*ret_month <= 2);
}

char *
filetime_text(uint64_t ticks, char text[static FILETIME_TEXT])
{
	uint64_t seconds = ticks / FILETIME_SECOND;
	unsigned fraction = (unsigned)(ticks % FILETIME_SECOND), of_day = (unsigned)(seconds % 86400);
	unsigned month, day;
	int64_t year;

	if (ticks >= TICKS_TOO_LATE) {
		snprintf(text, FILETIME_TEXT, "ticks:%" PRIu64, ticks);
		return text;
	}
	civil_of((int64_t)(seconds / 86400) - FILETIME_UNIX / 86400, &year, &month, &day);
	snprintf(text, FILETIME_TEXT, "%04" PRId64 "-%02u-%02uT%02u:%02u:%02u.%07uZ", year, month, day, of_day / 3600,
		 of_day / 60 % 60, of_day % 60, fraction);
	return text;
}

/* Takes exactly n digits off the front. */
static bool
take_digits(struct view *v, size_t n, unsigned *ret)
{
	unsigned value = 0;

	if (v->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v->p[i] < '0' || v->p[i] > '9')
			return false;
		value = value * 10 + (unsigned)(v->p[i] - '0');
	}
	*v = view_from(*v, n);
	*ret = value;
	return true;
}

static bool
take_char(struct view *v, char c)
{
	if (!v->n || v->p[0] != (uint8_t)c)
		return false;
	*v = view_from(*v, 1);
	return true;
}

/* Up to seven decimals; more are cut, since a tick is the unit. */
static bool
take_fraction(struct view *v, unsigned *ret)
{
	unsigned scale = FILETIME_SECOND / 10, digit;

	*ret = 0;
	if (!take_char(v, '.') && !take_char(v, ','))
		return true;
	if (!v->n || v->p[0] < '0' || v->p[0] > '9')
		return false;
	while (take_digits(v, 1, &digit)) {
		*ret += digit * scale;
		scale /= 10;
	}
	return true;
}

/* Z, +02:00, -0330, +02, or nothing for UTC; in seconds east. */
static bool
take_zone(struct view *v, int64_t *ret)
{
	unsigned hours, minutes = 0;
	int sign;

	*ret = 0;
	if (!v->n || take_char(v, 'Z') || take_char(v, 'z'))
		return true;
	sign = take_char(v, '+') ? 1 : take_char(v, '-') ? -1 : 0;
	if (!sign || !take_digits(v, 2, &hours) || hours > 18)
		return false;
	take_char(v, ':');
	if (v->n && (!take_digits(v, 2, &minutes) || minutes > 59))
		return false;
	*ret = sign * (int64_t)(hours * 3600 + minutes * 60);
	return true;
}

static bool
take_clock(struct view *v, unsigned *ret_seconds, unsigned *ret_fraction)
{
	unsigned hour, minute, second = 0;

	*ret_seconds = *ret_fraction = 0;
	if (!take_char(v, 'T') && !take_char(v, 't') && !take_char(v, ' '))
		return true;
	if (!take_digits(v, 2, &hour) || !take_char(v, ':') || !take_digits(v, 2, &minute))
		return false;
	if (take_char(v, ':') && (!take_digits(v, 2, &second) || !take_fraction(v, ret_fraction)))
		return false;
	*ret_seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

static bool
real_day(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (unsigned)(month == 2 && leap);
}

int
filetime_parse(struct view text, uint64_t *ret_ticks)
{
	unsigned year, month, day, clock, fraction;
	int64_t zone, seconds;

	if (!take_digits(&text, 4, &year) || !take_char(&text, '-') || !take_digits(&text, 2, &month) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &day) || !real_day(year, month, day) ||
	    !take_clock(&text, &clock, &fraction) || !take_zone(&text, &zone) || text.n)
		return -EINVAL;
	seconds = days_of(year, month, day) * 86400 + clock - zone + FILETIME_UNIX;
	if (seconds < 0)
		return -EINVAL;
	*ret_ticks = (uint64_t)seconds * FILETIME_SECOND + fraction;
	return 0;
}

uint64_t
filetime_of_unix(int64_t seconds, uint32_t nanoseconds)
{
	if (seconds < -FILETIME_UNIX)
		return 0;
	return (uint64_t)(seconds + FILETIME_UNIX) * FILETIME_SECOND + nanoseconds / 100;
}

int64_t
filetime_to_unix(uint64_t ticks)
{
	return (int64_t)(ticks / FILETIME_SECOND) - FILETIME_UNIX;
}

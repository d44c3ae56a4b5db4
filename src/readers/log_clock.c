/* log_clock.c - when a line was written: times as IIS and Exchange write them, mostly in the hour of the line before.
 */
#include "log_own.h"

#include <stdio.h>

#include "filetime.h"

static inline unsigned
digit(uint8_t c)
{
	return (unsigned)c - '0';
}

/* Two digits below 60, or 60 and more. */
static inline unsigned
sixtieth(const uint8_t *p)
{
	return digit(p[0]) < 6 && digit(p[1]) < 10 ? digit(p[0]) * 10 + digit(p[1]) : 60;
}

/* Reads .fff of up to seven digits; more are cut, since a tick is the unit. */
static size_t
take_fraction(struct view text, size_t at, uint64_t *ret_ticks)
{
	uint64_t scale = FILETIME_SECOND / 10;

	*ret_ticks = 0;
	if (at >= text.n || text.p[at] != '.')
		return at;
	for (at++; at < text.n && digit(text.p[at]) < 10; at++) {
		*ret_ticks += digit(text.p[at]) * scale;
		scale /= 10;
	}
	return at;
}

/* Learns the hour that a line begins with. */
static bool
learn(struct log_clock *clock, struct view line)
{
	enum { DATE = 10, HOUR = 13 };
	unsigned hour;
	uint64_t day;

	if (line.p[DATE] != 'T' && line.p[DATE] != ' ')
		return false;
	if (filetime_parse(view_part(line, 0, DATE), &day) < 0 || digit(line.p[11]) > 2 || digit(line.p[12]) > 9)
		return false;
	hour = digit(line.p[11]) * 10 + digit(line.p[12]);
	if (hour > 23)
		return false;
	memcpy(clock->prefix, line.p, HOUR);
	clock->hour = day + hour * FILETIME_HOUR;
	return true;
}

/* A time is UTC with Z, and also without anything behind it: no log that is read here writes its zone otherwise. */
static bool
ends(struct view line, size_t at)
{
	if (at < line.n && line.p[at] == 'Z')
		at++;
	return at >= line.n || line.p[at] == ',' || line.p[at] == ' ' || line.p[at] == '\t';
}

uint64_t
log_clock_begin(struct log_clock *clock, struct view line)
{
	enum { LEAST = 19, MINUTE = 14, SECOND = 17 };
	unsigned minute, second;
	uint64_t fraction;
	size_t at;

	if (line.n < LEAST)
		return 0;
	if ((!clock->hour || memcmp(clock->prefix, line.p, sizeof(clock->prefix))) && !learn(clock, line))
		return 0;
	minute = sixtieth(line.p + MINUTE);
	second = sixtieth(line.p + SECOND);
	if (minute > 59 || second > 59 || line.p[MINUTE - 1] != ':' || line.p[SECOND - 1] != ':')
		return 0;
	at = take_fraction(line, LEAST, &fraction);
	if (!ends(line, at))
		return 0;
	return clock->hour + (uint64_t)(minute * 60 + second) * FILETIME_SECOND + fraction;
}

uint64_t
log_clock_daily(struct log_clock *clock, struct view time)
{
	uint64_t ticks, fraction;

	if (!clock->day || time.n < 8 || digit(time.p[0]) > 2 || digit(time.p[1]) > 9 || time.p[2] != ':' ||
	    time.p[5] != ':' || sixtieth(time.p + 3) > 59 || sixtieth(time.p + 6) > 59 ||
	    take_fraction(time, 8, &fraction) != time.n)
		return 0;
	ticks = (digit(time.p[0]) * 10 + digit(time.p[1])) * UINT64_C(3600) + sixtieth(time.p + 3) * 60 +
		sixtieth(time.p + 6);
	ticks = ticks * FILETIME_SECOND + fraction;
	if (ticks >= FILETIME_DAY)
		return 0;
	if (ticks + FILETIME_DAY / 2 < clock->before)
		clock->day += FILETIME_DAY; /* it went back by more than half a day: midnight has passed */
	clock->before = ticks;
	return clock->day + ticks;
}

/* The digits of a file's name that are longest, the first of them: year, month, day, and more. */
uint64_t
log_day_of_name(const char *file)
{
	const char *slash = file ? strrchr(file, '/') : NULL, *best = NULL;
	char text[16];
	size_t longest = 0;
	uint64_t day;

	for (const char *p = slash ? slash + 1 : file; p && *p; p++) {
		size_t n = strspn(p, "0123456789");

		if (n > longest) {
			longest = n;
			best = p;
		}
		p += n ? n - 1 : 0;
	}
	if (longest < 6 || longest == 7)
		return 0;
	if (longest < 8) /* u_ex210303 */
		snprintf(text, sizeof(text), "20%.2s-%.2s-%.2s", best, best + 2, best + 4);
	else
		snprintf(text, sizeof(text), "%.4s-%.2s-%.2s", best, best + 4, best + 6);
	return filetime_parse(view_text(text), &day) == 0 ? day : 0;
}

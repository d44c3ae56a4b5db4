/* oabdump_time.c - times as the locale of a server writes them: which number is the day, and how far from UTC it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "filetime.h"
#include "oabdump_own.h"

enum {
	PARTS = 6,
	ZONE_MOST = 14 * 60 + 1, /* minutes; Kiribati is 14 hours ahead */
};

/* `2/27/2021 10:11:05 AM`, `27.02.2021 10:11:05`, `2021/2/27 10:11:05`, `2021. 02. 27. PM 1:11:05` with its own words.
 */
struct written {
	unsigned n[PARTS]; /* the first three as they stand, then hour, minute, second */
	bool year_first;
};

static bool
has_any(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_find(view_text(text), words[i]) != SIZE_MAX)
			return true;
	return false;
}

static unsigned
hour_of(const char *text, unsigned hour)
{
	static const char *const before[] = { "AM", "a.m.", "\xe4\xb8\x8a\xe5\x8d\x88", "\xec\x98\xa4\xec\xa0\x84",
					      "\xe5\x8d\x88\xe5\x89\x8d" };
	static const char *const after[] = { "PM", "p.m.", "\xe4\xb8\x8b\xe5\x8d\x88", "\xec\x98\xa4\xed\x9b\x84",
					     "\xe5\x8d\x88\xe5\xbe\x8c" };

	if (hour < 12 && has_any(text, after, sizeof(after) / sizeof(after[0])))
		return hour + 12;
	return hour == 12 && has_any(text, before, sizeof(before) / sizeof(before[0])) ? 0 : hour;
}

static bool
split(const char *text, struct written *ret)
{
	unsigned n = 0;

	*ret = (struct written){ .year_first = false };
	for (const char *at = text; *at;) {
		size_t digits = strspn(at, "0123456789");

		if (!digits) {
			at++;
			continue;
		}
		if (digits > 4 || n == PARTS)
			return false;
		ret->year_first |= n == 0 && digits == 4;
		if (n == 2 && !ret->year_first && digits != 4)
			return false;
		ret->n[n++] = (unsigned)view_number(view_of(at, digits));
		at += digits;
	}
	if (n < PARTS - 1)
		return false;
	ret->n[3] = hour_of(text, ret->n[3]);
	return true;
}

static uint64_t
make(unsigned year, unsigned month, unsigned day, const unsigned clock[static 3])
{
	char iso[48];
	uint64_t when;

	snprintf(iso, sizeof(iso), "%04u-%02u-%02uT%02u:%02u:%02u", year, month, day, clock[0], clock[1], clock[2]);
	return filetime_parse(view_text(iso), &when) == 0 ? when : 0;
}

/* Both ways in which a time can be read; month_first is 0 where it cannot be that. */
struct readings {
	uint64_t month_first, day_first;
	bool there;
};

static struct readings
readings_of(const char *text)
{
	struct readings r = { 0 };
	struct written w;

	if (!text || !split(text, &w))
		return r;
	r.there = true;
	if (w.year_first) {
		r.month_first = r.day_first = make(w.n[0], w.n[1], w.n[2], w.n + 3);
		return r;
	}
	r.month_first = make(w.n[2], w.n[0], w.n[1], w.n + 3);
	r.day_first = make(w.n[2], w.n[1], w.n[0], w.n + 3);
	return r;
}

/* All times of a dump are written in one order: what one of them rules out is out for all. */
static struct oab_time
settle(struct readings r, bool month_first, bool day_first)
{
	struct oab_time t = { .when = month_first ? r.month_first : day_first ? r.day_first : 0 };

	if (month_first && day_first && r.day_first != r.month_first)
		t.other = r.day_first;
	return t;
}

static void
find_zone(struct oab_dump *dump)
{
	int64_t apart = (int64_t)(dump->changed.when - dump->changed_utc.when) / FILETIME_SECOND / 60;

	dump->zone_known = dump->changed.when && dump->changed_utc.when && llabs(apart) <= ZONE_MOST;
	dump->zone = dump->zone_known ? (int32_t)apart : 0;
}

void
oab_times(struct oab_dump *dump)
{
	static const enum oab_key keys[] = { OAB_CHANGED, OAB_CREATED, OAB_CHANGED_UTC, OAB_CREATED_UTC };
	struct oab_time *const times[] = { &dump->changed, &dump->created, &dump->changed_utc, &dump->created_utc };
	struct readings readings[4];
	bool month_first = true, day_first = true;

	for (size_t i = 0; i < 4; i++) {
		readings[i] = readings_of(dump->values[keys[i]]);
		month_first &= !readings[i].there || readings[i].month_first;
		day_first &= !readings[i].there || readings[i].day_first;
	}
	for (size_t i = 0; i < 4; i++)
		*times[i] = settle(readings[i], month_first, day_first);
	find_zone(dump);
}

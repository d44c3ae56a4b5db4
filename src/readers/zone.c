/* zone.c - what the clock on the wall of a server showed, for logs that were written by it. */
#include "zone.h"

#include <inttypes.h>
#include <stdlib.h>

#include "filetime.h"

enum { MINUTES_OF_DAY = 1440, LAST_WEEK = 5, BIAS_MAX = 26 * 60 };

#define MINUTE (60 * (uint64_t)FILETIME_SECOND)

/* ---- dates ---- */

/* Days since 1601-01-01, which was a Monday, of the proleptic Gregorian calendar. */
static int64_t
days_of(unsigned year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2), era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (int64_t)(month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 584694;
}

static unsigned
year_of(uint64_t ticks)
{
	unsigned year = 1601 + (unsigned)(ticks / FILETIME_DAY * 400 / 146097);

	while (days_of(year, 1, 1) > (int64_t)(ticks / FILETIME_DAY))
		year--;
	while (days_of(year + 1, 1, 1) <= (int64_t)(ticks / FILETIME_DAY))
		year++;
	return year;
}

static bool
is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The local instant at which a rule applies in a year; false where it does not. */
static bool
rule_at(const struct zone_rule *rule, unsigned year, uint64_t *ret)
{
	static const uint8_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned length = rule->month ? lengths[rule->month - 1] + (rule->month == 2 && is_leap(year)) : 0;
	unsigned day = rule->week;
	int64_t first;

	if (!rule->month || (rule->year && rule->year != year))
		return false;
	first = days_of(year, rule->month, 1);
	if (!rule->year) {
		unsigned weekday = (unsigned)((first + 1) % 7);

		day = 1 + (rule->weekday + 7 - weekday) % 7 + (rule->week - 1) * 7;
		while (day > length)
			day -= 7;
	}
	if (first < 0 || day > length)
		return false;
	*ret = (uint64_t)(first + day - 1) * FILETIME_DAY + (rule->hour * UINT64_C(60) + rule->minute) * MINUTE;
	return true;
}

/* ---- which clock ---- */

static int32_t
ahead(const struct zone *zone, bool daylight)
{
	return -(zone->bias + (daylight ? zone->daylight_bias : zone->standard_bias));
}

static uint64_t
move(uint64_t ticks, int32_t minutes)
{
	uint64_t by = (uint64_t)abs(minutes) * MINUTE;

	return minutes < 0 ? (ticks > by ? ticks - by : 0) : ticks + by;
}

int32_t
zone_ahead(const struct zone *zone, uint64_t utc)
{
	unsigned year;
	uint64_t forward, back;

	if (zone->daylight_off)
		return ahead(zone, false);
	year = year_of(move(utc, ahead(zone, false)));
	if (!rule_at(&zone->daylight, year, &forward) || !rule_at(&zone->standard, year, &back))
		return ahead(zone, false);
	forward = move(forward, -ahead(zone, false)); /* standard time runs until then */
	back = move(back, -ahead(zone, true));
	if (forward < back)
		return ahead(zone, utc >= forward && utc < back);
	return ahead(zone, utc >= forward || utc < back); /* the southern half of the world */
}

int
zone_to_utc(const struct zone *zone, uint64_t local, uint64_t *ret_utc)
{
	uint64_t summer = move(local, -ahead(zone, true)), winter = move(local, -ahead(zone, false));
	bool fits_summer = move(summer, zone_ahead(zone, summer)) == local;
	bool fits_winter = move(winter, zone_ahead(zone, winter)) == local;

	if (!fits_summer && !fits_winter)
		return 0;
	if (fits_summer && fits_winter && summer != winter) {
		*ret_utc = summer < winter ? summer : winter;
		return 2;
	}
	*ret_utc = fits_summer ? summer : winter;
	return 1;
}

/* ---- as it stands in the registry ---- */

struct disk_fields { /* TIME_FIELDS of ntddk.h */
	le16 year, month, week, hour, minute, second, thousandth, weekday;
};

/* The bytes of a value of the zone: 1, 0 or negative. */
static int
bytes_of(struct hive *hive, const struct hive_key *key, const char *name, struct hive_value *ret_value, struct text *data)
{
	int r = hive_value(hive, key, name, ret_value);

	if (r == 1)
		r = hive_data(hive, ret_value, data);
	else
		return r;
	return r < 0 ? r : 1;
}

static int
read_bias(struct hive *hive, struct sink *out, const struct hive_key *key, const char *name, int32_t *ret)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	uint64_t number;
	int r = bytes_of(hive, key, name, &value, &data);

	if (r != 1)
		return r;
	if (!hive_number(value.type, text_view(&data), &number) || abs((int32_t)number) > BIAS_MAX)
		return sink_damage(out, value.offset, "a bias of the time zone is none that a zone can have");
	*ret = (int32_t)number;
	return 0;
}

static bool
is_rule(const struct zone_rule *rule)
{
	return rule->month <= 12 && rule->hour < 24 && rule->minute < 60 && rule->weekday < 7 &&
	       (!rule->month || (rule->week >= 1 && (rule->week <= LAST_WEEK || (rule->year && rule->week <= 31))));
}

static int
read_rule(struct hive *hive, struct sink *out, const struct hive_key *key, const char *name, struct zone_rule *ret)
{
	CLEANUP(text_free) struct text data = { 0 };
	const struct disk_fields *d;
	struct zone_rule rule = { 0 };
	struct hive_value value;
	int r = bytes_of(hive, key, name, &value, &data);

	if (r != 1)
		return r;
	d = VIEW_AT(text_view(&data), 0, struct disk_fields);
	if (d)
		rule = (struct zone_rule){ .year = le16_get(d->year),
					   .month = le16_get(d->month),
					   .week = le16_get(d->week),
					   .weekday = le16_get(d->weekday),
					   .hour = le16_get(d->hour),
					   .minute = le16_get(d->minute) };
	if (!d || !is_rule(&rule))
		return sink_damage(out, value.offset, "a rule of the time zone is none");
	*ret = rule;
	return 0;
}

/* The first of the names that is there; what lies behind its end is none of it. */
static int
read_name(struct hive *hive, const struct hive_key *key, char ret[static ZONE_NAME])
{
	static const char *const names[] = { "TimeZoneKeyName", "StandardName" };
	int r = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r >= 0 && !ret[0]; i++) {
		CLEANUP(text_free) struct text data = { 0 }, text = { 0 };
		struct hive_value value;

		r = bytes_of(hive, key, names[i], &value, &data);
		if (r == 1)
			r = hive_string(text_view(&data), &text);
		if (text.n && text.n < ZONE_NAME)
			memcpy(ret, text.s, text.n + 1);
	}
	return r < 0 ? r : 0;
}

static int
read_switch(struct hive *hive, const struct hive_key *key, bool *ret_off)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	uint64_t number = 0;
	int r = bytes_of(hive, key, "DynamicDaylightTimeDisabled", &value, &data);

	if (r == 1 && hive_number(value.type, text_view(&data), &number))
		*ret_off = number != 0;
	return r < 0 ? r : 0;
}

static int
read_all(struct hive *hive, struct sink *out, const struct hive_key *key, struct zone *zone)
{
	int r = read_name(hive, key, zone->name);

	if (r == 0)
		r = read_bias(hive, out, key, "Bias", &zone->bias);
	if (r == 0)
		r = read_bias(hive, out, key, "StandardBias", &zone->standard_bias);
	if (r == 0)
		r = read_bias(hive, out, key, "DaylightBias", &zone->daylight_bias);
	if (r == 0)
		r = read_rule(hive, out, key, "StandardStart", &zone->standard);
	if (r == 0)
		r = read_rule(hive, out, key, "DaylightStart", &zone->daylight);
	return r < 0 ? r : read_switch(hive, key, &zone->daylight_off);
}

/* The number of the control set in use; 1 where it is not told. */
static int
current_set(struct hive *hive, unsigned *ret)
{
	CLEANUP(text_free) struct text data = { 0 };
	struct hive_value value;
	struct hive_key select;
	uint64_t number = 0;
	int r = hive_find(hive, "Select", &select);

	*ret = 1;
	if (r == 1)
		r = bytes_of(hive, &select, "Current", &value, &data);
	if (r == 1 && hive_number(value.type, text_view(&data), &number) && number >= 1 && number <= 999)
		*ret = (unsigned)number;
	return r < 0 ? r : 0;
}

int
zone_read(struct hive *hive, struct sink *out, struct zone *ret_zone)
{
	struct zone zone = { .bias = 0 };
	struct hive_key key;
	char path[64];
	unsigned set;
	int r = current_set(hive, &set);

	snprintf(path, sizeof(path), "ControlSet%03u\\Control\\TimeZoneInformation", set);
	if (r == 0)
		r = hive_find(hive, path, &key);
	if (r != 1)
		return r;
	r = read_all(hive, out, &key, &zone);
	if (r < 0)
		return r;
	*ret_zone = zone;
	return 1;
}

/* ---- in words ---- */

static int
add_offset(struct text *t, int32_t minutes)
{
	return text_printf(t, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60);
}

static int
add_rule(struct text *t, const struct zone_rule *rule)
{
	static const char *const weeks[] = { "1st", "2nd", "3rd", "4th", "last" };
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
	static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
					      "July",    "August",   "September", "October", "November", "December" };

	if (rule->year)
		return text_printf(t, "%u %s %u at %02u:%02u", rule->week, months[rule->month - 1], rule->year, rule->hour,
				   rule->minute);
	return text_printf(t, "the %s %s of %s at %02u:%02u", weeks[rule->week - 1], days[rule->weekday],
			   months[rule->month - 1], rule->hour, rule->minute);
}

int
zone_describe(const struct zone *zone, struct text *ret)
{
	int r = text_printf(ret, "%s: ", zone->name[0] ? zone->name : "without a name");

	if (r == 0)
		r = add_offset(ret, ahead(zone, false));
	if (r < 0 || !zone->daylight.month || !zone->standard.month)
		return r;
	if (zone->daylight_off)
		return text_adds(ret, "; daylight time is switched off");
	r = text_adds(ret, "; ");
	if (r == 0)
		r = add_offset(ret, ahead(zone, true));
	if (r == 0)
		r = text_adds(ret, " from ");
	if (r == 0)
		r = add_rule(ret, &zone->daylight);
	if (r == 0)
		r = text_adds(ret, " to ");
	return r < 0 ? r : add_rule(ret, &zone->standard);
}

/* zone.h - the time zone of a Windows by its own rules: what its local clock showed at an instant. */
#ifndef ZONE_H
#define ZONE_H

#include "hive.h"

enum { ZONE_NAME = 128 };

/* When a clock is put forward or back, in local time: on a date of one year, or (year 0) on a weekday of a month each
 * year, week 5 being the last one. month 0: never. */
struct zone_rule {
	unsigned year, month, week, weekday, hour, minute;
};

struct zone {
	char name[ZONE_NAME]; /* "Pacific Standard Time", UTF-8 */
	int32_t bias;         /* minutes that are added to local time to have UTC */
	int32_t standard_bias, daylight_bias; /* added to that, in standard and in daylight time */
	struct zone_rule standard, daylight;  /* when each of them begins */
	bool daylight_off; /* the user switched daylight time off */
};

/* The zone that SYSTEM is set to: 1, 0 when it has none, or negative. Rules of other years than those in force when the
 * hive was written are not in it. */
int zone_read(struct hive *hive, struct sink *out, struct zone *ret_zone);

/* Minutes that the local clock was ahead of UTC at an instant (FILETIME). */
int32_t zone_ahead(const struct zone *zone, uint64_t utc);

/* The instant at which a local clock showed this: 1; 2 where it showed it twice (the first time is given); 0 where it never
 * did, as it was put forward. */
int zone_to_utc(const struct zone *zone, uint64_t local, uint64_t *ret_utc);

/* "Pacific Standard Time: UTC-08:00; UTC-07:00 from the 2nd Sunday of March at 02:00 to the 1st Sunday of November at
 * 02:00". 0 or -ENOMEM. */
int zone_describe(const struct zone *zone, struct text *ret);

#endif

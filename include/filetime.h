/* filetime.h - time as Windows writes it: 100 ns since 1601-01-01 UTC in 64 bits, never wrapped and never rounded. */
#ifndef FILETIME_H
#define FILETIME_H

#include "view.h"

enum {
	FILETIME_SECOND = 10000000,
	FILETIME_TEXT = 40, /* enough for any result of filetime_text, with its end */
};

#define FILETIME_HOUR (UINT64_C(3600) * FILETIME_SECOND)
#define FILETIME_DAY  (UINT64_C(24) * FILETIME_HOUR)

/* Seconds between 1601-01-01 and 1970-01-01. */
#define FILETIME_UNIX INT64_C(11644473600)

/*
 * ISO 8601 in UTC with seven decimals and Z. Years run to 9999; a later time reads `ticks:N`, so that nothing is lost
 * and nothing is pretended. Returns text.
 */
char *filetime_text(uint64_t ticks, char text[static FILETIME_TEXT]);

/*
 * Reads `2021-01-01`, `2021-01-01T10:20:30`, with up to seven decimals, a blank for the T, and Z or an offset such as
 * +02:00 (none means UTC). 0, or -EINVAL.
 */
int filetime_parse(struct view text, uint64_t *ret_ticks);

/* Unix time with a fraction in nanoseconds, as FILETIME; times before 1601 give 0. */
uint64_t filetime_of_unix(int64_t seconds, uint32_t nanoseconds);

/* Seconds since 1970 (floor) of a FILETIME, negative before. */
int64_t filetime_to_unix(uint64_t ticks);

#endif

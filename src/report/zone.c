/* zone.c - times as the clock on a wall showed them: for the eye only, what is stored stays UTC. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "filetime.h"
#include "report.h"

/* The C library takes any word for a zone and then shows UTC, so a name must be one of its files. */
int
zone_use(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	if (strcmp(name, "UTC") && (strstr(name, "..") || name[0] == '/' || access(path, R_OK) < 0))
		return fail(EINVAL, "'%s' is not a time zone known here; try one such as Europe/Berlin", name);
	if (setenv("TZ", name, 1) < 0)
		return fail(ENOMEM, "out of memory for a time zone");
	tzset();
	return 0;
}

bool
zone_text(struct view iso, char text[static ZONE_TEXT])
{
	enum { WHOLE = 28 }; /* 2021-02-28T03:14:06.7312904Z */
	struct tm local;
	uint64_t ticks;
	time_t seconds;
	size_t n;

	if (iso.n != WHOLE || iso.p[WHOLE - 1] != 'Z' || filetime_parse(iso, &ticks) < 0)
		return false;
	seconds = (time_t)filetime_to_unix(ticks);
	if (!localtime_r(&seconds, &local))
		return false;
	n = strftime(text, ZONE_TEXT, "%Y-%m-%dT%H:%M:%S", &local);
	n += (size_t)snprintf(text + n, ZONE_TEXT - n, ".%07u", (unsigned)(ticks % FILETIME_SECOND));
	strftime(text + n, ZONE_TEXT - n, "%z", &local);
	return true;
}

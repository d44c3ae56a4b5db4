/* retention.c - how long Exchange and IIS keep a kind of log when nobody tells them otherwise. */
#include "calendar.h"

enum { GIB = 1 << 30, MB = 1000 * 1000 };

/*
 * Exchange's loggers of requests and cmdlets delete what is older than 30 days, or the oldest files of a folder that
 * holds more than 1 GB, by defaults that a web.config or a cmdlet can change; message tracking likewise at 1000 MB for
 * each prefix. IIS and http.sys delete nothing. Of the kinds that are not here no default is known. The health probes
 * of Exchange ask each protocol several times an hour, so these logs are never silent while the server runs.
 */
static const struct habit habits[] = {
	{ .kind = "defender", .undated = true },
	{ .kind = "ecp", .days = 30, .bytes = GIB },
	{ .kind = "eomt", .undated = true },
	{ .kind = "evtx", .newest = true },
	{ .kind = "ews", .days = 30, .bytes = GIB, .steady = true, .hourly = true },
	{ .kind = "httpproxy", .days = 30, .bytes = GIB, .steady = true, .hourly = true },
	{ .kind = "iis", .steady = true },
	{ .kind = "mapi", .days = 30, .bytes = GIB, .steady = true, .hourly = true },
	{ .kind = "msert", .undated = true },
	{ .kind = "msgtrk", .days = 30, .bytes = UINT64_C(1000) * MB, .hourly = true },
	{ .kind = "powershell", .undated = true },
	{ .kind = "rps_authz", .days = 30, .bytes = GIB, .hourly = true },
	{ .kind = "rps_cmdlet", .days = 30, .bytes = GIB, .hourly = true },
	{ .kind = "rps_http", .days = 30, .bytes = GIB, .hourly = true },
	{ .kind = "text", .undated = true },
};

const struct habit *
habit_of(const char *kind)
{
	static const struct habit unknown = { .kind = "" };

	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
		if (!strcmp(habits[i].kind, kind))
			return &habits[i];
	return &unknown;
}

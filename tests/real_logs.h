/* real_logs.h - what kind of log a file of a collection is, by its name. */
#ifndef REAL_LOGS_H
#define REAL_LOGS_H

#include <string.h>

#include "logs.h"

static inline const struct log_kind *
real_log_kind(const char *name)
{
	static const struct {
		const char *part, *kind;
	} kinds[] = { { "HttpProxy_", "httpproxy" }, { "ECP", "ecp" }, { "Ews_", "ews" }, { "MSGTRK", "msgtrk" }, { "Rps_Cmdlet", "rps_cmdlet" },
		      { "audit", "audit" }, { ".LOG", "generic" }, { ".log", "iis" } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strstr(name, kinds[i].part))
			return log_kind_find(kinds[i].kind);
	return NULL;
}

#endif

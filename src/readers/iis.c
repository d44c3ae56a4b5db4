/* iis.c - IIS access logs: who asked for which URL, and what the server answered. Times are UTC. */
#include "log_own.h"

/* What IIS can be told to log, besides custom fields. */
static const char *const fields[] = {
	"date",
	"time",
	"s-sitename",
	"s-computername",
	"s-ip",
	"cs-method",
	"cs-uri-stem",
	"cs-uri-query",
	"s-port",
	"cs-username",
	"c-ip",
	"cs-version",
	"cs(User-Agent)",
	"cs(Cookie)",
	"cs(Referer)",
	"cs-host",
	"sc-status",
	"sc-substatus",
	"sc-win32-status",
	"sc-bytes",
	"cs-bytes",
	"time-taken",
	NULL,
};

/* What it logs unless it is told otherwise: since 8.5, and before. */
static const char *const usual[] = {
	"date",        "time", "s-ip",           "cs-method",   "cs-uri-stem", "cs-uri-query", "s-port",
	"cs-username", "c-ip", "cs(User-Agent)", "cs(Referer)", "sc-status",   "sc-substatus", "sc-win32-status",
	"time-taken",  NULL,
};
static const char *const early[] = {
	"date",        "time", "s-ip",           "cs-method", "cs-uri-stem",  "cs-uri-query",    "s-port",
	"cs-username", "c-ip", "cs(User-Agent)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken",
	NULL,
};
static const char *const *const headers[] = { usual, early, NULL };

static const struct sigma_source source = {
	.title = "IIS logs",
	.category = "webserver",
	.product = "windows",
	.service = "iis",
	.fields = fields,
	.columns = true,
};

static const struct log_format format = {
	.separator = ' ',
	.dash = true,
	.headers = headers,
	.mend = log_mend_w3c,
	.looks = log_looks_w3c,
};

const struct log_kind log_iis = {
	.name = "iis",
	.title = "IIS logs",
	.event = "iis.request",
	.source = &source,
	.format = &format,
};

/* httperr.c - what the kernel's HTTP driver turned away before IIS saw it, and connections that it gave up. UTC. */
#include "log_own.h"

static const char *const fields[] = {
	"date",       "time",      "c-ip",        "c-port",    "s-ip",        "s-port",
	"cs-version", "cs-method", "cs-uri",      "streamid",  "streamid_ex", "sc-status",
	"s-siteid",   "s-reason",  "s-queuename", "transport", NULL,
};

static const char *const usual[] = {
	"date",      "time",   "c-ip",      "c-port",   "s-ip",     "s-port",      "cs-version",
	"cs-method", "cs-uri", "sc-status", "s-siteid", "s-reason", "s-queuename", NULL,
};
static const char *const with_stream[] = {
	"date",   "time",     "c-ip",      "c-port",   "s-ip",     "s-port",      "cs-version", "cs-method",
	"cs-uri", "streamid", "sc-status", "s-siteid", "s-reason", "s-queuename", NULL,
};
static const char *const *const headers[] = { usual, with_stream, NULL };

static const struct sigma_source source = {
	.title = "HTTPERR logs",
	.category = "webserver",
	.product = "windows",
	.service = "httperr",
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

const struct log_kind log_httperr = {
	.name = "httperr",
	.title = "HTTPERR logs",
	.event = "httperr.request",
	.source = &source,
	.format = &format,
};

/* generic.c - any log with a #Fields line: SMTP, IMAP, agent logs and what else Exchange and Windows write like that. */
#include "log_own.h"

static const struct sigma_source source = {
	.title = "other logs with a #Fields line",
	.columns = true,
};

static const struct log_format format = {
	.any = true,
	.quoted = true,
};

const struct log_kind log_generic = {
	.name = "generic",
	.title = "other logs with a #Fields line",
	.event = "log.record",
	.source = &source,
	.format = &format,
};

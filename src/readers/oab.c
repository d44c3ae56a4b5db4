/* oab.c - the offline address book generator: downloads and the files it left behind. */
#include "log_own.h"

static const char *const columns[] = {
	"timestamp", "recordType", "traceId", "oabGuid", "addressListGuid", "message", NULL,
};

static const char *const *const headers[] = { columns, NULL };

static const struct sigma_source source = {
	.title = "OAB generator logs",
	.product = "exchange",
	.service = "oab",
	.fields = columns,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_oab = {
	.name = "oab",
	.title = "OAB generator logs",
	.event = "oab.event",
	.source = &source,
	.format = &format,
};

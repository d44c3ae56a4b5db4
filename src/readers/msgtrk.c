/* msgtrk.c - message tracking: who sent what to whom, and through which server. */
#include "log_own.h"

static const char *const columns[] = {
	"date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context",
	"connector-id", "source", "event-id", "internal-message-id", "message-id", "network-message-id",
	"recipient-address", "recipient-status", "total-bytes", "recipient-count", "related-recipient-address",
	"reference", "message-subject", "sender-address", "return-path", "message-info", "directionality",
	"tenant-id", "original-client-ip", "original-server-ip", "custom-data", "transport-traffic-type",
	"log-id", "schema-version", NULL,
};

static const char *const early[] = {
	"date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context",
	"connector-id", "source", "event-id", "internal-message-id", "message-id", "network-message-id",
	"recipient-address", "recipient-status", "total-bytes", "recipient-count", "related-recipient-address",
	"reference", "message-subject", "sender-address", "return-path", "message-info", "directionality",
	"tenant-id", "original-client-ip", "original-server-ip", "custom-data", NULL,
};

static const char *const *const headers[] = { columns, early, NULL };

static const struct sigma_source source = {
	.title = "Message tracking logs",
	.product = "exchange",
	.service = "msgtrk",
	.fields = columns,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_msgtrk = {
	.name = "msgtrk",
	.title = "Message tracking logs",
	.event = "message.tracked",
	.source = &source,
	.format = &format,
};

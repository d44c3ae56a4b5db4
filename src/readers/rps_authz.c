/* rps_authz.c - remote PowerShell: whom the server let in. Its columns are known from its own header only. */
#include "log_own.h"

static const struct sigma_source source = {
	.title = "Remote PowerShell authorisation logs",
	.product = "exchange",
	.service = "rps_authz",
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
};

const struct log_kind log_rps_authz = {
	.name = "rps_authz",
	.title = "Remote PowerShell authorisation logs",
	.event = "rps.authz",
	.source = &source,
	.format = &format,
};

/* mapi.c - Outlook over MAPI/HTTP: sessions and what was done in them. */
#include "log_own.h"

static const char *const columns[] = {
	"DateTime", "RequestId", "MapiRequestId", "ClientRequestId", "RequestType", "HttpStatusCode",
	"ResponseCode", "StatusCode", "ReturnCode", "TotalRequestLatency", "DeploymentRing", "MajorVersion",
	"MinorVersion", "BuildVersion", "RevisionVersion", "AuthenticatedUserEmail", "UPN", "Puid",
	"TenantGuid", "MailboxId", "MDBGuid", "ActAsUserEmail", "ClientIP", "SourceCafeServer", "EdgeInfo",
	"NetworkDeviceInfo", "SessionCookie", "SequenceCookie", "MapiClientInfo", "ClientSoftware",
	"ClientSoftwareVersion", "ClientMode", "AuthenticationType", "AuthModuleLatency", "LiveIdBasicLog",
	"LiveIdBasicError", "LiveIdNegotiateError", "OAuthLatency", "OAuthError", "OAuthErrorCategory",
	"OAuthExtraInfo", "AuthenticatedUser", "RopIds", "OperationSpecific", "GenericInfo", "GenericErrors", NULL,
};

static const char *const *const headers[] = { columns, NULL };

static const struct sigma_alias aliases[] = {
	{ "c-ip", "ClientIP" },
	{ "cs-username", "AuthenticatedUser" },
	{ "sc-status", "HttpStatusCode" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "MapiHttp logs",
	.product = "exchange",
	.service = "mapi",
	.fields = columns,
	.aliases = aliases,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_mapi = {
	.name = "mapi",
	.title = "MapiHttp logs",
	.event = "mapi.request",
	.source = &source,
	.format = &format,
};

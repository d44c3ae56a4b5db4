/* rps_http.c - remote PowerShell over HTTP: who opened sessions from where. */
#include "log_own.h"

static const char *const columns[] = {
	"DateTime", "StartTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion",
	"RevisionVersion", "ClientRequestId", "UrlHost", "UrlStem", "AuthenticationType", "IsAuthenticated",
	"AuthenticatedUser", "Organization", "ManagedOrganization", "ClientIpAddress", "ServerHostName",
	"FrontEndServer", "HttpStatus", "SubStatus", "ErrorCode", "Action", "CommandId", "CommandName",
	"SessionId", "ShellId", "FailFast", "ContributeToFailFast", "RequestBytes", "ClientInfo", "CPU",
	"Memory", "ActivityContextLifeTime", "TotalTime", "UrlQuery", "GenericLatency", "GenericInfo",
	"GenericErrors", NULL,
};

static const char *const *const headers[] = { columns, NULL };

static const struct sigma_alias aliases[] = {
	{ "c-ip", "ClientIpAddress" },
	{ "cs-uri-stem", "UrlStem" },
	{ "cs-uri-query", "UrlQuery" },
	{ "cs-host", "UrlHost" },
	{ "cs-username", "AuthenticatedUser" },
	{ "cs-user-agent", "ClientInfo" },
	{ "sc-status", "HttpStatus" },
	{ "s-computername", "ServerHostName" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "Remote PowerShell HTTP logs",
	.product = "exchange",
	.service = "rps_http",
	.fields = columns,
	.aliases = aliases,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_rps_http = {
	.name = "rps_http",
	.title = "Remote PowerShell HTTP logs",
	.event = "rps.request",
	.source = &source,
	.format = &format,
};

/* ews.c - Exchange Web Services: which mailbox was read by whom, in whose name. */
#include "log_own.h"

/* Exchange 2016 and 2019 */
static const char *const columns[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion", "Ring",
	"ClientRequestId", "AuthenticationType", "IsAuthenticated", "AuthenticatedUser", "Organization",
	"UserAgent", "VersionInfo", "ClientIpAddress", "ServerHostName", "FrontEndServer", "SoapAction",
	"HttpStatus", "RequestSize", "ResponseSize", "ErrorCode", "ImpersonatedUser", "ProxyAsUser",
	"ActAsUser", "Cookie", "CorrelationGuid", "PrimaryOrProxyServer", "TaskType", "RemoteBackendCount",
	"LocalMailboxCount", "RemoteMailboxCount", "LocalIdCount", "RemoteIdCount", "BeginBudgetConnections",
	"EndBudgetConnections", "BeginBudgetHangingConnections", "EndBudgetHangingConnections",
	"BeginBudgetAD", "EndBudgetAD", "BeginBudgetCAS", "EndBudgetCAS", "BeginBudgetRPC", "EndBudgetRPC",
	"BeginBudgetFindCount", "EndBudgetFindCount", "BeginBudgetSubscriptions", "EndBudgetSubscriptions",
	"MDBResource", "MDBHealth", "MDBHistoricalLoad", "ThrottlingPolicy", "ThrottlingDelay",
	"ThrottlingRequestType", "TotalDCRequestCount", "TotalDCRequestLatency", "TotalMBXRequestCount",
	"TotalMBXRequestLatency", "RecipientLookupLatency", "ExchangePrincipalLatency", "HttpPipelineLatency",
	"CheckAccessCoreLatency", "AuthModuleLatency", "CallContextInitLatency", "PreExecutionLatency",
	"CoreExecutionLatency", "TotalRequestTime", "DetailedExchangePrincipalLatency", "ClientStatistics",
	"GenericInfo", "AuthenticationErrors", "GenericErrors", "Puid", "StartTime", "ProcessId", "TimeInGC",
	"StartTotalMemory", "EndTotalMemory", "StartGCCounts", "EndGCCounts", "TokenBasedThrottlingPolicy",
	"BudgetKey", "CoinsCharged", "CoinsChargedMethod", "SidBudgetInfo", "AppBudgetInfo",
	"TenantBudgetInfo", "ResourceAccessed", "ResourceHealthBasedThreshold", "ThrottledBy", "BackoffHint",
	"WorkClassification", NULL,
};

/* Exchange 2013 CU9 */
static const char *const early[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion",
	"ClientRequestId", "AuthenticationType", "IsAuthenticated", "AuthenticatedUser", "Organization",
	"UserAgent", "VersionInfo", "ClientIpAddress", "ServerHostName", "FrontEndServer", "SoapAction",
	"HttpStatus", "RequestSize", "ResponseSize", "ErrorCode", "ImpersonatedUser", "ProxyAsUser",
	"ActAsUser", "Cookie", "CorrelationGuid", "PrimaryOrProxyServer", "TaskType", "RemoteBackendCount",
	"LocalMailboxCount", "RemoteMailboxCount", "LocalIdCount", "RemoteIdCount", "BeginBudgetConnections",
	"EndBudgetConnections", "BeginBudgetHangingConnections", "EndBudgetHangingConnections",
	"BeginBudgetAD", "EndBudgetAD", "BeginBudgetCAS", "EndBudgetCAS", "BeginBudgetRPC", "EndBudgetRPC",
	"BeginBudgetFindCount", "EndBudgetFindCount", "BeginBudgetSubscriptions", "EndBudgetSubscriptions",
	"MDBResource", "MDBHealth", "MDBHistoricalLoad", "ThrottlingPolicy", "ThrottlingDelay",
	"ThrottlingRequestType", "TotalDCRequestCount", "TotalDCRequestLatency", "TotalMBXRequestCount",
	"TotalMBXRequestLatency", "RecipientLookupLatency", "ExchangePrincipalLatency", "HttpPipelineLatency",
	"CheckAccessCoreLatency", "AuthModuleLatency", "CallContextInitLatency", "PreExecutionLatency",
	"CoreExecutionLatency", "TotalRequestTime", "DetailedExchangePrincipalLatency", "ClientStatistics",
	"GenericInfo", "AuthenticationErrors", "GenericErrors", "Puid", NULL,
};

static const char *const *const headers[] = { columns, early, NULL };

static const struct sigma_alias aliases[] = {
	{ "c-ip", "ClientIpAddress" },
	{ "cs-username", "AuthenticatedUser" },
	{ "cs-user-agent", "UserAgent" },
	{ "sc-status", "HttpStatus" },
	{ "s-computername", "ServerHostName" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "EWS logs",
	.product = "exchange",
	.service = "ews",
	.fields = columns,
	.aliases = aliases,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_ews = {
	.name = "ews",
	.title = "EWS logs",
	.event = "ews.request",
	.source = &source,
	.format = &format,
};

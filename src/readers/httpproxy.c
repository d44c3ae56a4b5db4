/* httpproxy.c - what the Exchange front end was asked for, by whom, and to which back end it passed that on. */
#include "log_own.h"

/* Exchange 2016 and 2019, all protocols; rows that lack the last ones are those of earlier updates */
static const char *const columns[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion",
	"ClientRequestId", "Protocol", "UrlHost", "UrlStem", "ProtocolAction", "AuthenticationType",
	"IsAuthenticated", "AuthenticatedUser", "Organization", "AnchorMailbox", "UserAgent",
	"ClientIpAddress", "ServerHostName", "HttpStatus", "BackEndStatus", "ErrorCode", "Method",
	"ProxyAction", "TargetServer", "TargetServerVersion", "RoutingType", "RoutingHint", "BackEndCookie",
	"ServerLocatorHost", "ServerLocatorLatency", "RequestBytes", "ResponseBytes",
	"TargetOutstandingRequests", "AuthModulePerfContext", "HttpPipelineLatency",
	"CalculateTargetBackEndLatency", "GlsLatencyBreakup", "TotalGlsLatency", "AccountForestLatencyBreakup",
	"TotalAccountForestLatency", "ResourceForestLatencyBreakup", "TotalResourceForestLatency", "ADLatency",
	"SharedCacheLatencyBreakup", "TotalSharedCacheLatency", "ActivityContextLifeTime",
	"ModuleToHandlerSwitchingLatency", "ClientReqStreamLatency", "BackendReqInitLatency",
	"BackendReqStreamLatency", "BackendProcessingLatency", "BackendRespInitLatency",
	"BackendRespStreamLatency", "ClientRespStreamLatency", "KerberosAuthHeaderLatency",
	"HandlerCompletionLatency", "RequestHandlerLatency", "HandlerToModuleSwitchingLatency", "ProxyTime",
	"CoreLatency", "RoutingLatency", "HttpProxyOverhead", "TotalRequestTime", "RouteRefresherLatency",
	"UrlQuery", "BackEndGenericInfo", "GenericInfo", "GenericErrors", "EdgeTraceId", "DatabaseGuid",
	"UserADObjectGuid", "PartitionEndpointLookupLatency", "RoutingStatus", NULL,
};

static const char *const to_edge[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion",
	"ClientRequestId", "Protocol", "UrlHost", "UrlStem", "ProtocolAction", "AuthenticationType",
	"IsAuthenticated", "AuthenticatedUser", "Organization", "AnchorMailbox", "UserAgent",
	"ClientIpAddress", "ServerHostName", "HttpStatus", "BackEndStatus", "ErrorCode", "Method",
	"ProxyAction", "TargetServer", "TargetServerVersion", "RoutingType", "RoutingHint", "BackEndCookie",
	"ServerLocatorHost", "ServerLocatorLatency", "RequestBytes", "ResponseBytes",
	"TargetOutstandingRequests", "AuthModulePerfContext", "HttpPipelineLatency",
	"CalculateTargetBackEndLatency", "GlsLatencyBreakup", "TotalGlsLatency", "AccountForestLatencyBreakup",
	"TotalAccountForestLatency", "ResourceForestLatencyBreakup", "TotalResourceForestLatency", "ADLatency",
	"SharedCacheLatencyBreakup", "TotalSharedCacheLatency", "ActivityContextLifeTime",
	"ModuleToHandlerSwitchingLatency", "ClientReqStreamLatency", "BackendReqInitLatency",
	"BackendReqStreamLatency", "BackendProcessingLatency", "BackendRespInitLatency",
	"BackendRespStreamLatency", "ClientRespStreamLatency", "KerberosAuthHeaderLatency",
	"HandlerCompletionLatency", "RequestHandlerLatency", "HandlerToModuleSwitchingLatency", "ProxyTime",
	"CoreLatency", "RoutingLatency", "HttpProxyOverhead", "TotalRequestTime", "RouteRefresherLatency",
	"UrlQuery", "BackEndGenericInfo", "GenericInfo", "GenericErrors", "EdgeTraceId", NULL,
};

static const char *const to_errors[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion",
	"ClientRequestId", "Protocol", "UrlHost", "UrlStem", "ProtocolAction", "AuthenticationType",
	"IsAuthenticated", "AuthenticatedUser", "Organization", "AnchorMailbox", "UserAgent",
	"ClientIpAddress", "ServerHostName", "HttpStatus", "BackEndStatus", "ErrorCode", "Method",
	"ProxyAction", "TargetServer", "TargetServerVersion", "RoutingType", "RoutingHint", "BackEndCookie",
	"ServerLocatorHost", "ServerLocatorLatency", "RequestBytes", "ResponseBytes",
	"TargetOutstandingRequests", "AuthModulePerfContext", "HttpPipelineLatency",
	"CalculateTargetBackEndLatency", "GlsLatencyBreakup", "TotalGlsLatency", "AccountForestLatencyBreakup",
	"TotalAccountForestLatency", "ResourceForestLatencyBreakup", "TotalResourceForestLatency", "ADLatency",
	"SharedCacheLatencyBreakup", "TotalSharedCacheLatency", "ActivityContextLifeTime",
	"ModuleToHandlerSwitchingLatency", "ClientReqStreamLatency", "BackendReqInitLatency",
	"BackendReqStreamLatency", "BackendProcessingLatency", "BackendRespInitLatency",
	"BackendRespStreamLatency", "ClientRespStreamLatency", "KerberosAuthHeaderLatency",
	"HandlerCompletionLatency", "RequestHandlerLatency", "HandlerToModuleSwitchingLatency", "ProxyTime",
	"CoreLatency", "RoutingLatency", "HttpProxyOverhead", "TotalRequestTime", "RouteRefresherLatency",
	"UrlQuery", "BackEndGenericInfo", "GenericInfo", "GenericErrors", NULL,
};

/* Exchange 2013 (15.0.516) */
static const char *const early[] = {
	"DateTime", "RequestId", "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion",
	"ClientRequestId", "Protocol", "UrlStem", "ProtocolAction", "AuthenticationType", "IsAuthenticated",
	"AuthenticatedUser", "Organization", "AnchorMailbox", "UserAgent", "ClientIpAddress", "ServerHostName",
	"HttpStatus", "BackEndStatus", "ErrorCode", "Method", "ProxyAction", "TargetServer",
	"TargetServerVersion", "RoutingHint", "BackEndCookie", "ServerLocatorHost", "ServerLocatorLatency",
	"RequestBytes", "ResponseBytes", "TargetOutstandingRequests", "AuthModulePerfContext",
	"HttpPipelineLatency", "CalculateTargetBackEndLatency", "GlsLatencyBreakup", "TotalGlsLatency",
	"AccountForestLatencyBreakup", "TotalAccountForestLatency", "ResourceForestLatencyBreakup",
	"TotalResourceForestLatency", "ADLatency", "SharedCacheLatencyBreakup", "TotalSharedCacheLatency",
	"ActivityContextLifeTime", "ModuleToHandlerSwitchingLatency", "ClientReqStreamLatency",
	"BackendReqInitLatency", "BackendReqStreamLatency", "BackendProcessingLatency",
	"BackendRespInitLatency", "BackendRespStreamLatency", "ClientRespStreamLatency",
	"KerberosAuthHeaderLatency", "HandlerCompletionLatency", "RequestHandlerLatency",
	"HandlerToModuleSwitchingLatency", "ProxyTime", "CoreLatency", "RoutingLatency", "HttpProxyOverhead",
	"TotalRequestTime", "UrlQuery", "GenericInfo", "GenericErrors", NULL,
};

static const char *const *const headers[] = { columns, to_edge, to_errors, early, NULL };

static const struct sigma_alias aliases[] = {
	{ "c-ip", "ClientIpAddress" },
	{ "cs-method", "Method" },
	{ "cs-uri-stem", "UrlStem" },
	{ "cs-uri-query", "UrlQuery" },
	{ "cs-host", "UrlHost" },
	{ "cs-username", "AuthenticatedUser" },
	{ "cs-user-agent", "UserAgent" },
	{ "s-computername", "ServerHostName" },
	{ "sc-status", "HttpStatus" },
	{ "cs-bytes", "RequestBytes" },
	{ "sc-bytes", "ResponseBytes" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "HttpProxy logs",
	.category = "webserver",
	.product = "exchange",
	.service = "httpproxy",
	.fields = columns,
	.aliases = aliases,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_httpproxy = {
	.name = "httpproxy",
	.title = "HttpProxy logs",
	.event = "httpproxy.request",
	.source = &source,
	.format = &format,
};

/* rps_cmdlet.c - cmdlets that ran, of remote PowerShell, of the local shell and of ECP, with their parameters. */
#include "log_own.h"

static const char *const columns[] = {
	"DateTime", "StartTime", "RequestId", "ClientRequestId", "MajorVersion", "MinorVersion",
	"BuildVersion", "RevisionVersion", "ServerHostName", "ProcessId", "ProcessName", "ThreadId",
	"CultureInfo", "Organization", "AuthenticatedUser", "ExecutingUserSid", "EffectiveOrganization",
	"UserServicePlan", "IsAdmin", "ClientApplication", "Cmdlet", "Parameters", "CmdletUniqueId",
	"UserBudgetOnStart", "ContributeToFailFast", "RunspaceSettingsCreationHint", "ADViewEntireForest",
	"ADRecipientViewRoot", "ADConfigurationDomainControllers", "ADPreferredGlobalCatalogs",
	"ADPreferredDomainControllers", "ADUserConfigurationDomainController", "ADUserPreferredGlobalCatalog",
	"ADuserPreferredDomainControllers", "ThrottlingInfo", "DelayInfo", "ThrottlingDelay",
	"IsOutputObjectRedacted", "CmdletProxyStage", "CmdletProxyRemoteServer",
	"CmdletProxyRemoteServerVersion", "CmdletProxyMethod", "ProxiedObjectCount", "CmdletProxyLatency",
	"OutputObjectCount", "ParameterBinding", "BeginProcessing", "ProcessRecord", "EndProcessing",
	"StopProcessing", "BizLogic", "PowerShellLatency", "UserInteractionLatency",
	"ProvisioningLayerLatency", "ActivityContextLifeTime", "TotalTime", "ErrorType", "ExecutionResult",
	"CacheHitCount", "CacheMissCount", "GenericLatency", "GenericInfo", "GenericErrors", "ObjectGuid",
	"ExternalDirectoryOrganizationId", "ExternalDirectoryObjectId", "NonPiiParameters", NULL,
};

static const char *const *const headers[] = { columns, NULL };

static const struct sigma_alias aliases[] = {
	{ "cs-username", "AuthenticatedUser" },
	{ "s-computername", "ServerHostName" },
	{ NULL, NULL },
};

static const struct sigma_source source = {
	.title = "Cmdlet logs",
	.product = "exchange",
	.service = "rps_cmdlet",
	.fields = columns,
	.aliases = aliases,
	.columns = true,
};

static const struct log_format format = {
	.separator = ',',
	.quoted = true,
	.headers = headers,
};

const struct log_kind log_rps_cmdlet = {
	.name = "rps_cmdlet",
	.title = "Cmdlet logs",
	.event = "cmdlet.run",
	.source = &source,
	.format = &format,
};

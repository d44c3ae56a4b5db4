/* evtx_kinds.c - what Sigma calls the records of Windows' event logs: by channel, by event, and what rules ask of them.
 *
 * Channels and services after the mapping that the Sigma project itself has for Windows (pySigma-pipeline-windows);
 * categories after Sysmon's own events and after what Windows audits of the same things.
 */
#include "evtx_own.h"

#include <strings.h>

static const char windows[] = "windows";

#define IDS(...) ((const uint32_t[]){ __VA_ARGS__, 0 })

/*
 * A record names each field that its event has, so that one it does not name is unknown (.columns). What fields there
 * are is the business of each event: they are not listed, and a rule is never said to be impossible.
 */
#define SOURCE(title_, ...) \
	(&(const struct sigma_source){ .title = title_, .product = windows, .columns = true, __VA_ARGS__ })

/* All of a channel. */
#define SERVICE(channel_, service_) \
	{ .channel = channel_, .source = SOURCE(channel_ " event logs", .service = service_) }

/* Some events of a channel, by the name that rules for several products have for them; AUDITED: if they are written. */
#define AUDITED(...) { .optional = true, CATEGORY_OF(__VA_ARGS__) }
#define CATEGORY(...) { CATEGORY_OF(__VA_ARGS__) }
#define CATEGORY_OF(channel_, service_, category_, ids_, ...) \
	.channel = channel_, .ids = ids_, \
	.source = SOURCE(channel_ " event logs", .service = service_, .category = category_, __VA_ARGS__)

#define SYSMON "Microsoft-Windows-Sysmon/Operational"
#define POWERSHELL "Microsoft-Windows-PowerShell/Operational"
#define POWERSHELL_CORE "PowerShellCore/Operational"
#define DEFENDER "Microsoft-Windows-Windows Defender/Operational"

#define SYSMON_EVENT(category_, ...) AUDITED(SYSMON, "sysmon", category_, IDS(__VA_ARGS__), .aliases = NULL)

/* Events 12 to 14 say in EventType what became of the key or value. */
#define SYSMON_REGISTRY(category_, type_) \
	{ .optional = true, .channel = SYSMON, .ids = IDS(12), .field = "EventType", .value = type_, \
	  .source = SOURCE(SYSMON " event logs", .service = "sysmon", .category = category_) }

/* Process creation as Windows audits it, in the words that rules have from Sysmon. Hashes, the original file name and
 * the parent's command line are not in it. */
static const struct sigma_alias audited_process[] = {
	{ "Image", "NewProcessName" },
	{ "ParentImage", "ParentProcessName" },
	{ "User", "SubjectUserName" },
	{ "LogonId", "SubjectLogonId" },
	{ "IntegrityLevel", "MandatoryLabel" },
	{ NULL, NULL },
};

/* What Defender detected, in the words of rules for any antivirus. */
static const struct sigma_alias detections[] = {
	{ "Signature", "Threat Name" },
	{ "Filename", "Path" },
	{ NULL, NULL },
};

/* The first that fits: special events of a channel stand before the channel. */
const struct evtx_kind evtx_kinds[EVTX_KINDS_MAX] = {
	SYSMON_EVENT("process_creation", 1),
	SYSMON_EVENT("file_change", 2),
	SYSMON_EVENT("network_connection", 3),
	SYSMON_EVENT("sysmon_status", 4, 16),
	SYSMON_EVENT("process_termination", 5),
	SYSMON_EVENT("driver_load", 6),
	SYSMON_EVENT("image_load", 7),
	SYSMON_EVENT("create_remote_thread", 8),
	SYSMON_EVENT("raw_access_thread", 9),
	SYSMON_EVENT("process_access", 10),
	SYSMON_EVENT("file_event", 11),
	SYSMON_REGISTRY("registry_add", "CreateKey"),
	SYSMON_REGISTRY("registry_delete", "DeleteKey"),
	SYSMON_REGISTRY("registry_delete", "DeleteValue"),
	SYSMON_EVENT("registry_event", 12),
	SYSMON_EVENT("registry_set", 13),
	SYSMON_EVENT("registry_rename", 14),
	SYSMON_EVENT("create_stream_hash", 15),
	SYSMON_EVENT("pipe_created", 17, 18),
	SYSMON_EVENT("wmi_event", 19, 20, 21),
	SYSMON_EVENT("dns_query", 22),
	SYSMON_EVENT("file_delete", 23, 26),
	SYSMON_EVENT("clipboard_capture", 24),
	SYSMON_EVENT("process_tampering", 25),
	SYSMON_EVENT("file_block_executable", 27),
	SYSMON_EVENT("file_block_shredding", 28),
	SYSMON_EVENT("file_executable_detected", 29),
	SYSMON_EVENT("sysmon_error", 255),
	SERVICE(SYSMON, "sysmon"),

	AUDITED("Security", "security", "process_creation", IDS(4688), .aliases = audited_process),
	SERVICE("Security", "security"),
	SERVICE("Application", "application"),
	SERVICE("System", "system"),
	SERVICE("MSExchange Management", "msexchange-management"),

	AUDITED(POWERSHELL, "powershell", "ps_module", IDS(4103), .aliases = NULL),
	AUDITED(POWERSHELL, "powershell", "ps_script", IDS(4104), .aliases = NULL),
	SERVICE(POWERSHELL, "powershell"),
	AUDITED(POWERSHELL_CORE, "powershell", "ps_module", IDS(4103), .aliases = NULL),
	AUDITED(POWERSHELL_CORE, "powershell", "ps_script", IDS(4104), .aliases = NULL),
	SERVICE(POWERSHELL_CORE, "powershell"),
	CATEGORY("Windows PowerShell", "powershell-classic", "ps_classic_start", IDS(400), .aliases = NULL),
	CATEGORY("Windows PowerShell", "powershell-classic", "ps_classic_provider_start", IDS(600), .aliases = NULL),
	SERVICE("Windows PowerShell", "powershell-classic"),

	CATEGORY(DEFENDER, "windefend", "antivirus",
		 IDS(1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116, 1117, 1118, 1119),
		 .aliases = detections),
	SERVICE(DEFENDER, "windefend"),

	SERVICE("Microsoft-Windows-TaskScheduler/Operational", "taskscheduler"),
	SERVICE("Microsoft-Windows-WMI-Activity/Operational", "wmi"),
	SERVICE("Microsoft-IIS-Configuration/Operational", "iis-configuration"),
	SERVICE("Microsoft-Windows-Bits-Client/Operational", "bits-client"),
	SERVICE("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", "firewall-as"),
	SERVICE("Microsoft-Windows-CodeIntegrity/Operational", "codeintegrity-operational"),
	SERVICE("Microsoft-Windows-AppLocker/MSI and Script", "applocker"),
	SERVICE("Microsoft-Windows-AppLocker/EXE and DLL", "applocker"),
	SERVICE("Microsoft-Windows-AppLocker/Packaged app-Deployment", "applocker"),
	SERVICE("Microsoft-Windows-AppLocker/Packaged app-Execution", "applocker"),
	SERVICE("Microsoft-Windows-NTLM/Operational", "ntlm"),
	SERVICE("Microsoft-Windows-LSA/Operational", "lsa-server"),
	SERVICE("Microsoft-Windows-DriverFrameworks-UserMode/Operational", "driver-framework"),
	SERVICE("Microsoft-Windows-DNS Client Events/Operational", "dns-client"),
	SERVICE("DNS Server", "dns-server"),
	SERVICE("Microsoft-Windows-DNS-Server/Audit", "dns-server-audit"),
	SERVICE("Microsoft-Windows-DNS-Server/Analytical", "dns-server-analytic"),
	SERVICE("Microsoft-Windows-DHCP-Server/Operational", "dhcp"),
	SERVICE("Microsoft-Windows-PrintService/Admin", "printservice-admin"),
	SERVICE("Microsoft-Windows-PrintService/Operational", "printservice-operational"),
	SERVICE("Microsoft-Windows-SmbClient/Security", "smbclient-security"),
	SERVICE("Microsoft-Windows-SmbClient/Connectivity", "smbclient-connectivity"),
	SERVICE("Microsoft-Windows-SMBServer/Connectivity", "smbserver-connectivity"),
	SERVICE("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
		"terminalservices-localsessionmanager"),
	SERVICE("Microsoft-Windows-LDAP-Client/Debug", "ldap"),
	SERVICE("Microsoft-Windows-Security-Mitigations/KernelMode", "security-mitigations"),
	SERVICE("Microsoft-Windows-Security-Mitigations/UserMode", "security-mitigations"),
	SERVICE("Microsoft-Windows-Diagnosis-Scripted/Operational", "diagnosis-scripted"),
	SERVICE("Microsoft-Windows-Shell-Core/Operational", "shell-core"),
	SERVICE("Microsoft-Windows-AppXDeploymentServer/Operational", "appxdeployment-server"),
	SERVICE("Microsoft-Windows-AppxPackaging/Operational", "appxpackaging-om"),
	SERVICE("Microsoft-Windows-AppModel-Runtime/Admin", "appmodel-runtime"),
	SERVICE("Microsoft-Windows-CAPI2/Operational", "capi2"),
	SERVICE("Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
		"certificateservicesclient-lifecycle-system"),
	SERVICE("Microsoft-Windows-VHDMP-Operational", "vhdmp"),
	SERVICE("Microsoft-ServiceBus-Client", "microsoft-servicebus-client"),
	SERVICE("OpenSSH/Operational", "openssh"),

	{ .source = SOURCE("other event logs", .service = NULL) },
	{ .source = NULL },
};

static bool
is_same(struct view v, const char *text)
{
	return v.n == strlen(text) && !strncasecmp((const char *)v.p, text, v.n);
}

static bool
has_id(const uint32_t *ids, uint32_t id)
{
	while (*ids && *ids != id)
		ids++;
	return *ids;
}

static bool
is_of(const struct evtx_fields *fields, const struct evtx_kind *kind)
{
	return (!kind->channel || is_same(fields->channel, kind->channel)) &&
	       (!kind->ids || has_id(kind->ids, fields->event_id)) &&
	       (!kind->field || is_same(evtx_value(fields, kind->field), kind->value));
}

const struct evtx_kind *
evtx_kind_of(const struct evtx_fields *fields)
{
	const struct evtx_kind *kind = evtx_kinds;

	while (!is_of(fields, kind))
		kind++;
	return kind;
}

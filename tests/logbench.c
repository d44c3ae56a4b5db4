/* logbench.c - how fast logs are gone through, in memory: lines as a server writes them, literals, hours; for tests/bench.sh. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "logs.h"
#include "text.h"

enum { BYTES = 256 << 20, RUNS = 5 };

static double
cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
add_iis(struct text *t, unsigned i)
{
	text_printf(t,
		    "2021-03-%02u %02u:%02u:%02u 10.0.0.5 POST /owa/service.svc action=GetFolder&n=%u&CorrelationID=<empty>;&cafeReqId=3f1c-%u; "
		    "443 EXAMPLE\\user%u 192.0.2.%u Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36 - %u 0 0 %u\r\n",
		    i / 600000 + 1, i / 25000 % 24, i / 400 % 60, i / 7 % 60, i, i, i % 500, i % 250, i % 50 ? 200 : 404, i % 900);
}

static void
add_httpproxy(struct text *t, unsigned i)
{
	text_printf(t,
		    "2021-03-%02uT%02u:%02u:%02u.%03uZ,3fe8b64c-9d09-495d-9123-c77%09u,15,1,2106,2,,Owa,mail.example.test,/owa/service.svc,,FBA,true,"
		    "EXAMPLE\\user%u,,Sid~S-1-5-21-1-2-3-%u,Mozilla/5.0 (Windows NT 10.0; Win64; x64),192.0.2.%u,MAIL01,200,200,,POST,Proxy,"
		    "mail01.example.test,15.01.2106.000,IntraForest,WindowsIdentity,,,,371,443,,,0,1,,0,,0,,0,0,,0,16,0,0,1,1,11,0,0,0,0,0,16,0,12,3,"
		    "4,4,16,,?action=GetFolder,,BeginRequest=2021-03-01T01:00:04.107Z;CorrelationID=<empty>;ProxyState-Run=None;FEAuth=BEVersion-1"
		    "942063431;NewConnection=fe80::1;BeginGetResponse=2021-03-01T01:00:04.113Z;OnResponseReady=2021-03-01T01:00:04.123Z;EndGetResponse="
		    "2021-03-01T01:00:04.123Z;ProxyState-Complete=ProxyResponseData;SharedCacheGuard=0;EndRequest=2021-03-01T01:00:04.124Z;,,,,,,CafeV1\r\n",
		    i / 600000 + 1, i / 25000 % 24, i / 400 % 60, i / 7 % 60, i % 1000, i, i % 500, i % 500, i % 250);
}

static void
add_ecp(struct text *t, unsigned i)
{
	text_printf(t,
		    "2021-03-%02uT%02u:%02u:%02u.%03uZ,MAIL01,ECP.Request,\"S:TIME=13;S:SID=1111-%u;S:CMD=Set-Mailbox.Name='a \"\"%u\"\"';S:REQID=;"
		    "S:URL=/ecp/x.svc/SetObject?msExchEcpCanary=%u;S:REFERRER=;S:EX=;S:ACTID=6666;S:RS=0;S:BLD=15.1.2106.2;S:TNAME=<null>;S:TID=\"\r\n",
		    i / 600000 + 1, i / 25000 % 24, i / 400 % 60, i / 7 % 60, i % 1000, i, i, i);
}

static int
count(void *state, const struct log_line *line)
{
	(void)line;
	++*(uint64_t *)state;
	return 0;
}

static void
run(const char *name, void (*add)(struct text *, unsigned), bool all)
{
	static const char *const words[] = { "ServerInfo~", "/ecp/y.js", "Set-OabVirtualDirectory", "powershell/?", "msExchEcpCanary=77", "n=1234567" };
	struct view literals[sizeof(words) / sizeof(words[0])];
	CLEANUP(literals_close) struct literals *l = NULL;
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	double best = 1e9;
	uint64_t told = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		literals[i] = view_text(words[i]);
	for (unsigned i = 0; log.n < BYTES; i++)
		add(&log, i);
	if (literals_open(literals, sizeof(words) / sizeof(words[0]), &l) < 0 || source_memory(text_view(&log), name, &src) < 0)
		exit(1);
	for (int i = 0; i < RUNS; i++) {
		struct log_reading reading = { .kind = log_kind_find(name), .literals = l, .all = all, .line = count, .state = &told };
		CLEANUP(log_result_free) struct log_result result;
		double t = cpu_time();

		told = 0;
		if (log_read(&reading, src, &result) < 0)
			exit(1);
		t = cpu_time() - t;
		best = t < best ? t : best;
		if (i == RUNS - 1)
			printf("%-10s %s: %6.2f GB/s a core, %" PRIu64 " lines, %" PRIu64 " records, %" PRIu64 " lost, %" PRIu64 " told, %zu hours\n", name,
			       all ? "all told" : "counted ", (double)log.n / best / 1e9, result.lines.lines, result.records, result.lost, told,
			       result.hour_count);
	}
}

int
main(void)
{
	run("iis", add_iis, false);
	run("httpproxy", add_httpproxy, false);
	run("ecp", add_ecp, false);
	run("iis", add_iis, true);
	run("httpproxy", add_httpproxy, true);
	return 0;
}

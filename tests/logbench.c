/*
 * logbench.c - how fast logs are gone through, in memory, in processor time of one core; for tests/bench.sh.
 *
 *   logbench                      lines as a server writes them, counted and told
 *   logbench literals KIND...     the texts that the rules of the hafnium profile look for in these kinds of logs
 *   logbench match KIND FILE      the search for them alone, and the whole: lines counted, rules asked
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "file.h"
#include "logs.h"
#include "profile.h"
#include "sketch.h"
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
sketch(void *state, const struct view *values)
{
	sketcher_add(*(struct sketcher **)state, values);
}

/* What it costs to sketch a log on the way: ns a line. */
static void
run_sketch(const char *name, void (*add)(struct text *, unsigned))
{
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	struct view columns[VISIT_COLUMNS];
	double best[2] = { 1e9, 1e9 };
	uint64_t lines = 0;
	size_t bytes = 0;

	for (unsigned i = 0; log.n < BYTES; i++)
		add(&log, i);
	if (source_memory(text_view(&log), name, &src) < 0 || !visit_columns(log_kind_find(name), columns))
		exit(1);
	for (int i = 0; i < 2 * RUNS; i++) {
		CLEANUP(sketcher_free) struct sketcher *sketcher = NULL;
		CLEANUP(sketch_free) struct sketch *made = NULL;
		CLEANUP(log_result_free) struct log_result result = { 0 };
		struct log_reading reading = { .kind = log_kind_find(name), .state = &sketcher, .columns = columns, .column_count = VISIT_COLUMNS };
		double t = cpu_time();

		reading.values = i % 2 ? sketch : NULL;
		if (sketcher_new(&sketcher) < 0 || log_read(&reading, src, &result) < 0 || sketcher_finish(sketcher, &made) < 0)
			exit(1);
		t = cpu_time() - t;
		best[i % 2] = t < best[i % 2] ? t : best[i % 2];
		lines = result.lines.lines;
		bytes = sketch_bytes(made);
	}
	printf("%-10s sketched: %.1f ns a line over %.1f without, %zu bytes of sketch\n", name, (best[1] - best[0]) * 1e9 / (double)lines,
	       best[0] * 1e9 / (double)lines, bytes);
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

/* The rules of a kind of log, as an examination has them. */
struct asked {
	const struct log_kind *kind;
	struct sigma_set *set;
	struct sigma_matcher *matcher;
	struct literals *literals;
	const struct view *texts;
	size_t n;
	bool all;
	uint64_t hits;
};

static void
ask(const struct profile *profile, const char *name, struct asked *ret)
{
	*ret = (struct asked){ .kind = log_kind_find(name) };
	if (!ret->kind || sigma_bind(profile_sigma(profile), ret->kind->source, &ret->set) < 0 ||
	    sigma_matcher_open(ret->set, &ret->matcher) < 0)
		exit(1);
	ret->n = sigma_set_literals(ret->set, &ret->texts, &ret->all);
	if (ret->n && literals_open(ret->texts, ret->n, &ret->literals) < 0)
		exit(1);
}

static int
count_hit(void *state, const struct rule *rule, struct view basis)
{
	(void)rule;
	(void)basis;
	((struct asked *)state)->hits++;
	return 0;
}

static int
count_literal(void *state, size_t offset, uint32_t which)
{
	(void)offset;
	(void)which;
	++*(uint64_t *)state;
	return 0;
}

static int
ask_line(void *state, const struct log_line *line)
{
	struct asked *asked = state;

	return sigma_match(asked->matcher, &line->fields, count_hit, asked);
}

static bool
wants_line(void *state, uint32_t literal, struct view line, uint8_t separator)
{
	return sigma_set_wants(((struct asked *)state)->set, literal, line, separator);
}

static void
match(struct asked *asked, const char *path)
{
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	struct log_reading reading = { .kind = asked->kind, .file = path, .literals = asked->literals, .all = asked->all, .line = ask_line, .wants = wants_line, .state = asked };
	double search = 1e9, whole = 1e9;
	uint64_t found = 0;

	if (file_read(path, (size_t)2 << 30, &log) < 0 || source_memory(text_view(&log), path, &src) < 0)
		exit(1);
	for (int i = 0; i < RUNS; i++) {
		CLEANUP(log_result_free) struct log_result result = { 0 };
		double t = cpu_time(), u;

		found = asked->hits = 0;
		literals_scan(asked->literals, text_view(&log), count_literal, &found);
		u = cpu_time();
		search = u - t < search ? u - t : search;
		if (log_read(&reading, src, &result) < 0)
			exit(1);
		t = cpu_time() - u;
		whole = t < whole ? t : whole;
	}
	printf("%s, %zu caseless texts: searched at %.2f GB/s a core (%" PRIu64 " found), counted and asked at %.2f (%" PRIu64 " hits)\n",
	       asked->kind->name, asked->n, (double)log.n / search / 1e9, found, (double)log.n / whole / 1e9, asked->hits);
}

static int
with_rules(int argc, char **argv)
{
	static const char *const names[] = { "hafnium" };
	struct profile *profile;
	struct asked asked;

	if (profile_load(names, 1, true, &profile) < 0)
		return 1;
	if (!strcmp(argv[1], "match") && argc == 4) {
		ask(profile, argv[2], &asked);
		match(&asked, argv[3]);
		return 0;
	}
	for (int i = 2; i < argc; i++) {
		ask(profile, argv[i], &asked);
		for (size_t k = 0; k < asked.n; k++)
			printf("%.*s\n", (int)asked.texts[k].n, (const char *)asked.texts[k].p);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 2)
		return with_rules(argc, argv);
	run("iis", add_iis, false);
	run("httpproxy", add_httpproxy, false);
	run("ecp", add_ecp, false);
	run("iis", add_iis, true);
	run("httpproxy", add_httpproxy, true);
	run_sketch("iis", add_iis);
	run_sketch("httpproxy", add_httpproxy);
	return 0;
}

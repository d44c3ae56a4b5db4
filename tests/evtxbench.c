/* evtxbench.c - how fast event logs are read and asked of the shipped rules, on one core: files, or a log made here. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "evtx.h"
#include "evtx_forge.h"
#include "file.h"
#include "profile.h"

enum { CHUNKS = 512, EVENTS = 90, RUNS = 5 }; /* 32 MiB, filled as a Security log is */

struct bench {
	struct sigma_matcher *matchers[EVTX_KINDS_MAX];
	uint64_t records, hits;
};

static const char templates[] =
	"template security <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
	"Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-A5BA-3E3B0328C30D}'/><EventID>%0:u16</EventID>"
	"<Version>%1:u8</Version><Level>%2:u8</Level><Task>%3:u16</Task><Opcode>0</Opcode><Keywords>%4:x64</Keywords>"
	"<TimeCreated SystemTime='%5:ft'/><EventRecordID>%6:u64</EventRecordID><Correlation/><Execution ProcessID='%7:u32' "
	"ThreadID='%8:u32'/><Channel>Security</Channel><Computer>mail01.example.test</Computer><Security/></System>%9:t"
	"</Event>\n"
	"template logon <EventData><Data Name='SubjectUserSid'>%0:sid</Data><Data Name='SubjectUserName'>%1:s</Data><Data "
	"Name='TargetUserSid'>%2:sid</Data><Data Name='TargetUserName'>%3:s</Data><Data Name='TargetDomainName'>%4:s</Data>"
	"<Data Name='LogonType'>%5:u32</Data><Data Name='LogonProcessName'>%6:s</Data><Data "
	"Name='AuthenticationPackageName'>%7:s</Data><Data Name='WorkstationName'>%8:s</Data><Data Name='LogonGuid'>%9:guid"
	"</Data><Data Name='ProcessName'>%10:s</Data><Data Name='IpAddress'>%11:s</Data><Data Name='IpPort'>%12:s</Data>"
	"</EventData>\n";

static double
cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
make(struct text *ret_log)
{
	CLEANUP(text_free) struct text scenario = { 0 };
	unsigned id = 1;

	if (text_adds(&scenario, templates) < 0)
		exit(1);
	for (unsigned chunk = 0; chunk < CHUNKS; chunk++) {
		text_adds(&scenario, "chunk\n");
		for (unsigned i = 0; i < EVENTS; i++, id++)
			if (text_printf(&scenario,
					"event %u 2021-03-03T04:%02u:%02uZ security u16:4624 u8:1 u8:0 u16:12544 x64:0x8020000000000000 "
					"ft:2021-03-03T04:05:06.7890000Z u64:%u u32:620 u32:4700 t:{logon sid:S-1-5-18 s:MAIL01$ "
					"sid:S-1-5-21-1-2-3-1104 s:user%u s:EXAMPLE u32:3 s:Kerberos s:Kerberos s:- "
					"guid:{00112233-4455-6677-8899-AABBCCDDEEFF} s:C:\\Windows\\System32\\inetsrv\\w3wp.exe "
					"s:192.0.2.%u s:%u}\n",
					id, id / 60 % 60, id % 60, id, i, i, 40000 + i) < 0)
				exit(1);
	}
	if (evtx_forge(text_view(&scenario), ret_log) < 0)
		exit(1);
}

static int
count_hit(void *state, const struct rule *rule, struct view basis)
{
	(void)rule;
	(void)basis;
	((struct bench *)state)->hits++;
	return 0;
}

static int
ask(void *state, const struct evtx_event *event)
{
	struct bench *b = state;
	struct evtx_fields fields;
	int r = evtx_event_fields(event, EVTX_ALL, &fields);

	b->records++;
	return r < 0 ? r : sigma_match(b->matchers[evtx_kind_of(&fields) - evtx_kinds], &fields.fields, count_hit, b);
}

static void
measure(struct bench *b, const char *name, struct view log)
{
	CLEANUP(source_close) struct source *src = NULL;
	double best = 1e9;

	if (source_memory(log, name, &src) < 0)
		exit(1);
	for (int i = 0; i < RUNS; i++) {
		CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
		struct evtx_reading reading = { .event = ask, .state = b };
		double t = cpu_time();

		b->records = b->hits = 0;
		if (evtx_read(&reading, src, &result) < 0)
			exit(1);
		t = cpu_time() - t;
		best = t < best ? t : best;
	}
	printf("%s: %.1f MB, %" PRIu64 " records read and asked at %.0f MB/s a core, %" PRIu64 " hits\n", name,
	       (double)log.n / 1e6, b->records, (double)log.n / best / 1e6, b->hits);
}

static void
bind(struct bench *b, const struct profile *profile)
{
	for (size_t i = 0; evtx_kinds[i].source; i++) {
		struct sigma_set *set;

		if (sigma_bind(profile_sigma(profile), evtx_kinds[i].source, &set) < 0 ||
		    sigma_matcher_open(set, &b->matchers[i]) < 0)
			exit(1);
	}
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "hafnium" };
	CLEANUP(text_free) struct text log = { 0 };
	struct profile *profile;
	struct bench b = { 0 };

	if (profile_load(names, 1, true, &profile) < 0)
		return 1;
	bind(&b, profile);
	if (argc < 2) {
		make(&log);
		measure(&b, "a forged Security log", text_view(&log));
	}
	for (int i = 1; i < argc; i++) {
		text_cut(&log, 0);
		if (file_read(argv[i], (size_t)2 << 30, &log) < 0)
			return 1;
		measure(&b, argv[i], text_view(&log));
	}
	return 0;
}

/* test_evtx.c - event logs of any bytes are read within bounds; limits hold; Sigma's rules find what they are for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>

#include "evtx_check.h"
#include "evtx_forge.h"
#include "file.h"
#include "found.h"

enum { CHUNK_AT = 4096, RECORDS_AT = CHUNK_AT + 512 };

static const char logon[] =
	"template a <Event><System><Provider Name='P'/><EventID>%0:u16</EventID><Channel>%1:s</Channel></System>"
	"<EventData><Data Name='n'>%2:s</Data></EventData></Event>\n";

static void
check(struct view bytes, struct evtx_tally *tally, struct evtx_result *result)
{
	/* exactly allocated, so that a read behind them is seen */
	uint8_t *copy = malloc(bytes.n ? bytes.n : 1);

	assert_non_null(copy);
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	*tally = (struct evtx_tally){ 0 };
	evtx_check(view_of(copy, bytes.n), tally, result);
	free(copy);
}

static void
check_any(struct view bytes)
{
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	struct evtx_tally tally;

	check(bytes, &tally, &result);
}

/* ---- logs of any bytes ---- */

/* Changes some bytes where records are: single bits, bytes, numbers at their limits, pieces from elsewhere. */
static void
mutate(struct text *log, size_t from, size_t end, uint64_t *random)
{
	static const uint32_t numbers[] = { 0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x0c, 0x2a2a };
	unsigned n = 1 + next_random(random) % 8;

	for (unsigned i = 0; i < n; i++) {
		size_t at = from + next_random(random) % (end - from), other = from + next_random(random) % (end - from);
		uint32_t number = numbers[next_random(random) % (sizeof(numbers) / sizeof(numbers[0]))];
		size_t wide = (size_t)1 << next_random(random) % 3, room = end - (at > other ? at : other);

		switch (next_random(random) % 4) {
		case 0:
			log->s[at] ^= (char)(1 << next_random(random) % 8);
			break;
		case 1:
			log->s[at] = (char)next_random(random);
			break;
		case 2:
			for (size_t k = 0; k < wide && at + k < end; k++)
				log->s[at + k] = (char)(number >> 8 * k);
			break;
		default:
			memmove(log->s + at, log->s + other, room < 40 ? room : next_random(random) % 40);
		}
	}
}

/* Where the bytes of a chunk's records end, a little slack included. */
static size_t
used(const struct text *log, size_t chunk)
{
	size_t end = chunk + EVTX_CHUNK < log->n ? chunk + EVTX_CHUNK : log->n;

	while (end > chunk + 640 && !log->s[end - 1])
		end--;
	return end;
}

static void
break_log(const struct text *log, unsigned rounds, uint64_t *random)
{
	for (unsigned i = 0; i < rounds; i++) {
		CLEANUP(text_free) struct text copy = { 0 };

		assert_int_equal(text_add(&copy, text_view(log)), 0);
		for (size_t chunk = CHUNK_AT; chunk + 640 < copy.n; chunk += EVTX_CHUNK)
			mutate(&copy, i % 4 ? chunk + 512 : chunk, used(&copy, chunk), random);
		if (i % 16 == 0)
			mutate(&copy, 0, 128, random);
		check_any(text_view(&copy));
	}
}

static unsigned
for_fixtures(void (*what)(const struct text *log, unsigned n, uint64_t *random), unsigned n)
{
	CLEANUP(free) char *folder = path_join(getenv("POSTMORTEM_FIXTURES") ? getenv("POSTMORTEM_FIXTURES") : "fixtures", "evtx");
	DIR *dir = opendir(folder);
	uint64_t random = getenv("EVTX_SEED") ? strtoull(getenv("EVTX_SEED"), NULL, 0) | 1 : 20210303;
	struct dirent *entry;
	unsigned files = 0;

	while (dir && (entry = readdir(dir))) {
		CLEANUP(text_free) struct text scenario = { 0 }, log = { 0 };
		CLEANUP(free) char *path = strstr(entry->d_name, ".events") ? path_join(folder, entry->d_name) : NULL;

		if (!path || strstr(path, ".expected"))
			continue;
		assert_int_equal(file_read(path, 1 << 20, &scenario), 0);
		assert_int_equal(evtx_forge(text_view(&scenario), &log), 0);
		what(&log, n, &random);
		files++;
	}
	if (dir)
		closedir(dir);
	return files;
}

static void
no_bytes_are_too_hard(void **state)
{
	unsigned rounds = getenv("EVTX_ROUNDS") ? (unsigned)atoi(getenv("EVTX_ROUNDS")) : 150;

	(void)state;
	assert_true(for_fixtures(break_log, rounds) > 5);
}

static void
cut_log(const struct text *log, unsigned step, uint64_t *random)
{
	(void)random;
	for (size_t n = 0; n < log->n && n < RECORDS_AT + 2500; n += n < RECORDS_AT ? 200 + step : step)
		check_any(view_part(text_view(log), 0, n));
}

static void
logs_may_end_anywhere(void **state)
{
	(void)state;
	assert_true(for_fixtures(cut_log, 7) > 5);
}

static void
real_logs_that_are_broken(void **state)
{
	const char *corpus = getenv("POSTMORTEM_CORPUS");
	CLEANUP(free) char *folder = corpus ? path_join(corpus, "evtx") : NULL;
	DIR *dir = folder ? opendir(folder) : NULL;
	uint64_t random = getenv("EVTX_SEED") ? strtoull(getenv("EVTX_SEED"), NULL, 0) | 1 : 77;
	unsigned rounds = getenv("EVTX_ROUNDS") ? (unsigned)atoi(getenv("EVTX_ROUNDS")) / 40 : 1, files = 0;
	struct dirent *entry;

	(void)state;
	if (!dir)
		skip();
	while ((entry = readdir(dir))) {
		CLEANUP(text_free) struct text log = { 0 };
		CLEANUP(free) char *path = strstr(entry->d_name, ".evtx") ? path_join(folder, entry->d_name) : NULL;

		if (!path)
			continue;
		assert_int_equal(file_read(path, 64 << 20, &log), 0);
		check_any(text_view(&log));
		break_log(&log, rounds, &random);
		files++;
	}
	closedir(dir);
	assert_true(files > 30);
}

/* ---- limits ---- */

struct asked {
	struct sink sink;
	struct text why, values, xml;
	struct evtx_result result;
	size_t fields;
	bool whole;
};

static int
keep_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct asked *a = (struct asked *)out;

	(void)offset;
	return text_printf(&a->why, "%s\n", why);
}

static int
keep_event(void *state, const struct evtx_event *event)
{
	struct asked *a = state;
	struct evtx_fields f;
	bool whole;

	assert_int_equal(evtx_event_fields(event, EVTX_ALL, &f), 0);
	a->whole = f.whole;
	a->fields += f.fields.n;
	assert_int_equal(text_add(&a->values, f.fields.raw), 0);
	return evtx_event_xml(event, &a->xml, &whole);
}

static void
ask(struct asked *a, const struct text *scenario)
{
	CLEANUP(text_free) struct text log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	struct evtx_reading reading = { .out = &a->sink, .event = keep_event, .state = a };

	*a = (struct asked){ .sink.damage = keep_damage };
	assert_int_equal(evtx_forge(text_view(scenario), &log), 0);
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(evtx_read(&reading, src, &a->result), 0);
}

static void
forget(struct asked *a)
{
	text_free(&a->why);
	text_free(&a->values);
	text_free(&a->xml);
	evtx_result_free(&a->result);
}

/* A value that stands in a template hundreds of times. */
static void
values_are_not_multiplied_without_end(void **state)
{
	CLEANUP(text_free) struct text s = { 0 };
	struct asked a;

	(void)state;
	text_adds(&s, "template a <Event><EventData>");
	for (int i = 0; i < 900; i++)
		text_adds(&s, "<D>%0:s</D>");
	text_adds(&s, "</EventData></Event>\nevent 1 2021-03-03T04:05:06Z a s:");
	for (int i = 0; i < 10000; i++)
		text_addc(&s, 'x');
	ask(&a, &s);
	assert_string_equal(a.why.s, "a record is longer than is read of one\n");
	assert_true(a.values.n <= EVTX_TEXT_MAX + 20000 && a.values.n > EVTX_TEXT_MAX - 20000);
	assert_true(a.xml.n <= EVTX_XML_MAX + 40000);
	assert_int_equal(a.result.broken, 1);
	forget(&a);
}

/* Templates within values within templates. */
static void
depth_is_bounded(void **state)
{
	struct asked a;

	(void)state;
	for (unsigned depth = 14; depth < 20; depth += 5) {
		CLEANUP(text_free) struct text s = { 0 };

		text_adds(&s, "template t <V>%0:t</V>\ntemplate z <Z>end</Z>\nevent 1 2021-03-03T04:05:06Z t");
		for (unsigned i = 0; i < depth; i++)
			text_adds(&s, i + 1 < depth ? " t:{t" : " t:{z");
		for (unsigned i = 0; i < depth; i++)
			text_addc(&s, '}');
		ask(&a, &s);
		assert_int_equal(a.result.records[EVTX_LISTED], 1);
		if (depth < EVTX_DEPTH_MAX)
			assert_true(a.whole && !strcmp(a.values.s, "end\n"));
		else
			assert_string_equal(a.why.s, "BinXml lies too deep within BinXml\n");
		forget(&a);
	}
}

static void
fields_are_bounded(void **state)
{
	CLEANUP(text_free) struct text s = { 0 };
	struct asked a;

	(void)state;
	text_adds(&s, "template a <Event><EventData><Data>%0:s</Data></EventData></Event>\nevent 1 2021-03-03T04:05:06Z a s[]:");
	for (int i = 0; i < EVTX_FIELDS_MAX + 10; i++)
		text_adds(&s, "y|");
	ask(&a, &s);
	assert_string_equal(a.why.s, "a record has more fields than are read\n");
	assert_int_equal(a.fields, EVTX_FIELDS_MAX);
	assert_false(a.whole);
	forget(&a);
}

/* A hole of a tebibyte in a log is gone through at once; what lies behind it is read. */
struct holed {
	struct source source;
	struct view head;
};

static ssize_t
read_holed(struct source *src, uint64_t offset, void *buf, size_t n)
{
	const struct holed *h = (const struct holed *)src;
	struct view rest = view_from(h->head, offset);

	memset(buf, 0, n);
	if (rest.n)
		memcpy(buf, rest.p, rest.n < n ? rest.n : n);
	return (ssize_t)(n < src->size - offset ? n : src->size - offset);
}

static int
next_holed(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	const struct holed *h = (const struct holed *)src;

	*ret_from = offset;
	*ret_to = h->head.n;
	return offset < h->head.n;
}

static void
holes_are_skipped(void **state)
{
	static const struct source_ops ops = { .read = read_holed, .next_data = next_holed };
	CLEANUP(text_free) struct text s = { 0 }, log = { 0 };
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	struct evtx_reading reading = { 0 };
	struct holed h = { .source = { .ops = &ops, .size = UINT64_C(1) << 40, .name = "holed" } };

	(void)state;
	text_printf(&s, "%sevent 1 2021-03-03T04:05:06Z a u16:1 s:x s:y\n", logon);
	assert_int_equal(evtx_forge(text_view(&s), &log), 0);
	h.head = text_view(&log);
	assert_int_equal(evtx_read(&reading, &h.source, &result), 0);
	assert_int_equal(result.records[EVTX_LISTED], 1);
	assert_int_equal(result.blank, (h.source.size - log.n + EVTX_CHUNK - 1) / EVTX_CHUNK);
}

static int
stop_at_second(void *state, const struct evtx_event *event)
{
	(void)event;
	return ++*(int *)state == 2 ? -4 : 0;
}

static void
who_listens_can_stop(void **state)
{
	CLEANUP(text_free) struct text s = { 0 }, log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	int told = 0;
	struct evtx_reading reading = { .event = stop_at_second, .state = &told };

	(void)state;
	text_adds(&s, logon);
	for (int i = 1; i < 4; i++)
		text_printf(&s, "event %d 2021-03-03T04:05:06Z a u16:1 s:x s:y\n", i);
	assert_int_equal(evtx_forge(text_view(&s), &log), 0);
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(evtx_read(&reading, src, &result), -4);
	assert_int_equal(told, 2);
}

/* ---- Sigma ---- */

struct filed {
	struct rule rule;
	unsigned n;
};

static int
file_rule(void *state, const struct rule *draft, unsigned line, const struct rule **ret_filed)
{
	struct filed *f = state;

	(void)line;
	assert_int_equal(draft->state, RULE_USED);
	f->rule = *draft;
	f->n++;
	*ret_filed = &f->rule;
	return 0;
}

static int
count_hit(void *state, const struct rule *rule, struct view basis)
{
	assert_non_null(rule);
	assert_true(basis.n > 0);
	++*(unsigned *)state;
	return 0;
}

struct judged {
	const struct sigma *sigma;
	unsigned hits;
	struct text kind;
};

static int
judge(void *state, const struct evtx_event *event)
{
	struct judged *j = state;
	CLEANUP(sigma_set_free) struct sigma_set *set = NULL;
	CLEANUP(sigma_matcher_close) struct sigma_matcher *matcher = NULL;
	const struct sigma_source *source;
	struct evtx_fields f;

	assert_int_equal(evtx_event_fields(event, EVTX_ALL, &f), 0);
	assert_true(f.whole);
	source = evtx_kind_of(&f)->source;
	text_printf(&j->kind, "%s/%s", source->category ? source->category : "-", source->service ? source->service : "-");
	assert_int_equal(sigma_bind(j->sigma, source, &set), 0);
	assert_int_equal(sigma_matcher_open(set, &matcher), 0);
	return sigma_match(matcher, &f.fields, count_hit, &j->hits);
}

static unsigned
hits_of(const char *rule, const char *event, const char *kind)
{
	CLEANUP(sigma_free) struct sigma *sigma = NULL;
	CLEANUP(text_free) struct text yaml = { 0 }, scenario = { 0 }, log = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	struct filed filed = { 0 };
	struct judged j = { 0 };
	struct evtx_reading reading = { .event = judge, .state = &j };

	text_printf(&yaml, "title: t\nid: r1\n%s\n", rule);
	text_printf(&scenario, "plain 1 2021-03-03T04:05:06Z <Event><System><EventID>%s</EventData></Event>\n", event);
	assert_int_equal(sigma_new(&sigma), 0);
	assert_int_equal(sigma_parse(sigma, text_view(&yaml), "t.yml", file_rule, &filed), 0);
	assert_int_equal(filed.n, 1);
	j.sigma = sigma;
	assert_int_equal(evtx_forge(text_view(&scenario), &log), 0);
	assert_int_equal(source_memory(text_view(&log), "log", &src), 0);
	assert_int_equal(evtx_read(&reading, src, &result), 0);
	assert_int_equal(result.records[EVTX_LISTED], 1);
	assert_string_equal(j.kind.s, kind);
	text_free(&j.kind);
	return j.hits;
}

#define EVENT(id, channel, data) id "</EventID><Channel>" channel "</Channel></System><EventData>" data
#define SYSMON "Microsoft-Windows-Sysmon/Operational"
#define RULE(source, field, value) "logsource: { " source " }\ndetection: { s: { " field ": '" value "' }, condition: s }"

static void
rules_find_their_records(void **state)
{
	static const char shell[] = EVENT("4688", "Security", "<Data Name='NewProcessName'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='ParentProcessName'>C:\\w3wp.exe</Data>");
	static const char value[] = EVENT("13", SYSMON, "<Data Name='TargetObject'>HKLM\\Run</Data><Data Name='EventType'>SetValue</Data>");
	static const char removed[] = EVENT("12", SYSMON, "<Data Name='TargetObject'>HKLM\\Run</Data><Data Name='EventType'>DeleteKey</Data>");
	static const char cmdlet[] = EVENT("1", "MSExchange Management", "<Data>Set-OabVirtualDirectory</Data><Data>-ExternalUrl x</Data>");
	static const char found[] = EVENT("1116", "Microsoft-Windows-Windows Defender/Operational", "<Data Name='Threat Name'>Backdoor:ASP/Chopper</Data>");
	static const struct {
		const char *rule, *event, *kind;
		unsigned hits;
	} cases[] = {
		{ RULE("category: process_creation, product: windows", "Image|endswith", "\\cmd.exe"), shell, "process_creation/security", 1 },
		{ RULE("category: process_creation, product: windows", "ParentImage|endswith", "\\w3wp.exe"), shell, "process_creation/security", 1 },
		{ RULE("service: security, product: windows", "EventID", "4688"), shell, "process_creation/security", 1 },
		{ RULE("service: system, product: windows", "EventID", "4688"), shell, "process_creation/security", 0 },
		{ RULE("category: process_creation, product: windows", "OriginalFileName", "Cmd.Exe"), shell, "process_creation/security", 0 },
		{ RULE("category: registry_event, product: windows", "TargetObject|endswith", "\\Run"), value, "registry_set/sysmon", 1 },
		{ RULE("category: registry_set, product: windows", "TargetObject|endswith", "\\Run"), value, "registry_set/sysmon", 1 },
		{ RULE("category: registry_add, product: windows", "TargetObject|endswith", "\\Run"), value, "registry_set/sysmon", 0 },
		{ RULE("category: registry_delete, product: windows", "TargetObject|endswith", "\\Run"), removed, "registry_delete/sysmon", 1 },
		{ RULE("category: registry_event, product: windows", "TargetObject|endswith", "\\Run"), removed, "registry_delete/sysmon", 1 },
		{ RULE("service: msexchange-management, product: windows", "Data|contains", "externalurl"), cmdlet, "-/msexchange-management", 1 },
		{ "logsource: { service: msexchange-management, product: windows }\ndetection: { k: [ 'OabVirtualDirectory' ], condition: k }", cmdlet,
		  "-/msexchange-management", 1 },
		{ RULE("category: antivirus", "Signature|startswith", "Backdoor"), found, "antivirus/windefend", 1 },
		{ RULE("product: windows", "Channel", "Security"), shell, "process_creation/security", 1 },
		{ RULE("category: webserver", "Channel", "Security"), shell, "process_creation/security", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (hits_of(cases[i].rule, cases[i].event, cases[i].kind) != cases[i].hits)
			fail_msg("%s on %s", cases[i].rule, cases[i].event);
}

/* Each record is of one kind only if special events stand before their channel, and the last kind takes all. */
static void
kinds_are_in_order(void **state)
{
	size_t n = 0;

	(void)state;
	for (; evtx_kinds[n].source; n++) {
		for (size_t i = 0; i < n; i++) {
			bool same = evtx_kinds[n].channel && !strcmp(evtx_kinds[i].channel, evtx_kinds[n].channel);

			assert_false(same && !evtx_kinds[i].ids);
		}
		assert_true(!evtx_kinds[n].channel == !evtx_kinds[n + 1].source);
	}
	assert_true(n > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_bytes_are_too_hard),
		cmocka_unit_test(logs_may_end_anywhere),
		cmocka_unit_test(values_are_not_multiplied_without_end),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(fields_are_bounded),
		cmocka_unit_test(holes_are_skipped),
		cmocka_unit_test(who_listens_can_stop),
		cmocka_unit_test(rules_find_their_records),
		cmocka_unit_test(kinds_are_in_order),
		cmocka_unit_test(real_logs_that_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

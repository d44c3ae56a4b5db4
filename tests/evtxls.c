/* evtxls.c - what an event log holds, for comparison with other tools; and event logs from scenarios, as seeds for fuzzing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "evtx.h"
#include "evtx_forge.h"
#include "file.h"
#include "filetime.h"

enum verb { XML, FIELDS, KINDS, LIST, COUNT, BENCH_COUNT, BENCH_SYSTEM, BENCH_FIELDS, BENCH_XML, VERBS };

struct listing {
	struct sink sink;
	enum verb verb;
	bool quiet;
	uint64_t events, fields;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	if (!((struct listing *)out)->quiet)
		printf("damage %" PRIu64 " %s\n", offset, why);
	return 0;
}

static int
print_xml(const struct evtx_event *event, bool quiet)
{
	CLEANUP(text_free) struct text xml = { 0 };
	bool whole;
	int r = evtx_event_xml(event, &xml, &whole);

	if (r == 0 && !quiet)
		printf("%" PRIu64 " %" PRIu64 " %s%s %s\n", event->offset, event->id, evtx_place_name(event->place), whole ? "" : " damaged",
		       xml.s ? xml.s : "");
	return r;
}

static int
print_fields(const struct evtx_event *event)
{
	struct evtx_fields f;
	int r = evtx_event_fields(event, EVTX_ALL, &f);
	char when[FILETIME_TEXT];

	printf("%" PRIu64 " %" PRIu64 " %s%s %s\n", event->offset, event->id, evtx_place_name(event->place), f.whole ? "" : " damaged",
	       filetime_text(event->when, when));
	for (size_t i = 0; i < f.fields.n; i++) {
		CLEANUP(text_free) struct text escaped = { 0 };

		if (text_add_escaped(&escaped, f.fields.at[i].name) < 0 || text_adds(&escaped, " = ") < 0 ||
		    text_add_escaped(&escaped, f.fields.at[i].value) < 0)
			return -1;
		printf("\t%s\n", escaped.s);
	}
	return r;
}

static int
print_kind(const struct evtx_event *event)
{
	struct evtx_fields f;
	int r = evtx_event_fields(event, EVTX_ALL, &f);
	const struct sigma_source *source = evtx_kind_of(&f)->source;

	printf("%.*s %u: %s %s\n", (int)f.channel.n, (const char *)f.channel.p, f.event_id, source->category ? source->category : "-",
	       source->service ? source->service : "-");
	return r;
}

static int
take_event(void *state, const struct evtx_event *event)
{
	struct listing *l = state;
	struct evtx_fields fields;
	int r;

	l->events++;
	switch (l->verb) {
	case XML:
	case BENCH_XML:
		return print_xml(event, l->quiet);
	case FIELDS:
		return print_fields(event);
	case KINDS:
		return print_kind(event);
	case LIST:
		printf("%" PRIu64 " %" PRIu64 " %s\n", event->offset, event->id, evtx_place_name(event->place));
		return 0;
	case BENCH_SYSTEM:
	case BENCH_FIELDS:
		r = evtx_event_fields(event, l->verb == BENCH_FIELDS ? EVTX_ALL : EVTX_SYSTEM, &fields);
		l->fields += fields.fields.n;
		return r;
	default:
		return 0;
	}
}

static void
print_result(const struct evtx_result *r)
{
	char first[FILETIME_TEXT], last[FILETIME_TEXT];

	printf("chunks %" PRIu64 " of %" PRIu64 ", blank %" PRIu64 ", without %" PRIu64 ", bad headers %" PRIu64 ", bad data %" PRIu64
	       ", unchecked %" PRIu64 "\n", r->chunks, r->counted, r->blank, r->without, r->bad_headers, r->bad_data, r->unchecked);
	printf("header%s%s%s, sum %d, next id %" PRIu64 "\nrecords", r->header ? "" : " none", r->dirty ? " dirty" : "", r->full ? " full" : "",
	       (int)r->sum, r->next_id);
	for (unsigned i = 0; i < EVTX_PLACES; i++)
		if (r->records[i])
			printf(" %s %" PRIu64, evtx_place_name(i), r->records[i]);
	printf(", lost %" PRIu64 "\n", r->lost);
	if (r->broken || r->broken_recovered)
		printf("not whole %" PRIu64 ", of recovered ones %" PRIu64 "\n", r->broken, r->broken_recovered);
	printf("ids %" PRIu64 "-%" PRIu64 ", twice %" PRIu64 ", missing %" PRIu64 "\n", r->first_id, r->last_id, r->twice, r->missing);
	for (size_t i = 0; i < r->gap_count; i++)
		printf("gap %" PRIu64 "-%" PRIu64 "\n", r->gaps[i].first, r->gaps[i].last);
	if (r->last)
		printf("time %s %s\n", filetime_text(r->first, first), filetime_text(r->last, last));
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
list_file(struct listing *l, const char *path, double *seconds, uint64_t *bytes_read)
{
	struct evtx_reading reading = { .out = &l->sink, .event = take_event, .state = l };
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(evtx_result_free) struct evtx_result result = { 0 };
	double before;
	int r;

	if (file_read(path, 1 << 30, &bytes) < 0 || source_memory(text_view(&bytes), path, &src) < 0)
		return -1;
	before = now();
	r = evtx_read(&reading, src, &result);
	*seconds += now() - before;
	*bytes_read += bytes.n;
	if (r == 0 && (l->verb == COUNT || l->verb == FIELDS))
		print_result(&result);
	return r;
}

static int
forge(const char *scenario, const char *path)
{
	CLEANUP(text_free) struct text text = { 0 }, log = { 0 };
	FILE *file;
	bool good;

	if (file_read(scenario, 1 << 20, &text) < 0 || evtx_forge(text_view(&text), &log) < 0 || !(file = fopen(path, "wb")))
		return 1;
	good = fwrite(log.s, 1, log.n, file) == log.n;
	return fclose(file) != 0 || !good;
}

int
main(int argc, char **argv)
{
	static const char *const verbs[VERBS] = { "xml", "fields", "kinds", "list", "count", "bench-count", "bench-system", "bench-fields",
						  "bench-xml" };
	struct listing l = { .sink.damage = take_damage };
	uint64_t bytes = 0;
	double seconds = 0;

	if (argc == 4 && !strcmp(argv[1], "forge"))
		return forge(argv[2], argv[3]);
	while (argc > 2 && l.verb < VERBS && strcmp(argv[1], verbs[l.verb]))
		l.verb++;
	if (argc < 3 || l.verb == VERBS) {
		fputs("usage: evtxls xml|fields|kinds|list|count|bench-count|bench-system|bench-fields|bench-xml FILE... | forge SCENARIO FILE\n", stderr);
		return 2;
	}
	l.quiet = l.verb >= BENCH_COUNT;
	for (int i = 2; i < argc; i++)
		if (list_file(&l, argv[i], &seconds, &bytes) < 0)
			return 1;
	if (l.quiet)
		printf("%" PRIu64 " events, %.1f MB, %.3f s, %.0f MB/s\n", l.events, (double)bytes / 1e6, seconds, (double)bytes / 1e6 / seconds);
	return 0;
}

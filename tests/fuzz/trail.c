/* trail.c - fuzzes what is made of requests: the first byte says of which kind of log, the rest is the log. */
#include <assert.h>

#include "harvest.h"
#include "trail_own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct both {
	struct trace *trace;
	struct harvest harvest;
	bool hit;
};

static int
take(void *state, const struct log_line *line)
{
	static const struct rule rule = { .id = "r", .level = LEVEL_HIGH, .technique = "T1505.003" };
	struct both *both = state;
	uint32_t hits[TERM_HITS];
	struct visit visit;

	both->hit |= visit_of(both->trace->kind, line, &visit) && terms_match(both->harvest.terms, &visit, hits);
	assert(trace_line(both->trace, line) == 0);
	assert(trace_hit(both->trace, line, &rule) == 0);
	return harvest_line(&both->harvest, line);
}

static void
sketch(void *state, const struct view *values)
{
	trace_values(((struct both *)state)->trace, values);
}

/* Whatever is in a log, its sketch does not say that it is not. */
static void
ask(const struct both *both, const struct terms *terms)
{
	struct sketch_question question = { 0 };

	assert(trace_end(both->trace) == 0 && sketch_ask(terms, &question) == 0);
	assert(!both->hit || sketch_may_hold(both->trace->sketch, &question));
	sketch_question_free(&question);
}

/* What a log gives, merged with itself, gives twice as much. */
static void
merge(const struct both *both, const struct terms *terms)
{
	CLEANUP(tries_free) struct tries *tries = NULL;
	const struct try_address *const *addresses;
	const struct signin *const *rows;
	struct harvest all;
	struct try_window window;
	uint64_t requests = 0, n;

	assert(tries_new(&tries) == 0 && harvest_open(&all, terms, NULL) == 0);
	for (uint32_t i = 0; i < 2; i++)
		assert(tries_merge(tries, both->trace->tries, i) == 0 && harvest_merge(&all, &both->harvest, i) == 0);
	for (size_t i = tries_addresses(tries, &addresses); i; i--)
		assert(tries_window(addresses[i - 1], &window) >= 0);
	n = signins_list(both->harvest.signins, &rows);
	for (size_t i = 0; i < n; i++)
		requests += rows[i]->requests;
	assert(signins_list(all.signins, &rows) == n);
	for (size_t i = 0; i < n; i++)
		requests -= rows[i]->requests / 2;
	assert(!requests);
	harvest_close(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct term named[] = { { .kind = TERM_ADDRESS, .text = "192.0.2.1", .level = LEVEL_HIGH },
					     { .kind = TERM_AGENT, .text = "python-requests/2.25.1", .level = LEVEL_HIGH },
					     { .kind = TERM_PAGE, .text = "/owa/auth/a b.aspx", .level = LEVEL_HIGH, .tail = true } };
	CLEANUP(terms_free) struct terms *terms = NULL;
	CLEANUP(source_close) struct source *src = NULL;
	CLEANUP(log_result_free) struct log_result result = { 0 };
	uint64_t beyond[TERM_KINDS];
	struct both both = { 0 };
	size_t kinds = 0;
	const struct log_kind *kind, *kinds_asked[LOG_KINDS_MAX];

	for (const struct log_kind *const *k = log_kinds; *k; k++)
		if (visit_kind(*k))
			kinds_asked[kinds++] = *k;
	if (!size)
		return 0;
	kind = kinds_asked[data[0] % kinds];
	assert(terms_new(&terms) == 0);
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		assert(terms_add(terms, &named[i], "2b7e151628aed2a6") == 0);
	assert(terms_settle(terms, beyond) == 0 && trace_new(kind, &both.trace) == 0);
	assert(harvest_open(&both.harvest, terms, kind) == 0);
	assert(source_memory(view_of(data + 1, size - 1), "log", &src) == 0);
	assert(log_read(&(struct log_reading){ .kind = kind, .all = true, .line = take, .state = &both, .values = sketch,
					       .columns = trace_columns(both.trace), .column_count = VISIT_COLUMNS },
			src, &result) == 0);
	ask(&both, terms);
	merge(&both, terms);
	trace_free(both.trace);
	harvest_close(&both.harvest);
	return 0;
}

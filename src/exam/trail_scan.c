/* trail_scan.c - the second scan: the logs of requests once more, for what findings name. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "pool.h"
#include "trail_own.h"
#include "watched.h"

enum {
	AHEAD = 8, /* logs read before their rows are written: each may keep HARVEST_BYTES_MAX */
	BLOCK = 1 << 20,
};

#define DAYS (TRAIL_DAYS * FILETIME_DAY)

struct pass {
	struct exam *exam;
	struct trail *trail;
	const struct terms *terms;
	struct sketch_question question;
	const struct guesser *guessers;
	size_t guesser_count;
	uint32_t *order; /* logs, the earliest first */
	struct harvest slots[AHEAD];
	bool failed[AHEAD]; /* the log could not be read again */
	bool passed[AHEAD]; /* nor need it be: nothing that is looked for is in it */
	struct harvest *all;
};

/* Whether passwords were tried in the days of this log, or some days before or after. */
static bool
near_tries(const struct pass *pass, const struct trail_log *log)
{
	for (size_t i = 0; i < pass->guesser_count; i++) {
		const struct try_window *w = &pass->guessers[i].window;

		if (!log->first || (log->first < w->last + DAYS && log->last + DAYS > w->first))
			return true;
	}
	return false;
}

static int
stop(void *state, size_t offset, uint32_t which)
{
	(void)state;
	(void)offset;
	(void)which;
	return 1;
}

/* Whether a literal stands in the log at all: 1, 0 or negative. Most logs hold none, and need not be taken apart. */
static int
holds_any(struct source *stream, const struct literals *literals)
{
	CLEANUP(free) uint8_t *block = malloc(BLOCK + LITERAL_MAX);
	size_t kept = 0; /* of the block before, which a literal may begin in */
	int found = block ? 0 : fail(ENOMEM, "out of memory to read the logs again");

	for (uint64_t at = 0; !found && at < stream->size;) {
		ssize_t n = source_read(stream, at, block + kept, BLOCK);

		if (n <= 0)
			return (int)n;
		at += (uint64_t)n;
		n += (ssize_t)kept;
		found = literals_scan(literals, view_of(block, (size_t)n), stop, NULL);
		kept = n < LITERAL_MAX ? (size_t)n : LITERAL_MAX - 1;
		memmove(block, block + n - kept, kept);
	}
	return found;
}

static int
read_log(struct pass *pass, struct harvest *harvest, const struct trail_log *log, unsigned thread)
{
	CLEANUP(source_close) struct source *stream = NULL;
	const struct candidate *c = log->candidate;
	struct log_reading reading = {
		.kind = log->kind,
		.file = c->name,
		.literals = terms_literals(pass->terms, near_tries(pass, log)),
		.line = harvest_line,
		.state = harvest,
	};
	struct log_result result = { 0 };
	struct watched watched;
	struct source *bare;
	int r = reading.literals ? stream_open(pass->exam->volumes[c->volume].ntfs, c->entry, c->attribute, NULL, &stream) : 1;

	if (r)
		return r < 0 ? r : 0;
	bare = watched_over(&watched, stream, pass->exam->watch, thread);
	r = log->plain ? holds_any(bare, reading.literals) : 1;
	if (r > 0)
		r = log_read(&reading, bare, &result);
	log_result_free(&result);
	return r;
}

static int
work(void *state, unsigned thread, uint64_t i)
{
	struct pass *pass = state;
	const struct trail_log *log = &pass->trail->logs.at[pass->order[i]];
	struct harvest *harvest = &pass->slots[i % AHEAD];
	struct watch *watch = pass->exam->watch;
	struct unit unit = { .kind = UNIT_STREAM,
			     .volume = pass->exam->volumes[log->candidate->volume].number,
			     .at = log->candidate->entry.entry << 16 | log->candidate->entry.sequence,
			     .sub = log->candidate->attribute };
	int r;

	pass->failed[i % AHEAD] = false;
	pass->passed[i % AHEAD] = !sketch_may_hold(log->sketch, &pass->question);
	if (pass->passed[i % AHEAD])
		return 0;
	r = harvest_open(harvest, pass->terms, log->kind);
	if (r < 0)
		return fail(ENOMEM, "out of memory to read %s again", log->candidate->path);
	harvest->told = log->told;
	harvest->told_n = log->told_n;
	watch_begin(watch, thread, &unit, WATCH_SECONDS);
	r = read_log(pass, harvest, log, thread);
	if (r < 0)
		watch_failed(watch);
	watch_end(watch, thread);
	pass->failed[i % AHEAD] = r == -ESTALE || r == -ENOENT || r == -EINVAL;
	return pass->failed[i % AHEAD] ? 0 : r;
}

static int
write_event(struct pass *pass, const struct trail_log *log, const struct followed *line)
{
	const struct candidate *c = log->candidate;
	const struct rule *rule = own_rule(OWN_FOLLOWED);

	pass->trail->events++;
	pass->exam->rule_hits[rule_slot(pass->exam->profile, rule)]++;
	return case_event(pass->exam->db, &(struct event_row){
						  .volume = pass->exam->volumes[c->volume].number,
						  .file = c->file,
						  .when = line->when,
						  .mft = c->entry.entry,
						  .offset = line->offset,
						  .kind = log->kind->event,
						  .source = c->path,
						  .subject = line->subject,
						  .summary = line->summary,
						  .stream = view_text(c->stream),
						  .rule = rule,
						  .raw = line->raw,
						  .fields = line->fields,
					  });
}

static void
count_beyond(struct yield *yield, uint64_t when)
{
	yield->beyond++;
	if (when > yield->last_beyond)
		yield->last_beyond = when;
}

static int
write_lines(struct pass *pass, const struct trail_log *log, const struct harvest *harvest)
{
	int r = 0;

	for (size_t i = 0; i < harvest->lines.n && r == 0; i++) {
		const struct followed *line = &harvest->lines.at[i];
		struct yield *yield = &pass->all->yields[line->term];

		if (harvest_common(pass->all, line->term))
			continue;
		if (yield->kept >= HARVEST_LINES_MAX || pass->trail->events >= TRAIL_EVENTS_MAX) {
			count_beyond(yield, line->when);
			continue;
		}
		yield->kept++;
		r = write_event(pass, log, line);
	}
	return r;
}

static int
done(void *state, uint64_t i)
{
	struct pass *pass = state;
	struct harvest *harvest = &pass->slots[i % AHEAD];
	struct trail_log *log = &pass->trail->logs.at[pass->order[i]];
	int r = exam_unchanged(pass->exam);

	exam_phase(pass->exam, PHASE_CONTENT);
	if (r < 0 || pass->passed[i % AHEAD])
		return r;
	log->again = true;
	pass->trail->lost += pass->failed[i % AHEAD];
	if (r == 0 && harvest_merge(pass->all, harvest, pass->order[i]) < 0)
		r = fail(ENOMEM, "out of memory for what findings lead to");
	if (r == 0)
		r = write_lines(pass, log, harvest);
	harvest_close(harvest);
	return r;
}

/* The earliest log first, so that what is kept of many requests is the beginning. */
static int
by_time(const void *a, const void *b, void *state)
{
	const struct trail *trail = state;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct trail_log *x = &trail->logs.at[i], *y = &trail->logs.at[k];

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return i < k ? -1 : i > k;
}

int
trail_scan(struct exam *exam, struct trail *trail, const struct terms *terms, const struct guesser *guessers, size_t n,
	   struct harvest *all)
{
	CLEANUP(free) uint32_t *order = calloc(trail->logs.n + 1, sizeof(*order));
	CLEANUP(free) struct pass *pass = calloc(1, sizeof(*pass));
	struct pool_job job = {
		.n = trail->logs.n, .threads = exam->threads, .ahead = AHEAD, .state = pass, .work = work, .done = done
	};
	int r;

	if (!order || !pass)
		return fail(ENOMEM, "out of memory to read the logs again");
	for (uint32_t i = 0; i < trail->logs.n; i++)
		order[i] = i;
	qsort_r(order, trail->logs.n, sizeof(*order), by_time, trail);
	*pass = (struct pass){ .exam = exam, .trail = trail, .terms = terms, .guessers = guessers, .guesser_count = n,
			       .order = order, .all = all };
	r = sketch_ask(terms, &pass->question) < 0 ? fail(ENOMEM, "out of memory to read the logs again") : 0;
	if (r == 0)
		r = pool_run(&job);
	for (size_t i = 0; i < AHEAD; i++)
		harvest_close(&pass->slots[i]);
	sketch_question_free(&pass->question);
	return r;
}

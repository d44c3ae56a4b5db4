/* evtx_ids.c - the records of an event log by id and by hour: which are missing, and which are there twice. */
#include "evtx_own.h"

#include <errno.h>

#include "fail.h"

int
evtx_ids_add(struct evtx_run *run, const struct evtx_event *event)
{
	struct evtx_range *last = run->ranges.n ? &run->ranges.at[run->ranges.n - 1] : NULL, *range;
	struct evtx_result *result = run->result;
	struct log_hour *hour;

	if (event->recovered && event->place != EVTX_FOUND)
		return 0;
	if (!result->first || event->when < result->first)
		result->first = event->when;
	if (event->when > result->last)
		result->last = event->when;
	hour = log_hours_at(&run->hours, event->when);
	if (!hour)
		return fail(ENOMEM, "out of memory for the hours of %s", run->src->name);
	hour->lines++;
	hour->bytes += event->raw.n;
	if (last && last->last != UINT64_MAX && event->id == last->last + 1) {
		last->last++;
		return 0;
	}
	range = vector_push(&run->ranges);
	if (!range)
		return fail(ENOMEM, "out of memory for the record ids of %s", run->src->name);
	*range = (struct evtx_range){ .first = event->id, .last = event->id, .offset = event->offset };
	return 0;
}

static int
by_first(const void *a, const void *b)
{
	const struct evtx_range *x = a, *y = b;

	if (x->first != y->first)
		return x->first > y->first ? 1 : -1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Adds up what lies between the ranges, which are in order; gaps[] takes the first EVTX_GAPS_MAX of them. */
static void
weigh(const struct evtx_run *run, struct evtx_gap *gaps)
{
	struct evtx_result *result = run->result;
	uint64_t highest = run->ranges.at[0].last;

	for (size_t i = 1; i < run->ranges.n; i++) {
		const struct evtx_range *r = &run->ranges.at[i];

		if (r->first <= highest) {
			result->twice += (r->last < highest ? r->last : highest) - r->first + 1;
		} else if (r->first - highest > 1) {
			result->missing += r->first - highest - 1;
			if (result->gap_count < EVTX_GAPS_MAX)
				gaps[result->gap_count++] = (struct evtx_gap){ .first = highest + 1,
									       .last = r->first - 1,
									       .offset = r->offset };
		}
		if (r->last > highest)
			highest = r->last;
	}
	result->first_id = run->ranges.at[0].first;
	result->last_id = highest;
}

int
evtx_ids_finish(struct evtx_run *run)
{
	size_t room = run->ranges.n < EVTX_GAPS_MAX ? run->ranges.n : EVTX_GAPS_MAX;

	log_hours_finish(&run->hours);
	run->result->hours = TAKE(run->hours.list.at);
	run->result->hour_count = run->hours.list.n;

	if (!run->ranges.n)
		return 0;
	run->result->gaps = calloc(room, sizeof(*run->result->gaps));
	if (!run->result->gaps)
		return fail(ENOMEM, "out of memory for the record ids of %s", run->src->name);
	vector_sort(&run->ranges, by_first);
	weigh(run, run->result->gaps);
	return 0;
}

/* evtxslot_write.c - what became of an event log: a row of the coverage, its hours, and an event for each record that was hit. */
#include "evtxslot.h"

#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "logslot.h"

/* Of those that the log lists, or would when it is opened. */
static uint64_t
listed(const struct evtx_result *r)
{
	uint64_t open = r->records[EVTX_BEHIND] + r->records[EVTX_UNCOUNTED];

	return r->records[EVTX_LISTED] + r->records[EVTX_FOUND] + (r->dirty ? open : 0);
}

/* What was there and could not be read. What lies in unused parts is no loss of the log. */
static uint64_t
lost(const struct evtx_result *r)
{
	return r->broken + r->lost - r->lost_unused;
}

static bool
is_spoilt(const struct events_slot *events)
{
	const struct evtx_result *r = &events->result;

	return events->damaged || !r->header || r->missing || r->records[EVTX_SWALLOWED] || lost(r);
}

/* Nothing of a log that was not read is ever called empty, and what is no event log was not read as one. */
static const char *
state_of(const struct slot *slot, const char *why)
{
	const struct evtx_result *result = slot->events ? &slot->events->result : NULL;

	if (!slot->log.read || !result || (!result->header && !listed(result)))
		return "unreadable";
	if (why || is_spoilt(slot->events) || slot->reused || slot->shared)
		return "partly";
	return listed(result) ? "read" : "empty";
}

/* One thing about the log, behind what was said before; nothing where n is 0. */
static int
add(struct text *t, uint64_t n, const char *one, const char *many)
{
	int r = n && t->n ? text_adds(t, "; ") : 0;

	if (r == 0 && n)
		r = text_printf(t, "%" PRIu64 " %s", n, n == 1 ? one : many);
	return r;
}

static int
add_words(struct text *t, bool is, const char *words)
{
	int r = is && t->n ? text_adds(t, "; ") : 0;

	return r == 0 && is ? text_adds(t, words) : r;
}

static int
add_damage(const struct evtx_result *result, struct text *t)
{
	int r = add_words(t, !result->header, "it does not begin with the header of an event log");

	if (r == 0)
		r = add(t, result->bad_headers, "chunk has a header that does not fit its checksum",
			"chunks have headers that do not fit their checksums");
	if (r == 0)
		r = add(t, result->bad_data, "chunk has records that do not fit its checksum",
			"chunks have records that do not fit their checksums");
	if (r == 0)
		r = add(t, result->without, "chunk is not there where one should be",
			"chunks are not there where they should be");
	if (r == 0)
		r = add_words(t, result->chunks < result->counted, "the header counts more chunks than are there");
	if (r == 0)
		r = add(t, lost(result), "record could not be taken apart", "records could not be taken apart");
	if (r == 0)
		r = add(t, result->records[EVTX_FOUND], "record was only found by a search",
			"records were only found by a search");
	return r < 0 ? r : add(t, result->missing, "record id is missing", "record ids are missing");
}

/* What is no damage, but has to be known of what was read. */
static int
add_remarks(const struct slot *slot, struct text *t)
{
	const struct events_slot *events = slot->events;
	const struct evtx_result *result = &events->result;
	int r = add_words(t, result->dirty, "the log was not closed: a running system, or one that was switched off");

	if (r == 0)
		r = add(t, result->records[EVTX_SWALLOWED], "record is covered by another one",
			"records are covered by others");
	if (r == 0)
		r = add(t, events->leftover,
			"record that the log does not list any more was recovered from its unused parts",
			"records that the log does not list any more were recovered from its unused parts");
	if (r == 0)
		r = add(t, events->foreign, "record is of another channel than the file is called after",
			"records are of other channels than the file is called after");
	if (r == 0 && slot->log.untold)
		r = text_printf(t, "%sof %" PRIu64 " records that rules hit, %zu are kept as events", t->n ? "; " : "",
				slot->log.untold + slot->log.lines.n, slot->log.lines.n);
	return r;
}

static int
compose_reason(const struct slot *slot, const char *why, struct text *ret)
{
	int r = logslot_reason(slot, why, ret);

	if (r == 0 && slot->events && slot->log.read)
		r = add_damage(&slot->events->result, ret);
	return r == 0 && slot->events && slot->log.read ? add_remarks(slot, ret) : r;
}

static int
write_row(struct exam *exam, const struct slot *slot, const char *why)
{
	static const struct evtx_result nothing;
	const struct evtx_result *result = slot->events ? &slot->events->result : &nothing;
	struct view name = evtx_name(view_text(slot->candidate->name));
	CLEANUP(text_free) struct text reason = { 0 };
	CLEANUP(text_free) struct text kind = { 0 };

	if (compose_reason(slot, why, &reason) < 0 || text_adds(&kind, "evtx/") < 0 || text_add(&kind, name) < 0)
		return fail(ENOMEM, "out of memory for the rows of %s", slot->candidate->path);
	return logslot_row(exam, slot,
			   &(struct log_row){
				   .kind = kind.s,
				   .state = state_of(slot, why),
				   .reason = reason.s,
				   .lines = listed(result) + lost(result),
				   .records = listed(result),
				   .lost = lost(result),
				   .bytes = slot->log.read ? slot->result.bytes : 0,
				   .first = result->first,
				   .last = result->last,
			   },
			   result->hours, result->hour_count);
}

int
evtxslot_write(struct exam *exam, const struct slot *slot, const char *why)
{
	int r = write_row(exam, slot, why);

	if (r == 0 && slot->log.read && slot->events)
		asked_note_events(exam->asked, slot->events->counts);
	return r < 0 ? r : logslot_events(exam, slot);
}

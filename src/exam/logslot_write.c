/* logslot_write.c - what became of a log or an artefact: a row of the coverage, its hours, and an event for each line that was hit. */
#include "logslot.h"

#include <errno.h>
#include <inttypes.h>

#include "artefact.h"
#include "fail.h"

/* Nothing of a log that was not read is ever called empty. */
static const char *
state_of(const struct slot *slot, const char *why)
{
	const struct log_slot *log = &slot->log;

	if (slot->candidate->artefact && slot->candidate->artefact->missing)
		return "skipped";
	if (!log->read)
		return "unreadable";
	if (why || log->partly || log->result.lost || log->result.lines.long_lines || slot->reused || slot->shared)
		return "partly";
	return log->result.lines.lines ? "read" : "empty";
}

static int
add(struct text *t, const char *before)
{
	return t->n ? text_adds(t, before) : 0;
}

/* That a deleted log was read, and how far it can still be its own. */
static int
add_deleted(const struct slot *slot, struct text *ret)
{
	if (slot->overwritten)
		return text_adds(ret, "deleted, and nothing of it is left: all its clusters belong to something else now");
	if (slot->reused)
		return text_printf(ret, "deleted; %" PRIu64 " of its %" PRIu64 " clusters belong to something else now",
				   slot->reused, slot->clusters);
	if (slot->shared)
		return text_printf(ret, "deleted; %" PRIu64 " of its %" PRIu64 " clusters are claimed by another deleted file, too",
				   slot->shared, slot->clusters);
	return text_adds(ret, "deleted, and recoverable");
}

static int
add_lines(const struct slot *slot, struct text *ret)
{
	const struct log_result *result = &slot->log.result;
	const char *noun = slot->candidate->artefact ? "record" : "line";
	int r = 0;

	if (slot->log.note) {
		r = add(ret, "; ");
		if (r == 0)
			r = text_adds(ret, slot->log.note);
	}
	if (r == 0 && result->lost) {
		r = add(ret, "; ");
		if (r == 0)
			r = text_printf(ret, "%" PRIu64 " %s%s could not be taken apart, the first at byte %" PRIu64,
					result->lost, noun, result->lost == 1 ? "" : "s", result->lost_at);
	}
	if (r == 0 && result->assumed) {
		r = add(ret, "; ");
		if (r == 0)
			r = text_adds(ret, "it has no header: its columns were taken for those that are usual");
	}
	if (r < 0 || !slot->log.untold)
		return r;
	r = add(ret, "; ");
	return r < 0 ? r
		     : text_printf(ret, "of %" PRIu64 " dated %ss%s, %zu are kept as events",
				   slot->log.untold + slot->log.lines.n, noun,
				   slot->candidate->artefact ? "" : " that rules hit", slot->log.lines.n);
}

int
logslot_reason(const struct slot *slot, const char *why, struct text *ret)
{
	int r = slot->candidate->flags & FILE_ALLOCATED ? 0 : add_deleted(slot, ret);

	if (r == 0 && !slot->opened && !slot->aside)
		why = "the stream could not be opened for reading";
	if (r == 0 && slot->aside)
		why = "it ended a worker twice, and was set aside";
	if (r == 0 && slot->candidate->artefact && slot->candidate->artefact->missing)
		why = slot->candidate->artefact->missing;
	if (r == 0 && why && *why)
		r = add(ret, "; ");
	return r == 0 && why ? text_adds(ret, why) : r;
}

int
logslot_row(struct exam *exam, const struct slot *slot, const struct log_row *counts, const struct log_hour *from, size_t n)
{
	const struct candidate *c = slot->candidate;
	CLEANUP(free) struct hour_row *hours = calloc(n + 1, sizeof(*hours));
	struct log_row row = *counts;

	if (!hours)
		return fail(ENOMEM, "out of memory for the rows of %s", c->path);
	for (size_t i = 0; i < n; i++) {
		hours[i] = (struct hour_row){ .hour = from[i].hour, .lines = from[i].lines, .bytes = from[i].bytes };
		memcpy(hours[i].status, from[i].status, sizeof(hours[i].status));
	}
	row.volume = exam->volumes[c->volume].number;
	row.file = c->file;
	row.mft = c->entry.entry;
	row.seq = c->entry.sequence;
	row.attribute = c->attribute;
	row.path = view_text(c->path);
	row.stream = view_text(c->stream);
	row.deleted = !(c->flags & FILE_ALLOCATED);
	return case_log(exam->db, &row, hours, n);
}

static int
write_row(struct exam *exam, const struct slot *slot, const char *why)
{
	const struct log_result *result = &slot->log.result;
	CLEANUP(text_free) struct text reason = { 0 };

	if (logslot_reason(slot, why, &reason) < 0 || add_lines(slot, &reason) < 0)
		return fail(ENOMEM, "out of memory for the rows of %s", slot->candidate->path);
	return logslot_row(exam, slot,
			   &(struct log_row){
				   .kind = slot->candidate->log->name,
				   .state = state_of(slot, why),
				   .reason = reason.s,
				   .lines = result->lines.lines,
				   .records = result->records,
				   .lost = result->lost,
				   .blank = result->blank,
				   .bytes = result->lines.bytes,
				   .first = result->first,
				   .last = result->last,
			   },
			   result->hours, result->hour_count);
}

/* The finding of a rule in this log. */
static int
id_of(struct exam *exam, const struct slot *slot, const struct kept_line *line, struct text *ret_id)
{
	const struct candidate *c = slot->candidate;
	const struct rule *rule = line->rule;

	for (size_t i = 0; i < slot->marks.n; i++)
		if (slot->marks.at[i].rule == rule && slot->marks.at[i].recovered == line->recovered &&
		    !slot->marks.at[i].hiding)
			return finding_id(exam,
					  &(struct place){ .volume = c->volume,
							   .entry = c->entry,
							   .attribute = c->attribute,
							   .path = c->path,
							   .stream = c->stream },
					  &(struct mark){ .rule = rule, .offset = slot->marks.at[i].offset }, ret_id);
	return 0;
}

static int
write_event(struct exam *exam, const struct slot *slot, const struct kept_line *line, const char *id)
{
	const struct candidate *c = slot->candidate;

	return case_event(exam->db, &(struct event_row){
					    .volume = exam->volumes[c->volume].number,
					    .file = c->file,
					    .when = line->when,
					    .mft = c->entry.entry,
					    .offset = line->offset,
					    .kind = line->kind ? line->kind : c->log->event,
					    .source = c->path,
					    .subject = line->subject,
					    .summary = line->summary,
					    .stream = view_text(c->stream),
					    .finding = id,
					    .rule = line->rule,
					    .raw = line->raw,
					    .fields = line->fields,
				    });
}

/* Lines lie in order of their place in the log; neighbours mostly share their rule. */
int
logslot_events(struct exam *exam, const struct slot *slot)
{
	CLEANUP(text_free) struct text id = { 0 };
	const struct kept_line *of = NULL;
	int r = 0;

	for (size_t i = 0; i < slot->log.lines.n && r == 0; i++) {
		const struct kept_line *line = &slot->log.lines.at[i];

		if (!of || line->rule != of->rule || line->recovered != of->recovered) {
			text_cut(&id, 0);
			of = line;
			if (of->rule && id_of(exam, slot, of, &id) < 0)
				return fail(ENOMEM, "out of memory for the events of %s", slot->candidate->path);
		}
		r = write_event(exam, slot, line, of->rule ? id.s : NULL);
	}
	return r;
}

int
logslot_write(struct exam *exam, const struct slot *slot, const char *why)
{
	struct asked_kind *asked = asked_kind(exam->asked, slot->candidate->log);
	int r = write_row(exam, slot, why);

	if (r == 0 && slot->log.read && slot->log.result.records)
		r = asked_note(asked, &slot->log.result);
	return r < 0 ? r : logslot_events(exam, slot);
}

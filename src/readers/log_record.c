/* log_record.c - one record of a log: what it is, when it was, whether it fits its header; and to whom it is told. */
#include "log_own.h"

#include <errno.h>

#include "fail.h"
#include "filetime.h"

enum { NOTE_MAX = 4096 }; /* bytes of a note; the rest is in the log */

/* What is known of the record in hand. */
struct facts {
	struct view line;
	uint64_t offset, when, local;
	unsigned status;
	bool fits;
};

static bool
is_utf8(struct view v)
{
	for (size_t i = 0; i < v.n;) {
		uint8_t c = v.p[i++];
		unsigned more = c < 0x80                ? 0
				: c >= 0xc2 && c < 0xe0 ? 1
				: c >= 0xe0 && c < 0xf0 ? 2
				: c >= 0xf0 && c < 0xf5 ? 3
							: 4;

		if (more > 3 || more > v.n - i)
			return false;
		for (; more; more--)
			if (v.p[i++] >> 6 != 2)
				return false;
	}
	return true;
}

static bool
noted(const struct log_run *run, const char *what, struct view text)
{
	for (size_t i = 0; i < run->notes.n; i++)
		if (!strcmp(run->notes.at[i].what, what) && view_equal(run->notes.at[i].text, text))
			return true;
	return run->notes.n >= LOG_NOTES_MAX;
}

static int
note(struct log_run *run, const char *what, struct view text, uint64_t offset)
{
	struct log_note *new;
	uint8_t *copy;

	while (text.n && text.p[0] == ' ')
		text = view_from(text, 1);
	text.n = text.n < NOTE_MAX ? text.n : NOTE_MAX;
	if (!text.n || noted(run, what, text))
		return 0;
	copy = malloc(text.n);
	new = copy ? vector_push(&run->notes) : NULL;
	if (!new) {
		free(copy);
		return fail(ENOMEM, "out of memory for what a log says of itself");
	}
	memcpy(copy, text.p, text.n);
	*new = (struct log_note){ .what = what, .offset = offset, .text = view_of(copy, text.n) };
	return 0;
}

/* The columns have changed: lines are counted by them from here on. */
static void
follow_columns(struct log_run *run)
{
	run->walk.separator = run->columns.separator;
	log_values_follow(run);
	log_walk_start(&run->walk, run->page.text, run->walk.at, run->walk.end);
}

static int
take_columns(struct log_run *run, struct view names, uint64_t offset)
{
	int r = log_columns_set(&run->columns, run->reading->kind, names);

	if (r == -ENOMEM)
		return fail(ENOMEM, "out of memory for the columns of a log");
	if (r < 0) {
		run->columns.n = 0;
		return log_damage(run, offset, "header names no columns, or too many", &run->told_header);
	}
	follow_columns(run);
	run->result->assumed = false;
	return note(run, "columns", names, offset);
}

static int
take_comment(struct log_run *run, struct view line, uint64_t offset)
{
	static const struct {
		const char *start, *what;
	} said[] = { { "#Software:", "software" }, { "#Version:", "version" }, { "#Log-type:", "log type" } };
	struct log_clock clock = { 0 };
	uint64_t when;

	run->result->comments++;
	if (log_starts(line, "#Fields:"))
		return take_columns(run, view_from(line, strlen("#Fields:")), offset);
	if (log_starts(line, "#Date: ")) { /* 2021-03-03 00:00:07, or as Exchange writes it */
		when = log_clock_begin(&clock, view_from(line, strlen("#Date: ")));
		if (when)
			run->clock.day = when - when % FILETIME_DAY;
		run->clock.before = 0;
	}
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (log_starts(line, said[i].start))
			return note(run, said[i].what, view_from(line, strlen(said[i].start)), offset);
	return 0;
}

void
log_record_split(struct log_run *run, struct view line)
{
	if (!run->split)
		log_row_split(&run->row, line, run->columns.separator,
			      run->format->quoted && run->columns.separator == ',');
	run->split = true;
}

/* A log without a header: the row is one of those that this kind is known to have, or not. 1, 0, or -ENOMEM. */
static int
assume(struct log_run *run, struct view line)
{
	int r;

	run->row.line = line;
	r = log_columns_guess(&run->columns, run->reading->kind, &run->row);
	if (r < 0)
		return r == -ENOMEM ? fail(ENOMEM, "out of memory for the columns of a log") : 0;
	run->result->assumed = true;
	follow_columns(run);
	run->split = true;
	return 1;
}

/* Whether this is the last line, without an end. */
static bool
is_torn(const struct log_run *run, const struct log_record *record)
{
	return run->result->lines.torn && record->shape.end == run->page.n;
}

/* Whether a row has the columns of its header: 1, 0, or -ENOMEM. */
static int
fits(struct log_run *run, const struct log_record *record, struct view line)
{
	const struct log_format *format = run->format;
	const struct log_columns *columns = &run->columns;

	if (!columns->n)
		return assume(run, line);
	if (record->lines == 1 && record->shape.separators + 1 == columns->n &&
	    !(record->shape.quotes && format->quoted) && !(format->looks && is_torn(run, record)))
		return 1;
	log_record_split(run, line);
	if (run->row.open || (format->looks && is_torn(run, record) && !format->looks(&run->row, columns)))
		return 0;
	if (run->row.n == columns->n || (format->mend && format->mend(&run->row, columns)))
		return 1;
	return run->result->assumed ? assume(run, line) : 0;
}

static unsigned
class_of(struct view status)
{
	bool three =
		status.n == 3 && status.p[1] >= '0' && status.p[1] <= '9' && status.p[2] >= '0' && status.p[2] <= '9';

	return three && status.p[0] >= '1' && status.p[0] <= '5' ? status.p[0] - '0' : 0;
}

static unsigned
status_of(struct log_run *run, const struct log_record *record, struct view line)
{
	struct view v;

	if (run->columns.status < 0)
		return 0;
	if (!run->split && run->status_edge < record->shape.edge_n) {
		v = view_of(run->page.text + record->shape.edges[run->status_edge],
			    record->shape.end - record->shape.edges[run->status_edge]);
		v.n = v.n > 3 && (v.p[3] == run->columns.separator || v.p[3] == '\r') ? 3 : v.n;
		return class_of(v);
	}
	log_record_split(run, line);
	return class_of(log_piece_view(&run->row, (size_t)run->columns.status));
}

/* The time of a row in which it does not stand first, or which has no date. */
static uint64_t
time_elsewhere(struct log_run *run, struct view line)
{
	const struct log_columns *columns = &run->columns;
	char both[40];
	struct view date, time;

	if (columns->time < 0)
		return 0;
	log_record_split(run, line);
	time = log_piece_view(&run->row, (size_t)columns->time);
	if (columns->date < 0)
		return time.n > 10 ? log_clock_begin(&run->clock, time) : log_clock_daily(&run->clock, time);
	date = log_piece_view(&run->row, (size_t)columns->date);
	if (date.n + 1 + time.n > sizeof(both))
		return 0;
	memcpy(both, date.p, date.n);
	both[date.n] = ' ';
	memcpy(both + date.n + 1, time.p, time.n);
	return log_clock_begin(&run->clock, view_of(both, date.n + 1 + time.n));
}

static uint64_t
time_of(struct log_run *run, const struct facts *f)
{
	const struct log_columns *columns = &run->columns;
	bool first = columns->date < 0 ? columns->time == 0 : columns->date == 0 && columns->time == 1;
	uint64_t when = 0;

	if (first || !f->fits)
		when = log_clock_begin(&run->clock, f->line);
	return when || !f->fits ? when : time_elsewhere(run, f->line);
}

static int
learn_row(struct log_run *run, const struct log_record *record, struct facts *f)
{
	int r = fits(run, record, f->line);

	if (r < 0)
		return r;
	f->fits = r > 0;
	f->when = time_of(run, f);
	f->status = f->fits ? status_of(run, record, f->line) : 0;
	return 0;
}

static int
learn_text(struct log_run *run, struct facts *f)
{
	struct log_text text = { 0 };
	struct view said;
	const char *what = run->format->tells ? run->format->tells(f->line, &said) : NULL;

	f->fits = run->format->take(f->line, &text);
	f->when = text.when;
	f->local = text.local;
	return what ? note(run, what, said, f->offset) : 0;
}

static int
tell(struct log_run *run, const struct facts *f)
{
	struct log_fields *fields = &run->fields;
	struct log_line line = {
		.when = f->when, .local = f->local, .offset = f->offset, .raw = f->line, .split = f->fits
	};
	struct log_text text = { .fields = fields };
	int r;

	if (!run->reading->line)
		return 0;
	fields->n = 0;
	fields->cut = fields->no_memory = false;
	if (f->fits && !run->format->separator && !run->format->any) {
		run->format->take(f->line, &text);
	} else if (f->fits) {
		log_record_split(run, f->line);
		log_fields_row(fields, &run->columns, &run->row, run->format->dash);
		if (run->format->inner)
			run->format->inner(fields);
	}
	line.fields = (struct fields){ .at = fields->at, .n = fields->n, .raw = f->line };
	if (f->fits && log_kind_plain(run->reading->kind) && !memchr(f->line.p, '\n', f->line.n) &&
	    !(run->format->quoted && memchr(f->line.p, '"', f->line.n)))
		line.fields.separator = run->columns.separator;
	r = fields->no_memory ? fail(ENOMEM, "out of memory for the values of a log line") : 0;
	if (r == 0 && fields->cut)
		r = log_damage(run, f->offset, "record has more values than are taken apart", &run->told_cut);
	if (r == 0)
		r = run->reading->line(run->reading->state, &line);
	if (fields->arena.total)
		arena_free(&fields->arena);
	return r;
}

int
log_tell_raw(struct log_run *run, struct view raw, uint64_t offset)
{
	return tell(run, &(struct facts){ .line = raw, .offset = offset, .when = run->long_when });
}

/* Adds to the hour of a line. */
static int
count_hour(struct log_run *run, uint64_t when, uint64_t lines, uint64_t bytes, int status)
{
	struct log_hour *hour = log_hours_at(&run->hours, when);

	if (!hour)
		return fail(ENOMEM, "out of memory for the hours of a log");
	hour->lines += lines;
	hour->bytes += bytes;
	if (status >= 0)
		hour->status[status]++;
	if (!run->hours.full)
		return 0;
	return log_damage(run, 0, "log has lines of more hours than are counted apart", &run->told_hours);
}

static void
file_lost(struct log_run *run, uint64_t lines, uint64_t offset)
{
	if (!run->result->lost)
		run->result->lost_at = offset;
	run->result->lost += lines;
}

int
log_count_lost(struct log_run *run, struct view line, uint64_t offset)
{
	run->long_when = log_clock_begin(&run->clock, line);
	file_lost(run, 1, offset);
	return count_hour(run, run->long_when, 1, 0, -1);
}

int
log_count_bytes(struct log_run *run, size_t bytes)
{
	return count_hour(run, run->long_when, 0, bytes, -1);
}

static int
file(struct log_run *run, const struct log_record *record, const struct facts *f)
{
	struct log_result *result = run->result;
	int r = 0;

	if (!f->fits) {
		file_lost(run, record->lines, f->offset);
		r = log_damage(run, f->offset, "line does not fit the columns of its log", &run->told_lost);
	} else {
		result->records++;
		result->more += record->lines - 1;
		if (f->when && (!result->first || f->when < result->first))
			result->first = f->when;
		if (f->when > result->last)
			result->last = f->when;
	}
	return r < 0 ? r : count_hour(run, f->when, record->lines, f->line.n, f->fits ? (int)f->status : -1);
}

static struct view
line_of(const struct log_run *run, const struct log_record *record)
{
	struct view line = view_of(run->page.text + record->shape.from, record->shape.end - record->shape.from);

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n >= 3 && line.p[0] == 0xef && line.p[1] == 0xbb && line.p[2] == 0xbf) /* two logs in one file */
		line = view_from(line, 3);
	return line;
}

int
log_record_take(struct log_run *run, const struct log_record *record, bool wanted)
{
	struct facts f = { .line = line_of(run, record), .offset = page_origin(&run->page, record->shape.from) };
	bool text = !run->format->separator && !run->format->any;
	int r;

	run->split = false;
	if (!f.line.n) {
		run->result->blank++;
		return 0;
	}
	if (record->shape.high)
		run->result->foreign += !is_utf8(f.line);
	if (!text && f.line.p[0] == '#')
		return take_comment(run, f.line, f.offset);
	if (!text && log_header_bare(&run->columns, run->reading->kind, f.line)) {
		run->result->comments += record->lines;
		return take_columns(run, f.line, f.offset);
	}
	r = text ? learn_text(run, &f) : learn_row(run, record, &f);
	if (r == 0)
		r = file(run, record, &f);
	if (r == 0 && f.fits && run->reading->values && !text)
		r = log_values_show(run, record, f.line);
	return r == 0 && wanted ? tell(run, &f) : r;
}

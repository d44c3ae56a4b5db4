/* logs.c - goes through a text log from end to end: no line is left out, and those that somebody wants are told. */
#include "log_own.h"

#include <errno.h>

#include "fail.h"

enum {
	BLOCK_LEAST = 64,
	QUOTE_LINES_MAX = 64, /* over so many lines a quoted value may go */
};

int
log_damage(struct log_run *run, uint64_t offset, const char *why, bool *told)
{
	if (*told)
		return 0;
	*told = true;
	return run->reading->out ? sink_damage(run->reading->out, offset, why) : 0;
}

static struct view
bytes_of(const struct log_run *run, size_t from, size_t end)
{
	if (end > from && run->page.text[end - 1] == '\r')
		end--;
	return view_of(run->page.text + from, end - from);
}

/* Whether a line that is not there yet could belong to a record that begins at `from`. */
static bool
may_follow(const struct log_run *run, size_t from)
{
	return !run->last && run->page.n - from <= run->longest;
}

/* Puts a record off until there is more of the log: it will be the first of the next region. */
static bool
put_off(struct log_run *run, const struct log_record *record)
{
	run->walk.at = run->walk.end = record->shape.from;
	return false;
}

static void
extend(struct log_record *record, const struct log_shape *next, uint64_t lines)
{
	record->shape.end = next->end;
	record->shape.high |= next->high;
	record->lines += lines;
}

/* Adds the lines that do not begin a record of their own: false when they are not all there. */
static bool
add_lines(struct log_run *run, struct log_record *record)
{
	struct log_walk before = run->walk;
	struct log_shape next;

	if (!run->format->begins(bytes_of(run, record->shape.from, record->shape.end)))
		return true;
	for (;; before = run->walk) {
		if (!log_walk_next(&run->walk, &next))
			return !may_follow(run, record->shape.from) || put_off(run, record);
		if (next.end - record->shape.from > run->longest ||
		    run->format->begins(bytes_of(run, next.from, next.end)))
			break;
		extend(record, &next, 1);
	}
	run->walk = before;
	return true;
}

/* Whether a line looks like one of its own, so that no quoted value goes over it. */
static bool
stands_alone(struct view line)
{
	return line.n && (line.p[0] == '#' || (line.n > 4 && line.p[0] >= '0' && line.p[0] <= '9' && line.p[4] == '-'));
}

/* Adds the lines that a quoted value goes on over, up to its end: false when they are not all there. */
static bool
add_quoted(struct log_run *run, struct log_record *record)
{
	const struct log_columns *columns = &run->columns;
	size_t from = record->shape.from;
	struct log_walk before = run->walk;
	struct log_shape next;

	log_row_split(&run->row, bytes_of(run, from, record->shape.end), columns->separator, true);
	for (uint64_t lines = 1; run->row.open && lines < QUOTE_LINES_MAX; lines++) {
		if (!log_walk_next(&run->walk, &next)) {
			if (may_follow(run, from))
				return put_off(run, record);
			break;
		}
		if (next.end - from > run->longest || stands_alone(bytes_of(run, next.from, next.end)))
			break;
		record->shape.high |= next.high;
		log_row_split(&run->row, bytes_of(run, from, next.end), columns->separator, true);
		if (!run->row.open) {
			extend(record, &next, lines);
			return true;
		}
	}
	run->walk = before;
	return true;
}

/* The next record of the region: false at its end, or where the rest of a record is not there yet. */
static bool
next_record(struct log_run *run, struct log_record *record)
{
	const struct log_format *format = run->format;

	record->lines = 1;
	if (!log_walk_next(&run->walk, &record->shape))
		return false;
	if (format->begins)
		return add_lines(run, record);
	if (record->shape.quotes && format->quoted && run->page.text[record->shape.from] != '#')
		return add_quoted(run, record);
	return true;
}

/* Whether the line with a literal at this place is wanted for it, where that can be told of the line alone. */
static bool
is_wanted(const struct log_run *run, size_t at, uint32_t which)
{
	const struct log_reading *reading = run->reading;
	const uint8_t *text = run->page.text, *before, *end;
	size_t from;
	struct view line;

	if (!reading->wants || run->format->begins)
		return true;
	before = memrchr(text + run->told, '\n', at - run->told);
	from = before ? (size_t)(before - text) + 1 : run->told;
	end = memchr(text + at, '\n', run->page.n - at);
	line = bytes_of(run, from, end ? (size_t)(end - text) : run->page.n);
	if (run->format->quoted && (!stands_alone(line) || memchr(line.p, '"', line.n)))
		return true;
	return reading->wants(reading->state, which, line, log_kind_plain(reading->kind) ? run->columns.separator : 0);
}

static int
literal_found(void *state, size_t offset, uint32_t which)
{
	struct log_run *run = state;
	struct log_record record;
	size_t at = run->region + offset;
	int r = 0;

	if (at < run->told || !is_wanted(run, at, which))
		return 0;
	while (r == 0 && next_record(run, &record)) {
		run->told = record.shape.end + 1;
		r = log_record_take(run, &record, at < record.shape.end);
		if (r < 0 || at < record.shape.end)
			return r;
	}
	return r < 0 ? r : 1; /* the rest is put off */
}

/* Goes through whole lines, [*at, end) of the page, and says how far it came. */
static int
take_region(struct log_run *run, size_t *at, size_t end)
{
	const struct log_reading *reading = run->reading;
	bool all = reading->all || (reading->line && reading->literals && reading->kind->inner);
	struct log_record record;
	int r = 0;

	run->region = run->told = *at;
	log_walk_start(&run->walk, run->page.text, *at, end);
	if (reading->literals && !all)
		r = literals_scan(reading->literals, view_of(run->page.text + *at, end - *at), literal_found, run);
	while (r == 0 && next_record(run, &record))
		r = log_record_take(run, &record, all);
	*at = run->walk.at;
	return r < 0 ? r : 0;
}

static int
any_literal(void *state, size_t offset, uint32_t which)
{
	(void)state;
	(void)offset;
	(void)which;
	return 1;
}

/* Tells a piece of a long line, [at, end) of the page, if it is wanted. */
static int
take_piece(struct log_run *run, size_t at, size_t end)
{
	const struct log_reading *reading = run->reading;
	struct view piece = bytes_of(run, at, end);

	if (reading->all || (reading->literals && literals_scan(reading->literals, piece, any_literal, NULL)))
		return log_tell_raw(run, piece, page_origin(&run->page, at));
	return 0;
}

/* Takes what is there of a long line, whose next piece begins at *at. */
static int
take_long(struct log_run *run, size_t *at, bool last)
{
	size_t step = run->longest > LITERAL_MAX ? run->longest - LITERAL_MAX + 1 : run->longest;
	const uint8_t *lf = memchr(run->page.text + *at, '\n', run->page.n - *at);
	size_t end = lf ? (size_t)(lf - run->page.text) : run->page.n;
	int r = 0;

	for (; r == 0 && end - *at > run->longest; *at += step) {
		r = take_piece(run, *at, *at + run->longest);
		if (r == 0)
			r = log_count_bytes(run, step);
	}
	if (r < 0 || (!lf && !last))
		return r;
	r = take_piece(run, *at, end);
	if (r == 0)
		r = log_count_bytes(run, end - *at);
	*at = lf ? end + 1 : end;
	run->inside = false;
	return r;
}

/* A line that is too long begins here. */
static int
begin_long(struct log_run *run, size_t at)
{
	uint64_t offset = page_origin(&run->page, at);
	bool told = false;
	int r = log_damage(run, offset, "line is too long to be taken apart", &told);

	run->inside = true;
	run->long_at = offset;
	run->result->lines.long_lines++;
	return r < 0 ? r : log_count_lost(run, view_of(run->page.text + at, run->longest), offset);
}

/* Takes all of the page that can be taken now, and forgets it. */
static int
take_page(struct log_run *run, bool last)
{
	struct page *page = &run->page;
	size_t at = 0;
	int r = run->inside ? take_long(run, &at, last) : 0;

	run->last = last;
	while (r == 0 && !run->inside && at < page->n) {
		size_t end = page_bearable(page, at, run->longest);

		if (last && page->n - end <= run->longest)
			end = page->n; /* the last line has no end */
		r = take_region(run, &at, end);
		if (at < end || page->n - at <= run->longest)
			break;
		if (r == 0)
			r = begin_long(run, at);
		if (r == 0)
			r = take_long(run, &at, last);
	}
	if (r == 0)
		page_drop(page, at);
	return r;
}

/* The last line has no end. */
static void
note_torn(struct log_run *run)
{
	const uint8_t *end = memrchr(run->page.text, '\n', run->page.n);
	size_t at = end ? (size_t)(end - run->page.text) + 1 : 0;

	run->result->lines.torn = true;
	run->result->lines.torn_at = run->inside && !end ? run->long_at : page_origin(&run->page, at);
	run->result->lines.lines++;
}

static int
read_all(struct log_run *run, struct source *src)
{
	struct lines_result *lines = &run->result->lines;
	int r = page_begin(&run->page, src, lines);

	while (r == 0 && (r = page_fill(&run->page, src, lines)) > 0)
		r = take_page(run, false);
	if (r == 0 && run->page.n && run->page.text[run->page.n - 1] != '\n')
		note_torn(run);
	if (r == 0 && run->page.n)
		r = take_page(run, true);
	if (r == 0 && run->page.next < src->size && run->reading->out)
		r = sink_damage(run->reading->out, run->page.next, "log ends before its size");
	return r;
}

static void
finish(struct log_run *run)
{
	struct log_result *result = run->result;

	log_hours_finish(&run->hours);
	result->hours = run->hours.list.at;
	result->hour_count = run->hours.list.n;
	result->notes = run->notes.at;
	result->note_count = run->notes.n;
	free(run->hours.table);
	free(run->columns.text);
	arena_free(&run->fields.arena);
	page_close(&run->page);
}

int
log_read(const struct log_reading *reading, struct source *src, struct log_result *ret_result)
{
	CLEANUP(free) struct log_run *run = calloc(1, sizeof(*run));
	size_t block = !reading->block ? LINES_BLOCK : reading->block < BLOCK_LEAST ? BLOCK_LEAST : reading->block;
	int r;

	*ret_result = (struct log_result){ 0 };
	if (!run)
		return fail(ENOMEM, "out of memory for reading %s", src->name);
	run->reading = reading;
	run->format = reading->kind->format;
	run->result = ret_result;
	run->longest = reading->longest ? reading->longest : LOG_LINE_MAX;
	run->columns.separator = run->walk.separator = run->format->separator;
	run->walk.wide = log_walk_wide();
	run->clock.day = log_day_of_name(reading->file);
	r = page_open(&run->page, run->longest, block);
	if (r == 0)
		r = read_all(run, src);
	finish(run);
	return r;
}

void
log_result_free(struct log_result *result)
{
	for (size_t i = 0; i < result->note_count; i++)
		free((void *)result->notes[i].text.p);
	free(result->notes);
	free(result->hours);
	*result = (struct log_result){ 0 };
}

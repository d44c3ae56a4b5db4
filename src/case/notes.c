/* notes.c - the examiners' own words on findings, with author and time; no row is ever changed or taken away. */
#include "notes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"
#include "file.h"
#include "member.h"
#include "runlog.h"

static const char file_name[] = "notes.jsonl";

/* 1, 0 where nobody has written any, or negative. */
static int
are_there(const char *folder)
{
	CLEANUP(free) char *path = path_join(folder, file_name);

	return !path ? -ENOMEM : access(path, F_OK) == 0;
}

static int
compose(const struct note *note, struct text *line)
{
	int r = log_text(line, "finding", view_text(note->finding));

	if (r == 0)
		r = log_text(line, "author", view_text(note->author));
	return r < 0 ? r : log_text(line, "text", view_text(note->text));
}

/* run.jsonl knows how many rows there are and what the last one hashes to: so none can be cut off. */
static int
anchor(const char *folder, const struct note *note, const struct runlog *notes)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(text_free) struct text line = { 0 };
	struct runlog_state state;
	int r = log_text(&line, "finding", view_text(note->finding));

	runlog_state(notes, &state);
	if (r == 0)
		r = log_text(&line, "author", view_text(note->author));
	if (r == 0)
		r = log_number(&line, "rows", (int64_t)state.lines);
	if (r == 0)
		r = log_text(&line, "notes_head", view_text(state.head));
	if (r == 0)
		r = runlog_open(folder, &log);
	return r < 0 ? r : runlog_add(log, note->tag ? "tag" : "note", line.s);
}

int
notes_add(const char *folder, const struct note *note)
{
	CLEANUP(runlog_close) struct runlog *notes = NULL;
	CLEANUP(text_free) struct text line = { 0 };
	int r = compose(note, &line);

	if (r == 0)
		r = runlog_open_as(folder, file_name, &notes);
	if (r == 0)
		r = runlog_add(notes, note->tag ? "tag" : "note", line.s);
	return r < 0 ? r : anchor(folder, note, notes);
}

struct reading {
	int (*each)(void *state, const struct note *note);
	void *state;
};

static int
take_line(void *state, uint64_t number, struct view line)
{
	const struct reading *reading = state;
	struct text parts[5] = { 0 };
	static const char *const keys[] = { "kind", "finding", "author", "text", "time" };
	int r = 1;

	(void)number;
	for (size_t i = 0; i < 5 && r > 0; i++)
		r = json_text(line, keys[i], &parts[i]);
	for (size_t i = 0; i < 5 && r > 0; i++) /* an empty one has no bytes yet */
		r = text_adds(&parts[i], "") < 0 ? -ENOMEM : 1;
	if (r > 0)
		r = reading->each(reading->state, &(struct note){ .tag = !strcmp(parts[0].s, "tag"),
								  .finding = parts[1].s,
								  .author = parts[2].s,
								  .text = parts[3].s,
								  .time = parts[4].s });
	for (size_t i = 0; i < 5; i++)
		text_free(&parts[i]);
	return r == -EINVAL ? 0 : r < 0 ? r : 0;
}

int
notes_each(const char *folder, int (*each)(void *state, const struct note *note), void *state)
{
	struct runlog_state found;
	int r = are_there(folder);

	return r <= 0 ? r
		      : runlog_read(folder, file_name, take_line, &(struct reading){ .each = each, .state = state },
				    &found);
}

/* What run.jsonl knew last. */
struct known {
	uint64_t rows;
	struct text head;
};

static int
take_known(void *state, uint64_t number, struct view line)
{
	struct known *known = state;
	CLEANUP(text_free) struct text head = { 0 };
	int r = json_text(line, "notes_head", &head);

	(void)number;
	if (r > 0 && json_number(line, "rows", &known->rows) > 0) {
		text_cut(&known->head, 0);
		r = text_add(&known->head, text_view(&head));
	}
	return r == -ENOMEM ? r : 0;
}

static const char *
judge(const struct known *known, const struct runlog_state *notes)
{
	if (notes->bad_line)
		return "a row was changed, or does not follow from the one before";
	if (known->rows > notes->lines)
		return "rows are missing that run.jsonl knows of";
	if (known->rows < notes->lines)
		return "there are rows that run.jsonl does not know of";
	if (known->rows && strcmp(known->head.s, notes->head) != 0)
		return "the rows are others than run.jsonl knows";
	return NULL;
}

int
notes_check(const char *folder, struct notes_state *ret_state)
{
	struct known known = { 0 };
	struct runlog_state run, notes = { 0 };
	int r = runlog_read(folder, "run.jsonl", take_known, &known, &run), there = are_there(folder);

	if (r == 0 && there > 0)
		r = runlog_read(folder, file_name, NULL, NULL, &notes);
	if (r == 0)
		*ret_state = (struct notes_state){ .rows = notes.lines, .why = judge(&known, &notes) };
	text_free(&known.head);
	return r < 0 ? r : there < 0 ? there : 0;
}

/* notes_print.c - who noted what on which finding, and when. */
#include "notes_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "notes.h"
#include "runlog.h"

struct printing {
	const struct request *request;
	const char *finding;
	bool begun;
};

static int
print_json(const struct note *note)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = log_text(&line, "kind", view_text(note->tag ? "tag" : "note"));

	if (r == 0)
		r = log_text(&line, "finding", view_text(note->finding));
	if (r == 0)
		r = log_text(&line, "time", view_text(note->time));
	if (r == 0)
		r = log_text(&line, "author", view_text(note->author));
	if (r == 0)
		r = log_text(&line, "text", view_text(note->text));
	if (r == 0)
		printf("{%s}\n", line.s);
	return r;
}

static int
print(void *state, const struct note *note)
{
	struct printing *p = state;
	CLEANUP(text_free) struct text line = { 0 };
	int r = 0;

	if (p->finding && strcmp(p->finding, note->finding) != 0)
		return 0;
	if (p->request->json)
		return print_json(note);
	if (!p->finding)
		r = text_printf(&line, "%s ", note->finding);
	if (r == 0)
		r = text_printf(&line, "%s %s by ", note->time, note->tag ? "tag" : "note");
	if (r == 0)
		r = text_add_escaped(&line, view_text(note->author));
	if (r == 0)
		r = text_adds(&line, ": ");
	if (r == 0)
		r = text_add_escaped(&line, view_text(note->text));
	if (r == 0)
		printf("%s%s\n", p->begun ? "" : "\nnotes of examiners:\n", line.s);
	p->begun = true;
	return r;
}

int
notes_print(const struct request *request, const char *folder, const char *finding)
{
	return notes_each(folder, print, &(struct printing){ .request = request, .finding = finding });
}

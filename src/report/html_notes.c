/* html_notes.c - what stands beside the case and not in it: the words of examiners on findings, and the last seal. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "file.h"
#include "html.h"
#include "notes.h"
#include "seal.h"

enum { NOTE_SHOWN = 2000 }; /* bytes of one note */

struct noted {
	struct page *page;
	uint64_t rows, most;
};

/* A note names a finding and no exhibit: an id is of its bytes and place, and two exhibits seldom share one. */
static void
put_subject(struct page *p, struct view id)
{
	for (size_t i = 0; i < p->exhibits.n; i++)
		if (is_anchor(p, p->exhibits.at[i].number, id)) {
			put_finding(p, p->exhibits.at[i].number, id);
			return;
		}
	put_finding(p, 0, id);
}

static int
take_note(void *state, const struct note *note)
{
	struct noted *noted = state;
	struct page *p = noted->page;

	if (noted->rows++ >= noted->most)
		return p->r;
	if (noted->rows == 1)
		put(p, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"notes-c\"><table "
		       "id=\"notes\" class=\"prose\"><caption id=\"notes-c\">Notes and tags, in the order in which they were "
		       "made</caption><thead><tr><th scope=\"col\">Written</th><th scope=\"col\">Finding</th><th "
		       "scope=\"col\">By</th><th scope=\"col\">Kind</th><th scope=\"col\">Words</th></tr></thead><tbody>\n");
	put(p, "<tr><td>");
	put_time(p, view_text(note->time));
	put(p, "</td><td class=\"f\">");
	put_subject(p, view_text(note->finding));
	put(p, "</td><td>");
	put_some(p, view_text(note->author), LABEL_MOST);
	put(p, note->tag ? "</td><td>tag</td><td class=\"why\">" : "</td><td>note</td><td class=\"why\">");
	put_some(p, view_text(note->text), NOTE_SHOWN);
	put(p, "</td></tr>\n");
	return p->r;
}

static bool
is_there(const struct page *p, const char *name)
{
	CLEANUP(free) char *path = path_join(p->folder, name);

	return path && access(path, F_OK) == 0;
}

/* Whether the rows are those that were written, as run.jsonl knows them. */
static void
put_state(struct page *p)
{
	struct notes_state state = { .why = "run.jsonl, which would vouch for them, is not there" };

	if (p->r == 0 && is_there(p, "run.jsonl"))
		p->r = notes_check(p->folder, &state);
	if (p->r < 0)
		return;
	put(p, state.why ? "<p class=\"note\"><b>These rows are not whole:</b> " : "<p class=\"note\">");
	put(p, state.why ? state.why : "Each row carries the hash of the one before, and run.jsonl that of the last: by "
				       "these, none was changed or is missing");
	put(p, ".</p>\n");
}

static void
put_notes(struct page *p)
{
	struct noted noted = { .page = p, .most = p->print ? TABLE_PRINT : TABLE_MOST };

	if (p->r == 0)
		p->r = notes_each(p->folder, take_note, &noted);
	if (!noted.rows) {
		put(p, "<p class=\"none\">No examiner had written a note to a finding when this report was made.</p>\n");
		return;
	}
	put(p, "</tbody></table></div>\n");
	if (noted.rows > noted.most) {
		put(p, "<p class=\"rest\">");
		put_count(p, noted.rows - noted.most);
		put(p, " further rows are in notes.jsonl (<code>postmortem findings CASE --notes</code>).</p>\n");
	}
	put_state(p);
}

/* A seal is always older than the report that is being made, and so cannot vouch for it. */
static void
put_seal(struct page *p)
{
	char manifest[65] = "";

	if (p->r == 0)
		p->r = seal_manifest(p->folder, manifest);
	if (!*manifest) {
		put(p, "<p><b>The case was not sealed when this report was made.</b> A seal that is set afterwards is for "
		       "this report, too: manifest.json then lists the SHA-256 of every file of the case, and "
		       "<code>postmortem audit CASE</code> tells whether one has changed.</p>\n");
		return;
	}
	put(p, "<p><b>The case was sealed before this report was made</b>, by a manifest.json with the SHA-256 <code>");
	put_text(p, view_text(manifest));
	put(p, "</code>. That seal is for the report of that time and not for this one: <code>postmortem audit CASE</code> "
	       "tells what has changed since, <code>postmortem seal CASE --renew</code> seals what is there now.</p>\n");
}

void
html_beside(struct page *p)
{
	put(p, "<aside class=\"beside\" aria-labelledby=\"beside-h\">\n<h3 id=\"beside-h\">Beside the case: notes of examiners, "
	       "and the seal</h3>\n<p class=\"note\">This part does not follow from the evidence, and not from case.db: it is what "
	       "notes.jsonl and run.jsonl held when the report was made. What examiners write is their own opinion; no "
	       "finding and no verdict rests on it.</p>\n");
	put_notes(p);
	put_seal(p);
	put(p, "</aside>\n");
}

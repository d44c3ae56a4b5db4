/* note.c - what an examiner has to say on a finding: notes and tags, added and never changed. */
#include <errno.h>
#include <stdio.h>

#include "case.h"
#include "fail.h"
#include "notes.h"
#include "verb.h"

enum { NOTE_MAX = 1 << 20 };

static int
check_finding(const char *folder, const char *finding)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	uint64_t rows = 0;
	int r = case_open(folder, &db);

	if (r == 0)
		r = case_count_rows(
			db,
			&(struct question){ .view = "v_findings", .where_column = "finding", .where_value = finding },
			&rows);
	if (r == 0 && !rows)
		r = fail(ENOENT, "%s has no finding '%s'", folder, finding);
	return r;
}

static int
add(const struct request *request, bool tag, const char *text)
{
	const struct note note = {
		.tag = tag, .finding = request->operands[1], .author = request->author, .text = text
	};

	if (!*text || strlen(text) > NOTE_MAX)
		return fail(EINVAL, "a note is neither empty nor longer than 1 MiB");
	return notes_add(request->operands[0], &note);
}

static int
run_note(const struct request *request)
{
	CLEANUP(text_free) struct text text = { 0 };
	int r;

	if (!request->author || !*request->author) {
		fail(EINVAL, "%s needs --author NAME: who says it", request->verb);
		return EXIT_USAGE;
	}
	r = check_finding(request->operands[0], request->operands[1]);
	for (size_t i = 2; i < request->operand_count && r == 0; i++) {
		r = i > 2 ? text_addc(&text, ' ') : 0;
		if (r == 0)
			r = text_adds(&text, request->operands[i]);
	}
	if (r == 0)
		r = add(request, false, text.s);
	return r < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

static int
run_tag(const struct request *request)
{
	int r;

	if (!request->author || !*request->author) {
		fail(EINVAL, "%s needs --author NAME: who says it", request->verb);
		return EXIT_USAGE;
	}
	r = check_finding(request->operands[0], request->operands[1]);
	for (size_t i = 2; i < request->operand_count && r == 0; i++)
		r = add(request, true, request->operands[i]);
	return r < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

const struct verb note_verb = {
	.name = "note",
	.operands = "CASE FINDING TEXT...",
	.summary = "write a note to a finding, for good",
	.description = "Notes stand in notes.jsonl beside the case, each with its author and time, and each bound to "
		       "the one before: "
		       "none can be changed or taken away unnoticed, and case.db stays as it is. 'show' and 'findings "
		       "--notes' show "
		       "them, and so does the next report, apart from what follows from the case. To take something back, write another note.",
	.options = "author",
	.least = 3,
	.most = SIZE_MAX,
	.run = run_note,
};

const struct verb tag_verb = {
	.name = "tag",
	.operands = "CASE FINDING WORD...",
	.summary = "put tags on a finding, for good",
	.description = "A tag is a note of one word, kept in the same way.",
	.options = "author",
	.least = 3,
	.most = SIZE_MAX,
	.run = run_tag,
};

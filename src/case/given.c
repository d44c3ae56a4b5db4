/* given.c - the number of a case, its organisation and its examiner: said once, and kept in run.jsonl for later reports.
 */
#include "given.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"
#include "file.h"
#include "member.h"
#include "runlog.h"

static const char kind_name[] = "given";
static const char *const keys[GIVEN_WORDS] = {
	[GIVEN_CASE] = "case_number",
	[GIVEN_ORGANISATION] = "organisation",
	[GIVEN_EXAMINER] = "examiner",
};

/* The last line that has a word wins; an empty word takes it back. */
static int
take_line(void *state, uint64_t number, struct view line)
{
	struct given *given = state;
	CLEANUP(text_free) struct text kind = { 0 };
	CLEANUP(text_free) struct text word = { 0 };
	int r = json_text(line, "kind", &kind);

	(void)number;
	if (r <= 0 || !kind.n || strcmp(kind.s, kind_name) != 0)
		return r == -ENOMEM ? r : 0; /* a broken line is the chain's matter */
	for (size_t i = 0; i < GIVEN_WORDS; i++) {
		r = json_text(line, keys[i], &word);
		if (r <= 0)
			continue;
		text_cut(&given->words[i], 0);
		if (word.n && text_add(&given->words[i], text_view(&word)) < 0)
			return -ENOMEM;
	}
	return r == -ENOMEM ? r : 0;
}

static int
recall(const char *folder, struct given *given)
{
	CLEANUP(free) char *path = path_join(folder, "run.jsonl");
	struct runlog_state found;

	if (!path)
		return -ENOMEM;
	return access(path, F_OK) == 0 ? runlog_read(folder, "run.jsonl", take_line, given, &found) : 0;
}

/* Puts what is said in the place of what was, and into line where it is something else. */
static int
settle(struct text *word, const char *key, const char *said, struct text *line)
{
	int r;

	if (!said || view_equal(text_view(word), view_text(said)))
		return 0;
	text_cut(word, 0);
	r = *said ? text_adds(word, said) : 0;
	return r < 0 ? r : log_text(line, key, view_text(said));
}

int
given_settle(const char *folder, const char *const said[GIVEN_WORDS], struct given *given)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(text_free) struct text line = { 0 };
	int r = recall(folder, given);

	for (size_t i = 0; i < GIVEN_WORDS && r == 0; i++)
		r = settle(&given->words[i], keys[i], said[i], &line);
	if (r == -ENOMEM)
		return fail(ENOMEM, "out of memory for what is said of %s", folder);
	if (r < 0 || !line.n)
		return r;
	r = runlog_open(folder, &log);
	return r < 0 ? r : runlog_add(log, kind_name, line.s);
}

void
given_free(struct given *given)
{
	for (size_t i = 0; i < GIVEN_WORDS; i++)
		text_free(&given->words[i]);
}

/* audit.c - hold a sealed case against its seal, and name all that is not as it was. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "fail.h"
#include "runlog.h"
#include "seal.h"
#include "verb.h"

static int
print_json(enum audit_state what, const char *name, const char *why)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = log_text(&line, "state", view_text(audit_state_name(what)));

	if (r == 0)
		r = log_text(&line, "name", view_text(name));
	if (r == 0)
		r = log_text(&line, "reason", view_text(why));
	if (r == 0)
		printf("{%s}\n", line.s);
	return r;
}

static int
print(void *state, enum audit_state what, const char *name, const char *why)
{
	const struct request *request = state;
	CLEANUP(text_free) struct text shown = { 0 };
	int r;

	if (request->json)
		return print_json(what, name, why);
	r = text_add_escaped(&shown, view_text(name));
	if (r == 0 && *why)
		r = text_adds(&shown, ": ");
	if (r == 0)
		r = text_add_escaped(&shown, view_text(why));
	if (r == 0)
		printf("%-8s %s\n", audit_state_name(what), shown.s);
	return r;
}

static int
run(const struct request *request)
{
	struct audit audit = { .told = print, .state = (void *)(uintptr_t)request, .key = request->key };
	int r = audit_case(request->operands[0], &audit);

	if (audit_failed(&audit)) {
		fail(EILSEQ,
		     "%s is not what was sealed: %" PRIu64 " changed, %" PRIu64 " missing, %" PRIu64 " added, %" PRIu64
		     " broken",
		     request->operands[0], audit.counts[AUDIT_CHANGED], audit.counts[AUDIT_MISSING],
		     audit.counts[AUDIT_ADDED], audit.counts[AUDIT_BROKEN]);
		return EXIT_MISMATCH;
	}
	return r < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

const struct verb audit_verb = {
	.name = "audit",
	.operands = "CASE",
	.summary = "whether a sealed case is still what was sealed",
	.description =
		"Every file is held against the manifest, the manifest and what goes with it against run.jsonl, and "
		"the lines "
		"of run.jsonl and notes.jsonl against each other; a line for each, and exit status 4 where something "
		"was "
		"changed, is missing, was added or is broken. A signature is checked with the key that --key names, or "
		"else "
		"with the one beside it, which only shows that the two belong together. Nothing is written.\n\n"
		"Who can write to the folder can seal it anew: what proves more is the manifest's hash written down "
		"elsewhere, a signature by a key that only one person has, or a time stamp.",
	.options = "key json",
	.least = 1,
	.most = 1,
	.run = run,
};

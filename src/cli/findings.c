/* findings.c - list the findings, the gravest first. */
#include "ask.h"
#include "notes_print.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "finding", "level", "confidence", "time", "title", "path", "stream", "rule", NULL };
	int status = ask_view(request, "v_findings", columns);

	if (status != EXIT_COMPLETE || !request->notes)
		return status;
	return notes_print(request, request->operands[0], NULL) < 0 ? EXIT_FAILED : status;
}

const struct verb findings_verb = {
	.name = "findings",
	.operands = "CASE",
	.summary = "list the findings, the gravest first",
	.description =
		"The id in the first column stays the same in every run on the same evidence. 'postmortem show "
		"CASE ID' tells all of one. Where the stream ends in [slack] or [covered], the bytes lie under the "
		"file and are not its content.\n\n"
		"confidence: 'possible' where it rests on bytes that are unverified or may be anybody's, or is of level medium or "
		"below and stands alone; 'confirmed' where it is of level high or above and a known hash, or a second source that "
		"does not depend on the first, says the same; 'likely' otherwise. The columns witnesses and reasons (with --json) "
		"say by what. --notes adds what 'note' and 'tag' have written.",
	.options = "zone min-level from to path limit notes json",
	.least = 1,
	.most = 1,
	.run = run,
};

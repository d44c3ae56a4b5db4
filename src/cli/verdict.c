/* verdict.c - what the findings support, and what cannot be told. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "question", "verdict", "first", "last", "reason", "changes", NULL };

	return ask_view(request, "v_verdict", columns);
}

const struct verb verdict_verb = {
	.name = "verdict",
	.operands = "CASE",
	.summary = "what the findings support, and what cannot be told",
	.description = "'no trace' is only said where all sources that the question needs were read wholly and cover the "
		       "window; the reason names them. 'not assessable' is an answer: it says that something needed for a "
		       "better one was not there or not read, which kinds of logs, and which days. Overall is never better "
		       "than its weakest part. See coverage --calendar.\n\n"
		       "The columns findings and coverage (with --json) list the ids that each answer rests on, of v_findings and of "
		       "v_coverage; changes says what another answer would follow from. Where the builds of Exchange tell when a hole "
		       "was closed, the reason says how many days the first and the last indicator lie before or after that.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

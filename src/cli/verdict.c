/* verdict.c - what the findings support, and what cannot be told. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "question", "verdict", "first", "last", "reason", NULL };

	return ask_view(request, "v_verdict", columns);
}

const struct verb verdict_verb = {
	.name = "verdict",
	.operands = "CASE",
	.summary = "what the findings support, and what cannot be told",
	.description = "'no trace' is only said where all sources that the question needs were read wholly and cover the "
		       "window; the reason names them. 'not assessable' is an answer: it says that something needed for a "
		       "better one was not there or not read, which kinds of logs, and which days. Overall is never better "
		       "than its weakest part. See coverage --calendar.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

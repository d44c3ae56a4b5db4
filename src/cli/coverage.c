/* coverage.c - what was read of what, and what was not. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "source", "path",   "state", "items",
					       "lost",     "bytes",  "reason", NULL };

	return ask_view(request, "v_coverage", columns);
}

const struct verb coverage_verb = {
	.name = "coverage",
	.operands = "CASE",
	.summary = "what was read of what, and what was not",
	.description = "One row for each source, and one for each text log: read, partly, empty, absent, unreadable or "
		       "skipped, with the reason.",
	.options = "zone json limit",
	.least = 1,
	.most = 1,
	.run = run,
};

/* suspects.c - what has findings, once, with the gravest of them. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "level", "time", "findings", "path", "stream", "title", NULL };

	return ask_view(request, "v_suspects", columns);
}

const struct verb suspects_verb = {
	.name = "suspects",
	.operands = "CASE",
	.summary = "list what has findings, once, the gravest first",
	.description = "One row for each stream: the gravest of its findings and how many there are. 'findings' lists "
		       "them one by one.",
	.options = "zone min-level from to path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

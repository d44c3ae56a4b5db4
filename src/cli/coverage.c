/* coverage.c - what was read of what, and what was not; and which days the logs cover. */
#include <stdio.h>

#include "ask.h"
#include "report.h"
#include "verb.h"

static int
print_calendar(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	const struct question question = { .like = request->path, .limit = request->limit };

	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	return report_calendar(db, &question, stdout) < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "source", "path",   "state", "items",
					       "lost",     "bytes",  "reason", NULL };

	if (!request->calendar)
		return ask_view(request, "v_coverage", columns);
	return request->json ? ask_view(request, "v_calendar", NULL) : print_calendar(request);
}

const struct verb coverage_verb = {
	.name = "coverage",
	.operands = "CASE",
	.summary = "what was read of what, and what was not",
	.description =
		"One row for each source, and one for each text log: read, partly, empty, absent, unreadable or "
		"skipped, with the reason.\n\n"
		"With --calendar, a line for each folder of logs and month and a sign for each day, from the start "
		"of the window to the host's last sign of life: the latest day on which two files changed or two "
		"logs were written, and no later than the acquisition. Below each folder stands why days are "
		"missing: Exchange deletes logs of requests after 30 days or at 1 GB a folder unless it is told "
		"otherwise, IIS keeps its own; what that does not explain is absent. All days are UTC. With --json, "
		"and as the view calendar of export, one row a day.",
	.options = "zone json limit calendar path",
	.least = 1,
	.most = 1,
	.run = run,
};

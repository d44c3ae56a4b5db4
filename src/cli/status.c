/* status.c - where a case stands. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = {
		"evidence", "name", "format", "bytes", "hash_state", "bad_chunks", NULL
	};

	if (request->json)
		return ask_view(request, "v_evidence", columns);
	return summary_print(request->operands[0], request) < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

const struct verb status_verb = {
	.name = "status",
	.operands = "CASE",
	.summary = "show on one screen what a case comes to",
	.description = "Volumes, verdict, the gravest findings and the limitations: what triage printed at its end.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

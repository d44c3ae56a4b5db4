/* control.c - what libtsk, the second opinion, sees otherwise. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "volume", "mft",       "path",   "stream", "what",
					       "ours",     "control", "explained", "reason", "count",  NULL };

	return ask_view(request, "v_control", columns);
}

const struct verb control_verb = {
	.name = "control",
	.operands = "CASE",
	.summary = "what libtsk, the second opinion, sees otherwise",
	.description = "Triage lets libtsk, in a process of its own, list the same volumes and read the streams with "
		       "findings. Each difference is a row that says who saw what and why that is likely; what nothing "
		       "explains comes first, and is a limitation. How many entries agree stands in 'coverage'.",
	.options = "json path limit",
	.least = 1,
	.most = 1,
	.run = run,
};

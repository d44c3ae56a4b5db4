/* limitations.c - what could not be examined, and why. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "volume", "path",  "mft", "stream",
					       "offset",   "what",   "count", NULL };

	return ask_view(request, "v_limitations", columns);
}

const struct verb limitations_verb = {
	.name = "limitations",
	.operands = "CASE",
	.summary = "what could not be examined, and why",
	.description = "Each row names the place. Counted in the report; any row makes triage exit with 3.",
	.options = "zone path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

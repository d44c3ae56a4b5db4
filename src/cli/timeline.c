/* timeline.c - what happened when, in UTC. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "time", "kind", "level", "subject", "summary", "finding", NULL };

	return ask_view(request, "v_timeline", columns);
}

const struct verb timeline_verb = {
	.name = "timeline",
	.operands = "CASE",
	.summary = "what happened when, in UTC",
	.description = "Times of files are those of $STANDARD_INFORMATION (file.si) and $FILE_NAME (file.fn); public "
		       "dates stand among them as anchors.",
	.options = "zone from to min-level path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

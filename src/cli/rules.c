/* rules.c - which rules were used, which could not be, and their hits. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "rule", "kind", "state", "hits", "author", "source", "reason", NULL };

	return ask_view(request, "v_rules", columns);
}

const struct verb rules_verb = {
	.name = "rules",
	.operands = "CASE",
	.summary = "which rules were used, which could not be, and their hits",
	.description = "Of every profile that was used.",
	.options = "zone limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

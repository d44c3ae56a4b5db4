/* volumes.c - list the volumes of a case and what was found on them. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "volume", "bytes", "fs",     "label",
					       "serial",   "state",  "host",  "reason", NULL };

	return ask_view(request, "v_volumes", columns);
}

const struct verb volumes_verb = {
	.name = "volumes",
	.operands = "CASE",
	.summary = "list the volumes of a case and what was found on them",
	.description = "A volume is known by the byte of the image that it begins at.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

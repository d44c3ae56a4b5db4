/* sites.c - list the sites of IIS that an exhibit had, with where they listened and logged. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence",   "volume",     "site",     "name",    "side",   "bindings",
					       "log_folder", "log_volume", "log_path", "current", "source", NULL };

	return ask_view(request, "v_sites", columns);
}

const struct verb sites_verb = {
	.name = "sites",
	.operands = "CASE",
	.summary = "list the sites of IIS, where they listened and where they logged",
	.description = "From applicationHost.config of each Windows and from the copies that IIS keeps of older ones, "
		       "which are "
		       "listed where they say something else. Side tells the front end of Exchange, which clients "
		       "reach, from the back "
		       "end. What became of each folder stands in 'coverage'.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

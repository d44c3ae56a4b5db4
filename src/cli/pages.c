/* pages.c - list the pages that ASP.NET compiled on an exhibit, when, and whether they are still there. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence",  "compiled",  "virtual_path", "exists", "shipped",
					       "page_born", "page_path", "dll",          "file",   "finding",
					       NULL };

	return ask_view(request, "v_pages", columns);
}

const struct verb pages_verb = {
	.name = "pages",
	.operands = "CASE",
	.summary = "list the pages that ASP.NET compiled, and whether they are still there",
	.description = "From the records of its cache, which outlive the pages. The time is that of the record: the "
		       "page was asked "
		       "for then, or just before. Exists and shipped are empty where nobody can tell.",
	.options = "from to zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

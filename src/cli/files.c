/* files.c - list the files of the case with their times. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "mft",         "path",       "stream",   "bytes",  "si_created",
					       "si_modified", "fn_created", "baseline", "sha256", NULL };

	return ask_view(request, "v_files", columns);
}

const struct verb files_verb = {
	.name = "files",
	.operands = "CASE",
	.summary = "list the files of the case with their times",
	.description =
		"Those that the profile chose or that have a time inside the window; all of them after 'triage "
		"--files all'. What Windows packed (compact /exe) has the size and hash of the plain bytes; the column "
		"packed of v_files tells it.",
	.options = "zone path limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

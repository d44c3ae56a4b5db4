/* evidence.c - list the exhibits of a case. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence",   "name",       "format",  "segments",    "bytes",
					       "hash_state", "bad_chunks", "exhibit", "case_number", "evidence_number",
					       "examiner",   "acquired",   NULL };

	return ask_view(request, "v_evidence", columns);
}

const struct verb evidence_verb = {
	.name = "evidence",
	.operands = "CASE",
	.summary = "list the exhibits of a case",
	.description = "With what their containers claim of the acquisition, and the state of their hashes.",
	.options = "zone json",
	.least = 1,
	.most = 1,
	.run = run,
};

/* ledger.c - what became of every byte, record and chosen stream, in sums that balance. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = {
		"evidence", "volume", "account", "disposition", "items", "bytes", NULL
	};

	return ask_view(request, "v_ledger", columns);
}

const struct verb ledger_verb = {
	.name = "ledger",
	.operands = "CASE",
	.summary = "what became of every byte, record and chosen stream",
	.description = "Each byte of the media, each record of an $MFT and each stream that the profile chose stands in "
		       "one line, and the lines add up to the total. Where they do not, 'limitations' says so.",
	.options = "zone json limit",
	.least = 1,
	.most = 1,
	.run = run,
};

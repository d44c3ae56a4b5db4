/* rescan.c - new rules over what a case keeps, when its images are far away. */
#include <errno.h>

#include "batch.h"
#include "fail.h"
#include "verb.h"
#include "written.h"

static int
run(const struct request *request)
{
	int status;

	if (!request->profile_count) {
		fail(EINVAL, "rescan needs -p PROFILE, the rules to ask");
		return EXIT_USAGE;
	}
	status = batch_rescan(request);
	if (status != EXIT_FAILED && report_write(request->operands[0], request) < 0)
		status = EXIT_FAILED;
	return status;
}

const struct verb rescan_verb = {
	.name = "rescan",
	.operands = "CASE",
	.summary = "ask a case by other rules, without its images",
	.description =
		"YARA rules are asked of the bytes that the case keeps (flagged files up to 1 MiB), lists of hashes of the hashes of "
		"all files that were read, Sigma rules of the lines and records that are events with their fields, path rules of "
		"all files that the case lists. Nothing else is seen: a file that nothing had flagged is not searched, a "
		"request that no rule had hit is not asked, and the coverage and the limitations say so. What a new rule does not find here may "
		"still be in the image.\n\n"
		"Findings are added under the ids that an examination of the image would give them; those that the case has stay as "
		"they are, and so do its events. The basis of a new one says 'rescan'. The verdicts are made anew, with the "
		"questions of both profiles. case.db is replaced when the new one is complete, and the report with it; run.jsonl "
		"has the hash of both.",
	.options = "profile memory fail-on",
	.least = 1,
	.most = 1,
	.run = run,
};

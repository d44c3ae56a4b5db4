/* exposure.c - which build of Exchange a server had, and what it was open to from when to when. */
#include "ask.h"
#include "verb.h"

static int
run(const struct request *request)
{
	static const char *const columns[] = { "evidence", "host", "cve", "state", "from", "to", "reason", NULL };
	static const char *const witnesses[] = { "evidence", "host", "means", "build", "time", "witness", "release", "path", "note", NULL };

	return request->builds ? ask_view(request, "v_builds", witnesses) : ask_view(request, "v_exposure", columns);
}

const struct verb exposure_verb = {
	.name = "exposure",
	.operands = "CASE",
	.summary = "what Exchange was open to, from when to when, by its builds",
	.description = "For each CVE of the profile and each Exchange, the times in which it was vulnerable, fixed, not affected or of "
		       "unknown state, with the witnesses that say so: ExSetup.exe, the setup log, the logs of services, folders "
		       "called after builds. A time without an end lasts to the last of the exhibit. A build that has the fix today "
		       "says nothing of the time before; a mitigation is named and is no fix.\n\n"
		       "With --builds, the witnesses themselves and the build that they come to.",
	.options = "zone builds limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

/* campaign.c - what exhibits have in common, who of them was hit first, and how far it went on each. */
#include <stdio.h>

#include "ask.h"
#include "report.h"
#include "verb.h"

static const char *const columns[] = { "kind",  "value", "exhibits", "number",	 "evidence", "name", "first",
				       "last",	"hits",	 "level",    "findings", "caution",  NULL };

static int
print(struct case_db *db, const struct request *request)
{
	const struct question question = ask_question(request, "v_campaign");
	const struct table_style style = { .columns = columns, .color = ask_color(request), .local = request->zone };
	uint64_t rows = 0;
	int r = report_matrix(db, stdout);

	if (r == 0)
		fputc('\n', stdout);
	if (r == 0)
		r = report_table(db, &question, &style, stdout, &rows);
	if (r == 0 && !rows)
		puts("No two exhibits share a shell, file, address, user agent, canary, host string or account of a grave finding.");
	return r < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

static int
run(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;

	if (request->json)
		return ask_view(request, "v_campaign", columns);
	if (request->zone && zone_use(request->zone) < 0)
		return EXIT_USAGE;
	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	return print(db, request);
}

const struct verb campaign_verb = {
	.name = "campaign",
	.operands = "CASE",
	.summary = "what exhibits share, in which order they were hit, and how far it went",
	.description =
		"A matrix of exhibits and stages, the exhibit that was hit first on top, and below it what findings of level "
		"high and critical lead to on more than one exhibit: the same shell (its code without blanks, case, GUIDs, URLs "
		"and the names of its parameters), the same file, address, user agent, ECP canary, host string or account. "
		"Each indicator has a row for each exhibit, in order of time, with the findings that it rests on; 'caution' "
		"says where sharing it means little. Shells are compared as far as the case keeps their bytes.\n\n"
		"With --json, the shared indicators (v_campaign); v_matrix, v_victims and v_indicators can be exported.",
	.options = "zone min-level limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

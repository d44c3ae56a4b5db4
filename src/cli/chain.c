/* chain.c - the facts of an intrusion joined into one story, edge by edge; who says since when a file is there; clocks. */
#include <stdio.h>

#include "ask.h"
#include "report.h"
#include "verb.h"

static int
tables(struct case_db *db, const struct request *request)
{
	static const char *const stories[] = { "evidence", "chain",      "level", "confidence", "first",
					       "last",     "edges",      "title", "summary",    NULL };
	static const char *const edges[] = { "chain", "number", "from_time", "from_row", "to_time", "to_row", "basis",
					     "time_only", "words", NULL };
	static const char *const witnesses[] = { "path", "witness", "time", "says", "words", NULL };
	static const char *const clocks[] = { "evidence", "pair", "first", "second", "seconds", "words", NULL };
	static const struct {
		const char *title, *view, *const *columns;
	} parts[] = {
		{ "Chains: what hangs together", "v_chain", stories },
		{ "Edges: which rows, and why", "v_edges", edges },
		{ "Since when files are there, by whom", "v_witnesses", witnesses },
		{ "Clocks: one moment by two of them", "v_clock", clocks },
	};
	struct table_style style = { .color = ask_color(request), .local = request->zone };
	struct export_result result;
	uint64_t rows;
	int r = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++) {
		const struct question question = ask_question(request, parts[i].view);

		style.columns = parts[i].columns;
		if (request->json) {
			r = report_export(db, EXPORT_JSONL, &question, stdout, &result);
			continue;
		}
		printf("%s%s\n", i ? "\n" : "", parts[i].title);
		r = report_table(db, &question, &style, stdout, &rows);
		if (r == 0 && !rows)
			puts("none");
	}
	return r;
}

static int
run(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;

	if (request->zone && zone_use(request->zone) < 0)
		return EXIT_USAGE;
	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	return tables(db, request) < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

const struct verb chain_verb = {
	.name = "chain",
	.operands = "CASE",
	.summary = "facts that belong together as one intrusion, and what joins them",
	.description = "Forged requests, the session and the commands that they led to, the page that these wrote, its first run and "
		       "its use, and what came afterwards. Each edge names both of its rows (a finding by its id, an event as "
		       "event:ID, as the timeline has it), what joins them (the id of the request, the canary of the session, the "
		       "object, content, path, client address) and the skew that was allowed; time_only is 1 where nothing but "
		       "nearness in time does.\n\n"
		       "A chain is confirmed where three or more edges lead from one source to another and do not rest on time "
		       "alone, likely with one or two, possible without. What no edge joins stands in the findings.\n\n"
		       "Below: what $SI, $FN, indexes, the compile cache and requests say of the age of files that were found, and "
		       "moments that two clocks or two writers tell, from which the offset of the host's clock is estimated. No "
		       "time of the case is corrected by it.",
	.options = "zone limit json",
	.least = 1,
	.most = 1,
	.run = run,
};

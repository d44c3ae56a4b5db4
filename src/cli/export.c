/* export.c - a case for other tools. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "fail.h"
#include "report.h"
#include "verb.h"

/* "timeline" and "v_timeline" alike. */
static int
view_of_name(const char *name, char view[static 64])
{
	snprintf(view, 64, "%s%s", !strncmp(name, "v_", 2) ? "" : "v_", name);
	return case_view_exists(view) ? 0 : -ENOENT;
}

static int
export_to(struct case_db *db, const struct request *request, enum export_format format, const char *view, FILE *out)
{
	const struct question question = ask_question(request, view);
	struct export_result result;

	if (request->bom && format == EXPORT_CSV)
		fputs("\xef\xbb\xbf", out);
	if (report_export(db, format, &question, out, &result) < 0)
		return EXIT_FAILED;
	if (result.tamed)
		say("%llu cells that a spreadsheet would run begin with an apostrophe", (unsigned long long)result.tamed);
	if (result.left_out)
		say("%llu %s", (unsigned long long)result.left_out, export_limit(format));
	return EXIT_COMPLETE;
}

static int
run(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	char view[64] = "";
	enum export_format format;
	FILE *out = stdout;
	int status;

	if (!request->format || !export_parse(request->format, &format)) {
		fail(EINVAL, "export needs --format csv, jsonl, timesketch, bodyfile, l2tcsv, case or stix");
		return EXIT_USAGE;
	}
	if (request->view && view_of_name(request->view, view) < 0) {
		fail(EINVAL, "there is no view '%s'", request->view);
		return EXIT_USAGE;
	}
	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	if (request->output && strcmp(request->output, "-"))
		out = fopen(request->output, "wxe");
	if (!out) {
		fail(errno, "%s: %s", request->output, strerror(errno));
		return EXIT_FAILED;
	}
	status = export_to(db, request, format, view[0] ? view : NULL, out);
	if (out != stdout && fclose(out) != 0) {
		fail(errno, "%s: %s", request->output, strerror(errno));
		return EXIT_FAILED;
	}
	return status;
}

const struct verb export_verb = {
	.name = "export",
	.operands = "CASE",
	.summary = "write the case as csv, jsonl, timesketch, bodyfile, l2tcsv, CASE/UCO or STIX",
	.description = "csv and jsonl take any view with --view; without it, as in timesketch and l2tcsv, the timeline "
		       "is written. bodyfile is "
		       "what mactime reads. A file that exists is not overwritten.\n\n"
		       "case is CASE/UCO 1.4 as JSON-LD: exhibits with their hashes, what was done with them, and each finding "
		       "as a file with its facets. stix is a STIX 2.1 bundle: findings as observed data, requests that grave "
		       "findings rest on, indicators with patterns, and sightings of techniques, CVEs and indicators on "
		       "exhibits. Both are of the whole case, and hold nothing of when or where they were written: what STIX "
		       "wants as 'created' is the time of the acquisition, else the start of the window.",
	.options = "format output view from to min-level path limit bom",
	.least = 1,
	.most = 1,
	.run = run,
};

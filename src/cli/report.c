/* report.c - the case as a page to be read, printed and signed. */
#include <stdio.h>

#include "given.h"
#include "report.h"
#include "request.h"
#include "runlog.h"
#include "verb.h"
#include "written.h"

int
report_write(const char *folder, const struct request *request)
{
	const char *const said[GIVEN_WORDS] = {
		[GIVEN_CASE] = request->case_number,
		[GIVEN_ORGANISATION] = request->organisation,
		[GIVEN_EXAMINER] = request->examiner,
	};
	CLEANUP(given_free) struct given given = { 0 };
	struct report_fields fields;
	int r = given_settle(folder, said, &given);

	if (r < 0)
		return r;
	fields = (struct report_fields){
		.case_number = given.words[GIVEN_CASE].s,
		.organisation = given.words[GIVEN_ORGANISATION].s,
		.examiner = given.words[GIVEN_EXAMINER].s,
	};
	r = report_html(folder, &fields);
	if (r == 0 && request->pdf)
		r = report_pdf(folder, &fields);
	return r;
}

/* Who made it stands in run.jsonl, as for all that is handed over. */
static int
log_report(const char *folder, const struct request *request)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65];
	int r = case_digest(folder, digest);

	if (r == 0)
		r = log_list(&line, "arguments", (const char *const *)request->argv, (size_t)request->argc);
	if (r == 0)
		r = log_text(&line, "case_sha256", view_text(digest));
	if (r == 0)
		r = runlog_open(folder, &log);
	return r < 0 ? r : runlog_add(log, "report", line.s);
}

static int
run(const struct request *request)
{
	const char *folder = request->operands[0];

	if (report_write(folder, request) < 0 || log_report(folder, request) < 0)
		return EXIT_FAILED;
	return EXIT_COMPLETE;
}

const struct verb report_verb = {
	.name = "report",
	.operands = "CASE",
	.summary = "write CASE/report.html, and CASE/report.pdf with --pdf",
	.description = "One file for any browser: verdict, limitations and the calendar of the logs, timeline, chain, "
		       "findings "
		       "with what each rests on, builds, host, method, and a statement to sign. It loads nothing, runs "
		       "nothing but "
		       "its own script, and is whole without that, too. The same case.db gives the same file; the "
		       "number of the "
		       "case, the organisation and the examiner are shown as given, here or at an earlier run on the case (the "
		       "last holds, and '' takes it back). It shows the notes of examiners and the last seal, too. It "
		       "holds about 5,000 "
		       "findings, the gravest; "
		       "the rest is counted.\n\n"
		       "triage writes it at its end. --pdf needs weasyprint, and has fewer rows; each page carries its "
		       "number and "
		       "the SHA-256 of case.db.",
	.options = "pdf case-number organisation examiner",
	.least = 1,
	.most = 1,
	.run = run,
};

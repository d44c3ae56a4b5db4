/* summary.c - what a case comes to, on one screen. */
#include <inttypes.h>
#include <stdio.h>

#include "ask.h"
#include "report.h"

enum { FINDINGS_SHOWN = 20 };

static int
table(struct case_db *db, const struct request *request, const char *title, const struct question *question,
      const char *const *columns, uint64_t *ret_rows)
{
	struct table_style style = { .columns = columns, .color = ask_color(request) };

	printf("\n%s\n", title);
	return report_table(db, question, &style, stdout, ret_rows);
}

static void
more(struct case_db *db, const char *view, const char *verb, const char *folder, uint64_t shown)
{
	uint64_t n;

	if (case_count(db, view, &n) == 0 && n > shown)
		printf("... %" PRIu64 " in all: postmortem %s %s\n", n, verb, folder);
}

int
summary_print(const char *folder, const struct request *request)
{
	static const char *const volumes[] = { "evidence", "volume", "bytes", "fs", "label", "state", "host", "reason", NULL };
	static const char *const verdicts[] = { "evidence", "question", "verdict", "first", "last", "reason", NULL };
	static const char *const findings[] = { "finding", "level", "time", "title", "path", "stream", NULL };
	static const char *const limitations[] = { "evidence", "path", "what", "count", NULL };
	CLEANUP(case_close) struct case_db *db = NULL;
	uint64_t rows;
	int r = case_open(folder, &db);

	if (r == 0)
		r = table(db, request, "Volumes", &(struct question){ .view = "v_volumes" }, volumes, &rows);
	if (r == 0)
		r = table(db, request, "Verdict (what the findings alone support)", &(struct question){ .view = "v_verdict" }, verdicts, &rows);
	if (r == 0)
		r = table(db, request, "Findings, the gravest first",
			  &(struct question){ .view = "v_findings", .limit = FINDINGS_SHOWN, .min_level = LEVEL_LOW }, findings, &rows);
	if (r == 0)
		more(db, "v_findings", "findings", folder, rows);
	if (r == 0)
		r = table(db, request, "Limitations: what could not be examined", &(struct question){ .view = "v_limitations", .limit = FINDINGS_SHOWN },
			  limitations, &rows);
	if (r == 0)
		more(db, "v_limitations", "limitations", folder, rows);
	if (r == 0)
		printf("\nWhat was covered: postmortem coverage %s\n", folder);
	return r;
}

/* summary.c - what a case comes to, on one screen. */
#include <inttypes.h>
#include <stdio.h>

#include "ask.h"
#include "report.h"

enum { ROWS_SHOWN = 20 };

static int
table(struct case_db *db, const struct request *request, const char *title, const struct question *question,
      const char *const *columns, uint64_t *ret_rows)
{
	struct table_style style = { .columns = columns, .color = ask_color(request), .local = request->zone };

	int r;

	printf("\n%s\n", title);
	r = report_table(db, question, &style, stdout, ret_rows);
	if (r == 0 && !*ret_rows)
		puts("none");
	return r;
}

/* The folder's name is the user's, and may still be one that a terminal would obey. */
static void
say_folder(const char *words, const char *folder)
{
	CLEANUP(text_free) struct text text = { 0 };

	if (text_add_escaped(&text, view_text(folder)) == 0)
		printf("%s %s\n", words, text.s);
}

static void
more(struct case_db *db, const char *view, const char *verb, const char *folder, uint64_t shown)
{
	uint64_t n;

	char words[80];

	if (case_count(db, view, &n) < 0 || n <= shown)
		return;
	snprintf(words, sizeof(words), "... %" PRIu64 " in all: postmortem %s", n, verb);
	say_folder(words, folder);
}

int
summary_print(const char *folder, const struct request *request)
{
	static const char *const volumes[] = { "evidence", "volume", "bytes",  "fs", "label",
					       "state",    "host",   "reason", NULL };
	static const char *const verdicts[] = { "evidence", "question", "verdict", "first", "last", "reason", NULL };
	static const char *const suspects[] = { "level", "time", "findings", "path", "stream", "title", NULL };
	static const char *const accounts[] = { "account", "mailbox", "protocol", "address", "first", "successes", "source", NULL };
	static const char *const opinion[] = { "evidence", "path", "state", "reason", NULL };
	static const char *const limitations[] = { "evidence", "path", "what", "count", NULL };
	static const char *const ledger[] = { "evidence", "volume", "account", "disposition",
					      "items",    "bytes",  NULL };
	CLEANUP(case_close) struct case_db *db = NULL;
	uint64_t rows;
	struct export_result result;
	int r = request->zone ? zone_use(request->zone) : 0;

	if (r == 0)
		r = case_open(folder, &db);
	if (r == 0 && request->json)
		return report_export(db, EXPORT_JSONL,
				     &(struct question){ .view = "v_findings", .min_level = request->min_level },
				     stdout, &result);

	if (r == 0)
		r = table(db, request, "Volumes", &(struct question){ .view = "v_volumes" }, volumes, &rows);
	if (r == 0)
		r = table(db, request, "Verdict (what the findings and the sources that were read support)",
			  &(struct question){ .view = "v_verdict" }, verdicts, &rows);
	if (r == 0)
		r = table(db, request, "What has findings, the gravest first",
			  &(struct question){ .view = "v_suspects",
					      .limit = ROWS_SHOWN,
					      .min_level = request->min_level ? request->min_level : LEVEL_LOW },
			  suspects, &rows);
	if (r == 0)
		more(db, "v_suspects", "suspects", folder, rows);
	if (r == 0)
		r = table(db, request, "Accounts and mailboxes that were used from where findings lead to",
			  &(struct question){ .view = "v_accounts", .limit = ROWS_SHOWN }, accounts, &rows);
	if (r == 0)
		more(db, "v_accounts", "accounts", folder, rows);
	if (r == 0)
		r = table(db, request, "Second opinion (differences: postmortem control)",
			  &(struct question){ .view = "v_coverage", .where_column = "source", .where_value = "control" },
			  opinion, &rows);
	if (r == 0)
		r = table(db, request, "Limitations: what could not be examined",
			  &(struct question){ .view = "v_limitations", .limit = ROWS_SHOWN }, limitations, &rows);
	if (r == 0)
		more(db, "v_limitations", "limitations", folder, rows);
	if (r == 0)
		r = table(db, request, "Ledger: what became of all that was there",
			  &(struct question){ .view = "v_ledger", .limit = ROWS_SHOWN }, ledger, &rows);
	if (r == 0)
		more(db, "v_ledger", "ledger", folder, rows);
	if (r == 0)
		say_folder("\nWhat was covered: postmortem coverage", folder);
	return r;
}

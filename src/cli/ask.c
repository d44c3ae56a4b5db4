/* ask.c - one question to a case, printed for a person or for a program. */
#include "ask.h"

#include <stdio.h>
#include <unistd.h>

#include "report.h"

bool
ask_color(const struct request *request)
{
	const char *none = getenv("NO_COLOR");

	return !request->no_color && !(none && *none) && isatty(STDOUT_FILENO);
}

struct question
ask_question(const struct request *request, const char *view)
{
	return (struct question){ .view = view,
				  .from = request->from,
				  .to = request->to,
				  .min_level = request->min_level,
				  .like = request->path,
				  .limit = request->limit };
}

static int
print(struct case_db *db, const struct request *request, const struct question *question, const char *const *columns)
{
	struct table_style style = { .columns = columns, .color = ask_color(request), .local = request->zone };
	struct export_result result;
	uint64_t rows;

	if (request->json)
		return report_export(db, EXPORT_JSONL, question, stdout, &result);
	return report_table(db, question, &style, stdout, &rows);
}

int
ask_view(const struct request *request, const char *view, const char *const *columns)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	const struct question question = ask_question(request, view);

	if (request->zone && zone_use(request->zone) < 0)
		return EXIT_USAGE;
	if (case_open(request->operands[0], &db) < 0)
		return EXIT_FAILED;
	return print(db, request, &question, columns) < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

/* merge.c - several cases into one. */
#include <errno.h>
#include <stdio.h>

#include "case.h"
#include "fail.h"
#include "file.h"
#include "runlog.h"
#include "text.h"
#include "verb.h"
#include "verdict.h"
#include "written.h"

static int
log_merge(const struct request *request, const char *digest)
{
	CLEANUP(text_free) struct text line = { 0 };
	CLEANUP(runlog_close) struct runlog *log = NULL;
	int r = log_list(&line, "cases", request->operands, request->operand_count);

	if (r == 0)
		r = log_text(&line, "case_sha256", view_text(digest));
	if (r == 0)
		r = runlog_open(request->case_folder, &log);
	return r < 0 ? r : runlog_add(log, "merge", line.s);
}

static int
merge(const struct request *request, char **paths)
{
	char digest[65];
	int r = folder_make(request->case_folder);

	for (size_t i = 0; i < request->operand_count && r == 0; i++) {
		paths[i] = path_join(request->operands[i], "case.db");
		r = paths[i] ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = case_merge(request->case_folder, (const char *const *)paths, request->operand_count, verdict_judge,
			       NULL, digest);
	if (r == 0)
		r = report_write(request->case_folder, request);
	return r < 0 ? r : log_merge(request, digest);
}

static int
run(const struct request *request)
{
	char **paths;
	int r;

	if (!request->case_folder) {
		fail(EINVAL, "merge needs -c CASE, the case to make");
		return EXIT_USAGE;
	}
	paths = calloc(request->operand_count, sizeof(*paths));
	r = paths ? merge(request, paths) : fail(ENOMEM, "out of memory for %zu cases", request->operand_count);
	for (size_t i = 0; paths && i < request->operand_count; i++)
		free(paths[i]);
	free(paths);
	return r < 0 ? EXIT_FAILED : verdict_status(request->case_folder, request);
}

const struct verb merge_verb = {
	.name = "merge",
	.operands = "-c CASE CASE...",
	.summary = "make one case of several",
	.description =
		"What the case at -c holds already stays. An exhibit that two cases hold is taken from the later one.",
	.options = "case",
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};

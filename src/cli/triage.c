/* triage.c - the main job: images in, a case out, and on the screen what it comes to. */
#include "batch.h"
#include "ask.h"
#include "file.h"
#include "verb.h"
#include "written.h"

/* Whatever came of the run: where there is a case, the report beside it is of that case and no older one. */
static int
write_report(const char *folder, const struct request *request)
{
	CLEANUP(free) char *path = path_join(folder, "case.db");

	return path && access(path, F_OK) == 0 ? report_write(folder, request) : 0;
}

static int
run(const struct request *request)
{
	CLEANUP(free) char *folder = NULL;
	int status = batch_triage(request, &folder);

	if (folder && write_report(folder, request) < 0)
		status = EXIT_FAILED;
	if (folder && (!request->quiet || request->json) && status != EXIT_FAILED && status != EXIT_STOPPED)
		summary_print(folder, request);
	return status;
}

const struct verb triage_verb = {
	.name = "triage",
	.operands = "IMAGE...",
	.summary = "examine images and write a case",
	.description = "IMAGE is a raw file, the first of a split set (.001, .aa), an E01 (its further segments are "
		       "found), or a folder "
		       "of such. The evidence is opened read-only and never written to.\n\n"
		       "The case is a folder. What is there already is kept: a stopped run is taken up again, and new "
		       "images are added. "
		       "The same evidence, profile and version give the same case.db, byte for byte.\n\n"
		       "A BitLocker volume is opened with --credential, each of which is tried on each; without one it is "
		       "named, with its key protectors, and is a limitation. Secrets are best kept in a file: "
		       "--credential @FILE. The case and its log keep the kind of a credential and the protector that "
		       "it opened, and never the secret.\n\n"
		       "The process that reads an image can open nothing but that image and its own part of the case, has "
		       "no network, and is ended when it takes too much memory or computes without getting on: what it was "
		       "at is then set aside and named in the limitations. Evidence that changes while it is read makes "
		       "the exit status 4.\n\n"
		       "At the end a summary is printed (with --json, the findings), and the case as a page to be read in a browser is "
		       "CASE/report.html.",
	.options = "case profile jobs offset manifest exhibit since files content stages no-control partitions credential "
		   "verify memory fail-on min-level status-view zone json case-number organisation examiner",
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};

/* worker.c - one image, one process, one shard: the stages in their order. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "batch.h"
#include "config.h"
#include "exam.h"
#include "fail.h"
#include "keeper.h"
#include "sandbox.h"

static int
prepare(struct exam *exam)
{
	const struct rule *const *rules;
	const struct choice *choices;
	size_t rule_count = profile_rules(exam->profile, &rules),
	       choice_count = profile_choices(exam->profile, &choices);

	exam->rule_hits = calloc(rule_count + own_rule_count(), sizeof(*exam->rule_hits));
	exam->tallies = calloc(choice_count + 1, sizeof(*exam->tallies));
	return exam->rule_hits && exam->tallies ? 0 : fail(ENOMEM, "out of memory for the counts of %s", exam->path);
}

bool
stage_wanted(const struct request *request, const char *stage)
{
	size_t n = strlen(stage);

	for (const char *at = request->stages; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == n && !memcmp(at, stage, n))
			return true;
	return !request->stages;
}

/* What was asked for beyond the usual, in words that are the same for the same request. */
static int
options_text(const struct request *request, struct text *ret_text)
{
	const struct {
		const char *name, *value;
	} given[] = {
		{ "files", request->files },
		{ "content", request->content },
		{ "stages", request->stages },
		{ "partitions", request->partitions },
		{ "verify", request->verify ? "yes" : NULL },
		{ "control", request->no_control ? "no" : NULL },
	};
	int r = text_adds(ret_text, "");

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]) && r == 0; i++)
		if (given[i].value)
			r = text_printf(ret_text, "%s%s=%s", ret_text->n ? " " : "", given[i].name, given[i].value);
	if (r == 0 && request->sectors_given)
		r = text_printf(ret_text, "%soffset=%" PRIu64, ret_text->n ? " " : "", request->sectors);
	return r < 0 ? fail(ENOMEM, "out of memory for the settings") : 0;
}

/* What the case must be told for its rows to mean something; no clock, no host. */
static int
write_settings(struct exam *exam)
{
	CLEANUP(text_free) struct text options = { 0 };
	char digest[65], since[24];
	int r;

	snprintf(since, sizeof(since), "%" PRIu64, exam->since);
	profile_digest(exam->profile, digest);
	r = options_text(exam->request, &options);
	if (r == 0)
		r = case_setting(exam->db, "options", options.s);
	if (r == 0)
		r = case_setting(exam->db, "version", PACKAGE_VERSION);
	if (r == 0)
		r = case_setting(exam->db, "profile", profile_id(exam->profile));
	if (r == 0)
		r = case_setting(exam->db, "profile_sha256", digest);
	if (r == 0)
		r = case_setting(exam->db, "since", since);
	return r;
}

static int
write_dates(struct exam *exam)
{
	const struct public_date *dates;
	size_t n = profile_dates(exam->profile, &dates);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		if (dates[i].when >= exam->since)
			r = case_event(exam->db, &(struct event_row){ .when = dates[i].when,
								      .kind = "public.date",
								      .source = dates[i].source,
								      .subject = view_text(dates[i].cve),
								      .summary = view_text(dates[i].title) });
	return r;
}

static int
stage_settings(struct exam *exam)
{
	int fresh = case_begin(exam->db, "settings");
	int r = fresh > 0 ? write_settings(exam) : fresh;

	if (r == 0 && fresh > 0)
		r = write_dates(exam);
	if (r < 0 && fresh > 0)
		case_abort(exam->db);
	return r < 0 || !fresh ? r : case_commit(exam->db);
}

/* The tool's own troubles, which another try may not have; everything else that keeps an image shut is its own fault.
 */
static bool
is_ours(int r)
{
	static const int ours[] = { ENOMEM, ENOSPC, EDQUOT, EMFILE, ENFILE, EROFS, EAGAIN, ECANCELED };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (r == -ours[i])
			return true;
	return false;
}

/* The second opinion needs our own list to be held against, and is taken beside the other stages. */
static bool
control_wanted(const struct request *request)
{
	return !request->no_control && stage_wanted(request, "walk") && stage_wanted(request, "control");
}

/* What is to be read of the files that the walk chooses. */
static unsigned
reads_wanted(const struct request *request)
{
	unsigned content = stage_wanted(request, "content") ? READER_CONTENT : 0;
	unsigned logs = stage_wanted(request, "logs") ? READER_LOG : 0;
	unsigned state = stage_wanted(request, "state") ? READER_ARTEFACT | READER_HIVE : 0;

	unsigned events = stage_wanted(request, "events") ? READER_EVENTS : 0;

	return stage_wanted(request, "walk") ? content | logs | state | events : 0;
}

static int
examine(struct exam *exam, struct keeper *keeper, const struct sandbox *sandbox, unsigned *active)
{
	CLEANUP(control_free) struct control *control = NULL;
	uint64_t files;
	int r = prepare(exam);

	exam->reads = reads_wanted(exam->request);

	if (r == 0)
		r = stage_settings(exam);
	if (r == 0)
		r = progress_phase(exam->progress, PHASE_IDENTIFY, 0);
	if (r == 0) {
		r = exam_open(exam);
		if (r < 0 && !is_ours(r))
			return -ENXIO;
	}
	if (r == 0)
		r = sandbox_tighten(sandbox, active);
	if (r == 0)
		watch_protections(exam->watch, *active);
	if (r == 0)
		r = stage_identify(exam);
	if (r == 0 && stage_wanted(exam->request, "walk"))
		r = exam_sweep(exam);
	if (r == 0 && stage_wanted(exam->request, "walk"))
		r = registered_find(exam);
	if (r == 0 && stage_wanted(exam->request, "walk"))
		r = sites_find(exam);
	if (r == 0)
		r = control_begin(exam, keeper, &control);
	if (r == 0 && stage_wanted(exam->request, "walk"))
		r = stage_walk(exam);
	if (r == 0)
		r = stage_content(exam);
	if (r == 0)
		exam->progress->news.given = image_inflated(exam->image);
	if (r == 0)
		r = stage_control(exam, control);
	files = image_media(exam->image) ? image_media(exam->image)->size : 0;
	if (r == 0)
		r = progress_phase(exam->progress, PHASE_DONE, files);
	if (r == 0)
		r = progress_done(exam->progress, files);
	return r;
}

static int
end_status(int r)
{
	switch (r) {
	case 0:
		return EXIT_COMPLETE;
	case -ECANCELED:
		return EXIT_STOPPED;
	case -ENOMEM:
		return WORKER_FULL;
	default:
		return EXIT_FAILED;
	}
}

int
worker_run(const struct request *request, const struct profile *profile, const struct job *job, unsigned threads,
	   int fd)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	CLEANUP(keeper_stop) struct keeper *keeper = NULL;
	struct progress progress;
	struct exam exam = {
		.request = request,
		.profile = profile,
		.path = job->image,
		.name = job->name,
		.exhibit = job->exhibit,
		.threads = threads,
		.job_md5 = job->md5,
		.job_sha256 = job->sha256,
		.since = request->since_given ? request->since : profile_since(profile),
		.progress = &progress,
		.watch = job->watch,
	};
	bool changed = false;
	const struct sandbox sandbox = {
		.image = job->image, .folder = job->folder, .memory = request->memory, .threads = threads
	};
	char digest[65];
	unsigned active = 0;
	int r = control_wanted(request) ? keeper_start(job->image, &keeper) : 0; /* later no process may be started */

	progress_start(&progress, fd);
	profile_digest(profile, digest);
	exam_phase(&exam, PHASE_START);
	if (r == 0)
		r = sandbox_enter(&sandbox, &active);
	watch_protections(job->watch, active);
	if (r == 0)
		r = watch_guard(job->watch, sandbox_nothing, WORKER_STUCK);
	if (r < 0)
		return EXIT_FAILED;
	r = case_shard(job->shard, PACKAGE_VERSION, digest, &db);
	if (r == 0) {
		exam.db = db;
		r = examine(&exam, keeper, &sandbox, &active);
		if (r == -ESTALE)
			changed = true;
	}
	exam_close(&exam);
	if (r == -ENXIO || changed) {
		db = case_close(db);
		r = worker_resign(request, profile, job, fail_last());
		return r != EXIT_COMPLETE ? EXIT_FAILED : changed ? WORKER_CHANGED : WORKER_REFUSED;
	}
	return end_status(r);
}

/* What no worker could bring to an end is still an exhibit of the case, with a row that says so. */
static int
write_resignation(struct case_db *db, const struct job *job, const char *why)
{
	CLEANUP(text_free) struct text what = { 0 };
	struct stat st = { 0 };
	int r = text_printf(&what, "not examined to its end: %s", why);

	stat(job->image, &st);
	if (r == 0)
		r = case_evidence(db, &(struct evidence_row){ .name = job->name,
							      .format = "unknown",
							      .fingerprint = "",
							      .segments = 1,
							      .bytes = (uint64_t)st.st_size,
							      .hash_state = "not-computed",
							      .exhibit = job->exhibit });
	if (r == 0)
		r = case_limitation(
			db,
			&(struct limitation_row){
				.path = view_text(job->name), .mft = -1, .offset = -1, .what = what.s, .count = 1 });
	return r;
}

int
worker_resign(const struct request *request, const struct profile *profile, const struct job *job, const char *why)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct exam exam = { .request = request,
			     .profile = profile,
			     .since = request->since_given ? request->since : profile_since(profile) };
	char digest[65];
	int r;

	profile_digest(profile, digest);
	r = case_shard(job->shard, PACKAGE_VERSION, digest, &db);
	exam.db = db;
	if (r == 0)
		r = stage_settings(&exam);
	if (r == 0)
		r = case_begin(db, "content");
	if (r > 0)
		r = write_resignation(db, job, why);
	if (r == 0)
		r = case_commit(db);
	return r == 0 ? EXIT_COMPLETE : EXIT_FAILED;
}

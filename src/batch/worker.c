/* worker.c - one image, one process, one shard: the stages in their order. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "batch.h"
#include "config.h"
#include "exam.h"
#include "fail.h"
#include "judge.h"

static int
prepare(struct exam *exam)
{
	const struct rule *const *rules;
	const struct choice *choices;
	size_t rule_count = profile_rules(exam->profile, &rules), choice_count = profile_choices(exam->profile, &choices);

	exam->rule_hits = calloc(rule_count + OWN_RULES, sizeof(*exam->rule_hits));
	exam->tallies = calloc(choice_count + 1, sizeof(*exam->tallies));
	return exam->rule_hits && exam->tallies ? 0 : fail(ENOMEM, "out of memory for the counts of %s", exam->path);
}

/* Whether the user's list names a stage; without a list all are wanted. */
static bool
wanted(const struct request *request, const char *stage)
{
	size_t n = strlen(stage);

	for (const char *at = request->stages; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == n && !memcmp(at, stage, n))
			return true;
	return !request->stages;
}

/* What the case must be told for its rows to mean something; no clock, no host. */
static int
write_settings(struct exam *exam)
{
	char digest[65], since[24];
	int r;

	snprintf(since, sizeof(since), "%" PRIu64, exam->since);

	profile_digest(exam->profile, digest);
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
			r = case_event(exam->db, &(struct event_row){ .when = dates[i].when, .kind = "public.date",
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

static int
examine(struct exam *exam)
{
	int r = prepare(exam);

	if (r == 0)
		r = progress_phase(exam->progress, PHASE_IDENTIFY, 0);
	if (r == 0)
		r = exam_open(exam);
	if (r == 0)
		r = stage_settings(exam);
	if (r == 0 && wanted(exam->request, "walk"))
		r = exam_sweep(exam);
	if (r == 0 && wanted(exam->request, "walk"))
		r = stage_walk(exam);
	if (r == 0)
		r = stage_content(exam, wanted(exam->request, "content"));
	if (r == 0)
		r = progress_phase(exam->progress, PHASE_DONE, 0);
	return r;
}

int
worker_run(const struct request *request, const struct profile *profile, const struct job *job, unsigned threads, int fd)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct progress progress;
	struct exam exam = {
		.request = request, .profile = profile, .path = job->image, .exhibit = job->exhibit, .threads = threads,
		.since = request->since_given ? request->since : profile_since(profile), .progress = &progress,
	};
	char digest[65];
	int r;

	progress_start(&progress, fd);
	profile_digest(profile, digest);
	r = case_shard(job->shard, PACKAGE_VERSION, digest, &db);
	if (r == 0) {
		exam.db = db;
		r = examine(&exam);
	}
	exam_close(&exam);
	return r == 0 ? EXIT_COMPLETE : r == -ECANCELED ? EXIT_STOPPED : EXIT_FAILED;
}

/* What no worker could bring to an end is still an exhibit of the case, with a row that says so. */
static int
write_resignation(struct case_db *db, const struct job *job)
{
	CLEANUP(text_free) struct text what = { 0 };
	const char *name = strrchr(job->image, '/') + 1, *phase = phase_name((enum phase)job->news.phase);
	struct stat st = { 0 };
	int r = job->signal ? text_printf(&what, "not examined to its end: the worker was ended by signal %d in '%s'", job->signal, phase) :
			      text_printf(&what, "not examined to its end: it failed in '%s'", phase);

	stat(job->image, &st);
	if (r == 0)
		r = case_evidence(db, &(struct evidence_row){ .name = name, .format = "unknown", .fingerprint = "", .segments = 1,
							      .bytes = (uint64_t)st.st_size, .hash_state = "not-computed",
							      .exhibit = job->exhibit });
	if (r == 0)
		r = case_limitation(db, &(struct limitation_row){ .path = view_text(name), .mft = -1, .offset = -1, .what = what.s,
								  .count = 1 });
	return r;
}

int
worker_resign(const struct request *request, const struct profile *profile, const struct job *job)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct exam exam = { .request = request, .profile = profile,
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
		r = write_resignation(db, job);
	if (r == 0)
		r = case_commit(db);
	return r == 0 ? EXIT_COMPLETE : EXIT_FAILED;
}

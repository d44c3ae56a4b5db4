/* triage.c - the whole run: images to workers, shards to one case, the case to a verdict, and a record of it all. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "case.h"
#include "config.h"
#include "exam.h"
#include "fail.h"
#include "file.h"
#include "sandbox.h"
#include "supervise.h"
#include "verdict.h"

/* A shard that is as whole as it will ever be. */
static bool
ended(const struct job *job)
{
	return job->state == JOB_DONE || job->state == JOB_REFUSED || job->state == JOB_CHANGED ||
	       job->state == JOB_CRASHED;
}

static int
merge(struct batch *b)
{
	CLEANUP(free) const char **shards = calloc(b->jobs.n, sizeof(*shards));
	size_t n = 0;
	int r = shards ? 0 : fail(ENOMEM, "out of memory for the case");

	for (size_t i = 0; i < b->jobs.n && r == 0; i++) {
		struct job *job = &b->jobs.at[i];

		if (job->state == JOB_CRASHED)
			r = worker_give_up(b, job);
		if (ended(job))
			shards[n++] = job->shard;
	}
	if (r == 0 && n)
		r = case_merge(b->folder, shards, n, verdict_judge, NULL, b->digest);
	for (size_t i = 0; i < b->jobs.n && (r == 0 || r == -EEXIST); i++)
		if (ended(&b->jobs.at[i]))
			folder_remove(b->jobs.at[i].folder);
	rmdir(b->work);
	return r;
}

/* What this host takes for its own time zone and language; nothing in the case depends on either. */
static int
add_habits(struct text *line)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *zone = getenv("TZ"), *locale = NULL;
	time_t now = time(NULL);
	char offset[64] = "";
	struct tm tm;
	int r;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !(locale && locale[0]); i++)
		locale = getenv(names[i]);
	if (localtime_r(&now, &tm))
		strftime(offset, sizeof(offset), "%z %Z", &tm);
	r = log_text(line, "zone", view_text(offset));
	if (r == 0)
		r = log_text(line, "zone_asked", view_text(zone ? zone : ""));
	return r < 0 ? r : log_text(line, "locale", view_text(locale ? locale : ""));
}

/* Who ran it, where, and as what. */
static int
add_host(struct text *line)
{
	CLEANUP(free) char *cwd = getcwd(NULL, 0);
	const struct passwd *user = getpwuid(geteuid());
	struct utsname host;
	int r = uname(&host) < 0 ? -errno : log_text(line, "host", view_text(host.nodename));

	if (r == 0)
		r = log_text(line, "system", view_text(host.sysname));
	if (r == 0)
		r = log_text(line, "release", view_text(host.release));
	if (r == 0)
		r = log_text(line, "machine", view_text(host.machine));
	if (r == 0)
		r = add_habits(line);
	if (r == 0)
		r = log_number(line, "uid", geteuid());
	if (r == 0)
		r = log_text(line, "user", view_text(user ? user->pw_name : ""));
	return r < 0 ? r : log_text(line, "folder", view_text(cwd ? cwd : ""));
}

static int
log_start(struct batch *b)
{
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65];
	int r = log_list(&line, "arguments", (const char *const *)b->request->argv, (size_t)b->request->argc);

	profile_digest(b->profile, digest);
	if (r == 0)
		r = log_text(&line, "version", view_text(PACKAGE_VERSION));
	if (r == 0)
		r = log_text(&line, "profile", view_text(profile_id(b->profile)));
	if (r == 0)
		r = log_text(&line, "profile_sha256", view_text(digest));
	if (r == 0)
		r = log_credentials(b->request, &line);
	if (r == 0)
		r = add_host(&line);
	return r < 0 ? r : runlog_add(b->log, "start", line.s);
}

/* What held while the image was read; what did not is said to the user, too. */
static int
log_protections(const struct job *job, struct text *line)
{
	CLEANUP(text_free) struct text active = { 0 };
	CLEANUP(text_free) struct text lacking = { 0 };
	unsigned mask = job->watch ? watch_active(job->watch) : 0;
	int r = protection_names(mask, &active);

	if (r == 0)
		r = protection_names(~mask & PROTECT_ALL, &lacking);
	if (r == 0)
		r = log_text(line, "protections", text_view(&active));
	if (r == 0)
		r = log_text(line, "protections_not_active", text_view(&lacking));
	if (r == 0 && mask && mask != PROTECT_ALL)
		say("%s: not all protections were active while it was read: %s", job->image, lacking.s);
	return r;
}

static int
log_jobs(struct batch *b)
{
	int r = 0;

	for (size_t i = 0; i < b->jobs.n && r == 0; i++) {
		const struct job *job = &b->jobs.at[i];
		CLEANUP(text_free) struct text line = { 0 };

		r = log_text(&line, "image", view_text(job->image));
		if (r == 0)
			r = log_text(&line, "state", view_text(job_state_name(job->state)));
		if (r == 0)
			r = log_number(&line, "tries", job->tries);
		if (r == 0)
			r = log_number(&line, "signal", job->signal);
		if (r == 0)
			r = log_number(&line, "findings", (int64_t)job->news.findings);
		if (r == 0)
			r = log_number(&line, "bytes_asked", (int64_t)job->news.asked);
		if (r == 0)
			r = log_number(&line, "bytes_given", (int64_t)job->news.given);
		if (r == 0)
			r = log_protections(job, &line);
		if (r == 0)
			r = runlog_add(b->log, "image", line.s);
	}
	return r;
}

static int
log_end(struct batch *b, int status)
{
	CLEANUP(text_free) struct text line = { 0 };
	CLEANUP(free) char *path = path_join(b->folder, "case.db");
	int r = 0;

	if (!b->digest[0] && path && access(path, F_OK) == 0) /* nothing came of this run: the case is what it was */
		r = case_digest(b->folder, b->digest);
	if (r == 0)
		r = log_number(&line, "status", status);
	if (r == 0)
		r = log_text(&line, "case_sha256", view_text(b->digest));
	return r < 0 ? r : runlog_add(b->log, "end", line.s);
}

static unsigned
count_state(const struct batch *b, enum job_state state)
{
	unsigned n = 0;

	for (size_t i = 0; i < b->jobs.n; i++)
		n += b->jobs.at[i].state == state;
	return n;
}

static int
status_of(const struct batch *b)
{
	if (count_state(b, JOB_STOPPED) || count_state(b, JOB_WAITING))
		return EXIT_STOPPED;
	if (count_state(b, JOB_CHANGED))
		return EXIT_MISMATCH;
	if (count_state(b, JOB_BROKEN) || !count_state(b, JOB_DONE))
		return EXIT_FAILED;
	return verdict_status(b->folder, b->request);
}

static int
run(struct batch *b)
{
	unsigned jobs = b->request->jobs ? (unsigned)b->request->jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	int status, r;

	b->parallel = jobs < b->jobs.n ? jobs : (unsigned)b->jobs.n;
	b->threads = jobs / b->parallel ? jobs / b->parallel : 1;
	b->threads = b->threads < WATCH_THREADS ? b->threads : WATCH_THREADS;
	r = case_folder_open(b);
	if (r == 0)
		r = log_start(b);
	if (r < 0)
		return EXIT_FAILED;
	stop_watch();
	display_start(&b->display, b->request);
	r = workers_run(b);
	if (r == 0)
		r = log_jobs(b);
	if (r == 0)
		r = merge(b);
	if (r == 0 && (count_state(b, JOB_DONE) || count_state(b, JOB_REFUSED)))
		r = log_opened(b);
	status = r < 0 ? EXIT_FAILED : status_of(b);
	return log_end(b, status) < 0 ? EXIT_FAILED : status;
}

static void
put_away(struct batch *b)
{
	runlog_close(b->log);
	jobs_free(&b->jobs);
	profile_free(b->profile);
	if (b->lock >= 0)
		close(b->lock);
	free(b->folder);
	free(b->work);
}

/* A rule that cannot be used must not be missed in silence; the case has a row for each. */
static void
say_faults(const struct profile *profile)
{
	const struct profile_complaint *complaints;
	size_t n = profile_complaints(profile, &complaints), faults = 0;

	for (size_t i = 0; i < n; i++)
		faults += complaints[i].fatal;
	if (faults)
		say("profile %s has %zu faults, and what they name is not used: see 'postmortem profile lint' and "
		    "'postmortem rules'",
		    profile_id(profile), faults);
}

int
batch_triage(const struct request *request, char **ret_folder)
{
	static const char *const usual[] = { "hafnium" };
	struct batch b = { .request = request, .lock = -1 };
	bool content = stage_wanted(request, "content");
	int r = jobs_gather(request, &b.jobs), status = EXIT_FAILED;

	if (r == 0)
		r = request->profile_count
			    ? profile_load(request->profiles, request->profile_count, content, &b.profile)
			    : profile_load(usual, 1, content, &b.profile);
	if (r == 0)
		r = tell_sources(b.profile);
	if (r == 0)
		say_faults(b.profile);
	if (r == 0 && b.jobs.n)
		status = run(&b);
	*ret_folder = b.folder ? strdup(b.folder) : NULL;
	put_away(&b);
	return status;
}

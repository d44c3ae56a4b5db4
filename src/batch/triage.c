/* triage.c - the whole run: images to workers, shards to one case, the case to a verdict, and a record of it all. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "case.h"
#include "config.h"
#include "fail.h"
#include "file.h"
#include "supervise.h"
#include "verdict.h"

/* A shard that is as whole as it will ever be. */
static bool
ended(const struct job *job)
{
	return job->state == JOB_DONE || job->state == JOB_REFUSED || job->state == JOB_CRASHED;
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
		r = case_merge(b->folder, shards, n, verdict_judge, NULL);
	for (size_t i = 0; i < b->jobs.n && (r == 0 || r == -EEXIST); i++)
		if (ended(&b->jobs.at[i]))
			folder_remove(b->jobs.at[i].folder);
	rmdir(b->work);
	return r;
}

/* Who ran it, where, and as what. */
static int
add_host(struct text *line)
{
	CLEANUP(free) char *cwd = getcwd(NULL, 0);
	const struct passwd *user = getpwuid(geteuid());
	struct utsname host;
	int r = uname(&host) < 0 ? -errno : text_adds(line, ",\"host\":\"");

	if (r == 0)
		r = text_add_json(line, view_text(host.nodename));
	if (r == 0)
		r = text_printf(line, "\",\"system\":\"%s %s %s\",\"uid\":%u,\"user\":\"", host.sysname, host.release,
				host.machine, (unsigned)geteuid());
	if (r == 0)
		r = text_add_json(line, view_text(user ? user->pw_name : ""));
	if (r == 0)
		r = text_adds(line, "\",\"folder\":\"");
	if (r == 0)
		r = text_add_json(line, view_text(cwd ? cwd : ""));
	return r < 0 ? r : text_addc(line, '"');
}

static int
log_start(struct batch *b)
{
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65];
	int r = 0;

	profile_digest(b->profile, digest);
	for (int i = 0; i < b->request->argc && r == 0; i++) {
		r = text_adds(&line, i ? ",\"" : "\"arguments\":[\"");
		if (r == 0)
			r = text_add_json(&line, view_text(b->request->argv[i]));
		if (r == 0)
			r = text_addc(&line, '"');
	}
	if (r == 0)
		r = text_printf(&line, "],\"version\":\"%s\",\"profile\":\"%s\",\"profile_sha256\":\"%s\"",
				PACKAGE_VERSION, profile_id(b->profile), digest);
	if (r == 0)
		r = add_host(&line);
	return r < 0 ? r : runlog_add(b->log, "start", line.s);
}

static int
log_jobs(struct batch *b)
{
	int r = 0;

	for (size_t i = 0; i < b->jobs.n && r == 0; i++) {
		const struct job *job = &b->jobs.at[i];
		CLEANUP(text_free) struct text line = { 0 };

		r = text_adds(&line, "\"image\":\"");
		if (r == 0)
			r = text_add_json(&line, view_text(job->image));
		if (r == 0)
			r = text_printf(&line, "\",\"state\":\"%s\",\"tries\":%u,\"signal\":%d,\"findings\":%" PRIu64,
					job_state_name(job->state), job->tries, job->signal, job->news.findings);
		if (r == 0)
			r = runlog_add(b->log, "image", line.s);
	}
	return r;
}

static int
log_end(struct batch *b, int status)
{
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65] = "";
	CLEANUP(free) char *path = path_join(b->folder, "case.db");
	int r = 0;

	if (path && access(path, F_OK) == 0)
		r = case_digest(b->folder, digest);
	if (r == 0)
		r = text_printf(&line, "\"status\":%d,\"case_sha256\":\"%s\"", status, digest);
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
	int r = jobs_gather(request, &b.jobs), status = EXIT_FAILED;

	if (r == 0)
		r = request->profile_count ? profile_load(request->profiles, request->profile_count, &b.profile)
					   : profile_load(usual, 1, &b.profile);
	if (r == 0)
		say_faults(b.profile);
	if (r == 0 && b.jobs.n)
		status = run(&b);
	*ret_folder = b.folder ? strdup(b.folder) : NULL;
	put_away(&b);
	return status;
}

/* supervisor.c - starts a worker process for each image and watches it to its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "fail.h"
#include "sandbox.h"
#include "supervise.h"

enum { POLL_MS = 100, SILENT_SECONDS = 60 };

/* The news are all that it keeps; what belongs to other workers it never sees again. */
static void
be_worker(struct batch *b, struct job *job, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (size_t i = 0; i < b->jobs.n; i++)
		if (&b->jobs.at[i] != job)
			watch_close(b->jobs.at[i].watch);
	if (sandbox_descriptors(fd) < 0)
		_exit(EXIT_FAILED);
	_exit(worker_run(b->request, b->profile, job, job->alone ? 1 : b->threads, fd));
}

static int
prepare_watch(struct job *job)
{
	int r = job->watch ? 0 : watch_open(&job->watch);

	if (r < 0)
		return r;
	watch_clear(job->watch);
	watch_set_asides(job->watch, job->asides.at, job->asides.n);
	job->ticks = job->silent_since = 0;
	return 0;
}

static int
start(struct batch *b, struct job *job)
{
	int ends[2], r = prepare_watch(job);

	if (r < 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "no pipe for a worker: %s", strerror(errno));
	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0) {
		close(ends[0]);
		be_worker(b, job, ends[1]);
	}
	close(ends[1]);
	if (job->pid < 0) {
		close(ends[0]);
		return fail(errno, "cannot start a worker: %s", strerror(errno));
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	job->fd = ends[0];
	job->state = JOB_RUNNING;
	job->tries++;
	b->running++;
	return 0;
}

/* News come whole, since they are smaller than PIPE_BUF; what is not valid is passed over. */
static void
listen_to(struct job *job)
{
	struct news news;

	while (read(job->fd, &news, sizeof(news)) == (ssize_t)sizeof(news))
		if (news_valid(&news))
			job->news = news;
}

/* What has come of a worker that said so itself. */
static enum job_state
state_of(int status)
{
	switch (WEXITSTATUS(status)) {
	case EXIT_COMPLETE:
		return JOB_DONE;
	case WORKER_REFUSED:
		return JOB_REFUSED;
	case WORKER_CHANGED:
		return JOB_CHANGED;
	case EXIT_STOPPED:
		return JOB_STOPPED;
	default:
		return stop_asked() ? JOB_STOPPED : JOB_BROKEN;
	}
}

static int
log_restart(struct batch *b, const struct job *job, const char *how, const struct text *units)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = log_text(&line, "image", view_text(job->image));

	if (r == 0)
		r = log_text(&line, "death", view_text(how));
	if (r == 0)
		r = log_text(&line, "at", view_text(units->s ? units->s : ""));
	if (r == 0)
		r = log_number(&line, "set_aside", (int64_t)job->asides.n);
	return r < 0 ? r : runlog_add(b->log, "restart", line.s);
}

/* A worker died of what it read, or of nothing that could be named. */
static int
bury(struct batch *b, struct job *job, int status)
{
	CLEANUP(text_free) struct text units = { 0 };
	char how[64];
	bool again = job_blame(job, status, &units);

	death_text(status, how);
	job->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	/* an image that needs more memory as a whole is as good as before, and can be had with more */
	job->state = again ? JOB_WAITING : status_is_full(status) ? JOB_BROKEN : JOB_CRASHED;
	snprintf(job->death, sizeof(job->death), "%s", how);
	fail(EIO, "%s: its phase '%s' %s (%s)%s", job->image, phase_name((enum phase)job->news.phase), how,
	     units.n ? units.s : "the image as a whole", again ? "; trying once more" : "");
	if (job->state == JOB_BROKEN)
		say("%s: --memory gives a worker more than the usual %d MiB", job->image, SANDBOX_MEMORY);
	return log_restart(b, job, how, &units);
}

static int
end(struct batch *b, struct job *job, int status)
{
	listen_to(job);
	close(job->fd);
	job->fd = -1;
	b->running--;
	if (!status_is_death(status) || stop_asked()) {
		job->state = WIFSIGNALED(status) ? JOB_STOPPED : state_of(status);
		return 0;
	}
	return bury(b, job, status);
}

static int
reap(struct batch *b)
{
	int status, r = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < b->jobs.n; i++)
			if (b->jobs.at[i].state == JOB_RUNNING && b->jobs.at[i].pid == pid &&
			    end(b, &b->jobs.at[i], status) < 0)
				r = -EIO;
	return r;
}

static uint64_t
processor_time(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* A worker's guard ends it when it gets stuck. One whose guard is silent, though it runs, is no worker of ours. */
static void
end_silent(struct job *job)
{
	uint64_t ticks = watch_ticks(job->watch), now = processor_time(job->pid);

	if (ticks != job->ticks || !job->silent_since) {
		job->ticks = ticks;
		job->silent_since = now;
	} else if (now > job->silent_since && now - job->silent_since > SILENT_SECONDS * UINT64_C(1000000000)) {
		kill(job->pid, SIGKILL);
	}
}

/* Lets the disk begin with what a worker has written so far, so that its commit waits for less. */
static void
write_early(const struct job *job)
{
	int fd = open(job->shard, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return; /* there is none yet */
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	close(fd);
}

static void
wait_for_news(struct batch *b)
{
	VECTOR(struct pollfd) fds = { 0 };

	for (size_t i = 0; i < b->jobs.n; i++) {
		struct pollfd *fd = b->jobs.at[i].state == JOB_RUNNING ? vector_push(&fds) : NULL;

		if (fd)
			*fd = (struct pollfd){ .fd = b->jobs.at[i].fd, .events = POLLIN };
	}
	poll(fds.at, fds.n, POLL_MS);
	vector_free(&fds);
	for (size_t i = 0; i < b->jobs.n; i++)
		if (b->jobs.at[i].state == JOB_RUNNING)
			listen_to(&b->jobs.at[i]);
}

static int
start_waiting(struct batch *b)
{
	int r = 0;

	for (size_t i = 0; i < b->jobs.n && r == 0 && b->running < b->parallel && !stop_asked(); i++)
		if (b->jobs.at[i].state == JOB_WAITING)
			r = start(b, &b->jobs.at[i]);
	return r;
}

static void
pass_on_stop(const struct batch *b)
{
	for (size_t i = 0; i < b->jobs.n; i++)
		if (b->jobs.at[i].state == JOB_RUNNING)
			kill(b->jobs.at[i].pid, SIGTERM);
}

int
workers_run(struct batch *b)
{
	bool told = false;
	int r = start_waiting(b);

	while (b->running) {
		wait_for_news(b);
		for (size_t i = 0; i < b->jobs.n; i++)
			if (b->jobs.at[i].state == JOB_RUNNING) {
				end_silent(&b->jobs.at[i]);
				write_early(&b->jobs.at[i]);
			}
		if (reap(b) < 0 && r == 0)
			r = -EIO;
		if ((stop_asked() || r < 0) && !told) {
			pass_on_stop(b);
			told = true;
		}
		if (r == 0)
			r = start_waiting(b);
		display_show(&b->display, &b->jobs, false);
	}
	display_show(&b->display, &b->jobs, true);
	return r;
}

int
worker_give_up(struct batch *b, struct job *job)
{
	char why[160];
	int status;
	pid_t pid;

	snprintf(why, sizeof(why), "its phase '%s' %s, again and again", phase_name((enum phase)job->news.phase),
		 job->death);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return fail(errno, "cannot start a worker: %s", strerror(errno));
	if (pid == 0)
		_exit(worker_resign(b->request, b->profile, job, why));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(errno, "lost a worker: %s", strerror(errno));
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_COMPLETE
		       ? 0
		       : fail(EIO, "%s: nothing could be noted of it", job->image);
}

const char *
job_state_name(enum job_state state)
{
	static const char *const names[JOB_STATES] = { "waiting", "running", "done",   "refused",
						       "changed", "crashed", "broken", "stopped" };

	return names[state];
}

/* supervisor.c - starts a worker process for each image and watches it to its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "fail.h"
#include "supervise.h"

enum { TRIES_MAX = 2, POLL_MS = 100 };

static void
be_worker(struct batch *b, struct job *job, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (size_t i = 0; i < b->jobs.n; i++)
		if (b->jobs.at[i].fd >= 0)
			close(b->jobs.at[i].fd);
	close(b->lock);
	_exit(worker_run(b->request, b->profile, job, b->threads, fd));
}

static int
start(struct batch *b, struct job *job)
{
	int ends[2];

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

static void
end(struct batch *b, struct job *job, int status)
{
	bool crashed = WIFSIGNALED(status);

	listen_to(job);
	close(job->fd);
	job->fd = -1;
	b->running--;
	job->signal = crashed ? WTERMSIG(status) : 0;
	if (!crashed && WEXITSTATUS(status) == EXIT_COMPLETE)
		job->state = JOB_DONE;
	else if (!crashed && WEXITSTATUS(status) == WORKER_REFUSED)
		job->state = JOB_REFUSED;
	else if (stop_asked() || (!crashed && WEXITSTATUS(status) == EXIT_STOPPED))
		job->state = JOB_STOPPED;
	else
		job->state = !crashed ? JOB_BROKEN : job->tries < TRIES_MAX ? JOB_WAITING : JOB_CRASHED;
	if (crashed)
		fail(EIO, "%s: the worker was ended by signal %d (%s) in its phase '%s'%s", job->image, job->signal,
		     strsignal(job->signal), phase_name((enum phase)job->news.phase),
		     job->state == JOB_WAITING ? "; trying once more" : "");
}

static void
reap(struct batch *b)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < b->jobs.n; i++)
			if (b->jobs.at[i].state == JOB_RUNNING && b->jobs.at[i].pid == pid)
				end(b, &b->jobs.at[i], status);
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
		reap(b);
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

	snprintf(why, sizeof(why), "the worker was ended by signal %d (%s) in its phase '%s'", job->signal,
		 strsignal(job->signal), phase_name((enum phase)job->news.phase));
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
						       "crashed", "broken",  "stopped" };

	return names[state];
}

/* keeper.c - starts libtsk on an exhibit in a process that may crash, hang or eat memory, and says how it ended. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fail.h"
#include "image.h"
#include "progress.h"
#include "sandbox.h"

enum {
	REQUESTS = 3, /* descriptors of the keeper */
	ANSWERS = 4,
	OTHERS = 5,
	POLL_MS = 200,
	HOURS = 4 * 3600, /* of processor time for one request, whatever it does to its own limits */
};

struct keeper {
	pid_t pid;
	int requests, answers;
	struct control_reader reader;
};

/* ---- the process that looks ---- */

/* Each step has its own time, counted in that of the processor: a busy host makes no difference. */
static void
arm(void)
{
	struct rusage used;
	rlim_t seconds = 0;

	if (getrusage(RUSAGE_SELF, &used) == 0)
		seconds = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1);
	setrlimit(RLIMIT_CPU, &(struct rlimit){ .rlim_cur = seconds + CONTROL_SECONDS, .rlim_max = HOURS });
}

static int
look(const char *path, const struct control_request *request, const struct control_want *wants)
{
	const struct sandbox sandbox = { .image = path, .memory = CONTROL_MEMORY, .threads = 1 };
	CLEANUP(image_close) struct image *image = NULL;
	char fingerprint[33];
	unsigned active;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	arm();
	r = sandbox_enter(&sandbox, &active);
	if (r == 0)
		r = image_open(path, NULL, &image);
	if (r == 0)
		r = image_fingerprint(image, fingerprint);
	if (r == 0)
		r = sandbox_tighten(&sandbox, &active);
	if (r == 0)
		r = control_tell_hello(ANSWERS, fingerprint);
	return r < 0 ? r : control_answer(request, wants, image_media(image), ANSWERS, arm);
}

/* ---- the keeper ---- */

/* Waits until the process has ended; kills it when nobody waits for its answer any more. */
static int
watch(pid_t pid, int life)
{
	struct pollfd fds[2] = { { .fd = life }, { .fd = REQUESTS } };
	int status = 0;

	while (!(fds[0].revents & (POLLHUP | POLLERR)) && !(fds[1].revents & (POLLHUP | POLLERR)))
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
	if (!(fds[0].revents & (POLLHUP | POLLERR)))
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return control_tell_gone(ANSWERS, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
				 WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

/* The end of `life` that the process holds closes with it, however it ends. */
static int
attempt(const char *path, const struct control_request *request, const struct control_want *wants)
{
	int life[2], r;
	pid_t pid;

	if (pipe2(life, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(life[0]);
		close(REQUESTS);
		_exit(look(path, request, wants) < 0 ? 1 : 0);
	}
	close(life[1]);
	r = pid < 0 ? -errno : watch(pid, life[0]);
	close(life[0]);
	return r;
}

/* Reads all of n bytes: 1, 0 at the end, or negative. */
static int
read_whole(int fd, void *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, (char *)bytes + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		at += (size_t)got;
	}
	return 1;
}

static int
serve(const char *path)
{
	CLEANUP(free) struct control_want *wants = calloc(CONTROL_WANTS_MAX, sizeof(*wants));
	struct control_request request;
	int r = wants ? 1 : -ENOMEM;

	while (r > 0 && (r = read_whole(REQUESTS, &request, sizeof(request))) > 0) {
		if (!control_request_valid(&request))
			return -EBADMSG;
		r = request.wants ? read_whole(REQUESTS, wants, request.wants * sizeof(*wants)) : 1;
		for (uint32_t i = 0; i < request.wants && r > 0; i++)
			if (wants[i].name_n > sizeof(wants[i].name))
				return -EBADMSG;
		if (r > 0)
			r = attempt(path, &request, wants) < 0 ? -EIO : 1;
	}
	return r;
}

/* Holds its two pipes, and nothing else that the worker had open. */
static int
settle(int requests, int answers)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r = fcntl(requests, F_DUPFD, OTHERS + 2), a = fcntl(answers, F_DUPFD, OTHERS + 2);

	if (null < 0 || r < 0 || a < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	if (dup2(r, REQUESTS) < 0 || dup2(a, ANSWERS) < 0 || close_range(OTHERS, ~0u, 0) < 0)
		return -errno;
	return 0;
}

/* A stop is for the worker to see, which then closes the pipe. */
static void
be_keeper(const char *image, int requests, int answers)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	_exit(settle(requests, answers) < 0 || serve(image) < 0);
}

/* ---- the worker's side ---- */

int
keeper_start(const char *image, struct keeper **ret_keeper)
{
	CLEANUP(keeper_stop) struct keeper *keeper = calloc(1, sizeof(*keeper));
	int requests[2], answers[2];

	if (!keeper)
		return fail(ENOMEM, "out of memory for the second opinion on %s", image);
	keeper->requests = keeper->answers = -1;
	if (pipe2(requests, O_CLOEXEC) < 0)
		return fail(errno, "no pipe for the second opinion: %s", strerror(errno));
	keeper->requests = requests[1];
	if (pipe2(answers, O_CLOEXEC) < 0) {
		close(requests[0]);
		return fail(errno, "no pipe for the second opinion: %s", strerror(errno));
	}
	keeper->answers = answers[0];
	fflush(NULL);
	keeper->pid = fork();
	if (keeper->pid == 0)
		be_keeper(image, requests[0], answers[1]);
	close(requests[0]);
	close(answers[1]);
	if (keeper->pid < 0)
		return fail(errno, "cannot start a process for the second opinion: %s", strerror(errno));
	*ret_keeper = TAKE(keeper);
	return 0;
}

struct keeper *
keeper_stop(struct keeper *keeper)
{
	if (!keeper)
		return NULL;
	if (keeper->requests >= 0)
		close(keeper->requests);
	if (keeper->answers >= 0)
		close(keeper->answers);
	if (keeper->pid > 0)
		while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
			;
	control_reader_free(&keeper->reader);
	free(keeper);
	return NULL;
}

static int
put(int fd, const void *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t done = write(fd, (const char *)bytes + at, n - at);

		if (done < 0 && errno != EINTR)
			return -EBADMSG; /* it is gone */
		at += done > 0 ? (size_t)done : 0;
	}
	return 0;
}

/* One piece of the answer: 0, -EAGAIN when none came in time, or negative. */
static int
hear_piece(struct keeper *keeper)
{
	uint8_t block[65536];
	struct pollfd fd = { .fd = keeper->answers, .events = POLLIN };
	int ready = poll(&fd, 1, POLL_MS);
	ssize_t n;

	if (ready <= 0)
		return ready == 0 || errno == EINTR ? -EAGAIN : -EBADMSG;
	n = read(keeper->answers, block, sizeof(block));
	if (n <= 0)
		return n < 0 && errno == EINTR ? -EAGAIN : -EBADMSG;
	return control_feed(&keeper->reader, view_of(block, (size_t)n));
}

int
keeper_ask(struct keeper *keeper, const struct control_request *request, const struct control_want *wants,
	   struct control_ear *ear)
{
	uint64_t heard = clock_ms();
	int r = put(keeper->requests, request, sizeof(*request));

	if (r == 0 && request->wants)
		r = put(keeper->requests, wants, request->wants * sizeof(*wants));
	keeper->reader.ear = ear;
	keeper->reader.gone = false;
	while (r == 0 && !keeper->reader.gone) {
		r = hear_piece(keeper);
		if (r == 0)
			heard = clock_ms();
		else if (r == -EAGAIN) /* its processor time ends it earlier, unless it waits or has got around that */
			r = clock_ms() - heard > 1000u * CONTROL_PATIENCE ? -EBADMSG : 0;
		if (stop_asked())
			r = -ECANCELED;
	}
	return r;
}

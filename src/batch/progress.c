/* progress.c - a worker's end of the pipe on which it tells how far it is. */
#include "progress.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { EVERY_MS = 100 };

static volatile sig_atomic_t stop; /* the one thing a signal handler may touch */

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

bool
stop_asked(void)
{
	return stop;
}

void
stop_watch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

const char *
phase_name(enum phase phase)
{
	static const char *const names[PHASES] = { "start", "identify", "walk", "content", "verify", "done" };

	return names[phase];
}

bool
news_valid(const struct news *news)
{
	return news->magic == NEWS_MAGIC && news->phase < PHASES && news->done <= news->total;
}

uint64_t
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Smaller than PIPE_BUF, so that it arrives whole or not at all; a supervisor that is gone is no failure of ours. */
static void
tell(struct progress *p)
{
	p->told = clock_ms();
	if (p->fd >= 0 && write(p->fd, &p->news, sizeof(p->news)) < 0 && errno == EPIPE)
		p->fd = -1;
}

void
progress_start(struct progress *p, int fd)
{
	*p = (struct progress){ .fd = fd, .started = clock_ms(), .news.magic = NEWS_MAGIC };
}

int
progress_phase(struct progress *p, enum phase phase, uint64_t total)
{
	if (p->news.phase == PHASE_WALK || p->news.phase == PHASE_CONTENT)
		p->news.asked += p->news.done;
	p->news.phase = phase;
	p->news.done = 0;
	p->news.total = total;
	tell(p);
	return stop ? -ECANCELED : 0;
}

int
progress_done(void *state, uint64_t done)
{
	struct progress *p = state;

	p->news.done = done < p->news.total ? done : p->news.total;
	if (clock_ms() - p->told >= EVERY_MS)
		tell(p);
	return stop ? -ECANCELED : 0;
}

void
progress_finding(struct progress *p)
{
	if (!p->news.findings++) {
		uint64_t ms = clock_ms() - p->started;

		p->news.first_finding = ms ? ms : 1;
		tell(p);
	}
}

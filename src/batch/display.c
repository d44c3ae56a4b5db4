/* display.c - how far the work is, on a terminal, line by line, or as JSON. */
#include <inttypes.h>
#include <string.h>

#include "batch.h"
#include "text.h"

enum { LINEAR_MS = 5000, WINDOW_MS = 200, ROWS_SHOWN = 16 };

void
display_start(struct display *d, const struct request *request)
{
	*d = (struct display){ .view = request->status_view, .started = clock_ms() };
	if (d->view == STATUS_AUTO)
		d->view = request->quiet ? STATUS_NONE : isatty(STDERR_FILENO) ? STATUS_WINDOW : STATUS_LINEAR;
}

static const char *
name_of(const struct job *job)
{
	const char *slash = strrchr(job->image, '/');

	return slash ? slash + 1 : job->image;
}

static const char *
state_of(const struct job *job)
{
	return job->state == JOB_RUNNING ? phase_name((enum phase)job->news.phase) : job_state_name(job->state);
}

/* Seconds left of the phase by its own rate so far, 0 where that cannot be said. */
static uint64_t
left(const struct job *job, uint64_t elapsed)
{
	const struct news *n = &job->news;

	if (job->state != JOB_RUNNING || !n->done || n->done >= n->total)
		return 0;
	return (uint64_t)((double)elapsed * (double)(n->total - n->done) / (double)n->done / 1000);
}

static void
print_json(const struct job *job, uint64_t elapsed)
{
	struct text line = { 0 };
	const struct news *n = &job->news;

	if (text_adds(&line, "{\"image\":\"") == 0 && text_add_json(&line, view_text(name_of(job))) == 0 &&
	    text_printf(&line,
			"\",\"phase\":\"%s\",\"bytes\":%" PRIu64 ",\"total\":%" PRIu64 ",\"files\":%" PRIu64
			",\"rate\":%" PRIu64 ",\"eta\":%" PRIu64 ",\"findings\":%" PRIu64
			",\"first_finding_ms\":%" PRIu64 ",\"elapsed_ms\":%" PRIu64 "}\n",
			state_of(job), n->done, n->total, n->files, elapsed ? n->done * 1000 / elapsed : 0,
			left(job, elapsed), n->findings, n->first_finding, elapsed) == 0)
		fwrite(line.s, 1, line.n, stderr);
	text_free(&line);
}

static void
print_end(const struct job *job)
{
	struct text line = { 0 };

	if (text_add_escaped(&line, view_text(name_of(job))) == 0)
		fprintf(stderr, "%s  %s, %" PRIu64 " files, %" PRIu64 " findings\n", line.s, state_of(job),
			job->news.files, job->news.findings);
	text_free(&line);
}

static void
print_line(const struct job *job, uint64_t elapsed)
{
	struct text line = { 0 };
	const struct news *n = &job->news;
	unsigned percent = n->total ? (unsigned)((double)n->done * 100 / (double)n->total) : 0;

	if (text_add_escaped(&line, view_text(name_of(job))) == 0 &&
	    text_printf(&line,
			"  %-8s %3u%%  %.1f of %.1f MB  %.0f MB/s  %" PRIu64 " files  %" PRIu64 " findings  %" PRIu64
			" s left",
			state_of(job), percent, (double)n->done / 1e6, (double)n->total / 1e6,
			elapsed ? (double)n->done / 1e3 / (double)elapsed : 0, n->files, n->findings,
			left(job, elapsed)) == 0)
		fprintf(stderr, "%s\n", line.s);
	text_free(&line);
}

static void
print_window(struct display *d, const job_list *jobs, uint64_t elapsed)
{
	unsigned lines = 0;

	if (d->lines)
		fprintf(stderr, "\033[%uA\033[J", d->lines);
	for (size_t i = 0; i < jobs->n && lines < ROWS_SHOWN; i++) {
		if (jobs->n > ROWS_SHOWN && jobs->at[i].state != JOB_RUNNING)
			continue;
		if (jobs->at[i].state == JOB_RUNNING)
			print_line(&jobs->at[i], elapsed);
		else
			print_end(&jobs->at[i]);
		lines++;
	}
	d->lines = lines;
}

void
display_show(struct display *d, const job_list *jobs, bool last)
{
	uint64_t now = clock_ms(), elapsed = now - d->started;
	uint64_t every = d->view == STATUS_LINEAR ? LINEAR_MS : WINDOW_MS;

	if (d->view == STATUS_NONE || (!last && now - d->shown < every))
		return;
	d->shown = now;
	if (d->view == STATUS_WINDOW) {
		print_window(d, jobs, elapsed);
		return;
	}
	for (size_t i = 0; i < jobs->n; i++) {
		if (!last && jobs->at[i].state != JOB_RUNNING)
			continue;
		if (d->view == STATUS_JSON)
			print_json(&jobs->at[i], elapsed);
		else if (jobs->at[i].state == JOB_RUNNING)
			print_line(&jobs->at[i], elapsed);
		else
			print_end(&jobs->at[i]);
	}
}

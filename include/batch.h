/* batch.h - many images at once: a worker process and a shard for each, one supervisor, one case. */
#ifndef BATCH_H
#define BATCH_H

#include <sys/types.h>

#include "profile.h"
#include "progress.h"
#include "request.h"
#include "vector.h"
#include "watch.h"

/*
 * REFUSED: the image cannot be examined, and the shard says why. CHANGED: the same, because somebody wrote to it
 * meanwhile. CRASHED: the worker died again and again, and no piece of the image could be named that it was for.
 * BROKEN: the tool failed (disk full), so that the image is still to be examined.
 */
enum job_state {
	JOB_WAITING,
	JOB_RUNNING,
	JOB_DONE,
	JOB_REFUSED,
	JOB_CHANGED,
	JOB_CRASHED,
	JOB_BROKEN,
	JOB_STOPPED,
	JOB_STATES
};
const char *job_state_name(enum job_state state);

/* What a worker says by its exit status beside those of enum exit_status: STUCK that a unit used up its time, FULL that
 * memory ran out. */
enum { WORKER_REFUSED = 6, WORKER_STUCK, WORKER_FULL, WORKER_CHANGED };

/* One image on its way into the case. */
struct job {
	char *image, *exhibit, *md5, *sha256; /* the hashes that a manifest gives, NULL without */
	const char *name;                     /* what the case calls it: the end of image */
	char *folder, *shard;                 /* where the worker writes */
	pid_t pid;
	int fd; /* the worker's news */
	struct news news;
	enum job_state state;
	unsigned tries;
	int signal; /* that ended the worker, 0 for none */
	struct watch *watch;
	VECTOR(struct aside) asides;  /* what has ended a worker twice and is left out */
	VECTOR(struct unit) suspects; /* what was at work when the last one died */
	bool alone;                   /* the next try has one thread, so that the guilty unit is known */
	char death[64];               /* of the last one */
	unsigned deaths;              /* since something was last set aside */
	uint64_t ticks, silent_since; /* of the watch; nanoseconds of processor time when it last moved */
};

typedef VECTOR(struct job) job_list;

/* The images that operands and manifest name, each once, in that order: 0, or negative after fail(). */
int jobs_gather(const struct request *request, job_list *ret_jobs);
void jobs_free(job_list *jobs);

/* Runs one worker in this process: an exit status. It writes nowhere but into its shard. */
int worker_run(const struct request *request, const struct profile *profile, const struct job *job, unsigned threads,
	       int fd);

/* Instead of a worker that was given up: keeps the stages that it finished and notes why the rest is missing. */
int worker_resign(const struct request *request, const struct profile *profile, const struct job *job, const char *why);

/* The whole of `triage`: an exit status, and the case folder to be freed, NULL where it came to none. */
int batch_triage(const struct request *request, char **ret_folder);

/* The whole of `rescan`, of the case that the first operand names: an exit status. */
int batch_rescan(const struct request *request);

/* How progress is shown on stderr. */
struct display {
	enum status_view view;
	bool colour;
	unsigned lines; /* shown in place */
	uint64_t started, shown;
};
void display_start(struct display *d, const struct request *request);
void display_show(struct display *d, const job_list *jobs, bool last);

#endif

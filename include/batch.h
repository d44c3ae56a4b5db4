/* batch.h - many images at once: a worker process and a shard for each, one supervisor, one case. */
#ifndef BATCH_H
#define BATCH_H

#include <sys/types.h>

#include "profile.h"
#include "progress.h"
#include "request.h"
#include "vector.h"

/*
 * REFUSED: the image cannot be examined, and the shard says why. CRASHED: the worker died, twice. BROKEN: the tool
 * failed (disk full, memory), so that the image is still to be examined.
 */
enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_REFUSED, JOB_CRASHED, JOB_BROKEN, JOB_STOPPED, JOB_STATES };
const char *job_state_name(enum job_state state);

/* What a worker says by its exit status beside those of enum exit_status. */
enum { WORKER_REFUSED = 6 };

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

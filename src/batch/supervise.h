/* supervise.h - one run of triage, shared by the files that make it up. */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <sys/wait.h>

#include "batch.h"
#include "runlog.h"

struct batch {
	const struct request *request;
	struct profile *profile;
	job_list jobs;
	char *folder, *work;
	int lock;
	unsigned parallel, threads, running;
	struct runlog *log;
	struct display display;
	char digest[65]; /* SHA-256 of the case that was made, "" until then */
};

/* Opens and locks the case folder, and names the shards within it. */
int case_folder_open(struct batch *b);

/* Runs the workers to their end, or until a stop was asked for: 0, or negative when no worker could be started. */
int workers_run(struct batch *b);

/* Adds to a line which kinds of credential were given, never what they are; and a line for each BitLocker volume. */
int log_credentials(const struct request *request, struct text *line);
int log_opened(struct batch *b);

/* Whether a worker did not come to its end by itself, by its status of wait(2), and what is then said of a unit. */
bool status_is_death(int status);
bool status_is_full(int status); /* for want of memory */
const char *death_text(int status, char ret_text[static 64]);

/*
 * After a death: a unit that was at work at two of them is set aside. True when another try is worth it; ret_units
 * names what was at work.
 */
bool job_blame(struct job *job, int status, struct text *ret_units);

/* Lets a process of its own write into a shard, whose worker was given up, that its image was not examined. */
int worker_give_up(struct batch *b, struct job *job);

#endif

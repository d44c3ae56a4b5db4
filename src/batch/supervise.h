/* supervise.h - one run of triage, shared by the files that make it up. */
#ifndef SUPERVISE_H
#define SUPERVISE_H

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

/* Lets a process of its own write into a shard, whose worker was given up, that its image was not examined. */
int worker_give_up(struct batch *b, struct job *job);

#endif

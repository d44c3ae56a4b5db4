/* verify_case.h - a finished case held against its images once more. */
#ifndef VERIFY_CASE_H
#define VERIFY_CASE_H

#include "arena.h"
#include "exam.h"
#include "keeper.h"

/* One finding: what the case says of it, and what reading it again gave. */
struct recheck {
	const char *finding, *path, *stream, *excerpt;
	const char *sha256, *ours, *theirs; /* hex, "" for none */
	const char *why;                    /* nobody could look at it, or not all of it; NULL when all is well */
	const char *said;                   /* what libtsk said instead of reading it, "" for nothing */
	struct reference entry;
	uint64_t volume, attribute, offset, length;
	bool has_stream, snapshot, looked, differs;
};

typedef VECTOR(struct recheck) recheck_list;

/*
 * Reads the streams of the findings again from an image that is open: by ourselves, and with a keeper by libtsk. 0, or
 * negative after fail().
 */
int recheck_ours(struct exam *exam, struct arena *arena, recheck_list *list);
int recheck_theirs(struct exam *exam, struct keeper *keeper, struct arena *arena, recheck_list *list);

/* `verify -c CASE`: an exit status. */
int verify_case(const struct request *request);

#endif

/* verify_case.h - a finished case held against its images once more. */
#ifndef VERIFY_CASE_H
#define VERIFY_CASE_H

#include "arena.h"
#include "exam.h"
#include "keeper.h"
#include "rests.h"

/* One finding: what the case says of it, and what reading it again gave. */
struct recheck {
	const char *finding, *path, *stream, *excerpt;
	const char *sha256, *ours, *theirs;   /* of the whole stream, hex, "" for none */
	const char *bytes_sha256, *our_bytes; /* of the bytes that it rests on, likewise */
	const char *why;                      /* nobody could look at it, or not all of it; NULL when all is well */
	const char *said;                     /* what libtsk said instead of reading it, "" for nothing */
	const char *not_asked;                /* why libtsk was not asked, "" where it was */
	struct reference entry;
	enum rests on;
	uint64_t volume, attribute, offset, length;
	bool snapshot, looked, differs, askable;
};

typedef VECTOR(struct recheck) recheck_list;

/*
 * Reads what the findings rest on again from an image that is open and swept: by ourselves, and with a keeper by
 * libtsk. 0, or negative after fail().
 */
int recheck_ours(struct exam *exam, struct arena *arena, recheck_list *list);
int recheck_theirs(struct exam *exam, struct keeper *keeper, struct arena *arena, recheck_list *list);

/* What came of one exhibit. */
struct agreement {
	uint64_t same, differ, unread;
	uint64_t tsk_same, tsk_differ, tsk_unread, tsk_not_asked;
};

/* "same", "differs" or "not-read": what we read, and what libtsk did; NULL where libtsk was not asked. */
const char *recheck_result(const struct recheck *f);
const char *recheck_theirs_result(const struct recheck *f);

/* Prints a line for a finding, or an object with `json`. 0 or -ENOMEM. */
int recheck_print(const struct recheck *f, const char *exhibit, bool json);

/* The table below them: a line for each exhibit. */
void agreement_print(const char *exhibit, const struct agreement *a, bool tsk, bool first);

/* What run.jsonl keeps of it. */
int agreement_log(const char *folder, const char *exhibit, const char *image, const struct agreement *a, bool tsk);

/* `verify -c CASE`: an exit status. */
int verify_case(const struct request *request);

#endif

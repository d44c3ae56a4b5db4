/* runlog.h - run.jsonl: who ran what on a case, when and where, line by line, each line bound to the one before. */
#ifndef RUNLOG_H
#define RUNLOG_H

#include "cleanup.h"
#include "text.h"

/*
 * One line is one JSON object that begins `{"seq":N,"prev":"<64 hex digits>","time":"<UTC>","monotonic":<seconds>,
 * "kind":"..."` and ends `,"self":"<64 hex digits>"}`. seq is the line's number from 0; prev is the SHA-256 of the line
 * before without its end, and 64 zeros in the first; self is that of all of the line before this member. A line that a
 * crash left torn stays as it is; the next one is then of the kind "torn". Behind a line of the kind "seal" comes one of
 * the kind "unsealed" before any other but "seal" and "verify".
 */
struct runlog;

/*
 * Opens folder/run.jsonl for appending, or begins it. A torn last line is ended and noted, and said. Lines before it
 * are not checked; that is runlog_check's.
 */
int runlog_open(const char *folder, struct runlog **ret_log);
int runlog_open_as(const char *folder, const char *name, struct runlog **ret_log); /* another chain of that kind */
struct runlog *runlog_close(struct runlog *log);
DEFINE_CLEANUP(struct runlog, runlog_close)

/*
 * Appends one line and waits until it is on disk. members is `"key":value` with commas between, as log_text
 * and its like make it, or NULL. Processes and
 * threads may write the same log: the file is locked for each line, and what others wrote meanwhile is taken in.
 */
int runlog_add(struct runlog *log, const char *kind, const char *members);

/* Add a member to those of a line. key is a constant; value is any UTF-8. 0, or -ENOMEM. */
int log_text(struct text *members, const char *key, struct view value);
int log_number(struct text *members, const char *key, int64_t value);
int log_list(struct text *members, const char *key, const char *const *values, size_t n);

struct runlog_state {
	uint64_t lines, torn, bytes;
	char head[65];     /* SHA-256 of the last line, in hex: what a seal keeps */
	uint64_t bad_line; /* number of the first line that does not fit, from 1; 0: the chain holds */
	const char *why;   /* what is wrong with it, a constant */
};

/* Goes through the whole chain: 0 with *ret_state (whether or not it holds), or negative after fail(). */
int runlog_check(const char *folder, struct runlog_state *ret_state);

/* The same for the chain in folder/name, and gives each line with its number from 1; each may be NULL. */
int runlog_read(const char *folder, const char *name, int (*each)(void *state, uint64_t number, struct view line), void *to,
		struct runlog_state *ret_state);

/* How far a log goes as we know it: lines, bytes and head. */
void runlog_state(const struct runlog *log, struct runlog_state *ret_state);

/* The paths of the images that runs were given, as absolute paths, in order and as often as they were given. image
 * may return negative to stop. 0, or negative after fail(). */
int runlog_images(const char *folder, int (*image)(void *state, const char *path), void *state);

#endif

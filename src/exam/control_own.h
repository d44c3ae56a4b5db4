/* control_own.h - the second opinion while it is being heard; for the files of that stage alone. */
#ifndef CONTROL_OWN_H
#define CONTROL_OWN_H

#include <pthread.h>
#include <stdatomic.h>

#include "control.h"
#include "exam.h"
#include "keeper.h"

enum {
	LISTED_MAX = 100,      /* rows of one kind that are listed one by one; more are counted in one */
	UNEXPLAINED_MAX = 1000,
};

/* Something that the two see differently, and how often when that is not said for each. */
struct difference {
	int64_t mft; /* -1: of many, or of none */
	uint16_t seq;
	const char *what; /* a constant */
	struct view path, stream, ours, theirs; /* of the arena; the last two escaped */
	enum control_reason reason;
	uint64_t count;
};

/* How many of one kind there are. */
struct kind {
	const char *what;
	enum control_reason reason;
	uint64_t n, listed;
};

/* One volume as far as both have looked at it. */
struct look {
	struct exam_volume *v;
	bool open, ended;
	uint64_t ours, theirs, both; /* entries that each sees, and that both see */
	uint64_t differ, unexplained; /* entries that they see differently */
	uint64_t streams, same, unlike, unread; /* with findings: compared, with the same SHA-256, not, not to be had */
	const char *why; /* why it is not all compared, NULL when it is */
	struct catalog_cursor cursor;
	bool started, more; /* the cursor stands on an entry of ours */
	VECTOR(struct kind) kinds;
	VECTOR(struct difference) differences;
};

struct control {
	struct control_ear ear; /* first, so that an ear is its control */
	struct exam *exam;
	struct keeper *keeper;
	pthread_t thread;
	bool running;
	atomic_bool unwanted; /* what it would come to: another stage has failed */
	bool useless;         /* the keeper gave no answer that could be one */
	int result;
	struct arena arena;
	struct look *looks; /* the volumes that are read, in order */
	uint32_t count; /* of those that libtsk is asked about */
	uint32_t all, at;
	uint64_t next; /* entry of the volume that it looks at */
	bool careful, begun, ended;
	unsigned deaths;
	int signal, status;
	uint64_t hashed; /* bytes of ours, for want of a hash */
};

/* A stream with findings, and what is known of it. */
struct flagged {
	uint32_t look; /* index */
	struct reference entry;
	uint64_t attribute;
	const char *path, *stream, *sha256; /* hex */
	enum control_reason way; /* why libtsk may read it otherwise, REASON_NONE for no reason */
};

/* ---- control_note.c ---- */

/* Keeps one difference. */
int control_note(struct control *c, struct look *look, const struct difference *d);

/* An entry that only one of them sees. */
int control_note_ours(struct control *c, struct look *look, enum control_reason reason, struct view text);
int control_note_theirs(struct control *c, struct look *look, const struct control_entry *theirs);

/* An entry that both see. */
int control_note_both(struct control *c, struct look *look, const struct control_entry *theirs);

/* ---- control_walk.c ---- */

/* Hears the entries of all volumes, however often the process dies of them. */
int control_walk(struct control *c);
void control_ear_walk(struct control *c);
struct control_request control_request_of(const struct control *c, enum control_task task);

/* ---- control_streams.c ---- */
int control_streams(struct control *c);

/* ---- control_write.c ---- */
int control_write(struct exam *exam, struct control *c);

#endif

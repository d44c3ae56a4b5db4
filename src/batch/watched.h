/* watched.h - a stream whose reader is watched: each read is heard of, and has little time. */
#ifndef WATCHED_H
#define WATCHED_H

#include "content.h"
#include "source.h"
#include "watch.h"

/* A thread has this much processor time between two reads: YARA's own limit comes first. */
enum { WATCH_BETWEEN = CONTENT_SECONDS + WATCH_SECONDS };

struct watched {
	struct source source;
	struct watch *watch;
	unsigned thread;
};

/* Lays itself over a stream, which is borrowed; nothing needs to be closed. */
struct source *watched_over(struct watched *w, struct source *stream, struct watch *watch, unsigned thread);

#endif

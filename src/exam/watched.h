/* watched.h - a stream whose reader is watched: each read is heard of, and has little time. */
#ifndef WATCHED_H
#define WATCHED_H

#include "source.h"
#include "watch.h"

struct watched {
	struct source source;
	struct watch *watch;
	unsigned thread;
};

/* What was read may take a second a MiB on top of WATCH_SECONDS to be searched. Lays itself over a stream, which is
 * borrowed; nothing needs to be closed. */
struct source *watched_over(struct watched *w, struct source *stream, struct watch *watch, unsigned thread);

#endif

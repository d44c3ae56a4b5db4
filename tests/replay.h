/* replay.h - feeds a source to a reader and prints the facts: for goldens and for injected faults alike. */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdio.h>

#include "cleanup.h"
#include "file.h"
#include "source.h"
#include "text.h"

struct replay;

int replay_open(struct replay **ret_replay); /* with the profiles that are shipped */
struct replay *replay_close(struct replay *replay);
DEFINE_CLEANUP(struct replay, replay_close)

/* What a fixture stands for: the bytes of the file, or for "evtx" the event log that it describes. 0, or negative. */
int replay_load(const char *reader, const char *path, struct text *ret_bytes);

/* Prints a line a fact to out (NULL: nowhere); -EINTR from the sink at the fact with number stop_at. What the reader gives. */
int replay_feed(struct replay *replay, const char *reader, struct source *src, FILE *out, uint64_t stop_at);

#endif

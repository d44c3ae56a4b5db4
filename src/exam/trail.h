/* trail.h - from findings back to the logs: who is named by one, what else came from there, and whose password it had. */
#ifndef TRAIL_H
#define TRAIL_H

#include "cleanup.h"
#include "logs.h"

struct exam;
struct slot;

/*
 * What one log leaves for the second scan. The thread that reads it gives every wanted line to trace_line, and each line
 * that a rule hits to trace_hit. 0 or negative after fail().
 */
struct trace;
int trace_new(const struct log_kind *kind, struct trace **ret_trace);
struct trace *trace_free(struct trace *trace);
DEFINE_CLEANUP(struct trace, trace_free)
int trace_line(struct trace *trace, const struct log_line *line);
int trace_hit(struct trace *trace, const struct log_line *line, const struct rule *rule);
/* The names of the columns whose values are to be given to trace_values, of every record: VISIT_COLUMNS of them, or NULL
 * when there is no need to. trace_end: the log is read. */
const struct view *trace_columns(const struct trace *trace);
void trace_values(struct trace *trace, const struct view *values);
int trace_end(struct trace *trace);

/* What all logs of an exhibit leave. */
struct trail;
int trail_new(struct trail **ret_trail);
struct trail *trail_free(struct trail *trail);
DEFINE_CLEANUP(struct trail, trail_free)

/* Takes what a log left, once its findings are written; in the order in which these are. */
int trail_take(struct trail *trail, const struct exam *exam, const struct slot *slot);

/* Reads the logs again for what findings name, and writes what comes of it; a part of stage_content. */
int trail_follow(struct exam *exam, struct trail *trail);

#endif

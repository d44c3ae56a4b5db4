/* graph.h - exports that are one JSON document of many objects: written as they come, each once; for the exports alone. */
#ifndef GRAPH_H
#define GRAPH_H

#include "report.h"
#include "uuid.h"

enum graph_limits {
	GRAPH_DEPTH = 24,
	GRAPH_SEEN_MAX = 1 << 22, /* objects that are known to be written already; beyond, one may be there twice */
};

/* The columns of the row in hand. */
struct row {
	int n;
	const char *const *names;
	const struct view *values;
};

static inline struct view
of(const struct row *row, const char *name)
{
	return row_value(row->n, row->names, row->values, name);
}

/* An id as it is written: type--uuid, or kb:type-uuid. */
enum { GRAPH_ID = 80 };
struct graph_id {
	char text[GRAPH_ID];
};

struct graph {
	struct case_db *db;
	FILE *out;
	struct text line; /* what is composed */
	bool any[GRAPH_DEPTH]; /* the object or array at this depth has something in it */
	unsigned depth;
	int error; /* the first that happened; nothing is written any more */
	struct export_result result;
	uint64_t *seen; /* a table of the first 8 bytes of UUIDs, as large as seen_room, 0 for none */
	size_t seen_n, seen_room;
	char created[32]; /* what stands for "now": nothing of this run */
	struct view which; /* exhibits the case holds, as one text */
	const char *of; /* the profile that the case was made with */
};

/* Values: within an object each has a key, in an array it is NULL. Keys are constants. */
void graph_open(struct graph *g, const char *key, char bracket); /* '{' or '[' */
void graph_close(struct graph *g, char bracket);                 /* '}' or ']' */
void graph_text(struct graph *g, const char *key, struct view value);
void graph_some(struct graph *g, const char *key, struct view value); /* nothing for a view of nothing */
void graph_number(struct graph *g, const char *key, struct view digits);
void graph_one(struct graph *g, const char *key, struct view value); /* a list of one text */
void graph_bool(struct graph *g, const char *key, bool value);

/* Takes the result of composing something: the first that is negative ends the export. */
void graph_add(struct graph *g, int r);

/* Writes what is composed: after each object, so that memory has a bound. */
void graph_flush(struct graph *g);

/* Whether an object of this id is still to be written; from then on it is not. */
bool graph_once(struct graph *g, const struct graph_id *id);

/* An id of ours, from words that tell what it is: format gives "prefix%s". */
void graph_name(struct graph *g, const char *prefix, struct view name, struct graph_id *ret_id);

/* Asks; the graph is the state of take. */
void graph_ask(struct graph *g, const struct question *question,
	       int (*take)(void *state, int n, const char *const *names, const struct view *values, const bool *is_number));

void graph_free(struct graph *g);

/* The two documents: 0, or negative after fail(). */
int stix_write(struct graph *g);
int case_uco_write(struct graph *g);

/* The last part of a path, and the rest without its slash. */
struct view name_of_path(struct view path);
struct view folder_of_path(struct view path);

#endif

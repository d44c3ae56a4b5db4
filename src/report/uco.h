/* uco.h - what the nodes of a CASE graph share; for that export alone. */
#ifndef UCO_H
#define UCO_H

#include "graph.h"

/* What an exhibit or a finding is, in one word; UCO wants a UUID at the end of each name. */
void uco_name(struct graph *g, const char *what, struct view fingerprint, struct view which, struct graph_id *ret_id);

/* Of an exhibit, whose name stands in the column `image`. */
void uco_name_exhibit(struct graph *g, const char *what, const struct row *row, const char *image, struct graph_id *ret_id);
void uco_name_finding(struct graph *g, const struct row *row, struct graph_id *ret_id);

/* A node or a part of one; uco_end_node writes it. */
void uco_begin(struct graph *g, const char *key, const struct graph_id *id, const char *type);
void uco_end(struct graph *g);
void uco_end_node(struct graph *g);

/* A facet, a hash, a reference: a part of its node, named after that. */
void uco_begin_part(struct graph *g, const char *key, const char *what, const char *type, const struct graph_id *whole);

void uco_refer(struct graph *g, const char *key, const struct graph_id *id);
void uco_typed(struct graph *g, const char *key, const char *type, struct view value); /* nothing for nothing */
void uco_integer(struct graph *g, const char *key, struct view digits);

/* How many bytes, and their hashes, as far as the row has them. */
void uco_content_facet(struct graph *g, const struct row *row, struct view bytes, const struct graph_id *whole);

/* A row of v_finding_files as a node and its place in the image. */
int uco_take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number);

#endif

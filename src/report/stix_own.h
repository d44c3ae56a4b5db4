/* stix_own.h - what the objects of a STIX bundle share; for that export alone. */
#ifndef STIX_OWN_H
#define STIX_OWN_H

#include "graph.h"

static inline struct view
id_view(const struct graph_id *id)
{
	return view_text(id->text);
}

/* A string as RFC 8785 has it: nothing is escaped but what has to be. 0 or -ENOMEM. */
int stix_canonical(struct text *t, struct view v);

/* An observable is named after its properties, as RFC 8785 writes them, so that the same one has the same name
 * everywhere: section 2.9. */
void stix_name_observable(struct graph *g, const char *type, const struct text *properties, struct graph_id *ret_id);

/* The same where it has but one property. */
void stix_name_value(struct graph *g, const char *type, const char *key, struct view value, struct graph_id *ret_id);

/* A thing of ours, of this type: two words tell which. */
void stix_name(struct graph *g, const char *type, struct view one, struct view two, struct graph_id *ret_id);
void stix_name_exhibit(struct graph *g, struct view image, struct view fingerprint, struct graph_id *ret_id);

/* An observable, or anything else; created and modified are times of the case. */
void stix_begin_observable(struct graph *g, const char *type, const struct graph_id *id);
void stix_begin(struct graph *g, const char *type, const struct graph_id *id);
void stix_end(struct graph *g);

void stix_reference(struct graph *g, const char *source, struct view id, struct view description);

/* An observable with one value, once. */
void stix_value(struct graph *g, const char *type, struct view value, struct graph_id *ret_id);

/* A time as the case has it, with seven decimals; false where there is none that four digits say. */
bool stix_time(struct view time);

/* The requests that findings of level high and critical rest on, each with its address and program. */
void stix_requests(struct graph *g);

#endif

/* artefact_own.h - what the readers of artefacts share among themselves. */
#ifndef ARTEFACT_OWN_H
#define ARTEFACT_OWN_H

#include "arena.h"
#include "artefact.h"
#include "text.h"

extern const struct artefact_kind artefact_task;

/* ---- one record while it is put together ---- */

/* Its fields and, in raw, "name: value" of each with " | " between. Zero to start. */
struct gathered {
	struct arena arena;
	struct field fields[ARTEFACT_FIELDS_MAX];
	size_t n;
	struct text raw;
	bool full; /* there were more */
};

/* Adds a field with a copy of the value; an empty value is none. name is a constant. 0 or -ENOMEM. */
int gathered_add(struct gathered *g, const char *name, struct view value);

/* The first value of that name, or a view of nothing. */
struct view gathered_value(const struct gathered *g, const char *name);

struct fields gathered_fields(const struct gathered *g);
void gathered_clear(struct gathered *g); /* ready for the next record */
static inline void
gathered_clear_at(struct gathered *g)
{
	gathered_clear(g);
}

/* Adds values to a line for a person, with words before each that is there. */
int words_add(struct text *t, const char *before, struct view value);

/* ---- XML ---- */

enum {
	XML_BYTES_MAX = 1 << 20,
	XML_DEPTH_MAX = 32,
	XML_TEXT_MAX = 32 << 10, /* bytes of the text of one element that are kept */
	XML_PATH_MAX = 512,
};

/*
 * An element at its end: where it stands ("Task/Actions/Exec/Command", without namespaces), what was written in it
 * beside other elements, cut to XML_TEXT_MAX; and at its start: its attributes, in pairs, ended by NULL. Each is called
 * with the offset of the element. 0 or negative to stop.
 */
struct xml_taker {
	int (*start)(void *state, const char *path, const char *const *attributes, uint64_t offset); /* may be NULL */
	int (*end)(void *state, const char *path, struct view text, uint64_t offset);                /* may be NULL */
	void *state;
};

/*
 * UTF-8 or UTF-16, whatever the declaration says. A document type is refused. 0 when it was read to its end, 1 where it
 * broke off: *ret_why, a text of at most XML_WHY bytes, and *ret_at say why and where; negative as the takers gave it.
 */
enum { XML_WHY = 120 };
int xml_leaves(struct view bytes, const struct xml_taker *taker, char ret_why[static XML_WHY], uint64_t *ret_at);

#endif

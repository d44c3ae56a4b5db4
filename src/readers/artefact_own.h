/* artefact_own.h - what the readers of artefacts share among themselves. */
#ifndef ARTEFACT_OWN_H
#define ARTEFACT_OWN_H

#include "arena.h"
#include "artefact.h"
#include "text.h"
#include "xmlwalk.h"

extern const struct artefact_kind artefact_console, artefact_detection, artefact_quarantine, artefact_task,
	artefact_ual, artefact_wmi;

/* What both files of Defender are asked, and the rule that each of their records meets. */
extern const struct sigma_source defender_source;
extern const struct rule defender_rules[1];

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

/* ---- texts ---- */

/* The lines of a text in UTF-8 or UTF-16, each with its place. Begin with bytes alone. */
struct artefact_lines {
	struct view bytes;
	size_t next;
	bool begun, wide, big;
	struct text decoded;
	struct view line;        /* UTF-8, without its end; good until the next */
	uint64_t offset, length; /* in bytes, without its end */
};

/* 1, 0 at the end, or -ENOMEM. */
int artefact_line(struct artefact_lines *lines);
void artefact_lines_free(struct artefact_lines *lines);
static inline void
artefact_lines_free_at(struct artefact_lines *lines)
{
	artefact_lines_free(lines);
}

/* Without blanks at either end. */
struct view artefact_trim(struct view text);

/* ---- XML ---- */

enum {
	XML_DEPTH_MAX = 32,
	XML_TEXT_MAX = 32 << 10, /* bytes of the text of one element that are kept */
	XML_PATH_MAX = 512,
};

/* An element: where it stands ("Task/Actions/Exec/Command", without namespaces); at its start its attributes, in pairs,
 * ended by NULL, and at its end what was written in it, cut to XML_TEXT_MAX. 0 or negative to stop. */
struct xml_taker {
	int (*start)(void *state, const char *path, const char *const *attributes); /* may be NULL */
	int (*end)(void *state, const char *path, struct view text);                /* may be NULL */
	void *state;
};

/* UTF-8 or UTF-16, whatever the declaration says. Returns what xml_walk does. */
int xml_leaves(struct view bytes, const struct xml_taker *taker, struct sink *out, struct xml_result *ret_result);

#endif

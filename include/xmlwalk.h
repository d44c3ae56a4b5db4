/* xmlwalk.h - a small XML document gone through element by element: bounded, without a document type, each place known.
 */
#ifndef XMLWALK_H
#define XMLWALK_H

#include "sink.h"

struct xml_walk; /* while it lasts */

/* What the elements are told to. end and text may be NULL; attributes are names and values in turn, ended by NULL. */
struct xml_handler {
	const char *what, *who; /* the document and who writes it, in words: "the configuration", "IIS" */
	const char *encoding;   /* whatever the document says of its own; NULL: as it says */
	unsigned deepest;       /* elements within each other; beyond it nothing is read on */
	void (*start)(void *state, struct xml_walk *walk, const char *name, const char **attributes);
	void (*end)(void *state, struct xml_walk *walk);
	void (*text)(void *state, struct xml_walk *walk, struct view text);
	void *state;
	struct sink *out; /* for damage, NULL where nobody asks */
};

struct xml_result {
	uint64_t damaged; /* faults that were told */
	bool closed;      /* its first element was closed: all of it is there */
};

enum { XML_BYTES_MAX = 64 << 20 };

/*
 * Goes through a document, UTF-8 or UTF-16, of at most XML_BYTES_MAX bytes. What is wrong is told at its offset, and
 * what stood before counts; a document type, and with it every entity of its own, is refused. 0, or what xml_stop or
 * the sink gave, or -ENOMEM (silently). ret_result is written in any case.
 */
int xml_walk(const struct xml_handler *handler, struct view bytes, struct xml_result *ret_result);

/* Of the tag that start is told of: its first byte in the document, and how many it has. */
uint64_t xml_offset(const struct xml_walk *walk);
uint64_t xml_length(const struct xml_walk *walk);

/* Tells that what is there is not as it should be. */
void xml_damage(struct xml_walk *walk, uint64_t offset, const char *why);

/* Nothing is read on: 0 where the handler has had enough, or negative. */
void xml_stop(struct xml_walk *walk, int r);

/* The value of an attribute, NULL where it has none of that name; names are told apart by case, as XML does. */
const char *xml_attribute(const char **attributes, const char *name);

#endif

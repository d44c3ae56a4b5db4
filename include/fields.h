/* fields.h - one record as names and values: what a reader splits a line into and what a rule asks about. */
#ifndef FIELDS_H
#define FIELDS_H

#include "view.h"

/* UTF-8, borrowed. value.p NULL: the log has the field and says "no value" in it ("-" in IIS); an empty one is n 0. */
struct field {
	struct view name, value;
};

/* A name may stand there several times: the field then has several values. */
struct fields {
	const struct field *at;
	size_t n;
	struct view raw; /* the whole record as it stands in the log, for keywords */
	uint8_t separator; /* between the values in raw, where they stand there unquoted; 0: nobody knows where they end */
};

/*
 * The record as a JSON object: a string for each value, null for "no value", an array for several fields of one name.
 * Bytes that are no UTF-8 become U+FFFD. 0 or -ENOMEM.
 */
struct text;
struct arena;
int fields_add_json(struct text *t, const struct fields *fields);

/*
 * And back, in the order of the names: at most FIELDS_PARSED_MAX, without raw, in the arena. 0, -ENOMEM, or -EINVAL for
 * what fields_add_json does not write; nothing is said.
 */
enum { FIELDS_PARSED_MAX = 2048 };
int fields_parse_json(struct view json, struct arena *arena, struct fields *ret_fields);

#endif

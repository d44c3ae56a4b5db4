/* values.h - one record as the rules of a set see it: the values of each place that they ask for. */
#ifndef RULES_VALUES_H
#define RULES_VALUES_H

#include "own.h"

enum how { HOW_PLAIN, HOW_RAW, HOW_PATH, HOW_QUERY, HOW_BOTH, HOW_BLANKS, HOW_EXTENSION };

/* A value that a test is asked of. Offsets are into the bytes of its place. */
struct value {
	size_t at, n;  /* as it stands */
	size_t folded; /* without case, as long */
	bool none;     /* the log says that there is no value */
	bool decoded;  /* percent-decoded */
	enum how how;
	struct pairs pairs;
	uint32_t field; /* of the record; UINT32_MAX: none of them */
};

struct place_values {
	VECTOR(struct value) values;
	struct text bytes;
	bool filled, unknown; /* unknown: the log does not record some of it */
};

/* A field's name and its slot of the set, or NO_SLOT: that of the record before is mostly that of this one, too. */
struct known_name {
	uint32_t slot;
	uint8_t n; /* bytes; 0: it is not kept */
	uint8_t bytes[27];
};

struct record_view {
	const struct sigma_set *set;
	const struct fields *record;
	VECTOR(struct known_name) slots; /* by field of the record */
	struct place_values *places; /* by place of the set */
	uint32_t *names;             /* slots by the hash of their names */
	size_t name_room;            /* a power of two */
};

int record_open(const struct sigma_set *set, struct record_view *ret);
void record_close(struct record_view *v);

/* Takes up a record, whose places are filled when they are asked for. 0 or -ENOMEM, as below. */
int record_take(struct record_view *v, const struct fields *record);
int record_values(struct record_view *v, uint32_t place, const struct place_values **ret);

static inline struct view
value_plain(const struct place_values *p, const struct value *value)
{
	return view_of(p->bytes.s + value->at, value->n);
}

static inline struct view
value_folded(const struct place_values *p, const struct value *value)
{
	return view_of(p->bytes.s + value->folded, value->n);
}

#endif

/*
 * evtx_own.h - what the parts of the event log reader share: a run, its chunk, compiled templates, the walk through
 * them.
 *
 * The format after Joachim Metz, "Windows XML Event Log (EVTX) format", and MS-EVEN6 2.2.12 (BinXml).
 */
#ifndef EVTX_OWN_H
#define EVTX_OWN_H

#include "arena.h"
#include "evtx.h"
#include "log_own.h"
#include "vector.h"

enum {
	EVTX_RECORDS = 512, /* where the records of a chunk begin */
	EVTX_HEAD = 24,     /* bytes of a record before its BinXml */
	EVTX_TAIL = 4,      /* and behind it: its size again */
};

/* 24 bytes, before the BinXml of a record. */
struct evtx_head {
	uint8_t magic[4]; /* "**", 0, 0 */
	le32 size;
	le64 id;
	le64 when;
};

/* ---- what BinXml is made into (evtx_compile.c) ---- */

enum evtx_op_kind {
	EVTX_OPEN,
	EVTX_ATTRIBUTE,
	EVTX_LITERAL, /* text as UTF-8 */
	EVTX_SUBSTITUTE,
	EVTX_CLOSE,
	EVTX_CDATA,
	EVTX_PI,
	EVTX_PI_DATA,
	EVTX_TEMPLATE,
};

enum { EVTX_NO_VALUE = 0xffff };

struct evtx_op {
	uint8_t kind;
	bool optional; /* SUBSTITUTE: without a value, what encloses it is left out, too */
	bool asks;     /* OPEN: its content holds a SUBSTITUTE */
	bool empty;    /* CLOSE: of an element that was written without content */
	uint16_t which; /* SUBSTITUTE: the value; OPEN: the value without which it is left out, or EVTX_NO_VALUE */
	uint32_t end;   /* OPEN: its CLOSE; ATTRIBUTE: the op behind its value; TEMPLATE: place of the instance */
	uint32_t limit; /* TEMPLATE: where the bytes that it lies in end */
	struct view text; /* a name or a text, UTF-8 */
};

/* A template, or BinXml that stands for itself. */
struct evtx_program {
	uint32_t key; /* where it stands in the chunk, and of what sort it is */
	uint32_t first, n; /* ops */
	const char *why;   /* what is wrong with it; the ops are what comes before that */
	uint32_t why_at;
	bool cut; /* it could not be read to its end */
	bool told;
};

enum evtx_sort { EVTX_DEFINITION, EVTX_FRAGMENT };

/* The compiled templates of a chunk. */
struct evtx_store {
	VECTOR(struct evtx_program) programs;
	VECTOR(struct evtx_op) ops;
	struct arena arena; /* of names and texts */
	struct text text;   /* one of these while it is made */
	size_t spent;       /* bytes of names and texts */
	uint16_t slots[2 * EVTX_TEMPLATES_MAX]; /* place of a program plus 1, by hash of its key */
};

void evtx_store_clear(struct evtx_store *store);
void evtx_store_free(struct evtx_store *store);

/* The program of the BinXml in [from, end) of the chunk: its place among the programs, or -ENOMEM, or -EINVAL when the
 * chunk has used up its templates. */
int evtx_compile(struct evtx_store *store, struct view chunk, uint32_t from, uint32_t end, enum evtx_sort sort);

/* ---- the use of a template with its values (evtx_instance.c) ---- */

struct evtx_instance {
	uint32_t from, to;   /* BinXml of the template; to 0: it is lost */
	uint32_t kinds;      /* size and type of each value */
	uint32_t values, value_count;
	uint32_t end;        /* behind all of it */
	const char *why;     /* the template is lost */
};

/* Reads what begins with the token at `at` and lies in [at, end): 0, or -EINVAL. */
int evtx_instance_read(struct view chunk, uint32_t at, uint32_t end, struct evtx_instance *ret_instance);

/* ---- values (evtx_value.c) ---- */

enum {
	EVTX_NULL = 0x00,
	EVTX_STRING = 0x01,
	EVTX_ANSI = 0x02,
	EVTX_SID = 0x13,
	EVTX_FILETIME = 0x11,
	EVTX_BINXML = 0x21,
	EVTX_XML = 0x23,
	EVTX_ARRAY = 0x80,
};

/* Adds a value as Windows writes it: 0, 1 when its bytes do not fit its type (they are there in hex), -ENOMEM. */
int evtx_value_add(struct text *text, uint8_t type, struct view bytes);

/* How many items an array has, and the item at *cursor, which moves behind it. */
uint32_t evtx_array_count(uint8_t type, struct view bytes);
struct view evtx_array_item(uint8_t type, struct view bytes, uint32_t *cursor);

/* ---- the walk through a record (evtx_walk.c) ---- */

struct evtx_slot {
	uint32_t at;
	uint16_t n;
	uint8_t type;
};

struct evtx_frame {
	uint32_t op, end;     /* the next one and the end of the program */
	uint32_t value, values; /* its first one and how many it has */
	uint32_t base;        /* levels that were open before */
	bool bare;            /* its template is lost, or not all of it is there: op and end count values */
};

struct evtx_level {
	uint32_t op;          /* OPEN; UINT32_MAX: of a bare frame */
	uint32_t item, items; /* the element stands there once for each item of an array */
	uint32_t cursor;      /* of the item */
	uint16_t array;       /* the value that is an array, or EVTX_NO_VALUE */
};

enum evtx_item_kind {
	EVTX_ITEM_END,
	EVTX_ITEM_OPEN,
	EVTX_ITEM_ATTRIBUTE,
	EVTX_ITEM_TEXT,
	EVTX_ITEM_VALUE,
	EVTX_ITEM_CDATA,
	EVTX_ITEM_PI,
	EVTX_ITEM_PI_DATA,
	EVTX_ITEM_CLOSE,
};

struct evtx_item {
	enum evtx_item_kind kind;
	bool attribute;   /* TEXT, VALUE: within the attribute that was told last */
	bool empty;       /* CLOSE: as in <a/> */
	uint8_t type;     /* VALUE */
	struct view text; /* name, text, or the bytes of a value */
};

struct evtx_walk {
	const struct evtx_event *event;
	uint32_t depth, level; /* frames and levels that are open */
	uint64_t steps;
	uint32_t attribute_end; /* the op behind the attribute in hand; 0: none */
	bool again;             /* the OPEN in hand is told for one more item */
	bool stopped;           /* only what is open is still to be closed */
	bool whole;
	int error; /* of the tool, or of the sink */
	struct evtx_frame frames[EVTX_DEPTH_MAX];
	struct evtx_level levels[EVTX_LEVELS_MAX];
};

void evtx_walk_start(struct evtx_walk *walk, const struct evtx_event *event);
/* The next piece of the record; END for ever behind the last one, or when walk->error is set. */
void evtx_walk_next(struct evtx_walk *walk, struct evtx_item *item);
/* Ends the walk for a reason that is damage: what is open will be closed. */
void evtx_walk_stop(struct evtx_walk *walk, const char *why);
/* Something is wrong with the record: told once for each. */
void evtx_walk_damage(struct evtx_walk *walk, uint32_t at, const char *why);

/* ---- a chunk and a run (evtx_chunk.c, evtx.c) ---- */

struct evtx_draft {
	struct view name; /* p NULL: in names, at `at` */
	size_t at, name_n, from, n;
};

struct evtx_chunk {
	struct view bytes;
	uint64_t offset; /* within the source */
	uint64_t steps;  /* of all its records so far */
	struct evtx_store store;
	VECTOR(struct evtx_slot) slots; /* values of the record in hand */
	struct evtx_walk walk;
	struct text values, names, scratch; /* what is told of it */
	VECTOR(struct evtx_draft) drafts;
	VECTOR(struct field) fields;
	struct sink *out;
	size_t bad_at; /* the record whose damage was told last, plus 1 */
	bool told; /* damage of a recovered one was told */
	uint64_t broken, broken_recovered;
};

/* Ids that follow on each other. */
struct evtx_range {
	uint64_t first, last, offset;
};

struct evtx_run {
	const struct evtx_reading *reading;
	struct source *src;
	struct evtx_result *result;
	bool no_sums; /* the file says that it has no checksums */
	struct evtx_chunk chunk;
	VECTOR(struct evtx_range) ranges;
	struct log_hours hours;
	uint8_t block[EVTX_CHUNK];
};

int evtx_damage(struct evtx_run *run, uint64_t offset, const char *why);

/* Goes through the chunk in run->chunk.bytes, which has a header, or through bytes without one. */
int evtx_chunk_read(struct evtx_run *run, bool counted);
int evtx_stray_read(struct evtx_run *run);

/* ---- ids (evtx_ids.c) ---- */

int evtx_ids_add(struct evtx_run *run, const struct evtx_event *event);
int evtx_ids_finish(struct evtx_run *run);

#endif

/* cells.h - the values of a row, made from what the tool has: for the files that write rows. */
#ifndef CELLS_H
#define CELLS_H

#include "db.h"

#define PUT(db, which, cells) put_row((db), (which), (cells), (int)(sizeof(cells) / sizeof((cells)[0])))

static inline struct cell
number(uint64_t n)
{
	return (struct cell){ .type = CELL_NUMBER, .number = (int64_t)n };
}

static inline struct cell
number_unless(bool null, uint64_t n)
{
	return null ? (struct cell){ .type = CELL_NULL } : number(n);
}

static inline struct cell
text(const char *s)
{
	return (struct cell){ .type = s ? CELL_TEXT : CELL_NULL, .bytes = view_text(s) };
}

/* NULL for what is empty. */
static inline struct cell
some_text(const char *s)
{
	return text(s && *s ? s : NULL);
}

static inline struct cell
bytes_text(struct view v)
{
	return (struct cell){ .type = v.n ? CELL_TEXT : CELL_NULL, .bytes = v };
}

/* A path or the name of a stream. */
static inline struct cell
name(struct view v)
{
	return (struct cell){ .type = CELL_TEXT, .bytes = v };
}

static inline struct cell
name_unless(bool null, struct view v)
{
	return null ? (struct cell){ .type = CELL_NULL } : name(v);
}

static inline struct cell
hash(const uint8_t *p, size_t n)
{
	return (struct cell){ .type = p ? CELL_BYTES : CELL_NULL, .bytes = view_of(p, p ? n : 0) };
}

static inline struct cell
volume_of(uint32_t volume)
{
	return number(1u << DB_VOLUME_SHIFT | volume);
}

static inline struct cell
file_of(uint64_t file)
{
	return number_unless(!file, UINT64_C(1) << DB_EVIDENCE_SHIFT | file);
}

/* ---- put.c ---- */

/* Whether a case can tell a volume of this number: 0, or negative after fail(). */
int check_volume(const struct case_db *db, uint32_t volume);

/* The next id of a table, which begins with the exhibit's. */
int next_id(struct case_db *db, enum numbered table, struct cell *ret);

#endif

/* ese.h - the rows of an ESE database, value by value; read by libesedb, where this build has it. For ual.c alone. */
#ifndef ESE_H
#define ESE_H

#include "text.h"

enum ese_limits {
	ESE_COLUMNS_MAX = 1024, /* of a row */
	ESE_ROWS_MAX = 1 << 20, /* of a table */
	ESE_VALUE_MAX = 4096,   /* bytes of one value */
	ESE_NAME_MAX = 64,
};

enum ese_type { ESE_OTHER, ESE_NUMBER, ESE_TIME, ESE_TEXT, ESE_BYTES, ESE_GUID };

struct ese_value {
	char name[ESE_NAME_MAX];
	enum ese_type type;
	struct view bytes; /* text as UTF-8 without its end; numbers and times little-endian */
};

/* Tells a row of a table of User Access Logging, as its reader does with each: for that, and for tests. */
struct artefact_reading;
int ual_row(struct artefact_reading *reading, const char *table, const struct ese_value *values, size_t n);

struct ese_taker {
	/* A row; 0 or negative to stop. */
	int (*row)(void *state, const struct ese_value *values, size_t n);
	/* One that cannot be read, or why no further ones are; 0 or negative to stop. */
	int (*lost)(void *state, const char *why);
	void *state;
};

/* Whether this build can; and the version of the library, "" without. */
bool ese_built(void);
const char *ese_version(void);

/* The rows of the table of that name: 1, 0 where there is no such table or no database, or negative. */
struct ese;
int ese_open(struct view bytes, struct ese **ret_ese); /* 1, or 0 where it is no database; bytes are borrowed */
int ese_rows(struct ese *ese, const char *table, const struct ese_taker *taker);
void ese_close(struct ese *ese);

#endif

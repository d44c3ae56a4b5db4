/* needs.h - whether the sources that an answer rests on were there, and were read. */
#ifndef NEEDS_H
#define NEEDS_H

#include "calendar.h"
#include "text.h"

/* What became of a kind of source of an exhibit, all of it together. */
struct source_state {
	uint32_t evidence;
	const char *name;
	uint64_t whole;    /* rows that were read wholly, or are empty */
	uint64_t faulty;   /* rows of which something was not read */
	uint64_t unsure;   /* rows that are absent as far as could be seen */
	const char *fault; /* the first that was not read, in words */
};

/* A row of v_coverage, by its id: c7, l12. */
struct cover {
	uint32_t evidence;
	char letter;
	uint64_t number;
	const char *source, *folder; /* folder: the last name of what it lies in; "" */
};

struct needs {
	struct arena arena;
	VECTOR(struct cover) covers; /* by exhibit, letter and number */
	VECTOR(struct source_state) sources;
};

int needs_load(struct needs *needs, struct case_db *db);
void needs_free(struct needs *needs);
static inline void
needs_free_at(struct needs *needs)
{
	needs_free(needs);
}

/*
 * Adds to why what is missing, with "; " between; nothing where each of `days` covers every day of the window and each
 * of `whole` was read wholly. Lists are as struct profile_question has them. 0 or -ENOMEM.
 */
int needs_check(const struct needs *needs, const struct calendar *calendar, uint32_t evidence, struct view days,
		struct view whole, struct text *why);

/* Adds a clause behind "; ". */
int add_clause(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

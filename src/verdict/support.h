/* support.h - a question put to an exhibit, and what speaks for an answer: findings, and rules that looked for any. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "arena.h"
#include "case.h"
#include "text.h"
#include "vector.h"

/* What speaks for an answer: how much, how strongly, from when to when. */
struct support {
	uint64_t findings, strong; /* strong: high or critical */
	uint64_t doubtful;         /* of those that count: they rest on damaged or unverified bytes */
	uint64_t told;             /* of level low: context, and to be told of */
	enum level level;
	uint64_t first, last; /* of the strong ones where there are any */
	struct text ids;
	unsigned listed;
	uint64_t rules;                    /* that look for it */
	uint64_t failed;                   /* that could not be asked of all that they are for */
	uint64_t idle;                     /* for which there is nothing to be asked of */
	const char *failed_why, *idle_why; /* the first of each, in words */
};

/* The words are lists; all empty: every finding answers it. */
struct asked {
	const char *question;
	struct view cve, technique, stage, days, whole;
	struct support support;
};

struct exhibit {
	uint32_t number;
	uint64_t volumes_read;
	uint64_t strays;            /* findings of level medium that answer no question */
	VECTOR(struct asked) asked; /* the first is "overall" */
};

struct judge {
	struct arena arena;
	VECTOR(struct exhibit) exhibits;
	uint64_t since; /* a time before the window is that of a set-back clock or an old file, not of the intrusion */
};

/* All that the case says to its questions: 0, or negative (-ENOMEM is not said yet). */
int judge_load(struct judge *judge, struct case_db *db);
void judge_free(struct judge *judge);
static inline void
judge_free_at(struct judge *judge)
{
	judge_free(judge);
}

#endif

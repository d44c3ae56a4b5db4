/* facts.h - the rows of a case that an intrusion is told from, what step of one each is, and what joins them. */
#ifndef FACTS_H
#define FACTS_H

#include "case.h"
#include "filetime.h"
#include "keys.h"
#include "text.h"
#include "vector.h"

enum facts_limits {
	FACTS_MAX = 4096,  /* of an exhibit; the gravest first */
	RUN_MAX = 16,      /* of requests that are alike: the first ones, and the last */
	FILES_READ_MAX = 64, /* kept files whose text is held against what commands set */
};

/* In the order in which an intrusion goes. */
enum step {
	STEP_NONE,
	STEP_FORGED,   /* a request that the front end was led to make elsewhere */
	STEP_BEHIND,   /* the same as the back end saw it */
	STEP_SESSION,  /* a session of the control panel was had by it */
	STEP_OBJECT,   /* a virtual directory was looked up, */
	STEP_SET,      /* changed, */
	STEP_RESET,    /* and written to a file */
	STEP_COMMAND,  /* a command that ran, as its own log or a Windows event tells it */
	STEP_BIRTH,    /* a page came to be that is no page of the server's */
	STEP_COMPILED, /* it ran for the first time */
	STEP_USE,      /* it was asked for */
	STEP_PROCESS,
	STEP_TAKEN,    /* a dump, an archive */
	STEP_STAYS,    /* a task, a service, an account */
	STEP_FETCH,    /* what was taken was asked for */
	STEP_MAIL,     /* a mailbox was read */
	STEPS
};
const char *step_words(enum step step); /* "a forged request" */

struct fact {
	uint32_t evidence;
	enum step step;
	enum level level;
	uint64_t when;     /* 0: not known */
	const char *row;   /* a finding's id, or event:ID */
	const char *finding; /* that it is of; "" for none */
	const char *kind;  /* of event; "file" */
	const char *stage; /* "" for none */
	const char *source, *what; /* the log; its line in short, or the path of the file */
	struct view keys[KEYS];
	const char *page;  /* the URL that was asked for, plain: lower case, decoded; "" */
	const char *path;  /* file: its path on the volume, plain; "" */
	uint64_t volume, mft;
	char sha256[65];   /* of a file that the case keeps, or "" */
	uint64_t more;     /* requests like it that follow and are not told */
	size_t set;        /* which facts it hangs together with: see joins.c */
	bool answered;     /* 2xx, or 241 */
	bool single;       /* nothing joins it */
};

struct edge {
	size_t from, to; /* places of facts */
	const char *relation, *basis, *words;
	bool time_only;
};

struct facts {
	struct arena arena;
	VECTOR(struct fact) list; /* by exhibit, then by time; those without a time last */
	VECTOR(struct edge) edges;
	uint64_t left_out;        /* beyond FACTS_MAX */
};

/* Reads the rows, says what step each is, and leaves out what is none. 0 or negative. */
int facts_load(struct facts *facts, struct case_db *db);
void facts_free(struct facts *facts);
static inline void
facts_free_at(struct facts *facts)
{
	facts_free(facts);
}

/* The facts of an exhibit: places [*ret_from, *ret_to). */
void facts_of(const struct facts *facts, uint32_t evidence, size_t *ret_from, size_t *ret_to);

/* ---- steps.c ---- */

/* What step a fact is; those of requests for pages that are files of an intrusion come with steps_settle. */
enum step step_of_event(const struct fact *fact, struct view technique);
enum step step_of_file(const struct fact *fact, struct view technique);
void steps_settle(struct facts *facts);

/* A path or URL as it is compared: lower case, '/', decoded, without drive and share. In the arena, NULL on ENOMEM. */
const char *plain_path(struct arena *arena, struct view text, bool url);

/* Whether a URL can be that of a file: the end of its path is it. */
bool page_is_file(const char *page, const char *path);

/* ---- joins.c ---- */

/* Joins the facts: 0 or negative. */
int facts_join(struct facts *facts, struct case_db *db);

#define SECONDS(n) (UINT64_C(n) * FILETIME_SECOND)

static inline double
seconds(uint64_t ticks)
{
	return (double)ticks / FILETIME_SECOND;
}

static inline uint64_t
apart(const struct fact *a, const struct fact *b)
{
	return a->when > b->when ? a->when - b->when : b->when - a->when;
}

/* The first of the facts that this one hangs together with. */
size_t facts_root(const struct facts *facts, size_t i);

/* An edge: 0 or -ENOMEM. words are printf's. */
int facts_edge(struct facts *facts, size_t from, size_t to, const char *relation, const char *basis, bool time_only,
	       const char *format, ...) __attribute__((format(printf, 7, 8)));

/* ---- joins_page.c: files, the requests for them, and what they came from ---- */

int join_files(struct facts *facts, struct case_db *db, size_t from, size_t to);

/* ---- chain.c ---- */

/* Writes the chains and their edges: 0 or negative after fail(). */
int chain_make(struct facts *facts, struct case_db *db);

/* ---- confidence.c, witnesses.c, clocks.c: what follows from that; 0 or negative after fail() ---- */

/* How sure each finding is. */
int confidence_make(const struct facts *facts, struct case_db *db);

/* Who says since when each file of a finding has been there, and whether these agree. */
int witnesses_make(const struct facts *facts, struct case_db *db);

/* Moments that two clocks or two writers tell, and what the offset of the host's clock is by these. */
int clocks_make(const struct facts *facts, struct case_db *db);

#endif

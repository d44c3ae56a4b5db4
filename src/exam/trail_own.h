/* trail_own.h - what the parts of the second scan share. */
#ifndef TRAIL_OWN_H
#define TRAIL_OWN_H

#include "exam.h"
#include "harvest.h"
#include "judge.h"
#include "sketch.h"
#include "trail.h"

enum trail_limits {
	TRAIL_HINTS_MAX = 4096,   /* that one log gives */
	TRAIL_SERVERS_MAX = 64,   /* addresses of the server itself */
	TRAIL_EVENTS_MAX = 200000, /* requests that are kept, of an exhibit */
	TRAIL_GUESSED_MAX = 50,   /* accounts that one address is told to have guessed; more are counted */
	TRAIL_DAYS = 30,          /* around passwords that were tried, in which signing in is looked for */
};

/* Something that a line named which a rule hit. */
struct hint {
	const struct rule *rule;
	enum term_kind kind;
	const char *text;
};

struct trace {
	const struct log_kind *kind;
	struct view columns[VISIT_COLUMNS];
	struct sketcher *sketcher; /* NULL: this kind is not sketched, or the log is read */
	struct sketch *sketch;     /* NULL: it may hold anything */
	struct tries *tries;
	VECTOR(struct hint) hints;
	VECTOR(const char *) servers;
	uint64_t beyond;
	struct arena arena;
};

static inline bool
has_server(const char *const *servers, size_t n, const char *address)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(servers[i], address))
			return true;
	return false;
}

/* A log that can be read again. */
struct trail_log {
	const struct candidate *candidate;
	const struct log_kind *kind;
	uint64_t first, last;
	bool plain; /* its bytes are its text: neither UTF-16 nor with NULs among them */
	struct sketch *sketch; /* NULL: it may hold anything */
	bool again;            /* it was read again */
	uint64_t *told;
	size_t told_n;
};

struct trail {
	struct tries *tries;
	struct terms *terms;
	VECTOR(struct trail_log) logs;
	VECTOR(const char *) servers;
	struct arena arena;
	uint64_t beyond, events, lost; /* lost: logs that could not be read again */
	size_t sketched;               /* bytes of sketches */
};

/* An address whose tries are more than people make. */
struct guesser {
	const struct try_address *address;
	struct try_window window;
	uint32_t term; /* by place in the list */
	char id[17];   /* of the finding that accuses it, "" when none does */
	bool entered;  /* and an account was served from there afterwards */
};

/* Pages of findings in web roots, from the case. (trail_pages.c) */
int trail_pages(struct exam *exam, struct terms *terms);
/* The page that a file is served as: 0 with *ret_tail, or -ENOENT when it is none. */
int trail_page(struct view path, bool web_root, struct text *ret_page, bool *ret_tail);

/*
 * Reads the logs for the terms; the requests become events, the rest is added to all. What is only watched is looked for
 * in the days around the tries of the guessers. (trail_scan.c)
 */
int trail_scan(struct exam *exam, struct trail *trail, const struct terms *terms, const struct guesser *guessers, size_t n,
	       struct harvest *all);

/* A finding at a line of a log: its id to ret_id. (trail_write.c) */
int trail_finding(struct exam *exam, const struct trail *trail, const struct line_place *place, uint64_t when,
		  enum own_rule rule, enum level level, const char *basis, char ret_id[static 17]);
int trail_uses(struct exam *exam, const struct trail *trail, const struct harvest *all);
int trail_accounts(struct exam *exam, const struct harvest *all, const struct guesser *guessers, size_t n);

/* Says what was looked for, and what was left out. (trail_cover.c) */
int trail_cover(struct exam *exam, const struct trail *trail, const struct harvest *all,
		const uint64_t beyond[static TERM_KINDS]);

/* Says what the tries of each address come to, and sets the ids of those that are accused. (trail_guess.c) */
int trail_guesses(struct exam *exam, const struct trail *trail, const struct harvest *all, struct guesser *guessers,
		  size_t n);

#endif

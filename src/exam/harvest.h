/* harvest.h - what a second scan of a log gives: the requests that findings lead to, who used a page, who signed in. */
#ifndef HARVEST_H
#define HARVEST_H

#include "signins.h"
#include "terms.h"

enum harvest_limits {
	HARVEST_LINES_MAX = 10000,     /* requests for one term that are kept, of one log and of all */
	HARVEST_BYTES_MAX = 8 << 20,   /* of the lines kept of one log */
	HARVEST_LINE_MAX = 4096,       /* bytes of a line that are kept */
	HARVEST_VISITORS_MAX = 32,     /* addresses that a page's use lists */
	HARVEST_COMMON = 10,           /* a program that more addresses have leads to nobody, nor does a page */
};

/* A dated request that is kept, as an event. */
struct followed {
	uint64_t when, offset;
	uint32_t term;                     /* the first that it is for, by place in the list */
	struct view subject, summary, raw; /* escaped */
	struct view fields;                /* see logslot_fields */
};

/* What came of the requests for a page, as one kind of log tells it; or who has a program, delivered or not. */
struct usage {
	uint64_t requests, delivered, posted; /* delivered: 2xx; posted: of these, with POST */
	uint64_t first, last;                 /* FILETIMEs of those delivered, 0 without */
	struct line_place place;              /* of the first of them */
	uint64_t bytes;                       /* largest answer, where the log tells; 0 */
	VECTOR(const char *) visitors;        /* addresses of those delivered, in order of text */
	bool more_visitors;
};

/* For each term: kept requests, those beyond the limits and the last of them, use. Uses come from IIS where it tells of
 * any, else from the others: [0] and [1]. */
struct yield {
	uint64_t kept, beyond, last_beyond;
	struct usage usage[2];
};

struct harvest {
	const struct terms *terms;
	const struct log_kind *kind;
	const uint64_t *told; /* offsets of lines that are events of the case already, in order */
	size_t told_n;
	bool front; /* a log of IIS, which has every request */
	VECTOR(struct followed) lines;
	struct yield *yields; /* by term */
	struct signins *signins;
	struct arena arena;
	size_t bytes;
};

int harvest_open(struct harvest *harvest, const struct terms *terms, const struct log_kind *kind);
void harvest_close(struct harvest *harvest);

/* For log_read: state is a harvest. */
int harvest_line(void *state, const struct log_line *line);

/* Adds uses and accounts (not the lines, which are written log by log) to those of all logs. */
int harvest_merge(struct harvest *into, const struct harvest *from, uint32_t log);

/* Whether a term is a program, or a page that is no file of the exhibit, that too many have to do with. */
bool harvest_common(const struct harvest *all, uint32_t term);

/* Which of the two to believe. */
static inline const struct usage *
yield_usage(const struct yield *yield)
{
	return &yield->usage[!yield->usage[0].requests];
}

#endif

/* terms.h - what findings name and logs can be asked for again: addresses, programs and pages, each with who named it. */
#ifndef TERMS_H
#define TERMS_H

#include "arena.h"
#include "cleanup.h"
#include "rule.h"
#include "text.h"
#include "visit.h"

enum term_kind { TERM_ADDRESS, TERM_AGENT, TERM_PAGE, TERM_KINDS };

enum terms_limits {
	TERMS_NOTED_MAX = 1 << 16, /* that are told apart while they are gathered */
	TERMS_ADDRESSES_MAX = 1024,
	TERMS_AGENTS_MAX = 64,
	TERMS_PAGES_MAX = 256,
	TERMS_WATCHED_MAX = 1024, /* addresses that no finding names, watched for sign-ins alone */
	TERM_FINDINGS = 8,        /* that a term lists; more are counted */
	TERM_HITS = 8,            /* terms that one request can be for */
	TERM_ADDRESS_TEXT = 64,
};

struct term {
	enum term_kind kind;
	const char *text; /* of an address, as address_plain gives it */
	bool tail;        /* a page that is known by the end of its path, since the root of its site is not known */
	bool file;        /* a page that is a file of the exhibit, and not just the path of a request */
	bool dropped;
	bool watched;     /* an address that passwords were tried from */
	enum level level; /* of the gravest finding; with no findings, it is only watched */
	uint64_t findings;
	uint64_t place; /* in order of being named */
	char ids[TERM_FINDINGS][17];
	struct view literal; /* what a line that it is in holds; nothing where it has no such part */
};

struct terms;
int terms_new(struct terms **ret_terms);
struct terms *terms_free(struct terms *terms);
DEFINE_CLEANUP(struct terms, terms_free)

/* A finding (its id) of that level names it, or with NULL nobody does and the address is to be watched. The flags are
 * taken over. 0 or -ENOMEM. */
int terms_add(struct terms *terms, const struct term *term, const char *finding);

/* An address that is the server's own leads to nobody. */
void terms_drop(struct terms *terms, const char *address);

/*
 * The gravest of them, within the limits, ready to be looked for: 0 or negative after fail(). *ret_beyond is how many of
 * each kind are left out.
 */
int terms_settle(struct terms *terms, uint64_t ret_beyond[static TERM_KINDS]);
size_t terms_list(const struct terms *terms, const struct term **ret_terms); /* in order of kind and text */

/* What lines are looked for by; NULL without any terms. all: those that are only watched, too. */
const struct literals *terms_literals(const struct terms *terms, bool all);

/* The terms that a request is for, by their place in the list: how many. Requests of the server itself count for pages
 * alone. */
size_t terms_match(const struct terms *terms, const struct visit *visit, uint32_t ret_hits[static TERM_HITS]);

/* "2b7e151628aed2a6 4d2f..., and 3 more" */
int term_findings(const struct term *term, struct text *ret_text);

#endif

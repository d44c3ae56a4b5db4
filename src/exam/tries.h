/* tries.h - passwords that were tried, counted by address and hour while the logs are read. */
#ifndef TRIES_H
#define TRIES_H

#include "arena.h"
#include "cleanup.h"
#include "vector.h"
#include "visit.h"

enum tries_limits {
	TRIES_ADDRESSES_MAX = 1 << 16, /* that are told apart */
	TRIES_HOURS_MAX = 1 << 20,     /* of all of them */
	TRIES_HOURS_EACH = 1 << 14,    /* of one: a log can tell of any hours in any order */
	TRIES_NAMES_MAX = 1 << 20,     /* accounts of all of them, by the hour */
	TRIES_NAMES_EACH = 1 << 13,
	TRIES_NAME_MAX = 64,           /* bytes of a name */
	TRIES_WINDOW = 24,             /* hours that are looked at as one */
	TRIES_SPRAY = 20,              /* accounts tried from one address within them */
	TRIES_FORCE = 100,             /* wrong passwords */
	TRIES_POSTS = 1000,            /* passwords of which the log does not say whether they were wrong */
};

/* Where a line stands: the log by its number among all, and its bytes. */
struct line_place {
	uint32_t log;
	uint64_t offset, length;
};

/* An address in one hour, as one kind of log tells it. */
struct try_hour {
	uint64_t hour;               /* FILETIME of its start, 0: without a time */
	uint64_t tried, wrong, back; /* by the visit's outcome */
	uint64_t named;              /* of the first two, those with an account */
	uint64_t first;              /* FILETIME of the first of them */
	struct line_place place;     /* of that */
};

struct try_name {
	uint64_t hour;
	const char *name; /* as account_name gives it */
};

struct try_address {
	const struct log_kind *kind;
	const char *address;
	VECTOR(struct try_hour) hours; /* in order */
	VECTOR(struct try_name) names; /* each once an hour, in order of hour and name */
	bool more_names;               /* than there is room for */
};

/* Of one log, or of all. */
struct tries;
int tries_new(struct tries **ret_tries);
struct tries *tries_free(struct tries *tries);
DEFINE_CLEANUP(struct tries, tries_free)

/* Counts a visit if a password was tried with it: 0 or -ENOMEM. */
int tries_add(struct tries *tries, const struct log_kind *kind, const struct visit *visit, uint64_t when,
	      const struct line_place *place);

/* Adds what one log gave; all its lines are of log number `log`. */
int tries_merge(struct tries *into, const struct tries *from, uint32_t log);

/* What did not fit within the limits: tries that are counted nowhere. */
uint64_t tries_beyond(const struct tries *tries);

/* In order of kind and address. */
size_t tries_addresses(struct tries *tries, const struct try_address *const **ret_addresses);

/* The first stretch of TRIES_WINDOW hours in which more was tried from an address than people do: 1, 0 when there is
 * none, or -ENOMEM. The counts are those of the stretch; `accounts` is how many were named, at least. */
struct try_window {
	uint64_t first, last; /* FILETIMEs: of the first try, and the end of the stretch */
	uint64_t tried, wrong, back, named, accounts;
	struct line_place place; /* of the first */
};
int tries_window(const struct try_address *address, struct try_window *ret_window);

#endif

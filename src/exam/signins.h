/* signins.h - accounts that addresses and programs of interest have signed in as, gathered over all logs. */
#ifndef SIGNINS_H
#define SIGNINS_H

#include "arena.h"
#include "cleanup.h"
#include "tries.h"
#include "visit.h"

enum signins_limits {
	SIGNINS_MAX = 20000,   /* rows; beyond them, requests are only counted */
	SIGNIN_TEXT_MAX = 256, /* bytes of an account, a program, a mailbox */
};

/* One account by one way, as one kind of log tells it. */
struct signin {
	const struct log_kind *kind;
	enum visit_protocol protocol;
	const char *address, *agent, *account, *mailbox; /* as logged; "" where the log does not say */
	uint64_t requests, served, wrong;
	uint64_t first, last;     /* FILETIMEs, 0: none has a time */
	uint64_t entered;         /* of the first request that was served, 0 without */
	struct line_place place;  /* and where it stands */
	uint32_t address_term, agent_term; /* by place in the list of terms; UINT32_MAX */
};

struct signins;
int signins_new(struct signins **ret_signins);
struct signins *signins_free(struct signins *signins);
DEFINE_CLEANUP(struct signins, signins_free)

/* Counts a request that names an account or a mailbox, where from and by what as told: 0 or -ENOMEM. */
int signins_add(struct signins *signins, const struct log_kind *kind, const struct visit *visit, uint64_t when,
		const struct line_place *place, uint32_t address_term, uint32_t agent_term);
int signins_merge(struct signins *into, const struct signins *from, uint32_t log);

/* In a fixed order. */
size_t signins_list(struct signins *signins, const struct signin *const **ret_rows);

uint64_t signins_beyond(const struct signins *signins); /* requests that no row counts */

#endif

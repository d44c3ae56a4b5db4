/* exposure.h - what an Exchange was open to, and from when to when: for the verdicts alone. */
#ifndef EXPOSURE_H
#define EXPOSURE_H

#include "arena.h"
#include "case.h"
#include "vector.h"

enum { EXPOSURE_ROWS_MAX = 200 /* of one hole in one Exchange */ };

/* A build at a time: from then on where it was installed, else seen then. */
struct sighting {
	uint64_t when;
	uint32_t build;   /* index of the builds of its host */
	bool installed;
	const char *witness;
};

/* A build of a host, and for how long it was what ran. */
struct stay {
	uint32_t build;
	uint64_t from, to;      /* to: 0 at the end */
	uint64_t seen;          /* when it was last seen before the next came */
	bool installed, next_installed; /* how its beginning and its end are known */
	bool lingers;           /* still seen when the next was there; `to` is that time then */
	const char *witness, *next_witness;
};

struct host_build {
	const char *text;
	unsigned parts;
	bool shadowed; /* of three numbers, and another witness names all four */
};

/* One Exchange, by its folder. */
struct exposed {
	uint32_t evidence;
	uint64_t place;
	const char *host;
	uint64_t begins;      /* when its folder was made, 0 where that is not known */
	const char *resolved; /* the build that it ended with, NULL where nobody knows */
	VECTOR(struct host_build) builds;
	VECTOR(struct sighting) sightings;
	VECTOR(struct stay) stays;
};

/* What is known of a build and a hole. */
struct fix {
	uint32_t evidence;
	const char *build, *cve, *state, *reason;
	uint64_t fix_released;
};

struct mitigated {
	uint32_t evidence;
	const char *cve, *words;
};

struct exposures {
	struct arena arena;
	VECTOR(struct exposed) hosts;
	VECTOR(struct fix) fixes;
	VECTOR(struct mitigated) mitigations;
};

/* Reads the witnesses of a case. 0 or negative; to be freed in any case. */
int exposures_load(struct exposures *x, struct case_db *db);
void exposures_free(struct exposures *x);
static inline void
exposures_free_at(struct exposures *x)
{
	exposures_free(x);
}

/* Puts the sightings of a host in order and makes stays of them. 0 or -ENOMEM. */
int exposed_settle(struct exposed *host);

/* Writes what every Exchange was to every hole, for case_merge. 0 or negative after fail(). */
int exposure_make(struct case_db *db);

/* Whether every Exchange of an exhibit had the fix, or never had the hole, at all times since the window began, and all
 * these times are known. What was not found counts for nothing here: a build is no matter of logs. */
int exposure_never(struct case_db *db, uint32_t evidence, const char *cve, uint64_t since, bool *ret_never);

#endif

/* machine.h - all patterns of a host as one machine that walks down the folders with the sweep. */
#ifndef MACHINE_H
#define MACHINE_H

#include "expression.h"
#include "index.h"
#include "pattern.h"
#include "profile.h"

/* What it means when a file fits a pattern. */
struct target {
	const struct choice *choice; /* or */
	const struct rule *rule;
	bool unless;               /* the rule does not count here */
	const struct regex *regex; /* that has to fit as well, on the path behind its base */
	uint32_t base;             /* names of the path that belong to the base */
};

/* One name of one pattern, as the sets of live positions know it. The one behind the last name is PART_END. */
struct place {
	struct part part;
	uint16_t *folded;
	uint64_t hash; /* of the folded name */
	uint32_t target;
};

/* Names on one level: the literal ones by hash, the others one by one. */
struct lookup {
	struct index literals;
	VECTOR(uint32_t) globs;
};

struct state {
	const uint32_t *set; /* positions, ascending */
	size_t n;
	struct lookup folders, files;
	VECTOR(uint32_t) every;   /* targets that every file hits */
	VECTOR(uint32_t) regexes; /* targets that every file hits whose path fits */
	bool places;              /* a regular expression here fits below some folders only */
	int64_t rest;             /* the state behind a folder name that no part asks for; -1 while not known */
};

/* A name folded by the volume's table. */
struct folded {
	uint16_t units[NAME_UNITS];
	size_t n;
	uint64_t hash;
};

struct machine {
	struct arena arena;
	VECTOR(struct place) places;
	VECTOR(struct target) targets;
	VECTOR(struct state) states; /* the first one is the set of none */
	struct index by_set;
	VECTOR(uint32_t) anywhere_places; /* last names of patterns that fit in any folder */
	struct lookup anywhere;
	VECTOR(uint32_t) scratch;
	struct upcase fold;
	const struct upcase *fold_seen;
	struct matching *matching;
};

int machine_start(struct machine *m);
void machine_free(struct machine *m);

/* Adds a pattern whose base lies in folder `base` (UTF-8, '/' between names): 0 and the position it begins at. */
int machine_add(struct machine *m, const char *base, const struct pattern *pattern, const struct target *target,
		uint32_t *ret_start);

/* Adds a pattern `**`, name that is at home in any folder. */
int machine_add_anywhere(struct machine *m, const struct part *name, const struct target *target);

/* Makes names comparable under this table; cheap when it is the one of the last call. */
int machine_fold(struct machine *m, const struct upcase *fold);
void machine_fold_name(const struct machine *m, struct view name, struct folded *ret_folded);

/* The state of a set of positions, whose order does not matter: its number, or -ENOMEM. */
int64_t machine_state(struct machine *m, uint32_t *set, size_t n);

/* Adds a position, and those that follow it without a name, to m->scratch. */
int machine_push(struct machine *m, uint32_t position);

/* Goes through the positions that a name fits; *at is 0 at the start. */
bool lookup_next(const struct machine *m, const struct lookup *lookup, const struct folded *name, size_t *at,
		 uint32_t *ret_position);

#endif

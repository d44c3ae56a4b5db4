/* patches.h - which build of Exchange is what, which holes it closes, and what stands in for a patch: tables of a profile. */
#ifndef PATCHES_H
#define PATCHES_H

#include "build.h"
#include "profile.h"

enum { PATCH_CVES_MAX = 32 };

enum patch_state {
	PATCH_UNKNOWN,
	PATCH_VULNERABLE,
	PATCH_FIXED,
	PATCH_NOT_AFFECTED, /* that version of Exchange never had it */
};
const char *patch_state_name(enum patch_state state); /* "unknown", "vulnerable", "fixed", "not affected" */

/* One row of a table: a build that was released. */
struct release {
	struct build build;
	const char *product, *update, *security, *kb; /* "Exchange 2016", "CU19", "Mar21SU" or "", "KB5000871" or "" */
	uint64_t released;                            /* FILETIME of the day, 0 where it is not known */
	const char *note;
	uint8_t states[PATCH_CVES_MAX];               /* enum patch_state, by CVE */
};

/* What was done instead of patching, and how its traces read. */
struct mitigation {
	const char *file; /* name of the file that holds the text */
	const char *text; /* whatever the case of its letters */
	bool on;          /* false: it was taken away */
	const char *cve, *title;
};

/* The CVEs that the tables speak of, in the order in which they do. */
size_t profile_cves(const struct profile *profile, const char *const **ret_cves);
size_t profile_mitigations(const struct profile *profile, const struct mitigation **ret_mitigations);

/* All of them, in the order of their builds. */
size_t profile_releases(const struct profile *profile, const struct release **ret_releases);

/* The release with these very numbers, or NULL. */
const struct release *release_find(const struct profile *profile, const struct build *build);

/* "Exchange 2016 CU19 Mar21SU (KB5000871, 2021-03-02)", or what is known of a build that the tables do not have; nothing
 * for one of an unknown update. 0 or -ENOMEM. */
int release_describe(const struct profile *profile, const struct build *build, struct text *ret);

/*
 * Whether a build has the fix, and why that is said. A build that stands in no table is judged by its neighbours where
 * these leave no doubt: updates within one cumulative update only ever add fixes. 0 or -ENOMEM.
 */
int patch_judge(const struct profile *profile, const struct build *build, size_t cve, enum patch_state *ret_state,
		struct text *ret_reason);

/* The first build of the same cumulative update that has the fix, NULL where none has. */
const struct release *patch_first_fix(const struct profile *profile, const struct build *build, size_t cve);

#endif

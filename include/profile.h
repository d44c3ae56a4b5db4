/* profile.h - what to look for and where, compiled from one or more profile folders into one thing that only is read.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdio.h>

#include "cleanup.h"
#include "digest.h"
#include "rule.h"
#include "text.h"
#include "upcase.h"
#include "vector.h"

struct profile;

/* Roles a chosen file can have; a finding's weight depends on it. */
enum role {
	ROLE_NONE,
	ROLE_WEBROOT,
	ROLE_CONFIG,
	ROLE_LOG,
	ROLE_HIVE,
	ROLE_EVTX,
	ROLE_ARTIFACT,
	ROLE_STAGING,
	ROLE_DATA,
	ROLE_NTFS,
	ROLES
};
const char *role_name(enum role role);

/* One `choose` line: files that an artefact definition names, and who reads them. */
struct choice {
	const char *artifact; /* its name */
	const char *title;
	enum role role;
	const char *const *readers; /* names, ended by NULL */
	uint32_t number;            /* its place among all choices */
};

/* A date that everyone knows, to hold the case against. */
struct public_date {
	uint64_t when;
	const char *kind, *title, *cve, *source;
};

/*
 * What a profile asks. A finding answers it that has one of the CVEs, one of the techniques and one of the stages, as
 * far as they are named. Absence may only be worded where each source of `days` covers every day of the window, and
 * those of `whole` are there and nothing of them was left unread. A source of days is a kind of log, for all folders of
 * it, or kind/NAME for the folders of that name; one of whole is a kind, a role, or "mft". Words with blanks between.
 */
struct profile_question {
	const char *question;
	const char *cve, *technique, *stage;
	const char *days, *whole;
};

/* One file of a profile, for run.jsonl and v_rules. */
struct profile_file {
	const char *name; /* profile/file */
	struct digest_value sha256;
	uint32_t rules; /* that came from it */
};

/* Where a profile was found unusable or unclear; `lint` prints them all. */
struct profile_complaint {
	const char *file;
	unsigned line;
	const char *what;
	bool fatal; /* the thing named is not used */
	const struct rule *rule; /* the rule that is meant and whose state and reason say the same, or NULL */
};

/*
 * Loads and stacks profiles. A name without '/' is looked up in $POSTMORTEM_PROFILES, beside the program and in the
 * installed folder; one with '/' is a folder. A bad file or rule becomes a complaint and a rule that is not used, never
 * a failure; -ENOENT (after fail()) only where a profile is not there at all or its profile.yaml cannot be read.
 * Where the bytes of files are not asked for, the rules that need them are not made ready, and say so.
 */
int profile_load(const char *const *names, size_t n, bool content, struct profile **ret_profile);
struct profile *profile_free(struct profile *profile);
DEFINE_CLEANUP(struct profile, profile_free)

/* The names of the profiles that can be found, sorted; free each and the array. */
int profile_list(char ***ret_names, size_t *ret_n);

const char *profile_id(const struct profile *profile);                       /* "hafnium 2021.1+mine 1" */
void profile_digest(const struct profile *profile, char ret_hex[static 65]); /* over all files of it */
uint64_t profile_since(const struct profile *profile);                       /* start of the window */
size_t profile_rules(const struct profile *profile, const struct rule *const **ret_rules);
size_t profile_choices(const struct profile *profile, const struct choice **ret_choices);
size_t profile_questions(const struct profile *profile, const struct profile_question **ret_questions);
size_t profile_dates(const struct profile *profile, const struct public_date **ret_dates);
size_t profile_files(const struct profile *profile, const struct profile_file **ret_files);
size_t profile_complaints(const struct profile *profile, const struct profile_complaint **ret_complaints);

/* ---- names and paths: bound to one host ---- */

/*
 * What the variables stand for on this host. A place is a volume's number and a folder path on it with '/' between
 * names. Several values for one variable are several lines.
 */
struct binding {
	const char *variable; /* "exchange_install", "environ_systemdrive", "environ_systemroot", ... */
	uint32_t volume;
	const char *path; /* "" for the root; UTF-8 */
};

struct chooser;

/* Expands every pattern and path rule of the profile for this host. Variables without a value drop the pattern; those
 * that the profile needs and nobody gave are listed by chooser_unbound. "every_volume" needs no binding: without one it
 * stands for the roots of the volumes 0 to `volumes`. */
int chooser_new(const struct profile *profile, const struct binding *bindings, size_t n, uint32_t volumes,
		struct chooser **ret_chooser);
struct chooser *chooser_free(struct chooser *chooser);
DEFINE_CLEANUP(struct chooser, chooser_free)
size_t chooser_unbound(const struct chooser *chooser, const char *const **ret_variables);

/*
 * Gives the path of the folder that is asked about, as catalog_folder_path does; 0 or negative to stop. Called only
 * where a regular expression of the profile needs it, at most once for each question.
 */
struct chooser_path {
	int (*get)(void *owner, struct text *ret_path);
	void *owner;
};

/*
 * The patterns that are alive in a folder: a small number that stands for a set of them. chooser_root gives that of a
 * volume's root, chooser_enter that of a folder called name (UTF-16LE) within a folder with that state, whose path is
 * at path (NULL: regular expressions are left out). Not for several threads (new sets are remembered); 0 is the set of
 * none. fold stays the same from one chooser_root to the next. Negative on -ENOMEM or what path gave.
 */
int64_t chooser_root(struct chooser *chooser, uint32_t volume);
int64_t chooser_enter(struct chooser *chooser, int64_t state, struct view name, const struct upcase *fold,
		      const struct chooser_path *path);

/* What a file (or a folder itself) of that name in a folder with that state and path is. A rule that is a bare name,
 * with no base, counts only where some choice says that IIS serves the file. All borrowed until the next call. */
struct chosen {
	const struct choice *const *choices; /* every choice that names it, in order of number */
	size_t choice_count;
	const struct rule *const *rules; /* every path or name rule that hits */
	size_t rule_count;
};
int chooser_file(struct chooser *chooser, int64_t state, struct view name, const struct upcase *fold,
		 const struct chooser_path *path, struct chosen *ret_chosen);

/* ---- what content is held against ---- */

enum baseline { BASELINE_NONE, BASELINE_KNOWN, BASELINE_OTHER_BUILD, BASELINE_UNKNOWN_HASH, BASELINE_UNEXPECTED_PATH };
const char *baseline_name(enum baseline grade); /* "known", "other-build", "unknown-hash", "unexpected-path", "" */

/*
 * Grades a file by its path relative to the Exchange install folder ('/' between names, UTF-8) and its SHA-256 (NULL
 * when it was not computed). build is the host's, or its
 * first three numbers, "" when unknown: a known file is then KNOWN. BASELINE_NONE when the
 * profile has no baseline for that folder at all.
 */
enum baseline baseline_grade(const struct profile *profile, const char *relative, const struct digest_value *sha256,
			     const char *build);

/* The digests that hash lists of the profile ask for: a mask of 1 << DIGEST_*. */
unsigned hash_kinds(const struct profile *profile);

/* The rule of a hash list that names this digest, or NULL; kinds says which of the values are there. *ret_benign is
 * true where the list is one of known good files. */
const struct rule *hash_lookup(const struct profile *profile, const struct digest_value values[static DIGEST_KINDS],
			       unsigned kinds, bool *ret_benign);

/*
 * The Sigma rules, NULL when there are none. Which logs there are to ask is not known to a profile: who knows it says so
 * once, before the rules are read. A rule that none of the sources can answer is then not evaluable, with the reason; one
 * that has to be asked of every record of a source is remarked on. 0 or -ENOMEM after fail().
 */
struct sigma;
struct sigma_source;
const struct sigma *profile_sigma(const struct profile *profile);
int profile_sources(struct profile *profile, const struct sigma_source *const *sources, size_t n);

/* The compiled YARA rules (a YR_RULES *), or NULL; only content/ knows what to do with it. yara_rule gives the rule of
 * a YARA rule by namespace and name. */
void *profile_yara(const struct profile *profile);
const struct rule *yara_rule(const struct profile *profile, const char *space, const char *identifier);

#endif

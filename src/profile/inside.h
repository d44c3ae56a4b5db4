/* inside.h - a profile as its own files see it while they read it. */
#ifndef INSIDE_H
#define INSIDE_H

#include "arena.h"
#include "expression.h"
#include "index.h"
#include "patches.h"
#include "pattern.h"
#include "profile.h"
#include "tree.h"

/* One file of a profile while it is read. */
struct origin {
	struct profile *profile;
	const char *name;   /* profile/file */
	const char *source; /* the same and its SHA-256, for rules */
	struct view bytes;
	uint32_t file; /* its number among the files */
};

/* An artefact definition: where files of a kind lie. */
struct definition {
	const char *name, *title;
	const struct origin *origin;
	unsigned line;
	struct pattern *patterns;
	uint32_t pattern_count;
	const char **members; /* of a group: names of other definitions */
	uint32_t member_count;
};

/* A `choose` line before its artefact is looked up, and what came of it. */
struct chosen_line {
	const char *artifact;
	const struct origin *origin;
	unsigned line;
	enum role role;
	const char *const *readers;
	uint32_t choice; /* UINT32_MAX when it is not used */
	const struct pattern **patterns;
	size_t pattern_count;
};

/* A rule on names and paths. */
struct path_rule {
	const struct rule *rule;
	struct pattern pattern;       /* of a regular expression: its base and '**' */
	const struct regex *regex;    /* on what follows the base, or NULL */
	const struct pattern *unless; /* where a hit does not count */
	uint32_t unless_count;
};

struct hash_entry {
	enum digest_kind kind;
	struct digest_value value;
	const struct rule *rule;
	bool benign;
};

/* A row of a baseline table: a file that was shipped, with its hash unless it is only listed. */
struct shipped {
	const char *path; /* folded, '/' between names */
	bool hashed, page;
	struct digest_value sha256;
	const char *builds; /* as written, then resolved into a set of numbers */
	uint32_t set;
	const struct origin *origin;
	unsigned line;
};

/* A folder in which a file that is not shipped stands out. */
struct covered {
	struct view folder; /* folded */
	bool wholly;        /* whatever its kind, not pages alone */
};

struct baseline_data {
	VECTOR(struct shipped) shipped;
	VECTOR(const char *) builds; /* in order */
	VECTOR(uint64_t *) sets;     /* bits over the builds, one for each wording */
	VECTOR(const char *) set_texts;
	VECTOR(struct covered) covered;
	struct index by_path, by_build, by_set, by_folder;
};

struct yara_data;
struct sigma_data;

struct profile {
	struct arena arena;
	const char *id;
	uint64_t since;
	VECTOR(const struct rule *) rules;
	VECTOR(uint64_t) bodies; /* hash of what each rule looks for */
	VECTOR(struct origin *) origins;
	VECTOR(struct profile_file) files;
	VECTOR(struct profile_complaint) complaints;
	VECTOR(struct definition) definitions;
	VECTOR(struct chosen_line) chosen;
	VECTOR(struct choice) choices;
	VECTOR(struct public_date) dates;
	VECTOR(struct profile_question) questions;
	VECTOR(struct release) releases; /* in order of build */
	VECTOR(const char *) cves;
	VECTOR(struct mitigation) mitigations;
	VECTOR(struct path_rule) paths;
	VECTOR(struct regex *) regexes;
	VECTOR(struct hash_entry) hashes;
	struct index by_id, by_definition, by_hash;
	unsigned hash_kinds; /* that have lists */
	struct baseline_data baseline;
	struct yara_data *yara;
	struct sigma_data *sigma;
	char digest[65];
};

/* Notes what is wrong; fatal when the thing named is not used. 0 or -ENOMEM, as all below. */
int complain(const struct origin *from, unsigned line, bool fatal, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Files a copy of a rule whose id, title and so on lie in the arena; body is what it looks for, as text. An id that is
 * taken gives NULL, with a complaint unless the two say the same.
 */
int rule_add(const struct origin *from, unsigned line, const struct rule *draft, struct view body,
	     const struct rule **ret_rule);

/* Says of a filed rule that it is not evaluable after all; reason lies in the arena. */
void rule_set_aside(struct profile *profile, const struct rule *rule, const char *reason);

/* The level that a score from 0 to 100 of public rule sets stands for; false when it is none. */
bool score_level(struct view score, enum level *ret_level);

/* A short text into the arena, NULL when there is no memory. */
const char *keep_text(const struct origin *from, struct view text);

/* One loader for each kind of file: 0, complaints made, or -ENOMEM. */
int artifacts_load(const struct origin *from);
int yara_load(const struct origin *from);
int hashes_load(const struct origin *from);
int baseline_load(const struct origin *from);
int paths_load(const struct origin *from);
int dates_load(const struct origin *from);
int patches_load(const struct origin *from);
int mitigations_load(const struct origin *from);
int sigma_load(const struct origin *from);

const struct definition *definition_find(const struct profile *profile, const char *name);

/* What can only be done when all files are there. */
int choices_finish(struct profile *profile);
int baseline_finish(struct profile *profile);
int yara_finish(struct profile *profile);
int yara_leave(struct profile *profile, const char *why); /* instead of it: one row for each file */

void baseline_free(struct baseline_data *baseline);
struct yara_data *yara_free(struct yara_data *yara);
struct sigma_data *sigma_data_free(struct sigma_data *sigma);

/* Where a profile of that name lies: 0 and its folder (free it), -ENOENT after fail(), or -ENOMEM. */
int profile_find(const char *name, char **ret_folder);

/* The names of the plain files in a folder, in an order that is the same everywhere; free each. None where there is no
 * folder. */
typedef VECTOR(char *) file_names;
int folder_list(const char *path, file_names *list);

/* Puts complaints in the order in which a person reads them. */
void complaints_sort(struct profile *profile);

/* Complains of files that lie beside those that a profile names, and that it does not name. */
int unnamed_check(const struct origin *yaml, const char *folder, const char *id);

/* Reads the profile in a folder and stacks it onto what is there; -ENOENT after fail() when it is none. */
int folder_load(struct profile *profile, const char *folder);

/* The same with the bytes of its profile.yaml, which it frees sooner or later: -EINVAL with what is wrong with them. */
int folder_take(struct profile *profile, const char *folder, struct view bytes, struct tree_error *ret_error);

#endif

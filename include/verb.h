/* verb.h - the verbs and their options: one table each, from which parsing, help, man page and completion all come. */
#ifndef VERB_H
#define VERB_H

#include "request.h"
#include "text.h"

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_PROFILE,
	OPTION_NUMBER,
	OPTION_SECTORS,
	OPTION_TIME,
	OPTION_SINCE,
	OPTION_LEVEL,
	OPTION_FAIL_ON,
	OPTION_STATUS,
	OPTION_CREDENTIAL,
};

struct option_spec {
	char letter; /* 0 for none */
	const char *name;
	enum option_kind kind;
	size_t offset;        /* within struct request */
	const char *argument; /* what its argument is called; NULL for flags */
	const char *help;
	const char *choices; /* "a|b|c" where only these are allowed, else NULL */
};

struct verb {
	const char *name, *operands; /* "IMAGE..." */
	const char *summary;         /* one line */
	const char *description;     /* for the man page: paragraphs, blank line between */
	const char *options;         /* names of those it takes, blank between; common ones are always there */
	size_t least, most;          /* operands */
	int (*run)(const struct request *request); /* an exit status */
};

extern const struct verb triage_verb, info_verb, verify_verb, status_verb, verdict_verb, suspects_verb, accounts_verb,
	findings_verb, pages_verb, timeline_verb, control_verb, coverage_verb, ledger_verb, files_verb, limitations_verb,
	rules_verb, evidence_verb, volumes_verb, sites_verb, host_verb, show_verb, report_verb, extract_verb, export_verb, merge_verb,
	profile_verb, campaign_verb, rescan_verb, exposure_verb, chain_verb, doctor_verb, help_verb,
	note_verb, tag_verb, seal_verb, audit_verb;

const struct verb *const *verb_table(size_t *ret_n);
const struct verb *verb_find(const char *name);
const struct option_spec *option_table(size_t *ret_n);
bool verb_takes(const struct verb *verb, const struct option_spec *option);

/*
 * Fills a request from argv: 0, or EXIT_USAGE after saying what is wrong and what was likely meant. Options may stand
 * before and after operands; `--` ends them.
 */
int request_parse(int argc, char **argv, struct request *ret_request, const struct verb **ret_verb);

/* Writes help for a verb (or, with NULL, for the program), the man page, and the completion of bash. */
int help_text(const struct verb *verb, struct text *ret_text);
int help_man(struct text *ret_text);
int help_completion(struct text *ret_text);

/* Says that there is no such verb, and which one may be meant: EXIT_USAGE. */
int unknown_verb(const char *typed);

/* The one of names that is nearest to what was typed, or NULL when none is near. */
const char *nearest(const char *typed, const char *const *names, size_t n);

#endif

/* request.h - what the user asked for: the command line as one struct that hangs on nothing else. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "credential.h"
#include "rule.h"

enum { REQUEST_PROFILES_MAX = 32 };

enum status_view { STATUS_AUTO, STATUS_WINDOW, STATUS_LINEAR, STATUS_JSON, STATUS_NONE };

/* Strings are those of argv. Zero, false and NULL mean that the option was not given. */
struct request {
	const char *verb;
	const char *const *operands;
	size_t operand_count;
	int argc;
	char **argv; /* for run.jsonl */

	struct credential_list credentials;
	const char *case_folder;
	const char *profiles[REQUEST_PROFILES_MAX];
	size_t profile_count;
	const char *manifest, *output, *format, *view;
	const char *exhibit, *files, *content, *stages, *partitions, *zone, *path;
	uint64_t jobs, sectors, limit;
	uint64_t memory; /* MiB */
	bool sectors_given;
	uint64_t since, from, to; /* FILETIME */
	bool since_given;
	enum level min_level, fail_on;
	bool fail_on_given;
	enum status_view status_view;
	bool calendar, builds, all;
	bool json, quiet, no_color, verify, checksums_only, no_control, bom, help, version;
	const char *hashes; /* "md5,sha256" */
	const char *case_number, *organisation, *examiner; /* for the report */
	bool pdf;
	const char *with;   /* who else reads the bytes of findings: "tsk" */
	const char *sign_key, *key, *author;
	bool renew, notes;
};

/* Exit status, as scripts rely on it. */
enum exit_status {
	EXIT_COMPLETE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_LIMITED = 3,
	EXIT_MISMATCH = 4,
	EXIT_STOPPED = 5,
	EXIT_FOUND = 10,
};

#endif

/* setup.h - what logs of Exchange say of its build: each run of setup, and the build that wrote a log. */
#ifndef SETUP_H
#define SETUP_H

#include "build.h"
#include "logs.h"

enum setup_outcome {
	SETUP_UNKNOWN, /* the log does not say how it ended */
	SETUP_COMPLETED,
	SETUP_FAILED,
};

/* One run of setup. Texts are borrowed for the call. */
struct setup_run {
	uint64_t began, ended;  /* FILETIMEs: its first line, and the one that tells the outcome; 0: none */
	uint64_t offset;        /* of the line that names its version */
	struct build version;   /* what it was to install */
	struct build before;    /* what it found; only the cumulative update counts, as security updates do not show there */
	char mode[24];          /* "Install", "Upgrade", "RecoverServer", "Uninstall", "prepare"; "" where it is not told */
	enum setup_outcome outcome;
};

/* Whether a run of this mode leaves its version on the server. */
bool setup_installs(const struct setup_run *run);

/* Reads an ExchangeSetup.log and gives its runs in order: 0, or negative as run gave or when the tool failed. */
int setup_runs(struct source *src, struct sink *out, int (*run)(void *state, const struct setup_run *run), void *state);

enum { LOG_HEAD = 64 << 10 }; /* bytes of a log in which its build must stand */

/* The build that wrote a log: from the first record that has it, or its header. */
struct log_writer {
	bool found;
	struct build build;
	uint64_t when;   /* FILETIME of the first record; 0: it has none */
	uint64_t offset; /* of what says it */
};

/* Reads the head of a log of this kind: 0 or negative. */
int log_writer_read(const struct log_kind *kind, const char *file, struct source *src, struct log_writer *ret_writer);

#endif

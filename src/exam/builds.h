/* builds.h - what an exhibit says of the builds of Exchange that it had, gathered while it is read; for the examination alone. */
#ifndef BATCH_BUILDS_H
#define BATCH_BUILDS_H

#include "exam.h"
#include "patches.h"
#include "slot.h"

enum witness_limits {
	WITNESS_ROWS_MAX = 2000,  /* of an exhibit; one that has more was made to */
	WITNESS_RUNS_MAX = 1000,  /* of setup in one log */
};

/* Who says it. */
enum witness {
	WITNESS_NONE,
	WITNESS_PROGRAM, /* ExSetup.exe */
	WITNESS_SETUP,   /* ExchangeSetup.log: what a run installed */
	WITNESS_BEFORE,  /* and what it found */
	WITNESS_LOG,     /* the log of a service */
	WITNESS_REGISTRY, /* what setup noted there */
	WITNESS_FOLDER,  /* a folder called after a build */
	WITNESS_MITIGATION, /* of no build: a rewrite rule or the tool that makes it */
};

/* What a statement is worth. */
enum statement {
	STATED_INSTALLED, /* from this time on the server had this build */
	STATED_IN_USE,    /* it had it at these times */
	STATED_UNDATED,   /* it had it once */
	STATED_TRIED,     /* a run of setup that is not known to have come to its end, or that installs nothing */
};

/* One witness, or all logs of one folder that say the same. Texts lie in the arena. */
struct statement_row {
	enum witness witness;
	enum statement means;
	uint32_t host;         /* index into the exam's hosts, UINT32_MAX where it is not known which */
	uint32_t volume;       /* index */
	struct build build;
	const char *path, *note;
	uint64_t first, last;  /* FILETIMEs, 0 for none */
	uint64_t mft, offset, files;
	bool deleted; /* its file is */
};

struct mitigation_seen {
	const struct mitigation *mitigation;
	uint32_t volume;
	uint64_t first, last, mft, offset;
	const char *path, *note;
};

/* Statements on their way, with their texts. */
struct witnessed {
	struct arena arena;
	VECTOR(struct statement_row) rows;
	VECTOR(struct mitigation_seen) mitigations;
};

/* All of an exhibit. */
struct builds {
	struct witnessed told;
	uint64_t more; /* statements beyond WITNESS_ROWS_MAX */
};

/* Which witness a file is by its place, WITNESS_NONE for most. */
enum witness witness_of(const struct exam *exam, const struct candidate *c);

/* Reads what a witness has to say into its slot; by one of several threads. 0 or negative. */
int witness_read(struct slot *slot, const struct exam *exam, struct source *stream);
struct witnessed *witness_free(struct witnessed *witnessed);

/* Takes over what a slot's witness said; in the main thread. */
int witness_take(struct exam *exam, const struct slot *slot);
int builds_take(struct exam *exam, const struct statement_row *row);

/* What a program says, and who says so, as a row of `to`. 0 or negative. */
int witness_program(struct witnessed *to, const struct exam *exam, const struct candidate *c, struct source *stream,
		    struct sink *out);

/* A folder called after a build, of a host. */
int builds_folder(struct exam *exam, uint32_t host, uint32_t volume, uint32_t folder, const struct build *build);

/* The only Exchange of the exhibit, UINT32_MAX where there are none or several. */
uint32_t builds_only_host(const struct exam *exam);

/* Adds to a note, a semicolon between. NULL where there is no memory. */
const char *note_add(struct arena *arena, const char *note, const char *more);

/* Whether a build was out by then; a statement that is older was not made by it. */
bool build_was_out(const struct exam *exam, const struct build *build, uint64_t when);

/* The build that an Exchange has in the end, and why that is said; false where nobody tells. ret_reason is a text that
 * grows. */
bool builds_resolve(const struct exam *exam, uint32_t host, struct build *ret_build, struct text *ret_reason);

const char *witness_label(enum witness witness);

#endif

/* asked.h - what the logs of an exhibit are asked: the Sigma rules that apply to each kind, and who could answer them. */
#ifndef ASKED_H
#define ASKED_H

#include "evtx.h"
#include "exam.h"
#include "literals.h"
#include "logs.h"

/* Logs that have the same columns, all their headers taken together. */
struct asked_columns {
	char *text;            /* the headers as they stand, a line each */
	uint64_t logs;
	struct sigma_set *set; /* the rules bound to these columns, once somebody asks; its source and fields: */
	struct sigma_source source;
	const char **fields;
};

/* The rules on one kind of records. What is per thread is made by the thread that needs it first. */
struct asked_rules {
	const char *title;
	const struct sigma_source *source; /* NULL: nobody can ask it */
	struct sigma_set *set;           /* NULL: the profile has no Sigma rules */
	struct sigma_matcher **matchers; /* by thread */
	bool had;                        /* the exhibit has logs of this kind */
	uint64_t logs;                   /* of these, those that have records which were read */
};

/* A kind of text log, or of artefact. */
struct asked_kind {
	struct asked_rules rules;
	const struct log_kind *kind;
	struct literals *literals; /* NULL: none of its rules can apply, and it tells of no passwords */
	bool all;                  /* some rules need every record */
	VECTOR(struct asked_columns) columns;
};

/* For the logs among the candidates: 0, or negative after fail(). */
int asked_open(struct exam *exam, struct asked **ret_asked);
struct asked *asked_close(struct asked *asked);

/* Registry hives, as far as rules are concerned: the values are their records. */
extern const struct log_kind asked_hives;

struct asked_kind *asked_kind(struct asked *asked, const struct log_kind *kind);
int asked_matcher(struct asked_rules *asked, unsigned thread, struct sigma_matcher **ret_matcher);

/* The rules on records of event logs, in the order of evtx_kinds. */
struct asked_rules *asked_events(struct asked *asked);

/* Notes the columns of a log that was read. 0 or -ENOMEM after fail(). */
int asked_note(struct asked_kind *asked, const struct log_result *result);
void asked_columns_free(struct asked_kind *asked);

/* Notes an event log that was read: how many records of each of evtx_kinds it has. */
void asked_note_events(struct asked *asked, const uint64_t counts[static EVTX_KINDS_MAX]);

/* How many of its logs record nothing that the rule could answer from, though the kind can; and why, of the first of
 * them (NULL without): 0 or -ENOMEM. */
int asked_silent(struct asked_kind *asked, const struct sigma *sigma, const struct rule *rule, uint64_t *ret_logs,
		 const char **ret_why);

#endif

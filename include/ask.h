/* ask.h - what the verbs that ask a case share: opening it, and printing a view as a table or as JSON. */
#ifndef ASK_H
#define ASK_H

#include "case.h"
#include "request.h"

/* Whether output may be in colour: a terminal, and neither --no-color nor NO_COLOR. */
bool ask_color(const struct request *request);

/* A view, restricted by --from, --to, --min-level, --path and --limit. */
struct question ask_question(const struct request *request, const char *view);

/*
 * Prints a view of the case that the first operand names, restricted as above; as JSON lines with --json, else as a
 * table with these columns (ended by NULL). An exit status.
 */
int ask_view(const struct request *request, const char *view, const char *const *columns);

/* What a triage came to, for a person: verdict, findings, coverage, limits. */
int summary_print(const char *folder, const struct request *request);

#endif

/* indicator.h - what could lead from one exhibit to another; for the verdicts alone. */
#ifndef INDICATOR_H
#define INDICATOR_H

#include "case.h"
#include "text.h"

enum indicator_limits {
	INDICATORS_MAX = 20000,     /* that a case holds */
	INDICATOR_VALUE_MAX = 1024, /* bytes of a value; a longer one is none */
	INDICATOR_IDS_MAX = 20,     /* finding ids that one lists; all are counted */
};

/* Writes the indicators of all exhibits. 0, or negative after fail(); -ENOMEM may be silent. */
int indicators_make(struct case_db *db);

/*
 * The code of a web shell as all copies of it have it: what stands between <% and %> and in <script>, or all of it where
 * there is neither; without blanks, in lower case, each parameter that is asked of the request, each GUID and each URL
 * as one word. Nothing where too little is left to know it by, or nothing is asked of the request. 0 or -ENOMEM.
 */
int shell_normal(struct view bytes, struct text *ret_normal);

/* The host of the ExternalUrl that a dump of a virtual directory was given: a view of nothing without. */
struct view shell_host(struct view bytes);

#endif

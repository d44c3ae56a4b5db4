/* judge.h - facts about one file that need no bytes but a comparison: times that disagree, a place that nothing ships
 * to. */
#ifndef JUDGE_H
#define JUDGE_H

#include "entry.h"
#include "profile.h"
#include "text.h"

/* The rules that come with the program and not with a profile, for v_rules; in a fixed order. */
enum own_rule {
	OWN_STOMP,
	OWN_WEB_CODE,
	OWN_WEB_UNLISTED,
	OWN_WEB_OTHER,
	OWN_DELETED_CODE,
	OWN_INDEX_CODE,
	OWN_INDEX_STALE,
	OWN_INDEX_UNLISTED,
	OWN_FOLLOWED,
	OWN_PAGE_USED,
	OWN_FILE_FETCHED,
	OWN_GUESSED,
	OWN_SPRAY,
	OWN_FORCE,
	OWN_CROWD,
	OWN_STALE,
	OWN_EVENTS_MISSING,
	OWN_EVENTS_COVERED,
	OWN_PAGE_GONE,
	OWN_PAGE_UNLISTED,
	OWN_SAVED_DIRECTORY,
	OWN_SAVED_SCRIPT,
	OWN_SETTING_LIBRARY,
	OWN_SETTING_HANDLER,
	OWN_SETTING_DIRECTORY,
	OWN_SETTING_REWRITE,
	OWN_SETTING_MITIGATION,
	OWN_SETTING_PUBLIC_KEY,
	OWN_SETTING_KEY,
	OWN_TASK_HIDDEN,
	OWN_NAME_DIRECTION, /* from here on: what deceit.h knows, in its order */
	OWN_NAME_INVISIBLE,
	OWN_NAME_LOOKALIKE,
	OWN_NAME_TAIL,
	OWN_NAME_DEVICE,
	OWN_NAME_ILLEGAL,
	OWN_NAME_SHORT,
	OWN_NAME_TWIN,
	OWN_NAME_STREAM,
	OWN_NAME_DOUBLE,
	OWN_NAME_EXACT,
	OWN_RULES
};
const struct rule *own_rule(enum own_rule which);

/*
 * Signs that the times of a file were set by hand: $SI older than $FN, whole seconds in $SI beside 100 ns in $FN, $SI
 * before the volume was made (0: unknown). Writes them in words to ret_signs and returns how many; negative on -ENOMEM.
 */
int stomp_signs(const struct times *si, const struct times *fn, uint64_t volume_made, struct text *ret_signs);

/* Kinds of file by the ending of a name. */
bool name_is_code(const char *name);   /* IIS or Windows would run it or be led by it */
bool name_is_served(const char *name); /* IIS would compile and run it on request */

#endif

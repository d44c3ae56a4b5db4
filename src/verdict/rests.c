/* rests.c - what an answer rests on: rows of the coverage, how its indicators lie to the time in which a hole was open;
 * and what would change it. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "court.h"
#include "filetime.h"
#include "row.h"

enum { RUNS_MAX = 200 }; /* of ids that a verdict lists; the rest is counted */

/* ---- coverage ---- */

static bool
same_word(const char *text, struct view word)
{
	return strlen(text) == word.n && !strncasecmp(text, (const char *)word.p, word.n);
}

/* kind, kind/NAME (a folder of logs, or one that is called so by itself: evtx/Application), or a family of these. */
static bool
is_needed(const struct cover *c, struct view word)
{
	const uint8_t *slash = memchr(word.p, '/', word.n);
	size_t kind = slash ? (size_t)(slash - word.p) : word.n;

	if (same_word(c->source, word))
		return true;
	if (!slash)
		return strlen(c->source) > word.n && c->source[word.n] == '/' && !memcmp(c->source, word.p, word.n);
	return same_word(c->source, view_of(word.p, kind)) && same_word(c->folder, view_from(word, kind + 1));
}

static bool
is_in(const struct cover *c, struct view list)
{
	struct view word;

	while (next_word(&list, &word))
		if (is_needed(c, word))
			return true;
	return false;
}

/* The first question is all of them. */
static bool
bears(const struct cover *c, const struct exhibit *e, const struct asked *asked)
{
	if (asked != &e->asked.at[0])
		return is_in(c, asked->days) || is_in(c, asked->whole);
	for (size_t q = 1; q < e->asked.n; q++)
		if (bears(c, e, &e->asked.at[q]))
			return true;
	return false;
}

/* `c7 l12-l40` */
static int
add_run(struct text *ids, char letter, uint64_t first, uint64_t last)
{
	int r = text_printf(ids, "%s%c%" PRIu64, ids->n ? " " : "", letter, first);

	return r == 0 && last > first ? text_printf(ids, "-%c%" PRIu64, letter, last) : r;
}

int
rests_coverage(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *ids)
{
	const struct cover *from = NULL, *last = NULL;
	uint64_t runs = 0, more = 0;
	int r = 0;

	for (size_t i = 0; i < court->needs.covers.n && r == 0; i++) {
		const struct cover *c = &court->needs.covers.at[i];

		if (c->evidence != e->number || !bears(c, e, asked))
			continue;
		if (runs >= RUNS_MAX) {
			more++;
			continue;
		}
		if (from && (c->letter != last->letter || c->number != last->number + 1)) {
			r = add_run(ids, from->letter, from->number, last->number);
			runs++;
			from = NULL;
		}
		from = from ? from : c;
		last = c;
	}
	if (r == 0 && from)
		r = add_run(ids, from->letter, from->number, last->number);
	return r == 0 && more ? text_printf(ids, " +%" PRIu64, more) : r;
}

/* ---- what would change it ---- */

int
rests_changes(const struct exhibit *e, const struct asked *asked, enum answer given, struct text *words)
{
	const struct support *s = &asked->support;
	bool all = asked == &e->asked.at[0];

	switch (given) {
	case EXPLOITED:
		return text_printf(words,
				   "an explanation other than an attack for %s%" PRIu64 " finding%s of level high or above "
				   "(see benign in %s); more sources can only add to it",
				   s->strong == 1 ? "the " : "each of the ", s->strong, s->strong == 1 ? "" : "s",
				   s->strong == 1 ? "it" : "these");
	case ATTEMPTED:
		return text_adds(words, "a finding of level high or above, such as a request that was answered or what it left, would make "
					"it exploited; logs of the days that the reason names can hold one");
	case NOT_ASSESSABLE:
		return text_adds(words, all ? "an answer to each open question: see what would change that; a finding of level high or "
					      "above would make it exploited"
					    : "what the reason names as missing, from a backup, a shadow copy, a log server or a proxy in "
					      "front of the host, read wholly, would allow an answer; a finding of level high or above would "
					      "make it exploited");
	case NO_TRACE:
		return text_adds(words, "one finding of level high or above would make it exploited; a source of the coverage that is "
					"taken away would make it not assessable; traces in sources that are not needed here, and "
					"what no rule knows, are not seen");
	default:
		return text_adds(words, "a witness of a build without the fix since the window began, or a finding of level medium or "
					"above");
	}
}

/* ---- the time in which a hole was open ---- */

struct open_time {
	const struct exhibit *exhibit;
	const struct asked *asked; /* without a CVE of its own: those of all questions */
	bool any, still;  /* still: not closed in the end, as far as is known */
	uint64_t from, to;
};

static bool
has_cve(struct view list, struct view cve)
{
	struct view word;

	while (next_word(&list, &word))
		if (view_equal(word, cve))
			return true;
	return false;
}

static bool
is_asked(const struct open_time *o, struct view cve)
{
	if (o->asked->cve.n)
		return has_cve(o->asked->cve, cve);
	for (size_t q = 1; q < o->exhibit->asked.n; q++)
		if (has_cve(o->exhibit->asked.at[q].cve, cve))
			return true;
	return false;
}

static int
take_period(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct open_time *o = state;
	const struct row row = { n, names, values };
	uint64_t from = 0, to = 0;

	(void)is_number;
	if (number_of(&row, "evidence") != o->exhibit->number ||
	    !view_equal(text_of(&row, "state"), view_text("vulnerable")) || !is_asked(o, text_of(&row, "cve")))
		return 0;
	if (filetime_parse(text_of(&row, "from"), &from) < 0)
		from = 0;
	if (filetime_parse(text_of(&row, "to"), &to) < 0) {
		to = 0;
		o->still = true;
	}
	o->from = !o->any || from < o->from ? from : o->from;
	o->to = to > o->to ? to : o->to;
	o->any = true;
	return 0;
}

/* "12.3 days before" */
static int
add_distance(struct text *reason, const char *what, uint64_t when, uint64_t patched)
{
	uint64_t apart = when > patched ? when - patched : patched - when;

	return text_printf(reason, ", %s %" PRIu64 ".%" PRIu64 " days %s that", what, apart / FILETIME_DAY,
			   apart % FILETIME_DAY * 10 / FILETIME_DAY, when > patched ? "after" : "before");
}

/* The question for what was done with a shell: it asks for the stage of execution, and for no hole. */
static bool
is_use(const struct asked *asked)
{
	static const char stage[] = "execution";
	struct view list = asked->stage, word;

	while (!asked->cve.n && next_word(&list, &word))
		if (view_equal(word, view_text(stage)))
			return true;
	return false;
}

/* "57.2" */
static int
add_days(struct text *reason, const char *before, uint64_t apart, const char *after)
{
	return text_printf(reason, "%s%" PRIu64 ".%" PRIu64 " days %s", before, apart / FILETIME_DAY,
			   apart % FILETIME_DAY * 10 / FILETIME_DAY, after);
}

/* What the owner asks, in sentences of their own: was it before the patch, and did the patch end it? */
static int
tell_around(const struct exhibit *e, uint64_t patched, struct text *reason)
{
	const struct support *all = &e->asked.at[0].support;
	uint64_t used = 0;
	int r = 0;

	for (size_t q = 1; q < e->asked.n; q++)
		if (is_use(&e->asked.at[q]) && e->asked.at[q].support.strong && e->asked.at[q].support.last > used)
			used = e->asked.at[q].support.last;
	if (all->first < patched)
		r = add_days(reason, ". The compromise is older than the patch: its first indicator is ",
			     patched - all->first, "before it");
	if (r == 0 && used > patched)
		r = add_days(reason, ". A shell was still used after the patch: the last sign of that is ", used - patched,
			     "after it");
	return r;
}

int
rests_exposure(const struct court *court, const struct exhibit *e, const struct asked *asked, struct text *reason)
{
	const struct support *s = &asked->support;
	struct open_time o = { .exhibit = e, .asked = asked };
	char from[FILETIME_TEXT], to[FILETIME_TEXT];
	int r = case_ask(court->db, &(struct question){ .view = "v_exposure" }, take_period, &o);

	if (r < 0 || !o.any || !s->first)
		return r;
	r = add_clause(reason, "by its builds the server was open to %s %s%s to %s",
		       asked->cve.n ? "this" : "the holes that the profile asks for", o.from ? "from " : "from an unknown time",
		       o.from ? filetime_text(o.from, from) : "",
		       o.still ? "the end of what the exhibit tells, without the fix" : filetime_text(o.to, to));
	if (r < 0 || o.still)
		return r;
	r = add_distance(reason, "first indicator", s->first, o.to);
	if (r == 0)
		r = add_distance(reason, "last indicator", s->last, o.to);
	return r == 0 && asked == &e->asked.at[0] && s->strong ? tell_around(e, o.to, reason) : r;
}

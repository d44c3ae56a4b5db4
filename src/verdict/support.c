/* support.c - which findings, and which rules, bear on which question. */
#include "support.h"

#include <errno.h>

#include "filetime.h"
#include "needs.h"
#include "reasons.h"
#include "row.h"

enum { IDS_MAX = 50 }; /* finding ids that a verdict lists; the rest is counted */

/* ---- what bears on what ---- */

/* Whether a blank- or comma-separated list has this word. */
static bool
has_word(struct view list, struct view word)
{
	for (size_t i = 0; word.n && i + word.n <= list.n; i++)
		if (!memcmp(list.p + i, word.p, word.n) && (i == 0 || list.p[i - 1] == ',' || list.p[i - 1] == ' ') &&
		    (i + word.n == list.n || list.p[i + word.n] == ',' || list.p[i + word.n] == ' '))
			return true;
	return false;
}

/* Whether some word of `wanted` is in the list; nothing wanted is nothing asked. */
static bool
fits(struct view wanted, struct view list)
{
	struct view word;

	if (!wanted.n)
		return true;
	while (next_word(&wanted, &word))
		if (has_word(list, word))
			return true;
	return false;
}

static bool
bears_on(const struct asked *asked, const struct row *row)
{
	return fits(asked->cve, text_of(row, "cve")) && fits(asked->technique, text_of(row, "technique")) &&
	       fits(asked->stage, text_of(row, "stage"));
}

/* ---- the exhibits and their questions ---- */

static struct exhibit *
exhibit_of(struct judge *judge, const struct row *row)
{
	uint32_t number = (uint32_t)number_of(row, "evidence");
	struct exhibit *e;
	struct asked *overall;

	for (size_t i = 0; i < judge->exhibits.n; i++)
		if (judge->exhibits.at[i].number == number)
			return &judge->exhibits.at[i];
	e = vector_push(&judge->exhibits);
	if (!e)
		return NULL;
	e->number = number;
	overall = vector_push(&e->asked);
	if (!overall)
		return NULL;
	overall->question = "overall";
	return e;
}

static int
take_evidence(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	(void)is_number;
	return exhibit_of(state, &(struct row){ n, names, values }) ? 0 : -ENOMEM;
}

static int
take_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	const struct row row = { n, names, values };
	struct exhibit *e = exhibit_of(state, &row);

	(void)is_number;
	if (!e)
		return -ENOMEM;
	e->volumes_read += !view_equal(text_of(&row, "state"), view_text("skipped"));
	return 0;
}

static struct view
keep(struct judge *judge, struct view text)
{
	return view_of(arena_copy(&judge->arena, text), text.n);
}

static int
take_question(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct judge *judge = state;
	const struct row row = { n, names, values };
	struct exhibit *e = exhibit_of(judge, &row);
	struct asked *asked = e ? vector_push(&e->asked) : NULL;

	(void)is_number;
	if (!asked)
		return -ENOMEM;
	*asked = (struct asked){ .question = (const char *)keep(judge, text_of(&row, "question")).p,
				 .cve = keep(judge, text_of(&row, "cve")),
				 .technique = keep(judge, text_of(&row, "technique")),
				 .stage = keep(judge, text_of(&row, "stage")),
				 .days = keep(judge, text_of(&row, "days")),
				 .whole = keep(judge, text_of(&row, "whole")) };
	return asked->question && asked->cve.p && asked->technique.p && asked->stage.p && asked->days.p &&
			       asked->whole.p
		       ? 0
		       : -ENOMEM;
}

/* ---- findings ---- */

static void
note_time(struct support *s, uint64_t when)
{
	if (!when)
		return;
	if (!s->first || when < s->first)
		s->first = when;
	if (when > s->last)
		s->last = when;
}

static int
add_support(struct support *s, enum level level, uint64_t when, struct view id, bool doubtful)
{
	bool strong = level >= LEVEL_HIGH;

	s->findings++;
	s->told += level == LEVEL_LOW;
	s->level = level > s->level ? level : s->level;
	if (strong && !s->strong++) /* from here on only strong ones count */
		s->first = s->last = s->doubtful = 0;
	if (strong || !s->strong) {
		note_time(s, when);
		s->doubtful += doubtful;
	}
	if (!strong || s->listed >= IDS_MAX)
		return 0;
	s->listed++;
	if (s->ids.n && text_addc(&s->ids, ' ') < 0)
		return -ENOMEM;
	return text_add(&s->ids, id);
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct judge *judge = state;
	const struct row row = { n, names, values };
	struct exhibit *e = exhibit_of(judge, &row);
	enum level level = LEVEL_INFO;
	uint64_t when = 0;
	size_t answers = 0;
	int r = 0;

	(void)is_number;
	if (!e)
		return -ENOMEM;
	level_parse(text_of(&row, "level"), &level);
	if (filetime_parse(text_of(&row, "time"), &when) < 0 || when < judge->since)
		when = 0;
	for (size_t q = 0; q < e->asked.n && r == 0; q++)
		if (bears_on(&e->asked.at[q], &row)) {
			answers++;
			r = add_support(&e->asked.at[q].support, level, when, text_of(&row, "finding"),
					text_of(&row, "trust").n > 0);
		}
	e->strays += level == LEVEL_MEDIUM && answers == 1; /* "overall" alone */
	return r;
}

/* ---- rules ---- */

static bool
ends_with(struct view text, const char *end)
{
	size_t n = strlen(end);

	return text.n >= n && !memcmp(text.p + text.n - n, end, n);
}

/* A rule on logs that are not there is idle: whether they had to be there is what the question says. A rule that asks
 * what some of the logs do not record, or that nobody can answer, leaves a gap. */
static bool
is_idle(struct view state, struct view reason)
{
	return view_equal(state, view_text("not-evaluable")) &&
	       (ends_with(reason, REASON_NO_LOG) || ends_with(reason, REASON_NO_RECORD));
}

static int
add_rule(struct judge *judge, struct support *s, const struct row *row)
{
	struct view id = text_of(row, "rule"), reason = text_of(row, "reason"), state = text_of(row, "state");
	bool failed = !is_idle(state, reason);
	const char **why = failed ? &s->failed_why : &s->idle_why;

	s->rules++;
	if (view_equal(state, view_text("used")) && !reason.n)
		return 0;
	s->failed += failed;
	s->idle += !failed;
	if (!*why)
		*why = arena_printf(&judge->arena, "%.*s%s%.*s", (int)id.n, (const char *)id.p, reason.n ? ": " : "",
				    (int)reason.n, (const char *)reason.p);
	return *why ? 0 : -ENOMEM;
}

static int
take_rule(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct judge *judge = state;
	const struct row row = { n, names, values };
	struct exhibit *e = exhibit_of(judge, &row);
	int r = e ? 0 : -ENOMEM;

	(void)is_number;
	for (size_t q = 0; r == 0 && q < e->asked.n; q++)
		if (bears_on(&e->asked.at[q], &row))
			r = add_rule(judge, &e->asked.at[q].support, &row);
	return r;
}

int
judge_load(struct judge *judge, struct case_db *db)
{
	static const struct {
		const char *view;
		int (*take)(void *state, int n, const char *const *names, const struct view *values,
			    const bool *is_number);
	} steps[] = {
		{ "v_evidence", take_evidence }, { "v_volumes", take_volume }, { "v_questions", take_question },
		{ "v_findings", take_finding },  { "v_rule_use", take_rule },
	};
	CLEANUP(free) char *since = NULL;
	int r = case_setting_get(db, "since", &since);

	judge->since = since ? strtoull(since, NULL, 10) : 0;
	if (r == -ENOENT)
		r = 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && r == 0; i++)
		r = case_ask(db, &(struct question){ .view = steps[i].view }, steps[i].take, judge);
	return r;
}

void
judge_free(struct judge *judge)
{
	for (size_t i = 0; i < judge->exhibits.n; i++) {
		for (size_t q = 0; q < judge->exhibits.at[i].asked.n; q++)
			text_free(&judge->exhibits.at[i].asked.at[q].support.ids);
		vector_free(&judge->exhibits.at[i].asked);
	}
	vector_free(&judge->exhibits);
	arena_free(&judge->arena);
}

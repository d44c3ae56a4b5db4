/* verdict.c - what the findings of a case support for each exhibit, and what cannot be told. */
#include "verdict.h"

#include <errno.h>
#include <inttypes.h>

#include "case.h"
#include "fail.h"
#include "filetime.h"
#include "text.h"
#include "vector.h"

enum { IDS_MAX = 50 }; /* finding ids that a verdict lists; the rest is counted */

/* A question is answered by the findings that carry its CVE or its technique. */
static const struct {
	const char *question, *cve, *technique;
} questions[] = {
	{ "overall", NULL, NULL },
	{ "web shell", NULL, "T1505.003" },
	{ "CVE-2021-26855", "CVE-2021-26855", NULL },
	{ "CVE-2021-26857", "CVE-2021-26857", NULL },
	{ "CVE-2021-26858", "CVE-2021-26858", NULL },
	{ "CVE-2021-27065", "CVE-2021-27065", NULL },
};

enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

/* What speaks for an answer: how much, how strongly, from when to when. */
struct support {
	uint64_t findings, strong; /* strong: high or critical */
	uint64_t doubtful;         /* of those that count: they rest on damaged or unverified bytes */
	enum level level;
	uint64_t first, last; /* of the strong ones where there are any */
	struct text ids;
	unsigned listed;
};

struct exhibit {
	uint32_t number;
	uint64_t volumes_read;
	struct support support[QUESTIONS];
};

struct judge {
	VECTOR(struct exhibit) exhibits;
	uint64_t since; /* a time before the window is that of a set-back clock or an old file, not of the intrusion */
};

static struct exhibit *
exhibit_of(struct judge *judge, uint32_t number)
{
	struct exhibit *e;

	for (size_t i = 0; i < judge->exhibits.n; i++)
		if (judge->exhibits.at[i].number == number)
			return &judge->exhibits.at[i];
	e = vector_push(&judge->exhibits);
	if (e)
		e->number = number;
	return e;
}

/* Whether a blank- or comma-separated list has this word. */
static bool
has_word(struct view list, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= list.n; i++)
		if (!memcmp(list.p + i, word, n) && (i + n == list.n || list.p[i + n] == ',' || list.p[i + n] == ' '))
			return true;
	return false;
}

static bool
bears_on(size_t question, struct view cve, struct view technique)
{
	if (questions[question].cve)
		return has_word(cve, questions[question].cve);
	if (questions[question].technique)
		return has_word(technique, questions[question].technique);
	return true;
}

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
	struct exhibit *e = exhibit_of(judge, (uint32_t)view_number(row_value(n, names, values, "evidence")));
	enum level level = LEVEL_INFO;
	uint64_t when = 0;
	int r = 0;

	(void)is_number;
	if (!e)
		return -ENOMEM;
	level_parse(row_value(n, names, values, "level"), &level);
	if (filetime_parse(row_value(n, names, values, "time"), &when) < 0 || when < judge->since)
		when = 0;
	for (size_t q = 0; q < QUESTIONS && r == 0; q++)
		if (bears_on(q, row_value(n, names, values, "cve"), row_value(n, names, values, "technique")))
			r = add_support(&e->support[q], level, when, row_value(n, names, values, "finding"),
					row_value(n, names, values, "trust").n > 0);
	return r;
}

static int
take_evidence(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	(void)is_number;
	return exhibit_of(state, (uint32_t)view_number(row_value(n, names, values, "evidence"))) ? 0 : -ENOMEM;
}

static int
take_volume(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct exhibit *e = exhibit_of(state, (uint32_t)view_number(row_value(n, names, values, "evidence")));

	(void)is_number;
	if (!e)
		return -ENOMEM;
	e->volumes_read += !view_equal(row_value(n, names, values, "state"), view_text("skipped"));
	return 0;
}

static void
add_doubt(const struct support *s, struct text *ret_reason)
{
	if (s->doubtful)
		text_printf(ret_reason, "; %" PRIu64 " of these rest on damaged or unverified bytes", s->doubtful);
}

/*
 * Findings can prove an intrusion and their absence cannot rule one out: the request that needs no file leaves its
 * traces in logs, of which a month is kept and which are only searched here. So the best answer without a strong
 * finding is that it cannot be told.
 */
static const char *
answer(const struct exhibit *e, size_t question, struct text *ret_reason)
{
	const struct support *s = &e->support[question];

	if (!e->volumes_read) {
		text_adds(ret_reason, "no NTFS volume of this exhibit could be read");
		return "not assessable";
	}
	if (s->strong) {
		text_printf(ret_reason, "%" PRIu64 " findings of level high or above among %" PRIu64, s->strong,
			    s->findings);
		add_doubt(s, ret_reason);
		return "exploited";
	}
	if (s->level == LEVEL_MEDIUM && questions[question].cve) {
		text_printf(ret_reason, "%" PRIu64 " findings show that it was tried, none that it worked",
			    s->findings);
		add_doubt(s, ret_reason);
		return "attempted";
	}
	if (s->level == LEVEL_MEDIUM)
		text_printf(ret_reason, "%" PRIu64 " findings, none above medium: a person has to look at them; ",
			    s->findings);
	else
		text_adds(ret_reason, "no finding above low in the files that were read; ");
	text_adds(ret_reason, "logs are only searched for known traces, event logs and registry are not examined, and "
			      "an intrusion need not leave a file");
	return "not assessable";
}

static int
write_answers(struct case_db *db, const struct exhibit *e)
{
	int r = 0;

	for (size_t q = 0; q < QUESTIONS && r == 0; q++) {
		const struct support *s = &e->support[q];
		CLEANUP(text_free) struct text reason = { 0 };
		const char *verdict = answer(e, q, &reason);
		bool told = s->strong || !strcmp(verdict, "attempted");

		r = case_verdict(db, &(struct verdict_row){
					     .evidence = e->number,
					     .question = questions[q].question,
					     .verdict = verdict,
					     .reason = reason.s ? reason.s : "",
					     .first = told ? s->first : 0,
					     .last = told ? s->last : 0,
					     .findings = s->ids.s ? s->ids.s : "",
				     });
	}
	return r;
}

static void
put_away(struct judge *judge)
{
	for (size_t i = 0; i < judge->exhibits.n; i++)
		for (size_t q = 0; q < QUESTIONS; q++)
			text_free(&judge->exhibits.at[i].support[q].ids);
	vector_free(&judge->exhibits);
}

int
verdict_judge(void *state, struct case_db *db)
{
	struct judge judge = { 0 };
	CLEANUP(free) char *since = NULL;
	int r = case_setting_get(db, "since", &since);

	judge.since = since ? strtoull(since, NULL, 10) : 0;
	if (r == -ENOENT)
		r = 0;
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_evidence" }, take_evidence, &judge);

	(void)state;
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_volumes" }, take_volume, &judge);
	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_findings" }, take_finding, &judge);
	if (r == -ENOMEM)
		fail(ENOMEM, "out of memory for the verdict");
	for (size_t i = 0; i < judge.exhibits.n && r == 0; i++)
		r = write_answers(db, &judge.exhibits.at[i]);
	put_away(&judge);
	return r;
}

/*
 * chain.c - facts that hang together, told as one intrusion each: title, time, gravity, how sure, and every edge with
 * both of its rows.
 *
 * How sure: edges that do not rest on time alone and lead from one source to another are counted. Three or more:
 * confirmed; one or two: likely; none: possible.
 */
#include <errno.h>
#include <inttypes.h>

#include "facts.h"
#include "fail.h"
#include "filetime.h"

enum { WHAT_MAX = 120, ADDRESSES_SHOWN = 8 };

/* A chain while it is gathered. */
struct story {
	size_t root;
	enum level level;
	uint64_t first, last, facts, more, edges, time_only, strong;
	uint64_t told; /* rows that are neither a file nor what a file says of itself */
	uint64_t steps[STEPS]; /* rows of each step */
};

typedef VECTOR(struct story) story_list;

/* What the step is to ATT&CK, where no rule says so. */
static const char *
stage_of(const struct fact *f)
{
	static const enum stage stages[STEPS] = {
		[STEP_FORGED] = STAGE_INITIAL_ACCESS,   [STEP_BEHIND] = STAGE_INITIAL_ACCESS,
		[STEP_SESSION] = STAGE_INITIAL_ACCESS,  [STEP_OBJECT] = STAGE_DISCOVERY,
		[STEP_SET] = STAGE_EXECUTION,           [STEP_RESET] = STAGE_PERSISTENCE,
		[STEP_COMMAND] = STAGE_EXECUTION,       [STEP_BIRTH] = STAGE_PERSISTENCE,
		[STEP_COMPILED] = STAGE_EXECUTION,      [STEP_USE] = STAGE_COMMAND_AND_CONTROL,
		[STEP_PROCESS] = STAGE_EXECUTION,       [STEP_TAKEN] = STAGE_COLLECTION,
		[STEP_STAYS] = STAGE_PERSISTENCE,       [STEP_FETCH] = STAGE_EXFILTRATION,
		[STEP_MAIL] = STAGE_COLLECTION,
	};

	return *f->stage ? f->stage : stage_name(stages[f->step]);
}

static struct story *
story_of(story_list *stories, size_t root)
{
	struct story *s;

	for (size_t i = 0; i < stories->n; i++)
		if (stories->at[i].root == root)
			return &stories->at[i];
	s = vector_push(stories);
	if (s)
		*s = (struct story){ .root = root };
	return s;
}

static void
add_fact(struct story *s, const struct fact *f)
{
	s->facts++;
	s->told += strcmp(f->kind, "file") && strcmp(f->kind, "directory.set");
	s->more += f->more;
	s->steps[f->step]++;
	s->level = f->level > s->level ? f->level : s->level;
	if (!f->when)
		return;
	s->first = !s->first || f->when < s->first ? f->when : s->first;
	s->last = f->when > s->last ? f->when : s->last;
}

static void
add_edge(const struct facts *facts, struct story *s, const struct edge *e)
{
	const struct fact *a = &facts->list.at[e->from], *b = &facts->list.at[e->to];

	s->edges++;
	s->time_only += e->time_only;
	s->strong += !e->time_only && strcmp(a->source, b->source);
}

static const char *
confidence_of(const struct story *s)
{
	return s->strong >= 3 ? "confirmed" : s->strong ? "likely" : "possible";
}

/* ---- words ---- */

/* What a chain came to, in a few words: its gravest steps. */
static int
compose_title(const struct story *s, struct text *t)
{
	static const struct {
		enum step step;
		const char *words;
	} parts[] = {
		{ STEP_FORGED, "forged requests" },  { STEP_SESSION, "a session of the control panel" },
		{ STEP_RESET, "a virtual directory written to a file" },
		{ STEP_BIRTH, "pages made" },        { STEP_USE, "pages used" },
		{ STEP_PROCESS, "programs started" }, { STEP_TAKEN, "files gathered" },
		{ STEP_FETCH, "files fetched" },     { STEP_STAYS, "something set up to stay" },
		{ STEP_MAIL, "mail read" },
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && r == 0; i++)
		if (s->steps[parts[i].step])
			r = text_printf(t, "%s%s", t->n ? ", " : "", parts[i].words);
	if (r == 0 && !t->n)
		r = text_adds(t, "commands");
	if (t->n && t->s[0] >= 'a' && t->s[0] <= 'z')
		t->s[0] = (char)(t->s[0] - 32);
	return r;
}

/* The clients of a chain, each once, as they come. */
static int
add_addresses(const struct facts *facts, const struct story *s, struct text *t)
{
	struct view seen[ADDRESSES_SHOWN];
	size_t n = 0, more = 0, i, k;
	int r = 0;

	for (i = 0; i < facts->list.n && r == 0; i++) {
		struct view address = facts->list.at[i].keys[KEY_ADDRESS];

		if (facts_root(facts, i) != s->root || !address.n || view_equal(address, view_text("::1")))
			continue;
		for (k = 0; k < n && !view_equal(seen[k], address);)
			k++;
		if (k < n)
			continue;
		if (n == ADDRESSES_SHOWN) {
			more++;
			continue;
		}
		seen[n++] = address;
		r = text_printf(t, "%s%.*s", n == 1 ? "; from " : ", ", (int)address.n, (const char *)address.p);
	}
	return r == 0 && more ? text_adds(t, " and others") : r;
}

/* When each step was first seen. */
static int
add_steps(const struct facts *facts, const struct story *s, struct text *t)
{
	int r = 0;

	for (enum step step = STEP_FORGED; step < STEPS && r == 0; step++) {
		char when[FILETIME_TEXT];
		size_t i = 0;

		while (i < facts->list.n && (facts_root(facts, i) != s->root || facts->list.at[i].step != step))
			i++;
		if (i == facts->list.n)
			continue;
		r = text_printf(t, "%s%s %s", t->n ? "; " : "",
				facts->list.at[i].when ? filetime_text(facts->list.at[i].when, when) : "at an unknown time",
				step_words(step));
		if (r == 0 && s->steps[step] > 1)
			r = text_printf(t, " (%" PRIu64 " rows)", s->steps[step]);
	}
	return r;
}

static int
compose_summary(const struct facts *facts, const struct story *s, struct text *t)
{
	int r = add_steps(facts, s, t);

	if (r == 0)
		r = add_addresses(facts, s, t);
	if (r == 0)
		r = text_printf(t, "; %" PRIu64 " edges between %" PRIu64 " rows, %" PRIu64 " of them rest on time alone", s->edges,
				s->facts, s->time_only);
	if (r == 0 && s->more)
		r = text_printf(t, "; %" PRIu64 " further requests like these are in the timeline", s->more);
	if (r == 0 && facts->left_out)
		r = text_printf(t, "; %" PRIu64 " rows were too many to be joined", facts->left_out);
	return r;
}

/* "a forged request (POST /ecp/y.js ... 200)" */
static int
add_end(struct text *t, const struct fact *f)
{
	size_t n = strlen(f->what);
	int cut = n > WHAT_MAX ? WHAT_MAX : (int)n;

	while (cut < (int)n && cut && ((uint8_t)f->what[cut] & 0xc0) == 0x80)
		cut--;
	return text_printf(t, "%s%s%.*s%s%s", step_words(f->step), n ? " (" : "", cut, f->what, cut < (int)n ? "..." : "",
			   n ? ")" : "");
}

static int
compose_edge(const struct facts *facts, const struct edge *e, struct text *t)
{
	int r = add_end(t, &facts->list.at[e->from]);

	if (r == 0)
		r = text_printf(t, " %s ", e->relation);
	if (r == 0)
		r = add_end(t, &facts->list.at[e->to]);
	return r < 0 ? r : text_printf(t, ": %s", e->words);
}

/* ---- rows ---- */

static int
write_edge(const struct facts *facts, struct case_db *db, const struct edge *e, uint64_t chain, uint64_t number)
{
	const struct fact *a = &facts->list.at[e->from], *b = &facts->list.at[e->to];
	CLEANUP(text_free) struct text words = { 0 };

	if (compose_edge(facts, e, &words) < 0)
		return -ENOMEM;
	return case_edge(db, &(struct edge_row){ .evidence = a->evidence,
						 .chain = chain,
						 .number = number,
						 .from_kind = a->kind,
						 .from_row = a->row,
						 .to_kind = b->kind,
						 .to_row = b->row,
						 .from_stage = stage_of(a),
						 .to_stage = stage_of(b),
						 .from_time = a->when,
						 .to_time = b->when,
						 .relation = e->relation,
						 .basis = e->basis,
						 .time_only = e->time_only,
						 .words = words.s });
}

static int
write_story(const struct facts *facts, struct case_db *db, const struct story *s, uint64_t chain)
{
	CLEANUP(text_free) struct text title = { 0 };
	CLEANUP(text_free) struct text summary = { 0 };
	uint64_t number = 0;
	int r = 0;

	if (compose_title(s, &title) < 0 || compose_summary(facts, s, &summary) < 0)
		return -ENOMEM;
	r = case_chain(db, &(struct chain_row){ .evidence = facts->list.at[s->root].evidence,
						.chain = chain,
						.title = title.s,
						.summary = summary.s,
						.confidence = confidence_of(s),
						.first = s->first,
						.last = s->last,
						.level = s->level });
	for (size_t i = 0; i < facts->edges.n && r == 0; i++)
		if (facts_root(facts, facts->edges.at[i].from) == s->root)
			r = write_edge(facts, db, &facts->edges.at[i], chain, ++number);
	return r;
}

/* What nothing of weight belongs to is no intrusion: scanners, and what they were refused. Nor is a file by itself. */
static bool
is_told(const struct story *s)
{
	return s->edges && s->told && s->level >= LEVEL_HIGH;
}

static int
gather(const struct facts *facts, story_list *stories)
{
	for (size_t i = 0; i < facts->list.n; i++) {
		struct story *s = facts->list.at[i].single ? NULL : story_of(stories, facts_root(facts, i));

		if (!s && !facts->list.at[i].single)
			return -ENOMEM;
		if (s)
			add_fact(s, &facts->list.at[i]);
	}
	for (size_t i = 0; i < facts->edges.n; i++)
		add_edge(facts, story_of(stories, facts_root(facts, facts->edges.at[i].from)), &facts->edges.at[i]);
	return 0;
}

/* Edges in the order of the story. */
static int
by_time(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return strcmp(x->basis, y->basis);
}

int
chain_make(struct facts *facts, struct case_db *db)
{
	story_list stories = { 0 };
	uint32_t evidence = 0;
	uint64_t chain = 0;
	int r;

	vector_sort(&facts->edges, by_time);
	r = gather(facts, &stories);
	for (size_t i = 0; i < stories.n && r == 0; i++) {
		const struct story *s = &stories.at[i];

		if (!is_told(s))
			continue;
		chain = facts->list.at[s->root].evidence == evidence ? chain + 1 : 1;
		evidence = facts->list.at[s->root].evidence;
		r = write_story(facts, db, s, chain);
	}
	vector_free(&stories);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the chains") : r;
}

/*
 * confidence.c - how sure each finding is, by rules that can be said in a sentence.
 *
 * possible    it rests on bytes that are unverified, damaged or not its own any more (slack, freed blocks of an index,
 *             clusters that belong to something else), or is of level medium or below and stands alone
 * confirmed   of level high or above, on bytes of its own, and known by a hash or told by a second source that does not
 *             depend on the first: another log, the file table, the compile cache, joined by more than time
 * likely      all others
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "facts.h"
#include "fail.h"
#include "row.h"

enum { SOURCES_MAX = 64 };

/* What a fact is told by, beside itself: a bit for each kind of source. */
struct bond {
	uint32_t evidence;
	const char *finding;
	uint64_t volume, mft; /* of a file, which all its findings share; mft 0 for an event */
	uint64_t others;
};

struct weighing {
	struct case_db *db;
	const struct facts *facts;
	const char *sources[SOURCES_MAX];
	size_t source_count;
	VECTOR(struct bond) bonds; /* by exhibit, finding; those of files by volume and entry */
};

/* ---- who else tells it ---- */

static const char *
source_of(const struct fact *f)
{
	return f->step == STEP_COMPILED ? "compile cache" : !strcmp(f->kind, "file") ? "file table" : f->kind;
}

static uint64_t
bit_of(struct weighing *w, const char *source)
{
	size_t i = 0;

	while (i < w->source_count && strcmp(w->sources[i], source))
		i++;
	if (i == SOURCES_MAX)
		return 0;
	if (i == w->source_count)
		w->sources[w->source_count++] = source;
	return UINT64_C(1) << i;
}

static int
by_finding(const void *a, const void *b)
{
	const struct bond *x = a, *y = b;

	if (x->evidence != y->evidence)
		return x->evidence < y->evidence ? -1 : 1;
	if (x->mft != y->mft)
		return x->mft < y->mft ? -1 : 1;
	if (x->volume != y->volume)
		return x->volume < y->volume ? -1 : 1;
	return x->mft ? 0 : strcmp(x->finding, y->finding);
}

/* Facts of one finding become one bond. */
static void
join_bonds(struct weighing *w)
{
	size_t kept = 0;

	vector_sort(&w->bonds, by_finding);
	for (size_t i = 0; i < w->bonds.n; i++) {
		if (kept && !by_finding(&w->bonds.at[kept - 1], &w->bonds.at[i]))
			w->bonds.at[kept - 1].others |= w->bonds.at[i].others;
		else
			w->bonds.at[kept++] = w->bonds.at[i];
	}
	w->bonds.n = kept;
}

static int
gather(struct weighing *w)
{
	const struct facts *facts = w->facts;
	CLEANUP(free) uint64_t *others = calloc(facts->list.n + 1, sizeof(*others));

	for (size_t i = 0; others && i < facts->edges.n; i++) {
		const struct edge *e = &facts->edges.at[i];
		const char *a = source_of(&facts->list.at[e->from]), *b = source_of(&facts->list.at[e->to]);

		if (e->time_only || !strcmp(a, b))
			continue;
		others[e->from] |= bit_of(w, b);
		others[e->to] |= bit_of(w, a);
	}
	for (size_t i = 0; others && i < facts->list.n; i++) {
		const struct fact *f = &facts->list.at[i];
		bool file = !strcmp(f->kind, "file");
		struct bond *b = others[i] && (file || f->finding[0]) ? vector_push(&w->bonds) : NULL;

		if (!others[i] || (!file && !f->finding[0]))
			continue;
		if (!b)
			return -ENOMEM;
		*b = (struct bond){ .evidence = f->evidence, .finding = f->finding, .volume = file ? f->volume : 0,
				    .mft = file ? f->mft : 0, .others = others[i] };
	}
	if (others)
		join_bonds(w);
	return others ? 0 : -ENOMEM;
}

static uint64_t
others_of(const struct weighing *w, const struct bond *like)
{
	const struct bond *b = w->bonds.n ? bsearch(like, w->bonds.at, w->bonds.n, sizeof(*like), by_finding) : NULL;

	return b ? b->others : 0;
}

/* ---- one finding ---- */

static bool
has(struct view text, const char *what)
{
	return text.n && memmem(text.p, text.n, what, strlen(what));
}

/* What is against its bytes, in words; NULL for nothing. */
static const char *
doubt_of(const struct row *row)
{
	struct view stream = text_of(row, "stream"), basis = text_of(row, "basis");

	if (text_of(row, "trust").n)
		return "it rests on bytes or an entry that could not be verified";
	if (stream.n && stream.p[0] == '[')
		return "it rests on bytes behind the end of a file, which may be anybody's";
	if (has(basis, "belong to something else") || has(basis, "claimed by another deleted file"))
		return "some of its bytes may belong to something else by now";
	return NULL;
}

/* Rules on hashes are called after them: sha256:... */
static bool
is_hash(struct view rule)
{
	static const char *const begins[] = { "md5:", "sha1:", "sha256:" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (rule.n > strlen(begins[i]) && !memcmp(rule.p, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static int
add_sources(const struct weighing *w, uint64_t others, struct text *t)
{
	bool any = false;
	int r = 0;

	for (size_t i = 0; i < w->source_count && r == 0; i++) {
		if (!(others >> i & 1))
			continue;
		r = text_printf(t, "%s%s", any ? ", " : "also told by ", w->sources[i]);
		any = true;
	}
	return r;
}

static const char *
decide(enum level level, const char *doubt, bool hash, uint64_t others)
{
	if (doubt)
		return "possible";
	if (level >= LEVEL_HIGH)
		return hash || others ? "confirmed" : "likely";
	return others ? "likely" : "possible";
}

static int
compose(const struct weighing *w, enum level level, const char *doubt, bool hash, uint64_t others, struct text *t)
{
	int r = text_adds(t, doubt ? doubt : "it rests on bytes or entries of its own that nothing speaks against");

	if (r == 0 && hash)
		r = text_adds(t, "; its hash is that of a known file");
	if (r == 0)
		r = text_adds(t, "; ");
	if (r == 0)
		r = others ? add_sources(w, others, t) : text_adds(t, "no other source tells it");
	if (r == 0 && level < LEVEL_HIGH)
		r = text_printf(t, "; of level %s: a lead or context, not a proof", level_name(level));
	return r;
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct weighing *w = state;
	const struct row row = { n, names, values };
	CLEANUP(text_free) struct text reasons = { 0 };
	uint32_t evidence = (uint32_t)number_of(&row, "evidence");
	struct view id = text_of(&row, "finding");
	char finding[64];
	const char *doubt = doubt_of(&row);
	enum level level = LEVEL_INFO;
	bool hash = is_hash(text_of(&row, "rule"));
	uint64_t others;

	(void)is_number;
	if (!evidence || id.n >= sizeof(finding))
		return 0;
	snprintf(finding, sizeof(finding), "%.*s", (int)id.n, (const char *)id.p);
	level_parse(text_of(&row, "level"), &level);
	others = others_of(w, &(struct bond){ .evidence = evidence, .finding = finding }) |
		 others_of(w, &(struct bond){ .evidence = evidence, .finding = finding, .volume = number_of(&row, "volume"),
					      .mft = number_of(&row, "mft") });
	if (compose(w, level, doubt, hash, others, &reasons) < 0)
		return -ENOMEM;
	return case_confidence(w->db, &(struct confidence_row){ .evidence = evidence,
								.finding = finding,
								.confidence = decide(level, doubt, hash, others),
								.witnesses = 1 + (uint64_t)__builtin_popcountll(others),
								.reasons = reasons.s });
}

int
confidence_make(const struct facts *facts, struct case_db *db)
{
	struct weighing w = { .db = db, .facts = facts };
	int r = gather(&w);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_findings" }, take_finding, &w);
	vector_free(&w.bonds);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for how sure findings are") : r;
}

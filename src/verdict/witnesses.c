/*
 * witnesses.c - since when a file that was found has been there, by everybody who can tell: its own times, the folder's
 * index, the command that wrote it, the compile cache, the first request for it; and whether they agree.
 *
 * $FN is the reference: Windows writes it when a name is made, and programs have no call to set it; only what moves or
 * renames a file carries its $SI over. What used the file cannot be older than the file.
 */
#include <errno.h>
#include <inttypes.h>

#include "facts.h"
#include "fail.h"
#include "filetime.h"
#include "row.h"

enum { SKEW_SECONDS = 2, COMMAND_SECONDS = 3600 };

struct index_entry {
	uint64_t place, mft, when; /* place: the volume, with its exhibit */
};

/* An entry with several names is heard under each that was found; its witnesses are numbered on. */
struct heard {
	uint64_t place, mft, number; /* number: of the last */
	uint16_t seq;
};

struct hearing {
	struct case_db *db;
	const struct facts *facts;
	VECTOR(struct index_entry) indexes;
	struct heard last; /* rows come by volume and entry */
	uint32_t evidence; /* whose facts these are: */
	size_t from, to;
};

/* One file while its witnesses are heard. */
struct subject {
	struct hearing *hearing;
	struct witness_row row;
	uint64_t si, fn;
	size_t fact;             /* its place among the facts, SIZE_MAX for none */
	uint64_t agree, against; /* of those who are neither $SI nor $FN */
	int r;
};

static bool
before(uint64_t a, uint64_t b, uint64_t by_seconds)
{
	return a + by_seconds * FILETIME_SECOND < b;
}

static uint64_t
seconds_apart(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) / FILETIME_SECOND;
}

static void
hear(struct subject *s, const char *witness, uint64_t when, const char *source, const char *says, const char *words)
{
	struct witness_row row = s->row;

	if (s->r < 0)
		return;
	row.number = ++s->row.number;
	row.witness = witness;
	row.when = when;
	row.source = source;
	row.says = says;
	row.words = words;
	s->r = case_witness(s->hearing->db, &row);
}

/* ---- the witnesses ---- */

static void
hear_times(struct subject *s)
{
	char words[200];

	if (s->fn)
		hear(s, "$FN created", s->fn, "$MFT", "reference", "when its name was put into its folder; no call sets it, but a move or a new name carries $SI over");
	if (!s->si)
		return;
	if (!s->fn || (!before(s->si, s->fn, SKEW_SECONDS) && !before(s->fn, s->si, SKEW_SECONDS))) {
		hear(s, "$SI created", s->si, "$MFT", "agrees", "as $FN has it");
	} else if (s->si < s->fn) {
		snprintf(words, sizeof(words),
			 "%" PRIu64 " s before $FN: it was set, or a program that copies, unpacks or installs kept the time that the "
			 "file had elsewhere",
			 seconds_apart(s->si, s->fn));
		hear(s, "$SI created", s->si, "$MFT", "earlier", words);
	} else {
		hear(s, "$SI created", s->si, "$MFT", "later", "after $FN: it was set, or the name was kept when the file was made anew");
	}
}

static void
hear_index(struct subject *s)
{
	for (size_t i = 0; i < s->hearing->indexes.n; i++) {
		const struct index_entry *e = &s->hearing->indexes.at[i];

		if (e->place == s->row.place && e->mft == s->row.mft)
			hear(s, "index", e->when, "$I30", seconds_apart(e->when, s->fn) <= SKEW_SECONDS ? "agrees" : "earlier",
			     "created, as an index of its folder copied it from $SI");
	}
}

/* Somebody who used it: not before it was there. */
static void
hear_use(struct subject *s, const char *witness, const struct fact *f)
{
	bool against = s->fn && before(f->when, s->fn, SKEW_SECONDS);
	char words[160];

	snprintf(words, sizeof(words), against ? "%" PRIu64 " s before its name came to be" : "%" PRIu64 " s after its name came to be",
		 seconds_apart(f->when, s->fn));
	s->against += against;
	s->agree += !against;
	hear(s, witness, f->when, f->row, against ? "contradicts" : "agrees", words);
}

static void
hear_facts(struct subject *s)
{
	const struct facts *facts = s->hearing->facts;
	const struct fact *compiled = NULL, *use = NULL, *command = NULL;

	for (size_t i = 0; s->fact != SIZE_MAX && i < facts->edges.n; i++) {
		const struct edge *e = &facts->edges.at[i];
		const struct fact *a = &facts->list.at[e->from], *b = &facts->list.at[e->to];

		if (e->from == s->fact && b->step == STEP_COMPILED && b->when && (!compiled || b->when < compiled->when))
			compiled = b;
		if (e->from == s->fact && (b->step == STEP_USE || b->step == STEP_FETCH) && b->when && (!use || b->when < use->when))
			use = b;
		if (e->to == s->fact && !e->time_only && a->when && !command)
			command = a;
	}
	if (command) {
		bool near = seconds_apart(command->when, s->fn) <= COMMAND_SECONDS;

		s->agree += near;
		hear(s, "what wrote it", command->when, command->row, near ? "agrees" : "contradicts",
		     near ? "within an hour of its name" : "more than an hour away from its name");
	}
	if (compiled)
		hear_use(s, "compile cache", compiled);
	if (use)
		hear_use(s, "first request", use);
}

static void
conclude(struct subject *s)
{
	bool back = s->si && s->fn && before(s->si, s->fn, SKEW_SECONDS);
	char words[240];

	if (s->against) {
		hear(s, "conclusion", 0, NULL, "younger than its use",
		     "it was used before its name came to be: it was written anew, moved or renamed since, or its times were set");
	} else if (back) {
		snprintf(words, sizeof(words),
			 "$SI is earlier than $FN, and further witnesses agree with $FN (%" PRIu64 "): $SI does not tell since when it "
			 "is there",
			 s->agree);
		hear(s, "conclusion", 0, NULL, s->agree ? "set back" : "doubtful",
		     s->agree ? words : "$SI is earlier than $FN, and nobody else tells: set, copied or unpacked");
	} else if (s->fn) {
		snprintf(words, sizeof(words), "its times do not contradict each other; further witnesses that agree: %" PRIu64, s->agree);
		hear(s, "conclusion", s->fn, NULL, "consistent", words);
	} else {
		hear(s, "conclusion", 0, NULL, "not told", "it has no $FN with a time");
	}
}

/* ---- the files ---- */

static size_t
fact_of(struct hearing *h, const struct row *row, const char *path)
{
	uint32_t evidence = (uint32_t)number_of(row, "evidence");
	uint64_t mft = number_of(row, "mft"), volume = number_of(row, "volume");

	if (evidence != h->evidence)
		facts_of(h->facts, evidence, &h->from, &h->to);
	h->evidence = evidence;
	for (size_t i = h->from; i < h->to; i++) {
		const struct fact *f = &h->facts->list.at[i];

		if (f->mft == mft && f->volume == volume && !strcmp(f->kind, "file") && !strcmp(f->what, path))
			return f->step == STEP_COMPILED ? SIZE_MAX : i;
	}
	return SIZE_MAX;
}

static struct heard *
heard_of(struct hearing *h, const struct witness_row *row)
{
	struct heard *last = &h->last;

	if (last->place != row->place || last->mft != row->mft || last->seq != row->seq)
		*last = (struct heard){ .place = row->place, .mft = row->mft, .seq = row->seq };
	return last;
}

static int
take_file(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct hearing *h = state;
	const struct row row = { n, names, values };
	CLEANUP(text_free) struct text path = { 0 };
	struct subject s = { .hearing = h, .si = number_of(&row, "si_created"), .fn = number_of(&row, "fn_created") };
	struct heard *heard;

	(void)is_number;
	if (text_adds(&path, "") < 0 || text_add(&path, text_of(&row, "path")) < 0)
		return -ENOMEM;
	s.fact = fact_of(h, &row, path.s);
	if (s.fact == SIZE_MAX)
		return 0;
	s.row = (struct witness_row){ .evidence = (uint32_t)number_of(&row, "evidence"),
				      .place = number_of(&row, "place"),
				      .mft = number_of(&row, "mft"),
				      .seq = (uint16_t)number_of(&row, "seq"),
				      .path = path.s };
	heard = heard_of(h, &s.row);
	s.row.number = heard->number;
	hear_times(&s);
	hear_index(&s);
	hear_facts(&s);
	conclude(&s);
	heard->number = s.row.number;
	return s.r;
}

static int
take_index(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct hearing *h = state;
	const struct row row = { n, names, values };
	struct index_entry *e = vector_push(&h->indexes);

	(void)is_number;
	if (!e)
		return -ENOMEM;
	*e = (struct index_entry){ .place = number_of(&row, "place"),
				   .mft = number_of(&row, "mft"),
				   .when = number_of(&row, "ticks") };
	return 0;
}

int
witnesses_make(const struct facts *facts, struct case_db *db)
{
	struct hearing h = { .db = db, .facts = facts };
	int r = case_ask(db, &(struct question){ .view = "v_events", .where_column = "kind", .where_value = "file.index.created" },
			 take_index, &h);

	if (r == 0)
		r = case_ask(db, &(struct question){ .view = "v_found_times" }, take_file, &h);
	vector_free(&h.indexes);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the ages of files") : r;
}

/* loglines.c - a log searched for the lines that the profile's line rules name, told once for each rule and log. */
#include <errno.h>
#include <inttypes.h>

#include "fail.h"
#include "filetime.h"
#include "loglines.h"

/* What one rule met in one log. */
struct tally_of_rule {
	const struct rule *rule;
	uint64_t lines, offset, length, first, last; /* offset and length: of the first line */
	char *excerpt;
	size_t excerpt_n;
};

struct search {
	struct slot *slot;
	struct line_matcher *matcher;
	VECTOR(struct tally_of_rule) tallies;
	uint64_t told_at;        /* the line that `told` is about */
	const struct rule *told; /* so that two literals of one rule in a line count once */
};

/* IIS writes `2021-02-28 03:14:06 `, Exchange `2021-02-28T03:14:06.731Z,`, both in UTC; 0 for a line that begins
 * otherwise. */
static uint64_t
time_of(struct view line)
{
	enum { IIS = 19, LONGEST = 28 };
	const uint8_t *comma = memchr(line.p, ',', line.n < LONGEST ? line.n : LONGEST);
	struct view text = view_of(line.p, comma ? (size_t)(comma - line.p) : line.n < IIS ? 0 : IIS);
	uint64_t when;

	return text.n >= IIS && filetime_parse(text, &when) == 0 ? when : 0;
}

static struct tally_of_rule *
tally_for(struct search *s, const struct rule *rule)
{
	struct tally_of_rule *t;

	for (size_t i = 0; i < s->tallies.n; i++)
		if (s->tallies.at[i].rule == rule)
			return &s->tallies.at[i];
	t = vector_push(&s->tallies);
	if (t)
		t->rule = rule;
	return t;
}

static int
take_line(void *state, struct view line, uint64_t offset, uint32_t which)
{
	struct search *s = state;
	const struct rule *rule = line_rule(s->matcher, which, line);
	struct tally_of_rule *t = rule && !(rule == s->told && offset == s->told_at) ? tally_for(s, rule) : NULL;
	uint64_t when;

	if (!rule || (rule == s->told && offset == s->told_at))
		return 0;
	if (!t)
		return fail(ENOMEM, "out of memory for lines of %s", s->slot->candidate->path);
	s->told = rule;
	s->told_at = offset;
	when = time_of(line);
	if (when && (!t->first || when < t->first))
		t->first = when;
	if (when > t->last)
		t->last = when;
	if (t->lines++)
		return 0;
	t->offset = offset;
	t->length = line.n;
	t->excerpt_n = line.n < EXCERPT_MAX ? line.n : EXCERPT_MAX;
	t->excerpt = arena_copy(&s->slot->arena, view_of(line.p, t->excerpt_n));
	return t->excerpt ? 0 : fail(ENOMEM, "out of memory for lines of %s", s->slot->candidate->path);
}

static int
state_tally(struct slot *slot, const struct tally_of_rule *t)
{
	char first[FILETIME_TEXT], last[FILETIME_TEXT];
	struct kept_mark *mark = vector_push(&slot->marks);
	char *basis;

	if (!mark)
		return -ENOMEM;
	if (t->first)
		basis = arena_printf(&slot->arena,
				     "%" PRIu64 " line%s from %s to %s by the log's own clock; the first is shown",
				     t->lines, t->lines == 1 ? "" : "s", filetime_text(t->first, first),
				     filetime_text(t->last, last));
	else
		basis = arena_printf(&slot->arena, "%" PRIu64 " line%s; the first is shown", t->lines,
				     t->lines == 1 ? "" : "s");
	*mark = (struct kept_mark){ .rule = t->rule,
				    .offset = t->offset,
				    .length = t->length,
				    .when = t->first,
				    .excerpt = view_of(t->excerpt, t->excerpt_n),
				    .basis = view_text(basis) };
	return basis ? 0 : -ENOMEM;
}

static int
by_rule(const void *a, const void *b)
{
	const struct tally_of_rule *x = a, *y = b;

	return x->rule->number < y->rule->number ? -1 : x->rule->number > y->rule->number;
}

int
loglines_read(struct slot *slot, const struct literals *literals, struct line_matcher *matcher, struct source *stream)
{
	struct search search = { .slot = slot, .matcher = matcher };
	struct lines lines = { .literals = literals, .out = &slot->sink, .hit = take_line, .state = &search };
	struct lines_result result;
	int r = lines_read(&lines, stream, &result);

	vector_sort(&search.tallies, by_rule);
	for (size_t i = 0; i < search.tallies.n && r == 0; i++) {
		r = state_tally(slot, &search.tallies.at[i]);
		if (r < 0)
			fail(ENOMEM, "out of memory for lines of %s", slot->candidate->path);
	}
	vector_free(&search.tallies);
	return r;
}

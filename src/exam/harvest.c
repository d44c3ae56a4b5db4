/* harvest.c - what a second scan of a log gives: the requests that findings lead to, who used a page, who signed in. */
#include "harvest.h"

#include <errno.h>

#include "fail.h"
#include "logslot.h"

int
harvest_open(struct harvest *harvest, const struct terms *terms, const struct log_kind *kind)
{
	const struct term *list;

	*harvest = (struct harvest){ .terms = terms, .kind = kind, .front = kind && !strcmp(kind->name, "iis") };
	harvest->yields = calloc(terms_list(terms, &list) + 1, sizeof(*harvest->yields));
	return harvest->yields && signins_new(&harvest->signins) == 0 ? 0 : -ENOMEM;
}

void
harvest_close(struct harvest *harvest)
{
	const struct term *list;
	size_t n = harvest->terms ? terms_list(harvest->terms, &list) : 0;

	for (size_t i = 0; harvest->yields && i < 2 * n; i++)
		vector_free(&harvest->yields[i / 2].usage[i % 2].visitors);
	free(harvest->yields);
	signins_free(harvest->signins);
	vector_free(&harvest->lines);
	arena_free(&harvest->arena);
	*harvest = (struct harvest){ 0 };
}

/* ---- the requests themselves ---- */

static bool
is_told(const struct harvest *harvest, uint64_t offset)
{
	size_t low = 0, high = harvest->told_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (harvest->told[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < harvest->told_n && harvest->told[low] == offset;
}

/* "POST /owa/auth/x.aspx?a=b 200; from the address that 2b7e151628aed2a6 names" */
static int
summarise(struct harvest *harvest, struct view words, const struct term *term, struct view *ret)
{
	static const char *const names[TERM_KINDS] = { "; from the address that ", "; by the program that ",
						       "; to the page that " };
	CLEANUP(text_free) struct text text = { 0 };
	const char *copy;

	if (text_add(&text, words) < 0 || text_adds(&text, names[term->kind]) < 0 || term_findings(term, &text) < 0 ||
	    text_adds(&text, term->findings > 1 ? " name" : " names") < 0)
		return -ENOMEM;
	copy = arena_copy(&harvest->arena, text_view(&text));
	*ret = view_of(copy, text.n);
	return copy ? 0 : -ENOMEM;
}

static int
keep(struct harvest *harvest, const struct log_line *line, uint32_t which)
{
	struct view part = view_part(line->raw, 0, line->raw.n < HARVEST_LINE_MAX ? line->raw.n : HARVEST_LINE_MAX);
	CLEANUP(text_free) struct text raw = { 0 };
	struct followed *kept = vector_push(&harvest->lines);
	const struct term *list;
	struct view words;
	const char *copy;

	terms_list(harvest->terms, &list);
	if (!kept || text_add_escaped(&raw, part) < 0 ||
	    logslot_words(&harvest->arena, line, &kept->subject, &words) < 0 ||
	    summarise(harvest, words, &list[which], &kept->summary) < 0 ||
	    logslot_fields(&harvest->arena, line, &kept->fields) < 0)
		return -ENOMEM;
	copy = arena_copy(&harvest->arena, text_view(&raw));
	kept->when = line->when;
	kept->offset = line->offset;
	kept->term = which;
	kept->raw = view_of(copy, raw.n);
	harvest->bytes += raw.n + kept->summary.n + kept->fields.n;
	return copy ? 0 : -ENOMEM;
}

static int
follow(struct harvest *harvest, const struct log_line *line, uint32_t which)
{
	struct yield *yield = &harvest->yields[which];

	if (!line->when || is_told(harvest, line->offset))
		return 0;
	if (yield->kept < HARVEST_LINES_MAX && harvest->bytes < HARVEST_BYTES_MAX) {
		yield->kept++;
		return keep(harvest, line, which);
	}
	yield->beyond++;
	if (line->when > yield->last_beyond)
		yield->last_beyond = line->when;
	return 0;
}

/* ---- the use of a page, and who has a program ---- */

static int
add_visitor(struct usage *usage, struct arena *arena, const char *address)
{
	size_t i = 0;
	const char *copy;

	while (i < usage->visitors.n && strcmp(usage->visitors.at[i], address) < 0)
		i++;
	if (i < usage->visitors.n && !strcmp(usage->visitors.at[i], address))
		return 0;
	if (usage->visitors.n == HARVEST_VISITORS_MAX) {
		usage->more_visitors = true;
		return 0;
	}
	copy = arena_copy(arena, view_text(address));
	if (!copy || !vector_push(&usage->visitors))
		return -ENOMEM;
	memmove(&usage->visitors.at[i + 1], &usage->visitors.at[i],
		(usage->visitors.n - 1 - i) * sizeof(*usage->visitors.at));
	usage->visitors.at[i] = copy;
	return 0;
}

static void
note_delivered(struct usage *usage, uint64_t when, uint64_t last, const struct line_place *place)
{
	if (!usage->first || when < usage->first) {
		usage->first = when;
		usage->place = *place;
	}
	if (last > usage->last)
		usage->last = last;
}

static int
use(struct harvest *harvest, const struct log_line *line, const struct visit *visit, uint32_t which)
{
	struct usage *usage = &harvest->yields[which].usage[!harvest->front];
	const struct line_place place = { .offset = line->offset, .length = line->raw.n };
	uint64_t bytes = view_number(log_value(line, "sc-bytes"));
	char address[TERM_ADDRESS_TEXT];
	const struct term *list;

	terms_list(harvest->terms, &list);
	usage->requests++;
	if (list[which].kind == TERM_PAGE && visit->status / 100 != 2)
		return 0;
	usage->delivered++;
	usage->posted += view_equal(visit->method, view_text("POST"));
	usage->bytes = bytes > usage->bytes ? bytes : usage->bytes;
	note_delivered(usage, line->when, line->when, &place);
	return address_plain(visit->address, address, sizeof(address)) ? add_visitor(usage, &harvest->arena, address)
								       : 0;
}

int
harvest_line(void *state, const struct log_line *line)
{
	struct harvest *harvest = state;
	const struct line_place place = { .offset = line->offset, .length = line->raw.n };
	uint32_t hits[TERM_HITS], address = UINT32_MAX, agent = UINT32_MAX, first = UINT32_MAX;
	const struct term *list;
	struct visit visit;
	size_t n = visit_of(harvest->kind, line, &visit) ? terms_match(harvest->terms, &visit, hits) : 0;
	int r = 0;

	terms_list(harvest->terms, &list);
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct term *term = &list[hits[i]];

		if (term->kind == TERM_ADDRESS)
			address = hits[i];
		if (term->kind == TERM_AGENT && agent == UINT32_MAX)
			agent = hits[i];
		if (term->kind != TERM_ADDRESS)
			r = use(harvest, line, &visit, hits[i]);
		if (term->findings && first == UINT32_MAX)
			first = hits[i];
	}
	if (r == 0 && first != UINT32_MAX)
		r = follow(harvest, line, first);
	if (r == 0 && (address != UINT32_MAX || agent != UINT32_MAX))
		r = signins_add(harvest->signins, harvest->kind, &visit, line->when, &place, address, agent);
	return r < 0 ? fail(ENOMEM, "out of memory for requests that findings lead to") : 0;
}

static int
merge_usage(struct usage *into, const struct usage *from, struct arena *arena, uint32_t log)
{
	struct line_place place = from->place;
	int r = 0;

	place.log = log;
	into->requests += from->requests;
	into->delivered += from->delivered;
	into->posted += from->posted;
	into->bytes = from->bytes > into->bytes ? from->bytes : into->bytes;
	into->more_visitors |= from->more_visitors;
	if (from->delivered)
		note_delivered(into, from->first, from->last, &place);
	for (size_t i = 0; i < from->visitors.n && r == 0; i++)
		r = add_visitor(into, arena, from->visitors.at[i]);
	return r;
}

int
harvest_merge(struct harvest *into, const struct harvest *from, uint32_t log)
{
	const struct term *list;
	size_t n = terms_list(into->terms, &list);
	int r = signins_merge(into->signins, from->signins, log);

	for (size_t i = 0; i < n && r == 0; i++) {
		struct yield *a = &into->yields[i];
		const struct yield *b = &from->yields[i];

		a->beyond += b->beyond;
		a->last_beyond = b->last_beyond > a->last_beyond ? b->last_beyond : a->last_beyond;
		for (int k = 0; k < 2 && r == 0; k++)
			r = merge_usage(&a->usage[k], &b->usage[k], &into->arena, log);
	}
	return r;
}

bool
harvest_common(const struct harvest *all, uint32_t term)
{
	const struct term *list;

	return term < terms_list(all->terms, &list) &&
	       (list[term].kind == TERM_AGENT || (list[term].kind == TERM_PAGE && !list[term].file)) &&
	       yield_usage(&all->yields[term])->visitors.n > HARVEST_COMMON;
}

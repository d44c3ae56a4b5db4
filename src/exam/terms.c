/* terms.c - what findings name and logs can be asked for again: addresses, programs and pages, each with who named it. */
#include "terms.h"

#include <errno.h>
#include <inttypes.h>
#include <search.h>

#include "fail.h"
#include "vector.h"

struct terms {
	void *tree; /* of struct term, by kind and text */
	VECTOR(struct term *) noted;
	VECTOR(struct term) list;
	size_t begin[TERM_KINDS + 1]; /* of each kind within the list */
	struct literals *named, *all;
	struct arena arena;
	uint64_t beyond[TERM_KINDS];
};

int
terms_new(struct terms **ret_terms)
{
	*ret_terms = calloc(1, sizeof(**ret_terms));
	return *ret_terms ? 0 : -ENOMEM;
}

static void
leave(void *term)
{
	(void)term; /* the arena's */
}

struct terms *
terms_free(struct terms *terms)
{
	if (!terms)
		return NULL;
	tdestroy(terms->tree, leave);
	vector_free(&terms->noted);
	vector_free(&terms->list);
	literals_close(terms->named);
	literals_close(terms->all);
	arena_free(&terms->arena);
	free(terms);
	return NULL;
}

static int
by_text(const void *a, const void *b)
{
	const struct term *x = a, *y = b;

	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->text, y->text);
}

/* *ret is NULL when there is no room for another. */
static int
term_of(struct terms *terms, const struct term *like, struct term **ret)
{
	void *found = tfind(like, &terms->tree, by_text);
	struct term **slot;

	*ret = found ? *(struct term **)found : NULL;
	if (found || terms->noted.n == TERMS_NOTED_MAX)
		return 0;
	*ret = arena_new(&terms->arena, struct term);
	if (!*ret)
		return -ENOMEM;
	**ret = (struct term){ .kind = like->kind, .text = arena_copy(&terms->arena, view_text(like->text)),
			       .place = terms->noted.n };
	slot = (*ret)->text ? vector_push(&terms->noted) : NULL;
	if (!slot)
		return -ENOMEM;
	*slot = *ret;
	return tsearch(*ret, &terms->tree, by_text) ? 0 : -ENOMEM;
}

int
terms_add(struct terms *terms, const struct term *like, const char *finding)
{
	struct term *term;
	int r = term_of(terms, like, &term);

	if (r < 0)
		return r;
	if (!term) {
		terms->beyond[like->kind]++;
		return 0;
	}
	term->tail = like->tail && (term->tail || !term->findings);
	term->file |= like->file;
	term->watched |= like->watched;
	if (!finding)
		return 0;
	term->level = like->level > term->level ? like->level : term->level;
	for (uint64_t i = 0; i < term->findings && i < TERM_FINDINGS; i++)
		if (!strcmp(term->ids[i], finding))
			return 0;
	if (term->findings < TERM_FINDINGS)
		memcpy(term->ids[term->findings], finding, strnlen(finding, sizeof(term->ids[0]) - 1));
	term->findings++;
	return 0;
}

void
terms_drop(struct terms *terms, const char *address)
{
	const struct term key = { .kind = TERM_ADDRESS, .text = address };
	void *found = tfind(&key, &terms->tree, by_text);

	if (found)
		(*(struct term **)found)->dropped = true;
}

/* ---- settled: bounded, in order, with their literals ---- */

/* What only stands in the text as it is, whatever writes it. */
static bool
stands(enum term_kind kind, uint8_t c)
{
	if (kind == TERM_AGENT)
		return c > ' ' && c != '+' && c != ',' && c != '"';
	if (kind == TERM_ADDRESS)
		return c > ' ';
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("/._~-", c));
}

/* The longest run of such characters, the last of several; of a page, of its last name if that has one. */
static struct view
literal_of(const struct term *term)
{
	struct view text = view_text(term->text), best = { NULL, 0 };
	const char *name = term->kind == TERM_PAGE ? strrchr(term->text, '/') : NULL;
	size_t from = name ? (size_t)(name - term->text) : 0;

	for (; !best.n; from = 0) {
		for (size_t i = from, n; i < text.n; i += n ? n : 1) {
			for (n = 0; i + n < text.n && stands(term->kind, text.p[i + n]); n++)
				;
			if (n >= LITERAL_MIN && n >= best.n)
				best = view_of(text.p + i, n);
		}
		if (!from)
			break;
	}
	return best.n > LITERAL_MAX ? view_of(best.p + best.n - LITERAL_MAX, LITERAL_MAX) : best;
}

/* The gravest first, then as they were named; those that nobody names last. */
static int
by_weight(const void *a, const void *b)
{
	const struct term *x = *(const struct term *const *)a, *y = *(const struct term *const *)b;

	if (!x->findings != !y->findings)
		return x->findings ? -1 : 1;
	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int
choose(struct terms *terms)
{
	static const size_t most[TERM_KINDS] = { TERMS_ADDRESSES_MAX, TERMS_AGENTS_MAX, TERMS_PAGES_MAX };
	size_t kept[TERM_KINDS] = { 0 }, watched = 0;

	vector_sort(&terms->noted, by_weight);
	for (size_t i = 0; i < terms->noted.n; i++) {
		struct term *from = terms->noted.at[i], *to;

		if (from->dropped)
			continue;
		from->literal = literal_of(from);
		if (!from->literal.n || (from->findings ? kept[from->kind]++ >= most[from->kind]
							 : watched++ >= TERMS_WATCHED_MAX)) {
			terms->beyond[from->kind]++;
			continue;
		}
		to = vector_push(&terms->list);
		if (!to)
			return -ENOMEM;
		*to = *from;
	}
	vector_sort(&terms->list, by_text);
	for (size_t i = 0; i < terms->list.n; i++)
		for (int k = (int)terms->list.at[i].kind + 1; k <= TERM_KINDS; k++)
			terms->begin[k] = i + 1;
	return 0;
}

static int
prepare(const struct terms *terms, bool all, struct literals **ret)
{
	CLEANUP(free) struct view *views = calloc(terms->list.n + 1, sizeof(*views));
	size_t n = 0;

	if (!views)
		return -ENOMEM;
	for (size_t i = 0; i < terms->list.n; i++)
		if (all || terms->list.at[i].findings)
			views[n++] = terms->list.at[i].literal;
	return n ? literals_open(views, n, ret) : 0;
}

int
terms_settle(struct terms *terms, uint64_t ret_beyond[static TERM_KINDS])
{
	int r = choose(terms);

	if (r == 0)
		r = prepare(terms, false, &terms->named);
	if (r == 0)
		r = prepare(terms, true, &terms->all);
	memcpy(ret_beyond, terms->beyond, sizeof(terms->beyond));
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for what findings name") : r;
}

size_t
terms_list(const struct terms *terms, const struct term **ret_terms)
{
	*ret_terms = terms->list.at;
	return terms->list.n;
}

const struct literals *
terms_literals(const struct terms *terms, bool all)
{
	return all ? terms->all : terms->named;
}

/* ---- asked ---- */

/* The address of a request is looked up: there may be many of them, and they are in order. */
static size_t
find_address(const struct terms *terms, const struct visit *visit)
{
	char text[TERM_ADDRESS_TEXT];
	size_t low = terms->begin[TERM_ADDRESS], high = terms->begin[TERM_ADDRESS + 1];

	if (visit->own || !address_plain(visit->address, text, sizeof(text)))
		return SIZE_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = strcmp(terms->list.at[middle].text, text);

		if (!c)
			return middle;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

size_t
terms_match(const struct terms *terms, const struct visit *visit, uint32_t ret_hits[static TERM_HITS])
{
	size_t address = find_address(terms, visit), n = 0;

	if (address != SIZE_MAX)
		ret_hits[n++] = (uint32_t)address;
	for (size_t i = terms->begin[TERM_AGENT]; i < terms->list.n && n < TERM_HITS; i++) {
		const struct term *term = &terms->list.at[i];

		if (term->kind == TERM_PAGE ? stem_asks(visit->stem, view_text(term->text), term->tail)
					    : !visit->own && agent_same(visit->agent, view_text(term->text)))
			ret_hits[n++] = (uint32_t)i;
	}
	return n;
}

int
term_findings(const struct term *term, struct text *ret_text)
{
	uint64_t n = term->findings < TERM_FINDINGS ? term->findings : TERM_FINDINGS;
	int r = 0;

	for (uint64_t i = 0; i < n && r == 0; i++)
		r = text_printf(ret_text, "%s%s", i ? " " : "", term->ids[i]);
	return r < 0 || term->findings <= n ? r
					    : text_printf(ret_text, " and %" PRIu64 " more", term->findings - n);
}

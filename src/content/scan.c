/* scan.c - what libyara is asked, and what it answers, as marks. */
#include "scan.h"

#include <errno.h>
#include <yara.h>

#include "fail.h"
#include "place.h"
#include "text.h"

enum { STRINGS_NAMED = 8 }; /* of a hit; the others are counted */

/* One rule that hit; all in the arena. */
struct hit {
	const struct rule *rule;
	uint64_t offset, length, end;
	struct view excerpt, basis;
};

struct scan {
	const struct profile *profile;
	YR_SCANNER *scanner; /* NULL when the profile has no YARA rules */
	struct arena arena;
	VECTOR(struct hit) hits;
	struct view whole; /* what is scanned, when it is in one piece, */
	uint64_t base;     /* and what is added to every offset in it */
	const char *incomplete;
	bool no_memory;
};

/* The first match of a rule's strings, and the words for all of them. */
struct findings {
	YR_MATCH first;
	uint64_t end; /* of the last one */
	struct text words;
	unsigned strings;
};

static uint64_t
place_of(const YR_MATCH *match)
{
	return (uint64_t)(match->base + match->offset);
}

/* libyara lays its matches down without alignment, so they are copied before they are looked into. */
static bool
match_at(const void *at, YR_MATCH *ret_match)
{
	if (at)
		memcpy(ret_match, at, sizeof(*ret_match));
	return at;
}

/* The first match of a string that is not private, in order of offset. */
static bool
first_match(const YR_SCAN_CONTEXT *context, const YR_STRING *string, YR_MATCH *ret_match)
{
	bool there = match_at(context->matches[string->idx].head, ret_match);

	while (there && ret_match->is_private)
		there = match_at(ret_match->next, ret_match);
	return there;
}

static int
add_string(struct findings *f, uint64_t base, const YR_STRING *string, const YR_MATCH *match)
{
	if (!f->strings || place_of(match) < place_of(&f->first))
		f->first = *match;
	if (place_of(match) + (uint64_t)match->match_length > f->end)
		f->end = place_of(match) + (uint64_t)match->match_length;
	if (f->strings++ >= STRINGS_NAMED)
		return 0;
	return text_printf(&f->words, "%s%s at %llu", f->strings > 1 ? ", " : "strings ", string->identifier,
			   (unsigned long long)(base + place_of(match)));
}

static int
collect(const YR_SCAN_CONTEXT *context, const YR_RULE *rule, uint64_t base, struct findings *f)
{
	YR_STRING *string;
	int r = 0;

	yr_rule_strings_foreach(rule, string)
	{
		YR_MATCH match;

		if (r == 0 && first_match(context, string, &match))
			r = add_string(f, base, string, &match);
	}
	if (r == 0 && f->strings > STRINGS_NAMED)
		r = text_printf(&f->words, " and %u more", f->strings - STRINGS_NAMED);
	if (r == 0 && !f->strings)
		r = text_adds(&f->words, "the rule's condition, without a string");
	return r;
}

/* The bytes of a match: from the whole where there is one, else what libyara kept of it. */
static struct view
bytes_of(const struct scan *scan, const YR_MATCH *match)
{
	size_t n = match->match_length < EXCERPT_MAX ? (size_t)match->match_length : EXCERPT_MAX;
	struct view kept = view_part(scan->whole, place_of(match), n);

	if (kept.n)
		return kept;
	return view_of(match->data, (size_t)match->data_length < n ? (size_t)match->data_length : n);
}

static int
keep_hit(struct scan *scan, const struct rule *rule, const struct findings *f)
{
	struct hit hit = { .rule = rule, .offset = scan->base, .basis = { .n = f->words.n } }, *slot;
	const char *basis = arena_copy(&scan->arena, text_view(&f->words));

	if (!basis)
		return -ENOMEM;
	hit.basis.p = (const uint8_t *)basis;
	if (f->strings) {
		struct view bytes = bytes_of(scan, &f->first);

		hit.offset = scan->base + place_of(&f->first);
		hit.length = (uint64_t)f->first.match_length;
		hit.end = f->end;
		hit.excerpt = view_of(arena_copy(&scan->arena, bytes), bytes.n);
		if (!hit.excerpt.p)
			return -ENOMEM;
	}
	slot = vector_push(&scan->hits);
	if (!slot)
		return -ENOMEM;
	*slot = hit;
	return 0;
}

static int
take_rule(struct scan *scan, const YR_SCAN_CONTEXT *context, const YR_RULE *yara)
{
	const struct rule *rule = yara_rule(scan->profile, yara->ns->name, yara->identifier);
	struct findings f = { .strings = 0 };
	int r;

	if (!rule)
		return 0;
	r = collect(context, yara, scan->base, &f);
	if (r == 0)
		r = keep_hit(scan, rule, &f);
	text_free(&f.words);
	return r;
}

static int
told(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
	struct scan *scan = user;

	if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
		scan->incomplete = "a YARA string matches too often: its rule may be undecided";
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	if (take_rule(scan, context, data) == 0)
		return CALLBACK_CONTINUE;
	scan->no_memory = true;
	return CALLBACK_ERROR;
}

int
scan_new(const struct profile *profile, struct scan **ret_scan)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	YR_RULES *rules = profile_yara(profile);

	if (!scan)
		return fail(ENOMEM, "out of memory for scanning");
	scan->profile = profile;
	if (rules && yr_scanner_create(rules, &scan->scanner) != ERROR_SUCCESS) {
		free(scan);
		return fail(ENOMEM, "out of memory for a YARA scanner");
	}
	if (scan->scanner) {
		/* its own signal handlers are for mapped files that shrink, and not for several threads */
		yr_scanner_set_flags(scan->scanner,
				     SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH);
		yr_scanner_set_timeout(scan->scanner, CONTENT_SECONDS);
		yr_scanner_set_callback(scan->scanner, told, scan);
	}
	*ret_scan = scan;
	return 0;
}

struct scan *
scan_free(struct scan *scan)
{
	if (!scan)
		return NULL;
	if (scan->scanner)
		yr_scanner_destroy(scan->scanner);
	vector_free(&scan->hits);
	arena_free(&scan->arena);
	free(scan);
	return NULL;
}

static int
set_externals(struct scan *scan, const struct content_place *place, struct view head)
{
	CLEANUP(text_free) struct text folder = { 0 };
	const char *values[5][2] = {
		{ "filename", place->name },      { "filepath", NULL }, { "extension", place->extension },
		{ "filetype", place_type(head) }, { "owner", place->owner },
	};

	if (place_folder(place->path, &folder) < 0)
		return fail(ENOMEM, "out of memory for scanning");
	values[1][1] = folder.s;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (yr_scanner_define_string_variable(scan->scanner, values[i][0], values[i][1]) != ERROR_SUCCESS)
			return fail(ENOMEM, "out of memory for scanning");
	return 0;
}

static int
start(struct scan *scan, const struct content_place *place, struct view head)
{
	arena_free(&scan->arena);
	scan->hits.n = 0;
	scan->incomplete = NULL;
	scan->no_memory = false;
	return scan->scanner ? set_externals(scan, place, head) : 0;
}

/* What libyara returned: hostile content is a reason to be incomplete, memory is a failure. */
static int
judge(struct scan *scan, int result, const char **ret_incomplete)
{
	if (scan->no_memory || result == ERROR_INSUFFICIENT_MEMORY)
		return fail(ENOMEM, "out of memory while scanning");
	switch (result) {
	case ERROR_SUCCESS:
		break;
	case ERROR_SCAN_TIMEOUT:
		scan->incomplete = "YARA ran out of time: no rule was decided";
		break;
	case ERROR_TOO_MANY_RE_FIBERS:
	case ERROR_TOO_MANY_MATCHES:
		scan->incomplete = "YARA ran into its limits: not every rule was decided";
		break;
	default:
		scan->incomplete = "YARA gave up: not every rule was decided";
	}
	*ret_incomplete = scan->incomplete;
	return 0;
}

int
scan_bytes(struct scan *scan, const struct content_place *place, struct view bytes, uint64_t base,
	   const char **ret_incomplete)
{
	int r = start(scan, place, bytes);

	*ret_incomplete = NULL;
	if (r < 0 || !scan->scanner)
		return r;
	scan->whole = bytes;
	scan->base = base;
	r = yr_scanner_scan_mem(scan->scanner, bytes.n ? bytes.p : (const uint8_t *)"", bytes.n);
	scan->whole = view_of(NULL, 0);
	scan->base = 0;
	return judge(scan, r, ret_incomplete);
}

/* ---- block by block ---- */

struct walking {
	struct blocks *blocks;
	YR_MEMORY_BLOCK block;
};

static const uint8_t *
walk_fetch(YR_MEMORY_BLOCK *self)
{
	return blocks_fetch(((struct walking *)self->context)->blocks);
}

static YR_MEMORY_BLOCK *
present(YR_MEMORY_BLOCK_ITERATOR *iterator, bool there)
{
	struct walking *w = iterator->context;

	iterator->last_error = ERROR_SUCCESS;
	if (!there)
		return NULL;
	w->block.base = w->blocks->base;
	w->block.size = w->blocks->n;
	return &w->block;
}

static YR_MEMORY_BLOCK *
walk_first(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return present(iterator, blocks_first(((struct walking *)iterator->context)->blocks));
}

static YR_MEMORY_BLOCK *
walk_next(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return present(iterator, blocks_next(((struct walking *)iterator->context)->blocks));
}

static uint64_t
walk_size(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return ((struct walking *)iterator->context)->blocks->stream->size;
}

int
scan_blocks(struct scan *scan, const struct content_place *place, struct blocks *blocks, const char **ret_incomplete)
{
	struct walking w = { .blocks = blocks, .block = { .context = &w, .fetch_data = walk_fetch } };
	YR_MEMORY_BLOCK_ITERATOR iterator = {
		.context = &w,
		.first = walk_first,
		.next = walk_next,
		.file_size = walk_size,
	};
	bool some = blocks_first(blocks) && !blocks->base;
	const uint8_t *head = some ? blocks_fetch(blocks) : NULL;
	int r;

	*ret_incomplete = NULL;
	if (blocks->error)
		return blocks->error;
	r = start(scan, place, view_of(head, head ? blocks->n : 0));
	if (r < 0 || !scan->scanner)
		return r;
	r = yr_scanner_scan_mem_blocks(scan->scanner, &iterator);
	if (blocks->error)
		return blocks->error;
	if (blocks->budget < CONTENT_BLOCK && !scan->incomplete)
		scan->incomplete = "longer than what is read of one stream";
	return judge(scan, r, ret_incomplete);
}

int
scan_state(const struct scan *scan, struct sink *out)
{
	for (size_t i = 0; i < scan->hits.n; i++) {
		const struct hit *hit = &scan->hits.at[i];
		int r = out->mark(out, &(struct mark){
					       .rule = hit->rule,
					       .offset = hit->offset,
					       .length = hit->length,
					       .end = hit->end,
					       .excerpt = hit->excerpt,
					       .basis = hit->basis,
				       });

		if (r < 0)
			return r;
	}
	return 0;
}

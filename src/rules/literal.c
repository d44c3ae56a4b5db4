/* literal.c - the texts that a record must hold for a rule to hit: what spares the rules most of the log. */
#include <errno.h>

#include "run.h"

enum {
	LIST_MAX = 1024, /* literals of one rule */
	PLAIN_MIN = 2,   /* bytes of a text that is only looked for beside a literal */
	WINDOW_MAX = 8,  /* of a text that may be percent-encoded: each of its letters takes three literals more */
	QUALITY_EVERYWHERE = 1,
	QUALITY_COMMON = 2,
};

/* What stands in most lines anyway, and what in very many. */
static const char *const everywhere[] = { "http/1.1", "https", "post", "mozilla/5.0", "windows nt" };
static const char *const common[] = {
	"/autodiscover/autodiscover.xml", "microsoft", "exchange", "/owa/", "/ecp/", ".aspx", "index", "login", "json",
	"user", "admin",
};

/* Bytes that stand in a record as they stand in its fields: quoting and escaping of logs leaves them alone. */
static bool
is_steady(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("-._~/:=@?!$#()[]{}|;^", c));
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
within_one(const char *const *words, size_t n, struct view text)
{
	for (size_t i = 0; i < n; i++)
		if (memmem(words[i], strlen(words[i]), text.p, text.n))
			return true;
	return false;
}

static unsigned
quality_of(struct view text)
{
	if (within_one(everywhere, sizeof(everywhere) / sizeof(everywhere[0]), text))
		return QUALITY_EVERYWHERE;
	if (within_one(common, sizeof(common) / sizeof(common[0]), text))
		return QUALITY_COMMON;
	return (unsigned)text.n;
}

static int
add(struct sigma_set *set, struct need *need, struct view text)
{
	uint8_t *copy = (uint8_t *)arena_copy(&set->arena, text);
	struct view *slot = vector_push(&need->list);

	if (!copy || !slot)
		return -ENOMEM;
	fold_text(copy, text.n);
	*slot = view_of(copy, text.n);
	return 0;
}

/* ---- where it may be percent-encoded ---- */

/* The part with most letters and digits: who encodes these has a reason, and few do. */
static struct view
window(struct view run)
{
	struct view best = view_part(run, 0, run.n < WINDOW_MAX ? run.n : WINDOW_MAX);
	unsigned most = 0;

	for (size_t n = LITERAL_MIN; n <= WINDOW_MAX; n++) {
		for (size_t at = 0; at + n <= run.n; at++) {
			struct view v = view_part(run, at, n);
			unsigned score = 0, others = 0;

			for (size_t i = 0; i < n; i++)
				others += !is_letter(v.p[i] | 0x20) && !is_letter(v.p[i]);
			score = 4 * (unsigned)n > 8 * others ? 4 * (unsigned)n - 8 * others : 0;
			if (quality_of(v) <= QUALITY_COMMON)
				score /= 2;
			if (score > most) {
				most = score;
				best = v;
			}
		}
	}
	return best;
}

/* One byte of the text as %hh: with what follows it, plain or encoded too, or for the last byte what is before. */
static int
add_encoded(struct sigma_set *set, struct need *need, struct view text, size_t i, uint8_t c)
{
	char s[8];
	int r;

	if (i + 1 == text.n) {
		snprintf(s, sizeof(s), "%c%%%02x", text.p[i - 1], c);
		return add(set, need, view_text(s));
	}
	snprintf(s, sizeof(s), "%%%02x%c", c, text.p[i + 1]);
	r = add(set, need, view_text(s));
	snprintf(s, sizeof(s), "%%%02x%%", c);
	return r == 0 ? add(set, need, view_text(s)) : r;
}

/* If all bytes stand plain the text is there; else some byte of it is encoded, in capitals or not. */
static int
add_ways(struct sigma_set *set, struct need *need, struct view text)
{
	int r = add(set, need, text);

	for (size_t i = 0; i < text.n && r == 0; i++) {
		uint8_t c = text.p[i];

		r = add_encoded(set, need, text, i, c);
		if (r == 0 && c >= 'a' && c <= 'z')
			r = add_encoded(set, need, text, i, c - 0x20);
	}
	return r;
}

/* ---- one test ---- */

static void
offer(struct best *best, const struct run *run)
{
	uint8_t bytes[LITERAL_MAX];
	size_t n = run->n;
	unsigned quality;

	if (n < (best->plain ? PLAIN_MIN : LITERAL_MIN))
		return;
	memcpy(bytes, run->bytes, n);
	fold_text(bytes, n);
	quality = best->plain ? (unsigned)n + run->starts + run->ends : quality_of(view_of(bytes, n));
	if (quality <= best->quality)
		return;
	memcpy(best->bytes, bytes, n);
	best->n = n;
	best->quality = quality;
	best->starts = run->starts;
	best->ends = run->ends;
}

void
run_end(struct run *run)
{
	offer(run->best, run);
	run->n = 0;
	run->starts = false;
}

void
run_add(struct run *run, unsigned unit)
{
	if (unit > 0xff || !is_steady((uint8_t)unit) || (run->uri && unit == '?')) {
		run_end(run);
		return;
	}
	if (run->n == LITERAL_MAX)
		run_end(run);
	run->bytes[run->n++] = (uint8_t)unit;
}

static void
glob_runs(const struct glob *glob, struct run *run)
{
	for (size_t i = 0; i < glob->n; i++) {
		run->starts = !i && !glob->open_start && run->edges;
		for (size_t k = 0; k < glob->pieces[i].n; k++)
			run_add(run, glob->pieces[i].units[k]);
		run->ends = i + 1 == glob->n && !glob->open_end && run->edges;
		run_end(run);
	}
}

/* A text with the edges of its value. */
static int
add_plain(struct sigma_set *set, struct need *need, const struct best *best)
{
	uint8_t bytes[LITERAL_MAX + 2];
	size_t n = 0;

	if (best->starts)
		bytes[n++] = EDGE;
	memcpy(bytes + n, best->bytes, best->n);
	n += best->n;
	if (best->ends)
		bytes[n++] = EDGE;
	return add(set, need, view_of(bytes, n));
}

static bool
is_caseless(const struct test *test)
{
	return !test->cased || strstr(test->pattern, "(?");
}

/* What an expression needs that has nothing but a group of alternatives: one of them. All, where one tells nothing. */
static int
add_choices(struct sigma_set *set, const struct test *test, struct need *need)
{
	struct view before, choices;
	int r = 0;

	need->all = !run_choices(test->pattern, &before, &choices);
	while (!need->all && r == 0) {
		const uint8_t *bar = memchr(choices.p, '|', choices.n);
		size_t n = bar ? (size_t)(bar - choices.p) : choices.n;
		struct best best = { .plain = true };
		struct run run = { .best = &best };
		char one[2 + LITERAL_MAX + 1];

		if (n > LITERAL_MAX)
			break;
		snprintf(one, sizeof(one), "%.*s%.*s", (int)before.n, (const char *)before.p, (int)n, (const char *)choices.p);
		run_expr(one, is_caseless(test), &run);
		if (!best.n)
			break;
		r = add_plain(set, need, &best);
		if (!bar)
			return r;
		choices = view_from(choices, n + 1);
	}
	need->all = true;
	return r;
}

static void
find_runs(const struct test *test, const struct asked_place *place, struct best *best)
{
	struct run run = { .best = best, .uri = place->kind == PLACE_URI };

	run.edges = best->plain && place->kind != PLACE_KEYWORDS && place->kind != PLACE_EXTENSION;
	if (test->op == OP_TEXT)
		glob_runs(&test->glob, &run);
	else if (test->op == OP_EXPR)
		run_expr(test->pattern, is_caseless(test), &run);
}

static int
plain_of_test(struct sigma_set *set, const struct test *test, const struct asked_place *place, struct need *ret)
{
	struct best best = { .plain = true };

	find_runs(test, place, &best);
	ret->encoded = place->kind == PLACE_URI || place->kind == PLACE_WHOLE_URI;
	ret->quality = best.quality;
	if (best.n >= LITERAL_MIN || (best.n && test->op != OP_EXPR))
		return add_plain(set, ret, &best);
	ret->all = test->op != OP_EXPR;
	return ret->all ? 0 : add_choices(set, test, ret);
}

static int
need_of_test(struct sigma_set *set, const struct test *test, const struct asked_place *place, struct need *ret)
{
	struct best best = { .n = 0 };
	bool encoded = place->kind == PLACE_URI || place->kind == PLACE_WHOLE_URI;
	struct view text;

	if (place->kind == PLACE_ABSENT)
		return 0;
	if (ret->plain)
		return plain_of_test(set, test, place, ret);
	find_runs(test, place, &best);
	if (!best.n) {
		ret->all = true;
		return 0;
	}
	text = encoded ? window(view_of(best.bytes, best.n)) : view_of(best.bytes, best.n);
	ret->quality = quality_of(text);
	return encoded ? add_ways(set, ret, text) : add(set, ret, text);
}

/* ---- operators ---- */

static bool
is_better(const struct need *a, const struct need *b)
{
	if (a->all != b->all)
		return b->all;
	if (!a->list.n || !b->list.n)
		return !a->list.n && b->list.n;
	if (a->quality != b->quality)
		return a->quality > b->quality;
	return a->list.n < b->list.n;
}

void
need_free(struct need *need)
{
	vector_free(&need->list);
	*need = (struct need){ 0 };
}

/* Any of two: all that either needs. */
static int
need_either(struct need *into, struct need *other)
{
	into->encoded |= other->encoded;
	into->all |= other->all || into->list.n + other->list.n > LIST_MAX;
	if (other->list.n && (!into->list.n || other->quality < into->quality))
		into->quality = other->quality;
	for (size_t i = 0; i < other->list.n && !into->all; i++) {
		struct view *slot = vector_push(&into->list);

		if (!slot)
			return -ENOMEM;
		*slot = other->list.at[i];
	}
	return 0;
}

int
need_of(struct sigma_set *set, const struct bound_rule *rule, uint32_t at, bool yes, struct need *ret)
{
	const struct node *node = &rule->parsed->nodes[at];
	const uint32_t *kids = rule->parsed->kids + node->first;
	bool either = (node->kind == NODE_OR) == yes;
	int r = 0;

	if (node->kind == NODE_TEST && !yes) {
		/* a field that is never there is never NO either */
		ret->all = set->places.at[rule->places[node->first]].kind != PLACE_ABSENT;
		return 0;
	}
	if (node->kind == NODE_TEST)
		return need_of_test(set, &rule->parsed->tests[node->first], &set->places.at[rule->places[node->first]],
				    ret);
	if (node->kind == NODE_NOT)
		return need_of(set, rule, kids[0], !yes, ret);
	for (uint32_t i = 0; i < node->n && r == 0; i++) {
		struct need kid = { .plain = ret->plain };

		r = need_of(set, rule, kids[i], yes, &kid);
		if (r == 0 && i && either)
			r = need_either(ret, &kid);
		if (r == 0 && (!i || (!either && is_better(&kid, ret)))) {
			struct need old = *ret;

			*ret = kid;
			kid = old;
		}
		need_free(&kid);
	}
	return r;
}

int
literal_derive(struct sigma_set *set, const struct bound_rule *rule, literal_list *ret, bool *ret_all)
{
	struct need need = { 0 };
	int r = need_of(set, rule, rule->parsed->root, true, &need);

	*ret = need.list;
	*ret_all = need.all;
	return r;
}

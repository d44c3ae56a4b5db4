/* sketch.c - which addresses, programs and pages the requests of a log may name, in a few KiB. */
#include "sketch.h"

#include <errno.h>
#include <stdlib.h>

/* ---- bits ---- */

struct sketch {
	size_t bits; /* a power of two */
	uint64_t words[];
};

/* The bits of a key: the lower half of it and so many times the upper. */
static inline size_t
bit_of(uint64_t key, unsigned probe, size_t bits)
{
	return (size_t)(key + probe * (key >> 32 | 1)) & (bits - 1);
}

static bool
has(const struct sketch *sketch, uint64_t key)
{
	for (unsigned i = 0; i < SKETCH_PROBES; i++) {
		size_t bit = bit_of(key, i, sketch->bits);

		if (!(sketch->words[bit / 64] >> bit % 64 & 1))
			return false;
	}
	return true;
}

struct sketch *
sketch_free(struct sketch *sketch)
{
	free(sketch);
	return NULL;
}

size_t
sketch_bytes(const struct sketch *sketch)
{
	return sketch ? sizeof(*sketch) + sketch->bits / 8 : 0;
}

/* ---- made while a log is read ---- */

enum {
	SEEN_MAX = 4096,         /* values, by hash */
	SEEN_BYTES_MAX = 1 << 17, /* of them */
	SEEN_VALUE_MAX = 2048,
};

/* Requests repeat each other: a value that was added already, byte for byte, need not be looked at again. */
struct seen {
	uint32_t at;
	uint16_t n;    /* 0: none */
	uint16_t sort; /* its column, or that it is two of them, and which part of it is the first */
};

struct sketcher {
	uint64_t words[SKETCH_BITS_MAX / 64];
	struct seen seen[SEEN_MAX];
	size_t used;
	uint8_t bytes[SEEN_BYTES_MAX]; /* not zeroed */
};

int
sketcher_new(struct sketcher **ret_sketcher)
{
	struct sketcher *s = malloc(sizeof(*s));

	if (!s)
		return -ENOMEM;
	memset(s, 0, offsetof(struct sketcher, bytes));
	*ret_sketcher = s;
	return 0;
}

struct sketcher *
sketcher_free(struct sketcher *sketcher)
{
	free(sketcher);
	return NULL;
}

static void
add_key(void *state, uint64_t key)
{
	struct sketcher *s = state;

	for (unsigned i = 0; key && i < SKETCH_PROBES; i++) {
		size_t bit = bit_of(key, i, SKETCH_BITS_MAX);

		s->words[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static void
add_keys(struct sketcher *s, unsigned column, struct view value)
{
	if (column == VISIT_ADDRESS)
		add_key(s, address_key(value));
	else if (column == VISIT_AGENT)
		add_key(s, agent_key(value));
	else
		stem_keys(value, add_key, s);
}

static inline uint64_t
word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Where among the seen: a quick guess from parts, as what stands there is compared. It never shows in a sketch. */
static inline size_t
place_of(unsigned sort, struct view v)
{
	const uint64_t x = UINT64_C(0x9e3779b97f4a7c15), y = UINT64_C(0xc2b2ae3d27d4eb4f);
	uint64_t a = v.n + ((uint64_t)sort << 32), b = 0;

	if (v.n >= 8) {
		a ^= word_at(v.p);
		b ^= word_at(v.p + v.n - 8);
	} else {
		for (size_t i = 0; i < v.n; i++)
			b = b << 8 | v.p[i];
	}
	if (v.n >= 16) {
		a = a * x ^ word_at(v.p + 8);
		b = b * y ^ word_at(v.p + v.n - 16);
	}
	if (v.n >= 32) { /* of a browser, its version stands there */
		a = a * x ^ word_at(v.p + v.n - 32) ^ word_at(v.p + v.n / 2) * y;
		b = b * y ^ word_at(v.p + v.n - 24);
	}
	a = a * x + b * y;
	return (size_t)((a ^ a >> 31) * x >> 40) % SEEN_MAX;
}

/* Whether it was seen before; from here on it was. */
static bool
was_seen(struct sketcher *s, unsigned sort, struct view v)
{
	struct seen *place = &s->seen[place_of(sort, v)];

	if (place->n == v.n && place->sort == sort && !memcmp(s->bytes + place->at, v.p, v.n))
		return true;
	if (v.n > SEEN_VALUE_MAX)
		return false;
	if (v.n > SEEN_BYTES_MAX - s->used) {
		memset(s->seen, 0, sizeof(s->seen));
		s->used = 0;
	}
	memcpy(s->bytes + s->used, v.p, v.n);
	*place = (struct seen){ .at = (uint32_t)s->used, .n = (uint16_t)v.n, .sort = (uint16_t)sort };
	s->used += v.n;
	return false;
}

/* Address and agent stand beside each other in most kinds of logs, and are then looked up together. */
static bool
both_seen(struct sketcher *s, struct view address, struct view agent)
{
	bool reverse = agent.p < address.p;
	struct view first = reverse ? agent : address, second = reverse ? address : agent;

	return first.n && second.n && first.p + first.n + 1 == second.p && first.n + 1 + second.n <= SEEN_VALUE_MAX &&
	       was_seen(s, VISIT_COLUMNS + 2 * (unsigned)first.n + reverse, view_of(first.p, first.n + 1 + second.n));
}

void
sketcher_add(struct sketcher *s, const struct view values[static VISIT_COLUMNS])
{
	bool both = both_seen(s, values[VISIT_ADDRESS], values[VISIT_AGENT]);

	for (unsigned i = both ? VISIT_STEM : 0; i < VISIT_COLUMNS; i++)
		if (values[i].n && !was_seen(s, i, values[i]))
			add_keys(s, i, values[i]);
}

/* ---- finished ---- */

static size_t
count_bits(const uint64_t *words, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		for (uint64_t word = words[i]; word; word &= word - 1)
			count++;
	return count;
}

int
sketcher_finish(struct sketcher *s, struct sketch **ret_sketch)
{
	size_t bits = SKETCH_BITS_MAX, set = count_bits(s->words, bits / 64);
	struct sketch *sketch = NULL;

	for (; bits > SKETCH_BITS_LEAST && set * SKETCH_THIN <= bits / 2; bits /= 2) /* one half upon the other */
		for (size_t i = 0; i < bits / 128; i++)
			s->words[i] |= s->words[bits / 128 + i];
	if (set * 2 <= bits) {
		sketch = malloc(sizeof(*sketch) + bits / 8);
		if (!sketch)
			return -ENOMEM;
		sketch->bits = bits;
		memcpy(sketch->words, s->words, bits / 8);
	}
	*ret_sketch = sketch;
	return 0;
}

/* ---- asked ---- */

static int
add_question(struct sketch_question *question, uint64_t key)
{
	uint64_t *slot = vector_push(&question->keys);

	if (!slot)
		return -ENOMEM;
	*slot = key;
	return 0;
}

/* A page that is known by the end of its path is asked for by any of its ends. */
static int
ask_page(struct sketch_question *question, const struct term *term)
{
	struct view page = view_text(term->text);
	int r = add_question(question, page_key(page));

	for (size_t i = 1; term->tail && i < page.n && r == 0; i++)
		if (page.p[i] == '/')
			r = add_question(question, page_key(view_from(page, i)));
	return r;
}

int
sketch_ask(const struct terms *terms, struct sketch_question *question)
{
	const struct term *list;
	size_t n = terms_list(terms, &list);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct view text = view_text(list[i].text);

		if (list[i].kind == TERM_PAGE)
			r = ask_page(question, &list[i]);
		else
			r = add_question(question, list[i].kind == TERM_ADDRESS ? address_key(text) : agent_key(text));
	}
	return r;
}

void
sketch_question_free(struct sketch_question *question)
{
	vector_free(&question->keys);
}

bool
sketch_may_hold(const struct sketch *sketch, const struct sketch_question *question)
{
	for (size_t i = 0; sketch && i < question->keys.n; i++)
		if (!question->keys.at[i] || has(sketch, question->keys.at[i]))
			return true;
	return !sketch;
}

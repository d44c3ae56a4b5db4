/* literals.c - fuzzes the literal search: with and without vectors it finds the same, in order, nothing else. */
#include <assert.h>
#include <stdlib.h>

#include "literals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SOME = 64, TEXT_MAX = 16384 };

struct tally {
	struct view text;
	const struct view *literals;
	uint64_t count, digest;
	size_t offset;
	uint32_t which;
};

static int
found(void *state, size_t offset, uint32_t which)
{
	struct tally *t = state;
	struct view at = view_part(t->text, offset, t->literals[which].n);

	assert(at.p);
	for (size_t i = 0; i < at.n; i++)
		assert(((at.p[i] ^ t->literals[which].p[i]) & 0xdf) == 0);
	assert(!t->count || offset > t->offset || (offset == t->offset && which > t->which));
	t->offset = offset;
	t->which = which;
	t->digest = (t->digest ^ offset << 12 ^ which) * UINT64_C(1099511628211);
	return ++t->count > 100000;
}

/* Input: literals as a length and as many bytes, a zero, then the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	struct view in = view_of(data, size), literals[SOME], text;
	struct tally fast = { 0 }, plain;
	size_t n = 0;

	while (n < SOME && in.n && in.p[0]) {
		size_t length = LITERAL_MIN + in.p[0] % (LITERAL_MAX - LITERAL_MIN + 1);
		struct view literal = view_part(in, 1, length);

		if (!literal.p)
			break;
		if (!literal_unfit(literal))
			literals[n++] = literal;
		in = view_from(in, 1 + length);
	}
	if (!n || literals_open(literals, n, &l) < 0)
		return 0;
	text = in.n > TEXT_MAX ? view_of(in.p, TEXT_MAX) : in;
	fast = plain = (struct tally){ .text = text, .literals = literals };
	literals_scan(l, text, found, &fast);
	literals_plain(l);
	literals_scan(l, text, found, &plain);
	assert(fast.count == plain.count && fast.digest == plain.digest);
	return 0;
}

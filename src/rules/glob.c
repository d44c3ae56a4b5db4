/* glob.c - whether a text fits a value with wildcards, with or without case. */
#include <errno.h>

#include "own.h"

/* ---- folding ---- */

/* The small letter of a character of two bytes; the same where it has none. */
static unsigned
fold_pair(unsigned c)
{
	if (c >= 0xc0 && c <= 0xde) /* Latin-1, but for the multiplication sign */
		return c == 0xd7 ? c : c + 32;
	if (c == 0x178)
		return 0xff;
	if ((c >= 0x100 && c <= 0x12f) || (c >= 0x132 && c <= 0x137) || (c >= 0x14a && c <= 0x177))
		return c | 1; /* Latin Extended-A: pairs that begin even */
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c & 1 ? c + 1 : c; /* and pairs that begin odd */
	if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
		return c + 32; /* Greek */
	if (c == 0x3c2)
		return 0x3c3; /* the final sigma */
	if (c >= 0x400 && c <= 0x42f)
		return c + (c < 0x410 ? 80 : 32); /* Cyrillic */
	return c;
}

void
fold_text(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z') {
			p[i] |= 0x20;
		} else if (p[i] >= 0xc3 && p[i] <= 0xd0 && i + 1 < n && (p[i + 1] & 0xc0) == 0x80) {
			unsigned c = fold_pair((p[i] & 0x1fu) << 6 | (p[i + 1] & 0x3fu));

			p[i++] = (uint8_t)(0xc0 | c >> 6);
			p[i] = (uint8_t)(0x80 | (c & 0x3f));
		}
	}
}

/* ---- making ---- */

void
pairs_add(struct pairs *pairs, struct view folded)
{
	for (size_t i = 1; i < folded.n; i++) {
		unsigned h = (folded.p[i - 1] * 37u ^ folded.p[i] * 11u) % 512;

		pairs->bits[h / 64] |= UINT64_C(1) << h % 64;
	}
}

/* The pairs of a piece: those of its runs of ASCII, which fold the same wherever they stand. */
static void
piece_pairs(const struct piece *piece, uint8_t *scratch, struct pairs *pairs)
{
	for (size_t i = 0; i < piece->n; i++) {
		size_t n = 0;

		while (i + n < piece->n && piece->units[i + n] < 0x80) {
			scratch[n] = (uint8_t)piece->units[i + n];
			n++;
		}
		fold_text(scratch, n);
		pairs_add(pairs, view_of(scratch, n));
		i += n;
	}
}

static int
make_piece(struct arena *arena, const uint16_t *at, size_t n, bool cased, struct piece *ret)
{
	uint8_t *bytes = arena_take(arena, n + 1, 1);
	uint16_t *copy = arena_take(arena, (n + 1) * sizeof(*copy), _Alignof(uint16_t));
	bool plain = true;

	if (!bytes || !copy)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		bytes[i] = at[i] < 0x100 ? (uint8_t)at[i] : 0;
		plain &= at[i] < 0x100;
	}
	if (!cased)
		fold_text(bytes, n);
	for (size_t i = 0; i < n; i++)
		copy[i] = at[i] < 0x100 ? bytes[i] : at[i];
	*ret = (struct piece){ .units = copy, .bytes = plain ? bytes : NULL, .n = n };
	return 0;
}

int
glob_new(struct arena *arena, const units *u, bool cased, struct glob *ret)
{
	size_t stars = 0, start = 0, n = 0;
	struct piece *pieces;
	CLEANUP(free) uint8_t *scratch = malloc(u->n + 1);
	int r = scratch ? 0 : -ENOMEM;

	for (size_t i = 0; i < u->n; i++)
		stars += u->at[i] == UNIT_MANY;
	pieces = arena_take(arena, (stars + 1) * sizeof(*pieces), _Alignof(struct piece));
	if (!pieces)
		return -ENOMEM;
	*ret = (struct glob){ .pieces = pieces, .cased = cased };
	for (size_t i = 0; i <= u->n && r == 0; i++) {
		if (i < u->n && u->at[i] != UNIT_MANY)
			continue;
		/* `**` is one star; without any star there is one piece, empty or not */
		if (i > start || !stars)
			r = make_piece(arena, u->n ? u->at + start : NULL, i - start, cased, &pieces[n++]);
		start = i + 1;
	}
	ret->n = n;
	for (size_t i = 0; i < n && r == 0; i++)
		piece_pairs(&pieces[i], scratch, &ret->pairs);
	if (stars) {
		ret->open_start = u->at[0] == UNIT_MANY;
		ret->open_end = u->at[u->n - 1] == UNIT_MANY;
	}
	return r;
}

/* ---- fitting ---- */

/* Bytes of the character at p: 1 for what is no UTF-8. */
static size_t
character(const uint8_t *p, size_t n)
{
	size_t want = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc0 ? 2 : 1;

	for (size_t i = 1; i < want; i++)
		if (i >= n || (p[i] & 0xc0) != 0x80)
			return 1;
	return want;
}

/* '-', '/', and the dashes U+2013 to U+2015: their bytes, or 0. */
static size_t
dash(const uint8_t *p, size_t n)
{
	if (*p == '-' || *p == '/')
		return 1;
	return n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x93 && p[2] <= 0x95 ? 3 : 0;
}

/* How many bytes of the start of text the piece takes, or -1. */
static int64_t
fits_here(const struct piece *piece, struct view text)
{
	size_t at = 0;

	for (size_t i = 0; i < piece->n; i++) {
		size_t step = 1;

		if (at == text.n)
			return -1;
		if (piece->units[i] == UNIT_ANY)
			step = character(text.p + at, text.n - at);
		else if (piece->units[i] == UNIT_DASH)
			step = dash(text.p + at, text.n - at);
		else if (piece->units[i] != text.p[at])
			step = 0;
		if (!step)
			return -1;
		at += step;
	}
	return (int64_t)at;
}

/* The first place where the piece fits, and how much of the text is then used up; false when there is none. */
static bool
find(const struct piece *piece, struct view text, size_t *ret_used)
{
	if (piece->bytes) {
		const uint8_t *p =
			piece->n ? memmem(text.n ? text.p : (const uint8_t *)"", text.n, piece->bytes, piece->n)
				 : text.p;

		if (!p && piece->n)
			return false;
		*ret_used = piece->n ? (size_t)(p - text.p) + piece->n : 0;
		return true;
	}
	for (size_t at = 0; at < text.n; at += character(text.p + at, text.n - at)) {
		int64_t used = fits_here(piece, view_from(text, at));

		if (used >= 0) {
			*ret_used = at + (size_t)used;
			return true;
		}
	}
	return false;
}

/* Whether the piece is the end of the text. */
static bool
fits_end(const struct piece *piece, struct view text)
{
	size_t start = 0;

	if (piece->bytes)
		return piece->n <= text.n &&
		       view_equal(view_from(text, text.n - piece->n), view_of(piece->bytes, piece->n));
	/* a unit is at most four bytes */
	if (text.n > piece->n * 4)
		start = text.n - piece->n * 4;
	for (size_t at = 0; at < text.n; at += character(text.p + at, text.n - at))
		if (at >= start && fits_here(piece, view_from(text, at)) == (int64_t)(text.n - at))
			return true;
	return false;
}

static bool
fits_start(const struct piece *piece, struct view text, size_t *ret_used)
{
	int64_t used = fits_here(piece, text);

	*ret_used = used < 0 ? 0 : (size_t)used;
	return used >= 0;
}

bool
glob_fits(const struct glob *glob, struct view text)
{
	size_t first = 0, end = glob->n, used;

	if (!glob->open_start && end) {
		if (!fits_start(&glob->pieces[0], text, &used))
			return false;
		text = view_from(text, used);
		first = 1;
		if (!glob->open_end && end == 1)
			return !text.n;
	}
	if (!glob->open_end && end > first)
		end--;
	for (size_t i = first; i < end; i++) {
		if (!find(&glob->pieces[i], text, &used))
			return false;
		text = view_from(text, used);
	}
	return end == glob->n || fits_end(&glob->pieces[end], text);
}

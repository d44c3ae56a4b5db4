/* value.c - values of Sigma rules: wildcards and their escapes, dashes, UTF-16 and base64. */
#include <errno.h>

#include "own.h"

static int
add(units *u, uint16_t unit)
{
	uint16_t *slot = vector_push(u);

	if (!slot)
		return -ENOMEM;
	*slot = unit;
	return 0;
}

static bool
is_special(uint8_t c)
{
	return c == '*' || c == '?' || c == '\\';
}

/* A '\' before any other character is itself. */
int
units_parse(struct view text, units *ret)
{
	int r = 0;

	for (size_t i = 0; i < text.n && r == 0; i++) {
		uint8_t c = text.p[i];

		if (c == '\\' && i + 1 < text.n && is_special(text.p[i + 1]))
			r = add(ret, text.p[++i]);
		else
			r = add(ret, c == '*' ? UNIT_MANY : c == '?' ? UNIT_ANY : c);
	}
	return r;
}

int
units_wrap(units *u, bool before, bool behind)
{
	int r = before || behind ? add(u, UNIT_MANY) : 0;

	if (r < 0 || !before)
		return r;
	memmove(u->at + 1, u->at, (u->n - 1) * sizeof(*u->at));
	u->at[0] = UNIT_MANY;
	return behind ? add(u, UNIT_MANY) : 0;
}

static bool
is_word(uint16_t unit)
{
	return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') || (unit >= '0' && unit <= '9') ||
	       unit == '_' || (unit >= 0x80 && unit < 0x100);
}

/* A '-' or '/' with a word behind it and none before: where command lines have their options. */
int
units_dash(units *u)
{
	for (size_t i = 0; i + 1 < u->n; i++)
		if ((u->at[i] == '-' || u->at[i] == '/') && !(i && is_word(u->at[i - 1])) && is_word(u->at[i + 1]))
			u->at[i] = UNIT_DASH;
	return 0;
}

bool
units_plain(const units *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->at[i] > 0xff)
			return false;
	return true;
}

int
units_bytes(const units *u, struct text *ret)
{
	int r = text_add(ret, view_of("", 0));

	for (size_t i = 0; i < u->n && r == 0; i++)
		r = text_addc(ret, (char)u->at[i]);
	return r;
}

static int
add_bytes(units *u, struct view bytes)
{
	int r = 0;

	for (size_t i = 0; i < bytes.n && r == 0; i++)
		r = add(u, bytes.p[i]);
	return r;
}

int
units_wide(units *u, enum wide wide)
{
	CLEANUP(text_free) struct text plain = { 0 }, utf16 = { 0 };
	int r = units_bytes(u, &plain);

	if (r == 0)
		r = text_to_utf16(text_view(&plain), &utf16);
	if (r < 0)
		return r;
	for (size_t i = 0; wide == WIDE_BE && i + 1 < utf16.n; i += 2) {
		char low = utf16.s[i];

		utf16.s[i] = utf16.s[i + 1];
		utf16.s[i + 1] = low;
	}
	u->n = 0;
	r = wide == WIDE_MARKED ? add_bytes(u, view_text("\xff\xfe")) : 0;
	return r == 0 ? add_bytes(u, text_view(&utf16)) : r;
}

static uint8_t
base64_letter(unsigned sextet)
{
	return (uint8_t) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[sextet & 63];
}

/* Letters of base64 whose bits come from bytes outside [first, end) are left out when a part is wanted. */
static int
encode(const struct text *bytes, size_t skip, bool part, units *ret)
{
	size_t bits = bytes->n * 8;
	int r = 0;

	for (size_t at = 0; at < bits && r == 0; at += 6) {
		unsigned sextet = 0;

		if (part && (at < skip * 8 || at + 6 > bits))
			continue;
		for (size_t bit = at; bit < at + 6; bit++)
			sextet = sextet << 1 | (bit < bits ? (uint8_t)bytes->s[bit / 8] >> (7 - bit % 8) & 1u : 0);
		r = add(ret, base64_letter(sextet));
	}
	for (size_t n = ret->n; !part && n % 4 && r == 0; n++)
		r = add(ret, '=');
	return r;
}

int
units_base64(const units *u, int offset, units *ret)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	int r = 0;

	for (int i = 0; i < offset && r == 0; i++)
		r = text_addc(&bytes, ' ');
	if (r == 0)
		r = units_bytes(u, &bytes);
	return r == 0 ? encode(&bytes, offset < 0 ? 0 : (size_t)offset, offset >= 0, ret) : r;
}

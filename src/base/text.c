/* text.c - a string that grows, and UTF-16 names as UTF-8 and back with nothing lost. */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

static int
reserve(struct text *t, size_t n)
{
	size_t room = t->room ? t->room : 64;
	char *s;

	if (n >= SIZE_MAX / 2 - t->n)
		return -ENOMEM;
	if (t->n + n + 1 <= t->room)
		return 0;
	while (room < t->n + n + 1)
		room *= 2;
	s = realloc(t->s, room);
	if (!s)
		return -ENOMEM;
	t->s = s;
	t->room = room;
	return 0;
}

int
text_add(struct text *t, struct view bytes)
{
	int r = reserve(t, bytes.n);

	if (r < 0)
		return r;
	if (bytes.n)
		memcpy(t->s + t->n, bytes.p, bytes.n);
	t->n += bytes.n;
	t->s[t->n] = 0;
	return 0;
}

int
text_adds(struct text *t, const char *s)
{
	return text_add(t, view_text(s));
}

int
text_addc(struct text *t, char c)
{
	return text_add(t, view_of(&c, 1));
}

int
text_printf(struct text *t, const char *format, ...)
{
	va_list args;
	int n, r;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	r = reserve(t, (size_t)n);
	if (r < 0)
		return r;
	va_start(args, format);
	vsnprintf(t->s + t->n, (size_t)n + 1, format, args);
	va_end(args);
	t->n += (size_t)n;
	return 0;
}

void
text_cut(struct text *t, size_t n)
{
	if (n < t->n) {
		t->n = n;
		t->s[n] = 0;
	}
}

void
text_free(struct text *t)
{
	free(t->s);
	*t = (struct text){ 0 };
}

static size_t
put_utf8(uint8_t out[static 4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

static uint32_t
unit_at(struct view v, size_t i)
{
	return (uint32_t)(v.p[i] | v.p[i + 1] << 8);
}

/* The code point at *i, a lone surrogate being one of its own; moves *i behind it. */
static uint32_t
take_utf16(struct view v, size_t *i)
{
	uint32_t c = unit_at(v, *i);

	*i += 2;
	if (c >> 10 == 0x36 && v.n - *i >= 2 && unit_at(v, *i) >> 10 == 0x37) {
		c = 0x10000 + ((c & 0x3ff) << 10 | (unit_at(v, *i) & 0x3ff));
		*i += 2;
	}
	return c;
}

int
text_add_utf16(struct text *t, struct view utf16le)
{
	int r = reserve(t, utf16le.n / 2 * 3 + 3);
	uint8_t *out;
	size_t i = 0;

	if (r < 0)
		return r;
	out = (uint8_t *)t->s + t->n;
	while (utf16le.n - i >= 2)
		out += put_utf8(out, take_utf16(utf16le, &i));
	if (i < utf16le.n)
		out += put_utf8(out, 0xfffd);
	t->n = (size_t)(out - (uint8_t *)t->s);
	t->s[t->n] = 0;
	return 0;
}

/* Whether the code point before i cannot stand in a path for itself. */
static bool
needs_words(struct view name, size_t i, uint32_t c)
{
	if (c == '\\')
		return name.n - i >= 4 && unit_at(name, i) == 'u' && unit_at(name, i + 2) == '{';
	return !c || c == '/' || c >> 11 == 0x1b;
}

int
text_add_name(struct text *t, struct view utf16le)
{
	enum { ESCAPE_MOST = 8 }; /* bytes that one unit can become: \u{d800} */
	int r = reserve(t, utf16le.n / 2 * ESCAPE_MOST + 3);
	char *out;
	size_t i = 0;

	if (r < 0)
		return r;
	out = t->s + t->n;
	while (utf16le.n - i >= 2) {
		uint32_t c = unit_at(utf16le, i);

		if (c < 0x80 && c != '\\' && c != '/' && c) {
			*out++ = (char)c;
			i += 2;
			continue;
		}
		c = take_utf16(utf16le, &i);
		if (needs_words(utf16le, i, c))
			out += sprintf(out, "\\u{%x}", c);
		else
			out += put_utf8((uint8_t *)out, c);
	}
	if (i < utf16le.n)
		out += put_utf8((uint8_t *)out, 0xfffd);
	t->n = (size_t)(out - t->s);
	*out = 0;
	return 0;
}

/*
 * Takes one code point (surrogates included) off UTF-8: its length, with 0 for bytes that are none. Overlong forms and
 * values beyond U+10FFFF are none.
 */
static size_t
take_utf8(struct view v, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = v.p[0];
	size_t n = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
	uint32_t c = n < 2 ? first : first & (0x7fu >> n);

	if (!n || v.n < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (v.p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (v.p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff)
		return 0;
	*ret = c;
	return n;
}

static int
add_unit(struct text *t, uint32_t unit)
{
	uint8_t b[2] = { (uint8_t)unit, (uint8_t)(unit >> 8) };

	return text_add(t, view_of(b, 2));
}

int
text_to_utf16(struct view utf8, struct text *t)
{
	int r = 0;

	for (size_t i = 0; i < utf8.n && r == 0;) {
		uint32_t c;
		size_t n = take_utf8(view_from(utf8, i), &c);

		if (!n) {
			c = 0xdc00u | utf8.p[i];
			n = 1;
		}
		i += n;
		if (c >= 0x10000) {
			r = add_unit(t, 0xd800 | (c - 0x10000) >> 10);
			c = 0xdc00 | ((c - 0x10000) & 0x3ff);
		}
		if (r == 0)
			r = add_unit(t, c);
	}
	return r;
}

/* What a terminal or a reader could be fooled by: controls, line breaks, direction marks, invisible characters. */
static bool
deceptive(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x34f, 0x34f },   { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },   { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xd800, 0xdfff },   { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

int
text_add_escaped(struct text *t, struct view utf8)
{
	int r = 0;

	for (size_t i = 0; i < utf8.n && r == 0;) {
		uint32_t c;
		size_t n = take_utf8(view_from(utf8, i), &c);

		if (!n)
			r = text_printf(t, "\\x%02x", utf8.p[i]);
		else if (deceptive(c))
			r = text_printf(t, "\\u{%x}", c);
		else
			r = text_add(t, view_of(utf8.p + i, n));
		i += n ? n : 1;
	}
	return r;
}

int
text_add_some(struct text *t, struct view utf8, size_t most)
{
	size_t n = utf8.n < most ? utf8.n : most;
	int r;

	while (n < utf8.n && n && (utf8.p[n] & 0xc0) == 0x80)
		n--;
	r = text_add_escaped(t, view_part(utf8, 0, n));
	return r == 0 && n < utf8.n ? text_adds(t, "...") : r;
}

size_t
text_find(struct view text, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; n <= text.n && i <= text.n - n; i++)
		if ((text.p[i] | 32) == (what[0] | 32) && !strncasecmp((const char *)text.p + i, what, n))
			return i;
	return SIZE_MAX;
}

int
text_add_json(struct text *t, struct view utf8)
{
	int r = 0;

	for (size_t i = 0; i < utf8.n && r == 0;) {
		uint32_t c;
		size_t n = take_utf8(view_from(utf8, i), &c);

		if (!n)
			r = text_adds(t, "\\ufffd");
		else if (c == '"' || c == '\\')
			r = text_printf(t, "\\%c", (int)c);
		else if (deceptive(c) && c < 0x10000)
			r = text_printf(t, "\\u%04x", c);
		else if (deceptive(c))
			r = text_printf(t, "\\u%04x\\u%04x", 0xd800 | (c - 0x10000) >> 10, 0xdc00 | (c & 0x3ff));
		else
			r = text_add(t, view_of(utf8.p + i, n));
		i += n ? n : 1;
	}
	return r;
}

/*
 * A cell that a spreadsheet would run: it begins, after blanks, with one of these. Apostrophes are passed over as well,
 * so that one in front can always be taken away again where such a cell follows.
 */
static bool
formula(struct view v)
{
	static const char wide[][4] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" }; /* of U+FF00 */
	size_t i = 0;

	while (i < v.n && (v.p[i] == ' ' || v.p[i] == '\''))
		i++;
	for (size_t k = 0; k < sizeof(wide) / sizeof(wide[0]); k++)
		if (view_has(v, i, 3) && !memcmp(v.p + i, wide[k], 3))
			return true;
	return i < v.n && strchr("=+-@\t\r", v.p[i]) && v.p[i];
}

int
text_add_csv(struct text *t, struct view utf8)
{
	bool quote = false, neutral = formula(utf8);
	int r = 0;

	for (size_t i = 0; i < utf8.n && !quote; i++)
		quote = utf8.p[i] == '"' || utf8.p[i] == ',' || utf8.p[i] == '\r' || utf8.p[i] == '\n';
	if (quote)
		r = text_addc(t, '"');
	if (r == 0 && neutral)
		r = text_addc(t, '\'');
	for (size_t i = 0; i < utf8.n && r == 0; i++) {
		if (utf8.p[i] == '"')
			r = text_addc(t, '"');
		if (r == 0)
			r = text_addc(t, (char)utf8.p[i]);
	}
	return r == 0 && quote ? text_addc(t, '"') : r;
}

int
text_add_hex(struct text *t, struct view bytes)
{
	static const char digits[] = "0123456789abcdef";
	int r = reserve(t, bytes.n < SIZE_MAX / 4 ? bytes.n * 2 : SIZE_MAX);

	for (size_t i = 0; i < bytes.n && r == 0; i++) {
		t->s[t->n++] = digits[bytes.p[i] >> 4];
		t->s[t->n++] = digits[bytes.p[i] & 15];
	}
	if (r == 0)
		t->s[t->n] = 0;
	return r;
}

/* What a digit stands for, and one more, so that whatever is none is 0. */
static const uint8_t hex_values[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,	['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int
hex_parse(struct view digits, uint8_t *ret_bytes, size_t n)
{
	if (digits.n % 2 || digits.n / 2 > n)
		return -EINVAL;
	for (size_t i = 0; i < digits.n; i += 2) {
		unsigned high = hex_values[digits.p[i]], low = hex_values[digits.p[i + 1]];

		if (!high || !low)
			return -EINVAL;
		ret_bytes[i / 2] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	return (int)(digits.n / 2);
}

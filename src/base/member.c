/* member.c - what our own lines of JSON say, taken out of them again. */
#include "member.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "cleanup.h"

static int
hex_digit(uint8_t c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? (c | 32) - 'a' + 10 : -1;
}

/* \uXXXX at i as UTF-16LE; anything else ends the text there. */
static int
add_unit(struct view s, size_t i, struct text *units)
{
	unsigned unit = 0;

	for (size_t k = 0; k < 4; k++) {
		int digit = view_has(s, i + k, 1) ? hex_digit(s.p[i + k]) : -1;

		if (digit < 0)
			return -EINVAL;
		unit = unit << 4 | (unsigned)digit;
	}
	return text_add(units, view_of((const uint8_t[]){ (uint8_t)unit, (uint8_t)(unit >> 8) }, 2));
}

/* The units gathered so far: both halves of a pair are there by now. */
static int
settle(struct text *units, struct text *ret)
{
	int r = units->n ? text_add_utf16(ret, text_view(units)) : 0;

	text_cut(units, 0);
	return r;
}

/* The text of a JSON string from behind its opening quote. */
static int
unescape(struct view s, struct text *ret)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	CLEANUP(text_free) struct text units = { 0 };
	int r = 0;

	for (size_t i = 0; i < s.n && s.p[i] != '"' && r == 0; i++) {
		const char *known;

		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'u') {
			r = add_unit(s, i + 2, &units);
			i += 5;
			continue;
		}
		r = settle(&units, ret);
		known = s.p[i] == '\\' && ++i < s.n ? strchr(from, s.p[i]) : NULL;
		if (r == 0 && i < s.n)
			r = text_addc(ret, known && *known ? to[known - from] : (char)s.p[i]);
	}
	return r < 0 ? r : settle(&units, ret);
}

int
json_text(struct view line, const char *key, struct text *ret)
{
	CLEANUP(text_free) struct text word = { 0 };
	const uint8_t *at;
	int r = text_printf(&word, ",\"%s\":\"", key);

	text_cut(ret, 0);
	if (r < 0)
		return r;
	at = memmem(line.p, line.n, word.s, word.n); /* a quote within a value is escaped: this is no value */
	if (!at)
		return 0;
	r = unescape(view_from(line, (size_t)(at - line.p) + word.n), ret);
	return r < 0 ? r : 1;
}

int
json_number(struct view line, const char *key, uint64_t *ret)
{
	CLEANUP(text_free) struct text word = { 0 };
	const uint8_t *at;
	int r = text_printf(&word, ",\"%s\":", key);

	if (r < 0)
		return r;
	at = memmem(line.p, line.n, word.s, word.n);
	if (!at || !view_has(line, (size_t)(at - line.p) + word.n, 1) || !isdigit(at[word.n]))
		return 0;
	*ret = view_number(view_from(line, (size_t)(at - line.p) + word.n));
	return 1;
}

/* json.c - texts as JSON writes them between quotes, read back. */
#include "text.h"

static size_t
put_code(char *to, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1)
		to[0] = (char)c;
	for (size_t i = n - 1; n > 1 && i; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	if (n > 1)
		to[0] = (char)((0xf00 >> n & 0xff) | c);
	return n;
}

/* Four hex digits, or UINT32_MAX. */
static uint32_t
hex4(struct view v, size_t at)
{
	uint8_t b[2];

	return view_has(v, at, 4) && hex_parse(view_part(v, at, 4), b, 2) == 2 ? (uint32_t)(b[0] << 8 | b[1])
									       : UINT32_MAX;
}

/* \uXXXX at i, with its second half if it has one; how many bytes that were. */
static size_t
take_code(struct view v, size_t i, uint32_t *ret_code)
{
	uint32_t c = hex4(v, i + 2), low;

	*ret_code = c;
	if (c == UINT32_MAX)
		return 0;
	if (c >> 10 == 0x36 && view_has(v, i + 6, 2) && v.p[i + 6] == '\\' && v.p[i + 7] == 'u') {
		low = hex4(v, i + 8);
		if (low != UINT32_MAX && low >> 10 == 0x37) {
			*ret_code = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			return 12;
		}
	}
	return 6;
}

size_t
json_plain(struct view v, char *ret)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	size_t n = 0;

	for (size_t i = 0; i < v.n;) {
		const char *control;
		uint32_t code;
		size_t used;

		if (v.p[i] != '\\' || i + 1 == v.n) {
			ret[n++] = (char)v.p[i++];
			continue;
		}
		used = v.p[i + 1] == 'u' ? take_code(v, i, &code) : 0;
		if (used) {
			n += put_code(ret + n, code);
		} else {
			control = v.p[i + 1] ? strchr(from, v.p[i + 1]) : NULL;
			ret[n++] = control ? to[control - from] : (char)v.p[i + 1];
			used = 2;
		}
		i += used;
	}
	return n;
}

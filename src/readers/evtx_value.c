/* evtx_value.c - the values of an event as Windows writes them: numbers, times, accounts, GUIDs, bytes. */
#include "evtx_own.h"

#include <errno.h>
#include <inttypes.h>

#include "filetime.h"
#include "sid.h"

enum kind { KIND_HEX, KIND_TEXT, KIND_ANSI, KIND_SIGNED, KIND_UNSIGNED, KIND_REAL, KIND_BOOL, KIND_GUID, KIND_PREFIXED,
	    KIND_FILETIME, KIND_SYSTEMTIME, KIND_SID };

/* By type: how it is written, and its size where it has but one. KIND_HEX is for what is not known, too. */
static const struct {
	uint8_t kind, size;
} types[] = {
	[0x01] = { KIND_TEXT, 0 },       [0x02] = { KIND_ANSI, 0 },     [0x03] = { KIND_SIGNED, 1 },
	[0x04] = { KIND_UNSIGNED, 1 },   [0x05] = { KIND_SIGNED, 2 },   [0x06] = { KIND_UNSIGNED, 2 },
	[0x07] = { KIND_SIGNED, 4 },     [0x08] = { KIND_UNSIGNED, 4 }, [0x09] = { KIND_SIGNED, 8 },
	[0x0a] = { KIND_UNSIGNED, 8 },   [0x0b] = { KIND_REAL, 4 },     [0x0c] = { KIND_REAL, 8 },
	[0x0d] = { KIND_BOOL, 4 },       [0x0e] = { KIND_HEX, 0 },      [0x0f] = { KIND_GUID, 16 },
	[0x10] = { KIND_PREFIXED, 0 },   [0x11] = { KIND_FILETIME, 8 }, [0x12] = { KIND_SYSTEMTIME, 16 },
	[0x13] = { KIND_SID, 0 },        [0x14] = { KIND_PREFIXED, 4 }, [0x15] = { KIND_PREFIXED, 8 },
	[0x20] = { KIND_PREFIXED, 0 },   [0x21] = { KIND_HEX, 0 },      [0x23] = { KIND_TEXT, 0 },
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static uint64_t
number_of(struct view v)
{
	uint64_t n = 0;

	for (size_t i = v.n; i > 0; i--)
		n = n << 8 | v.p[i - 1];
	return n;
}

static int
add_hex(struct text *t, struct view v)
{
	static const char digits[] = "0123456789ABCDEF";
	int r = 0;

	for (size_t i = 0; i < v.n && r == 0; i++) {
		const char two[2] = { digits[v.p[i] >> 4], digits[v.p[i] & 15] };

		r = text_add(t, view_of(two, 2));
	}
	return r;
}

/* What does not fit its type: nothing of it is lost. */
static int
add_misfit(struct text *t, struct view v)
{
	int r = add_hex(t, v);

	return r < 0 ? r : 1;
}

/* Without the NULs behind it. */
static int
add_utf16(struct text *t, struct view v)
{
	size_t odd = v.n % 2;

	while (!odd && v.n >= 2 && !v.p[v.n - 1] && !v.p[v.n - 2])
		v.n -= 2;
	return text_add_utf16(t, v) < 0 ? -ENOMEM : (int)odd;
}

/* Of a code page that the record does not tell: ASCII as it is, the rest as the Latin-1 that it mostly is. */
static int
add_ansi(struct text *t, struct view v)
{
	int r = 0;

	while (v.n && !v.p[v.n - 1])
		v.n--;
	for (size_t i = 0; i < v.n && r == 0; i++) {
		const uint8_t two[2] = { v.p[i], 0 };

		r = v.p[i] < 0x80 ? text_addc(t, (char)v.p[i]) : text_add_utf16(t, view_of(two, 2));
	}
	return r;
}

static int
add_decimal(struct text *t, uint64_t n, bool negative)
{
	char digits[21];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	if (negative)
		digits[--at] = '-';
	return text_add(t, view_of(digits + at, sizeof(digits) - at));
}

static int
add_signed(struct text *t, struct view v)
{
	uint64_t n = number_of(v);
	unsigned bits = 8 * (unsigned)v.n;
	bool negative = n >> (bits - 1) & 1;

	if (negative && bits < 64)
		n |= UINT64_MAX << bits;
	return add_decimal(t, negative ? 0 - n : n, negative);
}

/* The fewest digits that give the number again. */
static int
add_real(struct text *t, struct view v)
{
	uint64_t bits = number_of(v);
	char digits[40];
	double number;

	if (v.n == 4) {
		uint32_t narrow = (uint32_t)bits;
		float f;

		memcpy(&f, &narrow, sizeof(f));
		number = (double)f;
	} else {
		memcpy(&number, &bits, sizeof(number));
	}
	for (int n = 6; n <= 17; n++) {
		double again;

		snprintf(digits, sizeof(digits), "%.*g", n, number);
		again = strtod(digits, NULL);
		if (v.n == 4 ? (float)again == (float)number : !memcmp(&again, &number, sizeof(again)))
			break;
	}
	return text_adds(t, digits);
}

static int
add_guid(struct text *t, struct view v)
{
	static const uint8_t order[] = { 3, 2, 1, 0, 0xff, 5, 4, 0xff, 7, 6, 0xff, 8, 9, 0xff, 10, 11, 12, 13, 14, 15 };
	int r = text_addc(t, '{');

	for (size_t i = 0; i < sizeof(order) && r == 0; i++)
		r = order[i] == 0xff ? text_addc(t, '-') : add_hex(t, view_of(v.p + order[i], 1));
	return r == 0 ? text_addc(t, '}') : r;
}

static int
add_filetime(struct text *t, struct view v)
{
	char text[FILETIME_TEXT];

	return text_adds(t, filetime_text(number_of(v), text));
}

/* Eight numbers of 16 bits: year, month, day of the week, day, hour, minute, second, millisecond. */
static int
add_systemtime(struct text *t, struct view v)
{
	unsigned n[8];

	for (size_t i = 0; i < 8; i++)
		n[i] = (unsigned)(v.p[2 * i] | v.p[2 * i + 1] << 8);
	return text_printf(t, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", n[0], n[1], n[3], n[4], n[5], n[6], n[7]);
}

static int
add_sid(struct text *t, struct view v)
{
	char text[SID_TEXT];

	return sid_text(v, text) ? text_adds(t, text) : add_misfit(t, v);
}

static int
add_prefixed(struct text *t, struct view v)
{
	char digits[2 + 16];
	size_t at = sizeof(digits);
	uint64_t n = number_of(v);

	do
		digits[--at] = "0123456789abcdef"[n & 15];
	while (n >>= 4);
	digits[--at] = 'x';
	digits[--at] = '0';
	return text_add(t, view_of(digits + at, sizeof(digits) - at));
}

/* One value of a size that its type allows. */
static int
add_one(struct text *t, enum kind kind, struct view v)
{
	switch (kind) {
	case KIND_TEXT:
		return add_utf16(t, v);
	case KIND_ANSI:
		return add_ansi(t, v);
	case KIND_SIGNED:
		return add_signed(t, v);
	case KIND_UNSIGNED:
		return add_decimal(t, number_of(v), false);
	case KIND_REAL:
		return add_real(t, v);
	case KIND_BOOL:
		return text_adds(t, number_of(v) ? "true" : "false");
	case KIND_GUID:
		return add_guid(t, v);
	case KIND_PREFIXED:
		return add_prefixed(t, v);
	case KIND_FILETIME:
		return add_filetime(t, v);
	case KIND_SYSTEMTIME:
		return add_systemtime(t, v);
	case KIND_SID:
		return add_sid(t, v);
	case KIND_HEX:
		break;
	}
	return add_hex(t, v);
}

/* Items one behind the other, where no element stands for each of them. */
static int
add_items(struct text *t, uint8_t type, struct view bytes)
{
	uint32_t n = evtx_array_count(type, bytes), cursor = 0;
	int r = 0, odd = 0;

	for (uint32_t i = 0; i < n && r >= 0; i++) {
		r = i ? text_adds(t, ", ") : 0;
		if (r == 0)
			r = evtx_value_add(t, type & ~EVTX_ARRAY, evtx_array_item(type, bytes, &cursor));
		odd |= r > 0;
	}
	return r < 0 ? r : odd;
}

int
evtx_value_add(struct text *text, uint8_t type, struct view bytes)
{
	bool known = type < TYPES && types[type].kind;
	size_t size = known ? types[type].size : 0;

	if (type & EVTX_ARRAY)
		return add_items(text, type, bytes);
	if (!bytes.n || type == EVTX_NULL)
		return 0;
	if (type == 0x0d && bytes.n == 1) /* some writers have a bool in one byte */
		size = 1;
	if ((size && bytes.n != size) || (known && types[type].kind == KIND_PREFIXED && bytes.n > 8))
		return add_misfit(text, bytes);
	return add_one(text, known ? types[type].kind : KIND_HEX, bytes);
}

/* ---- arrays ---- */

/* Bytes of the item that begins here: all of them where nothing tells. */
static size_t
item_size(uint8_t type, struct view rest)
{
	uint8_t single = type & ~EVTX_ARRAY;
	size_t size = single < TYPES ? types[single].size : 0;

	if (size)
		return size;
	if (single == EVTX_STRING) {
		size_t i = 0;

		while (i + 2 <= rest.n && (rest.p[i] || rest.p[i + 1]))
			i += 2;
		return i + 2;
	}
	if (single == EVTX_ANSI) {
		const uint8_t *nul = memchr(rest.p, 0, rest.n);

		return nul ? (size_t)(nul - rest.p) + 1 : rest.n;
	}
	if (single == EVTX_SID && rest.n >= 8)
		return 8 + 4 * (size_t)rest.p[1];
	return rest.n;
}

uint32_t
evtx_array_count(uint8_t type, struct view bytes)
{
	uint32_t n = 0, cursor = 0;

	while (cursor < bytes.n) {
		evtx_array_item(type, bytes, &cursor);
		n++;
	}
	return n;
}

struct view
evtx_array_item(uint8_t type, struct view bytes, uint32_t *cursor)
{
	struct view rest = view_from(bytes, *cursor);
	size_t size = rest.n ? item_size(type, rest) : 0;

	size = size < rest.n ? size : rest.n;
	*cursor += (uint32_t)size;
	return view_of(rest.p, size);
}

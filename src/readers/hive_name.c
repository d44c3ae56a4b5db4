/* hive_name.c - names and values of the registry as text and numbers. */
#include <errno.h>

#include "hive_own.h"

static uint32_t
unit_at(struct view v, size_t i)
{
	return (uint32_t)(v.p[i] | v.p[i + 1] << 8);
}

/*
 * The bytes of the unit or pair of units at i that stand for themselves, 0 where words are needed: for a backslash in
 * the name of a key, and elsewhere for one that could be taken for such words.
 */
static size_t
plain_at(struct view v, size_t i, bool key)
{
	uint32_t c = unit_at(v, i);

	if (!c || (c == '\\' && (key || (v.n - i >= 6 && unit_at(v, i + 2) == 'u' && unit_at(v, i + 4) == '{'))))
		return 0;
	if (c >> 11 != 0x1b)
		return 2;
	return c >> 10 == 0x36 && v.n - i >= 4 && unit_at(v, i + 2) >> 10 == 0x37 ? 4 : 0;
}

static int
add_name(struct text *t, struct view utf16le, bool key)
{
	size_t from = 0, i = 0;
	int r = 0;

	while (utf16le.n - i >= 2 && r == 0) {
		size_t n = plain_at(utf16le, i, key);

		if (!n) {
			r = text_add_utf16(t, view_part(utf16le, from, i - from));
			if (r == 0)
				r = text_printf(t, "\\u{%x}", unit_at(utf16le, i));
			from = i + 2;
		}
		i += n ? n : 2;
	}
	return r < 0 ? r : text_add_utf16(t, view_from(utf16le, from));
}

int
hive_add_name(struct text *t, struct view utf16le)
{
	return add_name(t, utf16le, true);
}

/* A name as its cell holds it: raw becomes UTF-16LE, name its text. */
int
hive_name(struct view bytes, bool narrow, bool key, struct text *raw, struct text *name)
{
	int r = 0;

	text_cut(raw, 0);
	text_cut(name, 0);
	for (size_t i = 0; narrow && i < bytes.n && r == 0; i++) {
		uint8_t unit[2] = { bytes.p[i], 0 };

		r = text_add(raw, view_of(unit, sizeof(unit)));
	}
	if (r == 0 && !narrow)
		r = text_add(raw, bytes);
	if (r == 0)
		r = add_name(name, text_view(raw), key);
	return r < 0 ? r : text_adds(name, "");
}

int
hive_string(struct view data, struct text *t)
{
	size_t n = 0;

	while (data.n - n >= 2 && unit_at(data, n))
		n += 2;
	return text_add_utf16(t, view_part(data, 0, n));
}

int
hive_next_string(struct view data, size_t *at, struct text *t)
{
	size_t from = *at, n;
	int r;

	if (from > data.n || data.n - from < 2 || !unit_at(data, from))
		return 0;
	for (n = 0; data.n - from - n >= 2 && unit_at(data, from + n);)
		n += 2;
	r = text_add_utf16(t, view_part(data, from, n));
	*at = from + n + 2;
	return r < 0 ? r : 1;
}

bool
hive_number(uint32_t type, struct view data, uint64_t *ret_number)
{
	const le32 *word = VIEW_AT(data, 0, le32);
	const le64 *wide = VIEW_AT(data, 0, le64);

	if (type == HIVE_QWORD ? !wide : !word)
		return false;
	*ret_number = type == HIVE_QWORD       ? le64_get(*wide)
		      : type == HIVE_DWORD_BIG ? __builtin_bswap32(le32_get(*word))
					       : le32_get(*word);
	return true;
}

bool
hive_time(struct view data, uint64_t *ret_ticks)
{
	return hive_number(HIVE_QWORD, data, ret_ticks);
}

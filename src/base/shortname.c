/* shortname.c - the 8.3 name beside a long one: is it what Windows makes of that, or was it set by hand? */
#include "shortname.h"

enum { PART_MAX = 255, SHORT_MAX = 8, ENDING_MAX = 3 };

/* A name as its 8.3 form sees it: upper case, without blanks and dots, taken apart at the last dot. */
struct parts {
	char stem[PART_MAX + 1], ending[PART_MAX + 1];
	size_t stem_n, ending_n;
	bool ascii;
};

static uint32_t
unit_at(struct view v, size_t i)
{
	return (uint32_t)(v.p[i * 2] | v.p[i * 2 + 1] << 8);
}

static char
letter_of(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 32);
	return strchr("+,;=[]", (int)c) && c ? '_' : (char)c;
}

static void
take_apart(struct view name, struct parts *ret)
{
	size_t n = name.n / 2, dot = n, first = 0;

	*ret = (struct parts){ .ascii = n <= PART_MAX };
	while (first < n && (unit_at(name, first) == '.' || unit_at(name, first) == ' '))
		first++;
	for (size_t i = first; i < n; i++)
		if (unit_at(name, i) == '.')
			dot = i;
	for (size_t i = first; i < n && ret->ascii; i++) {
		uint32_t c = unit_at(name, i);

		ret->ascii = c && c < 0x80;
		if (c == '.' || c == ' ' || !ret->ascii)
			continue;
		if (i < dot)
			ret->stem[ret->stem_n++] = letter_of(c);
		else
			ret->ending[ret->ending_n++] = letter_of(c);
	}
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static bool
all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == 0;
}

/* LONGNA~1 of a long name, LO3F2A~1 where many names begin alike. */
static bool
stem_fits(const struct parts *dos, const struct parts *name)
{
	const char *tilde = strrchr(dos->stem, '~');
	size_t n = tilde ? (size_t)(tilde - dos->stem) : 0, kept;

	if (dos->stem_n == name->stem_n && !memcmp(dos->stem, name->stem, dos->stem_n))
		return true;
	if (!tilde || !all_digits(tilde + 1))
		return false;
	if (n <= name->stem_n && !memcmp(dos->stem, name->stem, n))
		return true;
	kept = n >= 4 ? n - 4 : 0;
	for (size_t i = kept; i < n; i++)
		if (n < 4 || !is_hex(dos->stem[i]))
			return false;
	return kept <= 2 && kept <= name->stem_n && !memcmp(dos->stem, name->stem, kept);
}

bool
short_name_fits(struct view dos, struct view name)
{
	struct parts d, n;

	take_apart(dos, &d);
	take_apart(name, &n);
	if (!n.ascii || !d.ascii)
		return !n.ascii;
	if (n.ending_n > ENDING_MAX)
		n.ending_n = ENDING_MAX;
	return d.stem_n <= SHORT_MAX && d.ending_n == n.ending_n && !memcmp(d.ending, n.ending, n.ending_n) &&
	       stem_fits(&d, &n);
}

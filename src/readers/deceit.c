/* deceit.c - names that mislead whoever reads them: in which script, in which direction, and what is not seen at all.
 */
#include "deceit.h"

#include <strings.h>

#include "judge.h"

struct range {
	uint16_t from, to;
};

#define IN(ranges, c) in_ranges((ranges), sizeof(ranges) / sizeof((ranges)[0]), (c))

static bool
in_ranges(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static const struct range direction[] = {
	{ 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 }
};

static const struct range invisible[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200d }, { 0x2028, 0x2029 }, { 0x2060, 0x2065 }, { 0x206a, 0x206f }, { 0x2800, 0x2800 },
	{ 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
};

/* Forms of ASCII characters that nobody types: dots, slashes, full-width forms, Roman numerals. */
static const struct range forms[] = {
	{ 0x06d4, 0x06d4 }, { 0x2024, 0x2024 }, { 0x2044, 0x2044 }, { 0x2160, 0x217f },
	{ 0x2215, 0x2215 }, { 0xff01, 0xff5e }, { 0xff61, 0xff61 },
};

/* Greek, Cyrillic and Armenian letters that look like Latin ones (the plain ones of Unicode's confusables.txt). */
static const struct range alike[] = {
	{ 0x0391, 0x0392 }, { 0x0395, 0x0397 }, { 0x0399, 0x039a }, { 0x039c, 0x039d }, { 0x039f, 0x039f },
	{ 0x03a1, 0x03a1 }, { 0x03a4, 0x03a5 }, { 0x03a7, 0x03a7 }, { 0x03b1, 0x03b1 }, { 0x03b9, 0x03b9 },
	{ 0x03bd, 0x03bd }, { 0x03bf, 0x03bf }, { 0x03c1, 0x03c1 }, { 0x03c5, 0x03c5 }, { 0x0405, 0x0406 },
	{ 0x0408, 0x0408 }, { 0x0410, 0x0410 }, { 0x0412, 0x0412 }, { 0x0415, 0x0415 }, { 0x041a, 0x041a },
	{ 0x041c, 0x041e }, { 0x0420, 0x0423 }, { 0x0425, 0x0425 }, { 0x0430, 0x0430 }, { 0x0435, 0x0435 },
	{ 0x043e, 0x043e }, { 0x0440, 0x0441 }, { 0x0443, 0x0443 }, { 0x0445, 0x0445 }, { 0x0455, 0x0456 },
	{ 0x0458, 0x0458 }, { 0x04bb, 0x04bb }, { 0x04cf, 0x04cf }, { 0x0501, 0x0501 }, { 0x051b, 0x051b },
	{ 0x051d, 0x051d }, { 0x057d, 0x057d }, { 0x0585, 0x0585 },
};

static uint32_t
unit_at(struct view v, size_t i)
{
	return (uint32_t)(v.p[i * 2] | v.p[i * 2 + 1] << 8);
}

static bool
is_latin(uint32_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

enum { ILLEGAL = 1, WIDE = 2 };

/* Windows programs cannot use these (Naming Files, learn.microsoft.com): controls and nine others. */
static const uint8_t classes[128] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['"'] = ILLEGAL, ['*'] = ILLEGAL, ['/'] = ILLEGAL,  [':'] = ILLEGAL, ['<'] = ILLEGAL,
	['>'] = ILLEGAL, ['?'] = ILLEGAL, ['\\'] = ILLEGAL, ['|'] = ILLEGAL,
};

/* The stem is what stands before the first dot, without blanks at its end. */
static bool
is_device(struct view name)
{
	static const char *const devices[] = { "CON", "PRN", "AUX", "NUL", "COM", "LPT", "CONIN$", "CONOUT$" };
	enum { STEM_MAX = 16 }; /* with blanks behind it */
	char stem[8] = "";
	size_t n = 0, units = name.n / 2;

	while (n < units && n < STEM_MAX && unit_at(name, n) != '.')
		n++;
	while (n && unit_at(name, n - 1) == ' ')
		n--;
	if (n < 3 || n > 7 || !strchr("CPANLcpanl", (int)(unit_at(name, 0) & 0x7f)))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = unit_at(name, i);

		/* COM and LPT with a superscript 1, 2 or 3 count, too */
		stem[i] = (char)(i == 3 && (c == 0xb9 || c == 0xb2 || c == 0xb3) ? '1' : c < 0x80 ? c : 0x7f);
	}
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		bool numbered = i == 4 || i == 5;

		if (numbered ? n == 4 && !strncasecmp(stem, devices[i], 3) && stem[3] >= '0' && stem[3] <= '9'
			     : !strcasecmp(stem, devices[i]))
			return true;
	}
	return false;
}

/*
 * Words in which Latin letters and look-alikes stand together and nothing else of another script: a name in Russian
 * has letters of its own.
 */
struct word {
	bool latin, alike, other;
};

static unsigned
end_word(struct word *word)
{
	unsigned kinds = word->latin && word->alike && !word->other ? DECEIT_LOOKALIKE : 0;

	*word = (struct word){ 0 };
	return kinds;
}

static bool
is_lone(struct view name, size_t i, uint32_t c)
{
	if (c >> 10 == 0x36)
		return (i + 1) * 2 + 2 > name.n || unit_at(name, i + 1) >> 10 != 0x37;
	return c >> 10 == 0x37 && (!i || unit_at(name, i - 1) >> 10 != 0x36);
}

/* Mathematical letters lie at U+1D400..1D7FF, tags, which are not seen, at U+E0000..E0FFF. */
static unsigned
high_deceits(uint32_t c)
{
	return c == 0xd835 ? DECEIT_LOOKALIKE : c >= 0xdb40 && c <= 0xdb43 ? DECEIT_INVISIBLE : 0;
}

static unsigned
wide_deceits(struct view name)
{
	struct word word = { 0 };
	unsigned kinds = 0;

	for (size_t i = 0; i < name.n / 2; i++) {
		uint32_t c = unit_at(name, i);

		if (c < 0x80 && !is_latin(c)) {
			kinds |= end_word(&word);
			continue;
		}
		kinds |= IN(direction, c) ? DECEIT_DIRECTION : 0;
		kinds |= IN(invisible, c) ? DECEIT_INVISIBLE : 0;
		kinds |= IN(forms, c) ? DECEIT_LOOKALIKE : 0;
		kinds |= is_lone(name, i, c) ? DECEIT_ILLEGAL : c >> 10 == 0x36 ? high_deceits(c) : 0;
		word.latin |= c < 0x80;
		word.alike |= IN(alike, c);
		word.other |= c >= 0x80 && !IN(alike, c) && !IN(invisible, c) && !IN(direction, c);
	}
	return kinds | end_word(&word);
}

unsigned
name_deceits(struct view name)
{
	size_t n = name.n / 2;
	unsigned kinds = 0, class = 0;
	uint32_t last;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = unit_at(name, i);

		class |= c < 0x80 ? classes[c] : WIDE;
	}
	if (!n)
		return 0;
	last = unit_at(name, n - 1);
	kinds |= class & ILLEGAL ? DECEIT_ILLEGAL : 0;
	kinds |= (last == '.' || last == ' ') && !(n == 1 && last == '.') ? DECEIT_TAIL : 0; /* the root is called . */
	kinds |= n >= 3 && is_device(name) ? DECEIT_DEVICE : 0;
	return class & WIDE ? kinds | wide_deceits(name) : kinds;
}

bool
name_is_double(const char *name)
{
	static const char *const still[] = { ".bmp", ".doc", ".docx", ".gif", ".ico", ".jpeg", ".jpg", ".log",
					     ".pdf", ".png", ".ppt",  ".rtf", ".txt", ".xls",  ".xlsx", ".zip" };
	const char *last = strrchr(name, '.'), *before = last;

	if (!last || !name_is_code(name))
		return false;
	while (before > name && before[-1] != '.')
		before--;
	for (size_t i = 0; i < sizeof(still) / sizeof(still[0]) && before > name; i++)
		if ((size_t)(last - before) + 1 == strlen(still[i]) &&
		    !strncasecmp(before - 1, still[i], strlen(still[i])))
			return true;
	return false;
}

unsigned
stream_deceits(const char *stream, const char *name, bool directory)
{
	static const char *const kept[] = { "Zone.Identifier", "WofCompressedData", "SmartScreen" };
	/* attribute types, which stand in this place of a path only behind another colon */
	static const char *const types[] = { "$DATA", "$INDEX_ALLOCATION", "$BITMAP", "$ATTRIBUTE_LIST", "$I30" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcasecmp(stream, types[i]))
			return DECEIT_STREAM;
	if (name_is_code(stream))
		return DECEIT_STREAM;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!strcasecmp(stream, kept[i]))
			return 0;
	return directory || name_is_served(name) ? DECEIT_STREAM : 0;
}

/* ewf_header.c - what the examiner typed and what the acquisition tool added: case, numbers, names, dates. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "ewf.h"
#include "fail.h"
#include "text.h"

enum { PACKED_MAX = EWF_HEADER_MAX, FIELDS_MAX = 64 };

/* Which column of the third line is what. */
struct field {
	const char *key;
	size_t place; /* of the char * in struct acquisition */
	bool date;
};

#define FIELD(member) offsetof(struct acquisition, member)

static const struct field fields[] = {
	{ "a", FIELD(description), false },     { "c", FIELD(case_number), false },
	{ "n", FIELD(evidence_number), false }, { "e", FIELD(examiner), false },
	{ "t", FIELD(notes), false },           { "av", FIELD(software_version), false },
	{ "ov", FIELD(platform), false },       { "m", FIELD(acquired), true },
	{ "u", FIELD(system_date), true },      { "md", FIELD(model), false },
	{ "sn", FIELD(serial), false },
};

/* Takes the part of *text up to the mark, and the mark; a line's end may be CR LF. */
static struct view
cut(struct view *text, char mark)
{
	const uint8_t *p = text->n ? memchr(text->p, mark, text->n) : NULL;
	struct view part = p ? view_of(text->p, (size_t)(p - text->p)) : *text;

	*text = p ? view_from(*text, part.n + 1) : view_of(NULL, 0);
	if (mark == '\n' && part.n && part.p[part.n - 1] == '\r')
		part.n--;
	return part;
}

/* `2021 3 2 10 11 12`: the clock of the acquiring machine, in a zone that nobody wrote down. */
static bool
six_numbers(const char *text, char date[static 32])
{
	int y, mo, d, h, mi, s, end = 0;

	if (sscanf(text, "%5d %3d %3d %3d %3d %3d%n", &y, &mo, &d, &h, &mi, &s, &end) != 6 || text[end])
		return false;
	if (y < 1970 || y > 9999 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 ||
	    s < 0 || s > 60)
		return false;
	snprintf(date, 32, "%04d-%02d-%02dT%02d:%02d:%02d", y, mo, d, h, mi, s);
	return true;
}

/* `1142163845`: seconds since 1970 in UTC. */
static bool
seconds(const char *text, char date[static 32])
{
	char *end;
	long long value = strtoll(text, &end, 10);
	time_t when = (time_t)value;
	struct tm tm;

	if (!isdigit((unsigned char)*text) || *end || value > INT64_C(253402300799) || !gmtime_r(&when, &tm))
		return false;
	return strftime(date, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
}

/* Bytes of an old header are in the code page of the acquiring machine: UTF-8 where they are that, else Windows-1252.
 */
static bool
is_utf8(struct view v)
{
	for (size_t i = 0; i < v.n;) {
		uint8_t c = v.p[i];
		size_t more = c < 0x80                ? 0
			      : c >= 0xc2 && c < 0xe0 ? 1
			      : c >= 0xe0 && c < 0xf0 ? 2
			      : c >= 0xf0 && c < 0xf5 ? 3
						      : 4;

		if (more == 4 || more >= v.n - i)
			return false;
		for (size_t k = 1; k <= more; k++)
			if ((v.p[i + k] & 0xc0) != 0x80)
				return false;
		i += more + 1;
	}
	return true;
}

static int
add_1252(struct text *t, struct view v)
{
	/* 0x80 to 0x9f of Windows-1252; those it does not define stay as they are */
	static const uint16_t high[32] = {
		0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
		0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
		0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
	};

	for (size_t i = 0; i < v.n; i++) {
		uint16_t unit = v.p[i] >= 0x80 && v.p[i] < 0xa0 ? high[v.p[i] - 0x80] : v.p[i];
		uint8_t le[2] = { (uint8_t)unit, (uint8_t)(unit >> 8) };
		int r = text_add_utf16(t, view_of(le, sizeof(le)));

		if (r < 0)
			return r;
	}
	return 0;
}

static int
set_field(struct acquisition *a, const struct field *field, struct view value)
{
	char **at = (char **)((char *)a + field->place), date[32];
	char *copy;

	if (!value.n || *at)
		return 0;
	copy = strndup((const char *)value.p, value.n);
	if (!copy)
		return -ENOMEM;
	if (field->date && (six_numbers(copy, date) || seconds(copy, date))) {
		free(copy);
		copy = strdup(date);
	}
	*at = copy;
	return copy ? 0 : -ENOMEM;
}

/* Line 2 names the category; the keys stand in line 3 and the values below them in line 4. */
static int
parse_lines(struct view text, struct acquisition *a)
{
	struct view keys, values;
	int budget = FIELDS_MAX;

	cut(&text, '\n');
	if (!view_equal(cut(&text, '\n'), view_text("main")))
		return 0;
	keys = cut(&text, '\n');
	values = cut(&text, '\n');
	while (keys.n && budget--) {
		struct view key = cut(&keys, '\t'), value = cut(&values, '\t');

		for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
			int r = view_equal(key, view_text(fields[i].key)) ? set_field(a, &fields[i], value) : 0;

			if (r < 0)
				return r;
		}
	}
	if (!a->software && a->software_version && !strncmp(a->software_version, "ADI", 3)) {
		a->software = strdup("FTK Imager"); /* the only tool that signs its version */
		return a->software ? 0 : -ENOMEM;
	}
	return 0;
}

int
ewf_header_parse(struct view bytes, bool utf16, struct acquisition *a)
{
	CLEANUP(text_free) struct text text = { 0 };
	int r;

	if (utf16 && bytes.n >= 2 && bytes.p[0] == 0xff && bytes.p[1] == 0xfe)
		bytes = view_from(bytes, 2);
	r = utf16 ? text_add_utf16(&text, bytes) : is_utf8(bytes) ? text_add(&text, bytes) : add_1252(&text, bytes);
	return r < 0 ? r : parse_lines(text_view(&text), a);
}

static int
unpack(struct ewf_walk *walk, const struct ewf_section *section, struct view packed)
{
	CLEANUP(free) uint8_t *text = malloc(EWF_HEADER_MAX);
	bool whole;
	size_t n;
	int r;

	if (!text)
		return fail(ENOMEM, "out of memory for the header of %s", walk->ewf->image->name);
	n = inflate_broken(packed, text, EWF_HEADER_MAX, &whole);
	if (!whole && n < EWF_HEADER_MAX) /* most dialects keep it twice, so a broken one is not even half believed */
		return ewf_walk_damage(walk, section->start, "the acquisition data cannot be unpacked");
	if (!whole) {
		walk->ewf->image->bomb = true;
		r = ewf_walk_damage(walk, section->start,
				    "the acquisition data unpacks to more than 1 MiB; the rest was left out");
		if (r < 0)
			return r;
	}
	r = ewf_header_parse(view_of(text, n), !strcmp(section->type, "header2"), &walk->ewf->image->acquisition);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the header of %s", walk->ewf->image->name) : r;
}

/* header2 comes first and is UTF-16, so that the header behind it only adds what header2 does not say. */
int
ewf_header_section(struct ewf_walk *walk, const struct ewf_section *section)
{
	uint64_t room = section->to - section->from;
	size_t n = room < PACKED_MAX ? (size_t)room : PACKED_MAX;
	CLEANUP(free) uint8_t *packed = malloc(n + 1);
	ssize_t r;

	if (walk->ewf->headers++ >= EWF_HEADERS_MAX)
		return 0;
	if (!packed)
		return fail(ENOMEM, "out of memory for the header of %s", walk->ewf->image->name);
	r = segment_read(&walk->ewf->image->set, walk->segment, section->from, packed, n);
	if (r < 0 && r != -EIO)
		return (int)r;
	return r > 0 ? unpack(walk, section, view_of(packed, (size_t)r))
		     : ewf_walk_damage(walk, section->start, "the acquisition data cannot be read");
}

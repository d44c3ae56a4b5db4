/* artefact_lines.c - a text of Windows line by line, in whatever encoding a program has left it. */
#include <errno.h>

#include "artefact_own.h"

static void
begin(struct artefact_lines *l)
{
	struct view b = l->bytes;

	l->begun = true;
	if (b.n >= 3 && !memcmp(b.p, "\xef\xbb\xbf", 3))
		l->next = 3;
	else if (b.n >= 2 && b.p[0] == 0xff && b.p[1] == 0xfe)
		l->wide = true;
	else if (b.n >= 2 && b.p[0] == 0xfe && b.p[1] == 0xff)
		l->wide = l->big = true;
	else if (b.n >= 2 && (!b.p[0] != !b.p[1])) {
		l->wide = true;
		l->big = !b.p[0];
		return;
	}
	if (l->wide)
		l->next = 2;
}

/* The number of the next unit, and how many bytes it has. */
static unsigned
unit_at(const struct artefact_lines *l, size_t at, size_t *ret_n)
{
	*ret_n = l->wide && l->bytes.n - at >= 2 ? 2 : 1;
	if (*ret_n == 1)
		return l->bytes.p[at];
	return l->big ? (unsigned)(l->bytes.p[at] << 8 | l->bytes.p[at + 1])
		      : (unsigned)(l->bytes.p[at] | l->bytes.p[at + 1] << 8);
}

static int
decode(struct artefact_lines *l, struct view raw)
{
	CLEANUP(text_free) struct text turned = { 0 };
	int r = 0;

	if (!l->wide) {
		l->line = raw;
		return 0;
	}
	if (l->decoded.s)
		text_cut(&l->decoded, 0);
	for (size_t i = 0; l->big && i + 1 < raw.n && r == 0; i += 2) {
		const char pair[] = { (char)raw.p[i + 1], (char)raw.p[i] };

		r = text_add(&turned, view_of(pair, 2));
	}
	if (r == 0)
		r = text_add_utf16(&l->decoded, l->big ? text_view(&turned) : raw);
	l->line = text_view(&l->decoded);
	return r;
}

int
artefact_line(struct artefact_lines *l)
{
	size_t end, n = 1;
	unsigned unit = 0, before = 0;
	struct view raw;
	int r;

	if (!l->begun)
		begin(l);
	if (l->next >= l->bytes.n)
		return 0;
	l->offset = l->next;
	for (end = l->next; end < l->bytes.n; end += n) {
		before = unit;
		unit = unit_at(l, end, &n);
		if (unit == '\n')
			break;
	}
	raw = view_part(l->bytes, l->offset, end - l->offset);
	if (end < l->bytes.n && before == '\r')
		raw.n -= l->wide ? 2 : 1;
	l->length = raw.n;
	l->next = end + n;
	r = decode(l, raw);
	return r < 0 ? r : 1;
}

void
artefact_lines_free(struct artefact_lines *l)
{
	text_free(&l->decoded);
}

struct view
artefact_trim(struct view text)
{
	while (text.n && text.p[0] && strchr(" \t\r\n", text.p[0]))
		text = view_from(text, 1);
	while (text.n && text.p[text.n - 1] && strchr(" \t\r\n", text.p[text.n - 1]))
		text.n--;
	return text;
}

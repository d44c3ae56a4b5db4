/* html_text.c - words on their way into a page that a browser obeys: evidence is only ever seen there. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "html.h"

static void
note(struct page *p, int r)
{
	if (p->r == 0 && r < 0)
		p->r = r;
}

void
put(struct page *p, const char *markup)
{
	note(p, p->r ? 0 : text_adds(&p->t, markup));
}

void
putf(struct page *p, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	note(p, n < 0 || (size_t)n >= sizeof(line) ? -EOVERFLOW : 0);
	put(p, line);
}

/* After text_add_escaped nothing is left that a reader cannot see; here goes what HTML would take for its own. */
static int
add_quoted(struct text *t, const struct text *seen)
{
	int r = 0;
	size_t from = 0;

	for (size_t i = 0; i <= seen->n && r == 0; i++) {
		char c = i < seen->n ? seen->s[i] : '&';
		const char *entity = c == '&'    ? "&amp;"
				     : c == '<'  ? "&lt;"
				     : c == '>'  ? "&gt;"
				     : c == '"'  ? "&quot;"
				     : c == '\'' ? "&#39;"
						 : NULL;

		if (!entity)
			continue;
		r = text_add(t, view_of(seen->s + from, i - from));
		if (r == 0 && i < seen->n)
			r = text_adds(t, entity);
		from = i + 1;
	}
	return r;
}

void
put_text(struct page *p, struct view text)
{
	CLEANUP(text_free) struct text seen = { 0 };

	if (p->r || !text.n)
		return;
	note(p, text_add_escaped(&seen, text));
	if (p->r == 0 && seen.n)
		note(p, add_quoted(&p->t, &seen));
}

/* The longest beginning of at most n bytes that ends with a whole character. */
static size_t
whole(struct view text, size_t n)
{
	for (unsigned back = 0; back < 3 && n && n < text.n && text.p[n] >> 6 == 2; back++)
		n--;
	return n;
}

void
put_some(struct page *p, struct view text, size_t most)
{
	size_t n = text.n > most ? whole(text, most) : text.n;

	put_text(p, view_of(text.p, n));
	if (n == text.n)
		return;
	put(p, " <span class=\"cut\">… and ");
	put_count(p, text.n - n);
	put(p, " more bytes, in the case</span>");
}

enum { DAY = 10, CLOCK = 8, WHOLE = 28 }; /* 2021-02-28T03:14:06.7312904Z */

static bool
is_time(struct view text)
{
	static const char shape[] = "0000-00-00T00:00:00.0000000Z";

	if (text.n < WHOLE)
		return false;
	for (size_t i = 0; i < WHOLE; i++)
		if (shape[i] == '0' ? text.p[i] < '0' || text.p[i] > '9' : text.p[i] != (uint8_t)shape[i])
			return false;
	return true;
}

void
put_prose(struct page *p, struct view text, size_t most)
{
	size_t from = 0, end = text.n > most ? whole(text, most) : text.n;

	for (size_t i = 0; i + WHOLE <= end; i++) {
		struct view iso = view_part(text, i, WHOLE);

		if (!is_time(iso))
			continue;
		put_text(p, view_part(text, from, i - from));
		put(p, "<time");
		put_attribute(p, "datetime", iso);
		put(p, ">");
		put_text(p, view_part(iso, 0, DAY + 1 + CLOCK));
		put(p, "Z</time>");
		from = i + WHOLE;
		i = from - 1;
	}
	put_some(p, view_from(text, from), most - from);
}

void
put_item(struct page *p, const char *title, struct view value)
{
	if (!value.n)
		return;
	putf(p, "<dt>%s</dt><dd>", title);
	put_prose(p, value, VALUE_MOST);
	put(p, "</dd>");
}

void
put_label(struct page *p, struct view text, size_t most)
{
	size_t head, tail;

	if (text.n <= most) {
		put_text(p, text);
		return;
	}
	head = whole(text, most / 3);
	tail = whole(text, text.n - (most - most / 3));
	put_text(p, view_of(text.p, head));
	put(p, " … ");
	put_text(p, view_from(text, tail));
}

void
put_attribute(struct page *p, const char *name, struct view value)
{
	putf(p, " %s=\"", name);
	put_text(p, value);
	put(p, "\"");
}

void
put_count(struct page *p, uint64_t n)
{
	char digits[24], text[32];
	int count = snprintf(digits, sizeof(digits), "%" PRIu64, n), at = 0;

	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = 0;
	put(p, text);
}

/* Day, clock and fraction apart, so that the eye finds the clock: all of it stands there. */
void
put_time(struct page *p, struct view iso)
{
	if (!iso.n) {
		put(p, "–");
		return;
	}
	if ((iso.n != WHOLE && iso.n != WHOLE - 1) || iso.p[DAY] != 'T') { /* our own logs have microseconds */
		put_text(p, iso);
		return;
	}
	put(p, "<time");
	put_attribute(p, "datetime", iso);
	put(p, ">");
	put_text(p, view_part(iso, 0, DAY));
	put(p, " <b>");
	put_text(p, view_part(iso, DAY + 1, CLOCK));
	put(p, "</b><small>");
	put_text(p, view_part(iso, DAY + 1 + CLOCK, iso.n - DAY - CLOCK - 2));
	put(p, "</small></time>");
}

void
put_level(struct page *p, struct view level)
{
	if (!level.n) {
		put(p, "–");
		return;
	}
	put(p, "<span");
	put(p, " class=\"level ");
	put_text(p, level);
	put(p, "\">");
	put_text(p, level);
	put(p, "</span>");
}

void
page_ask(struct page *p, const struct question *question, row_taker *row, void *state)
{
	if (p->r == 0)
		note(p, case_ask(p->db, question, row, state));
}

/* text.h - text that grows, and names from the evidence on their way to people: lossless in, escaped out. */
#ifndef TEXT_H
#define TEXT_H

#include <stdio.h>

#include "view.h"

/* A string that grows; s is always ended by a NUL once something was added, and s is NULL before. Zero to start. */
struct text {
	char *s;
	size_t n, room;
};

/* All of these return 0, or -ENOMEM. */
int text_add(struct text *t, struct view bytes);
int text_adds(struct text *t, const char *s);
int text_addc(struct text *t, char c);
int text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * UTF-16LE as UTF-8. A lone surrogate becomes its three-byte form (WTF-8), so that text_to_utf16 gives back the very
 * same units; an odd last byte is kept as U+FFFD.
 */
int text_add_utf16(struct text *t, struct view utf16le);

/*
 * A name from the evidence as the case holds it: UTF-8 that stands for one sequence of UTF-16 units and no other. NUL,
 * '/' and lone surrogates are written as \u{0}, \u{2f}, \u{d800}, and a \u{ that was there already as \u{5c}u{; so a
 * path of such names can be taken apart again at its '/'.
 */
int text_add_name(struct text *t, struct view utf16le);

/* UTF-8 (or WTF-8) as UTF-16LE; bytes that are neither stand as U+DC80..U+DCFF. */
int text_to_utf16(struct view utf8, struct text *t);

void text_cut(struct text *t, size_t n); /* back to its first n bytes */
void text_free(struct text *t);          /* empty again, ready for use */
static inline void
text_free_at(struct text *t)
{
	text_free(t);
}

static inline struct view
text_view(const struct text *t)
{
	return view_of(t->s, t->n);
}

/*
 * For a terminal: C0, C1, DEL, bidirectional and zero-width controls, lone surrogates and broken UTF-8 as \u{..} or
 * \x.., everything else as it is. Safe for a log line, too: one line stays one line.
 */
int text_add_escaped(struct text *t, struct view utf8);

/* The same of its first bytes, at most so many and never a part of a character, with ... where there are more. */
int text_add_some(struct text *t, struct view utf8, size_t most);

/* The same for JSON, without the quotes: lone surrogates as \ud800, broken bytes as \ufffd. */
int text_add_json(struct text *t, struct view utf8);

/* And back: what stands between the quotes as it was, written to ret, which has room for as many bytes; how many. */
size_t json_plain(struct view literal, char *ret);

/*
 * For RFC 4180: quoted where needed; a cell that a spreadsheet would take for a formula gets an apostrophe in front.
 * Taken away where apostrophes and blanks are followed by one of = + - @, it gives back the very cell.
 */
int text_add_csv(struct text *t, struct view utf8);

/* Where a text that is not empty stands in another, whatever the case of ASCII; SIZE_MAX: nowhere. */
size_t text_find(struct view text, const char *what);

/* Lower-case hexadecimal. */
int text_add_hex(struct text *t, struct view bytes);

/* Reads an even number of hex digits into at most n bytes: the count, or -EINVAL. */
int hex_parse(struct view digits, uint8_t *ret_bytes, size_t n);

#endif

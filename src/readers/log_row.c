/* log_row.c - a line as a row of values: between separators, or in double quotes where the log has them. */
#include "log_own.h"

static size_t
find_byte(struct view line, size_t from, uint8_t c)
{
	const uint8_t *p = from < line.n ? memchr(line.p + from, c, line.n - from) : NULL;

	return p ? (size_t)(p - line.p) : line.n;
}

/* A value in quotes, the opening one at `at`: where the closing one stands, or the line's end. */
static size_t
close_quote(struct view line, size_t at, bool *ret_doubled)
{
	size_t i = at + 1;

	*ret_doubled = false;
	for (;; i += 2) {
		i = find_byte(line, i, '"');
		if (i >= line.n || i + 1 == line.n || line.p[i + 1] != '"')
			return i;
		*ret_doubled = true;
	}
}

/* The piece that begins at `at`; gives where the separator behind it stands. */
static size_t
take_piece(struct log_row *row, size_t at, uint8_t separator, bool quoted)
{
	struct log_piece *piece = &row->pieces[row->n++];
	struct view line = row->line;
	bool doubled = false;
	size_t end;

	if (quoted && at < line.n && line.p[at] == '"') {
		end = close_quote(line, at, &doubled);
		row->open = end >= line.n;
		if (row->open || end + 1 == line.n || line.p[end + 1] == separator) {
			*piece = (struct log_piece){ .at = (uint32_t)at + 1,
						     .n = (uint32_t)(end - at - 1),
						     .doubled = doubled };
			return row->open ? end : end + 1;
		}
		end = find_byte(line, end, separator); /* text behind the closing quote: all of it as it stands */
	} else {
		end = find_byte(line, at, separator);
	}
	*piece = (struct log_piece){ .at = (uint32_t)at, .n = (uint32_t)(end - at) };
	return end;
}

void
log_row_split(struct log_row *row, struct view line, uint8_t separator, bool quoted)
{
	size_t at = 0;

	row->line = line;
	row->n = 0;
	row->open = false;
	while (row->n < LOG_PIECES_MAX) {
		at = take_piece(row, at, separator, quoted);
		if (at >= line.n)
			return;
		at++;
	}
}

void
log_row_join(struct log_row *row, size_t from, size_t n)
{
	struct log_piece *piece = &row->pieces[from], last = row->pieces[from + n];

	piece->n = last.at + last.n - piece->at;
	memmove(piece + 1, piece + 1 + n, (row->n - from - n - 1) * sizeof(*piece));
	row->n -= n;
}

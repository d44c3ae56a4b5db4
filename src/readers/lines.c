/* lines.c - goes through a text log of any size: counts its lines and finds those that hold one of many texts. */
#include "lines.h"

#include "decode.h"

enum { BLOCK_LEAST = 64 };

/* One log being read. */
struct reading {
	const struct lines *lines;
	struct lines_result *result;
	struct page page;
	bool inside; /* the page begins within a long line, at one of its pieces */

	/* the stretch of text under search, and the line in it that was hit last */
	size_t from, to;
	size_t line, line_end; /* within the page; line_end is where its LF lies, or the stretch ends */
	bool enough;           /* hit wants no more of it */
	uint64_t seen[LITERALS_MAX / 64];
};

/* The last byte c in [from, to) of the page: its place, or SIZE_MAX. */
static size_t
find_last(const struct page *page, size_t from, size_t to, uint8_t c)
{
	const uint8_t *p = to > from ? memrchr(page->text + from, c, to - from) : NULL;

	return p ? (size_t)(p - page->text) : SIZE_MAX;
}

static size_t
find_first(const struct page *page, size_t from, size_t to, uint8_t c)
{
	const uint8_t *p = to > from ? memchr(page->text + from, c, to - from) : NULL;

	return p ? (size_t)(p - page->text) : SIZE_MAX;
}

/* Makes the line around a place the one under work. */
static void
enter_line(struct reading *rd, size_t at)
{
	size_t begin = find_last(&rd->page, rd->line_end, at, '\n'), end = find_first(&rd->page, at, rd->to, '\n');

	/* line_end is the LF of the line hit before, or where the stretch begins */
	rd->line = begin != SIZE_MAX ? begin + 1 : rd->from;
	rd->line_end = end != SIZE_MAX ? end : rd->to;
	rd->enough = false;
	memset(rd->seen, 0, (literals_count(rd->lines->literals) + 63) / 64 * sizeof(*rd->seen));
}

static struct view
line_view(const struct reading *rd)
{
	size_t n = rd->line_end - rd->line;

	if (n && rd->page.text[rd->line + n - 1] == '\r')
		n--;
	return view_of(rd->page.text + rd->line, n);
}

static int
literal_found(void *state, size_t offset, uint32_t which)
{
	struct reading *rd = state;
	size_t at = rd->from + offset;
	int r;

	if (at >= rd->line_end)
		enter_line(rd, at);
	if (rd->enough || rd->seen[which / 64] >> (which % 64) & 1)
		return 0;
	rd->seen[which / 64] |= UINT64_C(1) << (which % 64);
	r = rd->lines->hit(rd->lines->state, line_view(rd), page_origin(&rd->page, rd->line), which);
	rd->enough = r > 0;
	return r < 0 ? r : 0;
}

/* Searches [from, to): whole lines, or one that has no end. */
static int
search(struct reading *rd, size_t from, size_t to)
{
	if (!rd->lines->literals)
		return 0;
	rd->from = rd->line = rd->line_end = from;
	rd->to = to;
	rd->enough = false;
	return literals_scan(rd->lines->literals, view_of(rd->page.text + from, to - from), literal_found, rd);
}

struct piece {
	struct reading *rd;
	size_t own; /* what begins at or behind this belongs to the next piece */
};

static int
piece_found(void *state, size_t offset, uint32_t which)
{
	const struct piece *piece = state;

	return offset < piece->own ? literal_found(piece->rd, offset, which) : 0;
}

/* Searches a piece of a long line, [from, to) of the page. */
static int
search_piece(struct reading *rd, size_t from, size_t to, size_t own)
{
	struct piece piece = { .rd = rd, .own = own };

	if (!rd->lines->literals || from == to)
		return 0;
	rd->from = rd->line = rd->line_end = from;
	rd->to = to;
	return literals_scan(rd->lines->literals, view_of(rd->page.text + from, to - from), piece_found, &piece);
}

/* Searches what is there of a long line, whose next piece begins at *at. */
static int
take_long(struct reading *rd, size_t *at, bool last)
{
	size_t end = find_first(&rd->page, *at, rd->page.n, '\n');
	bool ended = end != SIZE_MAX;
	int r = 0;

	if (!ended)
		end = rd->page.n;
	for (; r == 0 && end - *at > LINES_MAX; *at += LINES_STEP)
		r = search_piece(rd, *at, *at + LINES_MAX, LINES_STEP);
	if (r < 0 || (!ended && !last))
		return r;
	r = search_piece(rd, *at, end, SIZE_MAX);
	*at = ended ? end + 1 : end;
	rd->inside = false;
	return r;
}

/* A line over LINES_MAX begins here. */
static int
begin_long(struct reading *rd, size_t at)
{
	rd->inside = true;
	rd->result->long_lines++;
	rd->result->torn_at = page_origin(&rd->page, at);
	return rd->lines->out ? sink_damage(rd->lines->out, rd->result->torn_at, "line is longer than 64 KiB") : 0;
}

/* Searches all lines of the page that are whole and forgets them. */
static int
take_lines(struct reading *rd)
{
	struct page *page = &rd->page;
	size_t at = 0;
	int r = rd->inside ? take_long(rd, &at, false) : 0;

	while (r == 0 && !rd->inside && at < page->n) {
		size_t end = page_bearable(page, at, LINES_MAX);

		r = search(rd, at, end);
		at = end;
		if (page->n - at <= LINES_MAX)
			break;
		if (r == 0)
			r = begin_long(rd, at);
		if (r == 0)
			r = take_long(rd, &at, false);
	}
	if (r == 0)
		page_drop(page, at);
	return r;
}

/* What is left behind the last line end. */
static int
take_rest(struct reading *rd)
{
	size_t at = 0;

	if (!rd->page.n)
		return 0;
	rd->result->torn = true;
	rd->result->lines++;
	if (rd->inside)
		return take_long(rd, &at, true);
	rd->result->torn_at = page_origin(&rd->page, 0);
	return search(rd, 0, rd->page.n);
}

static int
read_all(struct reading *rd, struct source *src)
{
	int r = page_begin(&rd->page, src, rd->result);

	if (r < 0)
		return r;
	while ((r = page_fill(&rd->page, src, rd->result)) > 0) {
		r = take_lines(rd);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = take_rest(rd);
	if (r == 0 && rd->page.next < src->size && rd->lines->out)
		r = sink_damage(rd->lines->out, rd->page.next, "log ends before its size");
	return r;
}

int
lines_read(const struct lines *lines, struct source *src, struct lines_result *ret_result)
{
	struct reading rd = { .lines = lines, .result = ret_result };
	int r;

	*ret_result = (struct lines_result){ 0 };
	r = page_open(&rd.page, LINES_MAX,
		      !lines->block                ? LINES_BLOCK
		      : lines->block < BLOCK_LEAST ? BLOCK_LEAST
						   : lines->block);
	if (r == 0)
		r = read_all(&rd, src);
	page_close(&rd.page);
	if (!ret_result->torn)
		ret_result->torn_at = 0;
	return r;
}

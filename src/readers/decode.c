/* decode.c - the bytes of a log as text: plain, with NULs among it, or UTF-16; and where it lies in the file. */
#include "decode.h"

#include <errno.h>

#include "fail.h"

enum {
	SAMPLE = 4096,    /* bytes that tell UTF-16 without a mark */
	SAMPLE_LEAST = 4, /* units of them */
};

static uint32_t
unit_at(const uint8_t *p, enum lines_encoding encoding)
{
	return encoding == LINES_UTF16BE ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

int
page_open(struct page *page, size_t keep, size_t block)
{
	*page = (struct page){ .block = block, .room = keep + block };
	page->text = malloc(page->room);
	return page->text ? 0 : fail(ENOMEM, "out of memory for a block of %zu bytes", block);
}

void
page_close(struct page *page)
{
	free(page->text);
	free(page->origin);
	*page = (struct page){ 0 };
}

/* UTF-16 when more than three of four units that are not zero have the same half empty. */
static enum lines_encoding
guess(struct view sample)
{
	size_t units = 0, low = 0, high = 0;

	for (size_t i = 0; sample.n - i >= 2; i += 2) {
		units += sample.p[i] || sample.p[i + 1];
		low += sample.p[i] && !sample.p[i + 1];
		high += !sample.p[i] && sample.p[i + 1];
	}
	if (units < SAMPLE_LEAST)
		return LINES_PLAIN;
	return low * 4 > units * 3 ? LINES_UTF16LE : high * 4 > units * 3 ? LINES_UTF16BE : LINES_PLAIN;
}

int
page_begin(struct page *page, struct source *src, struct lines_result *result)
{
	uint8_t sample[SAMPLE] = { 0 };
	uint64_t from = 0, to;
	ssize_t n = source_read(src, 0, sample, 3);
	int r;

	if (n < 0)
		return (int)n;
	if (n >= 2 && (!memcmp(sample, "\xff\xfe", 2) || !memcmp(sample, "\xfe\xff", 2))) {
		page->encoding = sample[0] == 0xff ? LINES_UTF16LE : LINES_UTF16BE;
		page->next = 2;
	} else if (n == 3 && !memcmp(sample, "\xef\xbb\xbf", 3)) {
		page->next = 3;
	} else {
		r = source_next_data(src, 0, &from, &to);
		if (r < 0)
			return r;
		n = r ? source_read(src, from & ~UINT64_C(1), sample, sizeof(sample)) : 0;
		if (n < 0)
			return (int)n;
		page->encoding = guess(view_of(sample, (size_t)n));
	}
	result->mark = page->next > 0;
	result->encoding = page->encoding;
	return 0;
}

/* Makes every byte know its origin, those that are there already first. */
static int
map(struct page *page)
{
	if (!page->origin)
		page->origin = malloc(page->room * sizeof(*page->origin));
	if (!page->origin)
		return fail(ENOMEM, "out of memory for the places of %zu bytes", page->room);
	for (size_t i = 0; !page->mapped && i < page->n; i++)
		page->origin[i] = page->base + i;
	page->mapped = true;
	return 0;
}

/* Whether what comes next follows the text without a gap anywhere, so that one number tells all origins. */
static bool
unmap(struct page *page)
{
	uint64_t base = page->n ? page_origin(page, 0) : page->next;

	if (page->next - base != page->n)
		return false;
	page->mapped = false;
	page->base = base;
	return true;
}

static void
put(struct page *page, uint32_t byte, uint64_t origin)
{
	page->text[page->n] = (uint8_t)byte;
	page->origin[page->n++] = origin;
}

static void
put_code(struct page *page, uint32_t c, uint64_t origin)
{
	if (c >= 0x10000) {
		put(page, 0xf0 | c >> 18, origin);
		put(page, 0x80 | (c >> 12 & 0x3f), origin);
	} else if (c >= 0x800) {
		put(page, 0xe0 | c >> 12, origin);
	}
	if (c >= 0x800)
		put(page, 0x80 | (c >> 6 & 0x3f), origin);
	else if (c >= 0x80)
		put(page, 0xc0 | c >> 6, origin);
	put(page, c < 0x80 ? c : 0x80 | (c & 0x3f), origin);
}

/* Adds n bytes that lie behind the text already, without their NULs. */
static int
add_plain(struct page *page, size_t n, uint64_t nul)
{
	uint8_t *in = page->text + page->n;
	size_t tail = 0;
	int r;

	if (nul == n)
		return 0;
	while (tail < nul && !in[n - 1 - tail])
		tail++;
	if (tail == nul && unmap(page)) {
		page->n += n - tail;
		return 0;
	}
	r = map(page);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (in[i]) /* put() is never ahead of in[i] */
			put(page, in[i], page->next + i);
	return r;
}

/*
 * Adds n bytes of UTF-16 as UTF-8 and gives how many were taken: a pair or a unit that is cut off waits for the next
 * block, unless this is the last one. in lies at the end of the page's room: as n is half a block and a unit becomes
 * three bytes at most, what is put never reaches what is still to be taken.
 */
static size_t
add_utf16(struct page *page, const uint8_t *in, size_t n, bool last, uint64_t *nul)
{
	size_t i = 0;

	while (n - i >= 2) {
		uint32_t c = unit_at(in + i, page->encoding);
		size_t taken = 2;

		if (c >> 10 == 0x36 && n - i < 4 && !last)
			break;
		if (c >> 10 == 0x36 && n - i >= 4 && unit_at(in + i + 2, page->encoding) >> 10 == 0x37) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (unit_at(in + i + 2, page->encoding) & 0x3ff));
			taken = 4;
		}
		if (c)
			put_code(page, c, page->next + i);
		else
			*nul += 2;
		i += taken;
	}
	if (last && i < n) {
		put_code(page, 0xfffd, page->next + i);
		i = n;
	}
	return i;
}

static ssize_t
fill_plain(struct page *page, struct source *src, struct lines_result *result)
{
	ssize_t n = source_read(src, page->next, page->text + page->n, page->block);
	struct counts counts;
	int r;

	if (n <= 0)
		return n;
	counts = count_bytes(view_of(page->text + page->n, (size_t)n));
	r = add_plain(page, (size_t)n, counts.nul);
	result->nul += counts.nul;
	result->lines += counts.lf;
	return r < 0 ? r : n;
}

static ssize_t
fill_utf16(struct page *page, struct source *src, struct lines_result *result)
{
	size_t want = page->block / 4 * 2;
	uint8_t *in = page->text + page->room - want;
	ssize_t n = source_read(src, page->next, in, want);
	size_t before = page->n, taken;
	int r;

	if (n <= 0)
		return n;
	r = map(page);
	if (r < 0)
		return r;
	taken = add_utf16(page, in, (size_t)n, (size_t)n < want || page->next + want >= src->size, &result->nul);
	result->lines += count_bytes(view_of(page->text + before, page->n - before)).lf;
	return (ssize_t)taken;
}

/* Steps over a hole; to an even place, as a unit of UTF-16 may reach over its edge. */
static int
skip_hole(struct page *page, struct source *src, struct lines_result *result)
{
	uint64_t from = src->size, to;
	int r = source_next_data(src, page->next, &from, &to);

	if (r < 0)
		return r;
	from = r ? from & ~UINT64_C(1) : src->size;
	if (from > page->next) {
		result->nul += from - page->next;
		page->next = from;
	}
	return 0;
}

int
page_fill(struct page *page, struct source *src, struct lines_result *result)
{
	ssize_t n;
	int r = skip_hole(page, src, result);

	if (r < 0)
		return r;
	n = page->encoding == LINES_PLAIN ? fill_plain(page, src, result) : fill_utf16(page, src, result);
	if (n < 0)
		return (int)n;
	page->next += (uint64_t)n;
	result->bytes = page->next;
	return n > 0;
}

void
page_drop(struct page *page, size_t n)
{
	page->n -= n;
	memmove(page->text, page->text + n, page->n);
	if (page->mapped)
		memmove(page->origin, page->origin + n, page->n * sizeof(*page->origin));
	else
		page->base += n;
}

static const uint8_t *
last_end(const struct page *page, size_t from, size_t to)
{
	return to > from ? memrchr(page->text + from, '\n', to - from) : NULL;
}

size_t
page_bearable(const struct page *page, size_t at, size_t longest)
{
	const uint8_t *end;

	while (page->n - at > longest) {
		end = last_end(page, at, at + longest + 1);
		if (!end)
			return at;
		at = (size_t)(end - page->text) + 1;
	}
	end = last_end(page, at, page->n);
	return end ? (size_t)(end - page->text) + 1 : at;
}

/* decode.h - the bytes of a log as text, block by block, each byte of the text knowing where it came from. */
#ifndef DECODE_H
#define DECODE_H

#include "lines.h"
#include "source.h"

/*
 * Text that was read but not yet done with. Most logs have no NULs: text then lies as it was read and begins at `base`
 * of the source. Otherwise origin[i] tells for each byte.
 */
struct page {
	uint8_t *text;
	size_t n, room;
	uint64_t *origin;      /* NULL until it is needed */
	bool mapped;           /* origin holds */
	uint64_t base;
	uint64_t next;         /* what is to be read next of the source */
	size_t block;
	enum lines_encoding encoding;
};

/* keep: bytes that may stay in the page from before when the next block is added. */
int page_open(struct page *page, size_t keep, size_t block);
void page_close(struct page *page);
static inline void page_close_at(struct page *page) { page_close(page); }

/* Looks at the start of the source and sets encoding and place: 0, or what source_read says. */
int page_begin(struct page *page, struct source *src, struct lines_result *result);

/*
 * Adds the next block, and to the result what it holds of bytes, NULs and line ends: 1, 0 at the end of the source, or
 * negative. The page may hold as many bytes from before as it was opened for.
 */
int page_fill(struct page *page, struct source *src, struct lines_result *result);

/* Forgets the first n bytes. */
void page_drop(struct page *page, size_t n);

/*
 * Where the text from `at`, the start of a line, stops being whole lines of at most `longest` bytes: at a longer one, or
 * at the last one if its end is not there yet.
 */
size_t page_bearable(const struct page *page, size_t at, size_t longest);

/* Where a byte of the text came from. */
static inline uint64_t
page_origin(const struct page *page, size_t i)
{
	return page->mapped ? page->origin[i] : page->base + i;
}

struct counts {
	uint64_t nul, lf;
};

struct counts count_bytes(struct view bytes);

#endif

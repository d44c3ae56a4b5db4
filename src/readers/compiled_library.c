/* compiled_library.c - the page that a compiled library was made of, for where the record beside it is gone. */
#include <errno.h>

#include "compiled.h"
#include "fail.h"
#include "judge.h"
#include "text.h"

/* Strings of .NET lie in one heap as UTF-16, each with its length before it; what stands behind one is no character. */
static size_t
name_at(struct view bytes, size_t at, struct text *ret)
{
	size_t n = 0;

	text_cut(ret, 0);
	while (view_has(bytes, at + n * 2, 2) && n < COMPILED_TEXT_MAX) {
		uint8_t low = bytes.p[at + n * 2], high = bytes.p[at + n * 2 + 1];

		if (high || low < 0x20 || low > 0x7e || text_addc(ret, (char)low) < 0)
			break;
		n++;
	}
	return n;
}

static int
search(struct view bytes, struct text *ret_page, uint64_t *ret_offset, uint64_t *ret_length)
{
	static const uint8_t lead[] = { '~', 0, '/', 0 };

	for (size_t at = 0; at + sizeof(lead) <= bytes.n; at++) {
		const uint8_t *found = memmem(bytes.p + at, bytes.n - at, lead, sizeof(lead));
		size_t n;

		if (!found)
			break;
		at = (size_t)(found - bytes.p);
		n = name_at(bytes, at, ret_page);
		if (!ret_page->s)
			return -ENOMEM;
		if (!name_is_served(ret_page->s))
			continue;
		*ret_offset = at;
		*ret_length = n * 2;
		return 1;
	}
	return 0;
}

int
library_page(struct source *src, struct text *ret_page, uint64_t *ret_offset, uint64_t *ret_length)
{
	size_t n = src->size < LIBRARY_MAX ? (size_t)src->size : LIBRARY_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	int r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;

	if (r == 0 && n > 1 && bytes[0] == 'M' && bytes[1] == 'Z')
		r = search(view_of(bytes, n), ret_page, ret_offset, ret_length);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a compiled library") : r;
}

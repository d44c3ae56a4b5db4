/* names.c - any bytes as a name: shown as one text without NUL or '/', and judged, and held against itself as 8.3. */
#include <stdlib.h>

#include "cleanup.h"
#include "deceit.h"
#include "shortname.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(text_free) struct text shown = { 0 };
	struct view name = view_of(data, size < 510 ? size : 510), half = view_of(data, name.n / 4 * 2);

	if (text_add_name(&shown, name) < 0 || memchr(shown.s, 0, shown.n) || memchr(shown.s, '/', shown.n))
		abort();
	if (name_deceits(name) >> DECEITS || (name_is_double(shown.s) && shown.n < 6))
		abort();
	if (stream_deceits(shown.s, shown.s, name.n & 1) & ~(unsigned)DECEIT_STREAM)
		abort();
	short_name_fits(half, view_of(data + half.n, name.n - half.n));
	return 0;
}

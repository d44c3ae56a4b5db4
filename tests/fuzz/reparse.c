/* reparse.c - any bytes as a reparse point: its target is text, and shown only where it is another one. */
#include <stdlib.h>

#include "leads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(text_free) struct text target = { 0 };
	CLEANUP(text_free) struct text shown = { 0 };
	int r = reparse_parse(view_of(data, size), &target, &shown);

	if (r == 0 && (!target.n || (shown.n && view_equal(text_view(&target), text_view(&shown)))))
		abort();
	return 0;
}

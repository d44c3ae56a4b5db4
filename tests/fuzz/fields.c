/* fields.c - any bytes as the fields of an event in a case: what is taken is written and read back as the same. */
#include <stdlib.h>

#include "arena.h"
#include "cleanup.h"
#include "fields.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	CLEANUP(text_free) struct text first = { 0 };
	CLEANUP(text_free) struct text second = { 0 };
	struct fields fields;

	if (fields_parse_json(view_of(data, size), &arena, &fields) < 0)
		return 0;
	if (fields_add_json(&first, &fields) < 0 || fields_parse_json(text_view(&first), &arena, &fields) < 0 ||
	    fields_add_json(&second, &fields) < 0 || !view_equal(text_view(&first), text_view(&second)))
		abort();
	return 0;
}

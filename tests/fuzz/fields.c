/* fields.c - any bytes as the fields of an event in a case: what is taken is written and read back as the same, once
 * broken UTF-8 has become U+FFFD. */
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
	CLEANUP(text_free) struct text first = { 0 }, second = { 0 }, third = { 0 };
	struct fields fields;

	if (fields_parse_json(view_of(data, size), &arena, &fields) < 0)
		return 0;
	if (fields_add_json(&first, &fields) < 0 || fields_parse_json(text_view(&first), &arena, &fields) < 0 ||
	    fields_add_json(&second, &fields) < 0 || fields_parse_json(text_view(&second), &arena, &fields) < 0 ||
	    fields_add_json(&third, &fields) < 0 || !view_equal(text_view(&second), text_view(&third)))
		abort();
	return 0;
}

/* list.c - any bytes as an attribute list: the walk ends, and what it gives lies within the list. */
#include <stdlib.h>

#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view list = view_of(data, size);
	struct list_item item;
	size_t at = 0, before = 0;
	int r;

	while ((r = list_next(list, &at, &item)) > 0) {
		if (at <= before || at > size ||
		    (item.name.n && (item.name.p < data || item.name.p + item.name.n > data + size)))
			abort();
		before = at;
	}
	return 0;
}

/* keys.c - any bytes as what an event keeps of its record: its values are parts of it, and paths stay paths. */
#include <errno.h>
#include <stdlib.h>

#include "../../src/verdict/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena arena = { 0 };
	struct view keys[KEYS];
	struct fields fields = { 0 };
	const char *page, *path;
	int r = fields_parse_json(view_of(data, size), &arena, &fields);

	if (r < 0 && r != -EINVAL)
		abort();
	fields.raw = view_of(data, size);
	if (keys_take(&arena, &fields, keys) < 0)
		abort();
	for (enum key key = 0; key < KEYS; key++)
		if (keys[key].n > KEY_TEXT_MAX)
			abort();
	page = plain_path(&arena, keys[KEY_PAGE].n ? keys[KEY_PAGE] : fields.raw, true);
	path = plain_path(&arena, keys[KEY_FILE].n ? keys[KEY_FILE] : fields.raw, false);
	if (!page || !path || (page_is_file(page, path) && strlen(page) < 2))
		abort();
	return 0;
}

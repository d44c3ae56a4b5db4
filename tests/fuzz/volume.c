/* volume.c - any bytes as a disk: its partition tables, its gaps and what they begin with. */
#include <stdlib.h>

#include "volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
hear(struct sink *out, uint64_t offset, const char *why)
{
	(void)out;
	return offset == UINT64_MAX && !*why ? -1 : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(source_close) struct source *media = NULL;
	struct sink out = { .damage = hear };
	volume_list volumes = { 0 };

	if (!size || source_memory(view_of(data, size), "disk", &media) < 0)
		return 0;
	if (volume_find(media, 512, &out, &volumes) < 0)
		return 0;
	for (size_t i = 0; i < volumes.n; i++)
		if (volumes.at[i].offset > size || volumes.at[i].bytes > size - volumes.at[i].offset ||
		    !volume_fs_name(volumes.at[i].fs))
			abort();
	vector_free(&volumes);
	return 0;
}

/* boot.c - any bytes as a boot sector: what is accepted must be a geometry that can be reckoned with. */
#include <stdlib.h>

#include "ntfs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct geometry g;
	const char *why = NULL;

	if (boot_parse(view_of(data, size), &g, &why) < 0) {
		if (!why)
			abort();
		return 0;
	}
	if (!g.sector_size || !g.cluster_size || g.cluster_size > NTFS_CLUSTER_MAX || g.cluster_size % g.sector_size ||
	    !g.record_size || g.record_size > NTFS_RECORD_MAX || g.clusters > INT64_MAX / g.cluster_size)
		abort();
	return 0;
}

/* remains.c - any bytes as a file that keeps records, of each kind that there is; the first byte chooses one. */
#include <errno.h>

#include "../artefact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t kinds = 0;

	while (artefact_kinds[kinds])
		kinds++;
	if (size)
		artefact_check(artefact_kinds[data[0] % kinds], view_of(data + 1, size - 1));
	return 0;
}

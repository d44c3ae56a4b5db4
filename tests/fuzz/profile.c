/* profile.c - any bytes as a profile.yaml. */
#include <stdlib.h>

#include "../../src/profile/inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *profile = calloc(1, sizeof(*profile));
	uint8_t *bytes = malloc(size + 1);
	struct tree_error error;

	if (!profile || !bytes)
		abort();
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = 0;
	if (folder_take(profile, "/nonexistent", view_of(bytes, size), &error) == 0 && choices_finish(profile) < 0)
		abort();
	profile_free(profile);
	return 0;
}

/* oabdump.c - any bytes as a saved virtual directory, bare and behind what makes them one. */
#include "../pages_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char lead[] = "Name            : a\r\nServer          : b\r\nPath            : c\r\nMetabasePath  "
				   "  : IIS://\r\nGuid            : d\r\nExternalUrl     : ";
	uint8_t *bytes;

	oab_dump_check(view_of(data, size));
	bytes = malloc(sizeof(lead) - 1 + size);
	if (!bytes)
		return 0;
	memcpy(bytes, lead, sizeof(lead) - 1);
	if (size)
		memcpy(bytes + sizeof(lead) - 1, data, size);
	oab_dump_check(view_of(bytes, sizeof(lead) - 1 + size));
	free(bytes);
	return 0;
}

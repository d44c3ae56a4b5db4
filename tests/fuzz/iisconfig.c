/* iisconfig.c - any bytes as applicationHost.config, bare and within the elements that lead to the sites. */
#include "../iis_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char lead[] = "<configuration><system.applicationHost><sites><site id='1' name='a'>";
	uint8_t *bytes;

	iis_check(view_of(data, size));
	bytes = malloc(sizeof(lead) - 1 + size);
	if (!bytes)
		return 0;
	memcpy(bytes, lead, sizeof(lead) - 1);
	if (size)
		memcpy(bytes + sizeof(lead) - 1, data, size);
	iis_check(view_of(bytes, sizeof(lead) - 1 + size));
	free(bytes);
	return 0;
}

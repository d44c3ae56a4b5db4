/* compiled.c - any bytes as ASP.NET's record of a compiled page, bare and behind what makes them one. */
#include "../pages_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char lead[] = "<preserve virtualPath=\"/a.aspx\"";
	uint8_t *bytes;

	compiled_check(view_of(data, size));
	bytes = malloc(sizeof(lead) - 1 + size);
	if (!bytes)
		return 0;
	memcpy(bytes, lead, sizeof(lead) - 1);
	if (size)
		memcpy(bytes + sizeof(lead) - 1, data, size);
	compiled_check(view_of(bytes, sizeof(lead) - 1 + size));
	free(bytes);
	return 0;
}

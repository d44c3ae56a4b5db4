/* lznt1.c - any bytes as a compression unit: what comes out is the same whatever was there before. */
#include <stdlib.h>

#include "../../src/evidence/lznt1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { UNIT = 65536 };
	uint8_t *one = malloc(UNIT), *two = malloc(UNIT);
	int r;

	if (one && two) {
		memset(one, 0xaa, UNIT);
		memset(two, 0x55, UNIT);
		r = lznt1_unpack(view_of(data, size), one, UNIT);
		if (lznt1_unpack(view_of(data, size), two, UNIT) != r || memcmp(one, two, UNIT))
			abort();
	}
	free(one);
	free(two);
	return 0;
}

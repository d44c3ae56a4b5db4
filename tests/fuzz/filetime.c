/* filetime.c - times in any form: what is read comes back the same, and no 64-bit value has a text that reads as another. */
#include <stdlib.h>
#include <string.h>

#include "filetime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of a time is read as that very time, or says openly that no calendar has it. */
static void
there_and_back(uint64_t ticks)
{
	char text[FILETIME_TEXT];
	uint64_t back;

	filetime_text(ticks, text);
	if (!memcmp(text, "ticks:", 6)) {
		if (strtoull(text + 6, NULL, 10) != ticks || ticks < UINT64_C(2650467744000000000))
			abort();
		return;
	}
	if (filetime_parse(view_text(text), &back) < 0 || back != ticks)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t ticks;

	if (filetime_parse(view_of(data, size), &ticks) == 0)
		there_and_back(ticks);
	for (size_t i = 0; i + 8 <= size; i += 8) {
		memcpy(&ticks, data + i, 8);
		there_and_back(ticks);
		there_and_back(ticks % UINT64_C(2650467744000000000));
	}
	return 0;
}

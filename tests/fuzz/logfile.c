/* logfile.c - any bytes as a $LogFile, its first two pages given an update sequence that fits where they ask for it; and
 * as the name of a store. */
#include <stdlib.h>
#include <string.h>

#include "beside.h"

enum { PAGE = 512, PAGES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The smallest pages there are: the first byte says which of them are to be taken for whole. */
static void
mend(uint8_t *page)
{
	memcpy(page, "RSTR", 4);
	page[4] = 30;
	page[5] = 0;
	page[6] = 2;
	page[7] = 0;
	memcpy(page + PAGE - 2, page + 30, 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(source_close) struct source *stream = NULL;
	uint8_t bytes[PAGE * PAGES] = { 0 };
	size_t n = size < sizeof(bytes) ? size : sizeof(bytes);
	enum log_state state = LOG_STATES;

	if (n)
		memcpy(bytes, data, n);
	for (size_t i = 0; i < 2 && n >= 2 * PAGE; i++)
		if (data[8] >> i & 1)
			mend(bytes + i * PAGE);
	if (source_memory(view_of(bytes, n), "input", &stream) < 0 || logfile_state(stream, &state) < 0)
		abort();
	if (state <= LOG_ABSENT || state >= LOG_STATES)
		abort();
	if (shadow_store(view_of(bytes, n)) && n != 152)
		abort();
	if (shadow_header(stream) < 0)
		abort();
	return 0;
}

/* logs.c - fuzzes the readers of text logs: the first byte says of which kind, the second how it is read. */
#include "../log_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(literals_close) struct literals *l = NULL;
	size_t kinds = 0;

	if (size < 2 || !log_check_literals(&l))
		return 0;
	while (log_kinds[kinds])
		kinds++;
	log_check(log_kinds[data[0] % kinds], l, view_of(data + 2, size - 2), data[1] & 1 ? 100 + data[1] : 16384, 64 + data[1]);
	return 0;
}

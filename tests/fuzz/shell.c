/* shell.c - any bytes as a web shell: what is left of it is the same once more, and never has blanks. */
#include <stdlib.h>

#include "../../src/verdict/indicator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(text_free) struct text normal = { 0 };
	struct view host = shell_host(view_of(data, size));

	if (shell_normal(view_of(data, size), &normal) < 0 || host.n > size)
		abort();
	for (size_t i = 0; i < normal.n; i++)
		if ((unsigned char)normal.s[i] <= ' ')
			abort();
	return 0;
}

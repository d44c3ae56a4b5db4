/* versions.c - the library that matches content. */
#include "versions.h"

#include <yara.h>

void
versions_content(void (*line)(const char *name, const char *version))
{
	line("libyara", YR_VERSION);
}

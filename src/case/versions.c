/* versions.c - the library that keeps cases. */
#include "versions.h"

#include <sqlite3.h>

void
versions_case(void (*line)(const char *name, const char *version))
{
	line("SQLite", sqlite3_libversion());
}

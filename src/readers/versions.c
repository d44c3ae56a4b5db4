/* versions.c - the library that reads configurations. */
#include "versions.h"

#include <expat.h>
#include <stdio.h>

void
versions_readers(void (*line)(const char *name, const char *version))
{
	XML_Expat_Version v = XML_ExpatVersionInfo();
	char text[48];

	snprintf(text, sizeof(text), "%d.%d.%d", v.major, v.minor, v.micro);
	line("expat", text);
}

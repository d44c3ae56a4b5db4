/* versions.c - the libraries that read configurations and databases. */
#include "versions.h"

#include <expat.h>
#include <stdio.h>

#include "ese.h"

void
versions_readers(void (*line)(const char *name, const char *version))
{
	XML_Expat_Version v = XML_ExpatVersionInfo();
	char text[48];

	snprintf(text, sizeof(text), "%d.%d.%d", v.major, v.minor, v.micro);
	line("expat", text);
	line("libesedb", ese_built() ? ese_version() : "not built in: User Access Logging is not examined");
}

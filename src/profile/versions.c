/* versions.c - the libraries that read profiles. */
#include "versions.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <yaml.h>

void
versions_profile(void (*line)(const char *name, const char *version))
{
	char pcre[64] = "";

	pcre2_config(PCRE2_CONFIG_VERSION, pcre);
	line("libyaml", yaml_get_version_string());
	line("PCRE2", pcre);
}

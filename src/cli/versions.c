/* versions.c - the libraries that this program stands on. */
#include "versions.h"

#include <openssl/crypto.h>
#include <stdio.h>

static void
line(const char *name, const char *version)
{
	printf("  %-14s %s\n", name, version);
}

void
versions_print(void)
{
	versions_evidence(line);
	versions_content(line);
	versions_profile(line);
	versions_readers(line);
	versions_case(line);
	line("OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
}

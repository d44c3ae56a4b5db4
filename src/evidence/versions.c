/* versions.c - the libraries that read evidence. */
#include "versions.h"

#include <libewf.h>
#include <tsk/libtsk.h>

#include "config.h"
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

void
versions_evidence(void (*line)(const char *name, const char *version))
{
	line("libtsk", tsk_version_get_str());
	line("libewf", libewf_get_version());
#ifdef HAVE_LIBDEFLATE
	line("libdeflate", LIBDEFLATE_VERSION_STRING);
#endif
}

/* iisconfig_own.h - a configuration of IIS while it is read. */
#ifndef READERS_IISCONFIG_OWN_H
#define READERS_IISCONFIG_OWN_H

#include "iisconfig.h"
#include "xmlwalk.h"

/* The elements that are looked at; all others are passed over with what is in them. */
enum element {
	OTHER,
	NOTHING, /* above the first */
	CONFIGURATION,
	REDIRECTION,
	HOST,
	HISTORY,
	LOG,
	CENTRAL_BINARY,
	CENTRAL_W3C,
	SITES,
	DEFAULTS,
	SITE,
	BINDINGS,
	BINDING,
	APPLICATION,
	DIRECTORY,
	LOG_FILE,
	TRACES,
};

struct reading {
	struct iis_config *config;
	struct xml_walk *walk;
	enum element open[IIS_DEPTH_MAX + 1]; /* the elements that it is within; open[0] is NOTHING */
	unsigned depth;
	struct iis_log defaults;
	const char *application; /* path of the one that is open */
	const char *binary_folder, *w3c_folder;
	bool full; /* told already that there are more than are kept */
};

/* Where in the file it is, and that what is there is not as it should be. */
uint64_t reading_position(const struct reading *reading);
void reading_damage(struct reading *reading, uint64_t offset, const char *why);

/* Ends the reading: the tool failed, or was told to stop. */
void reading_stop(struct reading *reading, int r);

/* Takes what an element says (iisconfig_take.c). False when what is in it is to be passed over. */
bool element_take(struct reading *reading, enum element element, enum element above, const char **attributes);

#endif

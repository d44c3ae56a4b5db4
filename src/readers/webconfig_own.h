/* webconfig_own.h - a configuration of IIS or ASP.NET while its settings are read; for its reader alone. */
#ifndef READERS_WEBCONFIG_OWN_H
#define READERS_WEBCONFIG_OWN_H

#include "text.h"
#include "webconfig.h"
#include "xmlwalk.h"

/* The elements that are looked at; all others are passed over with what is in them. */
enum element {
	OTHER,
	NOTHING, /* above the first */
	CONFIGURATION,
	LOCATION,
	SERVER,
	WEB,
	HOST,
	SITES,
	SITE,
	APPLICATION,
	DIRECTORY,
	NATIVE_MODULES,
	MODULES,
	HANDLERS,
	FILTERS,
	FILTER,
	SECURITY,
	PROGRAMS,
	COMPILATION,
	BUILDERS,
	MACHINE_KEY,
	REWRITE,
	RULES,
	RULE,
	CONDITIONS,
	MATCH,
	ACTION,
	CONSOLE_MODULES,
	ADD,
};

struct reading {
	struct webconfig *to;
	struct xml_walk *walk;
	enum element open[WEBCONFIG_DEPTH_MAX + 1]; /* those that it is within; open[0] is NOTHING */
	unsigned depth;
	const char *location, *site, *application;
	struct setting rule; /* the rewrite rule that is open */
	struct text rule_does, rule_looks;
	bool full; /* told already that there are more than are kept */
};

/* Takes what an element says, and what a rewrite rule said once it ends (webconfig_take.c). */
void setting_take(struct reading *reading, enum element element, enum element above, const char **attributes);
void setting_end_rule(struct reading *reading);

#endif

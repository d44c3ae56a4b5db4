/* iisconfig.c - applicationHost.config: which sites an IIS had, which folders it served, where it wrote its logs. */
#include <errno.h>

#include "fail.h"
#include "iisconfig_own.h"

/* As the schema of IIS has them (system.applicationHost in IIS_schema.xml). A section may stand within <location>. */
static const struct {
	enum element above;
	const char *name;
	enum element element;
} elements[] = {
	{ NOTHING, "configuration", CONFIGURATION },
	{ CONFIGURATION, "location", CONFIGURATION },
	{ CONFIGURATION, "configurationRedirection", REDIRECTION },
	{ CONFIGURATION, "system.applicationHost", HOST },
	{ HOST, "configHistory", HISTORY },
	{ HOST, "log", LOG },
	{ LOG, "centralBinaryLogFile", CENTRAL_BINARY },
	{ LOG, "centralW3CLogFile", CENTRAL_W3C },
	{ HOST, "sites", SITES },
	{ SITES, "siteDefaults", DEFAULTS },
	{ DEFAULTS, "logFile", LOG_FILE },
	{ DEFAULTS, "traceFailedRequestsLogging", TRACES },
	{ SITES, "site", SITE },
	{ SITE, "bindings", BINDINGS },
	{ BINDINGS, "binding", BINDING },
	{ SITE, "application", APPLICATION },
	{ APPLICATION, "virtualDirectory", DIRECTORY },
	{ SITE, "logFile", LOG_FILE },
	{ SITE, "traceFailedRequestsLogging", TRACES },
};

uint64_t
reading_position(const struct reading *reading)
{
	return xml_offset(reading->walk);
}

void
reading_stop(struct reading *reading, int r)
{
	xml_stop(reading->walk, r);
}

void
reading_damage(struct reading *reading, uint64_t offset, const char *why)
{
	xml_damage(reading->walk, offset, why);
}

/* ---- the document ---- */

static enum element
element_of(enum element above, const char *name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]) && above != OTHER; i++)
		if (elements[i].above == above && !strcmp(elements[i].name, name))
			return elements[i].element;
	return OTHER;
}

static void
element_start(void *state, struct xml_walk *walk, const char *name, const char **attributes)
{
	struct reading *reading = state;
	enum element above = reading->open[reading->depth], element = element_of(above, name);

	reading->walk = walk;
	if (element != OTHER && !element_take(reading, element, above, attributes))
		element = OTHER;
	reading->open[++reading->depth] = element;
}

static void
element_end(void *state, struct xml_walk *walk)
{
	struct reading *reading = state;

	reading->walk = walk;
	reading->depth--;
}

/* ---- what nobody said ---- */

static void
inherit(const char **value, const char *from, const char *own)
{
	if (!*value)
		*value = from ? from : own;
}

/* Where the file broke off before its end, what the defaults might have said is not known. */
static void
inherit_log(struct iis_log *log, const struct iis_log *from, bool whole)
{
	static const char fields[] = "Date, Time, ClientIP, UserName, ServerIP, Method, UriStem, UriQuery, TimeTaken, "
				     "HttpStatus, Win32Status, ServerPort, UserAgent, HttpSubStatus, Referer";

	inherit(&log->folder, from->folder, whole ? "%SystemDrive%\\inetpub\\logs\\LogFiles" : NULL);
	inherit(&log->traces, from->traces, whole ? "%SystemDrive%\\inetpub\\logs\\FailedReqLogFiles" : NULL);
	inherit(&log->enabled, from->enabled, whole ? "true" : NULL);
	inherit(&log->period, from->period, whole ? "Daily" : NULL);
	inherit(&log->format, from->format, whole ? "W3C" : NULL);
	inherit(&log->fields, from->fields, whole ? fields : NULL);
	inherit(&log->target, from->target, whole ? "File" : NULL);
	inherit(&log->local_rollover, from->local_rollover, whole ? "false" : NULL);
}

static void
finish(struct reading *reading)
{
	struct iis_config *config = reading->config;
	const char *central = config->central && !strcmp(config->central, "CentralBinary") ? reading->binary_folder
											   : reading->w3c_folder;

	for (size_t i = 0; i < config->sites.n; i++)
		inherit_log(&config->sites.at[i].log, &reading->defaults, config->whole);
	if (config->central && strncmp(config->central, "Central", 7) == 0)
		config->central_folder = central ? central : "%SystemDrive%\\inetpub\\logs\\LogFiles";
}

/* ---- reading ---- */

int
iisconfig_read(struct source *src, struct sink *out, struct iis_config *ret_config)
{
	size_t n = src->size < IIS_CONFIG_MAX ? (size_t)src->size : IIS_CONFIG_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	struct reading reading = { .config = ret_config, .open = { NOTHING } };
	const struct xml_handler handler = { .what = "the configuration",
					     .who = "IIS",
					     .deepest = IIS_DEPTH_MAX,
					     .start = element_start,
					     .end = element_end,
					     .state = &reading,
					     .out = out };
	struct xml_result result = { 0 };
	int r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;

	*ret_config = (struct iis_config){ 0 };
	if (r == 0)
		r = xml_walk(&handler, view_of(bytes, n), &result);
	ret_config->damaged = result.damaged;
	ret_config->whole = result.closed && src->size <= IIS_CONFIG_MAX;
	if (r == 0) {
		finish(&reading);
		r = iisconfig_sides(ret_config);
	}
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a configuration of IIS") : r;
}

void
iisconfig_free(struct iis_config *config)
{
	arena_free(&config->arena);
	vector_free(&config->sites);
	vector_free(&config->bindings);
	vector_free(&config->folders);
}

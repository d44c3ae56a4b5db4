/* iisconfig.c - applicationHost.config: which sites an IIS had, which folders it served, where it wrote its logs. */
#include <errno.h>
#include <stdio.h>

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
	XML_Index at = XML_GetCurrentByteIndex(reading->parser);

	return at < 0 ? 0 : (uint64_t)at;
}

void
reading_stop(struct reading *reading, int r)
{
	reading->r = r;
	XML_StopParser(reading->parser, XML_FALSE);
}

void
reading_damage(struct reading *reading, uint64_t offset, const char *why)
{
	int r = reading->out ? sink_damage(reading->out, offset, why) : 0;

	reading->config->damaged++;
	if (r < 0)
		reading_stop(reading, r);
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

static void XMLCALL
element_start(void *state, const char *name, const char **attributes)
{
	struct reading *reading = state;
	enum element above = reading->open[reading->depth], element = element_of(above, name);

	if (reading->depth == IIS_DEPTH_MAX) {
		reading_damage(reading, reading_position(reading),
			       "elements within elements deeper than IIS writes them: not read on");
		XML_StopParser(reading->parser, XML_FALSE);
		return;
	}
	if (element != OTHER && !element_take(reading, element, above, attributes))
		element = OTHER;
	reading->open[++reading->depth] = element;
}

static void XMLCALL
element_end(void *state, const char *name)
{
	struct reading *reading = state;

	(void)name;
	reading->depth--;
	reading->closed |= !reading->depth;
}

static void XMLCALL
refuse_type(void *state, const char *name, const char *system, const char *public, int has_subset)
{
	struct reading *reading = state;

	(void)name, (void)system, (void)public, (void)has_subset;
	reading_damage(reading, reading_position(reading), "a document type, which IIS never writes: not read on");
	XML_StopParser(reading->parser, XML_FALSE);
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

/* Says where the document stops being one. What lies behind its last element belongs to nobody, zeros to the padding
 * of a disk. */
static void
tell_fault(struct reading *reading)
{
	enum XML_Error error = XML_GetErrorCode(reading->parser);
	char why[120];

	if (error == XML_ERROR_NO_MEMORY) {
		reading->r = -ENOMEM;
		return;
	}
	if (error == XML_ERROR_ABORTED) /* by us, who have said why */
		return;
	snprintf(why, sizeof(why), "%s (%s)",
		 reading->closed ? "bytes behind the end of the configuration"
				 : "here the configuration is broken, and it is not read on",
		 XML_ErrorString(error));
	reading_damage(reading, reading_position(reading), why);
}

/* Expat mixes a salt into its tables against names that were chosen to collide. It is taken from the bytes themselves:
 * nothing random, and nothing that can be known before they are written. */
static unsigned long
salt_of(struct view bytes)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < bytes.n; i++)
		hash = (hash ^ bytes.p[i]) * 0x100000001b3u;
	return (unsigned long)hash | 1;
}

static int
parse(struct reading *reading, struct view bytes)
{
	XML_Parser parser = XML_ParserCreate(NULL);

	if (!parser)
		return -ENOMEM;
	reading->parser = parser;
	XML_SetHashSalt(parser, salt_of(bytes));
	XML_SetUserData(parser, reading);
	XML_SetElementHandler(parser, element_start, element_end);
	XML_SetStartDoctypeDeclHandler(parser, refuse_type);
	if (XML_Parse(parser, (const char *)bytes.p, (int)bytes.n, XML_TRUE) != XML_STATUS_OK && reading->r == 0)
		tell_fault(reading);
	XML_ParserFree(parser);
	reading->parser = NULL;
	return reading->r;
}

int
iisconfig_read(struct source *src, struct sink *out, struct iis_config *ret_config)
{
	size_t n = src->size < IIS_CONFIG_MAX ? (size_t)src->size : IIS_CONFIG_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	struct reading reading = { .config = ret_config, .out = out, .open = { NOTHING } };
	int r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;

	*ret_config = (struct iis_config){ 0 };
	if (r == 0)
		r = parse(&reading, view_of(bytes, n));
	ret_config->whole = reading.closed && src->size <= IIS_CONFIG_MAX;
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

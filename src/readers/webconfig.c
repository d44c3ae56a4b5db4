/* webconfig.c - settings of IIS and ASP.NET that decide what runs, from any of their configuration files. */
#include <errno.h>

#include "fail.h"
#include "webconfig_own.h"

/* As the schemas of IIS and ASP.NET have them. */
static const struct {
	enum element above;
	const char *name;
	enum element element;
} elements[] = {
	{ NOTHING, "configuration", CONFIGURATION },
	{ CONFIGURATION, "location", LOCATION },
	{ CONFIGURATION, "system.webServer", SERVER },
	{ CONFIGURATION, "system.web", WEB },
	{ CONFIGURATION, "system.applicationHost", HOST },
	{ CONFIGURATION, "moduleProviders", CONSOLE_MODULES },
	{ HOST, "sites", SITES },
	{ SITES, "site", SITE },
	{ SITE, "application", APPLICATION },
	{ APPLICATION, "virtualDirectory", DIRECTORY },
	{ SERVER, "globalModules", NATIVE_MODULES },
	{ SERVER, "modules", MODULES },
	{ SERVER, "handlers", HANDLERS },
	{ SERVER, "isapiFilters", FILTERS },
	{ FILTERS, "filter", FILTER },
	{ SERVER, "security", SECURITY },
	{ SECURITY, "isapiCgiRestriction", PROGRAMS },
	{ SERVER, "rewrite", REWRITE },
	{ REWRITE, "rules", RULES },
	{ REWRITE, "globalRules", RULES },
	{ REWRITE, "outboundRules", RULES },
	{ RULES, "rule", RULE },
	{ RULE, "match", MATCH },
	{ RULE, "conditions", CONDITIONS },
	{ RULE, "action", ACTION },
	{ CONDITIONS, "add", ADD },
	{ WEB, "httpModules", MODULES },
	{ WEB, "httpHandlers", HANDLERS },
	{ WEB, "machineKey", MACHINE_KEY },
	{ WEB, "compilation", COMPILATION },
	{ COMPILATION, "buildProviders", BUILDERS },
	{ NATIVE_MODULES, "add", ADD },
	{ MODULES, "add", ADD },
	{ HANDLERS, "add", ADD },
	{ PROGRAMS, "add", ADD },
	{ BUILDERS, "add", ADD },
	{ CONSOLE_MODULES, "add", ADD },
};

static enum element
element_of(enum element above, const char *name)
{
	if (above == LOCATION)
		above = CONFIGURATION;
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
	reading->open[++reading->depth] = element;
	setting_take(reading, element, above, attributes);
}

static void
element_end(void *state, struct xml_walk *walk)
{
	struct reading *reading = state;
	enum element element = reading->open[reading->depth--];

	reading->walk = walk;
	if (element == RULE)
		setting_end_rule(reading);
	else if (element == LOCATION)
		reading->location = "";
}

int
webconfig_read(struct source *src, struct sink *out, struct webconfig *ret)
{
	size_t n = src->size < WEBCONFIG_MAX ? (size_t)src->size : WEBCONFIG_MAX;
	CLEANUP(free) uint8_t *bytes = malloc(n + 1);
	struct reading reading = { .to = ret, .open = { NOTHING }, .location = "", .site = "", .application = "" };
	const struct xml_handler handler = { .what = "the configuration",
					     .who = "IIS",
					     .deepest = WEBCONFIG_DEPTH_MAX,
					     .start = element_start,
					     .end = element_end,
					     .state = &reading,
					     .out = out };
	struct xml_result result = { 0 };
	int r;

	*ret = (struct webconfig){ 0 };
	r = bytes ? source_read_all(src, 0, bytes, n) : -ENOMEM;
	if (r == 0)
		r = xml_walk(&handler, view_of(bytes, n), &result);
	ret->damaged = result.damaged;
	ret->whole = result.closed && src->size <= WEBCONFIG_MAX;
	text_free(&reading.rule_does);
	text_free(&reading.rule_looks);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a configuration of IIS") : r;
}

void
webconfig_free(struct webconfig *config)
{
	arena_free(&config->arena);
	vector_free(&config->settings);
}

/* ---- the same in several files ---- */

const char *
setting_title(enum setting_kind kind)
{
	static const char *const titles[SETTING_KINDS] = {
		[SETTING_NATIVE_MODULE] = "native module",
		[SETTING_MODULE] = "module",
		[SETTING_HANDLER] = "handler",
		[SETTING_FILTER] = "ISAPI filter",
		[SETTING_PROGRAM] = "ISAPI or CGI program",
		[SETTING_BUILDER] = "build provider",
		[SETTING_REWRITE] = "rewrite rule",
		[SETTING_DIRECTORY] = "virtual directory",
		[SETTING_KEY] = "machine key",
		[SETTING_CONSOLE] = "management module",
	};

	return titles[kind];
}

int
setting_compare(const struct setting *a, const struct setting *b)
{
	int c = (int)a->kind - (int)b->kind;

	if (!c)
		c = strcmp(a->location, b->location);
	if (!c)
		c = strcmp(a->name, b->name);
	if (!c)
		c = strcmp(a->value, b->value);
	return c ? c : strcmp(a->more, b->more);
}

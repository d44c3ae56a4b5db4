/* iisconfig_take.c - what the elements of applicationHost.config say: sites, bindings, folders, logs. */
#include <errno.h>

#include "iisconfig_own.h"

/* ---- values ---- */

/* Keeps the value of an attribute; one that is not there leaves what was. */
static void
keep(struct reading *reading, const char **attributes, const char *name, const char **ret_value)
{
	const char *value = xml_attribute(attributes, name), *copy;
	size_t n = value ? strlen(value) : 0;

	if (!value)
		return;
	if (n > IIS_TEXT_MAX) {
		reading_damage(reading, reading_position(reading),
			       "a value is longer than any that IIS takes: it is left out");
		return;
	}
	copy = arena_copy(&reading->config->arena, view_of(value, n));
	if (!copy)
		reading_stop(reading, -ENOMEM);
	else
		*ret_value = copy;
}

static void
keep_log(struct reading *reading, const char **attributes, struct iis_log *log)
{
	keep(reading, attributes, "directory", &log->folder);
	keep(reading, attributes, "enabled", &log->enabled);
	keep(reading, attributes, "period", &log->period);
	keep(reading, attributes, "logFormat", &log->format);
	keep(reading, attributes, "logExtFileFlags", &log->fields);
	keep(reading, attributes, "logTargetW3C", &log->target);
	keep(reading, attributes, "localTimeRollover", &log->local_rollover);
}

/* ---- sites ---- */

static struct iis_site *
site_now(struct reading *reading)
{
	return &reading->config->sites.at[reading->config->sites.n - 1];
}

/* A further item of a list that has `n`, unless it has too many. */
static bool
has_room(struct reading *reading, size_t n, size_t most)
{
	if (n < most)
		return true;
	if (!reading->full)
		reading_damage(reading, reading_position(reading),
			       "more sites, bindings or folders than are kept: the others are left out");
	reading->full = true;
	return false;
}

static bool
add_site(struct reading *reading, const char **attributes)
{
	const char *id = xml_attribute(attributes, "id");
	struct iis_site *site;

	if (!has_room(reading, reading->config->sites.n, IIS_SITES_MAX))
		return false;
	site = vector_push(&reading->config->sites);
	if (!site) {
		reading_stop(reading, -ENOMEM);
		return false;
	}
	*site = (struct iis_site){ .offset = reading_position(reading), .name = "" };
	if (id && strlen(id) <= 10) /* a 32-bit number */
		site->id = view_number(view_text(id));
	if (!site->id)
		reading_damage(reading, site->offset, "a site has no number that can be read");
	keep(reading, attributes, "name", &site->name);
	return true;
}

/* `address:port:host`, where the address may be IPv6 and so have colons of its own. */
static void
split_binding(struct iis_binding *b)
{
	const char *last = strrchr(b->information, ':'), *before = NULL;

	for (const char *at = b->information; last && at < last; at++)
		if (*at == ':')
			before = at;
	if (!before ||
	    (strcmp(b->protocol, "http") != 0 && strcmp(b->protocol, "https") != 0 && strcmp(b->protocol, "ftp") != 0))
		return;
	b->address = view_of(b->information, (size_t)(before - b->information));
	b->host = view_text(last + 1);
	if (last - before <= 6)
		b->port = (uint32_t)view_number(view_of(before + 1, (size_t)(last - before - 1)));
	if (b->port > UINT16_MAX)
		b->port = 0;
}

static void
add_binding(struct reading *reading, const char **attributes)
{
	struct iis_binding *b;

	if (!has_room(reading, reading->config->bindings.n, IIS_BINDINGS_MAX))
		return;
	b = vector_push(&reading->config->bindings);
	if (!b) {
		reading_stop(reading, -ENOMEM);
		return;
	}
	*b = (struct iis_binding){ .site = (uint32_t)reading->config->sites.n - 1, .protocol = "", .information = "" };
	keep(reading, attributes, "protocol", &b->protocol);
	keep(reading, attributes, "bindingInformation", &b->information);
	split_binding(b);
}

static void
add_folder(struct reading *reading, const char **attributes)
{
	struct iis_folder *f;

	if (!has_room(reading, reading->config->folders.n, IIS_FOLDERS_MAX))
		return;
	f = vector_push(&reading->config->folders);
	if (!f) {
		reading_stop(reading, -ENOMEM);
		return;
	}
	*f = (struct iis_folder){ .site = (uint32_t)reading->config->sites.n - 1,
				  .application = reading->application,
				  .path = "",
				  .physical = "",
				  .offset = reading_position(reading) };
	keep(reading, attributes, "path", &f->path);
	keep(reading, attributes, "physicalPath", &f->physical);
}

/* ---- elements ---- */

bool
element_take(struct reading *reading, enum element element, enum element above, const char **attributes)
{
	struct iis_config *config = reading->config;
	struct iis_log *log = above == DEFAULTS ? &reading->defaults : config->sites.n ? &site_now(reading)->log : NULL;

	switch (element) {
	case REDIRECTION:
		if (iis_true(xml_attribute(attributes, "enabled"), false)) {
			config->redirected = "";
			keep(reading, attributes, "path", &config->redirected);
		}
		return false;
	case HISTORY:
		keep(reading, attributes, "path", &config->history);
		return false;
	case LOG:
		keep(reading, attributes, "centralLogFileMode", &config->central);
		return true;
	case CENTRAL_BINARY:
		keep(reading, attributes, "directory", &reading->binary_folder);
		return false;
	case CENTRAL_W3C:
		keep(reading, attributes, "directory", &reading->w3c_folder);
		return false;
	case SITE:
		return add_site(reading, attributes);
	case BINDING:
		add_binding(reading, attributes);
		return false;
	case APPLICATION:
		reading->application = "";
		keep(reading, attributes, "path", &reading->application);
		return true;
	case DIRECTORY:
		add_folder(reading, attributes);
		return false;
	case LOG_FILE:
		keep_log(reading, attributes, log);
		return false;
	case TRACES:
		keep(reading, attributes, "directory", &log->traces);
		return false;
	default:
		return true;
	}
}

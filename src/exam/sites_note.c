/* sites_note.c - the sites of a configuration of IIS: where each logs, what it serves, what it listens to. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "sites.h"

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory for the sites of an IIS");
}

/* ---- logs ---- */

static bool
serves_http(const struct iis_config *config, uint32_t site)
{
	bool any = false;

	for (size_t i = 0; i < config->bindings.n; i++) {
		const struct iis_binding *b = &config->bindings.at[i];

		if (b->site == site && !strncasecmp(b->protocol, "http", 4))
			return true;
		any |= b->site == site;
	}
	return !any; /* of a torn configuration they may be gone */
}

/* The folder that the logs of a site lie in, as Windows would write it: each site has one below the folder that is set.
 */
static int
logs_of(const struct site_config *config, uint32_t site, struct text *ret_logs)
{
	const struct iis_site *s = &config->config.sites.at[site];
	const char *folder = config->config.central_folder ? config->config.central_folder : s->log.folder;
	size_t n = folder ? strlen(folder) : 0;

	if (!folder || !s->id || !serves_http(&config->config, site))
		return 0;
	while (n && (folder[n - 1] == '\\' || folder[n - 1] == '/'))
		n--;
	if (text_add(ret_logs, view_of(folder, n)) < 0)
		return no_memory();
	if (text_printf(ret_logs, config->config.central_folder ? "\\W3SVC" : "\\W3SVC%" PRIu64, s->id) < 0)
		return no_memory();
	return 0;
}

/* The folder above those of the sites: sites that are gone from the configuration have left theirs there, too. */
static int
bind_logs(struct exam *exam, struct sites *sites, const struct site_config *config, const char *logs)
{
	struct site_place places[SITES_PLACES_MAX];
	const char *path;
	uint32_t n;
	int r = sites_place(exam, sites, config, logs, places, &n);

	for (uint32_t i = 0; i < n && r == 0; i++) {
		if (places[i].found != SITE_FOUND)
			continue;
		r = sites_path(exam, sites, places[i].volume, places[i].folder, &path);
		if (r == 0)
			r = sites_root(sites, USE_LOGS, places[i].volume, path);
	}
	return r;
}

static int
bind_above(struct exam *exam, struct sites *sites, uint32_t volume, uint32_t folder)
{
	const char *path;
	struct folder f;
	int r;

	catalog_folder(exam->volumes[volume].catalog, folder, &f);
	r = sites_path(exam, sites, volume, f.parent, &path);
	return r < 0 ? r : sites_root(sites, USE_LOGS, volume, path);
}

static int
note_logs(struct exam *exam, struct sites *sites, const struct site_config *config, uint32_t site,
	  struct site_folder **ret_logs)
{
	CLEANUP(text_free) struct text logs = { 0 };
	size_t before = sites->folders.n;
	int r = logs_of(config, site, &logs);

	*ret_logs = NULL;
	if (r < 0 || !logs.n)
		return r;
	r = sites_folder(exam, sites, config, site, USE_LOGS, logs.s, ret_logs);
	for (size_t i = before; i < sites->folders.n && r == 0; i++) {
		const struct site_folder *f = sites->folders.at[i];

		if (f->place.found == SITE_FOUND)
			r = bind_above(exam, sites, f->place.volume, f->place.folder);
	}
	text_cut(&logs, (size_t)(strrchr(logs.s, '\\') - logs.s));
	if (r == 0 && before < sites->folders.n && (*ret_logs)->place.found != SITE_FOUND)
		r = bind_logs(exam, sites, config, logs.s);
	return r;
}

/* ---- sites ---- */

static int
bindings_of(struct sites *sites, const struct iis_config *config, uint32_t site, const char **ret_bindings)
{
	CLEANUP(text_free) struct text all = { 0 };
	int r = text_adds(&all, "");

	for (size_t i = 0; i < config->bindings.n && r == 0; i++)
		if (config->bindings.at[i].site == site)
			r = text_printf(&all, "%s%s %s", all.n ? ", " : "", config->bindings.at[i].protocol,
					config->bindings.at[i].information);
	*ret_bindings = r == 0 ? arena_copy(&sites->arena, text_view(&all)) : NULL;
	return *ret_bindings ? 0 : no_memory();
}

/* Older configurations mostly say the same; only what they say otherwise is a line of its own. */
static bool
is_known(const struct sites *sites, const struct site *site)
{
	const struct iis_site *s = &site->config->config.sites.at[site->site];

	for (size_t i = 0; i < sites->sites.n; i++) {
		const struct site *k = &sites->sites.at[i];
		const struct iis_site *known = &k->config->config.sites.at[k->site];

		if (k->config->windows == site->config->windows && k->config != site->config && known->id == s->id &&
		    k->logs == site->logs && !strcmp(known->name, s->name) && !strcmp(k->bindings, site->bindings))
			return true;
	}
	return false;
}

static int
note_site(struct exam *exam, struct sites *sites, const struct site_config *config, uint32_t number)
{
	const struct iis_site *s = &config->config.sites.at[number];
	struct site site = { .config = config, .site = number }, *slot;
	struct site_folder *logs, *traces;
	int r = bindings_of(sites, &config->config, number, &site.bindings);

	if (r == 0)
		r = note_logs(exam, sites, config, number, &logs);
	if (r == 0 && s->log.traces && s->log.traces[0])
		r = sites_folder(exam, sites, config, number, USE_TRACES, s->log.traces, &traces);
	if (r < 0)
		return r;
	site.logs = logs;
	if (is_known(sites, &site))
		return 0;
	if (sites->sites.n >= SITES_ROWS_MAX)
		return sites_full(exam, sites, config);
	slot = vector_push(&sites->sites);
	if (!slot)
		return no_memory();
	*slot = site;
	return 0;
}

int
sites_note(struct exam *exam, struct sites *sites, const struct site_config *config)
{
	struct site_folder *folder;
	int r = 0;

	for (uint32_t i = 0; i < config->config.sites.n && r == 0 && !sites->full; i++)
		r = note_site(exam, sites, config, i);
	for (size_t i = 0; i < config->config.folders.n && r == 0 && !sites->full; i++)
		if (config->config.folders.at[i].physical[0])
			r = sites_folder(exam, sites, config, config->config.folders.at[i].site, USE_PAGES,
					 config->config.folders.at[i].physical, &folder);
	return r;
}

/* sites_folder.c - the folders that a configuration of IIS names, each once, and what the profile is bound to. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fail.h"
#include "sites.h"

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory for the folders of IIS");
}

static struct site_folder *
seen_before(struct sites *sites, const struct site_config *config, enum site_use use, const char *configured)
{
	for (size_t i = 0; i < sites->folders.n; i++) {
		struct site_folder *f = sites->folders.at[i];

		if (f->use == use && f->config->windows == config->windows && !strcmp(f->configured, configured))
			return f;
	}
	return NULL;
}

int
sites_root(struct sites *sites, enum site_use use, uint32_t volume, const char *path)
{
	struct site_root *root;

	for (size_t i = 0; i < sites->roots.n; i++)
		if (sites->roots.at[i].use == use && sites->roots.at[i].volume == volume &&
		    !strcmp(sites->roots.at[i].path, path))
			return 0;
	root = vector_push(&sites->roots);
	if (!root)
		return no_memory();
	*root = (struct site_root){ .use = use, .volume = volume, .path = path };
	return 0;
}

int
sites_path(struct exam *exam, struct sites *sites, uint32_t volume, uint32_t folder, const char **ret_path)
{
	CLEANUP(text_free) struct text path = { 0 };
	int r = catalog_folder_path(exam->volumes[volume].catalog, folder, &path);

	*ret_path = r == 0 ? arena_copy(&sites->arena, text_view(&path)) : NULL;
	return *ret_path ? 0 : no_memory();
}

/* Whether a path is that of a folder or of one above it; "" is above all. */
static bool
is_above(const char *path, const char *folder)
{
	size_t n = strlen(path);

	return !n || (!strncasecmp(path, folder, n) && (!folder[n] || folder[n] == '/'));
}

/* A drive, Windows or all programs: much else lies there, of which only the pages are what a site serves. */
static bool
is_drive(const struct exam *exam, uint32_t volume, const char *path)
{
	static const char *const wide[] = { "Program Files", "Program Files (x86)", "ProgramData", "Users", "inetpub" };

	for (size_t i = 0; i < exam->hosts.n; i++) {
		const struct host_place *p = &exam->hosts.at[i];

		if (p->kind != HOST_USER && p->volume == volume && is_above(path, p->path))
			return true;
		if (p->kind == HOST_WINDOWS && p->volume == volume && is_above(p->path, path) &&
		    (!strcasecmp(path + strlen(p->path), "/System32") ||
		     !strcasecmp(path + strlen(p->path), "/SysWOW64")))
			return true;
	}
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (!strcasecmp(path, wide[i]))
			return true;
	return !path[0];
}

/* Where the profile finds web folders and logs without any configuration, a row for each would say nothing new. */
static bool
is_usual(const struct exam *exam, uint32_t volume, const char *path)
{
	for (size_t i = 0; i < exam->hosts.n; i++)
		if (exam->hosts.at[i].kind == HOST_EXCHANGE && exam->hosts.at[i].volume == volume &&
		    is_above(exam->hosts.at[i].path, path))
			return true;
	return is_above("inetpub/wwwroot", path) || is_above("inetpub/logs/FailedReqLogFiles", path);
}

/* The same place by another spelling. */
static struct site_folder *
same_place(struct sites *sites, const struct site_folder *draft)
{
	for (size_t i = 0; i < sites->folders.n; i++) {
		struct site_folder *f = sites->folders.at[i];

		if (f->place.found == SITE_FOUND && f->use == draft->use && f->place.volume == draft->place.volume &&
		    f->place.folder == draft->place.folder && f->config->windows == draft->config->windows)
			return f;
	}
	return NULL;
}

/* Notes a folder at its place; a place that is found becomes what the profile is bound to. */
static int
add_folder(struct exam *exam, struct sites *sites, const struct site_folder *draft, struct site_folder **ret_folder)
{
	struct site_folder made = *draft, *folder, **slot;
	int r = 0;

	if (made.place.found == SITE_FOUND)
		r = sites_path(exam, sites, made.place.volume, made.place.folder, &made.path);
	if (r < 0)
		return r;
	if (made.path && made.use == USE_PAGES && is_drive(exam, made.place.volume, made.path))
		made.use = USE_DRIVE;
	folder = made.path ? same_place(sites, &made) : NULL;
	if (folder) {
		folder->more += folder->config == made.config;
		*ret_folder = folder;
		return 0;
	}
	folder = arena_new(&sites->arena, struct site_folder);
	slot = vector_push(&sites->folders);
	made.configured = arena_copy(&sites->arena, view_text(draft->configured));
	if (!folder || !slot || !made.configured)
		return no_memory();
	*slot = folder;
	*folder = made;
	folder->told = folder->use == USE_LOGS || folder->use == USE_DRIVE || !folder->path ||
		       !is_usual(exam, folder->place.volume, folder->path);
	if (folder->use == USE_TRACES && !folder->path) /* IIS makes the folder with the first trace */
		folder->told = false;
	if (folder->path && folder->use != USE_LOGS)
		r = sites_root(sites, folder->use, folder->place.volume, folder->path);
	*ret_folder = folder;
	return r;
}

int
sites_full(struct exam *exam, struct sites *sites, const struct site_config *config)
{
	if (sites->full)
		return 0;
	sites->full = true;
	return limits_add(
		exam->volumes[config->volume].limits, config->path, (int64_t)config->mft, "", -1,
		"the configurations of IIS name more sites or folders than are looked for: the others were left out",
		1);
}

int
sites_folder(struct exam *exam, struct sites *sites, const struct site_config *config, uint32_t site, enum site_use use,
	     const char *configured, struct site_folder **ret_folder)
{
	struct site_place places[SITES_PLACES_MAX];
	uint32_t n;
	int r;

	*ret_folder = NULL;
	if (sites->full)
		return 0;
	*ret_folder = seen_before(sites, config, use, configured);
	if (*ret_folder && ((*ret_folder)->config != config || (*ret_folder)->site != site))
		(*ret_folder)->more += (*ret_folder)->config == config;
	if (*ret_folder)
		return 0;
	if (sites->folders.n >= SITES_FOLDERS_MAX)
		return sites_full(exam, sites, config);
	exam_phase(exam, PHASE_WALK);
	r = sites_place(exam, sites, config, configured, places, &n);
	for (uint32_t i = n; i-- > 0 && r == 0;)
		r = add_folder(exam, sites,
			       &(struct site_folder){ .use = use,
						      .configured = configured,
						      .place = places[i],
						      .config = config,
						      .site = site },
			       ret_folder);
	return r;
}

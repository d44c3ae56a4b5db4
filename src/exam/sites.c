/* sites.c - where this server's IIS logged and what it served, by its own configuration, before files are chosen. */
#include "sites.h"

#include <errno.h>

#include "fail.h"
#include "registered.h"

struct sites *
sites_free(struct sites *sites)
{
	if (!sites)
		return NULL;
	for (size_t i = 0; i < sites->configs.n; i++)
		iisconfig_free(&sites->configs.at[i]->config);
	vector_free(&sites->configs);
	vector_free(&sites->without);
	vector_free(&sites->folders);
	vector_free(&sites->roots);
	vector_free(&sites->sites);
	arena_free(&sites->arena);
	free(sites);
	return NULL;
}

void
sites_unindex(struct exam *exam, struct sites *sites)
{
	for (uint32_t i = 0; sites->within && i < exam->volume_count; i++)
		within_free(sites->within[i]);
	free(sites->within);
	sites->within = NULL;
}

/* One in use that cannot be read is a loss; of one that was deleted nobody expects more. */
static int
tell_unreadable(struct exam *exam, const struct site_config *config)
{
	if (!config->unreadable || config->deleted)
		return 0;
	return limits_add(exam->volumes[config->volume].limits, config->path, (int64_t)config->mft, "", -1,
			  config->unreadable, 1);
}

static int
find_all(struct exam *exam, struct sites *sites)
{
	int r = registered_bind(exam, sites);

	for (size_t i = 0; i < exam->hosts.n && r == 0; i++)
		if (exam->hosts.at[i].kind == HOST_WINDOWS)
			r = sites_read(exam, sites, &exam->hosts.at[i]);
	for (size_t i = 0; i < sites->configs.n && r == 0; i++) {
		r = tell_unreadable(exam, sites->configs.at[i]);
		if (r == 0)
			r = sites_note(exam, sites, sites->configs.at[i]);
	}
	return r;
}

int
sites_find(struct exam *exam)
{
	int r;

	exam->sites = calloc(1, sizeof(*exam->sites));
	if (!exam->sites)
		return fail(ENOMEM, "out of memory for the sites of %s", exam->path);
	r = find_all(exam, exam->sites);
	sites_unindex(exam, exam->sites);
	exam_phase(exam, PHASE_WALK);
	return r;
}

/* ---- what was chosen in these folders ---- */

/* The tallies of one volume, by folder: those of web folders, or those of logs. */
struct claims_of {
	const struct catalog *catalog;
	uint32_t volume;
	bool pages;
	struct tally **tallies;
};

/* That of the nearest folder of a site, from this one up. */
static struct tally *
tally_above(const struct claims_of *claims, uint32_t folder)
{
	while (folder < catalog_folders(claims->catalog)) {
		struct folder f;

		if (claims->tallies[folder])
			return claims->tallies[folder];
		catalog_folder(claims->catalog, folder, &f);
		if (f.parent == folder)
			break;
		folder = f.parent;
	}
	return NULL;
}

static void
count(struct tally *t, const struct candidate *c)
{
	for (; t; t = t->above) {
		t->files++;
		t->bytes += c->size;
		if (c->born && (!t->first || c->born < t->first))
			t->first = c->born;
		if (c->born > t->last)
			t->last = c->born;
	}
}

static bool
is_claimed(const struct claims_of *claims, const struct site_folder *f)
{
	return f->place.found == SITE_FOUND && f->place.volume == claims->volume &&
	       (f->use == USE_PAGES || f->use == USE_DRIVE) == claims->pages;
}

/* Gives every place a tally, and then each of them that of the place it lies in. */
static int
make_tallies(struct exam *exam, struct claims_of *claims)
{
	struct sites *sites = exam->sites;

	for (size_t i = 0; i < sites->folders.n; i++) {
		struct site_folder *f = sites->folders.at[i];

		if (!is_claimed(claims, f))
			continue;
		if (!claims->tallies[f->place.folder])
			claims->tallies[f->place.folder] = arena_new(&sites->arena, struct tally);
		f->tally = claims->tallies[f->place.folder];
		if (!f->tally)
			return fail(ENOMEM, "out of memory for the sites of %s", exam->path);
	}
	for (size_t i = 0; i < sites->folders.n; i++) {
		const struct site_folder *f = sites->folders.at[i];
		struct folder up;

		if (!is_claimed(claims, f) || !f->place.folder)
			continue;
		catalog_folder(claims->catalog, f->place.folder, &up);
		f->tally->above = tally_above(claims, up.parent);
	}
	return 0;
}

static bool
any_claimed(const struct claims_of *claims, const struct sites *sites)
{
	for (size_t i = 0; i < sites->folders.n; i++)
		if (is_claimed(claims, sites->folders.at[i]))
			return true;
	return false;
}

static int
claim(struct exam *exam, uint32_t volume, bool pages)
{
	struct claims_of claims = { .catalog = exam->volumes[volume].catalog, .volume = volume, .pages = pages };
	int r;

	if (!any_claimed(&claims, exam->sites))
		return 0;
	claims.tallies = calloc((size_t)catalog_folders(claims.catalog) + 1, sizeof(struct tally *));
	if (!claims.tallies)
		return fail(ENOMEM, "out of memory for the sites of %s", exam->path);
	r = make_tallies(exam, &claims);
	for (size_t i = 0; i < exam->candidates.n && r == 0; i++) {
		struct candidate *c = &exam->candidates.at[i];

		if (c->volume != volume || !c->choice_count || c->flags & FILE_DATALESS ||
		    (c->role == ROLE_WEBROOT) != pages)
			continue;
		c->site = tally_above(&claims, c->folder);
		count(c->site, c);
	}
	free(claims.tallies);
	return r;
}

int
sites_claim(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0 && exam->sites; i++) {
		if (!exam->volumes[i].catalog)
			continue;
		r = claim(exam, i, false);
		if (r == 0)
			r = claim(exam, i, true);
	}
	return r;
}

/* registered_bind.c - the folders of Exchange and of users as the registry names them, found on the volumes. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "builds.h"
#include "fail.h"
#include "registered.h"

static int
no_memory(const struct exam *exam)
{
	return fail(ENOMEM, "out of memory for the registry of %s", exam->path);
}

static int
place_of(struct exam *exam, struct sites *sites, const struct registered_windows *w, const char *configured,
	 struct site_place *ret)
{
	const struct host_place windows = exam->hosts.at[w->host];
	const struct site_config config = { .windows = &windows, .volume = windows.volume };
	struct site_place places[SITES_PLACES_MAX];
	uint32_t n;
	int r = sites_place(exam, sites, &config, configured, places, &n);

	if (r == 0)
		*ret = places[0];
	return r;
}

static bool
is_host(const struct exam *exam, enum host_kind kind, const struct site_place *place)
{
	for (size_t i = 0; i < exam->hosts.n; i++)
		if (exam->hosts.at[i].kind == kind && exam->hosts.at[i].volume == place->volume &&
		    exam->hosts.at[i].folder == place->folder)
			return true;
	return false;
}

static int
bind_exchange(struct exam *exam, struct sites *sites, struct registered_windows *w)
{
	int r = w->install ? place_of(exam, sites, w, w->install, &w->found) : 0;

	if (r < 0 || !w->install)
		return r;
	w->bound = true;
	if (w->found.found != SITE_FOUND || is_host(exam, HOST_EXCHANGE, &w->found))
		return 0;
	w->added = true;
	return host_add(exam, HOST_EXCHANGE, w->found.volume, w->found.folder);
}

/* Profiles of services lie within Windows, and are no users'. */
static int
bind_profile(struct exam *exam, struct sites *sites, struct registered_windows *w, struct registered_profile *p)
{
	int r = place_of(exam, sites, w, p->configured, &p->place);

	if (r < 0 || p->place.found != SITE_FOUND || strncasecmp(p->sid, "S-1-5-21-", 9) != 0 ||
	    is_host(exam, HOST_USER, &p->place))
		return r;
	return host_add(exam, HOST_USER, p->place.volume, p->place.folder);
}

int
registered_bind(struct exam *exam, struct sites *sites)
{
	int r = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n && r == 0; i++) {
		struct registered_windows *w = exam->registered->windows.at[i];

		r = bind_exchange(exam, sites, w);
		for (size_t k = 0; k < REGISTERED_FOLDERS && r == 0; k++)
			if (w->folders[k])
				r = place_of(exam, sites, w, w->folders[k], &w->places[k]);
		for (size_t k = 0; k < w->profiles.n && r == 0; k++)
			r = bind_profile(exam, sites, w, &w->profiles.at[k]);
	}
	return r;
}

int
registered_folders(struct exam *exam, int (*put)(void *state, const char *variable, uint32_t volume, const char *path),
		   void *state)
{
	static const char *const variables[REGISTERED_FOLDERS][4] = {
		[FOLDER_PROGRAMS] = { "environ_programfiles" },
		[FOLDER_PROGRAMS_X86] = { "environ_programfilesx86" },
		[FOLDER_COMMON] = { "environ_commonprogramfiles" },
		[FOLDER_DATA] = { "environ_programdata", "environ_allusersappdata", "environ_allusersprofile" },
	};
	int r = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n && r == 0; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		for (size_t k = 0; k < REGISTERED_FOLDERS && r == 0; k++) {
			CLEANUP(text_free) struct text path = { 0 };
			const char *copy;

			if (!w->folders[k] || w->places[k].found != SITE_FOUND)
				continue;
			if (catalog_folder_path(exam->volumes[w->places[k].volume].catalog, w->places[k].folder, &path) < 0)
				return no_memory(exam);
			copy = arena_copy(&exam->arena, text_view(&path));
			r = copy ? 0 : no_memory(exam);
			for (const char *const *v = variables[k]; *v && r == 0; v++)
				r = put(state, *v, w->places[k].volume, copy);
		}
	}
	return r;
}

/* ---- witnesses of the build ---- */

/* The Exchange that a Windows was set up with, by its folder, or the only one. */
static uint32_t
host_of(const struct exam *exam, const struct registered_windows *w)
{
	for (uint32_t i = 0; i < exam->hosts.n && w->found.found == SITE_FOUND; i++)
		if (exam->hosts.at[i].kind == HOST_EXCHANGE && exam->hosts.at[i].volume == w->found.volume &&
		    exam->hosts.at[i].folder == w->found.folder)
			return i;
	return builds_only_host(exam);
}

static int
take_build(struct exam *exam, const struct registered_windows *w, const struct registered_setup *s,
	   const struct build *build, const char *note)
{
	struct statement_row row = { .witness = WITNESS_REGISTRY,
				     .means = STATED_UNDATED,
				     .host = host_of(exam, w),
				     .volume = exam->hosts.at[w->host].volume,
				     .build = *build,
				     .path = w->software.path,
				     .note = note,
				     .mft = w->software.mft,
				     .offset = s->offset,
				     .files = 1 };

	if (build->parts == BUILD_PARTS && s->written && build_was_out(exam, build, s->written)) {
		row.means = STATED_IN_USE;
		row.first = row.last = s->written;
	}
	return builds_take(exam, &row);
}

/* OwaVersion follows every update; what the roles were configured with, and what the installer notes, only the cumulative
 * ones. */
static int
take_version(struct exam *exam, const struct registered_windows *w, const struct registered_setup *s)
{
	bool owa = !strcasecmp(s->name, "OwaVersion");
	struct build build;

	if (!owa && strcasecmp(s->name, "ConfiguredVersion") != 0)
		return 0;
	if (!build_parse(view_text(s->value), &build))
		return 0;
	if (!owa)
		build.parts = BUILD_CU_PARTS;
	return take_build(exam, w, s, &build,
			  owa ? "OwaVersion; the time is the last write of the key"
			      : "ConfiguredVersion: tells the cumulative update alone");
}

static const struct registered_setup *
setup_named(const struct registered_windows *w, const char *name, const char *key)
{
	for (size_t i = 0; i < w->setup.n; i++)
		if (!strcasecmp(w->setup.at[i].name, name) && !strcmp(w->setup.at[i].key, key))
			return &w->setup.at[i];
	return NULL;
}

/* Three numbers that stand in four values of one key. */
static int
take_numbers(struct exam *exam, const struct registered_windows *w, const struct registered_setup *major)
{
	const struct registered_setup *minor = setup_named(w, "MsiProductMinor", major->key);
	const struct registered_setup *update = setup_named(w, "MsiBuildMajor", major->key);
	struct build build = { .parts = BUILD_CU_PARTS };

	if (strcasecmp(major->name, "MsiProductMajor") != 0 || !minor || !update || major->number < 0 ||
	    minor->number < 0 || update->number < 0 || (major->number | minor->number | update->number) > 99999)
		return 0;
	build.n[0] = (uint32_t)major->number;
	build.n[1] = (uint32_t)minor->number;
	build.n[2] = (uint32_t)update->number;
	return take_build(exam, w, update, &build, "MsiBuildMajor: tells the cumulative update alone");
}

/* Listed by the installer as a program of its own; the table says which build that number made. */
static int
take_listed(struct exam *exam, const struct registered_windows *w, const struct registered_setup *s)
{
	CLEANUP(text_free) struct text note = { 0 };
	struct build build;

	if (registered_update(exam->profile, s, &build, &note) < 0)
		return no_memory(exam);
	return build.parts ? take_build(exam, w, s, &build, note.s) : 0;
}

int
registered_builds(struct exam *exam)
{
	int r = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n && r == 0; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		for (size_t k = 0; k < w->setup.n && r == 0; k++) {
			r = take_version(exam, w, &w->setup.at[k]);
			if (r == 0)
				r = take_numbers(exam, w, &w->setup.at[k]);
			if (r == 0)
				r = take_listed(exam, w, &w->setup.at[k]);
		}
	}
	return r;
}

/* ---- rows ---- */

static int
put(struct exam *exam, const struct registered_windows *w, const struct registered_hive *hive, struct host_row *row)
{
	const struct host_place *place = &exam->hosts.at[w->host];
	CLEANUP(text_free) struct text host = { 0 };

	if (text_printf(&host, "/%s", place->path) < 0)
		return no_memory(exam);
	row->volume = exam->volumes[place->volume].number;
	row->host = text_view(&host);
	row->source = view_text(hive->path);
	row->mft = (int64_t)hive->mft;
	return case_host(exam->db, row);
}

static int
put_drive(struct exam *exam, const struct registered_windows *w, unsigned letter)
{
	const struct registered_drive *d = &w->drives[letter];
	CLEANUP(text_free) struct text value = { 0 };
	char name[3] = { (char)('A' + letter), ':' };
	int r;

	if (!d->mounted)
		return 0;
	r = d->here ? text_printf(&value, "volume %u of this image, at byte %" PRIu64, exam->volumes[d->volume].number,
				  exam->volumes[d->volume].volume.offset)
		    : text_adds(&value, "no volume of this image");
	if (r < 0)
		return no_memory(exam);
	return put(exam, w, &w->system,
		   &(struct host_row){ .what = "drive letter",
				       .name = view_text(name),
				       .value = text_view(&value),
				       .when = d->written,
				       .offset = (int64_t)d->offset,
				       .key = view_text("MountedDevices"),
				       .note = "paths on this drive are looked for there where it is a volume of this image, and "
					       "on any volume that holds them where it is none" });
}

static const char *
exchange_note(const struct registered_windows *w)
{
	switch (w->found.found) {
	case SITE_FOUND:
		return w->added ? "%%exchange_install%% points there by the registry alone: the folder has not what tells an Exchange"
				: "%%exchange_install%% points there by the registry and by what lies in the folder";
	case SITE_EMPTY:
		return "the folder is there, and nothing is in it";
	default:
		return "no volume that was read holds this folder; %%exchange_install%% points to what was found by its folders";
	}
}

static int
put_exchange(struct exam *exam, const struct registered_windows *w)
{
	CLEANUP(text_free) struct text value = { 0 };
	int r = text_adds(&value, w->install ? w->install : "");

	if (!w->bound)
		return 0;
	if (r == 0 && w->found.found == SITE_FOUND) {
		r = text_printf(&value, ": volume %u, /", exam->volumes[w->found.volume].number);
		if (r == 0)
			r = catalog_folder_path(exam->volumes[w->found.volume].catalog, w->found.folder, &value);
	}
	if (r < 0)
		return no_memory(exam);
	return put(exam, w, &w->software,
		   &(struct host_row){ .what = "exchange folder",
				       .value = text_view(&value),
				       .offset = -1,
				       .note = exchange_note(w) });
}

int
registered_write(struct exam *exam)
{
	int r = 0;

	for (size_t i = 0; exam->registered && i < exam->registered->windows.n && r == 0; i++) {
		const struct registered_windows *w = exam->registered->windows.at[i];

		for (unsigned k = 0; k < DRIVE_LETTERS && r == 0; k++)
			r = put_drive(exam, w, k);
		if (r == 0)
			r = put_exchange(exam, w);
	}
	return r;
}

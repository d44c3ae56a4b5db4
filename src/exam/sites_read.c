/* sites_read.c - finds the configuration of IIS on a Windows, and the copies that IIS keeps of older ones. */
#include <errno.h>

#include "fail.h"
#include "sites.h"

static const char own_name[] = "applicationHost.config";

/* A file by that name in a folder. */
struct found_file {
	struct reference entry;
	uint64_t attribute, size;
	bool allocated;
	const char *unreadable;
};

struct seeking {
	const struct upcase *fold;
	struct view name;
	struct reference folder;
	VECTOR(struct found_file) files;
};

/* Damage of a configuration is a limitation of the volume that it lies on. */
struct telling {
	struct sink sink;
	struct limits *limits;
	const struct site_config *config;
};

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct telling *t = (struct telling *)out;

	return limits_add(t->limits, t->config->path, (int64_t)t->config->mft, "", (int64_t)offset, why, 1);
}

/* ---- files ---- */

static int
take_file(void *state, const struct entry *entry)
{
	struct seeking *s = state;
	struct found_file *file = NULL;
	bool named = false;

	for (uint32_t i = 0; i < entry->name_count; i++)
		named |= reference_equal(entry->names[i].parent, s->folder) &&
			 upcase_equal(s->fold, entry->names[i].name, s->name);
	for (uint32_t i = 0; i < entry->stream_count && named && !file && !(entry->flags & ENTRY_DIRECTORY); i++) {
		const struct stream *stream = &entry->streams[i];

		if (stream->name.n)
			continue;
		file = vector_push(&s->files);
		if (!file)
			return fail(ENOMEM, "out of memory for configurations of IIS");
		*file = (struct found_file){ .entry = { entry->number, entry->sequence },
					     .attribute = stream->attribute,
					     .size = stream->size,
					     .allocated = entry->flags & ENTRY_ALLOCATED };
		if (stream->flags & STREAM_ENCRYPTED)
			file->unreadable = "encrypted by the file system (EFS)";
		else if (stream->flags & STREAM_ELSEWHERE)
			file->unreadable = "a filter of Windows keeps its content elsewhere";
	}
	return 0;
}

/* The file in use before those that were deleted, of which the last record counts. */
static const struct found_file *
best_file(const struct seeking *s)
{
	const struct found_file *best = NULL;

	for (size_t i = 0; i < s->files.n; i++)
		if (!best || !best->allocated || s->files.at[i].allocated)
			best = &s->files.at[i];
	return best;
}

static int
parse_stream(struct exam *exam, struct site_config *config, const struct found_file *file)
{
	struct exam_volume *v = &exam->volumes[config->volume];
	struct telling telling = { .sink.damage = take_damage, .limits = v->limits, .config = config };
	CLEANUP(source_close) struct source *stream = NULL;
	uint64_t reused = 0, clusters = 0;
	int r = stream_open(v->ntfs, file->entry, file->attribute, &telling.sink, &stream);

	if (r == -ESTALE || r == -ENOENT || r == -EINVAL) {
		config->unreadable = "its content cannot be found on the volume";
		return 0;
	}
	if (r == 0 && config->deleted)
		r = stream_reused(v->ntfs, stream, &reused, &clusters);
	if (r == 0 && reused)
		config->unreadable = "deleted, and its clusters belong to others by now";
	if (r == 0 && !reused)
		r = iisconfig_read(stream, &telling.sink, &config->config);
	if (r == 0 && !reused)
		config->partly = source_trust(stream, 0, stream->size) != 0;
	return r;
}

static int
watched_parse(struct exam *exam, struct site_config *config, const struct found_file *file)
{
	struct unit unit = { .kind = UNIT_STREAM,
			     .volume = exam->volumes[config->volume].number,
			     .at = file->entry.entry << 16 | file->entry.sequence,
			     .sub = file->attribute };
	const struct aside *aside = watch_aside(exam->watch, &unit);
	int r;

	if (aside || file->unreadable) {
		config->unreadable = aside ? aside->why : file->unreadable;
		return 0;
	}
	watch_begin(exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	r = parse_stream(exam, config, file);
	exam_phase(exam, PHASE_WALK);
	return r;
}

/* ---- configurations ---- */

static int
add_config(struct exam *exam, struct sites *sites, const struct host_place *windows, const struct site_place *place,
	   const char *name, bool current, const struct found_file *file)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct site_config *config = arena_new(&sites->arena, struct site_config),
			   **slot = vector_push(&sites->configs);
	int r = text_addc(&path, '/');

	if (r == 0)
		r = catalog_folder_path(exam->volumes[place->volume].catalog, place->folder, &path);
	if (r == 0)
		r = text_printf(&path, "/%s", name);
	if (!config || !slot || r < 0)
		return fail(ENOMEM, "out of memory for configurations of IIS");
	*slot = config;
	*config = (struct site_config){ .windows = windows,
					.volume = place->volume,
					.path = arena_copy(&sites->arena, text_view(&path)),
					.mft = file->entry.entry,
					.bytes = file->size,
					.current = current,
					.deleted = !file->allocated };
	if (!config->path)
		return fail(ENOMEM, "out of memory for configurations of IIS");
	if (file->size > SITES_BYTES_MAX - sites->bytes)
		config->unreadable = "more of configurations than is read of one image";
	else
		sites->bytes += file->size < IIS_CONFIG_MAX ? file->size : IIS_CONFIG_MAX;
	return config->unreadable ? 0 : watched_parse(exam, config, file);
}

/* The file of that name in one folder, if it has one. */
static int
read_folder(struct exam *exam, struct sites *sites, const struct host_place *windows, const struct site_place *place,
	    const char *file_name, bool current)
{
	const struct exam_volume *v = &exam->volumes[place->volume];
	CLEANUP(text_free) struct text name = { 0 };
	struct seeking seeking = { .fold = ntfs_upcase(v->ntfs) };
	const struct found_file *file;
	struct folder f;
	int r = text_to_utf16(view_text(file_name), &name);

	if (r < 0)
		return fail(ENOMEM, "out of memory for configurations of IIS");
	catalog_folder(v->catalog, place->folder, &f);
	seeking.folder = f.reference;
	seeking.name = text_view(&name);
	r = catalog_listed(v->catalog, place->folder, take_file, &seeking);
	file = best_file(&seeking);
	if (r == 0 && file)
		r = add_config(exam, sites, windows, place, file_name, current, file);
	vector_free(&seeking.files);
	return r;
}

/* ---- history ---- */

/* A folder of the history, which are numbered upwards: CFGHISTORY_0000000042. */
struct copy {
	struct view name; /* UTF-16LE */
	uint32_t folder;
};

static bool
is_copy(struct view name)
{
	static const char begin[] = "CFGHISTORY_";

	for (size_t i = 0; i < sizeof(begin) - 1; i++)
		if (name.n <= i * 2 + 1 || name.p[i * 2 + 1] || (name.p[i * 2] & ~0x20) != (begin[i] & ~0x20))
			return false;
	return true;
}

static int
newest_first(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;
	int order = view_compare(y->name, x->name);

	return order ? order : (x->folder > y->folder) - (x->folder < y->folder);
}

static int
read_copies(struct exam *exam, struct sites *sites, const struct host_place *windows, const struct site_place *history)
{
	const struct exam_volume *v = &exam->volumes[history->volume];
	VECTOR(struct copy) copies = { 0 };
	int r = 0;

	for (uint32_t i = 0; i < catalog_folders(v->catalog) && r == 0; i++) {
		struct folder f;
		struct copy *copy;

		catalog_folder(v->catalog, i, &f);
		if (f.parent != history->folder || i == history->folder || !is_copy(f.name))
			continue;
		copy = vector_push(&copies);
		if (copy)
			*copy = (struct copy){ .name = f.name, .folder = i };
		else
			r = fail(ENOMEM, "out of memory for the history of IIS");
	}
	vector_sort(&copies, newest_first);
	for (size_t i = 0; i < copies.n && i < SITES_CONFIGS_MAX && r == 0; i++)
		r = read_folder(exam, sites, windows,
				&(struct site_place){ .volume = history->volume, .folder = copies.at[i].folder },
				own_name, false);
	if (r == 0 && copies.n > SITES_CONFIGS_MAX)
		r = limits_add(v->limits, exam->name, -1, "", -1,
			       "more copies of the configuration of IIS than are read: the oldest were left out",
			       copies.n - SITES_CONFIGS_MAX);
	vector_free(&copies);
	return r;
}

/* Servers of a farm can share one configuration: where redirection.config says so, that beside it does not count. */
static int
read_redirection(struct exam *exam, struct sites *sites, const struct host_place *windows,
		 const struct site_place *place)
{
	size_t before = sites->configs.n;
	int r = read_folder(exam, sites, windows, place, "redirection.config", false);

	for (; r == 0 && sites->configs.n > before; sites->configs.n--) {
		struct site_config *config = sites->configs.at[sites->configs.n - 1];

		if (config->config.redirected && !config->deleted)
			r = limits_add(exam->volumes[windows->volume].limits, config->path, (int64_t)config->mft, "",
				       -1,
				       "this IIS took its configuration from another place: what is kept here may not "
				       "have counted",
				       1);
		iisconfig_free(&config->config);
	}
	return r;
}

static int
read_current(struct exam *exam, struct sites *sites, const struct host_place *windows, uint32_t folder)
{
	const struct site_place place = { .volume = windows->volume, .folder = folder };
	int r = read_folder(exam, sites, windows, &place, own_name, true);

	return r < 0 ? r : read_redirection(exam, sites, windows, &place);
}

/* Copies lie where the configuration says, or in the usual place. */
static int
read_history(struct exam *exam, struct sites *sites, const struct host_place *windows,
	     const struct site_config *current)
{
	const struct site_config usual = { .windows = windows, .volume = windows->volume };
	const char *said = current ? current->config.history : NULL;
	struct site_place places[SITES_PLACES_MAX];
	uint32_t n;
	int r = sites_place(exam, sites, &usual, said ? said : "%SystemDrive%\\inetpub\\history", places, &n);

	for (uint32_t i = 0; i < n && r == 0; i++)
		if (places[i].found == SITE_FOUND)
			r = read_copies(exam, sites, windows, &places[i]);
	return r;
}

int
sites_read(struct exam *exam, struct sites *sites, const struct host_place *windows)
{
	const struct view config[] = { view_text("System32"), view_text("inetsrv"), view_text("config") };
	size_t before = sites->configs.n;
	enum site_found found;
	uint32_t folder;
	int r = sites_descend(exam, sites, windows->volume, windows->folder, config, 3, &found, &folder);

	if (r == 0 && found == SITE_FOUND)
		r = read_current(exam, sites, windows, folder);
	if (r == 0 && sites->configs.n == before) {
		const struct host_place **slot = vector_push(&sites->without);

		if (!slot)
			return fail(ENOMEM, "out of memory for configurations of IIS");
		*slot = windows;
	}
	return r < 0 ? r
		     : read_history(exam, sites, windows, sites->configs.n > before ? sites->configs.at[before] : NULL);
}

/* folder.c - one profile folder: its profile.yaml, and every file that it names. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fail.h"
#include "filetime.h"
#include "questions.h"

enum { FILE_SIZE_MAX = 64 << 20 };

/* Keys of profile.yaml that list files, in the order in which they are read. */
static const struct kind {
	const char *key;
	int (*load)(const struct origin *from);
	const char *extension; /* of the files that are meant where a folder is named; NULL: none can be */
} kinds[] = {
	{ "artifacts", artifacts_load, NULL }, { "yara", yara_load, NULL },   { "hashes", hashes_load, NULL },
	{ "baseline", baseline_load, NULL },   { "paths", paths_load, NULL }, { "dates", dates_load, NULL },
	{ "sigma", sigma_load, ".yml" },
	{ "patches", patches_load, NULL },     { "mitigations", mitigations_load, NULL },
};

static const char *const plain_keys[] = {
	"id", "version", "title", "description", "notes", "window", "stages", "choose", "questions"
};

/* One profile folder while it is read. */
struct reading {
	struct profile *profile;
	const char *folder;
	const char *id;
	struct origin *yaml;
};

static int
read_fd(int fd, struct view *ret_bytes)
{
	struct stat st;
	uint8_t *bytes;
	size_t n = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > FILE_SIZE_MAX)
		return -EFBIG;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return -ENOMEM;
	while (n < (size_t)st.st_size) {
		ssize_t r = read(fd, bytes + n, (size_t)st.st_size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		n += (size_t)r;
	}
	bytes[n] = 0;
	*ret_bytes = view_of(bytes, n);
	return 0;
}

static int
read_file(const char *folder, const char *file, struct view *ret_bytes)
{
	CLEANUP(text_free) struct text path = { 0 };
	CLEANUP(close) int fd = -1;

	if (text_printf(&path, "%s/%s", folder, file) < 0)
		return -ENOMEM;
	fd = open(path.s, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : read_fd(fd, ret_bytes);
}

static const char *
source_text(struct arena *arena, const char *name, const struct digest_value *sha256)
{
	CLEANUP(text_free) struct text hex = { 0 };

	if (text_add_hex(&hex, view_of(sha256->b, digest_size(DIGEST_SHA256))) < 0)
		return NULL;
	return arena_printf(arena, "%s sha256:%s", name, hex.s);
}

/* Files the bytes, which now belong to the profile, under id/file. */
static int
origin_add(struct profile *profile, const char *id, const char *file, struct view bytes, struct origin **ret_origin)
{
	struct origin *origin = arena_new(&profile->arena, struct origin), **slot = vector_push(&profile->origins);
	struct profile_file *entry = vector_push(&profile->files);
	int r;

	if (!origin || !slot || !entry) {
		free((void *)bytes.p);
		return -ENOMEM;
	}
	*slot = origin;
	*origin = (struct origin){ .profile = profile, .bytes = bytes, .file = (uint32_t)profile->files.n - 1 };
	origin->name = entry->name = arena_printf(&profile->arena, "%s/%s", id, file);
	if (!entry->name)
		return -ENOMEM;
	r = digest_sha256(bytes, &entry->sha256);
	if (r < 0)
		return r;
	origin->source = source_text(&profile->arena, entry->name, &entry->sha256);
	*ret_origin = origin;
	return origin->source ? 0 : -ENOMEM;
}

/* Files of a profile lie within its folder. */
static bool
lies_within(const char *file)
{
	for (const char *p = file; p; p = strchr(p, '/') ? strchr(p, '/') + 1 : NULL)
		if (!*p || *p == '/' || !strncmp(p, "../", 3) || !strcmp(p, ".."))
			return false;
	return true;
}

static int
load_file(const struct reading *at, unsigned line, const char *file, const struct kind *kind)
{
	struct origin *origin;
	struct view bytes;
	int r = read_file(at->folder, file, &bytes);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return complain(at->yaml, line, true, "%s cannot be read: %s", file, strerror(-r));
	r = origin_add(at->profile, at->id, file, bytes, &origin);
	return r < 0 ? r : kind->load(origin);
}

static bool
has_extension(const char *name, const char *extension)
{
	size_t n = strlen(name), e = strlen(extension);

	return n > e && !strcmp(name + n - e, extension);
}

/* All files of a folder that have the extension of their kind. */
static int
load_folder(const struct reading *at, const struct tree *item, const char *path, const struct kind *kind)
{
	file_names names = { 0 };
	size_t taken = 0;
	int r = folder_list(path, &names);

	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(text_free) struct text file = { 0 };

		if (r == 0 && has_extension(names.at[i], kind->extension)) {
			taken++;
			r = text_printf(&file, "%s/%s", item->text, names.at[i]);
			if (r == 0)
				r = load_file(at, item->line, file.s, kind);
		}
		free(names.at[i]);
	}
	vector_free(&names);
	if (r < 0 || taken)
		return r;
	return complain(at->yaml, item->line, true, "no %s files in %s", kind->extension, item->text);
}

static int
load_item(const struct reading *at, const struct tree *item, const struct kind *kind)
{
	CLEANUP(text_free) struct text path = { 0 };
	struct stat st;

	if (item->kind != TREE_TEXT || !lies_within(item->text))
		return complain(at->yaml, item->line, true, "not the name of a file within the profile");
	if (text_printf(&path, "%s/%s", at->folder, item->text) < 0)
		return -ENOMEM;
	if (kind->extension && stat(path.s, &st) == 0 && S_ISDIR(st.st_mode))
		return load_folder(at, item, path.s, kind);
	return load_file(at, item->line, item->text, kind);
}

static int
load_files(const struct reading *at, const struct tree *map)
{
	int r = 0;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]) && r == 0; k++) {
		const struct tree *list = tree_get(map, kinds[k].key);

		if (list && list->kind == TREE_TEXT && list->text[0])
			r = load_item(at, list, &kinds[k]);
		if (!list || list->kind != TREE_LIST)
			continue;
		for (const struct tree *item = list->first; item && r == 0; item = item->next)
			r = load_item(at, item, &kinds[k]);
	}
	return r;
}

static bool
known_key(const char *key)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(key, kinds[i].key))
			return true;
	for (size_t i = 0; i < sizeof(plain_keys) / sizeof(plain_keys[0]); i++)
		if (!strcmp(key, plain_keys[i]))
			return true;
	return false;
}

static int
check_keys(const struct origin *from, const struct tree *map)
{
	const struct tree *twice = tree_twice(map);
	int r = twice ? complain(from, twice->line, false, "%s stands here twice; the first one counts", twice->key)
		      : 0;

	for (const struct tree *item = map->first; item && r == 0; item = item->next)
		if (!known_key(item->key))
			r = complain(from, item->line, true, "unknown key %s", item->key);
	return r;
}

/* The window of several profiles begins with the earliest. */
static int
take_window(const struct origin *from, const struct tree *map)
{
	const struct tree *window = tree_get(map, "window"), *start = tree_get(window, "from");
	uint64_t since;

	if (!window)
		return 0;
	if (!start || filetime_parse(view_text(start->text), &since) < 0)
		return complain(from, window->line, true, "the window has no time `from` that can be read");
	if (!from->profile->since || since < from->profile->since)
		from->profile->since = since;
	return 0;
}

static int
check_stages(const struct origin *from, const struct tree *map)
{
	const struct tree *stages = tree_get(map, "stages");
	enum stage stage;
	int r = 0;

	for (const struct tree *item = stages ? stages->first : NULL; item && r == 0; item = item->next)
		if (item->kind != TREE_TEXT || !stage_parse(view_text(item->text), &stage))
			r = complain(from, item->line, false, "unknown stage %s", item->text);
	return r;
}

/* What an entry of `choose` is good for; a reader's name is known to the program, not to the profile. */
static int
take_choice(const struct origin *from, const struct tree *item)
{
	struct profile *profile = from->profile;
	const struct tree *read = tree_get(item, "read");
	struct chosen_line line = { .origin = from, .line = item->line, .choice = UINT32_MAX };
	const char **readers, *role = tree_text(item, "role");
	struct chosen_line *slot;
	size_t n = 0;

	line.artifact = tree_text(item, "artifact");
	if (!*line.artifact)
		return complain(from, item->line, true, "choose without an artifact");
	while (line.role < ROLES && strcmp(role, role_name(line.role)))
		line.role++;
	if (line.role == ROLES)
		return complain(from, item->line, true, "unknown role %s", role);
	for (const struct tree *name = read ? read->first : NULL; name; name = name->next)
		n++;
	readers = arena_take(&profile->arena, (n + 2) * sizeof(*readers), _Alignof(const char *));
	slot = vector_push(&profile->chosen);
	if (!readers || !slot)
		return -ENOMEM;
	n = 0;
	if (read && read->kind == TREE_TEXT && *read->text)
		readers[n++] = read->text;
	for (const struct tree *name = read ? read->first : NULL; name; name = name->next)
		readers[n++] = name->text;
	line.readers = readers;
	*slot = line;
	return 0;
}

static int
take_choices(const struct origin *from, const struct tree *map)
{
	const struct tree *list = tree_get(map, "choose");
	int r = 0;

	for (const struct tree *item = list ? list->first : NULL; item && r == 0; item = item->next)
		r = take_choice(from, item);
	return r;
}

static int
take_id(struct profile *profile, const struct tree *map)
{
	const char *version = tree_text(map, "version");
	const char *one = arena_printf(&profile->arena, "%s%s%s", tree_text(map, "id"), *version ? " " : "", version);

	if (one && profile->id)
		one = arena_printf(&profile->arena, "%s+%s", profile->id, one);
	profile->id = one;
	return one ? 0 : -ENOMEM;
}

static bool
good_id(const char *id)
{
	return *id && id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")] == 0;
}

static int
load_stacked(struct reading *at, const struct tree *map)
{
	int r = take_id(at->profile, map);

	if (r == 0)
		r = check_keys(at->yaml, map);
	if (r == 0)
		r = take_window(at->yaml, map);
	if (r == 0)
		r = check_stages(at->yaml, map);
	if (r == 0)
		r = load_files(at, map);
	if (r == 0)
		r = take_choices(at->yaml, map);
	if (r == 0)
		r = questions_take(at->yaml, map);
	if (r == 0)
		r = unnamed_check(at->yaml, at->folder, at->id);
	return r;
}

static bool
is_loaded(const struct profile *profile, const char *id)
{
	size_t n = strlen(id);

	for (size_t i = 0; i < profile->files.n; i++)
		if (!strncmp(profile->files.at[i].name, id, n) &&
		    !strcmp(profile->files.at[i].name + n, "/profile.yaml"))
			return true;
	return false;
}

int
folder_take(struct profile *profile, const char *folder, struct view bytes, struct tree_error *ret_error)
{
	struct reading at = { .profile = profile, .folder = folder };
	struct tree *map = NULL;
	int r = tree_parse(bytes, &profile->arena, &map, ret_error);

	at.id = tree_text(map, "id");
	if (r == 0 && !good_id(at.id)) {
		*ret_error =
			(struct tree_error){ .what = "needs an id of letters, digits, '-', '_' and '.'", .line = 1 };
		r = -EINVAL;
	}
	if (r < 0 || is_loaded(profile, at.id)) {
		free((void *)bytes.p);
		return r;
	}
	r = origin_add(profile, at.id, "profile.yaml", bytes, &at.yaml);
	return r < 0 ? r : load_stacked(&at, map);
}

int
folder_load(struct profile *profile, const char *folder)
{
	struct tree_error error;
	struct view bytes;
	int r = read_file(folder, "profile.yaml", &bytes);

	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return fail(ENOENT, "profile %s cannot be used: profile.yaml: %s", folder, strerror(-r));
	r = folder_take(profile, folder, bytes, &error);
	if (r == -EINVAL)
		return fail(ENOENT, "profile %s cannot be used: profile.yaml:%u: %s", folder, error.line, error.what);
	return r;
}

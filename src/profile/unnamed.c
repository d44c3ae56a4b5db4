/* unnamed.c - files that lie in a profile's folders and that its profile.yaml forgets to name. */
#include <dirent.h>
#include <errno.h>

#include "inside.h"

static bool
is_named(const struct profile *profile, const char *id, const char *folder, const char *file)
{
	size_t id_n = strlen(id), folder_n = strlen(folder);

	for (size_t i = 0; i < profile->files.n; i++) {
		const char *name = profile->files.at[i].name;

		if (!strncmp(name, id, id_n) && name[id_n] == '/' && !strncmp(name + id_n + 1, folder, folder_n) &&
		    !strcmp(name + id_n + 1 + folder_n, file))
			return true;
	}
	return false;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
folder_list(const char *path, file_names *list)
{
	DIR *dir = opendir(path);
	struct dirent *item;
	int r = 0;

	while (r == 0 && dir && (item = readdir(dir))) {
		char *copy, **slot;

		if (item->d_name[0] == '.' || item->d_type != DT_REG)
			continue;
		copy = strdup(item->d_name);
		slot = copy ? vector_push(list) : NULL;
		if (slot)
			*slot = copy;
		else
			r = -ENOMEM;
		if (r < 0)
			free(copy);
	}
	if (dir)
		closedir(dir);
	vector_sort(list, by_text);
	return r;
}

/* folder is `yara/` and the like, within the profile. */
static int
check_folder(const struct origin *yaml, const char *root, const char *id, const char *folder)
{
	CLEANUP(text_free) struct text path = { 0 };
	file_names list = { 0 };
	int r = text_printf(&path, "%s/%s", root, folder);

	if (r == 0)
		r = folder_list(path.s, &list);
	for (size_t i = 0; i < list.n; i++) {
		if (r == 0 && !is_named(yaml->profile, id, folder, list.at[i]))
			r = complain(yaml, 0, false, "%s%s lies in the folder and is not named", folder, list.at[i]);
		free(list.at[i]);
	}
	vector_free(&list);
	return r;
}

/* Looks into each folder from which a file was taken, but not into the profile's own, where notes may lie. */
int
unnamed_check(const struct origin *yaml, const char *root, const char *id)
{
	const struct profile *profile = yaml->profile;
	VECTOR(const char *) seen = { 0 };
	size_t id_n = strlen(id);
	int r = 0;

	for (size_t i = yaml->file + 1; i < profile->files.n && r == 0; i++) {
		const char *name = profile->files.at[i].name + id_n + 1, *slash = strrchr(name, '/');
		const char *folder = slash ? keep_text(yaml, view_of(name, (size_t)(slash - name) + 1)) : NULL, **slot;
		bool known = false;

		if (!slash)
			continue;
		for (size_t k = 0; folder && k < seen.n; k++)
			known |= !strcmp(seen.at[k], folder);
		if (known)
			continue;
		slot = vector_push(&seen);
		r = folder && slot ? check_folder(yaml, root, id, folder) : -ENOMEM;
		if (slot)
			*slot = folder;
	}
	vector_free(&seen);
	return r;
}

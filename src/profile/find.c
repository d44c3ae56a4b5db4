/* find.c - where profiles lie: named by a folder, in $POSTMORTEM_PROFILES, beside the program or installed. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "fail.h"
#include "inside.h"
#include "text.h"

typedef VECTOR(char *) names;

static void
names_free(names *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i]);
	vector_free(list);
}

static int
names_add(names *list, const char *name)
{
	char *copy = strdup(name), **slot = copy ? vector_push(list) : NULL;

	if (!slot) {
		free(copy);
		return -ENOMEM;
	}
	*slot = copy;
	return 0;
}

/* The folder of the running program, without a '/' at its end; "" when it is not known. */
static void
program_folder(char *ret, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", ret, size - 1);
	char *slash;

	ret[n > 0 ? n : 0] = 0;
	slash = strrchr(ret, '/');
	if (slash)
		*slash = 0;
}

static int
add_beside(names *places, const char *tail)
{
	CLEANUP(text_free) struct text path = { 0 };
	char folder[4096];

	program_folder(folder, sizeof(folder));
	if (!folder[0])
		return 0;
	if (text_printf(&path, "%s%s", folder, tail) < 0)
		return -ENOMEM;
	return names_add(places, path.s);
}

/* The working folder is never one of them: profiles lying beside evidence are not to be trusted. */
static int
search_places(names *places)
{
	const char *from = getenv("POSTMORTEM_PROFILES");
	int r = 0;

	while (r == 0 && from && *from) {
		size_t n = strcspn(from, ":");
		CLEANUP(text_free) struct text folder = { 0 };

		if (n)
			r = text_add(&folder, view_of(from, n)) < 0 ? -ENOMEM : names_add(places, folder.s);
		from += n + (from[n] == ':');
	}
	if (r == 0)
		r = add_beside(places, "/profiles");
	if (r == 0)
		r = add_beside(places, "/../share/postmortem/profiles");
#ifdef PKGDATADIR
	if (r == 0)
		r = names_add(places, PKGDATADIR "/profiles");
#endif
	return r;
}

static bool
is_profile(const char *folder, const char *name, struct text *path)
{
	struct stat st;

	text_cut(path, 0);
	return text_printf(path, "%s/%s/profile.yaml", folder, name) == 0 && stat(path->s, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

static int
look_up(const char *name, const names *places, char **ret_folder)
{
	CLEANUP(text_free) struct text path = { 0 };

	for (size_t i = 0; i < places->n; i++) {
		if (!is_profile(places->at[i], name, &path))
			continue;
		text_cut(&path, path.n - strlen("/profile.yaml"));
		*ret_folder = strdup(path.s);
		return *ret_folder ? 0 : fail(ENOMEM, "out of memory for profile %s", name);
	}
	return fail(ENOENT, "there is no profile %s; profile list names those that can be found", name);
}

int
profile_find(const char *name, char **ret_folder)
{
	names places = { 0 };
	int r;

	if (strchr(name, '/')) {
		*ret_folder = strdup(name);
		return *ret_folder ? 0 : fail(ENOMEM, "out of memory for profile %s", name);
	}
	r = search_places(&places);
	r = r < 0 ? fail(-r, "out of memory for profile %s", name) : look_up(name, &places, ret_folder);
	names_free(&places);
	return r;
}

static int
list_folder(const char *folder, names *list)
{
	CLEANUP(text_free) struct text path = { 0 };
	DIR *dir = opendir(folder);
	struct dirent *item;
	int r = 0;

	while (r == 0 && dir && (item = readdir(dir)))
		if (item->d_name[0] != '.' && is_profile(folder, item->d_name, &path))
			r = names_add(list, item->d_name);
	if (dir)
		closedir(dir);
	return r;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
drop_twins(names *list)
{
	size_t n = 0;

	vector_sort(list, by_name);
	for (size_t i = 0; i < list->n; i++) {
		if (n && !strcmp(list->at[n - 1], list->at[i]))
			free(list->at[i]);
		else
			list->at[n++] = list->at[i];
	}
	list->n = n;
}

int
profile_list(char ***ret_names, size_t *ret_n)
{
	names places = { 0 }, list = { 0 };
	int r = search_places(&places);

	for (size_t i = 0; i < places.n && r == 0; i++)
		r = list_folder(places.at[i], &list);
	names_free(&places);
	if (r < 0) {
		names_free(&list);
		return fail(-r, "out of memory for the list of profiles");
	}
	drop_twins(&list);
	*ret_names = list.at;
	*ret_n = list.n;
	return 0;
}

/* member.c - which files in a folder belong to one set, by their names. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "container.h"
#include "fail.h"

const char *
path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *
path_extension(const char *path)
{
	const char *name = path_name(path), *dot = strrchr(name, '.');

	return dot && dot != name ? dot + 1 : "";
}

static int
compare_members(const void *a, const void *b)
{
	const struct member *l = a, *r = b;

	return (l->number > r->number) - (l->number < r->number);
}

static int
add_member(member_list *members, const char *path, size_t folder, const char *name, uint32_t number)
{
	struct member *m = vector_push(members);

	if (!m)
		return fail(ENOMEM, "out of memory for the files of %s", path);
	m->number = number;
	if (asprintf(&m->path, "%.*s%s", (int)folder, path, name) < 0) {
		m->path = NULL;
		return fail(ENOMEM, "out of memory for the files of %s", path);
	}
	return 0;
}

static int
list_folder(DIR *dir, const char *path, member_number *number, member_list *members)
{
	const char *name = path_name(path), *given = path_extension(path);
	size_t folder = (size_t)(name - path), stem = (size_t)(given - name);
	struct dirent *e;

	while (errno = 0, (e = readdir(dir)) != NULL) {
		int64_t n;
		int r;

		if (strncmp(e->d_name, name, stem) || strchr(e->d_name + stem, '.'))
			continue;
		n = number(e->d_name + stem, given);
		r = n < 0 ? 0 : add_member(members, path, folder, e->d_name, (uint32_t)n);
		if (r < 0)
			return r;
	}
	return errno ? fail(errno, "the folder of %s: %s", path, strerror(errno)) : 0;
}

int
members_find(const char *path, member_number *number, member_list *ret_members)
{
	CLEANUP(free) char *folder = NULL;
	const char *name = path_name(path);
	member_list found = { 0 };
	DIR *dir;
	int r;

	*ret_members = found;
	if (!*path_extension(path))
		return 0;
	folder = name == path ? strdup(".") : strndup(path, (size_t)(name - path));
	if (!folder)
		return fail(ENOMEM, "out of memory for the folder of %s", path);
	dir = opendir(folder);
	if (!dir)
		return fail(errno, "the folder of %s: %s", path, strerror(errno));
	r = list_folder(dir, path, number, &found);
	closedir(dir);
	if (r < 0) {
		members_free(&found);
		return r;
	}
	vector_sort(&found, compare_members);
	*ret_members = found;
	return 0;
}

void
members_free(member_list *members)
{
	for (size_t i = 0; i < members->n; i++)
		free(members->at[i].path);
	vector_free(members);
}

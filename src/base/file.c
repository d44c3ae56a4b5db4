/* file.c - reading, making and removing what belongs to the tool. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"

static int
read_all(int fd, size_t max, struct text *ret_text)
{
	char block[16384];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0)
			return -errno;
		if ((size_t)n > max - ret_text->n)
			return -EFBIG;
		if (text_add(ret_text, view_of(block, (size_t)n)) < 0)
			return -ENOMEM;
	}
	return text_adds(ret_text, "");
}

int
file_read(const char *path, size_t max, struct text *ret_text)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : read_all(fd, max, ret_text);

	return r < 0 ? fail(-r, "%s: %s", path, strerror(-r)) : 0;
}

int
file_write(int fd, struct view bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes = view_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

int
folder_make(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return fail(errno, "%s: cannot make this folder: %s", path, strerror(errno));
}

int
beneath_open(int folder, const char *name, int flags, unsigned mode)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW,
				.mode = flags & O_CREAT ? mode : 0,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));

	/* a kernel before 5.6, or a container that does not know the call: names without '/' cannot leave the folder */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && !strchr(name, '/'))
		fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
	return fd < 0 ? -errno : fd;
}

int
output_check(const char *folder, const char *name, bool is_folder)
{
	CLEANUP(close) int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (at < 0)
		return fail(errno, "%s: %s", folder, strerror(errno));
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(errno, "%s/%s: %s", folder, name, strerror(errno));
	if (is_folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode) && st.st_nlink == 1)
		return 0;
	return fail(ELOOP,
		    "%s/%s is not what this program makes (a link, or of another kind): nothing is written "
		    "through it",
		    folder, name);
}

static void
empty(int folder, int depth)
{
	int copy = dup(folder);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int sub;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    unlinkat(folder, entry->d_name, 0) == 0)
			continue;
		sub = depth ? openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (sub < 0)
			continue;
		empty(sub, depth - 1);
		close(sub);
		unlinkat(folder, entry->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
	else if (copy >= 0)
		close(copy);
}

void
folder_remove(const char *path)
{
	CLEANUP(close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	empty(fd, 2);
	rmdir(path);
}

char *
path_join(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) >= 0)
		return path;
	fail(ENOMEM, "out of memory for a path");
	return NULL;
}

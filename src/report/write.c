/* write.c - a deliverable takes the place of an older one when it is whole, and never by way of a link. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "file.h"
#include "html.h"

static int
write_all(int fd, struct view bytes)
{
	int r = file_write(fd, bytes);

	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

/* Made under a name of its own, so that two at once or a full disk spoil nothing. */
static int
replace(int folder, const char *name, struct view bytes)
{
	CLEANUP(close) int fd = -1;
	char new[64];
	int r;

	snprintf(new, sizeof(new), "%s.%ld", name, (long)getpid());
	unlinkat(folder, new, 0);
	fd = beneath_open(folder, new, O_WRONLY | O_CREAT | O_EXCL, 0600);
	r = fd < 0 ? fd : write_all(fd, bytes);
	if (r == 0 && renameat(folder, new, folder, name) < 0)
		r = -errno;
	if (r < 0 && fd >= 0)
		unlinkat(folder, new, 0);
	return r < 0 || fsync(folder) == 0 ? r : -errno;
}

int
write_deliverable(const char *folder, const char *name, struct view bytes)
{
	CLEANUP(close) int at = -1;
	int r = output_check(folder, name, false);

	if (r < 0)
		return r;
	at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = at < 0 ? -errno : replace(at, name, bytes);
	return r < 0 ? fail(-r, "%s/%s cannot be written: %s", folder, name, strerror(-r)) : 0;
}

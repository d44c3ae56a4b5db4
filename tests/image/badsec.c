/*
 * badsec.c - unreadable sectors for a test: preloaded, it lets every read that touches one fail with EIO, as a failing
 * disk does. BADSEC=NAME:SECTOR,SECTOR... or NAME:STEP+FIRST (each STEP sectors from FIRST on); NAME ends the file's
 * path. Built and loaded by damage.sh.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { SECTOR = 512 };

static bool
is_bad(uint64_t sector, const char *list)
{
	char *rest;

	while (*list) {
		uint64_t n = strtoull(list, &rest, 10);

		if (*rest == '+') {
			uint64_t first = strtoull(rest + 1, NULL, 10);

			return sector >= first && (sector - first) % n == 0;
		}
		if (n == sector)
			return true;
		list = *rest ? rest + 1 : rest;
	}
	return false;
}

static bool
touches(int fd, off_t offset, size_t n)
{
	const char *what = getenv("BADSEC"), *colon = what ? strchr(what, ':') : NULL;
	char link[64], path[4096];
	ssize_t length;

	if (!colon || !n)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path));
	if (length < colon - what || memcmp(path + length - (colon - what), what, (size_t)(colon - what)))
		return false;
	for (uint64_t s = (uint64_t)offset / SECTOR; s <= ((uint64_t)offset + n - 1) / SECTOR; s++)
		if (is_bad(s, colon + 1))
			return true;
	return false;
}

ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
	static ssize_t (*next)(int, void *, size_t, off_t);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pread");
	if (touches(fd, offset, n)) {
		errno = EIO;
		return -1;
	}
	return next(fd, buf, n, offset);
}

ssize_t
pread64(int fd, void *buf, size_t n, off64_t offset)
{
	return pread(fd, buf, n, (off_t)offset);
}

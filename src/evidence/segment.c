/* segment.c - the files an exhibit consists of: opened to be read and for nothing else, and compared afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "container.h"
#include "fail.h"

enum { SALVAGE_SECTOR = 512 };

static void
note_stat(struct segment *s, const struct stat *st)
{
	s->device = st->st_dev;
	s->inode = st->st_ino;
	s->modified[0] = st->st_mtim.tv_sec;
	s->modified[1] = st->st_mtim.tv_nsec;
	s->changed[0] = st->st_ctim.tv_sec;
	s->changed[1] = st->st_ctim.tv_nsec;
	s->accessed[0] = st->st_atim.tv_sec;
	s->accessed[1] = st->st_atim.tv_nsec;
}

/* A set can have more files than a process may open at first. */
static bool
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static int
open_untouched(const char *path, bool *ret_untouched)
{
	int fd = open(path, O_RDONLY | O_NOATIME | O_CLOEXEC);

	if (fd < 0 && errno == EMFILE && raise_limit())
		fd = open(path, O_RDONLY | O_NOATIME | O_CLOEXEC);
	*ret_untouched = fd >= 0;
	if (fd < 0 && errno == EPERM) /* only the owner may leave the access time alone */
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

/* Opening a pipe would wait, and a terminal is no evidence. */
static int
check_kind(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return fail(EISDIR, "%s is a folder, not an image", path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return fail(EINVAL, "%s is neither a file nor a disk", path);
	return 0;
}

static int
check_disk(const char *path, int fd)
{
	int read_only = 0;

	if (ioctl(fd, BLKROGET, &read_only) < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	return read_only ? 0 : fail(EROFS, "%s can be written to: protect it first (blockdev --setro)", path);
}

static int
note_file(struct segment *s, const char *path, int fd)
{
	struct stat st;
	off_t size;
	int r;

	if (fstat(fd, &st) < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	r = S_ISBLK(st.st_mode) ? check_disk(path, fd) : 0;
	if (r < 0)
		return r;
	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	s->size = (uint64_t)size;
	note_stat(s, &st);
	s->path = strdup(path);
	return s->path ? 0 : fail(ENOMEM, "out of memory for %s", path);
}

int
segment_add(struct segment_set *set, const char *path)
{
	CLEANUP(close) int fd = -1;
	struct segment found = { 0 }, *segment;
	struct handle *handle;
	bool untouched;
	int r = check_kind(path);

	if (r < 0)
		return r;
	fd = open_untouched(path, &untouched);
	if (fd < 0)
		return fail(errno, "%s: %s", path, strerror(errno));
	r = note_file(&found, path, fd);
	if (r < 0)
		return r;
	handle = vector_push(&set->handles);
	segment = handle ? vector_push(&set->segments) : NULL;
	if (!segment) {
		set->handles.n -= handle != NULL;
		free(found.path);
		return fail(ENOMEM, "out of memory for %s", path);
	}
	*segment = found;
	*handle = (struct handle){ .fd = fd, .untouched = untouched };
	fd = -1;
	return 0;
}

void
segments_close(struct segment_set *set)
{
	for (size_t i = 0; i < set->segments.n; i++)
		free(set->segments.at[i].path);
	for (size_t i = 0; i < set->handles.n; i++)
		close(set->handles.at[i].fd);
	vector_free(&set->segments);
	vector_free(&set->handles);
}

static const char *
difference(const struct segment *was, const struct segment *is, const struct handle *handle)
{
	if (was->device != is->device || was->inode != is->inode)
		return "was replaced by another file";
	if (was->size != is->size)
		return "has another size now";
	if (memcmp(was->modified, is->modified, sizeof(was->modified)))
		return "was written to";
	if (memcmp(was->changed, is->changed, sizeof(was->changed)))
		return "had its inode changed";
	if (handle->untouched && memcmp(was->accessed, is->accessed, sizeof(was->accessed)))
		return "had its access time changed";
	return NULL;
}

int
segments_unchanged(const struct segment_set *set)
{
	for (size_t i = 0; i < set->segments.n; i++) {
		const struct segment *was = &set->segments.at[i];
		const struct handle *handle = &set->handles.at[i];
		struct segment opened = { 0 }, named = { 0 };
		struct stat st;
		const char *what;
		off_t size = lseek(handle->fd, 0, SEEK_END);

		if (size < 0 || fstat(handle->fd, &st) < 0)
			return fail(errno, "%s: %s", was->path, strerror(errno));
		note_stat(&opened, &st);
		opened.size = (uint64_t)size;
		what = difference(was, &opened, handle);
		if (what)
			return fail(ESTALE, "%s %s since it was opened", was->path, what);
		if (stat(was->path, &st) < 0)
			return fail(ESTALE, "%s is not there any more: %s", was->path, strerror(errno));
		note_stat(&named, &st);
		if (named.device != was->device || named.inode != was->inode)
			return fail(ESTALE, "%s is another file than the one that was opened", was->path);
	}
	return 0;
}

/* What a failing medium says, as opposed to a failing tool. */
static bool
is_medium(int error)
{
	return error == EIO || error == EBADMSG || error == EILSEQ || error == ENODATA || error == EREMOTEIO ||
	       error == EUCLEAN;
}

ssize_t
segment_read(const struct segment_set *set, size_t segment, uint64_t offset, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(set->handles.at[segment].fd, (uint8_t *)buf + done, n - done, (off_t)(offset + done));

		if (r == 0)
			break;
		if (r > 0)
			done += (size_t)r;
		else if (is_medium(errno))
			return -EIO;
		else if (errno != EINTR)
			return fail(errno, "%s at %" PRIu64 ": %s", set->segments.at[segment].path, offset + done,
				    strerror(errno));
	}
	return (ssize_t)done;
}

int
segment_salvage(const struct segment_set *set, size_t segment, uint64_t offset, void *buf, size_t n,
		const struct salvage *salvage)
{
	size_t done = 0;

	while (done < n) {
		size_t step = SALVAGE_SECTOR - (size_t)((offset + done) % SALVAGE_SECTOR);
		ssize_t r;

		if (step > n - done)
			step = n - done;
		r = segment_read(set, segment, offset + done, (uint8_t *)buf + done, step);
		if (r < 0 && r != -EIO)
			return (int)r;
		if (r < (ssize_t)step) {
			size_t had = r < 0 ? 0 : (size_t)r;

			memset((uint8_t *)buf + done + had, 0, step - had);
			r = salvage->lost(salvage->state, offset + done + had, offset + done + step);
			if (r < 0)
				return (int)r;
		}
		done += step;
	}
	return 0;
}

/* sandbox_files.c - Landlock: of all files, a worker may read the exhibit and write its own shard. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"
#include "file.h"
#include "sandbox_own.h"

/*
 * The kernel's interface (Documentation/userspace-api/landlock.rst), by value: the headers of a build machine know
 * less of it than the kernel that runs.
 */
enum {
	CREATE_VERSION = 1, /* landlock_create_ruleset: tell the ABI */
	RULE_PATH_BENEATH = 1,
};

enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_ALL_1 = (1 << 13) - 1, /* ABI 1 */
	FS_REFER = 1 << 13,       /* ABI 2 */
	FS_TRUNCATE = 1 << 14,    /* ABI 3 */
	FS_IOCTL_DEV = 1 << 15,   /* ABI 5 */
	NET_ALL = 3,              /* ABI 4: bind and connect of TCP */
	SCOPE_ALL = 3,            /* ABI 6: abstract sockets, signals */
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

struct rules {
	int fd;
	uint64_t handled;
};

/* What a kernel of this ABI can be asked to refuse. */
static struct ruleset_attr
handled(long abi)
{
	struct ruleset_attr attr = { .fs = FS_ALL_1 };

	attr.fs |= abi >= 2 ? FS_REFER : 0;
	attr.fs |= abi >= 3 ? FS_TRUNCATE : 0;
	attr.fs |= abi >= 5 ? FS_IOCTL_DEV : 0;
	attr.net = abi >= 4 ? NET_ALL : 0;
	attr.scoped = abi >= 6 ? SCOPE_ALL : 0;
	return attr;
}

/* The struct grew with the ABI, and a kernel takes no more than it knows unless the rest is zero. */
static size_t
attr_size(long abi)
{
	return abi >= 6 ? sizeof(struct ruleset_attr) : abi >= 4 ? 16 : 8;
}

/* What is not there cannot be opened, and needs no rule. */
static int
allow(const struct rules *rules, int folder, const char *path, uint64_t access)
{
	CLEANUP(close) int fd = openat(folder, path, O_PATH | O_CLOEXEC);
	struct path_attr attr = { .access = access & rules->handled, .fd = fd };
	struct stat st;

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM
			       ? fail(errno, "%s: %s", path, strerror(errno))
			       : 0;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) /* those of folders alone are refused for files */
		attr.access &= FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV;
	if (syscall(SYS_landlock_add_rule, rules->fd, RULE_PATH_BENEATH, &attr, 0) < 0)
		return fail(errno, "%s cannot be left open to a worker: %s", path, strerror(errno));
	return 0;
}

/* The files of a set are called alike up to the last dot; each may be a link to elsewhere. */
static int
allow_set(const struct rules *rules, const char *image)
{
	const char *slash = strrchr(image, '/'), *name = slash ? slash + 1 : image, *dot = strrchr(name, '.');
	size_t stem = dot && dot != name ? (size_t)(dot - name) : strlen(name);
	CLEANUP(free) char *folder = slash ? strndup(image, (size_t)(slash - image) + 1) : strdup(".");
	DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *entry;
	int r = 0;

	if (!folder)
		return fail(ENOMEM, "out of memory for the sandbox");
	if (!dir) /* it may be entered but not listed */
		return allow(rules, AT_FDCWD, folder, FS_READ_FILE | FS_IOCTL_DEV);
	r = allow(rules, AT_FDCWD, folder, FS_READ_DIR); /* the further files of a set are looked for by name */
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !strncasecmp(entry->d_name, name, stem))
			r = allow(rules, dirfd(dir), entry->d_name, FS_READ_FILE | FS_IOCTL_DEV);
	closedir(dir);
	return r;
}

static int
allow_named(const struct rules *rules, const struct sandbox *sandbox)
{
	int r = allow(rules, AT_FDCWD, "/dev/urandom", FS_READ_FILE); /* SQLite's */

	if (r == 0 && sandbox->folder)
		r = allow(rules, AT_FDCWD, sandbox->folder,
			  FS_READ_FILE | FS_READ_DIR | FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_REMOVE_FILE);
	return r < 0 || !sandbox->image ? r : allow_set(rules, sandbox->image);
}

int
confine_files(const struct sandbox *sandbox, unsigned *active)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
	struct ruleset_attr attr = handled(abi);
	CLEANUP(close) int fd = -1;
	struct rules rules;
	int r;

	if (abi < 1)
		return 0; /* the kernel does not know it, or another sandbox keeps it from us */
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, attr_size(abi), 0);
	if (fd < 0)
		return fail(errno, "Landlock: %s", strerror(errno));
	rules = (struct rules){ .fd = fd, .handled = attr.fs };
	r = allow_named(&rules, sandbox);
	if (r < 0)
		return r;
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return fail(errno, "Landlock: %s", strerror(errno));
	*active |= PROTECT_FILES | (attr.net ? PROTECT_NETWORK : 0);
	return 0;
}

/* replace.c - case.db is only ever replaced whole: the new one is complete and on disk before it gets the name. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "db.h"
#include "digest.h"
#include "fail.h"
#include "file.h"

static const char old_name[] = "case.db", new_name[] = "case.db.new";

static int
sync_file(int folder, const char *name, int flags)
{
	CLEANUP(close) int fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int
replace_open(const char *folder, struct case_db **ret_db)
{
	CLEANUP(free) char *path = path_join(folder, new_name);
	int r = path ? db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, ret_db) : -ENOMEM;

	return r < 0 ? r
		     : db_run(*ret_db, DB_CACHE
			      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
			      "PRAGMA secure_delete = ON");
}

void
replace_drop(const char *folder)
{
	CLEANUP(free) char *path = path_join(folder, new_name);

	if (path)
		unlink(path);
}

static int
add_file(struct digest *digest, int fd)
{
	uint8_t block[65536];
	ssize_t n = 0;
	int r = 0;

	while (r == 0 && (n = read(fd, block, sizeof(block))) > 0)
		r = digest_add(digest, view_of(block, (size_t)n));
	return r < 0 ? r : n < 0 ? -errno : 0;
}

static int
digest_file(int folder, const char *name, char ret_hex[static 65])
{
	CLEANUP(close) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value values[DIGEST_KINDS];
	int r = fd < 0 ? -errno : digest_open(1u << DIGEST_SHA256, &digest);

	if (r == 0)
		r = add_file(digest, fd);
	if (r == 0)
		r = digest_end(digest, values);
	if (r == 0)
		r = text_add_hex(&hex, view_of(values[DIGEST_SHA256].b, 32));
	if (r == 0)
		memcpy(ret_hex, hex.s, 65);
	return r;
}

int
case_digest(const char *folder, char ret_hex[static 65])
{
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : digest_file(fd, old_name, ret_hex);

	return r < 0 ? fail(-r, "%s: the SHA-256 of case.db cannot be computed: %s", folder, strerror(-r)) : 0;
}

/* Puts the new case on disk; a thread of its own, since the disk takes as long for it as the digest does. */
struct sync {
	int folder, result;
};

static void *
sync_new(void *state)
{
	struct sync *sync = state;

	sync->result = sync_file(sync->folder, new_name, O_RDWR);
	return NULL;
}

static int
sync_and_digest(int folder, char ret_sha256[65])
{
	struct sync sync = { .folder = folder };
	pthread_t thread;
	int r;

	if (!ret_sha256 || pthread_create(&thread, NULL, sync_new, &sync) != 0) {
		r = sync_file(folder, new_name, O_RDWR);
		return r < 0 || !ret_sha256 ? r : digest_file(folder, new_name, ret_sha256);
	}
	r = digest_file(folder, new_name, ret_sha256);
	pthread_join(thread, NULL);
	return sync.result < 0 ? sync.result : r;
}

int
replace_case(const char *folder, char ret_sha256[65])
{
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char sha256[65];
	int r = fd < 0 ? -errno : sync_and_digest(fd, ret_sha256 ? sha256 : NULL);

	if (r == 0 && renameat(fd, new_name, fd, old_name) < 0)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r == 0 && ret_sha256)
		memcpy(ret_sha256, sha256, sizeof(sha256));
	return r < 0 ? fail(-r, "%s: the new case.db cannot be put in its place: %s", folder, strerror(-r)) : 0;
}

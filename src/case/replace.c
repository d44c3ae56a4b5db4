/* replace.c - case.db is only ever replaced whole: the new one is complete and on disk before it gets the name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
replace_case(const char *folder)
{
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : sync_file(fd, new_name, O_RDWR);

	if (r == 0 && renameat(fd, new_name, fd, old_name) < 0)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r < 0 ? fail(-r, "%s: the new case.db cannot be put in its place: %s", folder, strerror(-r)) : 0;
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
add_file(struct digest *digest, FILE *file)
{
	uint8_t block[65536];
	size_t n;
	int r = 0;

	while (r == 0 && (n = fread(block, 1, sizeof(block), file)) > 0)
		r = digest_add(digest, view_of(block, n));
	return r < 0 ? r : ferror(file) ? -EIO : 0;
}

int
case_digest(const char *folder, char ret_hex[static 65])
{
	struct digest_value values[DIGEST_KINDS];
	CLEANUP(digest_close) struct digest *digest = NULL;
	CLEANUP(text_free) struct text hex = { 0 };
	CLEANUP(free) char *path = path_join(folder, old_name);
	FILE *file = path ? fopen(path, "re") : NULL;
	int r = file ? digest_open(1u << DIGEST_SHA256, &digest) : path ? -errno : -ENOMEM;

	if (r == 0)
		r = add_file(digest, file);
	if (file)
		fclose(file);
	if (r == 0)
		r = digest_end(digest, values);
	if (r == 0)
		r = text_add_hex(&hex, view_of(values[DIGEST_SHA256].b, 32));
	if (r < 0)
		return fail(-r, "%s: the SHA-256 of case.db cannot be computed: %s", folder, strerror(-r));
	memcpy(ret_hex, hex.s, 65);
	return 0;
}

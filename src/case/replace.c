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
copy_bytes(int from, int to)
{
	ssize_t n;

	do {
		n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	} while (n > 0);
	return n < 0 ? -errno : 0;
}

/* case.db as case.db.new, for something to be added to it. */
static int
copy_case(const char *folder)
{
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(close) int from = fd < 0 ? -1 : openat(fd, old_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(close)
	int to = from < 0 ? -1 : openat(fd, new_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	int r = to < 0 ? -errno : copy_bytes(from, to);

	return r < 0 ? fail(-r, "%s: case.db cannot be copied: %s", folder, strerror(-r)) : 0;
}

static int
judged(const char *folder, uint64_t *ret_verdicts)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = case_open(folder, &db);

	return r < 0 ? r : case_count(db, "v_verdict", ret_verdicts);
}

static int
judge_copy(const char *folder, int (*judge)(void *state, struct case_db *db), void *state)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = replace_open(folder, &db);

	if (r == 0)
		r = db_run(db, "BEGIN");
	if (r == 0)
		r = judge(state, db);
	return r < 0 ? r : db_run(db, "COMMIT");
}

/* A case that was judged before is first made anew without its verdicts, so that its bytes do not tell how often it
 * was. */
int
case_judge(const char *folder, int (*judge)(void *state, struct case_db *db), void *state)
{
	uint64_t verdicts;
	int r = judged(folder, &verdicts);

	if (r == 0 && verdicts)
		r = case_merge(folder, NULL, 0);
	if (r == 0)
		r = copy_case(folder);
	if (r == 0)
		r = judge_copy(folder, judge, state);
	if (r == 0)
		r = replace_case(folder);
	if (r < 0)
		replace_drop(folder);
	return r;
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

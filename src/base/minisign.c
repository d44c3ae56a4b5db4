/* minisign.c - who vouches for a case with a key of minisign, whose form only that program writes. */
#include "minisign.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "fail.h"
#include "file.h"

enum { KEY_MAX = 1 << 20 };

extern char **environ;

bool
minisign_key(const char *path)
{
	static const char start[] = "untrusted comment:";
	CLEANUP(text_free) struct text key = { 0 };

	return file_read(path, KEY_MAX, &key) == 0 && key.n > sizeof(start) && !memcmp(key.s, start, sizeof(start) - 1);
}

/* Its exit status, or negative after fail(). What it says goes to stderr: stdout is ours. */
static int
run(const char *const *arguments)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int status, r;

	if (posix_spawn_file_actions_init(&files) != 0)
		return fail(ENOMEM, "out of memory for minisign");
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	r = posix_spawnp(&pid, "minisign", &files, NULL, (char **)(uintptr_t)arguments, environ);
	posix_spawn_file_actions_destroy(&files);
	if (r != 0)
		return fail(r, "minisign cannot be run: %s", strerror(r));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(errno, "minisign: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : fail(EIO, "minisign was ended by a signal");
}

int
minisign_sign(const char *key, const char *file, const char *signature)
{
	int r = run((const char *const[]){ "minisign", "-S", "-s", key, "-m", file, "-x", signature, NULL });

	return r > 0 ? fail(EIO, "minisign did not sign with %s", key) : r;
}

int
minisign_check(const char *key, const char *file, const char *signature)
{
	int r = run((const char *const[]){ "minisign", "-V", "-q", "-p", key, "-m", file, "-x", signature, NULL });

	return r < 0 ? r : r == 0;
}

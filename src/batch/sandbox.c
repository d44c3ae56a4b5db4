/* sandbox.c - a worker gives up what it does not need, so that an image that takes it over has gained nothing. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"
#include "progress.h"
#include "sandbox_own.h"

enum {
	STACK_MIB = 16,       /* of a thread, with what it keeps of its own */
	ARENA_MIB = 144,      /* address space that malloc sets aside for a thread, most of it never used */
	FILE_GIB = 256,       /* a shard of a hundred million files is smaller */
	DESCRIPTORS_LEFT = 8, /* that may still be opened when the evidence is: SQLite's */
};

static int
limit(int what, const char *name, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) < 0)
		return fail(errno, "the limit of %s is not known: %s", name, strerror(errno));
	if (now.rlim_max != RLIM_INFINITY && most > now.rlim_max)
		most = now.rlim_max;
	now = (struct rlimit){ .rlim_cur = most, .rlim_max = most };
	return setrlimit(what, &now) < 0 ? fail(errno, "%s cannot be limited: %s", name, strerror(errno)) : 0;
}

/* A set can have more files than a process may open at first; how many are needed is known when they are open. */
static void
raise_descriptors(void)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return;
	now.rlim_cur = now.rlim_max;
	setrlimit(RLIMIT_NOFILE, &now);
}

#ifndef SANITIZED
/* What the process has of address space and of writable memory, in bytes: proc(5), /proc/pid/statm. */
static void
memory_now(rlim_t *ret_space, rlim_t *ret_data)
{
	unsigned long long pages[6] = { 0 };
	FILE *file = fopen("/proc/self/statm", "re");

	if (file && fscanf(file, "%llu %llu %llu %llu %llu %llu", &pages[0], &pages[1], &pages[2], &pages[3], &pages[4],
			   &pages[5]) != 6)
		pages[0] = pages[5] = 0;
	if (file)
		fclose(file);
	*ret_space = (rlim_t)pages[0] * (rlim_t)sysconf(_SC_PAGESIZE);
	*ret_data = (rlim_t)pages[5] * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* The same for every exhibit: what a hostile one asks for beyond it is refused, and that is a row in the case. */
static int
limit_memory(const struct sandbox *sandbox)
{
	rlim_t space, data, most = sandbox->memory ? sandbox->memory : SANDBOX_MEMORY;
	int r;

	memory_now(&space, &data);
	r = limit(RLIMIT_AS, "address space", space + ((most + sandbox->threads * (rlim_t)ARENA_MIB) << 20));
	return r < 0 ? r : limit(RLIMIT_DATA, "memory", data + ((most + sandbox->threads * (rlim_t)STACK_MIB) << 20));
}
#else
static int
limit_memory(const struct sandbox *sandbox)
{
	(void)sandbox; /* AddressSanitizer takes terabytes of address space for itself */
	return 0;
}
#endif

static int
limit_all(const struct sandbox *sandbox, unsigned *active)
{
	int r;

	signal(SIGXFSZ, SIG_IGN); /* a file too large is an error to be told, not a reason to die */
	raise_descriptors();
	r = limit(RLIMIT_CORE, "core files", 0);
	if (r == 0)
		r = limit(RLIMIT_FSIZE, "files", (rlim_t)FILE_GIB << 30);
	if (r == 0)
		r = limit_memory(sandbox);
	*active |= r == 0 ? PROTECT_MEMORY : 0;
	return r;
}

/*
 * Root stays root, since the folder that it writes in, and the folders above, may be anybody's: a change of the user
 * would lock it out of the journal that SQLite opens anew. But all that root may do beyond others is given up, save
 * getting past file modes (and which files those are is Landlock's to say) and, until the evidence is open, leaving
 * the access times of other users' files alone.
 */
static bool
give_up_powers(unsigned kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	data[0].permitted &= kept;
	data[0].effective = data[0].permitted;
	data[1].permitted = data[1].effective = 0;
	data[0].inheritable = data[1].inheritable = 0;
	return syscall(SYS_capset, &header, data) == 0;
}

int
sandbox_enter(const struct sandbox *sandbox, unsigned *ret_active)
{
	unsigned active = 0;
	int r = limit_all(sandbox, &active);

	if (r < 0)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0)
		active |= PROTECT_PRIVILEGES;
	if (give_up_powers(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER))
		active |= PROTECT_POWERS;
	r = confine_files(sandbox, &active);
	if (r == 0)
		r = confine_calls(&active);
	if (r == 0)
		*ret_active = active;
	return r;
}

int
sandbox_tighten(const struct sandbox *sandbox, unsigned *active)
{
	const struct sandbox folder_only = { .folder = sandbox->folder };
	int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0); /* as many as are open, and no hole below */
	int r = confine_files(&folder_only, active);

	if (next >= 0)
		close(next);
	give_up_powers(1u << CAP_DAC_OVERRIDE);
	return r < 0 || next < 0 ? r : limit(RLIMIT_NOFILE, "open files", (rlim_t)next + DESCRIPTORS_LEFT);
}

void
sandbox_nothing(void)
{
	unsigned active = 0;

	confine_files(&(struct sandbox){ .folder = NULL }, &active);
	give_up_powers(0);
}

int
sandbox_descriptors(int keep)
{
	CLEANUP(close) int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return fail(errno, "/dev/null: %s", strerror(errno));
	null = null > STDERR_FILENO ? -1 : null; /* closed with the others */
	if (keep > STDERR_FILENO + 1)
		syscall(SYS_close_range, STDERR_FILENO + 1, keep - 1, 0);
	syscall(SYS_close_range, keep > STDERR_FILENO ? keep + 1 : STDERR_FILENO + 1, ~0u, 0);
	return 0;
}

static int
await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return fail(errno, "lost a process: %s", strerror(errno));
		if (stop_asked())
			kill(pid, SIGTERM);
	}
	if (WIFSIGNALED(status))
		return fail(EIO, "the process that read it was ended by signal %d (%s)", WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
	return WEXITSTATUS(status);
}

int
sandbox_run(const struct sandbox *sandbox, int (*what)(void *state), void *state)
{
	unsigned active;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return fail(errno, "cannot start a process: %s", strerror(errno));
	if (pid > 0)
		return await(pid);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (sandbox_enter(sandbox, &active) < 0)
		_exit(EXIT_FAILURE);
	status = what(state);
	_exit(fflush(NULL) == 0 ? status : EXIT_FAILURE);
}

/* A pipe tells the mask, since the process that knows it has given up everything else. */
int
sandbox_try(unsigned *ret_active)
{
	unsigned active = 0;
	int ends[2], status;
	pid_t pid;
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return fail(errno, "the sandbox cannot be tried: %s", strerror(errno));
	if (pid == 0) {
		const struct sandbox nothing = { .threads = 1 };
		bool good = sandbox_enter(&nothing, &active) == 0 && sandbox_tighten(&nothing, &active) == 0;

		_exit(good && write(ends[1], &active, sizeof(active)) == (ssize_t)sizeof(active) ? 0 : 1);
	}
	close(ends[1]);
	n = read(ends[0], ret_active, sizeof(*ret_active));
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return n == (ssize_t)sizeof(*ret_active) ? 0 : fail(EIO, "the sandbox cannot be entered");
}

int
protection_names(unsigned mask, struct text *ret_text)
{
	static const char *const names[] = { "no new privileges", "files",  "network",
					     "system calls",      "limits", "powers of root" };
	int r = mask & PROTECT_ALL ? 0 : text_adds(ret_text, "none");

	for (size_t i = 0, n = 0; i < sizeof(names) / sizeof(names[0]) && r == 0; i++)
		if (mask & 1u << i)
			r = text_printf(ret_text, "%s%s", n++ ? ", " : "", names[i]);
	return r;
}

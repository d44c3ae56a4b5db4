/* test_sandbox.c - attempts to get out of the sandbox, each of which must fail; what a worker needs, which must not. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "fail.h"
#include "sandbox.h"

#include <cmocka.h> /* last: it has a macro called fail */

enum { GOT_OUT = 99, NOT_READY = 98 };

/* What an attempt finds around it: paths are relative to a folder of the test's own. */
static const char image[] = "evidence/disk.raw", other_image[] = "evidence/other.raw", own[] = "work/mine",
		  other[] = "work/other/shard.db", home[] = "home";

static int
make_file(const char *path)
{
	FILE *file = fopen(path, "w");

	return !file || fputs("as it was", file) < 0 || fclose(file) != 0 ? -1 : 0;
}

static int
enter_folder(void **state)
{
	char folder[] = "/tmp/test_sandbox.XXXXXX";

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	if (mkdir("evidence", 0700) < 0 || mkdir("work", 0700) < 0 || mkdir(own, 0700) < 0 ||
	    mkdir("work/other", 0700) < 0 || mkdir(home, 0700) < 0)
		return -1;
	*state = strdup(folder);
	return make_file(image) < 0 || make_file(other_image) < 0 || make_file(other) < 0 ? -1 : 0;
}

static int
leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

/* ---- the attempts: 0 when it got out, an errno when it did not ---- */

static int
opened(int fd)
{
	return fd < 0 ? errno : 0;
}

static int
write_home(void)
{
	return opened(open("home/.profile", O_WRONLY | O_CREAT, 0600));
}

static int
write_evidence(void)
{
	return opened(open(image, O_WRONLY));
}

static int
truncate_evidence(void)
{
	return truncate(image, 0) < 0 ? errno : 0;
}

static int
remove_evidence(void)
{
	return unlink(image) < 0 ? errno : 0;
}

static int
move_evidence(void)
{
	return rename(image, "work/mine/moved") < 0 ? errno : 0;
}

static int
open_evidence_to_all(void)
{
	return chmod(image, 0666) < 0 ? errno : 0;
}

static int
write_other_shard(void)
{
	return opened(open(other, O_RDWR));
}

static int
read_other_exhibit(void)
{
	return opened(open(other_image, O_RDONLY));
}

static int
read_passwords(void)
{
	return opened(open("/etc/passwd", O_RDONLY));
}

static int
link_out(void)
{
	return symlink("/etc/passwd", "work/mine/link") < 0 ? errno : 0;
}

static int
open_socket(void)
{
	return opened(socket(AF_INET, SOCK_STREAM, 0));
}

static int
open_local_socket(void)
{
	int ends[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ? errno : 0;
}

static int
run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 ? errno : 0;
}

static int
mount_something(void)
{
	return mount("none", home, "tmpfs", 0, NULL) < 0 ? errno : 0;
}

static int
make_namespace(void)
{
	return unshare(CLONE_NEWUSER) < 0 ? errno : 0;
}

static int
kill_parent(void)
{
	return kill(getppid(), 0) < 0 ? errno : 0;
}

static int
limit_parent(void)
{
	const struct rlimit none = { 0, 0 };

	return prlimit(getppid(), RLIMIT_CORE, &none, NULL) < 0 ? errno : 0;
}

static int
make_process(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int
make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
type_for_user(void)
{
	return syscall(SYS_ioctl, STDERR_FILENO, 0x5412 /* TIOCSTI */, "x") < 0 ? errno : 0;
}

static int
raise_a_limit(void)
{
	struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &more) < 0 ? errno : 0;
}

/* Read-only descriptors stay so, through whatever name. */
static int
reopen_descriptor(void)
{
	int fd = open("work/mine/reopened", O_RDONLY);
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return opened(open("/proc/self/mem", O_RDWR)) ?: opened(open(name, O_RDWR));
}

/* Runs an attempt in a process that has entered the sandbox: its status. */
static int
attempt(int (*what)(void), bool tight)
{
	const struct sandbox sandbox = { .image = image, .folder = own, .threads = 1 };
	unsigned active = 0;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(&sandbox, &active) < 0 || (tight && sandbox_tighten(&sandbox, &active) < 0))
			_exit(NOT_READY);
		_exit(what() == 0 ? GOT_OUT : errno == ENOSYS ? NOT_READY : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
nothing_gets_out(void **state)
{
	static const struct {
		const char *name;
		int (*what)(void);
		unsigned by;
		bool deadly;
	} attempts[] = {
		{ "write to a home folder", write_home, PROTECT_FILES, false },
		{ "write to the evidence", write_evidence, PROTECT_FILES, false },
		{ "cut the evidence", truncate_evidence, PROTECT_CALLS, false },
		{ "remove the evidence", remove_evidence, PROTECT_FILES, false },
		{ "move the evidence", move_evidence, PROTECT_CALLS, false },
		{ "let all write to the evidence", open_evidence_to_all, PROTECT_CALLS, false },
		{ "write to another shard", write_other_shard, PROTECT_FILES, false },
		{ "read another exhibit", read_other_exhibit, PROTECT_FILES, false },
		{ "read /etc/passwd", read_passwords, PROTECT_FILES, false },
		{ "plant a link", link_out, PROTECT_CALLS, false },
		{ "open a socket", open_socket, PROTECT_CALLS, true },
		{ "open a pair of sockets", open_local_socket, PROTECT_CALLS, true },
		{ "run a program", run_program, PROTECT_CALLS, true },
		{ "trace the parent", trace_parent, PROTECT_CALLS, true },
		{ "mount", mount_something, PROTECT_CALLS, true },
		{ "make a namespace", make_namespace, PROTECT_CALLS, true },
		{ "signal the parent", kill_parent, PROTECT_CALLS, false },
		{ "limit the parent", limit_parent, PROTECT_CALLS, false },
		{ "make a process", make_process, PROTECT_CALLS, false },
		{ "map memory that can be run", make_code, PROTECT_CALLS, false },
		{ "type on the terminal", type_for_user, PROTECT_CALLS, false },
		{ "raise a limit", raise_a_limit, PROTECT_POWERS, false },
		{ "open memory through /proc", reopen_descriptor, PROTECT_FILES, false },
	};
	unsigned active = 0;

	(void)state;
	assert_int_equal(sandbox_try(&active), 0);
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int status = attempt(attempts[i].what, i % 2);

		if (!(active & attempts[i].by)) {
			print_message("not active here: %s\n", attempts[i].name);
			continue;
		}
		if (attempts[i].deadly ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS
				       : !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			fail_msg("to %s was not refused as it should be: status %#x", attempts[i].name, status);
	}
	assert_int_equal(system("test \"$(cat evidence/disk.raw)\" = 'as it was'"), 0);
}

/* Without the sandbox they do get out: an attempt that fails anyway would prove nothing. */
static void
all_get_out_without_it(void **state)
{
	static int (*const harmless[])(void) = { write_home,        write_evidence,     open_evidence_to_all,
						 write_other_shard, read_other_exhibit, read_passwords,
						 link_out,          open_socket,        open_local_socket,
						 kill_parent,       make_code };

	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		assert_int_equal(harmless[i](), 0);
	assert_int_equal(unlink("work/mine/link"), 0);
}

/* ---- what has to go on ---- */

static int
read_evidence(void)
{
	char text[9];
	int fd = open(image, O_RDONLY);

	return fd >= 0 && read(fd, text, sizeof(text)) == sizeof(text) ? 0 : errno;
}

static int
read_evidence_late(void)
{
	return opened(open(image, O_RDONLY));
}

static int
use_own_folder(void)
{
	int fd = open("work/mine/shard.db", O_RDWR | O_CREAT, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || fdatasync(fd) < 0 || ftruncate(fd, 0) < 0 || close(fd) < 0)
		return errno;
	return unlink("work/mine/shard.db") < 0 ? errno : 0;
}

static void *
nothing(void *state)
{
	return state;
}

static int
use_threads(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, nothing, NULL);
	return errno ? errno : pthread_join(thread, NULL);
}

static void
what_is_needed_stays(void **state)
{
	unsigned active = 0;
	int status;

	(void)state;
	assert_int_equal(WEXITSTATUS(attempt(read_evidence, false)), GOT_OUT);
	assert_int_equal(WEXITSTATUS(attempt(use_own_folder, false)), GOT_OUT);
	assert_int_equal(WEXITSTATUS(attempt(use_own_folder, true)), GOT_OUT);
	assert_int_equal(WEXITSTATUS(attempt(use_threads, true)), GOT_OUT);
	assert_int_equal(sandbox_try(&active), 0);
	status = attempt(read_evidence_late, true);
	assert_int_equal(WEXITSTATUS(status), active & PROTECT_FILES ? 0 : GOT_OUT);
}

/* ---- limits ---- */

static int
take_memory(void)
{
	void *p = mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
take_some_memory(void)
{
	void *p = mmap(NULL, (size_t)1 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static void
memory_ends(void **state)
{
	(void)state;
#ifdef SANITIZED
	skip(); /* it maps terabytes for itself, so that there is no limit */
#endif
	assert_int_equal(WEXITSTATUS(attempt(take_some_memory, true)), GOT_OUT);
	assert_int_equal(WEXITSTATUS(attempt(take_memory, true)), 0);
}

static void
descriptors_are_closed(void **state)
{
	int keep = open(image, O_RDONLY), below = open(image, O_RDONLY), status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		int high = fcntl(keep, F_DUPFD, 20);
		bool good = sandbox_descriptors(high) == 0 && fcntl(high, F_GETFD) >= 0 && fcntl(below, F_GETFD) < 0 &&
			    fcntl(high + 1, F_GETFD) < 0 && fcntl(STDERR_FILENO, F_GETFD) >= 0;

		_exit(good ? 0 : 1);
	}
	close(keep);
	close(below);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
names_are_said(void **state)
{
	CLEANUP(text_free) struct text all = { 0 };
	CLEANUP(text_free) struct text none = { 0 };

	(void)state;
	assert_int_equal(protection_names(PROTECT_FILES | PROTECT_CALLS, &all), 0);
	assert_string_equal(all.s, "files, system calls");
	assert_int_equal(protection_names(0, &none), 0);
	assert_string_equal(none.s, "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gets_out),       cmocka_unit_test(all_get_out_without_it),
		cmocka_unit_test(what_is_needed_stays),   cmocka_unit_test(memory_ends),
		cmocka_unit_test(descriptors_are_closed), cmocka_unit_test(names_are_said),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

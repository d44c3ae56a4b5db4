/* sandbox_calls.c - seccomp: which system calls a worker may make, and which are its end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fail.h"
#include "sandbox_own.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

/* Reading, SQLite on its own files, threads, memory, clocks; and what only ever takes rights away. */
static const int allowed[] = {
	SCMP_SYS(access),
	SCMP_SYS(brk),
	SCMP_SYS(capget),
	SCMP_SYS(capset),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(close),
	SCMP_SYS(close_range),
	SCMP_SYS(dup),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fallocate),
	SCMP_SYS(fdatasync),
	SCMP_SYS(flock),
	SCMP_SYS(fstat),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(futex),
	SCMP_SYS(futex_waitv),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrusage),
	SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getuid),
	SCMP_SYS(landlock_add_rule),
	SCMP_SYS(landlock_create_ruleset),
	SCMP_SYS(landlock_restrict_self),
	SCMP_SYS(lseek),
	SCMP_SYS(lstat),
	SCMP_SYS(madvise),
	SCMP_SYS(membarrier),
	SCMP_SYS(memfd_create),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(nanosleep),
	SCMP_SYS(newfstatat),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(openat2),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(readv),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(setrlimit),
	SCMP_SYS(getrlimit),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(stat),
	SCMP_SYS(statx),
	SCMP_SYS(sysinfo),
	SCMP_SYS(time),
	SCMP_SYS(uname),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(write),
	SCMP_SYS(writev),
};

/*
 * No library of ours has any use for these: whoever calls them is not us any more, and is ended before it can try the
 * next one. Everything else that is not allowed fails with EPERM, since libraries ask for things they can do without.
 */
static const int deadly[] = {
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(acct),
	SCMP_SYS(add_key),
	SCMP_SYS(bind),
	SCMP_SYS(bpf),
	SCMP_SYS(chroot),
	SCMP_SYS(clock_settime),
	SCMP_SYS(connect),
	SCMP_SYS(delete_module),
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(finit_module),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fsopen),
	SCMP_SYS(fspick),
	SCMP_SYS(init_module),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(ioperm),
	SCMP_SYS(iopl),
	SCMP_SYS(kcmp),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(kexec_load),
	SCMP_SYS(keyctl),
	SCMP_SYS(listen),
	SCMP_SYS(mknod),
	SCMP_SYS(mknodat),
	SCMP_SYS(mount),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(move_mount),
	SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(open_tree),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(personality),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pivot_root),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(ptrace),
	SCMP_SYS(quotactl),
	SCMP_SYS(reboot),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(request_key),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(setns),
	SCMP_SYS(settimeofday),
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(socket),
	SCMP_SYS(socketpair),
	SCMP_SYS(swapoff),
	SCMP_SYS(swapon),
	SCMP_SYS(umount2),
	SCMP_SYS(unshare),
	SCMP_SYS(userfaultfd),
};

/* An argument of a call that must have this value. */
static struct scmp_arg_cmp
equal(unsigned argument, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){ .arg = argument, .op = SCMP_CMP_EQ, .datum_a = value };
}

static int
add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = seccomp_rule_add(filter, action, calls[i], 0);
	return r;
}

/* Memory that can be run is mapped by the loader alone, and that has done its work. */
static int
add_memory(scmp_filter_ctx filter)
{
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	return r < 0 ? r
		     : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
					SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* Threads, but no processes. clone3 hides its flags behind a pointer: without it the C library falls back to clone. */
static int
add_threads(scmp_filter_ctx filter)
{
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* a signal to itself, as abort() sends it, and to nobody else */
	return r < 0 ? r
		     : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, equal(0, (scmp_datum_t)getpid()));
}

/* Of fcntl what locks files and asks for flags (no owner of signals, no leases); of ioctl questions alone. */
static int
add_controls(scmp_filter_ctx filter)
{
	static const unsigned commands[] = { F_DUPFD_CLOEXEC, F_GETFD, F_SETFD,  F_GETFL,     F_SETFL,
					     F_GETLK,         F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK };
	static const unsigned long questions[] = { BLKROGET, BLKGETSIZE64, BLKSSZGET, TCGETS };
	static const unsigned processes[] = { PR_SET_NO_NEW_PRIVS, PR_SET_VMA, PR_GET_DUMPABLE, PR_SET_SECCOMP };
	int r = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, equal(1, commands[i]));
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, equal(1, questions[i]));
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, equal(0, processes[i]));
	/* its own limits, which it can only lower */
	return r < 0 ? r : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, equal(0, 0));
}

static int
fill(scmp_filter_ctx filter)
{
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (r == 0)
		r = add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0]));
	if (r == 0)
		r = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0]));
	if (r == 0)
		r = add_memory(filter);
	if (r == 0)
		r = add_threads(filter);
	return r < 0 ? r : add_controls(filter);
}

int
confine_calls(unsigned *active)
{
	scmp_filter_ctx filter;
	int r;

	if (prctl(PR_GET_SECCOMP) < 0)
		return 0; /* the kernel is built without it */
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	r = filter ? fill(filter) : -ENOMEM;
	if (r < 0) {
		seccomp_release(filter);
		return fail(-r, "the filter of system calls cannot be made: %s", strerror(-r));
	}
	if (seccomp_load(filter) == 0) /* fails where another sandbox keeps it from us */
		*active |= PROTECT_CALLS;
	seccomp_release(filter);
	return 0;
}

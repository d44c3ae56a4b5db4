/*
 * shim.c - laid over a program with LD_PRELOAD: content that crashes, hangs or eats memory when YARA scans it, a place
 * of an image that cannot be read without dying, and the n-th allocation that fails.
 *
 *   "shim:crash", "shim:hang", "shim:eat" in a stream    what scanning it does
 *   SHIM_PLACE=N        reading byte N of a file that is larger than 4 MiB ends the process by SIGSEGV
 *   SHIM_SLOW=FILE      the first scan waits, in steps, until FILE is gone
 *   SHIM_MALLOC=N       the N-th allocation from the start of the process on fails; those of libyara in the first process
 *                       do not count: it compiles rules there, which are trusted, and 4.2 does not look at all it is given
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 16 << 20, BIG = 4 << 20 };

static void
eat(void)
{
	void *p;

	while ((p = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED)
		memset(p, 1, 4096);
}

static void
spin(void)
{
	for (volatile uint64_t n = 0;; n++)
		;
}

static void
wait_for(const char *file)
{
	const struct timespec step = { .tv_nsec = 20000000 };

	while (access(file, F_OK) == 0)
		nanosleep(&step, NULL);
}

static int
has(const uint8_t *bytes, size_t n, const char *word)
{
	return memmem(bytes, n, word, strlen(word)) != NULL;
}

int
yr_scanner_scan_mem(void *scanner, const uint8_t *bytes, size_t n)
{
	int (*next)(void *, const uint8_t *, size_t) = dlsym(RTLD_NEXT, "yr_scanner_scan_mem");
	const char *slow = getenv("SHIM_SLOW");

	if (slow)
		wait_for(slow);
	if (has(bytes, n, "shim:crash"))
		raise(SIGSEGV);
	if (has(bytes, n, "shim:hang"))
		spin();
	if (has(bytes, n, "shim:eat")) {
		eat();
		return 1; /* ERROR_INSUFFICIENT_MEMORY */
	}
	return next(scanner, bytes, n);
}

ssize_t
pread64(int fd, void *buf, size_t n, off_t offset)
{
	ssize_t (*next)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, "pread64");
	const char *place = getenv("SHIM_PLACE");

	if (place && lseek(fd, 0, SEEK_END) > BIG && offset <= atoll(place) && atoll(place) - offset < (off_t)n)
		raise(SIGSEGV);
	return next(fd, buf, n, offset);
}

ssize_t
pread(int fd, void *buf, size_t n, off_t offset)
{
	return pread64(fd, buf, n, offset);
}

/* ---- allocations ---- */

static atomic_long left = -1;
static uintptr_t yara_from = UINTPTR_MAX, yara_to;
static pid_t first;

static int
find_yara(struct dl_phdr_info *info, size_t size, void *state)
{
	(void)size;
	(void)state;
	for (int i = 0; strstr(info->dlpi_name, "libyara") && i < info->dlpi_phnum; i++) {
		uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, to = from + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		yara_from = from < yara_from ? from : yara_from;
		yara_to = to > yara_to ? to : yara_to;
	}
	return 0;
}

__attribute__((constructor)) static void
count(void)
{
	const char *n = getenv("SHIM_MALLOC");

	if (!n)
		return;
	first = getpid();
	dl_iterate_phdr(find_yara, NULL);
	atomic_store(&left, atol(n));
}

/* Whether this allocation, for whom it is, is the one that fails. */
static int
now(const void *who)
{
	if (atomic_load(&left) <= 0 || ((uintptr_t)who >= yara_from && (uintptr_t)who < yara_to && getpid() == first))
		return 0;
	return atomic_fetch_sub(&left, 1) == 1;
}

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	return now(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return now(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return now(__builtin_return_address(0)) ? NULL : __libc_realloc(p, n);
}

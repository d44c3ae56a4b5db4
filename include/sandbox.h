/* sandbox.h - what a process that reads hostile evidence gives up before it reads the first byte of it. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdint.h>

#include "text.h"

/* An AddressSanitizer of gcc or clang maps terabytes for itself: no limit on memory can be set. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/*
 * What holds once it was entered; each is a bit of the masks below.
 *   PRIVILEGES  no program that it could start has more rights (no_new_privs), and none of its memory can be dumped
 *   FILES       Landlock: it reads the exhibit and writes its own folder, and nothing else
 *   NETWORK     Landlock: no TCP either (seccomp refuses every socket anyway)
 *   CALLS       seccomp: the system calls of reading, of SQLite and of threads; all others are refused or deadly
 *   MEMORY      limits of memory, file size and open files
 *   POWERS      of root's powers only that of getting past file modes is left
 */
enum protection {
	PROTECT_PRIVILEGES = 1,
	PROTECT_FILES = 2,
	PROTECT_NETWORK = 4,
	PROTECT_CALLS = 8,
	PROTECT_MEMORY = 16,
	PROTECT_POWERS = 32,
	PROTECT_ALL = 63,
};

enum { SANDBOX_MEMORY = 2 << 10 }; /* MiB that a worker may take beyond what it has, unless the user says otherwise */

struct sandbox {
	const char *image;  /* may be read, with the other files of its set; NULL for none */
	const char *folder; /* may be written in; NULL for none */
	uint64_t memory;    /* MiB, 0 for SANDBOX_MEMORY */
	unsigned threads;   /* each has a stack and an arena of its own */
};

/*
 * Gives up everything but what is named, for this process (which has one thread yet) and for good: 0 with the mask of
 * what holds now, or negative after fail(). What the kernel does not know does not hold, and that is no failure.
 *
 * Every process that hands evidence to a parser calls it after its fork, before it opens the evidence: a worker, and
 * whoever lets another library look at the same image. News are written to descriptors that are open already;
 * sandbox_descriptors first closes those that the process inherited and does not need.
 */
int sandbox_enter(const struct sandbox *sandbox, unsigned *ret_active);

/* Once the evidence is open: nothing may be opened any more but in the folder, and the mask of what holds is told. */
int sandbox_tighten(const struct sandbox *sandbox, unsigned *active);

/* For a thread that only watches: it can open nothing at all. */
void sandbox_nothing(void);

/* Closes all descriptors but stderr and `keep` (-1 for none); stdin and stdout are /dev/null then. 0 or negative. */
int sandbox_descriptors(int keep);

/*
 * Runs `what` in a process of its own that has entered the sandbox, with stdout and stderr as they are: what it returns
 * (an exit status), or negative after fail() when it died or could not be started. A request to stop is passed on.
 */
int sandbox_run(const struct sandbox *sandbox, int (*what)(void *state), void *state);

/* What would hold here, tried in a process of its own: 0 or negative after fail(). */
int sandbox_try(unsigned *ret_active);

/* The names of the protections in a mask, commas between; "none" for 0. 0 or -ENOMEM. */
int protection_names(unsigned mask, struct text *ret_text);

#endif

/*
 * main.c - breaks evidence on purpose, many times, and asks each time whether anything is missing that no row speaks
 * of:
 *
 *     torture volume|ewf [-n N] [-s SEED] [-j JOBS] [-v] BASE...
 *     torture volume|ewf -s SEED -o FILE BASE...
 *
 * Each mutant has a seed of its own, SEED and those that follow; a failure is seen again with `-n 1 -s` and its seed.
 * With -o the mutant of that seed is written, for other tools. Every mutant is examined in a process of its own with
 * 512 MiB and ten seconds. Exit status 1 when one of them failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "torture.h"

enum { MEMORY = 512 << 20, SECONDS = 10, JOBS_MAX = 16, REPORT = 16 << 10, CLASSES = 64 };

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum { SANITIZED = __has_feature(address_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

/* What a child has to say, in memory that the parent sees. */
struct report {
	enum verdict verdict;
	char class[48];
	char text[REPORT];
};

struct job {
	pid_t pid;
	uint64_t seed;
	struct report *report;
};

struct class_count {
	char name[48];
	unsigned counts[VERDICTS];
};

struct campaign {
	const struct victim *victim;
	void *state;
	uint64_t seed, n;
	unsigned jobs;
	bool loud;
	struct job job[JOBS_MAX];
	struct class_count classes[CLASSES];
	unsigned failures;
};

static const char *const verdict_names[VERDICTS] = {
	[ALL_THERE] = "all there", [EXPLAINED] = "explained", [TOLD] = "told", [REFUSED] = "refused",
	[SILENT] = "SILENT LOSS",  [CRASHED] = "CRASH",       [HUNG] = "HANG",
};

static void
child(struct campaign *c, struct job *job)
{
	const struct rlimit memory = { MEMORY, MEMORY };
	struct outcome outcome = { .verdict = CRASHED };

	if (!SANITIZED)
		setrlimit(RLIMIT_AS, &memory);
	alarm(SECONDS * (SANITIZED ? 5 : 1));
	say_quiet(!c->loud);
	if (!c->loud && !freopen("/dev/null", "w", stderr))
		_exit(2);
	c->victim->run(c->state, job->seed, &outcome);
	memcpy(job->report->class, outcome.class, sizeof(outcome.class));
	snprintf(job->report->text, sizeof(job->report->text), "%s", outcome.text.s ? outcome.text.s : "");
	job->report->verdict = outcome.verdict;
	_exit(0);
}

static int
start(struct campaign *c, struct job *job, uint64_t seed)
{
	job->seed = seed;
	*job->report = (struct report){ .verdict = CRASHED, .class = "(not known)" };
	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0)
		child(c, job);
	return job->pid < 0 ? fail(errno, "cannot start a process") : 0;
}

static void
count(struct campaign *c, const char *class, enum verdict verdict)
{
	for (unsigned i = 0; i < CLASSES; i++) {
		if (!c->classes[i].name[0])
			memcpy(c->classes[i].name, class, sizeof(c->classes[i].name));
		if (strcmp(c->classes[i].name, class))
			continue;
		c->classes[i].counts[verdict]++;
		return;
	}
}

static void
finish(struct campaign *c, struct job *job, int status)
{
	struct report *report = job->report;
	enum verdict verdict = report->verdict;

	if (WIFSIGNALED(status))
		verdict = WTERMSIG(status) == SIGALRM ? HUNG : CRASHED;
	else if (WEXITSTATUS(status))
		verdict = CRASHED;
	count(c, report->class, verdict);
	c->failures += verdict >= SILENT;
	if (verdict >= SILENT || c->loud)
		printf("%s: %s, -s %" PRIu64 " (%s)\n%s", verdict_names[verdict], c->victim->name, job->seed,
		       report->class, report->text);
	job->pid = 0;
}

static int
wait_for_one(struct campaign *c)
{
	int status;
	pid_t pid = wait(&status);

	if (pid < 0)
		return fail(errno, "a process is lost");
	for (unsigned i = 0; i < c->jobs; i++)
		if (c->job[i].pid == pid)
			finish(c, &c->job[i], status);
	return 0;
}

static int
run_all(struct campaign *c)
{
	uint64_t next = 0;
	unsigned running = 0;
	int r = 0;

	while ((next < c->n || running) && r == 0) {
		for (unsigned i = 0; i < c->jobs && next < c->n && r == 0; i++) {
			if (c->job[i].pid)
				continue;
			r = start(c, &c->job[i], c->seed + next++);
			running++;
		}
		if (r == 0)
			r = wait_for_one(c);
		running--;
	}
	return r;
}

static void
print_counts(const struct campaign *c)
{
	unsigned sums[VERDICTS] = { 0 };

	printf("%-28s", "");
	for (int v = 0; v < VERDICTS; v++)
		printf(" %11s", verdict_names[v]);
	for (unsigned i = 0; i < CLASSES && c->classes[i].name[0]; i++) {
		printf("\n%-28s", c->classes[i].name);
		for (int v = 0; v < VERDICTS; v++) {
			printf(" %11u", c->classes[i].counts[v]);
			sums[v] += c->classes[i].counts[v];
		}
	}
	printf("\n%-28s", "all");
	for (int v = 0; v < VERDICTS; v++)
		printf(" %11u", sums[v]);
	putchar('\n');
}

static int
campaign(struct campaign *c)
{
	int r;

	for (unsigned i = 0; i < c->jobs; i++) {
		c->job[i].report =
			mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (c->job[i].report == MAP_FAILED)
			return fail(ENOMEM, "out of memory");
	}
	r = run_all(c);
	print_counts(c);
	return r < 0 ? r : c->failures ? 1 : 0;
}

static int
usage(void)
{
	fprintf(stderr, "usage: torture volume|ewf [-n N] [-s SEED] [-j JOBS] [-v] [-o FILE] BASE...\n");
	return 2;
}

int
main(int argc, char **argv)
{
	static const struct victim *const victims[] = { &volume_victim, &ewf_victim };
	struct campaign c = { .seed = 1, .n = 100, .jobs = 2 };
	const char *to = NULL;
	int option, r;

	for (size_t i = 0; argc > 1 && i < sizeof(victims) / sizeof(victims[0]); i++)
		if (!strcmp(victims[i]->name, argv[1]))
			c.victim = victims[i];
	if (!c.victim)
		return usage();
	argv++;
	argc--;
	while ((option = getopt(argc, argv, "n:s:j:o:v")) >= 0) {
		switch (option) {
		case 'n':
			c.n = strtoull(optarg, NULL, 10);
			break;
		case 's':
			c.seed = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			c.jobs = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'o':
			to = optarg;
			break;
		case 'v':
			c.loud = true;
			break;
		default:
			return usage();
		}
	}
	if (optind == argc || !c.jobs || c.jobs > JOBS_MAX)
		return usage();
	if (c.victim->load(argv + optind, argc - optind, &c.state) < 0)
		return 1;
	r = to ? c.victim->write(c.state, c.seed, to) : campaign(&c);
	c.victim->unload(c.state);
	return r != 0;
}

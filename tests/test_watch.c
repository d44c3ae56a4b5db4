/* test_watch.c - what a worker was at when it died, who is to blame, and what no worker could have said. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "supervise.h"
#include "watch.h"

#include <cmocka.h> /* last: it has a macro called fail */

static const struct unit stream = { .kind = UNIT_STREAM, .volume = 2, .at = 77 << 16 | 3, .sub = 5 },
			 another = { .kind = UNIT_STREAM, .volume = 2, .at = 78 << 16 | 3, .sub = 5 },
			 slab = { .kind = UNIT_RECORDS, .volume = 1, .at = 2048, .sub = 2048 },
			 phase = { .kind = UNIT_PHASE, .at = PHASE_CONTENT };

/* A process that begins these units and dies: its status. */
static int
die(struct watch *watch, const struct unit *const *units, size_t n, int signal)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		for (size_t i = 0; i < n; i++)
			watch_begin(watch, i ? (unsigned)i - 1 : WATCH_MAIN, units[i], WATCH_SECONDS);
		raise(signal);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return status;
}

static bool
blamed(struct job *job, const struct unit *const *units, size_t n)
{
	CLEANUP(text_free) struct text said = { 0 };
	int status;

	watch_clear(job->watch);
	status = die(job->watch, units, n, SIGKILL);
	return job_blame(job, status, &said);
}

static void
start_job(struct job *job)
{
	*job = (struct job){ .fd = -1 };
	assert_int_equal(watch_open(&job->watch), 0);
}

static void
end_job(struct job *job)
{
	watch_close(job->watch);
	vector_free(&job->asides);
	vector_free(&job->suspects);
}

/* Among those at work at the first death, the one that is there again, alone, is guilty. */
static void
guilty_is_set_aside(void **state)
{
	const struct unit *const together[] = { &phase, &another, &stream }, *const alone[] = { &phase, &stream };
	struct job job;

	(void)state;
	start_job(&job);
	assert_true(blamed(&job, together, 3));
	assert_true(job.alone);
	assert_int_equal(job.asides.n, 0);
	assert_true(blamed(&job, alone, 2));
	assert_int_equal(job.asides.n, 1);
	assert_true(unit_same(&job.asides.at[0].unit, &stream));
	assert_string_equal(job.asides.at[0].why, "set aside: it ended its worker by SIGKILL twice");
	assert_false(job.alone);
	end_job(&job);
}

/* Somebody who kills workers at random makes no unit guilty, and is not fought for ever. */
static void
chance_is_no_guilt(void **state)
{
	const struct unit *const first[] = { &phase, &stream }, *const second[] = { &phase, &another };
	struct job job;

	(void)state;
	start_job(&job);
	assert_true(blamed(&job, first, 2));
	assert_true(blamed(&job, second, 2));
	assert_false(blamed(&job, first, 2));
	assert_int_equal(job.asides.n, 0);
	end_job(&job);
}

/* A stretch of records is taken one by one before any of them is left out. */
static void
records_are_narrowed(void **state)
{
	const struct unit one = { .kind = UNIT_RECORDS, .volume = 1, .at = 2050, .sub = 1 };
	const struct unit *const many[] = { &phase, &slab }, *const single[] = { &phase, &one };
	struct job job;

	(void)state;
	start_job(&job);
	blamed(&job, many, 2);
	blamed(&job, many, 2);
	assert_int_equal(job.asides.n, 1);
	assert_true(job.asides.at[0].narrow);
	blamed(&job, single, 2);
	blamed(&job, single, 2);
	assert_int_equal(job.asides.n, 2);
	assert_false(job.asides.at[1].narrow);
	end_job(&job);
}

/* A $MFT that does not fit in memory is no record's fault, and is not tried again and again. */
static void
want_of_memory_is_the_images(void **state)
{
	const struct unit *const units[] = { &phase, &slab };
	CLEANUP(text_free) struct text said = { 0 };
	int full = WORKER_FULL << 8; /* as wait(2) says that a process exited so */
	struct job job;

	(void)state;
	start_job(&job);
	die(job.watch, units, 2, SIGKILL);
	assert_true(status_is_death(full));
	assert_false(job_blame(&job, full, &said));
	watch_clear(job.watch);
	die(job.watch, (const struct unit *const[]){ &phase, &stream }, 2, SIGKILL);
	job.deaths = 0;
	assert_true(job_blame(&job, full, &said));
	end_job(&job);
}

/* The others go on while the failure makes its way up: what was at work at that moment is known all the same. */
static void
failure_is_remembered(void **state)
{
	CLEANUP(watch_close) struct watch *watch = NULL;
	struct unit units[4];

	(void)state;
	assert_int_equal(watch_open(&watch), 0);
	watch_begin(watch, 0, &stream, WATCH_SECONDS);
	watch_begin(watch, 1, &slab, WATCH_SECONDS);
	watch_failed(watch);
	watch_end(watch, 0);
	watch_begin(watch, 1, &another, WATCH_SECONDS);
	watch_failed(watch);
	assert_int_equal(watch_suspects(watch, units, 4), 2);
	assert_true(unit_same(&units[0], &stream));
	assert_true(unit_same(&units[1], &slab));
}

static void
asides_are_found(void **state)
{
	const struct aside asides[] = { { .unit = stream, .why = "so" } };
	CLEANUP(watch_close) struct watch *watch = NULL;

	(void)state;
	assert_int_equal(watch_open(&watch), 0);
	watch_set_asides(watch, asides, 1);
	assert_ptr_equal(watch_aside(watch, &stream), &asides[0]);
	assert_null(watch_aside(watch, &another));
	assert_null(watch_aside(NULL, &stream));
}

/* One thread computes for ever, another waits: the first is named, and the process is at its end. */
static void
stuck_is_ended(void **state)
{
	CLEANUP(watch_close) struct watch *watch = NULL;
	struct unit units[4];
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(watch_open(&watch), 0);
	pid = fork();
	if (pid == 0) {
		volatile unsigned long n = 0;

		watch_begin(watch, WATCH_MAIN, &stream, 1);
		watch_begin(watch, 0, &another, 100);
		if (watch_guard(watch, NULL, WORKER_STUCK) < 0)
			_exit(1);
		for (;;)
			n++;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), WORKER_STUCK);
	assert_int_equal(watch_suspects(watch, units, 4), 1);
	assert_true(unit_same(&units[0], &stream));
	assert_true(watch_ticks(watch) > 0);
}

/* News and units come from a process that an image may have taken over. */
static void
nonsense_is_passed_over(void **state)
{
	const struct unit odd[] = {
		{ .kind = UNIT_KINDS, .volume = 1 },
		{ .kind = UNIT_STREAM, .volume = 1 << 20 },
		{ .kind = UNIT_ENTRY, .volume = 1, .at = UINT64_MAX },
		{ .kind = UINT32_MAX, .volume = 1 },
	};
	const struct news good = { .magic = NEWS_MAGIC, .phase = PHASE_WALK, .done = 1, .total = 2 };
	CLEANUP(watch_close) struct watch *watch = NULL;
	struct unit units[8];
	struct news news;

	(void)state;
	assert_int_equal(watch_open(&watch), 0);
	for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		watch_begin(watch, i, &odd[i], 1);
	assert_int_equal(watch_suspects(watch, units, 8), 0);
	assert_true(news_valid(&good));
	news = good, news.magic++;
	assert_false(news_valid(&news));
	news = good, news.phase = PHASES;
	assert_false(news_valid(&news));
	news = good, news.done = 3;
	assert_false(news_valid(&news));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guilty_is_set_aside),
		cmocka_unit_test(chance_is_no_guilt),
		cmocka_unit_test(records_are_narrowed),
		cmocka_unit_test(asides_are_found),
		cmocka_unit_test(want_of_memory_is_the_images),
		cmocka_unit_test(failure_is_remembered),
		cmocka_unit_test(stuck_is_ended),
		cmocka_unit_test(nonsense_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

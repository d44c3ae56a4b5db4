/* rescan.c - a case asked again by other rules: each exhibit in a process of its own, then one new case.db. */
#include "rescan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "exam.h"
#include "fail.h"
#include "file.h"
#include "sandbox.h"
#include "supervise.h"
#include "verdict.h"

struct exhibits {
	VECTOR(uint32_t) numbers;
};

struct asking {
	const struct request *request;
	struct batch b; /* folder, lock and log of the case */
	struct profile *profile;
	struct exhibits exhibits;
	char *copy; /* a folder within work/ */
	uint32_t evidence; /* at hand, and its shard */
	const char *shard;
};

static int
no_memory(void)
{
	return fail(ENOMEM, "out of memory to ask the case again");
}

static int
take_exhibit(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct exhibits *e = state;
	uint32_t *number = vector_push(&e->numbers);

	(void)is_number;
	if (!number)
		return no_memory();
	*number = (uint32_t)view_number(row_value(n, names, values, "evidence"));
	return 0;
}

/* ---- the process that reads what the case keeps ---- */

static int
ask_exhibit(struct asking *a)
{
	CLEANUP(case_close) struct case_db *from = NULL;
	CLEANUP(case_close) struct case_db *to = NULL;
	struct rescan_count count;
	char digest[65];
	int r = case_open(a->copy, &from);

	profile_digest(a->profile, digest);
	if (r == 0)
		r = case_shard(a->shard, PACKAGE_VERSION, digest, &to);
	if (r == 0)
		r = rescan_exhibit(from, to, a->evidence, a->profile, &count);
	return r;
}

static int
child(void *state)
{
	return ask_exhibit(state) < 0 ? EXIT_FAILED : EXIT_COMPLETE;
}

/* ---- and the one that adds what it found ---- */

static int
one_exhibit(struct asking *a, uint32_t evidence, const char *case_path)
{
	CLEANUP(text_free) struct text name = { 0 };
	CLEANUP(free) char *shard = NULL;
	const struct sandbox sandbox = { .image = case_path, .folder = a->copy, .memory = a->request->memory, .threads = 1 };
	int r = text_printf(&name, "rescan-%" PRIu32 ".db", evidence) < 0 ? no_memory() : 0;

	if (r < 0)
		return r;
	shard = path_join(a->copy, name.s);
	if (!shard)
		return -ENOMEM;
	a->evidence = evidence;
	a->shard = shard;
	r = sandbox_run(&sandbox, child, a);
	if (r > 0)
		r = fail(EIO, "exhibit %" PRIu32 " of %s could not be asked again", evidence, a->b.folder);
	return r < 0 ? r : case_extend(case_path, shard, evidence);
}

static int
copy_file(const char *from, const char *to)
{
	CLEANUP(close) int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(close) int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n = in < 0 || out < 0 ? -1 : 1;

	while (n > 0)
		n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0);
	return n < 0 ? fail(errno, "%s: %s", to, strerror(errno)) : 0;
}

/* The new case is made of the extended copy as any case is made of others: in order, judged anew, whole. */
static int
put_in_place(struct asking *a, const char *extended, char ret_sha256[65])
{
	CLEANUP(free) char *fresh = path_join(a->b.work, "rescan.new");
	CLEANUP(free) char *from = fresh ? path_join(fresh, "case.db") : NULL;
	CLEANUP(free) char *to = path_join(a->b.folder, "case.db");
	CLEANUP(close) int folder = open(a->b.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = from && to ? 0 : -ENOMEM;

	if (r == 0)
		folder_remove(fresh);
	if (r == 0)
		r = folder_make(fresh);
	if (r == 0)
		r = case_merge(fresh, &extended, 1, verdict_judge, NULL, ret_sha256);
	if (r == 0 && (rename(from, to) < 0 || fsync(folder) < 0))
		r = fail(errno, "%s cannot be put in its place: %s", to, strerror(errno));
	if (fresh)
		folder_remove(fresh);
	return r;
}

static int
log_rescan(struct asking *a, const char *before, const char *after)
{
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65];
	int r = log_list(&line, "arguments", (const char *const *)a->request->argv, (size_t)a->request->argc);

	profile_digest(a->profile, digest);
	if (r == 0)
		r = log_text(&line, "profile", view_text(profile_id(a->profile)));
	if (r == 0)
		r = log_text(&line, "profile_sha256", view_text(digest));
	if (r == 0)
		r = log_text(&line, "case_sha256_before", view_text(before));
	if (r == 0)
		r = log_text(&line, "case_sha256", view_text(after));
	return r < 0 ? r : runlog_add(a->b.log, "rescan", line.s);
}

static int
list_exhibits(struct asking *a)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	int r = case_open(a->b.folder, &db);

	return r < 0 ? r : case_ask(db, &(struct question){ .view = "v_evidence" }, take_exhibit, &a->exhibits);
}

static int
ask_all(struct asking *a)
{
	CLEANUP(free) char *from = path_join(a->b.folder, "case.db");
	CLEANUP(free) char *to = NULL;
	char before[65], after[65];
	int r = list_exhibits(a);

	a->copy = path_join(a->b.work, "rescan");
	to = a->copy ? path_join(a->copy, "case.db") : NULL;
	if (r == 0 && (!from || !to))
		r = -ENOMEM;
	if (r == 0)
		folder_remove(a->copy);
	if (r == 0)
		r = folder_make(a->copy);
	if (r == 0)
		r = case_digest(a->b.folder, before);
	if (r == 0)
		r = copy_file(from, to);
	for (size_t i = 0; i < a->exhibits.numbers.n && r == 0; i++)
		r = one_exhibit(a, a->exhibits.numbers.at[i], to);
	if (r == 0)
		r = put_in_place(a, to, after);
	if (r == 0)
		r = log_rescan(a, before, after);
	if (a->copy)
		folder_remove(a->copy);
	return r;
}

int
batch_rescan(const struct request *request)
{
	CLEANUP(case_close) struct case_db *db = NULL;
	struct request here = *request;
	struct asking a = { .request = request, .b = { .request = &here, .lock = -1 } };
	int r;

	here.case_folder = request->operands[0];
	r = profile_load(request->profiles, request->profile_count, true, &a.profile);
	if (r == 0)
		r = tell_sources(a.profile);
	if (r == 0)
		r = case_open(here.case_folder, &db); /* no folder is made for a case that is not there */
	db = case_close(db);
	if (r == 0)
		r = case_folder_open(&a.b);
	if (r == 0)
		r = ask_all(&a);
	runlog_close(a.b.log);
	if (a.b.lock >= 0)
		close(a.b.lock);
	free(a.b.folder);
	free(a.b.work);
	free(a.copy);
	vector_free(&a.exhibits.numbers);
	profile_free(a.profile);
	return r < 0 ? EXIT_FAILED : verdict_status(here.case_folder, request);
}

/* verify_case.c - every finding of a case, read again from the evidence: by us, and by libtsk where that is wanted. */
#include "verify_case.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

#include "case.h"
#include "fail.h"
#include "runlog.h"
#include "sandbox.h"
#include "verb.h"

struct exhibit {
	const char *number, *name, *fingerprint, *path; /* path: of its image, NULL where none was found */
};

struct checking {
	const struct request *request;
	struct case_db *db;
	struct arena arena;
	VECTOR(struct exhibit) exhibits;
	recheck_list list;           /* of the exhibit at hand */
	struct agreement *agreement; /* of the exhibit at hand: shared with the process that reads it */
};

static int
no_memory(const struct checking *c)
{
	return fail(ENOMEM, "out of memory for the findings of %s", c->request->case_folder);
}

/* ---- what the case says ---- */

static int
take_evidence(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct checking *c = state;
	struct exhibit *e = vector_push(&c->exhibits);

	(void)is_number;
	if (!e)
		return no_memory(c);
	e->number = arena_copy(&c->arena, row_value(n, names, values, "evidence"));
	e->name = arena_copy(&c->arena, row_value(n, names, values, "name"));
	e->fingerprint = arena_copy(&c->arena, row_value(n, names, values, "fingerprint"));
	return e->number && e->name && e->fingerprint ? 0 : no_memory(c);
}

static int
take_finding(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct checking *c = state;
	struct recheck *f = vector_push(&c->list);

	(void)is_number;
	if (!f)
		return no_memory(c);
	*f = (struct recheck){
		.finding = arena_copy(&c->arena, row_value(n, names, values, "finding")),
		.path = arena_copy(&c->arena, row_value(n, names, values, "path")),
		.stream = arena_copy(&c->arena, row_value(n, names, values, "stream")),
		.excerpt = arena_copy(&c->arena, row_value(n, names, values, "excerpt")),
		.sha256 = arena_copy(&c->arena, row_value(n, names, values, "stated")),
		.bytes_sha256 = arena_copy(&c->arena, row_value(n, names, values, "bytes_sha256")),
		.ours = "",
		.our_bytes = "",
		.theirs = "",
		.said = "",
		.not_asked = "it was not wanted",
		.entry.entry = view_number(row_value(n, names, values, "mft")),
		.entry.sequence = (uint16_t)view_number(row_value(n, names, values, "seq")),
		.on = rests_of(row_value(n, names, values, "rests_on")),
		.volume = view_number(row_value(n, names, values, "volume")),
		.attribute = view_number(row_value(n, names, values, "ground")),
		.offset = view_number(row_value(n, names, values, "offset")),
		.length = view_number(row_value(n, names, values, "length")),
		.snapshot = row_value(n, names, values, "snapshot").n,
	};
	return f->finding && f->path && f->stream && f->excerpt && f->sha256 && f->bytes_sha256 ? 0 : no_memory(c);
}

/* ---- where its images are ---- */

/* An exhibit is named after its file, with as much of the folder as tells it from others. */
static bool
is_path_of(const char *path, const char *name)
{
	size_t n = strlen(path), tail = strlen(name);

	return n >= tail && !strcmp(path + n - tail, name) && (n == tail || path[n - tail - 1] == '/');
}

/* The last one that is there stands; operands come after what the log tells. */
static int
take_image(void *state, const char *path)
{
	struct checking *c = state;

	for (size_t i = 0; i < c->exhibits.n; i++) {
		struct exhibit *e = &c->exhibits.at[i];

		if (!is_path_of(path, e->name) || access(path, R_OK) < 0)
			continue;
		e->path = arena_copy(&c->arena, view_text(path));
		if (!e->path)
			return no_memory(c);
	}
	return 0;
}

static int
find_images(struct checking *c)
{
	int r = runlog_images(c->request->case_folder, take_image, c);

	for (size_t i = 0; i < c->request->operand_count && r == 0; i++)
		r = take_image(c, c->request->operands[i]);
	return r;
}

/* ---- what came of it ---- */

static void
count(struct agreement *a, const struct recheck *f)
{
	const char *result = recheck_result(f), *theirs = recheck_theirs_result(f);

	a->same += !strcmp(result, "same");
	a->differ += !strcmp(result, "differs");
	a->unread += !strcmp(result, "not-read");
	a->tsk_not_asked += !theirs;
	a->tsk_same += theirs && !strcmp(theirs, "same");
	a->tsk_differ += theirs && !strcmp(theirs, "differs");
	a->tsk_unread += theirs && !strcmp(theirs, "not-read");
}

static int
print(struct checking *c, const struct exhibit *e)
{
	int r = 0;

	for (size_t i = 0; i < c->list.n && r == 0; i++) {
		count(c->agreement, &c->list.at[i]);
		r = recheck_print(&c->list.at[i], e->name, c->request->json);
	}
	return r;
}

/* ---- one exhibit ---- */

static int
reread(struct checking *c, const struct exhibit *e, struct keeper *keeper)
{
	struct progress progress;
	CLEANUP(exam_close)
	struct exam exam = { .request = c->request, .path = e->path, .threads = 1, .progress = &progress };
	int r;

	progress_start(&progress, -1);
	r = exam_open(&exam);
	if (r == 0)
		r = exam_sweep(&exam);
	if (r == 0 && strcmp(exam.fingerprint, e->fingerprint))
		say("%s is not the media that was examined: it has changed since, or is another of that name", e->path);
	if (r == 0)
		r = recheck_ours(&exam, &c->arena, &c->list);
	if (r == 0 && keeper)
		r = recheck_theirs(&exam, keeper, &c->arena, &c->list);
	return r == 0 ? image_unchanged(exam.image) : r;
}

static int
status_of(const struct checking *c, int r)
{
	if (r < 0)
		return r == -ECANCELED ? EXIT_STOPPED : EXIT_FAILED;
	if (c->agreement->differ)
		return EXIT_MISMATCH;
	return c->agreement->unread || c->agreement->tsk_unread ? EXIT_LIMITED : EXIT_COMPLETE;
}

/* What is done where the evidence may have its hands. */
struct confined {
	struct checking *checking;
	const struct exhibit *exhibit;
	struct keeper *keeper;
};

static int
reread_and_print(void *state)
{
	const struct confined *confined = state;
	struct checking *c = confined->checking;
	const struct exhibit *e = confined->exhibit;
	int r = e->path ? reread(c, e, confined->keeper) : 0;

	if (r == 0)
		r = print(c, e);
	return status_of(c, r);
}

/* The record is for who asks later. */
static int
tell(struct checking *c, const struct exhibit *e)
{
	const struct agreement *a = c->agreement;

	say("%s: %" PRIu64 " findings the same, %" PRIu64 " differ, %" PRIu64 " could not be read", e->name, a->same,
	    a->differ, a->unread);
	if (access(c->request->case_folder, W_OK) == 0)
		return agreement_log(c->request->case_folder, e->name, e->path, a, c->request->with);
	say("%s cannot be written to: this check is not in its run.jsonl", c->request->case_folder);
	return 0;
}

/* The other reader is started first: a process that is confined may start none. */
static int
check_exhibit(struct checking *c, const struct exhibit *e, int *worst)
{
	const struct sandbox sandbox = { .image = e->path, .threads = 1 };
	CLEANUP(keeper_stop) struct keeper *keeper = NULL;
	const struct question question = { .view = "v_flagged", .where_column = "evidence", .where_value = e->number };
	int r, status;

	c->list.n = 0;
	fflush(stdout);
	r = case_ask(c->db, &question, take_finding, c);
	for (size_t i = 0; i < c->list.n && !e->path; i++)
		c->list.at[i].why = "its image is not where it was: name it as an operand";
	if (r == 0 && e->path && c->request->with)
		r = keeper_start(e->path, &keeper);
	if (r < 0)
		return r;
	status = sandbox_run(&sandbox, reread_and_print,
			     &(struct confined){ .checking = c, .exhibit = e, .keeper = keeper });
	if (status < 0)
		return status;
	r = tell(c, e);
	if (r < 0)
		return r;
	if (*worst == EXIT_COMPLETE || status == EXIT_MISMATCH || (status != EXIT_COMPLETE && *worst == EXIT_LIMITED))
		*worst = status;
	return 0;
}

/* The process that reads an image counts where we can see it. */
static struct agreement *
share(size_t n)
{
	void *at = mmap(NULL, (n + 1) * sizeof(struct agreement), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* For who reads what stands above it. */
static void
print_table(const struct checking *c, const struct agreement *all)
{
	for (size_t i = 0; i < c->exhibits.n && !c->request->json; i++)
		agreement_print(c->exhibits.at[i].name, &all[i], c->request->with, !i);
}

static int
check(struct checking *c, int *worst)
{
	struct agreement *all = NULL;
	int r = case_open(c->request->case_folder, &c->db);

	if (r == 0)
		r = case_ask(c->db, &(struct question){ .view = "v_evidence" }, take_evidence, c);
	if (r == 0)
		r = find_images(c);
	if (r == 0 && !(all = share(c->exhibits.n)))
		r = no_memory(c);
	for (size_t i = 0; i < c->exhibits.n && r == 0; i++) {
		c->agreement = &all[i];
		r = check_exhibit(c, &c->exhibits.at[i], worst);
	}
	if (r == 0)
		print_table(c, all);
	if (all)
		munmap(all, (c->exhibits.n + 1) * sizeof(*all));
	return r;
}

int
verify_case(const struct request *request)
{
	struct checking c = { .request = request };
	int worst = EXIT_COMPLETE, r = check(&c, &worst);

	case_close(c.db);
	vector_free(&c.exhibits);
	vector_free(&c.list);
	arena_free(&c.arena);
	if (r < 0)
		return r == -ECANCELED ? EXIT_STOPPED : EXIT_FAILED;
	return worst;
}

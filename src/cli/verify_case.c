/* verify_case.c - every finding of a case, read again from the evidence: by us, and by libtsk where that is wanted. */
#include "verify_case.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

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
	recheck_list list; /* of the exhibit at hand */
	uint64_t same, differ, unread;
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
	struct view attribute = row_value(n, names, values, "attribute");

	(void)is_number;
	if (!f)
		return no_memory(c);
	*f = (struct recheck){
		.finding = arena_copy(&c->arena, row_value(n, names, values, "finding")),
		.path = arena_copy(&c->arena, row_value(n, names, values, "path")),
		.stream = arena_copy(&c->arena, row_value(n, names, values, "stream")),
		.excerpt = arena_copy(&c->arena, row_value(n, names, values, "excerpt")),
		.sha256 = arena_copy(&c->arena, row_value(n, names, values, "sha256")),
		.ours = "",
		.theirs = "",
		.said = "",
		.entry.entry = view_number(row_value(n, names, values, "mft")),
		.entry.sequence = (uint16_t)view_number(row_value(n, names, values, "seq")),
		.volume = view_number(row_value(n, names, values, "volume")),
		.attribute = view_number(attribute),
		.offset = view_number(row_value(n, names, values, "offset")),
		.length = view_number(row_value(n, names, values, "length")),
		.has_stream = attribute.n && row_value(n, names, values, "bytes").n,
		.snapshot = row_value(n, names, values, "snapshot").n,
	};
	return f->finding && f->path && f->stream && f->excerpt && f->sha256 ? 0 : no_memory(c);
}

/* ---- where its images are ---- */

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The last one that is there stands; operands come after what the log tells. */
static int
take_image(void *state, const char *path)
{
	struct checking *c = state;

	for (size_t i = 0; i < c->exhibits.n; i++) {
		struct exhibit *e = &c->exhibits.at[i];

		if (strcmp(e->name, last_name(path)) || access(path, R_OK) < 0)
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

static const char *
result_of(const struct recheck *f)
{
	if (f->differs || (f->theirs[0] && strcmp(f->theirs, f->ours) != 0))
		return "differs";
	return f->looked && !f->why && !f->said[0] ? "same" : "not-read";
}

static int
print_json(const struct exhibit *e, const struct recheck *f, const char *result)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = log_text(&line, "finding", view_text(f->finding));

	if (r == 0)
		r = log_text(&line, "evidence", view_text(e->name));
	if (r == 0)
		r = log_text(&line, "path", view_text(f->path));
	if (r == 0)
		r = log_text(&line, "stream", view_text(f->stream));
	if (r == 0)
		r = log_text(&line, "sha256", view_text(f->sha256));
	if (r == 0)
		r = log_text(&line, "ours", view_text(f->ours));
	if (r == 0)
		r = log_text(&line, "tsk", view_text(f->theirs));
	if (r == 0)
		r = log_text(&line, "result", view_text(result));
	if (r == 0)
		r = log_text(&line, "reason", view_text(f->why ? f->why : f->said));
	if (r == 0)
		printf("{%s}\n", line.s);
	return r;
}

static void
print_line(const struct recheck *f, const char *result)
{
	CLEANUP(text_free) struct text path = { 0 };

	if (text_add_escaped(&path, view_text(f->path)) < 0 ||
	    (f->stream[0] &&
	     (text_addc(&path, ':') < 0 || text_add_escaped(&path, view_text(f->stream)) < 0)))
		return;
	printf("%-8s %s %s", result, f->finding, path.s);
	if (f->why)
		printf(": %s", f->why);
	else if (f->said[0])
		printf(": libtsk: %s", f->said);
	else if (!strcmp(result, "differs"))
		printf("\n         case   %s\n         image  %s%s%s", f->sha256[0] ? f->sha256 : "(quoted bytes)",
		       f->ours, f->theirs[0] ? "\n         libtsk " : "", f->theirs);
	putchar('\n');
}

static int
print(struct checking *c, const struct exhibit *e)
{
	int r = 0;

	for (size_t i = 0; i < c->list.n && r == 0; i++) {
		const struct recheck *f = &c->list.at[i];
		const char *result = result_of(f);

		c->same += !strcmp(result, "same");
		c->differ += !strcmp(result, "differs");
		/* what rests on no bytes cannot be read again: no shortcoming of this run */
		c->unread += !strcmp(result, "not-read") && f->has_stream;
		if (c->request->json)
			r = print_json(e, f, result);
		else
			print_line(f, result);
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
	if (r == 0 && keeper)
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
	return c->differ ? EXIT_MISMATCH : c->unread ? EXIT_LIMITED : EXIT_COMPLETE;
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
	if (r == 0)
		say("%s: %" PRIu64 " findings the same, %" PRIu64 " differ, %" PRIu64 " could not be read", e->name,
		    c->same, c->differ, c->unread);
	return status_of(c, r);
}

/* The other reader is started first: a process that is confined may start none. */
static int
check_exhibit(struct checking *c, const struct exhibit *e, int *worst)
{
	const struct sandbox sandbox = { .image = e->path, .threads = 1 };
	CLEANUP(keeper_stop) struct keeper *keeper = NULL;
	const struct question question = { .view = "v_flagged",
					   .where_column = "evidence",
					   .where_value = e->number };
	int r, status;

	c->list.n = 0;
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
	if (*worst == EXIT_COMPLETE || status == EXIT_MISMATCH || (status != EXIT_COMPLETE && *worst == EXIT_LIMITED))
		*worst = status;
	return 0;
}

static int
check(struct checking *c, int *worst)
{
	int r = case_open(c->request->case_folder, &c->db);

	if (r == 0)
		r = case_ask(c->db, &(struct question){ .view = "v_evidence" }, take_evidence, c);
	if (r == 0)
		r = find_images(c);
	for (size_t i = 0; i < c->exhibits.n && r == 0; i++)
		r = check_exhibit(c, &c->exhibits.at[i], worst);
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
	return r < 0 ? status_of(&c, r) : worst;
}

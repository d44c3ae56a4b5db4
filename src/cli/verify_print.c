/* verify_print.c - how the findings of a case and its images agree, for a person, for a program, and for the record. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "config.h"
#include "runlog.h"
#include "verify_case.h"
#include "versions.h"

const char *
recheck_theirs_result(const struct recheck *f)
{
	if (f->not_asked[0])
		return NULL;
	return !f->theirs[0] ? "not-read" : strcmp(f->theirs, f->ours) ? "differs" : "same";
}

const char *
recheck_result(const struct recheck *f)
{
	const char *theirs = f->theirs[0] ? recheck_theirs_result(f) : NULL;

	if (f->differs || (theirs && !strcmp(theirs, "differs")))
		return "differs";
	return f->looked && !f->why ? "same" : "not-read";
}

/* Each with a value, in order; ended by a NULL name. */
struct member {
	const char *name, *value;
};

static int
print_json(const struct recheck *f, const char *exhibit)
{
	const char *theirs = recheck_theirs_result(f);
	const struct member members[] = {
		{ "finding", f->finding },
		{ "evidence", exhibit },
		{ "path", f->path },
		{ "stream", f->stream },
		{ "rests_on", f->on < RESTS ? rests_name(f->on) : "" },
		{ "sha256", f->sha256 },
		{ "ours", f->ours },
		{ "tsk", f->theirs },
		{ "bytes_sha256", f->bytes_sha256 },
		{ "our_bytes", f->our_bytes },
		{ "result", recheck_result(f) },
		{ "tsk_result", theirs ? theirs : "not-asked" },
		{ "reason", f->why       ? f->why
			    : f->said[0] ? f->said
			    : theirs     ? ""
					 : f->not_asked },
	};
	CLEANUP(text_free) struct text line = { 0 };
	int r = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && r == 0; i++)
		r = log_text(&line, members[i].name, view_text(members[i].value));
	if (r == 0)
		printf("{%s}\n", line.s);
	return r;
}

static void
print_difference(const struct recheck *f)
{
	if (f->ours[0] && strcmp(f->sha256, f->ours))
		printf("\n         case   %s\n         image  %s", f->sha256[0] ? f->sha256 : "(quoted bytes)",
		       f->ours);
	if (f->bytes_sha256[0] && strcmp(f->bytes_sha256, f->our_bytes))
		printf("\n         bytes  %s\n         image  %s", f->bytes_sha256,
		       f->our_bytes[0] ? f->our_bytes : "(they cannot be read)");
	if (f->theirs[0] && strcmp(f->theirs, f->ours))
		printf("\n         libtsk %s", f->theirs);
}

int
recheck_print(const struct recheck *f, const char *exhibit, bool json)
{
	CLEANUP(text_free) struct text path = { 0 };
	const char *result = recheck_result(f);
	int r = json ? print_json(f, exhibit) : text_add_escaped(&path, view_text(f->path));

	if (json)
		return r;
	if (r == 0 && f->stream[0])
		r = text_addc(&path, ':');
	if (r == 0 && f->stream[0])
		r = text_add_escaped(&path, view_text(f->stream));
	if (r < 0)
		return r;
	printf("%-8s %s %s", result, f->finding, path.s);
	if (f->why)
		printf(": %s", f->why);
	else if (f->said[0])
		printf(": libtsk: %s", f->said);
	if (!strcmp(result, "differs"))
		print_difference(f);
	putchar('\n');
	return 0;
}

void
agreement_print(const char *exhibit, const struct agreement *a, bool tsk, bool first)
{
	CLEANUP(text_free) struct text name = { 0 };

	if (text_add_escaped(&name, view_text(exhibit)) < 0)
		return;
	if (first)
		printf("\n%10s %8s %8s%s  %s\n", "same", "differ", "not-read",
		       tsk ? "  libtsk: same   differ not-read not-asked" : "", "exhibit");
	printf("%10" PRIu64 " %8" PRIu64 " %8" PRIu64, a->same, a->differ, a->unread);
	if (tsk)
		printf(" %13" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9" PRIu64, a->tsk_same, a->tsk_differ, a->tsk_unread,
		       a->tsk_not_asked);
	printf("  %s\n", name.s);
}

int
agreement_log(const char *folder, const char *exhibit, const char *image, const struct agreement *a, bool tsk)
{
	const struct {
		const char *name;
		uint64_t value;
		bool tsk;
	} numbers[] = {
		{ "same", a->same, false },
		{ "differ", a->differ, false },
		{ "not_read", a->unread, false },
		{ "tsk_same", a->tsk_same, true },
		{ "tsk_differ", a->tsk_differ, true },
		{ "tsk_not_read", a->tsk_unread, true },
		{ "tsk_not_asked", a->tsk_not_asked, true },
	};
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(text_free) struct text line = { 0 };
	char digest[65];
	int r = case_digest(folder, digest);

	if (r == 0)
		r = log_text(&line, "version", view_text(PACKAGE_VERSION));
	if (r == 0)
		r = log_text(&line, "exhibit", view_text(exhibit));
	if (r == 0)
		r = log_text(&line, "verified", view_text(image ? image : ""));
	if (r == 0)
		r = log_text(&line, "case_sha256", view_text(digest));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && r == 0; i++)
		if (tsk || !numbers[i].tsk)
			r = log_number(&line, numbers[i].name, (int64_t)numbers[i].value);
	if (r == 0)
		r = runlog_open(folder, &log);
	return r < 0 ? r : runlog_add(log, "verify", line.s);
}

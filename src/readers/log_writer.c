/* log_writer.c - which build of Exchange wrote a log: its first record says so in four columns, or in one. */
#include <errno.h>

#include "filetime.h"
#include "setup.h"

enum { LONGEST = 6 /* digits of a number */, HEADER = 4096 };

struct reading {
	struct log_writer *writer;
	bool stopped;
};

static bool
take_columns(const struct log_line *line, struct build *ret)
{
	static const char *const names[BUILD_PARTS] = { "MajorVersion", "MinorVersion", "BuildVersion", "RevisionVersion" };
	struct build build = { .parts = BUILD_PARTS };

	for (int i = 0; i < BUILD_PARTS; i++) {
		struct view v = log_value(line, names[i]);

		if (!v.n || v.n > LONGEST || v.p[0] < '0' || v.p[0] > '9')
			return false;
		build.n[i] = (uint32_t)view_number(v);
	}
	*ret = build;
	return build.n[0] >= 14;
}

static int
take_line(void *state, const struct log_line *line)
{
	struct reading *r = state;
	struct log_writer *w = r->writer;

	if (!line->split)
		return 0;
	if (!w->when)
		w->when = line->when;
	if (!take_columns(line, &w->build) && !(build_parse(log_value(line, "BLD"), &w->build) && w->build.n[0] >= 14))
		return 0;
	w->found = true;
	w->when = line->when ? line->when : w->when;
	w->offset = line->offset;
	r->stopped = true;
	return -ECANCELED;
}

/* What stands behind a name at the start of the header lines, up to the end of its line. */
static struct view
header_value(struct view head, const char *name, uint64_t *ret_offset)
{
	size_t n = strlen(name);
	const uint8_t *at = head.n ? memmem(head.p, head.n, name, n) : NULL;
	struct view rest = at ? view_from(head, (uint64_t)(at - head.p) + n) : view_of(NULL, 0);
	size_t end = 0;

	while (end < rest.n && rest.p[end] != '\r' && rest.p[end] != '\n')
		end++;
	*ret_offset = at ? (uint64_t)(at - head.p) : 0;
	return view_part(rest, 0, end);
}

/* `#Version: 15.01.2176.009` and the `#Date: ` beside it; some kinds write the version of their format there, 15.0.0.0. */
static int
take_header(struct source *src, struct log_writer *w)
{
	uint8_t bytes[HEADER];
	ssize_t n = source_read(src, 0, bytes, sizeof(bytes));
	struct view head = view_of(bytes, n > 0 ? (size_t)n : 0);
	struct build build;
	uint64_t offset, ignored, when;

	if (n < 0)
		return (int)n;
	if (!build_parse(header_value(head, "#Version: ", &offset), &build) || build.parts != BUILD_PARTS || build.n[0] < 14 ||
	    !build.n[2])
		return 0;
	w->found = true;
	w->build = build;
	w->offset = offset;
	if (!w->when && filetime_parse(header_value(head, "#Date: ", &ignored), &when) == 0)
		w->when = when;
	return 0;
}

int
log_writer_read(const struct log_kind *kind, const char *file, struct source *src, struct log_writer *ret_writer)
{
	struct reading r = { .writer = ret_writer };
	CLEANUP(log_result_free) struct log_result result = { 0 };
	CLEANUP(source_close) struct source *head = NULL;
	const struct log_reading reading = { .kind = kind, .file = file, .all = true, .line = take_line, .state = &r };
	int e;

	*ret_writer = (struct log_writer){ 0 };
	e = source_window(src, 0, src->size < LOG_HEAD ? src->size : LOG_HEAD, src->name, &head);
	if (e == 0)
		e = log_read(&reading, head, &result);
	if (r.stopped)
		e = 0;
	return e < 0 || ret_writer->found ? e : take_header(src, ret_writer);
}

/* bodyfile.c - every file of the case as `fls -m` would list it, so that mactime makes its timeline from it. */
#include <inttypes.h>
#include <string.h>

#include "filetime.h"
#include "lines.h"

enum { MD5, PATH, STREAM, MFT, ATTRIBUTE, FLAGS, BYTES, SI, FN = SI + 4, VOLUME = FN + 4, IMAGE };
enum { CREATED, MODIFIED, CHANGED, ACCESSED };

/* What mactime can sort: it compares ten digits as text. */
#define BODY_LAST INT64_C(9999999999)

int
body_names(void *state, int n, const char *const *names)
{
	static const char *const wanted[] = { "md5",         "path",       "stream",      "mft",         "attribute",
					      "flags",       "bytes",      "si_created",  "si_modified", "si_changed",
					      "si_accessed", "fn_created", "fn_modified", "fn_changed",  "fn_accessed",
					      "volume",      "image",      NULL };

	lines_find(state, wanted, n, names);
	return 0;
}

/* Escaped, and without the '|' that parts the fields. */
static int
add_plain(struct lines *l, struct view name)
{
	int r;

	text_cut(&l->scratch, 0);
	r = text_add_escaped(&l->scratch, name);
	for (size_t i = 0; i < l->scratch.n && r == 0; i++)
		r = l->scratch.s[i] == '|' ? text_adds(&l->line, "\\x7c") : text_addc(&l->line, l->scratch.s[i]);
	return r;
}

static int64_t
seconds_of(struct lines *l, struct view ticks)
{
	int64_t n = number_of(ticks);
	int64_t seconds = n / FILETIME_SECOND - FILETIME_UNIX;

	if (!n) /* NULL and 0 alike: not set */
		return 0;
	if (n > 0 && seconds >= 0 && seconds <= BODY_LAST)
		return seconds;
	l->result.left_out++;
	return 0;
}

static int
add_name(struct lines *l, const struct view *values)
{
	struct view stream = lines_value(l, values, STREAM);
	int r = text_adds(&l->line, "");

	if (l->many) {
		r = add_plain(l, lines_value(l, values, IMAGE));
		if (r == 0)
			r = text_printf(&l->line, "@%" PRId64, number_of(lines_value(l, values, VOLUME)));
	}
	if (r == 0)
		r = add_plain(l, lines_value(l, values, PATH));
	if (r == 0 && stream.n)
		r = text_addc(&l->line, ':');
	return r < 0 ? r : add_plain(l, stream);
}

/* One line: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime. */
static int
add_line(struct lines *l, const struct view *values, int times, const char *mark)
{
	int64_t flags = number_of(lines_value(l, values, FLAGS));
	struct view md5 = lines_value(l, values, MD5), stream = lines_value(l, values, STREAM);
	bool folder = flags & FILE_DIRECTORY && !stream.n;
	int64_t t[4];
	int r = text_add(&l->line, md5.n ? md5 : view_text("0"));

	for (int i = 0; i < 4; i++)
		t[i] = seconds_of(l, lines_value(l, values, times + i));
	if (r == 0)
		r = text_addc(&l->line, '|');
	if (r == 0)
		r = add_name(l, values);
	if (r == 0)
		r = text_printf(&l->line, "%s%s|%" PRId64, mark, flags & FILE_ALLOCATED ? "" : " (deleted)",
				number_of(lines_value(l, values, MFT)));
	if (r == 0) /* the number of its $FILE_NAME is not known, that of its $DATA is */
		r = times == FN ? text_adds(&l->line, "-48")
				: text_printf(&l->line, "-%d-%" PRId64, folder ? 144 : 128,
					      number_of(lines_value(l, values, ATTRIBUTE)));
	if (r == 0)
		r = text_printf(&l->line, "|%s|0|0|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64,
				folder ? "d/drwxrwxrwx" : "r/rrwxrwxrwx", number_of(lines_value(l, values, BYTES)),
				t[ACCESSED], t[MODIFIED], t[CHANGED], t[CREATED]);
	l->result.rows++;
	return lines_put(l, r, "\n");
}

/* A name with several streams has its $FILE_NAME once: its rows follow one another. */
static int
is_new_name(struct lines *l, const struct view *values, bool *ret)
{
	CLEANUP(text_free) struct text key = { 0 };
	int r = text_printf(&key, "%" PRId64 "|%" PRId64 "|", number_of(lines_value(l, values, VOLUME)),
			    number_of(lines_value(l, values, MFT)));

	if (r == 0)
		r = text_add(&key, lines_value(l, values, PATH));
	if (r < 0)
		return r;
	*ret = !view_equal(text_view(&key), text_view(&l->last));
	text_free(&l->last);
	l->last = key;
	key = (struct text){ 0 };
	return 0;
}

int
body_row(void *state, int n, const char *const *names, const struct view *values, const bool *is_number)
{
	struct lines *l = state;
	bool fresh = false;
	int r = is_new_name(l, values, &fresh);

	(void)n, (void)names, (void)is_number;
	if (r < 0)
		return lines_put(l, r, "");
	if (fresh)
		r = add_line(l, values, FN, " ($FILE_NAME)");
	return r < 0 ? r : add_line(l, values, SI, "");
}

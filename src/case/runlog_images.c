/* runlog_images.c - where the images of a case lay when it was made, as its run.jsonl tells. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "file.h"
#include "runlog.h"

enum { RUNLOG_MAX = 64 << 20 };

static int
hex_digit(uint8_t c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? (c | 32) - 'a' + 10 : -1;
}

/* \uXXXX at i as UTF-16LE; anything else ends the text there. */
static int
add_unit(struct view s, size_t i, struct text *units)
{
	unsigned unit = 0;

	for (size_t k = 0; k < 4; k++) {
		int digit = view_has(s, i + k, 1) ? hex_digit(s.p[i + k]) : -1;

		if (digit < 0)
			return -EINVAL;
		unit = unit << 4 | (unsigned)digit;
	}
	return text_add(units, view_of((const uint8_t[]){ (uint8_t)unit, (uint8_t)(unit >> 8) }, 2));
}

/* The units gathered so far: both halves of a pair are there by now. */
static int
settle(struct text *units, struct text *ret)
{
	int r = units->n ? text_add_utf16(ret, text_view(units)) : 0;

	text_cut(units, 0);
	return r;
}

/* The text of a JSON string from behind its opening quote. */
static int
unescape(struct view s, struct text *ret)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	CLEANUP(text_free) struct text units = { 0 };
	int r = 0;

	for (size_t i = 0; i < s.n && s.p[i] != '"' && r == 0; i++) {
		const char *known;

		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 'u') {
			r = add_unit(s, i + 2, &units);
			i += 5;
			continue;
		}
		r = settle(&units, ret);
		known = s.p[i] == '\\' && ++i < s.n ? strchr(from, s.p[i]) : NULL;
		if (r == 0 && i < s.n)
			r = text_addc(ret, known && *known ? to[known - from] : (char)s.p[i]);
	}
	return r < 0 ? r : settle(&units, ret);
}

/* A member of a line that is a string: 1, or 0 where it has none. */
static int
member(struct view line, const char *key, struct text *ret)
{
	CLEANUP(text_free) struct text word = { 0 };
	const uint8_t *at;
	int r = text_printf(&word, ",\"%s\":\"", key);

	text_cut(ret, 0);
	if (r < 0)
		return r;
	at = memmem(line.p, line.n, word.s, word.n); /* a quote within a value is escaped: this is no value */
	if (!at)
		return 0;
	r = unescape(view_from(line, (size_t)(at - line.p) + word.n), ret);
	return r < 0 ? r : 1;
}

struct log {
	struct text kind, folder, path;
	int (*image)(void *state, const char *path);
	void *state;
};

static int
take_line(struct log *log, struct view line)
{
	CLEANUP(free) char *joined = NULL;
	int r = member(line, "kind", &log->kind);

	if (r <= 0)
		return r;
	if (!strcmp(log->kind.s ? log->kind.s : "", "start"))
		return member(line, "folder", &log->folder);
	if (strcmp(log->kind.s ? log->kind.s : "", "image") || (r = member(line, "image", &log->path)) <= 0 ||
	    !log->path.n)
		return r;
	if (log->path.s[0] == '/' || !log->folder.n)
		return log->image(log->state, log->path.s);
	joined = path_join(log->folder.s, log->path.s);
	return joined ? log->image(log->state, joined) : -ENOMEM;
}

int
runlog_images(const char *folder, int (*image)(void *state, const char *path), void *state)
{
	CLEANUP(free) char *path = path_join(folder, "run.jsonl");
	CLEANUP(text_free) struct text bytes = { 0 };
	struct log log = { .image = image, .state = state };
	int r = path ? file_read(path, RUNLOG_MAX, &bytes) : -ENOMEM;
	struct view rest = text_view(&bytes);

	while (r >= 0 && rest.n) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		r = take_line(&log, view_of(rest.p, n));
		if (r == -EINVAL)
			r = fail(EINVAL, "%s: a line of it is no JSON", path);
		rest = view_from(rest, end ? n + 1 : n);
	}
	text_free(&log.kind);
	text_free(&log.folder);
	text_free(&log.path);
	return r < 0 ? r : 0;
}

/* runlog_images.c - where the images of a case lay when it was made, as its run.jsonl tells. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "file.h"
#include "member.h"
#include "runlog.h"

enum { RUNLOG_MAX = 64 << 20 };

struct log {
	struct text kind, folder, path;
	int (*image)(void *state, const char *path);
	void *state;
};

static int
take_line(struct log *log, struct view line)
{
	CLEANUP(free) char *joined = NULL;
	int r = json_text(line, "kind", &log->kind);

	if (r <= 0)
		return r;
	if (!strcmp(log->kind.s ? log->kind.s : "", "start"))
		return json_text(line, "folder", &log->folder);
	if (strcmp(log->kind.s ? log->kind.s : "", "image") || (r = json_text(line, "image", &log->path)) <= 0 ||
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

/* runlog.c - the chain of custody that the tool keeps of itself: no line can be changed, dropped or put in unnoticed.
 */
#include "runlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "digest.h"
#include "fail.h"
#include "file.h"

struct runlog {
	char *path;
	int fd;
	uint64_t size; /* of the file, as far as it is taken in */
	uint64_t lines;
	char head[65];
	bool sealed; /* by a line that nothing has broken since */
};

enum {
	SELF_AT = 9,   /* of its digits behind the beginning of the last member: ,"self":" */
	SELF = 9 + 66, /* bytes of that member and the end of the line */
};

static const char genesis[] = "0000000000000000000000000000000000000000000000000000000000000000";

static int
hash_line(struct view line, char ret_hex[static 65])
{
	CLEANUP(text_free) struct text hex = { 0 };
	struct digest_value value;
	int r = digest_sha256(line, &value);

	if (r == 0)
		r = text_add_hex(&hex, view_of(value.b, 32));
	if (r == 0)
		memcpy(ret_hex, hex.s, 65);
	return r;
}

static int
broken(const struct runlog *log, int error, const char *what)
{
	return fail(error, "%s cannot be %s: %s", log->path, what, strerror(error));
}

/* Reads what lies behind log->size, complete lines and the rest. */
static int
read_rest(const struct runlog *log, struct text *rest)
{
	char block[65536];
	uint64_t at = log->size;
	ssize_t n;

	while ((n = pread(log->fd, block, sizeof(block), (off_t)at)) > 0) {
		if (text_add(rest, view_of(block, (size_t)n)) < 0)
			return broken(log, ENOMEM, "read");
		at += (uint64_t)n;
	}
	return n < 0 ? broken(log, errno, "read") : 0;
}

/* The next line of rest at *at without its end: false when no complete one is left. */
static bool
next_line(struct view rest, size_t *at, struct view *ret_line)
{
	const uint8_t *end = *at < rest.n ? memchr(rest.p + *at, '\n', rest.n - *at) : NULL;

	if (!end)
		return false;
	*ret_line = view_of(rest.p + *at, (size_t)(end - rest.p) - *at);
	*at += ret_line->n + 1;
	return true;
}

static int
write_all(const struct runlog *log, struct view bytes)
{
	int r = file_write(log->fd, bytes);

	if (r == 0 && fsync(log->fd) < 0)
		r = -errno;
	return r < 0 ? broken(log, -r, "written") : 0;
}

static int
compose(const struct runlog *log, const char *kind, const char *members, struct text *line)
{
	struct timespec now, monotonic;
	struct tm utc;
	char when[32], self[65];
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	gmtime_r(&now.tv_sec, &utc);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &utc);
	r = text_printf(line,
			"{\"seq\":%" PRIu64
			",\"prev\":\"%s\",\"time\":\"%s.%06ldZ\",\"monotonic\":%jd.%06ld,\"kind\":\"%s\"",
			log->lines, log->head, when, now.tv_nsec / 1000, (intmax_t)monotonic.tv_sec,
			monotonic.tv_nsec / 1000, kind);
	if (r == 0 && members && *members)
		r = text_printf(line, ",%s", members);
	if (r == 0)
		r = hash_line(text_view(line), self);
	return r < 0 ? r : text_printf(line, ",\"self\":\"%s\"}\n", self);
}

static bool
has_kind(struct view line, const char *kind)
{
	char member[64];
	int n = snprintf(member, sizeof(member), ",\"kind\":\"%s\",", kind);

	return n > 0 && memmem(line.p, line.n, member, (size_t)n);
}

/* Takes a line into the chain. */
static int
advance(struct runlog *log, struct view line)
{
	int r = hash_line(line, log->head);

	log->size += line.n + 1;
	log->lines++;
	log->sealed = has_kind(line, "seal") || (log->sealed && !has_kind(line, "unsealed"));
	return r < 0 ? broken(log, -r, "continued") : 0;
}

static int
append(struct runlog *log, const char *kind, const char *members)
{
	CLEANUP(text_free) struct text line = { 0 };
	int r = compose(log, kind, members, &line) < 0 ? broken(log, ENOMEM, "written") : 0;

	if (r == 0)
		r = write_all(log, text_view(&line));
	return r < 0 ? r : advance(log, view_of(line.s, line.n - 1));
}

/* Ends the line that a crash left half, and says so in the next. */
static int
mend(struct runlog *log, struct view torn)
{
	CLEANUP(text_free) struct text members = { 0 };
	int r = write_all(log, view_text("\n"));

	if (r == 0)
		r = advance(log, torn);
	if (r == 0 && log_number(&members, "bytes", (int64_t)torn.n) < 0)
		r = broken(log, ENOMEM, "written");
	say("%s: line %" PRIu64 " was left half by a crash; it is kept and noted", log->path, log->lines);
	return r < 0 ? r : append(log, "torn", members.s);
}

/* Takes in what was written since, by us or by others. */
static int
catch_up(struct runlog *log)
{
	CLEANUP(text_free) struct text rest = { 0 };
	struct view line;
	size_t at = 0;
	int r = read_rest(log, &rest);

	while (r == 0 && next_line(text_view(&rest), &at, &line))
		r = advance(log, line);
	return r < 0 || at == rest.n ? r : mend(log, view_from(text_view(&rest), at));
}

static int
lock(const struct runlog *log)
{
	while (flock(log->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return broken(log, errno, "locked");
	return 0;
}

/* A new file is only there for good once its folder is on disk, too. */
static int
sync_folder(const char *folder)
{
	CLEANUP(close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? fail(errno, "%s cannot be written: %s", folder, strerror(errno)) : 0;
}

static int
open_file(const char *folder, const char *name, int flags, struct runlog **ret_log)
{
	CLEANUP(runlog_close) struct runlog *log = calloc(1, sizeof(*log));
	struct stat st;

	if (!log)
		return fail(ENOMEM, "out of memory for the log of %s", folder);
	log->fd = -1;
	log->path = path_join(folder, name);
	if (!log->path)
		return -ENOMEM;
	memcpy(log->head, genesis, sizeof(genesis));
	log->fd = open(log->path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
	if (log->fd < 0)
		return broken(log, errno, "opened");
	if (fstat(log->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return broken(log, EINVAL, "opened");
	*ret_log = TAKE(log);
	return 0;
}

int
runlog_open_as(const char *folder, const char *name, struct runlog **ret_log)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	int r = open_file(folder, name, O_RDWR | O_CREAT | O_APPEND, &log);

	if (r == 0)
		r = sync_folder(folder);
	if (r == 0)
		r = lock(log);
	if (r == 0)
		r = catch_up(log);
	if (r < 0)
		return r;
	flock(log->fd, LOCK_UN);
	*ret_log = TAKE(log);
	return 0;
}

int
runlog_open(const char *folder, struct runlog **ret_log)
{
	return runlog_open_as(folder, "run.jsonl", ret_log);
}

struct runlog *
runlog_close(struct runlog *log)
{
	if (!log)
		return NULL;
	if (log->fd >= 0)
		close(log->fd);
	free(log->path);
	free(log);
	return NULL;
}

/* What changes a sealed case says so before it does: the seal is broken in the open, and who renews it can see why. */
static int
break_seal(struct runlog *log, const char *kind)
{
	CLEANUP(text_free) struct text members = { 0 };

	if (!log->sealed || !strcmp(kind, "seal") || !strcmp(kind, "verify"))
		return 0;
	if (log_text(&members, "by", view_text(kind)) < 0)
		return broken(log, ENOMEM, "written");
	say("%s: this breaks the seal of the case; 'postmortem seal --renew' makes a new one", log->path);
	return append(log, "unsealed", members.s);
}

int
runlog_add(struct runlog *log, const char *kind, const char *members)
{
	int r = lock(log);

	if (r == 0)
		r = catch_up(log);
	if (r == 0)
		r = break_seal(log, kind);
	if (r == 0)
		r = append(log, kind, members);
	flock(log->fd, LOCK_UN);
	return r;
}

void
runlog_state(const struct runlog *log, struct runlog_state *ret_state)
{
	*ret_state = (struct runlog_state){ .lines = log->lines, .bytes = log->size };
	memcpy(ret_state->head, log->head, sizeof(log->head));
}

static const char *
comma(const struct text *members)
{
	return members->n ? "," : "";
}

int
log_text(struct text *members, const char *key, struct view value)
{
	int r = text_printf(members, "%s\"%s\":\"", comma(members), key);

	if (r == 0)
		r = text_add_json(members, value);
	return r < 0 ? r : text_addc(members, '"');
}

int
log_number(struct text *members, const char *key, int64_t value)
{
	return text_printf(members, "%s\"%s\":%" PRId64, comma(members), key, value);
}

int
log_list(struct text *members, const char *key, const char *const *values, size_t n)
{
	int r = text_printf(members, "%s\"%s\":[", comma(members), key);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = text_adds(members, i ? ",\"" : "\"");
		if (r == 0)
			r = text_add_json(members, view_text(values[i]));
		if (r == 0)
			r = text_addc(members, '"');
	}
	return r < 0 ? r : text_addc(members, ']');
}

/* ---- checking ---- */

/* How a line must begin and end that stands here; it ends in the hash of all that is before. */
static bool
fits(const struct runlog *log, struct view line)
{
	char start[128], self[65];
	int n = snprintf(start, sizeof(start), "{\"seq\":%" PRIu64 ",\"prev\":\"%s\",\"time\":\"", log->lines,
			 log->head);

	return n > 0 && line.n > (size_t)n + SELF && !memcmp(line.p, start, (size_t)n) &&
	       !memcmp(line.p + line.n - SELF, ",\"self\":\"", SELF_AT) && !memcmp(line.p + line.n - 2, "\"}", 2) &&
	       hash_line(view_part(line, 0, line.n - SELF), self) == 0 &&
	       !memcmp(line.p + line.n - SELF + SELF_AT, self, 64);
}

static bool
is_torn_note(struct view line)
{
	return memmem(line.p, line.n, ",\"kind\":\"torn\",", 15) != NULL;
}

static const char does_not_fit[] = "it was changed, or does not follow from the line before";

static void
blame(struct runlog_state *state, uint64_t line, const char *why)
{
	if (!state->bad_line) {
		state->bad_line = line;
		state->why = why;
	}
}

int
runlog_read(const char *folder, const char *name, int (*each)(void *state, uint64_t number, struct view line), void *to,
	    struct runlog_state *ret_state)
{
	CLEANUP(runlog_close) struct runlog *log = NULL;
	CLEANUP(text_free) struct text rest = { 0 };
	struct runlog_state state = { 0 };
	uint64_t open_line = 0; /* one that does not fit, and that the next may call torn */
	struct view line;
	size_t at = 0;
	int r = open_file(folder, name, O_RDONLY, &log);

	if (r == 0)
		r = read_rest(log, &rest);
	while (r == 0 && next_line(text_view(&rest), &at, &line)) {
		bool good = fits(log, line);

		if (open_line && !(good && is_torn_note(line)))
			blame(&state, open_line, does_not_fit);
		state.torn += open_line && good && is_torn_note(line);
		open_line = good ? 0 : log->lines + 1;
		r = advance(log, line);
		if (r == 0 && each)
			r = each(to, log->lines, line);
	}
	if (r < 0)
		return r;
	if (open_line)
		blame(&state, open_line, does_not_fit);
	if (at < rest.n)
		blame(&state, log->lines + 1, "it was left half and not noted yet");
	state.lines = log->lines;
	state.bytes = log->size;
	memcpy(state.head, log->head, sizeof(state.head));
	*ret_state = state;
	return 0;
}

int
runlog_check(const char *folder, struct runlog_state *ret_state)
{
	return runlog_read(folder, "run.jsonl", NULL, NULL, ret_state);
}

/* faults.c - every fixture through a source that fails at its n-th read and a sink that stops at its n-th fact, for every n. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "logs.h"
#include "replay.h"

enum { READS_MAX = 1000, FACTS_MAX = 1000 };

/* The source below, but for one read. */
struct failing {
	struct source source;
	uint64_t reads, fail_at;
};

static ssize_t
read_or_fail(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct failing *f = (struct failing *)src;

	return f->reads++ == f->fail_at ? -EIO : source_read(src->under, offset, buf, n);
}

static const struct source_ops failing_ops = { .read = read_or_fail };

static bool
said(const char *path, const char *what, uint64_t n, int r)
{
	fprintf(stderr, "FAILED: %s: %s %llu gave %d\n", path, what, (unsigned long long)n, r);
	return false;
}

/* The failure must come back as it was, and only where there was one. */
static bool
fail_reads(struct replay *replay, const char *reader, const char *path, struct source *src)
{
	for (uint64_t n = 0; n < READS_MAX; n++) {
		struct failing f = { .source = { .ops = &failing_ops, .size = src->size, .under = src, .name = path }, .fail_at = n };
		int r = replay_feed(replay, reader, &f.source, NULL, UINT64_MAX);

		if (f.reads <= n)
			return r == 0 || said(path, "no failing read, but read", n, r);
		if (r != -EIO)
			return said(path, "a failing read", n, r);
	}
	return true;
}

static bool
stop_facts(struct replay *replay, const char *reader, const char *path, struct source *src)
{
	for (uint64_t n = 0; n < FACTS_MAX; n++) {
		int r = replay_feed(replay, reader, src, NULL, n);

		if (r == 0)
			return true;
		if (r != -EINTR)
			return said(path, "a sink that stops at", n, r);
	}
	return true;
}

static bool
try_file(struct replay *replay, const char *reader, const char *path)
{
	CLEANUP(text_free) struct text bytes = { 0 };
	CLEANUP(source_close) struct source *src = NULL;

	if (replay_load(reader, path, &bytes) < 0 || source_memory(text_view(&bytes), path, &src) < 0)
		return false;
	return fail_reads(replay, reader, path, src) && stop_facts(replay, reader, path, src);
}

static unsigned
try_folder(struct replay *replay, const char *reader, const char *folder, bool *good)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned n = 0;

	while (dir && (entry = readdir(dir))) {
		CLEANUP(free) char *path = entry->d_name[0] != '.' ? path_join(folder, entry->d_name) : NULL;

		if (!path || strstr(path, ".expected"))
			continue;
		*good &= try_file(replay, reader, path);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static unsigned
try_reader(struct replay *replay, const char *reader, const char *fixtures, bool *good)
{
	CLEANUP(free) char *folder = path_join(fixtures, reader);

	return folder ? try_folder(replay, reader, folder, good) : 0;
}

int
main(void)
{
	const char *fixtures = getenv("POSTMORTEM_FIXTURES");
	CLEANUP(replay_close) struct replay *replay = NULL;
	unsigned files = 0;
	bool good = true;

	if (!fixtures || replay_open(&replay) < 0)
		return 77;
	files += try_reader(replay, "content", fixtures, &good);
	files += try_reader(replay, "evtx", fixtures, &good);
	for (const struct log_kind *const *kind = log_kinds; *kind; kind++) {
		CLEANUP(free) char *reader = path_join("logs", (*kind)->name);

		if (reader)
			files += try_reader(replay, reader, fixtures, &good);
	}
	printf("%u fixtures\n", files);
	return good && files ? 0 : 1;
}

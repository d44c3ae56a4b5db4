/* watched.c - what tells the watch that the reading of a stream gets on. */
#include "watched.h"

static ssize_t
read_watched(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct watched *w = (struct watched *)src;
	ssize_t r;

	watch_beat(w->watch, w->thread, WATCH_SECONDS);
	r = source_read(src->under, offset, buf, n);
	watch_beat(w->watch, w->thread, WATCH_SECONDS + (unsigned)(n >> 20));
	return r;
}

static int
next_watched(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	struct watched *w = (struct watched *)src;
	int r;

	watch_beat(w->watch, w->thread, WATCH_SECONDS);
	r = source_next_data(src->under, offset, ret_from, ret_to);
	watch_beat(w->watch, w->thread, WATCH_SECONDS);
	return r;
}

struct source *
watched_over(struct watched *w, struct source *stream, struct watch *watch, unsigned thread)
{
	static const struct source_ops ops = { .read = read_watched, .next_data = next_watched };

	*w = (struct watched){
		.source = { .ops = &ops, .size = stream->size, .under = stream, .name = stream->name },
		.watch = watch,
		.thread = thread,
	};
	return &w->source;
}

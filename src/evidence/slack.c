/* slack.c - what lies in the clusters of a file and no program that opens it is shown. */
#include <errno.h>

#include "fail.h"
#include "stream_own.h"

struct slack_source {
	struct source source;
	struct stream_source *stream; /* borrowed */
	uint64_t from;                /* byte of the stream that is byte 0 here */
};

static ssize_t
slack_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	const struct slack_source *s = (const struct slack_source *)src;
	int r = 0;

	if (s->stream->bytes)
		memcpy(buf, s->stream->bytes + s->from + offset, n);
	else
		r = extents_read(&s->stream->map, s->stream->ntfs->volume, s->from + offset, buf, n);

	return r < 0 ? r : (ssize_t)n;
}

static unsigned
slack_trust(struct source *src, uint64_t from, uint64_t to)
{
	const struct slack_source *s = (const struct slack_source *)src;

	if (s->stream->bytes)
		return s->stream->torn ? TRUST_UNVERIFIED : 0;
	return stream_trust_stored(s->stream, s->from + from, s->from + to);
}

static void
slack_close(struct source *src)
{
	free(src);
}

static const struct source_ops slack_ops = { .read = slack_read, .trust = slack_trust, .close = slack_close };

static bool
covered(const struct stream_source *s)
{
	return s->wof || s->info.flags & STREAM_ELSEWHERE;
}

/*
 * Where the content ends: a filter covers all that is stored; of a compressed stream the unit that holds the last valid
 * byte is packed content to its end.
 */
static uint64_t
content_end(const struct stream_source *s)
{
	if (covered(s))
		return 0;
	return s->info.valid + (s->unit - 1 - (s->info.valid + s->unit - 1) % s->unit);
}

/* From the first to behind the last stored byte that is no content: false when there is none. */
static bool
bounds(const struct stream_source *s, uint64_t *ret_from, uint64_t *ret_to)
{
	const struct extent_map *map = &s->map;
	uint64_t end = content_end(s);
	bool found = false;

	if (s->bytes) { /* the record has no slack of a stream's own */
		*ret_from = 0;
		*ret_to = s->info.size;
		return covered(s) && s->info.size;
	}
	for (size_t i = extents_find(map, end); i < map->list.n; i++) {
		const struct extent *e = &map->list.at[i];

		if (!extent_stored(e))
			continue;
		if (!found)
			*ret_from = e->offset > end ? e->offset : end;
		*ret_to = e->offset + e->length;
		found = true;
	}
	return found;
}

int
stream_slack(const struct source *stream, struct source **ret_slack, struct slack_info *ret_info)
{
	struct stream_source *s = stream_self(stream);
	struct slack_source *slack;
	uint64_t from, to;

	if (!bounds(s, &from, &to))
		return -ENOENT;
	slack = calloc(1, sizeof(*slack));
	if (!slack)
		return fail(ENOMEM, "out of memory for the slack of a stream");
	*ret_info = (struct slack_info){ .from = from, .covered = covered(s), .more = to - from > STREAM_SLACK_MAX };
	slack->source = (struct source){ .ops = &slack_ops,
					 .size = ret_info->more ? STREAM_SLACK_MAX : to - from,
					 .under = s->ntfs->volume,
					 .name = s->source.name };
	slack->stream = s;
	slack->from = from;
	*ret_slack = &slack->source;
	return 0;
}

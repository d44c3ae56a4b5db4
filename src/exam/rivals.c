/* rivals.c - which deleted files of a volume claim the same clusters, gathered before the first of them is read. */
#include <errno.h>

#include "claims.h"
#include "exam.h"
#include "fail.h"

static bool
is_asked(const struct exam *exam, uint32_t volume)
{
	for (size_t i = 0; i < exam->candidates.n; i++) {
		const struct candidate *c = &exam->candidates.at[i];

		if (c->volume == volume && c->readers && !(c->flags & FILE_ALLOCATED) && c->first_cluster != UINT64_MAX)
			return true;
	}
	return false;
}

/* One stream of a deleted entry. What cannot be opened claims nothing, and is told where it is read. */
static int
add_stream(struct exam *exam, struct exam_volume *v, const struct entry *entry, const struct stream *s)
{
	CLEANUP(source_close) struct source *stream = NULL;
	struct unit unit = { .kind = UNIT_STREAM,
			     .volume = v->number,
			     .at = entry->number << 16 | entry->sequence,
			     .sub = s->attribute };
	int r;

	if (s->first_cluster == UINT64_MAX || (!s->name.n && entry_packed(entry)) || watch_aside(exam->watch, &unit))
		return 0;
	watch_begin(exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	r = stream_open(v->ntfs, (struct reference){ entry->number, entry->sequence }, s->attribute, NULL, &stream);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return 0;
	r = r < 0 ? r : claims_add(v->claims, stream);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for the clusters of deleted files") : r;
}

static int
add_entry(struct exam *exam, struct exam_volume *v, const struct entry *entry)
{
	int r = 0;

	for (uint32_t i = 0; i < entry->stream_count && r == 0; i++)
		r = add_stream(exam, v, entry, &entry->streams[i]);
	return r;
}

static int
gather(struct exam *exam, struct exam_volume *v)
{
	struct catalog_cursor cursor;
	int r;

	catalog_start(v->catalog, &cursor);
	while ((r = catalog_next(&cursor)) > 0) {
		r = cursor.entry.flags & ENTRY_ALLOCATED ? 0 : add_entry(exam, v, &cursor.entry);
		if (r < 0)
			break;
	}
	catalog_stop(&cursor);
	exam_phase(exam, PHASE_CONTENT);
	if (r == -ENOSPC)
		r = limits_add(
			v->limits, exam->name, -1, "", -1,
			"more runs of deleted files than are held against each other: that two of them claim the "
			"same clusters may go unsaid",
			1);
	if (r == 0)
		claims_settle(v->claims);
	return r;
}

int
rivals_find(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		struct exam_volume *v = &exam->volumes[i];

		if (!v->catalog || v->claims || !is_asked(exam, i))
			continue;
		r = claims_new(v->ntfs, &v->claims) < 0 ? fail(ENOMEM, "out of memory for deleted files") : 0;
		if (r == 0)
			r = gather(exam, v);
	}
	return r;
}

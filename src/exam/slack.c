/* slack.c - what lies behind the last cluster of a volume and before the end of its partition, where no file can be but
 * something can be hidden or left over. */
#include <errno.h>

#include "exam.h"
#include "fail.h"

enum {
	SLACK_MAX = 64 << 20, /* bytes searched of one volume: usually it is less than a cluster */
	MARKS_MAX = 100,
};

static const char slack_path[] = "[volume slack]";

struct slack {
	struct sink sink; /* first, so that a sink is its slack */
	struct exam *exam;
	uint32_t volume; /* index */
	uint64_t from;   /* of the volume */
	unsigned marks;
};

/* Nobody can say of which file these bytes were: they are a lead. */
static int
take_mark(struct sink *out, const struct mark *m)
{
	struct slack *slack = (struct slack *)out;
	struct exam_volume *v = &slack->exam->volumes[slack->volume];
	CLEANUP(text_free) struct text basis = { 0 };
	struct mark mark = *m;

	if (slack->marks++ >= MARKS_MAX)
		return limits_add(v->limits, slack_path, -1, "", (int64_t)(slack->from + m->offset),
				  "more rule hits than are kept for one stream", 1);
	if (text_add(&basis, m->basis) < 0 ||
	    text_adds(&basis,
		      "; in no file, but behind the last cluster of the volume, from where strings are counted") < 0)
		return fail(ENOMEM, "out of memory for hits in the slack of %s", slack->exam->path);
	mark.basis = text_view(&basis);
	mark.offset += slack->from;
	return finding_write(
		slack->exam,
		&(struct place){ .volume = slack->volume, .path = slack_path, .stream = "", .outside = true }, &mark,
		mark.rule->level > LEVEL_MEDIUM ? LEVEL_MEDIUM : mark.rule->level);
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct slack *slack = (struct slack *)out;

	return limits_add(slack->exam->volumes[slack->volume].limits, slack_path, -1, "",
			  (int64_t)(slack->from + offset), why, 1);
}

static int
take_event(struct sink *out, const struct event *e)
{
	(void)out;
	(void)e;
	return 0;
}

static int
cover(const struct slack *slack, uint64_t bytes, unsigned trust, bool all)
{
	struct exam_volume *v = &slack->exam->volumes[slack->volume];
	CLEANUP(text_free) struct text path = { 0 };
	const char *reason = !all ? "only its first 64 MiB were searched" : trust ? "see the limitations" : NULL;
	int r = 0;

	if (text_printf(&path, "volume %u: behind the last cluster", v->number) < 0)
		return fail(ENOMEM, "out of memory for the coverage of %s", slack->exam->path);
	if (reason)
		r = limits_add(v->limits, slack_path, -1, "", (int64_t)slack->from,
			       all ? "rests on bytes that are missing or cannot be trusted" : reason, 1);
	return r < 0 ? r
		     : case_coverage(slack->exam->db, &(struct coverage_row){ .source = "slack",
									      .path = text_view(&path),
									      .state = reason ? "partly" : "read",
									      .items = 1,
									      .bytes = bytes,
									      .reason = reason });
}

static int
read_volume(struct slack *slack)
{
	const struct exam_volume *v = &slack->exam->volumes[slack->volume];
	struct content_place place = {
		.path = slack_path, .name = "", .extension = "", .owner = "", .relative = "", .build = ""
	};
	struct source *volume = ntfs_volume(v->ntfs);
	uint64_t left = volume->size - slack->from, bytes = left < SLACK_MAX ? left : SLACK_MAX;
	CLEANUP(source_close) struct source *bytes_there = NULL;
	CLEANUP(content_close) struct content *content = NULL;
	struct content_result result = { 0 };
	int r = source_window(volume, slack->from, bytes, slack_path, &bytes_there);

	if (r == 0)
		r = content_open(slack->exam->profile, &content);
	if (r == 0)
		r = content_read(content, bytes_there, &place, &slack->sink, &result);
	if (r == 0 && result.incomplete)
		r = take_damage(&slack->sink, 0, result.incomplete);
	return r < 0 ? r : cover(slack, bytes, source_trust(bytes_there, 0, bytes), bytes == left);
}

int
slack_read(struct exam *exam)
{
	int r = 0;

	for (uint32_t i = 0; i < exam->volume_count && r == 0; i++) {
		const struct exam_volume *v = &exam->volumes[i];
		struct slack slack = { .sink = { .event = take_event, .mark = take_mark, .damage = take_damage },
				       .exam = exam,
				       .volume = i };

		if (!v->ntfs)
			continue;
		slack.from = ntfs_geometry(v->ntfs)->clusters * ntfs_geometry(v->ntfs)->cluster_size;
		/* one sector is the copy of the boot sector */
		if (slack.from + ntfs_geometry(v->ntfs)->sector_size < ntfs_volume(v->ntfs)->size)
			r = read_volume(&slack);
	}
	return r;
}

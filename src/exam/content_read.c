/* content_read.c - one chosen stream read, hashed and searched, by one of several threads. */
#include <errno.h>

#include "builds.h"
#include "claims.h"
#include "content_own.h"
#include "fail.h"
#include "headed.h"
#include "hidden.h"
#include "hives.h"
#include "registered.h"
#include "pages.h"
#include "watched.h"

enum {
	KEPT_MAX = 1 << 20,    /* bytes of a flagged file that the case keeps */
	MARKS_MAX = 1000,      /* of one stream */
	FIRST_USER_ENTRY = 16, /* those before are of the file system itself */
};

static int
take_mark(struct sink *out, const struct mark *m)
{
	struct slot *slot = (struct slot *)out;
	struct kept_mark *kept;

	if (slot->marks.n >= MARKS_MAX)
		return limits_add(slot->limits, slot->candidate->path, (int64_t)slot->candidate->entry.entry,
				  slot->hiding ? slot->hiding->stream : slot->candidate->stream, (int64_t)m->offset,
				  "more rule hits than are kept for one stream", 1);
	kept = vector_push(&slot->marks);
	if (!kept)
		return fail(ENOMEM, "out of memory for hits in %s", slot->candidate->path);
	*kept = (struct kept_mark){
		.rule = m->rule, .offset = m->offset, .length = m->length, .end = m->end, .hiding = slot->hiding
	};
	kept->excerpt = view_of(arena_copy(&slot->arena, m->excerpt), m->excerpt.n);
	kept->basis = view_of(arena_copy(&slot->arena, m->basis), m->basis.n);
	return kept->excerpt.p && kept->basis.p ? 0
						: fail(ENOMEM, "out of memory for hits in %s", slot->candidate->path);
}

static int
take_damage(struct sink *out, uint64_t offset, const char *why)
{
	struct slot *slot = (struct slot *)out;
	const struct candidate *c = slot->candidate;

	return limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, (int64_t)offset, why, 1);
}

static int
take_event(struct sink *out, const struct event *e)
{
	(void)out;
	(void)e;
	return 0; /* content states no dated facts */
}

const struct sink content_sink = { .event = take_event, .mark = take_mark, .damage = take_damage };

void
slot_clear(struct slot *slot)
{
	vector_free(&slot->marks);
	arena_free(&slot->arena);
	free(slot->kept);
	slot->kept = NULL;
	slot->hive = hiveslot_free(slot->hive);
	slot->witnessed = witness_free(slot->witnessed);
	slot->page = page_free(slot->page);
	slot->kept_n = 0;
	slot->reused = slot->shared = slot->clusters = 0;
	slot->trust = 0;
	slot->held = 0;
	slot->unread = NULL;
	slot->hiding = NULL;
	slot->owner[0] = 0;
	slot->opened = slot->overwritten = slot->aside = false;
	slot->result = (struct content_result){ 0 };
	logslot_clear(&slot->log);
	slot->events = evtxslot_free(slot->events);
}

static size_t
weight_of(const struct slot *slot)
{
	return slot->kept_n + slot->arena.total + hiveslot_weight(slot->hive) + slot->marks.room * sizeof(*slot->marks.at) +
	       slot->log.lines.room * sizeof(*slot->log.lines.at) +
	       slot->log.result.hour_count * sizeof(*slot->log.result.hours) +
	       (slot->events ? sizeof(*slot->events) + slot->events->result.hour_count * sizeof(struct log_hour) : 0);
}

static bool
flagged(const struct slot *slot)
{
	for (size_t i = 0; i < slot->marks.n; i++)
		if (!slot->marks.at[i].hiding)
			return true;
	return slot->candidate->rule_count || slot_stray(slot);
}

static int
keep(struct slot *slot, struct source *stream)
{
	ssize_t n;

	if (!flagged(slot) || !slot_digest(slot, DIGEST_SHA256) || stream->size > KEPT_MAX)
		return 0;
	slot->kept = malloc((size_t)stream->size);
	if (!slot->kept)
		return fail(ENOMEM, "out of memory for %s", slot->candidate->path);
	n = source_read(stream, 0, slot->kept, (size_t)stream->size);
	slot->kept_n = n > 0 ? (size_t)n : 0;
	return n < 0 ? (int)n : 0;
}

static const char *
extension_of(const char *name, char lower[static EXTENSION_MAX])
{
	const char *dot = strrchr(name, '.');
	size_t n = 0;

	for (; dot && dot[n] && n < EXTENSION_MAX - 1; n++)
		lower[n] = (char)(dot[n] >= 'A' && dot[n] <= 'Z' ? dot[n] + 32 : dot[n]);
	lower[n] = 0;
	return lower;
}

struct content_place
slot_place(const struct slot *slot, char extension[static EXTENSION_MAX])
{
	const struct candidate *c = slot->candidate;

	return (struct content_place){ .path = c->path,
				       .name = c->name,
				       .extension = extension_of(c->name, extension),
				       .owner = sid_name(slot->owner)[0] ? sid_name(slot->owner) : slot->owner,
				       .relative = c->relative,
				       .build = c->build };
}

static int
read_content(struct slot *slot, struct content *content, struct source *stream)
{
	char extension[EXTENSION_MAX];
	struct content_place place = slot_place(slot, extension);

	return content_read(content, stream, &place, &slot->sink, &slot->result);
}

/* Why a stream that is open holds nothing that could be read as its content; NULL when it does. */
static const char *
no_content(const struct source *stream)
{
	struct stream_info info;

	stream_info(stream, &info);
	if (info.flags & STREAM_ENCRYPTED)
		return "encrypted by the file system (EFS): only its ciphertext is here, and it was not examined";
	if (info.flags & STREAM_ELSEWHERE)
		return ""; /* said where it was opened */
	return NULL;
}

/* Its place still counts, and what the lists know of that. */
static int
pass_over(struct slot *slot, const struct reading *reading, const struct hand *hand, struct ntfs *ntfs,
	  struct source *stream)
{
	const struct candidate *c = slot->candidate;

	slot->result.baseline = baseline_grade(reading->exam->profile, c->relative, NULL, c->build);
	return c->readers & READER_CONTENT ? hidden_read(slot, hand->content, ntfs, stream) : 0;
}

/* Of a file that is partly overwritten: whether what was found lies in what is left of it. */
static int
place_marks(struct slot *slot, const struct exam_volume *v, struct source *stream)
{
	int r = 0;

	for (size_t i = 0; i < slot->marks.n && (slot->reused || slot->shared) && r == 0; i++) {
		struct kept_mark *m = &slot->marks.at[i];
		uint64_t end = m->end > m->offset + m->length ? m->end : m->offset + m->length;

		if (m->hiding) /* its offsets are others, and it is no proof anyway */
			continue;
		end = m->length ? end : UINT64_MAX;
		r = stream_reused_at(v->ntfs, stream, m->offset, end, &m->taken);
		if (r == 0 && slot->shared)
			m->shared = claims_shared(v->claims, stream, m->offset, end);
	}
	return r;
}

static int
read_stream(struct slot *slot, const struct reading *reading, unsigned thread, const struct exam_volume *v,
	    struct source *bare)
{
	const struct hand *hand = &reading->hands[thread];
	const struct candidate *c = slot->candidate;
	CLEANUP(headed_close) struct headed headed = { 0 };
	struct watched watched;
	struct source *stream = watched_over(&watched, bare, reading->exam->watch, thread);
	struct ntfs *ntfs = v->ntfs;
	int r = 0;

	if (c->witness && c->readers & READER_LOG) { /* its first record says which build wrote it */
		if (headed_open(&headed, stream) < 0)
			return fail(ENOMEM, "out of memory to read %s", c->path);
		stream = &headed.source;
	}
	if (!(c->flags & FILE_ALLOCATED))
		r = stream_reused(ntfs, bare, &slot->reused, &slot->clusters);
	if (r == 0 && slot->clusters && v->claims)
		slot->shared = claims_shared(v->claims, bare, 0, UINT64_MAX);
	slot->overwritten = slot->clusters && slot->reused == slot->clusters;
	if (r < 0 || slot->overwritten)
		return r;
	slot->unread = no_content(bare);
	if (slot->unread)
		return pass_over(slot, reading, hand, ntfs, bare);
	if (c->readers & READER_CONTENT)
		r = read_content(slot, hand->content, stream);
	if (r == 0 && c->readers & READER_LOG)
		r = logslot_read(slot, asked_kind(reading->exam->asked, c->log), thread, stream);
	if (r == 0 && c->readers & READER_ARTEFACT)
		r = artefactslot_read(slot, asked_kind(reading->exam->asked, c->log), thread, stream);
	if (r == 0 && c->readers & READER_EVENTS)
		r = evtxslot_read(slot, reading->exam->asked, thread, stream);
	if (r == 0 && c->readers & READER_HIVE)
		r = hiveslot_read(slot, reading->exam, asked_kind(reading->exam->asked, &asked_hives), thread, stream);
	if (r == 0)
		r = place_marks(slot, v, bare);
	slot->trust = source_trust(stream, 0, stream->size);
	if (r == 0 && c->witness)
		r = witness_read(slot, reading->exam, stream);
	if (r == 0 && c->page_file)
		r = page_read(slot, reading->exam, stream);
	if (slot->trust & (TRUST_MISSING | TRUST_DAMAGED))
		slot->result.baseline = BASELINE_NONE;
	if (c->entry.entry < FIRST_USER_ENTRY && !c->choice_count)
		slot->marks.n = 0; /* what $MFT or $LogFile hold of other files is told with those */
	if (r < 0 || !(c->readers & READER_CONTENT))
		return r;
	r = keep(slot, stream);
	if (r == 0 && (c->entry.entry >= FIRST_USER_ENTRY || c->choice_count))
		r = hidden_read(slot, hand->content, ntfs, bare);
	return r;
}

static int
open_and_read(struct reading *reading, struct slot *slot, unsigned thread, struct exam_volume *v)
{
	CLEANUP(source_close) struct source *stream = NULL;
	const struct candidate *c = slot->candidate;
	int r;

	r = stream_open(v->ntfs, c->entry, c->attribute, &slot->sink, &stream);
	if (r == -ESTALE || r == -ENOENT || r == -EINVAL)
		return take_damage(&slot->sink, 0, "the stream could not be opened for reading");
	if (r < 0)
		return r;
	slot->opened = true;
	return read_stream(slot, reading, thread, v, stream);
}

struct unit
stream_unit(const struct reading *reading, const struct candidate *c)
{
	return (struct unit){ .kind = UNIT_STREAM,
			      .volume = reading->exam->volumes[c->volume].number,
			      .at = c->entry.entry << 16 | c->entry.sequence,
			      .sub = c->attribute };
}

int
content_work(void *state, unsigned thread, uint64_t i)
{
	struct reading *reading = state;
	struct watch *watch = reading->exam->watch;
	struct slot *slot = &reading->slots[i % AHEAD];
	struct candidate *c = reading->order[i];
	struct exam_volume *v = &reading->exam->volumes[c->volume];
	struct unit unit = stream_unit(reading, c);
	const struct aside *aside = watch_aside(watch, &unit);
	int r;

	slot_clear(slot);
	slot->candidate = c;
	slot->limits = v->limits;
	slot->zone = registered_zone(reading->exam, c->volume);
	r = v->secure ? secure_owner(v->secure, c->entry, slot->owner) : 0;
	if (r < 0 || !c->readers)
		return r < 0 ? r : 0;
	slot->aside = aside != NULL;
	if (aside)
		return take_damage(&slot->sink, 0, aside->why);
	watch_begin(watch, thread, &unit, WATCH_SECONDS);
	r = open_and_read(reading, slot, thread, v);
	slot->held = weight_of(slot);
	reading->held += slot->held;
	if (r < 0)
		watch_failed(watch);
	watch_end(watch, thread);
	return r;
}

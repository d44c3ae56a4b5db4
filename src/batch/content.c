/* content.c - the stage that reads what the profile chose, scripts first and then in the order of the disk. */
#include <errno.h>

#include "claims.h"
#include "exam.h"
#include "fail.h"
#include "hidden.h"
#include "loglines.h"
#include "pool.h"
#include "watched.h"

enum {
	AHEAD = 64,            /* streams read before their rows are written */
	KEPT_MAX = 1 << 20,    /* bytes of a flagged file that the case keeps */
	FIRST_MAX = 1 << 20,   /* bytes of what is read first */
	MARKS_MAX = 1000,      /* of one stream */
	FIRST_USER_ENTRY = 16, /* those before are of the file system itself */
};

/* Stands for a reason that is in the limitations already. */
static const char said_when_opened[] = "";

/* What one thread reads with. */
struct hand {
	struct content *content;
	struct line_matcher *matcher;
};

struct reading {
	struct exam *exam;
	struct candidate **order;
	struct slot slots[AHEAD];
	struct hand *hands;                      /* by thread */
	struct literals *literals;               /* of all line rules, NULL without any */
	uint64_t done;                           /* bytes */
	enum fate fate;                          /* of the stream that is gone through, by all its names */
	bool chosen;                             /* by one of them */
	VECTOR(const struct candidate *) others; /* files beyond the baseline that are no code */
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

static void
clear(struct slot *slot)
{
	vector_free(&slot->marks);
	arena_free(&slot->arena);
	free(slot->kept);
	slot->kept = NULL;
	slot->kept_n = 0;
	slot->reused = slot->shared = slot->clusters = slot->lines = 0;
	slot->trust = 0;
	slot->unread = NULL;
	slot->hiding = NULL;
	slot->owner[0] = 0;
	slot->opened = slot->overwritten = slot->aside = false;
	slot->result = (struct content_result){ 0 };
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
		return said_when_opened;
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
	struct watched watched;
	struct source *stream = watched_over(&watched, bare, reading->exam->watch, thread);
	struct ntfs *ntfs = v->ntfs;
	int r = 0;

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
	if (r == 0 && c->readers & READER_LINES)
		r = loglines_read(slot, reading->literals, hand->matcher, stream);
	if (r == 0)
		r = place_marks(slot, v, bare);
	slot->trust = source_trust(stream, 0, stream->size);
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

static struct unit
stream_unit(const struct reading *reading, const struct candidate *c)
{
	return (struct unit){ .kind = UNIT_STREAM,
			      .volume = reading->exam->volumes[c->volume].number,
			      .at = c->entry.entry << 16 | c->entry.sequence,
			      .sub = c->attribute };
}

static int
work(void *state, unsigned thread, uint64_t i)
{
	struct reading *reading = state;
	struct watch *watch = reading->exam->watch;
	struct slot *slot = &reading->slots[i % AHEAD];
	struct candidate *c = reading->order[i];
	struct exam_volume *v = &reading->exam->volumes[c->volume];
	struct unit unit = stream_unit(reading, c);
	const struct aside *aside = watch_aside(watch, &unit);
	int r;

	clear(slot);
	slot->candidate = c;
	slot->limits = v->limits;
	r = v->secure ? secure_owner(v->secure, c->entry, slot->owner) : 0;
	if (r < 0 || !c->readers)
		return r < 0 ? r : 0;
	slot->aside = aside != NULL;
	if (aside)
		return take_damage(&slot->sink, 0, aside->why);
	watch_begin(watch, thread, &unit, WATCH_SECONDS);
	r = open_and_read(reading, slot, thread, v);
	if (r < 0)
		watch_failed(watch);
	watch_end(watch, thread);
	return r;
}

static int
write_content(struct reading *reading, const struct slot *slot)
{
	const struct candidate *c = slot->candidate;
	const char *grade = baseline_name(slot->result.baseline);

	return case_content(reading->exam->db, &(struct content_row){
						       .volume = reading->exam->volumes[c->volume].number,
						       .mft = c->entry.entry,
						       .bytes = slot->result.bytes,
						       .seq = c->entry.sequence,
						       .attribute = c->attribute,
						       .md5 = slot_digest(slot, DIGEST_MD5),
						       .sha1 = slot_digest(slot, DIGEST_SHA1),
						       .sha256 = slot_digest(slot, DIGEST_SHA256),
						       .baseline = grade[0] ? grade : NULL,
						       .deleted = !(c->flags & FILE_ALLOCATED),
						       .clusters = slot->clusters,
						       .reused = slot->reused,
						       .shared = slot->shared,
						       .role = role_name(c->role),
						       .trust = slot->trust,
						       .kept = view_of(slot->kept, slot->kept_n),
					       });
}

static int
write_owner(struct reading *reading, const struct slot *slot)
{
	const struct candidate *c = slot->candidate;

	return case_owner(reading->exam->db, &(struct owner_row){
						     .volume = reading->exam->volumes[c->volume].number,
						     .mft = c->entry.entry,
						     .seq = c->entry.sequence,
						     .sid = slot->owner,
						     .name = sid_name(slot->owner),
					     });
}

/* Why a stream that was wanted was not read, or not wholly, or not as Windows shows it; NULL when all is well. */
static const char *
shortcoming(const struct slot *slot)
{
	const struct candidate *c = slot->candidate;

	if (!slot->opened)
		return NULL; /* said where it was opened */
	if (slot->unread)
		return slot->unread;
	if (slot->result.incomplete)
		return slot->result.incomplete;
	if (slot->trust & TRUST_MISSING)
		return "part of it is not in the image: what is missing was read as zeros, and no hash is given";
	if (slot->trust & TRUST_DAMAGED)
		return "part of it could not be decoded, and no hash is given";
	if (slot->trust & TRUST_UNVERIFIED)
		return "rests on bytes whose checksum does not fit";
	if (slot->trust & TRUST_ACQUIRED)
		return "rests on sectors that the acquisition could not read";
	if (c->filtered)
		return "a filter of Windows may show other content under this name than what is stored here and was "
		       "read";
	if (c->readers & READER_CONTENT && !slot->overwritten && !(slot->result.kinds & 1u << DIGEST_SHA256))
		return "too large to be hashed";
	return NULL;
}

static int
write_incomplete(const struct slot *slot)
{
	const struct candidate *c = slot->candidate;
	const char *why = shortcoming(slot);

	if (!why || why == said_when_opened)
		return 0;
	return limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, -1, why, 1);
}

static void
count_read(struct reading *reading, const struct slot *slot)
{
	const struct candidate *c = slot->candidate;
	bool whole = slot->opened && !shortcoming(slot) && slot->result.bytes == c->size;

	for (uint32_t i = 0; c->readers && (i < c->choice_count || (c->astray && !i)); i++) {
		struct exam *exam = reading->exam;
		struct tally *t = c->astray ? &exam->astray : &exam->tallies[c->choices[i]->number];

		t->overwritten += slot->overwritten;
		t->read += whole;
		t->lost += !whole && !slot->overwritten;
		t->read_bytes += slot->result.bytes;
		t->lines += slot->lines;
	}
}

static enum fate
fate_of(const struct slot *slot)
{
	const struct candidate *c = slot->candidate;

	if (!c->readers)
		return FATE_LISTED;
	if (slot->aside)
		return FATE_ASIDE;
	if (!slot->opened)
		return FATE_UNREADABLE;
	if (slot->overwritten)
		return FATE_OVERWRITTEN;
	if (slot->unread && c->flags & FILE_ENCRYPTED)
		return FATE_CIPHERTEXT;
	if (slot->unread || c->filtered)
		return FATE_ELSEWHERE;
	if (slot->trust & (TRUST_MISSING | TRUST_DAMAGED))
		return FATE_DAMAGED;
	if (slot->result.incomplete || shortcoming(slot))
		return slot->trust && !slot->result.incomplete ? FATE_UNVERIFIED : FATE_INCOMPLETE;
	return FATE_READ;
}

/* A stream with several names, of which some may have no reader, is accounted for once: by the best that became of it.
 */
static void
settle(struct reading *reading, const struct candidate *stream)
{
	struct share *share = &reading->exam->volumes[stream->volume].fates[reading->fate];

	if (!reading->chosen)
		return;
	share->items++;
	share->bytes += stream->size;
	reading->chosen = false;
}

static void
note_fate(struct reading *reading, const struct slot *slot, bool again)
{
	enum fate fate = fate_of(slot);

	reading->fate = again && reading->fate < fate ? reading->fate : fate;
	reading->chosen = (again && reading->chosen) ||
			  ((slot->candidate->choice_count || slot->candidate->astray) &&
			   !(slot->candidate->flags & FILE_DATALESS));
}

/* Pictures, texts and the like beyond the baseline are told by the folder, at the end. */
static int
note_other(struct reading *reading, const struct slot *slot)
{
	const struct candidate **other;

	if (!slot_other(slot))
		return 0;
	other = vector_push(&reading->others);
	if (!other)
		return fail(ENOMEM, "out of memory for files in web roots");
	*other = slot->candidate;
	return 0;
}

static bool
same_stream(const struct candidate *a, const struct candidate *b)
{
	return a->volume == b->volume && a->entry.entry == b->entry.entry && a->entry.sequence == b->entry.sequence &&
	       a->attribute == b->attribute && (a->flags & FILE_DATALESS) == (b->flags & FILE_DATALESS);
}

static int
done(void *state, uint64_t i)
{
	struct reading *reading = state;
	struct slot *slot = &reading->slots[i % AHEAD];
	bool again = i && same_stream(reading->order[i - 1], reading->order[i]); /* a hard link */
	struct unit unit = stream_unit(reading, slot->candidate);
	int r = exam_unchanged(reading->exam);

	if (r < 0)
		return r;
	watch_begin(reading->exam->watch, WATCH_MAIN, &unit, WATCH_SECONDS);
	if (i && !again)
		settle(reading, reading->order[i - 1]);
	note_fate(reading, slot, again);
	count_read(reading, slot);
	if (slot->owner[0] && !again)
		r = write_owner(reading, slot);
	if (r == 0 && slot->opened && !again)
		r = write_content(reading, slot);
	if (r == 0)
		r = slot_weigh(reading->exam, slot, again);
	if (r == 0)
		r = note_other(reading, slot);
	if (r == 0)
		r = write_incomplete(slot);
	reading->done += slot->candidate->readers ? slot->candidate->size : 0;
	clear(slot);
	if (r < 0)
		watch_failed(reading->exam->watch);
	exam_phase(reading->exam, PHASE_CONTENT);
	return r < 0 ? r : progress_done(reading->exam->progress, reading->done);
}

static bool
first(const struct candidate *c)
{
	return c->role == ROLE_WEBROOT && c->size <= FIRST_MAX && name_is_code(c->name);
}

/* Scripts in web roots, then everything as it lies on the disk; resident content lies in the $MFT, by entry. */
static int
compare(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
	uint64_t cx = x->first_cluster + 1, cy = y->first_cluster + 1;

	if (x->first != y->first)
		return x->first ? -1 : 1;
	if (x->volume != y->volume)
		return x->volume < y->volume ? -1 : 1;
	if (cx != cy)
		return cx < cy ? -1 : 1;
	if (x->entry.entry != y->entry.entry)
		return x->entry.entry < y->entry.entry ? -1 : 1;
	if ((x->flags ^ y->flags) & FILE_DATALESS)
		return x->flags & FILE_DATALESS ? -1 : 1;
	if (x->attribute != y->attribute)
		return x->attribute < y->attribute ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* All names of an entry are read at the same time, whichever of them it is that comes first. */
static void
mark_first(struct candidate *candidates, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		bool any = false;

		for (end = i; end < n && candidates[end].volume == candidates[i].volume &&
			      candidates[end].entry.entry == candidates[i].entry.entry;
		     end++)
			any |= first(&candidates[end]);
		for (size_t k = i; k < end; k++)
			candidates[k].first = any && candidates[k].size <= FIRST_MAX;
	}
}

static int
put_in_order(struct reading *reading, uint64_t *ret_bytes)
{
	size_t n = reading->exam->candidates.n;

	*ret_bytes = 0;
	reading->order = malloc((n + 1) * sizeof(*reading->order));
	if (!reading->order)
		return fail(ENOMEM, "out of memory for the order of reading");
	mark_first(reading->exam->candidates.at, n);
	for (size_t i = 0; i < n; i++) {
		reading->order[i] = &reading->exam->candidates.at[i];
		*ret_bytes += reading->order[i]->readers ? reading->order[i]->size : 0;
	}
	qsort(reading->order, n, sizeof(*reading->order), compare);
	return 0;
}

static int
prepare(struct reading *reading)
{
	const struct profile *profile = reading->exam->profile;
	const struct view *literals;
	size_t n = profile_literals(profile, &literals);
	int r = 0;

	for (int i = 0; i < AHEAD; i++)
		reading->slots[i].sink = (struct sink){ .event = take_event, .mark = take_mark, .damage = take_damage };
	reading->hands = calloc(reading->exam->threads, sizeof(*reading->hands));
	if (!reading->hands)
		return fail(ENOMEM, "out of memory for %u threads", reading->exam->threads);
	for (unsigned i = 0; i < reading->exam->threads && r == 0; i++) {
		r = content_open(profile, &reading->hands[i].content);
		if (r == 0)
			r = line_matcher_open(profile, &reading->hands[i].matcher);
	}
	if (r == 0 && n)
		r = literals_open(literals, n, &reading->literals);
	return r;
}

static void
put_away(struct reading *reading)
{
	for (int i = 0; i < AHEAD; i++)
		clear(&reading->slots[i]);
	for (unsigned i = 0; reading->hands && i < reading->exam->threads; i++) {
		content_close(reading->hands[i].content);
		line_matcher_close(reading->hands[i].matcher);
	}
	free(reading->hands);
	literals_close(reading->literals);
	free(reading->order);
	vector_free(&reading->others);
}

static int
read_all(struct exam *exam)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	struct pool_job job = { .n = exam->candidates.n,
				.threads = exam->threads,
				.ahead = AHEAD,
				.state = reading,
				.work = work,
				.done = done };
	uint64_t bytes;
	int r;

	if (!reading)
		return fail(ENOMEM, "out of memory for reading");
	reading->exam = exam;
	r = prepare(reading);
	if (r == 0)
		r = owners_open(exam);
	if (r == 0)
		r = rivals_find(exam);
	if (r == 0)
		r = put_in_order(reading, &bytes);
	if (r == 0)
		r = progress_phase(exam->progress, PHASE_CONTENT, bytes);
	if (r == 0)
		r = pool_run(&job);
	if (r == 0 && job.n)
		settle(reading, reading->order[job.n - 1]);
	if (r == 0)
		r = others_weigh(exam, reading->others.at, reading->others.n);
	put_away(reading);
	free(reading);
	return r;
}

int
stage_content(struct exam *exam, bool read)
{
	int fresh = case_begin(exam->db, "content"), r = 0;

	if (fresh <= 0)
		return fresh;
	if (read)
		r = read_all(exam);
	if (r == 0 && read)
		r = slack_read(exam);
	if (r == 0)
		r = index_check(exam);
	if (r == 0)
		r = names_weigh(exam);
	if (r == 0)
		r = account_write(exam, read);
	if (r < 0) {
		case_abort(exam->db);
		return r;
	}
	return case_commit(exam->db);
}

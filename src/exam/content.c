/* content.c - the stage that reads what the profile chose, scripts first and then in the order of the disk. */
#include <errno.h>

#include "builds.h"
#include "claims.h"
#include "content_own.h"
#include "fail.h"
#include "hives.h"
#include "pages.h"
#include "pool.h"

enum { FIRST_MAX = 1 << 20 }; /* bytes of what is read first */

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

	if (!why || !*why)
		return 0;
	return limits_add(slot->limits, c->path, (int64_t)c->entry.entry, c->stream, -1, why, 1);
}

static void
count_for(struct tally *t, const struct slot *slot, bool whole)
{
	t->overwritten += slot->overwritten;
	t->read += whole;
	t->lost += !whole && !slot->overwritten;
	t->read_bytes += slot->result.bytes;
}

static void
count_read(struct reading *reading, const struct slot *slot)
{
	const struct candidate *c = slot->candidate;
	bool whole = slot->opened && !shortcoming(slot) && slot->result.bytes == c->size;

	for (uint32_t i = 0; c->readers && (i < c->choice_count || (c->astray && !i)); i++) {
		struct exam *exam = reading->exam;

		count_for(c->astray ? &exam->astray : &exam->tallies[c->choices[i]->number], slot, whole);
	}
	for (struct tally *t = c->site; t; t = t->above)
		count_for(t, slot, whole);
}

static enum fate
fate_of(const struct slot *slot)
{
	const struct candidate *c = slot->candidate;

	if (c->left_out)
		return FATE_LEFT_OUT;
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
	return a->volume == b->volume && reference_equal(a->entry, b->entry) &&
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
	if (r == 0 && slot->candidate->readers & READER_RECORDS && !again)
		r = logslot_write(reading->exam, slot, shortcoming(slot));
	if (r == 0 && slot->candidate->readers & READER_EVENTS && !again)
		r = evtxslot_write(reading->exam, slot, shortcoming(slot));
	if (r == 0 && slot->candidate->readers & READER_HIVE && !again)
		r = hiveslot_write(reading->exam, slot, shortcoming(slot));
	if (r == 0 && reading->trail && !again)
		r = trail_take(reading->trail, reading->exam, slot);
	if (r == 0)
		r = note_other(reading, slot);
	if (r == 0 && slot->witnessed && !again)
		r = witness_take(reading->exam, slot);
	if (r == 0 && slot->page && !again)
		r = page_take(reading->exam, slot);
	if (r == 0)
		r = write_incomplete(slot);
	reading->done += slot->candidate->readers ? slot->candidate->size : 0;
	reading->held -= slot->held;
	slot_clear(slot);
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

/* How often a large stream is doubled: what takes long is begun early, or one thread would end alone with it. */
static unsigned
bulk(const struct candidate *c)
{
	enum { LARGE = 25 }; /* 32 MiB */

	return c->size >> LARGE ? 64 - (unsigned)__builtin_clzll(c->size >> LARGE) : 0;
}

/* Scripts in web roots, the largest streams, then everything as it lies on the disk; resident content lies in the $MFT,
 * by entry. */
static int
compare(const void *a, const void *b)
{
	const struct candidate *x = *(struct candidate *const *)a, *y = *(struct candidate *const *)b;
	uint64_t cx = x->first_cluster + 1, cy = y->first_cluster + 1;

	if (x->first != y->first)
		return x->first ? -1 : 1;
	if (bulk(x) != bulk(y))
		return bulk(x) > bulk(y) ? -1 : 1;
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

/* What the user does not want read is left out, and told from what nobody reads. */
static void
leave_out(struct exam *exam)
{
	for (size_t i = 0; i < exam->candidates.n; i++) {
		struct candidate *c = &exam->candidates.at[i];

		c->left_out = c->readers && !(c->readers & exam->reads);
		c->readers &= exam->reads;
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
	int r = 0;

	for (int i = 0; i < AHEAD; i++)
		reading->slots[i].sink = content_sink;
	reading->hands = calloc(reading->exam->threads, sizeof(*reading->hands));
	if (!reading->hands)
		return fail(ENOMEM, "out of memory for %u threads", reading->exam->threads);
	for (unsigned i = 0; i < reading->exam->threads && r == 0; i++)
		r = content_open(profile, &reading->hands[i].content);
	return r;
}

static void
put_away(struct reading *reading)
{
	for (int i = 0; i < AHEAD; i++)
		slot_clear(&reading->slots[i]);
	for (unsigned i = 0; reading->hands && i < reading->exam->threads; i++)
		content_close(reading->hands[i].content);
	free(reading->hands);
	trail_free(reading->trail);
	free(reading->order);
	vector_free(&reading->others);
}

static bool
has_room(void *state)
{
	const struct reading *reading = state;

	return reading->held < AHEAD_BYTES;
}

static int
read_all(struct exam *exam)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	struct pool_job job = { .n = exam->candidates.n,
				.threads = exam->threads,
				.ahead = AHEAD,
				.state = reading,
				.room = has_room,
				.work = content_work,
				.done = done };
	uint64_t bytes;
	int r;

	if (!reading)
		return fail(ENOMEM, "out of memory for reading");
	reading->exam = exam;
	leave_out(exam);
	r = prepare(reading);
	if (r == 0 && exam->reads & (READER_RECORDS | READER_EVENTS | READER_HIVE))
		r = asked_open(exam, &exam->asked);
	if (r == 0 && exam->reads & READER_LOG)
		r = trail_new(&reading->trail);
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
	if (r == 0 && reading->trail)
		r = trail_follow(exam, reading->trail);
	put_away(reading);
	free(reading);
	return r;
}

int
stage_content(struct exam *exam)
{
	int fresh = case_begin(exam->db, "content"), r = 0;

	if (fresh <= 0)
		return fresh;
	if (exam->reads)
		r = read_all(exam);
	if (r == 0 && exam->reads & READER_CONTENT)
		r = slack_read(exam);
	if (r == 0)
		r = index_check(exam);
	if (r == 0)
		r = names_weigh(exam);
	if (r == 0)
		r = births_weigh(exam);
	if (r == 0)
		r = builds_write(exam);
	if (r == 0 && exam->reads & READER_CONTENT)
		r = pages_write(exam);
	if (r == 0)
		r = account_write(exam);
	if (r < 0) {
		case_abort(exam->db);
		return r;
	}
	return case_commit(exam->db);
}

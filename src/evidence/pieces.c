/* pieces.c - gathering what belongs to one entry: its base record, and the extension records of it. */
#include "pieces.h"

#include <errno.h>

#include "fail.h"
#include "layout.h"
#include "reference.h"
#include "stream.h"

static void
missing(struct pieces *pieces, const char *why)
{
	pieces->head.flags |= ENTRY_PARTIAL;
	/* what a deletion has taken apart is no damage */
	if (pieces->head.flags & ENTRY_ALLOCATED)
		whys_add(&pieces->whys, why);
}

/* Takes in all attributes of a record that the arena holds. */
static int
take_record(struct pieces *pieces, const struct ntfs *ntfs, struct view record, uint64_t number, bool base, bool torn)
{
	uint32_t at = 0;
	struct attribute a;
	int r;

	while ((r = record_next(record, &at, &a)) > 0) {
		struct piece *piece;

		if (pieces->list.n >= PIECES_MAX) {
			missing(pieces, "more attributes than an entry may have: the rest is left out");
			return 0;
		}
		piece = vector_push(&pieces->list);
		if (!piece)
			return fail(ENOMEM, "out of memory for the attributes of entry %llu",
				    (unsigned long long)number);
		piece->attribute = a;
		piece->holder = base ? 0 : number;
		piece->torn = torn;
		if (a.resident && a.value.n)
			piece->at = number * ntfs->geometry.record_size + (uint64_t)(a.value.p - record.p);
	}
	if (r < 0) {
		pieces->head.flags |= ENTRY_PARTIAL;
		whys_add(&pieces->whys, "the attributes of the record break off");
	}
	return 0;
}

/* A copy that lives as long as the pieces, or a view of nothing. */
static struct view
keep(struct pieces *pieces, const uint8_t *bytes, size_t n)
{
	uint8_t *copy = arena_take(&pieces->arena, n, 8);

	return copy ? view_of(memcpy(copy, bytes, n), n) : view_of(NULL, 0);
}

static bool
is_record(struct view v)
{
	return VIEW_AT(v, 0, struct disk_record) && (!memcmp(v.p, "FILE", 4) || !memcmp(v.p, "BAAD", 4));
}

int
pieces_begin(struct pieces *pieces, const struct ntfs *ntfs, struct view record, uint64_t number, bool torn)
{
	struct view kept;

	if (!is_record(record))
		return -EINVAL;
	kept = keep(pieces, record.p, record.n);
	if (!kept.n)
		return fail(ENOMEM, "out of memory for entry %llu", (unsigned long long)number);
	assembly_head(kept, number, torn || kept.p[0] == 'B', &pieces->head, &pieces->base);
	return take_record(pieces, ntfs, kept, number, true, torn);
}

/* Whether a record that was read belongs to this entry. */
static bool
belongs(const struct pieces *pieces, struct view record)
{
	struct entry head;
	struct reference base;

	if (!is_record(record))
		return false;
	assembly_head(record, 0, false, &head, &base);
	return base.entry == pieces->head.number && reference_pack(base) &&
	       sequence_fits(base.sequence, pieces->head.sequence, pieces->head.flags & ENTRY_ALLOCATED);
}

static bool
has_sequence(struct view record, uint16_t sequence)
{
	struct entry head;
	struct reference base;

	assembly_head(record, 0, false, &head, &base);
	return sequence_fits(sequence, head.sequence, head.flags & ENTRY_ALLOCATED);
}

static bool
held(const struct pieces *pieces, uint64_t number)
{
	for (size_t i = pieces->holders.n; i-- > 0;)
		if (pieces->holders.at[i] == number)
			return true;
	return false;
}

/*
 * Takes in one extension record: 1, 0 when it is another entry's by now, or negative. Its own sequence is of less
 * weight than the base it names.
 */
static int
take_holder(struct pieces *pieces, struct ntfs *ntfs, uint64_t number, const uint16_t *sequence, uint8_t *buf)
{
	uint32_t size = ntfs->geometry.record_size;
	uint64_t *holder;
	struct view kept;
	int torn = mft_record(ntfs, number, buf), r;

	if (torn == -ENODATA)
		return 0;
	if (torn < 0)
		return torn;
	if (!belongs(pieces, view_of(buf, size)))
		return 0;
	if (sequence && !has_sequence(view_of(buf, size), *sequence))
		missing(pieces, "the attribute list names another sequence number of a record");
	holder = vector_push(&pieces->holders);
	kept = keep(pieces, buf, size);
	if (!holder || !kept.n)
		return fail(ENOMEM, "out of memory for entry %llu", (unsigned long long)pieces->head.number);
	*holder = number;
	if (torn) {
		pieces->head.flags |= ENTRY_TORN;
		whys_add(&pieces->whys, "torn record: its sectors were not written together");
	}
	r = take_record(pieces, ntfs, kept, number, false, torn);
	return r < 0 ? r : 1;
}

/* The content of the attribute list, in the arena: 1, 0 when there is none that can be read, or negative. */
static int
list_content(struct pieces *pieces, struct ntfs *ntfs, struct view *ret_list)
{
	CLEANUP(source_close) struct source *stream = NULL;
	uint8_t *bytes;
	size_t n;
	int r = stream_of(ntfs, pieces, ATTRIBUTE_LIST, view_of(NULL, 0), true, NULL, &stream);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (stream->size > NTFS_LIST_MAX)
		missing(pieces, "the attribute list is longer than any may be: the rest is left out");
	n = stream->size < NTFS_LIST_MAX ? (size_t)stream->size : NTFS_LIST_MAX;
	bytes = arena_take(&pieces->arena, n, 8);
	if (!bytes)
		return fail(ENOMEM, "out of memory for an attribute list");
	r = source_read_all(stream, 0, bytes, n);
	if (r == 0 && source_trust(stream, 0, n))
		missing(pieces, "the attribute list cannot be read in full");
	*ret_list = view_of(bytes, n);
	return r < 0 ? r : 1;
}

static int
follow_list(struct pieces *pieces, struct ntfs *ntfs, struct view list, uint8_t *buf)
{
	struct list_item item;
	size_t at = 0, strangers = 0;
	int r;

	while ((r = list_next(list, &at, &item)) > 0) {
		if (item.holder.entry == pieces->head.number || held(pieces, item.holder.entry))
			continue;
		if ((pieces->holders.n + 1) * ntfs->geometry.record_size > PIECES_BYTES ||
		    strangers == PIECES_STRANGERS) {
			missing(pieces, "the attribute list leads to too many records: the rest is left out");
			return 0;
		}
		r = take_holder(pieces, ntfs, item.holder.entry, &item.holder.sequence, buf);
		if (r < 0)
			return r;
		if (!r) {
			strangers++;
			missing(pieces, "the attribute list leads to a record that is not of this entry");
		}
	}
	if (r < 0)
		missing(pieces, "the attribute list breaks off");
	return 0;
}

int
pieces_extend(struct pieces *pieces, struct ntfs *ntfs, const struct stray *others, size_t n)
{
	CLEANUP(free) uint8_t *buf = malloc(ntfs->geometry.record_size);
	struct view list;
	int r;

	if (!buf)
		return fail(ENOMEM, "out of memory for a record");
	r = list_content(pieces, ntfs, &list);
	if (r > 0)
		r = follow_list(pieces, ntfs, list, buf);
	pieces->listed = pieces->holders.n;
	for (size_t i = 0; i < n && r >= 0; i++) {
		if (others[i].record == pieces->head.number || held(pieces, others[i].record))
			continue;
		if ((pieces->holders.n + 1) * ntfs->geometry.record_size > PIECES_BYTES) {
			missing(pieces, "more extension records than an entry may have: the rest is left out");
			break;
		}
		r = take_holder(pieces, ntfs, others[i].record, NULL, buf);
		if (r > 0)
			pieces->head.flags |= ENTRY_PARTIAL;
	}
	return r < 0 ? r : 0;
}

int
pieces_of(struct ntfs *ntfs, uint64_t number, const struct stray *others, size_t n, struct pieces *pieces)
{
	CLEANUP(free) uint8_t *buf = malloc(ntfs->geometry.record_size);
	int torn, r;

	if (!buf)
		return fail(ENOMEM, "out of memory for a record");
	torn = mft_record(ntfs, number, buf);
	if (torn < 0)
		return torn;
	r = pieces_begin(pieces, ntfs, view_of(buf, ntfs->geometry.record_size), number, torn);
	return r < 0 ? r : pieces_extend(pieces, ntfs, others, n);
}

static bool
carries_on(const struct attribute *a)
{
	return !a->resident && a->first_vcn;
}

/* Adds those attributes that carry on a stream which another began, or those that do not. */
static int
add_pieces(struct pieces *pieces, struct assembly *as, bool carrying, size_t *starts)
{
	for (size_t i = 0; i < pieces->list.n; i++) {
		uint32_t before = as->entry->stream_count;
		int r = 0;

		if (carries_on(&pieces->list.at[i].attribute) == carrying)
			r = assembly_add(as, &pieces->list.at[i].attribute, pieces->list.at[i].holder);
		if (r < 0)
			return fail(ENOMEM, "out of memory for entry %llu", (unsigned long long)pieces->head.number);
		if (starts && as->entry->stream_count > before)
			starts[before] = i;
	}
	return 0;
}

int
pieces_entry(struct pieces *pieces, struct entry *ret_entry, size_t *starts)
{
	struct assembly as;
	struct whys whys;
	int r;

	*ret_entry = pieces->head;
	assembly_begin(&as, &pieces->arena, ret_entry, &whys);
	r = add_pieces(pieces, &as, false, starts);
	if (r == 0)
		r = add_pieces(pieces, &as, true, starts);
	if (r < 0)
		return r;
	assembly_end(&as);
	for (uint32_t i = 0; i < whys.n; i++)
		whys_add(&pieces->whys, whys.at[i]);
	return 0;
}

void
pieces_free(struct pieces *pieces)
{
	arena_free(&pieces->arena);
	vector_free(&pieces->list);
	vector_free(&pieces->holders);
}

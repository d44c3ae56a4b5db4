/* ewf_chunk.c - one chunk of the media out of its segment file: read, checked, unpacked; and what it is worth. */
#include <errno.h>
#include <inttypes.h>

#include "ewf.h"
#include "ewf_hand.h"
#include "fail.h"

enum {
	CHECKSUM = 4,
	ZERO_RATIO = 64, /* zeros pack to about a thousandth: nothing larger than this is looked at */
};

/* What was found wrong with a chunk; trust 0: nothing. */
struct fault {
	unsigned trust;
	const char *why;
};

static const struct fault unreadable = { TRUST_MISSING, "the segment file cannot be read here" };
static const struct fault unlisted = { TRUST_MISSING, "no usable table entry for this chunk" };
static const struct fault cut_off = { TRUST_MISSING, "the segment file ends within this chunk" };
static const struct fault wrong_sum = { TRUST_UNVERIFIED, "the checksum of this chunk does not fit" };
static const struct fault misplaced = { TRUST_UNVERIFIED, "a damaged table has another chunk in this one's place" };
static const struct fault broken = { TRUST_DAMAGED, "this packed chunk breaks off" };

size_t
ewf_chunk_bytes(const struct ewf *ewf, uint64_t chunk)
{
	uint64_t left = ewf->source.size - chunk * ewf->chunk_size;

	return left < ewf->chunk_size ? (size_t)left : ewf->chunk_size;
}

static int
note_loss(void *state, uint64_t from, uint64_t to)
{
	(void)from;
	(void)to;
	*(struct fault *)state = unreadable;
	return 0;
}

static int
read_packed(struct ewf *ewf, struct ewf_hand *hand, const struct ewf_place *place, struct view *ret_packed,
	    struct fault *fault)
{
	const struct segment_set *set = &ewf->image->set;
	int r = ewf_hand_room(hand, place->size);
	ssize_t n;

	if (r < 0)
		return r;
	n = segment_read(set, place->segment, place->offset, hand->packed, place->size);
	if (n == -EIO) {
		n = place->size;
		r = segment_salvage(set, place->segment, place->offset, hand->packed, place->size,
				    &(struct salvage){ .state = fault, .lost = note_loss });
	} else if (n < 0) {
		return (int)n;
	} else if (n < place->size) {
		*fault = cut_off;
	}
	*ret_packed = view_of(hand->packed, (size_t)n);
	return r;
}

static bool
all_zero(const uint8_t *p, size_t n)
{
	return n && !*p && !memcmp(p, p + 1, n - 1);
}

/* Zeros are what most of an empty disk is: the first such chunk is remembered as it was packed. */
static void
learn_zero(struct ewf *ewf, struct view packed, const uint8_t *bytes)
{
	struct ewf_zero *none = NULL, *zero;

	if (packed.n > ewf->chunk_size / ZERO_RATIO || atomic_load(&ewf->zero) || !all_zero(bytes, ewf->chunk_size))
		return;
	zero = malloc(sizeof(*zero) + packed.n);
	if (!zero)
		return;
	zero->n = packed.n;
	memcpy(zero->packed, packed.p, packed.n);
	if (!atomic_compare_exchange_strong(&ewf->zero, &none, zero))
		free(zero);
}

static bool
is_known_zero(const struct ewf *ewf, struct view packed)
{
	const struct ewf_zero *zero = atomic_load_explicit(&ewf->zero, memory_order_acquire);

	return zero && view_equal(packed, view_of(zero->packed, zero->n));
}

/* 0, or 1 when this is no whole packed chunk. Only the last chunk may unpack to more than the media has of it. */
static int
unpack(struct ewf *ewf, struct ewf_hand *hand, struct view packed, uint8_t *buf, size_t want)
{
	bool last = want < ewf->chunk_size;
	uint8_t *target = last ? hand->plain : buf;
	size_t n, used;

	if (!last && is_known_zero(ewf, packed)) {
		memset(buf, 0, want);
		return 0;
	}
	if (inflate_whole(hand->inflater, packed, target, ewf->chunk_size, &n, &used) || n < want)
		return 1;
	atomic_fetch_add_explicit(&ewf->image->bytes, n, memory_order_relaxed);
	if (last)
		memcpy(buf, target, want);
	else
		learn_zero(ewf, packed, buf);
	return 0;
}

/* 0, or 1 when the Adler-32 behind the bytes is not theirs. Some tools fill the last chunk up before they sum. */
static int
check_plain(struct view stored, size_t want)
{
	const le32 *sum = VIEW_AT(stored, want, le32);

	if (sum && le32_get(*sum) == ewf_adler(1, view_part(stored, 0, want)))
		return 0;
	if (stored.n < want + CHECKSUM)
		return 1;
	sum = VIEW_AT(stored, stored.n - CHECKSUM, le32);
	return le32_get(*sum) == ewf_adler(1, view_part(stored, 0, stored.n - CHECKSUM)) ? 0 : 1;
}

static void
take_plain(struct view stored, uint8_t *buf, size_t want)
{
	size_t n = stored.n < want ? stored.n : want;

	memcpy(buf, stored.p, n);
	memset(buf + n, 0, want - n);
}

/* A packed chunk that is not whole: its bytes up to where it breaks. */
static struct fault
take_broken(struct ewf *ewf, struct ewf_hand *hand, struct view packed, uint8_t *buf, size_t want)
{
	bool whole;
	size_t n = inflate_broken(packed, hand->plain, ewf->chunk_size, &whole);

	if (n > want)
		n = want;
	memcpy(buf, hand->plain, n);
	memset(buf + n, 0, want - n);
	return n == want ? wrong_sum : broken;
}

/* The bytes of the chunk from this place, as good as they can be had. */
static int
decode(struct ewf *ewf, struct ewf_hand *hand, const struct ewf_place *place, uint8_t *buf, size_t want,
       struct fault *fault)
{
	struct fault reading = { 0 };
	struct view stored;
	int r = read_packed(ewf, hand, place, &stored, &reading);

	if (r < 0)
		return r;
	*fault = (struct fault){ 0 };
	if (place->packed ? !unpack(ewf, hand, stored, buf, want) : !check_plain(stored, want)) {
		if (!place->packed)
			take_plain(stored, buf, want);
		return 0;
	}
	/* an entry whose flag was damaged: the other way to read it has a checksum, too */
	if (place->packed && stored.n >= want + CHECKSUM && !check_plain(stored, want)) {
		take_plain(stored, buf, want);
		return 0;
	}
	if (!place->packed && !unpack(ewf, hand, stored, buf, want))
		return 0;
	*fault = stored.n < want ? cut_off : wrong_sum;
	if (place->packed)
		*fault = take_broken(ewf, hand, stored, buf, want);
	else
		take_plain(stored, buf, want);
	if (reading.trust)
		*fault = reading;
	return 0;
}

/* The same, where a whole chunk in the wrong place is a fault, too. */
static int
decode_placed(struct ewf *ewf, struct ewf_hand *hand, const struct ewf_place *place, uint8_t *buf, size_t want,
	      struct fault *fault)
{
	int r = decode(ewf, hand, place, buf, want, fault);

	if (r >= 0 && !fault->trust && place->misplaced)
		*fault = misplaced;
	return r;
}

static int
remember(struct ewf *ewf, uint64_t chunk, const struct ewf_place *place, const struct fault *fault)
{
	uint64_t from = chunk * ewf->chunk_size;

	return bad_add(&ewf->image->bad,
		       &(struct bad_range){ .from = from,
					    .to = from + ewf_chunk_bytes(ewf, chunk),
					    .trust = fault->trust,
					    .why = fault->why,
					    .segment = place->segment,
					    .offset = place->offset },
		       1);
}

/* Where table and table2 are both doubtful, the checksum of the chunk decides between them. */
static int
decode_twin(struct ewf *ewf, struct ewf_hand *hand, uint64_t chunk, const struct ewf_place *place, uint8_t *buf,
	    size_t want, struct fault *fault)
{
	struct ewf_place twin;
	struct fault other;
	int r = ewf_locate(ewf, chunk, true, &twin);

	if (r <= 0)
		return r;
	r = decode_placed(ewf, hand, &twin, buf, want, &other);
	if (r < 0)
		return r;
	if (!other.trust || !place->size) {
		*fault = other;
		return 0;
	}
	return decode_placed(ewf, hand, place, buf, want, fault);
}

static int
decode_chunk(struct ewf *ewf, struct ewf_hand *hand, uint64_t chunk, uint8_t *buf)
{
	size_t want = ewf_chunk_bytes(ewf, chunk);
	struct ewf_place place = { 0 };
	struct fault fault = unlisted;
	int r = ewf_locate(ewf, chunk, false, &place);

	if (r > 0)
		r = decode_placed(ewf, hand, &place, buf, want, &fault);
	else if (r == 0)
		memset(buf, 0, want);
	if (r >= 0 && fault.trust)
		r = decode_twin(ewf, hand, chunk, &place, buf, want, &fault);
	if (r >= 0 && fault.trust)
		r = remember(ewf, chunk, &place, &fault);
	return r < 0 ? r : 0;
}

int
ewf_chunk_read(struct ewf *ewf, uint64_t chunk, uint8_t *buf)
{
	struct ewf_hand *hand;
	int r = ewf_hand_take(ewf, &hand);

	if (r < 0)
		return r;
	r = decode_chunk(ewf, hand, chunk, buf);
	ewf_hand_give(ewf, hand);
	return r;
}

int
ewf_chunk_part(struct ewf *ewf, uint64_t chunk, size_t from, uint8_t *buf, size_t n)
{
	struct ewf_hand *hand;
	int r;

	if (ewf_cache_get(ewf->cache, chunk, from, buf, n))
		return 0;
	r = ewf_hand_take(ewf, &hand);
	if (r < 0)
		return r;
	r = decode_chunk(ewf, hand, chunk, hand->whole);
	if (r >= 0) {
		memcpy(buf, hand->whole + from, n);
		ewf_cache_put(ewf->cache, chunk, &hand->whole);
	}
	ewf_hand_give(ewf, hand);
	return r;
}

/* Compares the chunk as it is packed with the known one; the first of them has to be unpacked to be known. */
static int
compare_zero(struct ewf *ewf, struct ewf_hand *hand, uint64_t chunk, const struct ewf_place *place)
{
	struct fault fault = { 0 };
	struct view packed;
	int r;

	if (atomic_load(&ewf->zero)) {
		r = read_packed(ewf, hand, place, &packed, &fault);
		return r < 0 ? r : is_known_zero(ewf, packed);
	}
	r = decode_chunk(ewf, hand, chunk, hand->whole);
	return r < 0 ? r : atomic_load(&ewf->zero) != NULL;
}

int
ewf_chunk_is_zero(struct ewf *ewf, uint64_t chunk)
{
	const struct ewf_zero *zero = atomic_load(&ewf->zero);
	struct ewf_place place;
	struct ewf_hand *hand;
	int r = ewf_locate(ewf, chunk, false, &place);

	if (r <= 0)
		return r;
	if (!place.packed || place.misplaced || place.size > ewf->chunk_size / ZERO_RATIO || (zero && zero->n != place.size))
		return 0;
	r = ewf_hand_take(ewf, &hand);
	if (r < 0)
		return r;
	r = compare_zero(ewf, hand, chunk, &place);
	ewf_hand_give(ewf, hand);
	return r;
}

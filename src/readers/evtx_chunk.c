/* evtx_chunk.c - 64 KiB of an event log: its records, those that it no longer lists, and whether its checksums fit. */
#include "evtx_own.h"

#include <errno.h>
#include <zlib.h>

enum { FLAG_NO_SUMS = 4, SIZE_LEAST = EVTX_HEAD + EVTX_TAIL + 4 };

/* 512 bytes: behind this, offsets of 64 common names and of 32 lists of templates, which nobody needs to read. */
struct chunk_header {
	uint8_t magic[8]; /* "ElfChnk", 0 */
	le64 first_number, last_number;
	le64 first_id, last_id;
	le32 size;     /* 128 */
	le32 last_at;  /* of the last record */
	le32 free_at;  /* behind it */
	le32 data_sum; /* CRC-32 of [512, free_at) */
	uint8_t unused[64];
	le32 flags;
	le32 sum; /* CRC-32 of [0, 120) and [128, 512) */
};

/* What a place holds that begins like a record. */
enum whole { NOT_A_RECORD, NOT_WHOLE, WHOLE };

static enum whole
record_at(struct view bytes, size_t at, struct evtx_event *ret_event)
{
	const struct evtx_head *head = VIEW_AT(bytes, at, struct evtx_head);
	const le32 *tail;
	uint32_t size;

	if (!head || memcmp(head->magic, "**\0", 4))
		return NOT_A_RECORD;
	size = le32_get(head->size);
	if (size < SIZE_LEAST || size > bytes.n - at)
		return NOT_WHOLE;
	tail = VIEW_AT(bytes, at + size - EVTX_TAIL, le32);
	if (!tail || le32_get(*tail) != size)
		return NOT_WHOLE;
	ret_event->when = le64_get(head->when);
	ret_event->id = le64_get(head->id);
	ret_event->raw = view_part(bytes, at, size);
	ret_event->at = at;
	return WHOLE;
}

/*
 * A record that no chain leads to. Its time must be one that a log of this format can have: other structures of the
 * log service begin with the same bytes.
 */
static bool
is_found(struct view bytes, size_t at, struct evtx_event *ret_event)
{
	const uint64_t year_2000 = UINT64_C(125911584000000000), year_2200 = UINT64_C(189025056000000000);

	return record_at(bytes, at, ret_event) == WHOLE && ret_event->when >= year_2000 && ret_event->when < year_2200;
}

/* The next place in [at, end) that begins like a record, or `end`. */
static size_t
search(struct view bytes, size_t at, size_t end)
{
	const uint8_t *p = at < end ? memmem(bytes.p + at, end - at, "**\0", 4) : NULL;

	return p ? (size_t)(p - bytes.p) : end;
}

static int
tell(struct evtx_run *run, struct evtx_event *event, enum evtx_place place)
{
	int r;

	event->place = place;
	event->recovered = place > EVTX_UNCOUNTED || (place != EVTX_LISTED && !run->result->dirty);
	event->chunk = &run->chunk;
	event->offset = run->chunk.offset + event->at;
	run->result->records[place]++;
	r = evtx_ids_add(run, event);
	return r == 0 && run->reading->event ? run->reading->event(run->reading->state, event) : r;
}

/* Tells every whole record in [at, end), wherever it begins. */
static int
tell_found(struct evtx_run *run, size_t at, size_t end, enum evtx_place place)
{
	struct view bytes = view_part(run->chunk.bytes, 0, end);
	struct evtx_event event;
	int r = 0;

	while (r == 0 && (at = search(bytes, at, end)) < end) {
		if (is_found(bytes, at, &event)) {
			r = tell(run, &event, place);
			at += event.raw.n;
		} else {
			run->result->lost++;
			run->result->lost_unused++;
			at++;
		}
	}
	return r;
}

/* Tells a record, and those that its length was made to cover: a known way to make records vanish. */
static int
tell_listed(struct evtx_run *run, struct evtx_event *event, enum evtx_place place)
{
	size_t at = event->at, end = at + event->raw.n - EVTX_TAIL;
	struct evtx_event inner;
	int r = tell(run, event, place);

	for (at = search(run->chunk.bytes, at + EVTX_HEAD, end); r == 0 && at < end;) {
		if (is_found(view_part(run->chunk.bytes, 0, end + EVTX_TAIL), at, &inner)) {
			r = evtx_damage(run, run->chunk.offset + at, "a record lies inside another one");
			if (r == 0)
				r = tell(run, &inner, EVTX_SWALLOWED);
			at += inner.raw.n;
		} else {
			at++;
		}
		at = search(run->chunk.bytes, at, end);
	}
	return r;
}

/* Says that the chain of records is broken at `at`; gives the next place of a whole one, or `end`. */
static int
break_chain(struct evtx_run *run, size_t *at, size_t end)
{
	struct evtx_event event;
	int r;

	r = evtx_damage(run, run->chunk.offset + *at,
			record_at(run->chunk.bytes, *at, &event) == NOT_WHOLE ? "record has no whole end"
									       : "no record where one should be");
	run->result->lost++;
	do
		*at = search(run->chunk.bytes, *at + 1, end);
	while (*at < end && !is_found(run->chunk.bytes, *at, &event));
	return r;
}

/* Where the walk through a chunk stands. */
struct chain {
	size_t at, end;
	uint64_t id; /* of the record before */
	bool any, broken;
};

/* The records that the chunk lists. */
static int
read_listed(struct evtx_run *run, struct chain *chain, enum evtx_place place)
{
	struct evtx_event event;
	int r = 0;

	while (r == 0 && chain->at < chain->end) {
		if (record_at(run->chunk.bytes, chain->at, &event) != WHOLE) {
			r = break_chain(run, &chain->at, chain->end);
			chain->broken = true;
			continue;
		}
		r = tell_listed(run, &event, chain->broken ? EVTX_FOUND : place);
		chain->id = event.id;
		chain->any = true;
		chain->at += event.raw.n;
	}
	return r;
}

/* Those that follow on without being listed yet. */
static int
read_behind(struct evtx_run *run, struct chain *chain)
{
	struct evtx_event event;
	int r = 0;

	while (r == 0 && chain->any && !chain->broken && record_at(run->chunk.bytes, chain->at, &event) == WHOLE &&
	       event.id == chain->id + 1) {
		r = tell_listed(run, &event, EVTX_BEHIND);
		chain->id = event.id;
		chain->at += event.raw.n;
	}
	return r;
}

static uint32_t
header_sum(struct view bytes)
{
	return (uint32_t)crc32(crc32(0, bytes.p, 120), bytes.p + 128, EVTX_RECORDS - 128);
}

/* Whether the checksums fit: of the header, and of the records up to `end`. */
static int
check_sums(struct evtx_run *run, const struct chunk_header *h, size_t end)
{
	struct view bytes = run->chunk.bytes;
	int r = 0;

	if (run->no_sums || le32_get(h->flags) & FLAG_NO_SUMS) {
		run->result->unchecked++;
		return 0;
	}
	if (header_sum(bytes) != le32_get(h->sum)) {
		run->result->bad_headers++;
		r = evtx_damage(run, run->chunk.offset, "the header of a chunk has another checksum");
	}
	if (r == 0 && (end != le32_get(h->free_at) ||
		       crc32(0, bytes.p + EVTX_RECORDS, (uInt)(end - EVTX_RECORDS)) != le32_get(h->data_sum))) {
		run->result->bad_data++;
		r = evtx_damage(run, run->chunk.offset + EVTX_RECORDS, "the records of a chunk have another checksum");
	}
	return r;
}

int
evtx_chunk_read(struct evtx_run *run, bool counted)
{
	struct view bytes = run->chunk.bytes;
	const struct chunk_header *h = VIEW_AT(bytes, 0, struct chunk_header);
	struct chain chain = { .at = EVTX_RECORDS };
	int r = 0;

	if (!h || bytes.n < EVTX_RECORDS)
		return evtx_damage(run, run->chunk.offset, "the header of a chunk is cut off");
	chain.end = le32_get(h->free_at);
	if (chain.end < EVTX_RECORDS || chain.end > EVTX_CHUNK) {
		r = evtx_damage(run, run->chunk.offset + 48, "a chunk says that its records end outside of it");
		chain.end = EVTX_RECORDS;
	} else if (chain.end > bytes.n) {
		r = evtx_damage(run, run->chunk.offset + bytes.n, "the file ends within a chunk of records");
		chain.end = bytes.n;
	}
	if (r == 0)
		r = check_sums(run, h, chain.end);
	if (r == 0)
		r = read_listed(run, &chain, counted ? EVTX_LISTED : EVTX_UNCOUNTED);
	if (r == 0)
		r = read_behind(run, &chain);
	return r < 0 ? r : tell_found(run, chain.at, bytes.n, EVTX_SLACK);
}

int
evtx_stray_read(struct evtx_run *run)
{
	return tell_found(run, 0, run->chunk.bytes.n, EVTX_STRAY);
}

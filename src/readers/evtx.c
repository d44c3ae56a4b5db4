/* evtx.c - Windows event logs: the file from end to end, chunk by chunk, whatever its header says of them. */
#include "evtx_own.h"

#include <errno.h>
#include <zlib.h>

#include "fail.h"

enum {
	HEADER = 4096,    /* bytes before the first chunk */
	SECTOR = 512,     /* a chunk that is not in its place begins at one */
	FLAG_DIRTY = 1, FLAG_FULL = 2, FLAG_NO_SUMS = 4,
	COUNTED_MAX = 0xffff,
};

/* 128 bytes, at the start of the file. */
struct file_header {
	uint8_t magic[8]; /* "ElfFile", 0 */
	le64 first_chunk, last_chunk;
	le64 next_id;
	le32 size; /* 128 */
	le16 minor, major;
	le16 header; /* 4096 */
	le16 chunks;
	uint8_t unused[76];
	le32 flags;
	le32 sum; /* CRC-32 of the 120 bytes before flags */
};

const char *
evtx_place_name(enum evtx_place place)
{
	static const char *const names[EVTX_PLACES] = {
		[EVTX_LISTED] = "listed",       [EVTX_BEHIND] = "behind",
		[EVTX_UNCOUNTED] = "uncounted", [EVTX_FOUND] = "found",
		[EVTX_SWALLOWED] = "swallowed", [EVTX_SLACK] = "slack",
		[EVTX_STRAY] = "stray",
	};

	return names[place];
}

int
evtx_damage(struct evtx_run *run, uint64_t offset, const char *why)
{
	return run->reading->out ? sink_damage(run->reading->out, offset, why) : 0;
}

/* Reads the header of the file: where the chunks begin, or negative to stop. */
static int64_t
read_header(struct evtx_run *run)
{
	struct evtx_result *result = run->result;
	ssize_t n = source_read(run->src, 0, run->block, HEADER);
	const struct file_header *h = n < 0 ? NULL : VIEW_AT(view_of(run->block, (size_t)n), 0, struct file_header);
	uint32_t flags;
	uint16_t begin;
	int r = 0;

	if (n < 0)
		return n;
	if (!h || memcmp(h->magic, "ElfFile", 8)) {
		r = n ? evtx_damage(run, 0, "does not begin with the header of an event log") : 0;
		return r < 0 ? r : h && !memcmp(h->magic, "ElfChnk", 8) ? 0 : HEADER;
	}
	flags = le32_get(h->flags);
	result->header = true;
	result->dirty = flags & FLAG_DIRTY;
	result->full = flags & FLAG_FULL;
	result->counted = le16_get(h->chunks);
	result->next_id = le64_get(h->next_id);
	run->no_sums = flags & FLAG_NO_SUMS;
	result->sum = crc32(0, run->block, 120) == le32_get(h->sum) ? EVTX_SUM_GOOD : EVTX_SUM_BAD;
	if (result->sum == EVTX_SUM_BAD && run->no_sums)
		result->sum = EVTX_SUM_UNUSED;
	if (result->sum == EVTX_SUM_BAD)
		r = evtx_damage(run, 124, "the file header has another checksum");
	begin = le16_get(h->header);
	if (r == 0 && begin != HEADER)
		r = evtx_damage(run, 40, "the file header has another size than Windows gives it");
	return r < 0 ? r : HEADER;
}

static bool
is_chunk(struct view v, size_t at)
{
	return view_has(v, at, 8) && !memcmp(v.p + at, "ElfChnk", 8);
}

static bool
is_blank(struct view v)
{
	return !v.n || (!v.p[0] && !memcmp(v.p, v.p + 1, v.n - 1));
}

/* How many of these bytes, which begin with no chunk, come before one that is out of its place. */
static size_t
before_chunk(struct view v)
{
	for (size_t at = SECTOR; at < v.n; at += SECTOR)
		if (is_chunk(v, at))
			return at;
	return v.n;
}

static void
clear_chunk(struct evtx_chunk *chunk, struct view bytes, uint64_t offset)
{
	chunk->bytes = bytes;
	chunk->offset = offset;
	chunk->steps = 0;
	chunk->bad_at = 0;
	chunk->told = false;
	evtx_store_clear(&chunk->store);
}

/* Goes through one place of a chunk: how many bytes that were, or negative to stop. */
static int64_t
read_place(struct evtx_run *run, uint64_t offset)
{
	struct evtx_result *result = run->result;
	ssize_t n = source_read(run->src, offset, run->block, EVTX_CHUNK);
	struct view bytes;
	bool chunk;
	int r;

	if (n <= 0)
		return n;
	bytes = view_of(run->block, (size_t)n);
	chunk = is_chunk(bytes, 0);
	if (!chunk)
		bytes.n = before_chunk(bytes);
	clear_chunk(&run->chunk, bytes, offset);
	if (chunk) {
		bool counted = !result->header || result->chunks < result->counted ||
			       run->src->size / EVTX_CHUNK > COUNTED_MAX;

		result->chunks++;
		r = evtx_chunk_read(run, counted);
	} else if (is_blank(bytes)) {
		result->blank++;
		r = 0;
	} else {
		result->without++;
		r = evtx_damage(run, offset, "no chunk of records where one should be");
		if (r == 0)
			r = evtx_stray_read(run);
	}
	return r < 0 ? r : (int64_t)bytes.n;
}

/* Goes through all from `at` on, stretches that are not stored left out. */
static int
read_places(struct evtx_run *run, uint64_t at)
{
	uint64_t from, to;

	while (at < run->src->size) {
		int r = source_next_data(run->src, at, &from, &to);
		uint64_t skipped;
		int64_t n;

		if (r < 0)
			return r;
		skipped = ((r ? from : run->src->size) - at) / EVTX_CHUNK;
		run->result->blank += skipped;
		at += skipped * EVTX_CHUNK;
		if (!r && at >= run->src->size)
			return 0;
		n = read_place(run, at);
		if (n < 0)
			return (int)n;
		if (!n)
			return evtx_damage(run, at, "log ends before its size");
		at += (uint64_t)n;
	}
	return 0;
}

static int
read_all(struct evtx_run *run)
{
	const struct evtx_result *result = run->result;
	int64_t at = read_header(run);
	int r = at < 0 ? (int)at : read_places(run, (uint64_t)at);

	if (r == 0 && result->header && result->chunks < result->counted)
		r = evtx_damage(run, 42, "the file header counts more chunks than are there");
	return r;
}

static void
run_free(struct evtx_run *run)
{
	struct evtx_chunk *chunk = &run->chunk;

	evtx_store_free(&chunk->store);
	vector_free(&chunk->slots);
	vector_free(&chunk->drafts);
	vector_free(&chunk->fields);
	text_free(&chunk->values);
	text_free(&chunk->names);
	text_free(&chunk->scratch);
	vector_free(&run->ranges);
	log_hours_free(&run->hours);
	free(run);
}

int
evtx_read(const struct evtx_reading *reading, struct source *src, struct evtx_result *ret_result)
{
	struct evtx_run *run = calloc(1, sizeof(*run));
	int r;

	*ret_result = (struct evtx_result){ 0 };
	if (!run)
		return fail(ENOMEM, "out of memory for reading %s", src->name);
	run->reading = reading;
	run->src = src;
	run->result = ret_result;
	run->chunk.out = reading->out;
	r = read_all(run);
	if (r == 0)
		r = evtx_ids_finish(run);
	ret_result->broken = run->chunk.broken;
	ret_result->broken_recovered = run->chunk.broken_recovered;
	run_free(run);
	return r;
}

void
evtx_result_free(struct evtx_result *result)
{
	free(result->gaps);
	free(result->hours);
	*result = (struct evtx_result){ 0 };
}

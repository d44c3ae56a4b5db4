/* ewf_salvage.c - chunks whose table is lost: each one ends with a checksum, so where the next begins can be found. */
#include <errno.h>

#include "ewf.h"
#include "fail.h"

enum { CHECKSUM = 4 };

struct salvage_run {
	struct ewf_walk *walk;
	struct inflater *inflater;
	uint8_t *stored, *plain;
	size_t room; /* bytes at stored */
	size_t tail; /* bytes of the media's last chunk, 0 when it is a full one */
	VECTOR(le32) entries;
};

/* Adler-32 of all lengths up to the longest would be slow: only a whole chunk and the last one of the media count. */
static size_t
plain_length(const struct salvage_run *run, struct view stored)
{
	size_t lengths[2] = { run->walk->ewf->chunk_size, run->tail };

	for (int i = 0; i < 2; i++) {
		const le32 *sum = VIEW_AT(stored, lengths[i], le32);

		if (lengths[i] && sum && le32_get(*sum) == ewf_adler(1, view_part(stored, 0, lengths[i])))
			return lengths[i] + CHECKSUM;
	}
	return 0;
}

/* What the chunk at the beginning of these bytes takes up, 0 when there is none. */
static size_t
chunk_length(const struct salvage_run *run, struct view stored, bool *ret_packed)
{
	size_t whole = run->walk->ewf->chunk_size, n, used;

	*ret_packed = true;
	if (stored.n > 2 && (stored.p[0] & 15) == 8 && (stored.p[0] << 8 | stored.p[1]) % 31 == 0 &&
	    inflate_whole(run->inflater, stored, run->plain, whole, &n, &used) == 0 &&
	    (n == whole || (n && n == run->tail)))
		return used;
	*ret_packed = false;
	return plain_length(run, stored);
}

static int
add_entry(struct salvage_run *run, uint64_t offset, bool packed)
{
	uint32_t value = (uint32_t)offset | (packed ? UINT32_C(1) << 31 : 0);
	le32 *entry = vector_push(&run->entries);

	if (!entry)
		return fail(ENOMEM, "out of memory for the chunks of %s", run->walk->ewf->image->name);
	for (int i = 0; i < 4; i++)
		entry->b[i] = (uint8_t)(value >> 8 * i);
	return 0;
}

/* Goes from chunk to chunk until one is not whole. An entry has 31 bits, so that a longer section is not gone through.
 */
static int
follow(struct salvage_run *run, uint64_t from, uint64_t to, uint64_t *ret_end)
{
	struct ewf_walk *walk = run->walk;
	uint64_t at = from;

	while (at < to && at - from < INT32_MAX && walk->ewf->salvaged < EWF_SALVAGE_MAX) {
		size_t want = to - at < run->room ? (size_t)(to - at) : run->room;
		ssize_t n = segment_read(&walk->ewf->image->set, walk->segment, at, run->stored, want);
		bool packed;
		size_t length;
		int r;

		if (n < 0 && n != -EIO)
			return (int)n;
		length = n > 0 ? chunk_length(run, view_of(run->stored, (size_t)n), &packed) : 0;
		if (!length)
			break;
		r = add_entry(run, at - from, packed);
		if (r < 0)
			return r;
		walk->ewf->salvaged++;
		at += length;
	}
	*ret_end = at;
	return 0;
}

static int
push(struct salvage_run *run, uint64_t from, uint64_t end)
{
	struct ewf_table table = {
		.base = from,
		.end = end,
		.count = (uint32_t)run->entries.n,
		.wide = (uint32_t)run->entries.n,
		.segment = (uint32_t)run->walk->segment,
		.own = run->entries.at,
	};
	int r;

	if (!table.count)
		return 0;
	r = ewf_table_push(run->walk, &table);
	if (r >= 0)
		run->entries.at = NULL; /* the table's now */
	return r;
}

int
ewf_salvage(struct ewf_walk *walk, uint64_t *ret_chunks)
{
	struct ewf *ewf = walk->ewf;
	CLEANUP(free) uint8_t *stored = NULL, *plain = NULL;
	struct salvage_run run = { .walk = walk, .room = 2 * (size_t)ewf->chunk_size + 4096 };
	uint64_t end = walk->sectors_from;
	int r;

	if (!ewf->has_geometry)
		return 0;
	run.tail = (size_t)(ewf->geometry.sectors % ewf->geometry.chunk_sectors * ewf->geometry.sector_size);
	run.stored = stored = malloc(run.room);
	run.plain = plain = malloc(ewf->chunk_size);
	if (!stored || !plain)
		return fail(ENOMEM, "out of memory for the chunks of %s", ewf->image->name);
	r = inflater_open(&run.inflater);
	r = r < 0 ? r : follow(&run, walk->sectors_from, walk->sectors_end, &end);
	inflater_close(run.inflater);
	*ret_chunks = run.entries.n;
	r = r < 0 ? r : push(&run, walk->sectors_from, end);
	free(run.entries.at);
	return r < 0 ? r : end == walk->sectors_end;
}

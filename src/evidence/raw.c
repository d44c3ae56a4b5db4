/* raw.c - the media as it is: one file, or parts that only together are the disk. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>

#include "container.h"
#include "fail.h"

/* A stretch of the media and the file that holds it. */
struct part {
	uint64_t start, size; /* of the media */
	uint64_t stored;      /* what the file has of it */
	size_t segment;
};

struct raw {
	struct source source;
	struct image *image;
	VECTOR(struct part) parts;
};

/* A part whose bytes are being salvaged. */
struct loss {
	struct raw *raw;
	const struct part *part;
};

static const char missing_part[] = "a part of the split set is missing";
static const char short_part[] = "a part of the split set is shorter than the others";
static const char unreadable[] = "the medium of the image cannot be read here";

static int
lose(struct raw *raw, const struct part *part, uint64_t from, uint64_t to, const char *why)
{
	return bad_add(&raw->image->bad,
		       &(struct bad_range){ .from = from,
					    .to = to,
					    .trust = TRUST_MISSING,
					    .why = why,
					    .segment = (uint32_t)part->segment,
					    .offset = from - part->start },
		       0);
}

static int
lose_sectors(void *state, uint64_t from, uint64_t to)
{
	struct loss *loss = state;

	return lose(loss->raw, loss->part, loss->part->start + from, loss->part->start + to, unreadable);
}

/* Which part holds the byte at offset. */
static const struct part *
part_at(const struct raw *raw, uint64_t offset)
{
	size_t low = 0, high = raw->parts.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (raw->parts.at[middle].start <= offset)
			low = middle;
		else
			high = middle;
	}
	return &raw->parts.at[low];
}

static int
read_stored(struct raw *raw, const struct part *part, uint64_t at, uint8_t *buf, size_t n)
{
	const struct segment_set *set = &raw->image->set;
	ssize_t r = segment_read(set, part->segment, at, buf, n);

	if (r == (ssize_t)n)
		return 0;
	if (r < 0 && r != -EIO)
		return (int)r;
	return segment_salvage(set, part->segment, at, buf, n,
			       &(struct salvage){ .state = &(struct loss){ raw, part }, .lost = lose_sectors });
}

static ssize_t
raw_read(struct source *src, uint64_t offset, void *buf, size_t n)
{
	struct raw *raw = (struct raw *)src;
	size_t done = 0;

	while (done < n) {
		const struct part *part = part_at(raw, offset + done);
		uint64_t at = offset + done - part->start, left = part->size - at;
		size_t step = left < n - done ? (size_t)left : n - done;
		int r = 0;

		if (at < part->stored) {
			if (step > part->stored - at)
				step = (size_t)(part->stored - at);
			r = read_stored(raw, part, at, (uint8_t *)buf + done, step);
		} else {
			memset((uint8_t *)buf + done, 0, step);
		}
		if (r < 0)
			return r;
		done += step;
	}
	atomic_fetch_add_explicit(&raw->image->bytes, n, memory_order_relaxed);
	return (ssize_t)n;
}

/* What is missing counts as stored here: a hole is known to be zeros, and this is not. */
static int
raw_next_data(struct source *src, uint64_t offset, uint64_t *ret_from, uint64_t *ret_to)
{
	struct raw *raw = (struct raw *)src;

	while (offset < src->size) {
		const struct part *part = part_at(raw, offset);
		uint64_t at = offset - part->start;
		int fd = part->stored ? raw->image->set.handles.at[part->segment].fd : -1;
		off_t from = (off_t)at, to = (off_t)part->size;

		if (at < part->stored) {
			from = lseek(fd, (off_t)at, SEEK_DATA);
			if (from < 0 && errno != ENXIO)
				from = (off_t)at;
			else if (from < 0)
				from = (off_t)part->stored;
			else if ((to = lseek(fd, from, SEEK_HOLE)) < 0)
				to = (off_t)part->size;
		}
		if ((uint64_t)from < part->size) {
			*ret_from = part->start + (uint64_t)from;
			*ret_to = part->start + ((uint64_t)to < part->stored ? (uint64_t)to : part->size);
			return 1;
		}
		offset = part->start + part->size;
	}
	return 0;
}

static unsigned
raw_trust(struct source *src, uint64_t from, uint64_t to)
{
	return bad_trust(&((struct raw *)src)->image->bad, from, to);
}

static void
raw_close(struct source *src)
{
	vector_free(&((struct raw *)src)->parts);
	free(src);
}

static const struct source_ops raw_ops = {
	.read = raw_read,
	.next_data = raw_next_data,
	.trust = raw_trust,
	.close = raw_close,
};

/* .001 and .000 and .00001; or .aa and .aaa as split(1) has them. Both must be as long as the given one. */
static int64_t
part_number(const char *extension, const char *given)
{
	size_t n = strlen(given);
	int64_t number = 0;

	if (strlen(extension) != n || n < 2 || n > 5)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)*given) ? !islower((unsigned char)extension[i])
						    : !isdigit((unsigned char)extension[i]))
			return -1;
		number = isdigit((unsigned char)*given) ? number * 10 + extension[i] - '0'
							: number * 26 + extension[i] - 'a';
	}
	return number;
}

/*
 * How many of the members at the front are a split set, counting from *ret_first. Names like disk.dd or case.2021 have
 * neighbours that look like parts, too: so a set begins with its first number or near it, and has no gap longer than
 * what came before.
 */
static size_t
trim_set(const member_list *members, bool digits, uint32_t *ret_first)
{
	uint32_t first = digits && members->n && members->at[0].number > 0 ? 1 : 0, expected = first;
	size_t n = 0;

	while (n < members->n && members->at[n].number - expected <= (n ? n : 1)) {
		expected = members->at[n].number + 1;
		n++;
	}
	*ret_first = first;
	return n;
}

/* The size that the parts before the last one share, or 0. */
static uint64_t
common_size(const struct segment_set *set)
{
	size_t best = 0, n = set->segments.n;
	uint64_t common = 0;

	for (size_t i = 0; i + 1 < n && i < 64; i++) {
		size_t count = 0;

		for (size_t k = 0; k + 1 < n; k++)
			count += set->segments.at[k].size == set->segments.at[i].size;
		if (count > best) {
			best = count;
			common = set->segments.at[i].size;
		}
	}
	return best > 1 || n <= 3 ? common : 0;
}

static int
add_part(struct raw *raw, uint64_t size, uint64_t stored, size_t segment)
{
	struct part *part;

	if (!size)
		return 0;
	if (size > INT64_MAX - raw->source.size)
		return fail(EFBIG, "%s: the parts together are too large", raw->source.name);
	part = vector_push(&raw->parts);
	if (!part)
		return fail(ENOMEM, "out of memory for the parts of %s", raw->source.name);
	*part = (struct part){ .start = raw->source.size, .size = size, .stored = stored, .segment = segment };
	raw->source.size += size;
	return stored < size
		       ? lose(raw, part, part->start + stored, raw->source.size, stored ? short_part : missing_part)
		       : 0;
}

static int
add_gap(struct raw *raw, uint64_t parts, uint64_t common, size_t segment, struct sink *out)
{
	uint64_t at = raw->source.size;
	int r;

	if (!parts)
		return 0;
	if (common && parts > INT64_MAX / common)
		return fail(EFBIG, "%s: the parts together are too large", raw->source.name);
	r = add_part(raw, parts * common, 0, segment);
	if (r < 0)
		return r;
	return image_damage(out, at, "%" PRIu64 " part(s) of the split set are missing before %s%s", parts,
			    path_name(raw->image->set.segments.at[segment].path),
			    common ? "" : "; their size is unknown, so all that follows lies too early");
}

/* Lays the opened files out one behind the other. numbers holds their numbers in the set. */
static int
lay_out(struct raw *raw, const struct member *numbers, uint32_t expected, struct sink *out)
{
	const struct segment_set *set = &raw->image->set;
	uint64_t common = common_size(set);

	for (size_t i = 0; i < set->segments.n; i++) {
		uint64_t size = set->segments.at[i].size, at;
		bool last = i + 1 == set->segments.n;
		int r = add_gap(raw, numbers ? numbers[i].number - expected : 0, common, i, out);

		at = raw->source.size;
		r = r < 0 ? r : add_part(raw, !last && size < common ? common : size, size, i);
		if (r >= 0 && (last ? i && common && size > common : size != common))
			r = image_damage(out, at, "%s is not as large as the other parts",
					 path_name(set->segments.at[i].path));
		if (r < 0)
			return r;
		expected = numbers ? numbers[i].number + 1 : 0;
	}
	return 0;
}

static int
open_parts(struct raw *raw, const member_list *members, size_t n, uint32_t first, struct sink *out)
{
	for (size_t i = 0; i < n; i++) {
		int r = segment_add(&raw->image->set, members->at[i].path);

		if (r < 0)
			return r;
	}
	raw->image->format = IMAGE_SPLIT;
	if (n < members->n) {
		int r = image_damage(out, 0,
				     "%zu file(s) whose names continue the split set after a long gap are left out",
				     members->n - n);
		if (r < 0)
			return r;
	}
	return lay_out(raw, members->at, first, out);
}

static bool
is_member(const member_list *members, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(path_name(members->at[i].path), path_name(path)))
			return true;
	return false;
}

int
raw_open(struct image *image, const char *path, struct sink *out)
{
	CLEANUP(members_free) member_list members = { 0 };
	struct raw *raw = calloc(1, sizeof(*raw));
	uint32_t first = 0;
	size_t n;
	int r;

	if (!raw)
		return fail(ENOMEM, "out of memory for %s", path);
	raw->source = (struct source){ .ops = &raw_ops, .name = image->name };
	raw->image = image;
	image->media = &raw->source;
	image->sector_size = 512;
	image->unit = 64 << 10;
	image->format = IMAGE_RAW;
	r = members_find(path, part_number, &members);
	if (r < 0)
		return r;
	n = trim_set(&members, isdigit((unsigned char)*path_extension(path)), &first);
	if (n > 1 && is_member(&members, n, path))
		return open_parts(raw, &members, n, first, out);
	r = segment_add(&image->set, path);
	if (r >= 0 && part_number(path_extension(path), "001") > 1)
		r = image_damage(out, 0, "%s is named like a part of a split set whose other parts are not there",
				 path_name(path));
	return r < 0 ? r : lay_out(raw, NULL, 0, out);
}

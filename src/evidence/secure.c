/* secure.c - the security descriptors of a volume: $Secure:$SDS, where each is kept twice and under a number. */
#include "secure.h"

#include <errno.h>

#include "fail.h"
#include "layout.h"
#include "stream.h"
#include "vector.h"

enum {
	ENTRY_SECURE = 9,
	SDS_BLOCK = 256 << 10, /* descriptors, and behind each block of them its copy */
	SDS_ALIGN = 16,
	SECURITY_ID = 52, /* of $STANDARD_INFORMATION since NTFS 3.0 */
};

static const uint8_t sds_name[] = { '$', 0, 'S', 0, 'D', 0, 'S', 0 };

/* Before each descriptor; the copy says the offset of the original. */
struct disk_sds {
	le32 hash, id; /* 0, 4 */
	le64 offset;   /* 8 */
	le32 size;     /* 16, with these 20 bytes */
};

struct disk_descriptor {
	uint8_t revision, pad;
	le16 control;      /* 2 */
	le32 owner, group; /* 4, 8, from its start */
	le32 sacl, dacl;
};

struct descriptor {
	uint32_t id, size; /* size: of the descriptor alone */
	uint64_t at;       /* of the descriptor within $SDS */
};

struct secure {
	struct ntfs *ntfs;
	struct source *sds; /* NULL without */
	VECTOR(struct descriptor) list;
};

/* One block of $SDS with its copy while it is gone through. */
struct pair {
	struct view first, second;
	uint64_t at; /* of the first */
};

/* The hash that NTFS finds equal descriptors by (Linux-NTFS documentation, $Secure). */
static uint32_t
hash_of(struct view descriptor)
{
	uint32_t hash = 0;

	for (size_t i = 0; view_has(descriptor, i, sizeof(le32)); i += sizeof(le32))
		hash = (hash << 3 | hash >> 29) + le32_get(*VIEW_AT(descriptor, i, le32));
	return hash;
}

/* The entry at a place of a block, if it is one that was written for this place and is whole. */
static const struct disk_sds *
entry_at(struct view block, size_t place, uint64_t offset)
{
	const struct disk_sds *entry = VIEW_AT(block, place, struct disk_sds);
	uint32_t size = entry ? le32_get(entry->size) : 0;

	if (!entry || !le32_get(entry->id) || le64_get(entry->offset) != offset ||
	    size < sizeof(*entry) + sizeof(struct disk_descriptor) || size > SECURE_DESCRIPTOR_MAX ||
	    !view_has(block, place, size) ||
	    hash_of(view_part(block, place + sizeof(*entry), size - sizeof(*entry))) != le32_get(entry->hash))
		return NULL;
	return entry;
}

static int
note(struct secure *secure, const struct disk_sds *entry, uint64_t at)
{
	struct descriptor *d = vector_push(&secure->list);

	if (!d)
		return fail(ENOMEM, "out of memory for the security descriptors of %s", secure->ntfs->volume->name);
	*d = (struct descriptor){ .id = le32_get(entry->id),
				  .size = le32_get(entry->size) - (uint32_t)sizeof(*entry),
				  .at = at + sizeof(*entry) };
	return 0;
}

static bool
empty_at(struct view block, size_t place)
{
	static const uint8_t zeros[SDS_ALIGN];
	struct view part = view_part(block, place, SDS_ALIGN);

	return !part.n || !memcmp(part.p, zeros, SDS_ALIGN);
}

/*
 * Where the descriptors of a block end. The stream ends with the last descriptor's copy, so the last block ends that
 * far from its start; the rest of it was never written, and before Windows Vista its clusters were not cleared.
 */
static size_t
end_of(const struct pair *pair)
{
	return pair->second.n && pair->second.n < pair->first.n ? pair->second.n : pair->first.n;
}

/* Goes through a block; behind what is damaged in both copies it takes up the next entry that fits its place. */
static int
take_pair(struct secure *secure, const struct pair *pair, struct sink *out)
{
	bool lost = false;
	size_t place = 0, end = end_of(pair);
	int r = 0;

	while (view_has(pair->first, place, sizeof(struct disk_sds)) && r >= 0) {
		const struct disk_sds *entry = entry_at(pair->first, place, pair->at + place), *copy = NULL;

		if (!entry)
			copy = entry_at(pair->second, place, pair->at + place);
		if (entry || copy) {
			uint64_t block = pair->at + (entry ? 0 : SDS_BLOCK);

			r = note(secure, entry ? entry : copy, block + place);
			if (r == 0 && copy && out)
				r = sink_damage(out, pair->at + place,
						"a security descriptor is damaged: its copy is used");
			place += (le32_get((entry ? entry : copy)->size) + SDS_ALIGN - 1) & ~(size_t)(SDS_ALIGN - 1);
			lost = false;
			continue;
		}
		if (!lost && place < end && !(empty_at(pair->first, place) && empty_at(pair->second, place))) {
			lost = true;
			r = out ? sink_damage(out, pair->at + place, "a security descriptor and its copy are damaged")
				: 0;
		}
		place += SDS_ALIGN;
	}
	return r;
}

static int
read_pairs(struct secure *secure, struct sink *out)
{
	CLEANUP(free) uint8_t *buf = malloc(SDS_BLOCK * 2);
	uint64_t size = secure->sds->size;
	int r = 0;

	if (!buf)
		return fail(ENOMEM, "out of memory for $Secure");
	if (size > SECURE_BYTES_MAX) {
		r = out ? sink_damage(out, SECURE_BYTES_MAX, "$SDS is longer than any may be: the rest is left out")
			: 0;
		size = SECURE_BYTES_MAX;
	}
	for (uint64_t at = 0; at < size && r >= 0; at += SDS_BLOCK * 2) {
		ssize_t n = source_read(secure->sds, at, buf, size - at < SDS_BLOCK * 2 ? size - at : SDS_BLOCK * 2);
		struct pair pair = { .at = at };

		if (n < 0)
			return (int)n;
		if (source_trust(secure->sds, at, at + (uint64_t)n) && out)
			r = sink_damage(out, at, "part of $SDS is missing or lies where the image is damaged");
		if (r < 0)
			return r;
		pair.first = view_of(buf, (size_t)n < SDS_BLOCK ? (size_t)n : SDS_BLOCK);
		pair.second =
			(size_t)n > SDS_BLOCK ? view_of(buf + SDS_BLOCK, (size_t)n - SDS_BLOCK) : view_of(NULL, 0);
		r = take_pair(secure, &pair, out);
	}
	return r;
}

static int
compare(const void *a, const void *b)
{
	const struct descriptor *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

int
secure_open(struct ntfs *ntfs, struct sink *out, struct secure **ret_secure)
{
	CLEANUP(secure_close) struct secure *secure = calloc(1, sizeof(*secure));
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	int r;

	if (!secure)
		return fail(ENOMEM, "out of memory for $Secure");
	secure->ntfs = ntfs;
	r = pieces_of(ntfs, ENTRY_SECURE, NULL, 0, &pieces);
	if (r == 0)
		r = stream_of(ntfs, &pieces, ATTRIBUTE_DATA, view_of(sds_name, sizeof(sds_name)), false, NULL,
			      &secure->sds);
	if (r == 0)
		r = read_pairs(secure, out);
	else if (r == -ENOENT || r == -EINVAL || r == -ENODATA)
		r = out ? sink_damage(out, 0, "$Secure cannot be read: who owns a file is not known") : 0;
	if (r < 0)
		return r;
	vector_sort(&secure->list, compare);
	*ret_secure = TAKE(secure);
	return 0;
}

struct secure *
secure_close(struct secure *secure)
{
	if (!secure)
		return NULL;
	source_close(secure->sds);
	vector_free(&secure->list);
	free(secure);
	return NULL;
}

/* ---- one file ---- */

static int
owner_in(struct view bytes, char ret_sid[static SID_TEXT])
{
	const struct disk_descriptor *d = VIEW_AT(bytes, 0, struct disk_descriptor);

	return d && d->revision == 1 && le32_get(d->owner) >= sizeof(*d) &&
	       sid_text(view_from(bytes, le32_get(d->owner)), ret_sid);
}

static int
owner_by_id(struct secure *secure, uint32_t id, char ret_sid[static SID_TEXT])
{
	CLEANUP(free) uint8_t *buf = NULL;
	size_t low = 0, high = secure->list.n;
	int r;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (secure->list.at[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == secure->list.n || secure->list.at[low].id != id)
		return 0;
	buf = malloc(secure->list.at[low].size);
	if (!buf)
		return fail(ENOMEM, "out of memory for a security descriptor");
	r = source_read_all(secure->sds, secure->list.at[low].at, buf, secure->list.at[low].size);
	return r < 0 ? r : owner_in(view_of(buf, secure->list.at[low].size), ret_sid);
}

/* $SECURITY_DESCRIPTOR, which NT4 gave every file and Windows still gives the volume's own. */
static int
own_owner(struct ntfs *ntfs, const struct pieces *pieces, char ret_sid[static SID_TEXT])
{
	CLEANUP(source_close) struct source *stream = NULL;
	CLEANUP(free) uint8_t *buf = NULL;
	ssize_t n;
	int r = stream_of(ntfs, pieces, ATTRIBUTE_SECURITY_DESCRIPTOR, view_of(NULL, 0), false, NULL, &stream);

	if (r == -ENOENT || r == -EINVAL)
		return 0;
	if (r < 0)
		return r;
	buf = malloc(SECURE_DESCRIPTOR_MAX);
	if (!buf)
		return fail(ENOMEM, "out of memory for a security descriptor");
	n = source_read(stream, 0, buf, SECURE_DESCRIPTOR_MAX);
	return n < 0 ? (int)n : owner_in(view_of(buf, (size_t)n), ret_sid);
}

int
secure_owner(struct secure *secure, struct reference entry, char ret_sid[static SID_TEXT])
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	const le32 *id = NULL;
	int r = pieces_of(secure->ntfs, entry.entry, NULL, 0, &pieces);

	if (r == -ENODATA || r == -EINVAL)
		return 0;
	if (r < 0 || pieces.head.sequence != entry.sequence)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < pieces.list.n && !id; i++)
		if (pieces.list.at[i].attribute.type == ATTRIBUTE_STANDARD_INFORMATION)
			id = VIEW_AT(pieces.list.at[i].attribute.value, SECURITY_ID, le32);
	r = id && le32_get(*id) ? owner_by_id(secure, le32_get(*id), ret_sid) : 0;
	return r ? r : own_owner(secure->ntfs, &pieces, ret_sid);
}

/*
 * wof.c - unpacks what `compact /exe` packed, so that one built-in command of Windows hides nothing.
 *
 * The Windows Overlay Filter leaves the unnamed stream as one hole of the file's size and keeps the content in a stream
 * called WofCompressedData: a table with the end of every chunk but the last (4 bytes each, 8 where the file has 4 GiB
 * or more; counted from the end of the table), then the chunks one behind the other, each XPRESS with Huffman codes
 * ([MS-XCA] 2.1) or LZX as in WIM files, or stored where packing did not make it smaller. There are no checksums.
 * Layout after ntfs-3g-system-compression and wimlib.
 */
#include "wof.h"

#include <errno.h>
#include <pthread.h>

#include "fail.h"
#include "spoiled.h"
#include "unpack.h"

/* [MS-FSCC] 2.1.2.2, WOF_EXTERNAL_INFO and FILE_PROVIDER_EXTERNAL_INFO (wofapi.h, ntifs.h). */
struct disk_wof {
	le32 tag;               /* 0 */
	le16 length, reserved;  /* 4, 6 */
	le32 version, provider; /* 8, 12 */
	le32 file_version;      /* 16 */
	le32 algorithm;         /* 20 */
};

enum {
	WOF_VERSION = 1,
	PROVIDER_WIM = 1,
	PROVIDER_FILE = 2,
	FILE_VERSION = 1,
	TABLE_PAGE = 4096, /* bytes of the table held at a time, a multiple of an entry */
};

static const struct {
	int (*unpack)(struct view packed, uint8_t *out, size_t n);
	uint32_t chunk; /* bytes unpacked */
} algorithms[WOF_ALGORITHMS] = {
	[WOF_XPRESS4K] = { xpress_unpack, 4096 },
	[WOF_LZX] = { lzx_unpack, 32768 },
	[WOF_XPRESS8K] = { xpress_unpack, 8192 },
	[WOF_XPRESS16K] = { xpress_unpack, 16384 },
};

struct wof {
	struct source *packed;
	struct sink *out;
	enum wof_algorithm algorithm;
	uint64_t size, chunks, table; /* bytes; number; bytes of the table */
	uint32_t chunk, entry;        /* bytes of a chunk, of an entry of the table */
	pthread_mutex_t lock;
	uint8_t *in, *plain;
	uint64_t cached;  /* the chunk in plain, UINT64_MAX for none */
	uint64_t checked; /* all chunks below are known to be good or are spoiled */
	struct spoiled spoiled;
	uint8_t page[TABLE_PAGE];
	uint64_t page_at; /* of the table, UINT64_MAX for none */
};

/* Where a chunk lies behind the table. */
struct span {
	uint64_t from, to;
};

int
wof_parse(struct view reparse, enum wof_algorithm *ret_algorithm, const char **ret_why)
{
	const struct disk_wof *disk = VIEW_AT(reparse, 0, struct disk_wof);

	if (!disk)
		*ret_why = "packed by WOF, but its reparse point is cut short: not decoded and not examined";
	else if (le32_get(disk->version) != WOF_VERSION)
		*ret_why = "packed by an unknown version of WOF: not decoded and not examined";
	else if (le32_get(disk->provider) == PROVIDER_WIM)
		*ret_why = "kept by WOF in a WIM file: the content is not in this file and was not examined";
	else if (le32_get(disk->provider) != PROVIDER_FILE || le32_get(disk->file_version) != FILE_VERSION)
		*ret_why = "packed by an unknown provider of WOF: not decoded and not examined";
	else if (le32_get(disk->algorithm) >= WOF_ALGORITHMS)
		*ret_why = "packed by WOF with an unknown algorithm: not decoded and not examined";
	else
		*ret_algorithm = (enum wof_algorithm)le32_get(disk->algorithm);
	return *ret_why ? -EINVAL : 0;
}

static uint32_t
plain_size(const struct wof *w, uint64_t chunk)
{
	uint64_t left = w->size - chunk * w->chunk;

	return left < w->chunk ? (uint32_t)left : w->chunk;
}

/* Entry i of the table: 0 or negative. With the lock held, as all that follows up to wof_read. */
static int
table_entry(struct wof *w, uint64_t i, uint64_t *ret)
{
	uint64_t at = i * w->entry, page = at - at % TABLE_PAGE;
	const uint8_t *p = w->page + at % TABLE_PAGE;

	if (w->page_at != page) {
		size_t n = w->table - page < TABLE_PAGE ? (size_t)(w->table - page) : TABLE_PAGE;
		int r = source_read_all(w->packed, page, w->page, n);

		w->page_at = r < 0 ? UINT64_MAX : page;
		if (r < 0)
			return r;
	}
	*ret = w->entry == sizeof(le64) ? le64_get(*(const le64 *)p) : le32_get(*(const le32 *)p);
	return 0;
}

/*
 * 1 and the place of a chunk, 0 when it cannot lie there, or negative. An entry that does not fit those beside it is
 * not trusted as the beginning of the next chunk either: there are no checksums, and other bytes may unpack to
 * something.
 */
static int
locate(struct wof *w, uint64_t chunk, struct span *ret)
{
	uint64_t room = w->packed->size - w->table, before = 0, from = 0, to = room;
	int r = chunk ? table_entry(w, chunk - 1, &from) : 0;

	if (r == 0 && chunk > 1)
		r = table_entry(w, chunk - 2, &before);
	if (r == 0 && chunk < w->chunks - 1)
		r = table_entry(w, chunk, &to);
	if (r < 0)
		return r;
	if (to > room || from >= to || (chunk && before >= from && before <= room) || to - from > plain_size(w, chunk))
		return 0;
	*ret = (struct span){ from, to };
	return 1;
}

/* The bytes of a chunk into plain: 1, 0 when they cannot be had, or negative. */
static int
unpack(struct wof *w, uint64_t chunk)
{
	uint32_t size = plain_size(w, chunk);
	struct span span;
	size_t n;
	int r = locate(w, chunk, &span);

	if (r <= 0)
		return r;
	n = (size_t)(span.to - span.from);
	r = source_read_all(w->packed, w->table + span.from, n == size ? w->plain : w->in, n);
	if (r < 0)
		return r;
	return n == size || algorithms[w->algorithm].unpack(view_of(w->in, n), w->plain, size) == 0;
}

static int
load(struct wof *w, uint64_t chunk)
{
	int r;

	if (w->cached == chunk)
		return 0;
	w->cached = UINT64_MAX;
	r = unpack(w, chunk);
	if (r == 0) {
		memset(w->plain, 0, w->chunk);
		r = spoiled_add(&w->spoiled, chunk, w->out, chunk * w->chunk,
				"a chunk that Windows packed (WOF) cannot be unpacked: it reads as zeros");
	}
	if (r < 0)
		return r;
	w->cached = chunk;
	if (w->checked == chunk)
		w->checked++;
	return 0;
}

int
wof_read(struct wof *w, uint64_t offset, uint8_t *buf, size_t n)
{
	int r = 0;

	pthread_mutex_lock(&w->lock);
	while (n && r == 0) {
		uint64_t chunk = offset / w->chunk;
		size_t skip = (size_t)(offset % w->chunk), left = plain_size(w, chunk) - skip,
		       part = left < n ? left : n;

		r = load(w, chunk);
		if (r == 0)
			memcpy(buf, w->plain + skip, part);
		buf += part;
		offset += part;
		n -= part;
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* Tries those of the chunks that nobody has read yet, until one is spoiled. */
static bool
all_good(struct wof *w, uint64_t first, uint64_t last)
{
	if (w->spoiled.many)
		return false;
	for (uint64_t chunk = first; chunk <= last; chunk++) {
		if (chunk < w->checked && !w->spoiled.list.n) {
			chunk = w->checked - 1;
			continue;
		}
		if ((chunk >= w->checked && load(w, chunk) < 0) || spoiled_has(&w->spoiled, chunk))
			return false;
	}
	return true;
}

/* What is known against the entries and the packed bytes of a row of chunks. */
static unsigned
trust_packed(struct wof *w, uint64_t first, uint64_t last)
{
	struct span a, b;
	uint64_t from = (first ? first - 1 : 0) * w->entry, to = (last + 1) * w->entry;

	if (locate(w, first, &a) <= 0 || locate(w, last, &b) <= 0 || a.from >= b.to)
		return source_trust(w->packed, 0, w->packed->size);
	return source_trust(w->packed, from, to < w->table ? to : w->table) |
	       source_trust(w->packed, w->table + a.from, w->table + b.to);
}

unsigned
wof_trust(struct wof *w, uint64_t from, uint64_t to)
{
	uint64_t first = from / w->chunk, last;
	unsigned trust;

	if (to > w->size)
		to = w->size;
	if (from >= to)
		return 0;
	last = (to - 1) / w->chunk;
	pthread_mutex_lock(&w->lock);
	trust = all_good(w, first, last) ? 0 : TRUST_DAMAGED;
	trust |= trust_packed(w, first, last);
	pthread_mutex_unlock(&w->lock);
	return trust;
}

struct source *
wof_packed(const struct wof *w)
{
	return w->packed;
}

static int
prepare(struct wof *w, enum wof_algorithm algorithm, const char **ret_why)
{
	w->algorithm = algorithm;
	w->chunk = algorithms[algorithm].chunk;
	w->entry = w->size > UINT32_MAX ? sizeof(le64) : sizeof(le32);
	w->chunks = w->size / w->chunk + (w->size % w->chunk != 0);
	w->table = w->chunks ? (w->chunks - 1) * w->entry : 0;
	if (w->size > WOF_SIZE_MAX)
		*ret_why = "packed by WOF and longer than any file that is unpacked: not decoded and not examined";
	else if (w->table > w->packed->size)
		*ret_why = "packed by WOF, but its chunk table is longer than all that is packed: not decoded and not "
			   "examined";
	if (*ret_why)
		return -EINVAL;
	w->in = malloc(w->chunk);
	w->plain = malloc(w->chunk);
	if (!w->in || !w->plain)
		return fail(ENOMEM, "out of memory for a packed stream");
	return 0;
}

int
wof_open(struct source *packed, uint64_t size, enum wof_algorithm algorithm, struct sink *out, struct wof **ret_wof,
	 const char **ret_why)
{
	CLEANUP(wof_close) struct wof *w = calloc(1, sizeof(*w));
	int r;

	if (!w) {
		source_close(packed);
		return fail(ENOMEM, "out of memory for a packed stream");
	}
	pthread_mutex_init(&w->lock, NULL);
	w->packed = packed;
	w->out = out;
	w->size = size;
	w->cached = w->page_at = UINT64_MAX;
	r = prepare(w, algorithm, ret_why);
	if (r == 0)
		*ret_wof = TAKE(w);
	return r;
}

struct wof *
wof_close(struct wof *w)
{
	if (!w)
		return NULL;
	pthread_mutex_destroy(&w->lock);
	spoiled_free(&w->spoiled);
	source_close(w->packed);
	free(w->in);
	free(w->plain);
	free(w);
	return NULL;
}

/*
 * hive_entries.c - the logs of a registry hive since Windows 8.1 and Server 2012 R2: entries under hashes, each with a
 * number, so that those that follow on from the hive can be told from older ones.
 */
#include <errno.h>

#include "fail.h"
#include "hive_own.h"

enum { HASH_BLOCK = 32 << 10 };

struct disk_entry {
	uint8_t signature[4];     /* "HvLE" */
	le32 size, flags;         /* 4, 8 */
	le32 sequence, bytes;     /* 12, 16 */
	le32 count;               /* 20 */
	uint8_t hash[8], self[8]; /* 24 of what follows, 32 of these 32 bytes */
};

struct disk_reference {
	le32 offset, size;
};

/* An entry that its hashes prove. */
struct entry {
	uint64_t at;
	uint32_t size, sequence, bytes, count, log;
};

typedef VECTOR(struct entry) entries;

static int
hash_of(struct source *src, uint64_t at, uint64_t n, uint64_t *ret)
{
	CLEANUP(free) uint8_t *buf = malloc(HASH_BLOCK);
	struct marvin m = marvin_start();

	if (!buf)
		return fail(ENOMEM, "out of memory for %s", src->name);
	while (n) {
		size_t part = n < HASH_BLOCK ? (size_t)n : HASH_BLOCK;
		int r = source_read_all(src, at, buf, part);

		if (r < 0)
			return r;
		marvin_add(&m, view_of(buf, part));
		at += part;
		n -= part;
	}
	*ret = marvin_end(&m);
	return 0;
}

static uint64_t
number_of(const uint8_t b[static 8])
{
	return le64_get(*VIEW_AT(view_of(b, 8), 0, le64));
}

/* Whether the pages of an entry lie in the entry and in the hive that it knows. */
static int
pages_fit(struct source *src, uint64_t at, const struct disk_entry *d)
{
	uint64_t room = le32_get(d->size) - sizeof(*d), all = 0;
	uint32_t bytes = le32_get(d->bytes), count = le32_get(d->count);

	if (count > room / sizeof(struct disk_reference))
		return 0;
	room -= (uint64_t)count * sizeof(struct disk_reference);
	for (uint32_t i = 0; i < count; i++) {
		struct disk_reference ref;
		int r = source_read_all(src, at + sizeof(*d) + (uint64_t)i * sizeof(ref), &ref, sizeof(ref));
		uint32_t offset, size;

		if (r < 0)
			return r == -ENODATA ? 0 : r;
		offset = le32_get(ref.offset);
		size = le32_get(ref.size);
		all += size;
		if (!size || offset % SECTOR || size % SECTOR || offset > bytes || size > bytes - offset || all > room)
			return 0;
	}
	return 1;
}

/* The entry at a place: 1, 0 when none is there that could be used, or negative. */
static int
entry_at(struct source *src, uint64_t at, struct entry *ret, bool *ret_begun)
{
	struct disk_entry d;
	uint64_t hash;
	uint32_t size, bytes;
	int r = source_read_all(src, at, &d, sizeof(d));

	*ret_begun = r == 0 && !memcmp(d.signature, "HvLE", 4);
	if (!*ret_begun)
		return r == -ENODATA ? 0 : r;
	size = le32_get(d.size);
	bytes = le32_get(d.bytes);
	if (size < sizeof(d) || size % SECTOR || size > src->size - at || bytes % BIN_UNIT || bytes > HIVE_BYTES_MAX)
		return 0;
	r = hash_of(src, at, sizeof(d) - sizeof(d.self), &hash);
	if (r < 0 || hash != number_of(d.self))
		return r;
	r = hash_of(src, at + sizeof(d), size - sizeof(d), &hash);
	if (r < 0 || hash != number_of(d.hash))
		return r;
	*ret = (struct entry){
		.at = at, .size = size, .sequence = le32_get(d.sequence), .bytes = bytes, .count = le32_get(d.count)
	};
	return pages_fit(src, at, &d);
}

/*
 * The entries of a log, each one number on from that before. What follows them may be of an earlier time: entries begin
 * again at the start of the file and older ones stay behind them.
 */
static int
read_entries(struct hive *h, uint32_t log, entries *list, bool *ret_torn)
{
	struct source *src = h->logs[log].source;
	uint64_t at;
	uint32_t before = 0;
	bool begun;
	int r = hive_log_second(h, log, "HvLE", &at);

	for (bool first = true; r == 1; first = false) {
		struct entry entry, *to;

		r = entry_at(src, at, &entry, &begun);
		if (r < 0)
			return r;
		if (!r && begun) {
			*ret_torn = true;
			return hive_log_damage(
				h, log, at,
				"a log entry does not fit its hashes or sizes: it and those behind it are not used");
		}
		if (!r || (!first && entry.sequence != before + 1))
			break;
		to = vector_push(list);
		if (!to)
			return hive_log_memory(h);
		entry.log = log;
		*to = entry;
		before = entry.sequence;
		at += entry.size;
	}
	return r < 0 ? r : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return (x->log > y->log) - (x->log < y->log);
}

/* The first entry that applies: the one that the hive waits for, or without its number, the first of the last unbroken
 * row of them. */
static size_t
first_entry(const entries *list, const struct disk_base *base, bool base_sound)
{
	size_t i = list->n;

	if (base_sound) {
		for (i = 0; i < list->n && list->at[i].sequence != le32_get(base->second);)
			i++;
		return i;
	}
	while (i > 1 && list->at[i - 1].sequence - list->at[i - 2].sequence <= 1)
		i--;
	return i ? i - 1 : 0;
}

static int
apply_entry(struct hive *h, const struct entry *entry)
{
	struct source *src = h->logs[entry->log].source;
	uint64_t at = entry->at + sizeof(struct disk_entry),
		 data = at + (uint64_t)entry->count * sizeof(struct disk_reference);

	for (uint32_t i = 0; i < entry->count; i++) {
		struct disk_reference ref;
		int r = source_read_all(src, at + (uint64_t)i * sizeof(ref), &ref, sizeof(ref));

		if (r == 0)
			r = hive_log_page(h, (struct page){ .offset = le32_get(ref.offset),
							    .size = le32_get(ref.size),
							    .at = data,
							    .log = entry->log });
		if (r < 0)
			return r;
		data += le32_get(ref.size);
	}
	h->bytes = entry->bytes;
	h->state.log = entry->log;
	h->state.to = entry->sequence;
	return 0;
}

/* How many entries from i on follow each other; one that lies in two logs counts once. */
static int
apply_entries(struct hive *h, const entries *list, size_t i, bool torn)
{
	if (i >= list->n)
		return 0;
	h->state.from = h->state.to = list->at[i].sequence;
	for (bool first = true; i < list->n; i++, first = false) {
		const struct entry *entry = &list->at[i];
		int r;

		if (!first && entry->sequence == h->state.to)
			continue;
		if (!first && entry->sequence != h->state.to + 1)
			break;
		if (entry->count > HIVE_PAGES_MAX - h->pages.n) {
			torn = true;
			r = hive_log_damage(
				h, entry->log, entry->at,
				"more dirty pages than any log may have: this entry and later ones are not used");
			if (r < 0)
				return r;
			break;
		}
		r = apply_entry(h, entry);
		if (r < 0)
			return r;
	}
	h->state.replay = torn ? HIVE_PARTLY : HIVE_REPLAYED;
	return 1;
}

/* The root and the version from a log, where the base block of the hive is lost: 1 or negative. */
static int
borrow_base(struct hive *h, struct disk_base *base)
{
	struct disk_base own;
	int r = hive_log_base(h, h->state.log, &own);

	if (r == 1)
		*base = own;
	return r < 0 ? r : 1;
}

int
hive_replay_entries(struct hive *h, struct disk_base *base, bool base_sound, bool dirty)
{
	entries list = { 0 };
	bool torn = false;
	size_t i;
	int r = 0;

	for (uint32_t log = 0; log < h->log_count && r >= 0; log++)
		if (h->logs[log].source)
			r = read_entries(h, log, &list, &torn);
	vector_sort(&list, compare);
	if (r >= 0 && dirty) {
		r = apply_entries(h, &list, first_entry(&list, base, base_sound), torn);
		if (r == 1 && !base_sound)
			r = borrow_base(h, base);
	} else if (r >= 0) {
		for (i = 0; i < list.n; i++)
			h->state.newer += list.at[i].sequence >= le32_get(base->second);
	}
	vector_free(&list);
	return r;
}

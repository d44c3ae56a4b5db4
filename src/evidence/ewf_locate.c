/* ewf_locate.c - where a chunk lies: entries are read from the segment files on demand, so that memory stays small. */
#include <errno.h>

#include "ewf.h"
#include "fail.h"

enum {
	PAGE_ENTRIES = 1024,
	PAGE_SLOTS = 256, /* 1 MiB of entries, those of 8 GiB of media */
	PAGE_LOCKS = 16,
	ENTRY = 4,
};

/* Entries [block * PAGE_ENTRIES, + n) of a table, with the first one behind them. */
struct page {
	uint64_t key; /* file offset of its first entry + 1, and the segment above bit 48; 0: empty */
	uint32_t n;
	le32 entries[PAGE_ENTRIES + 1];
};

struct ewf_pages {
	pthread_mutex_t locks[PAGE_LOCKS];
	struct page *slots[PAGE_SLOTS];
};

int
ewf_pages_open(struct ewf_pages **ret_pages)
{
	struct ewf_pages *pages = calloc(1, sizeof(*pages));

	if (!pages)
		return fail(ENOMEM, "out of memory for chunk tables");
	for (int i = 0; i < PAGE_LOCKS; i++)
		pthread_mutex_init(&pages->locks[i], NULL);
	*ret_pages = pages;
	return 0;
}

struct ewf_pages *
ewf_pages_close(struct ewf_pages *pages)
{
	if (!pages)
		return NULL;
	for (int i = 0; i < PAGE_SLOTS; i++)
		free(pages->slots[i]);
	for (int i = 0; i < PAGE_LOCKS; i++)
		pthread_mutex_destroy(&pages->locks[i]);
	free(pages);
	return NULL;
}

static int
fill_page(struct ewf *ewf, uint32_t segment, uint64_t offset, uint32_t left, struct page *page)
{
	uint32_t want = left < PAGE_ENTRIES + 1 ? left : PAGE_ENTRIES + 1;
	ssize_t n;

	page->key = 0;
	n = segment_read(&ewf->image->set, segment, offset, page->entries, (size_t)want * ENTRY);
	if (n < 0 && n != -EIO)
		return (int)n;
	page->n = n < 0 ? 0 : (uint32_t)n / ENTRY;
	return 0;
}

/* Entry i and, where there is one, the entry behind it: how many of the two were had, or negative. */
static int
own_entries(const struct ewf_table *table, uint32_t i, uint32_t ret_entries[static 2])
{
	int had = 0;

	for (; had < 2 && i + (uint32_t)had < table->count; had++)
		ret_entries[had] = le32_get(table->own[i + (uint32_t)had]);
	return had;
}

static int
read_entries(struct ewf *ewf, const struct ewf_table *table, uint64_t entries, uint32_t i,
	     uint32_t ret_entries[static 2])
{
	uint32_t block = i / PAGE_ENTRIES, at = i % PAGE_ENTRIES;
	uint64_t offset = entries + (uint64_t)block * PAGE_ENTRIES * ENTRY;
	uint64_t key = (offset + 1) ^ (uint64_t)table->segment << 48;
	unsigned slot = (unsigned)((key ^ key >> 12 ^ key >> 48) * UINT64_C(0x9e3779b97f4a7c15) >> 56) % PAGE_SLOTS;
	pthread_mutex_t *lock = &ewf->pages->locks[slot % PAGE_LOCKS];
	struct page *page;
	int r = 0, had = 0;

	pthread_mutex_lock(lock);
	page = ewf->pages->slots[slot];
	if (!page)
		page = ewf->pages->slots[slot] = calloc(1, sizeof(*page));
	if (!page)
		r = fail(ENOMEM, "out of memory for chunk tables");
	else if (page->key != key)
		r = fill_page(ewf, table->segment, offset, table->count - block * PAGE_ENTRIES, page);
	if (r >= 0) {
		page->key = key;
		for (; had < 2 && at + (uint32_t)had < page->n; had++)
			ret_entries[had] = le32_get(page->entries[at + (uint32_t)had]);
	}
	pthread_mutex_unlock(lock);
	return r < 0 ? r : had;
}

static const struct ewf_table *
table_of(const struct ewf *ewf, uint64_t chunk)
{
	size_t low = 0, high = ewf->tables.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ewf->tables.at[middle].first <= chunk)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || chunk - ewf->tables.at[low - 1].first >= ewf->tables.at[low - 1].count)
		return NULL;
	return &ewf->tables.at[low - 1];
}

/* Chunks lie one behind the other. An entry of a doubtful table that is not between its neighbours may be another's. */
static int
misplaced(struct ewf *ewf, const struct ewf_table *table, uint64_t entries, uint32_t i, bool *ret_misplaced)
{
	uint32_t pair[2];
	int r = 1;

	*ret_misplaced = false;
	if (!table->doubtful || table->own)
		return 0;
	for (uint32_t k = i ? i - 1 : 0; k <= i && r >= 0; k++) {
		r = read_entries(ewf, table, entries, k, pair);
		*ret_misplaced |= r > 1 && (pair[0] & INT32_MAX) >= (pair[1] & INT32_MAX);
	}
	return r < 0 ? r : 0;
}

int
ewf_locate(struct ewf *ewf, uint64_t chunk, bool twin, struct ewf_place *ret_place)
{
	const struct ewf_table *table = table_of(ewf, chunk);
	const uint64_t most = 2 * (uint64_t)ewf->chunk_size + 4096; /* no packed chunk is larger */
	uint64_t from, to, size;
	uint32_t i, e[2];
	bool wide, out_of_order;
	int r;

	if (!table || (twin && !table->twin))
		return 0;
	i = (uint32_t)(chunk - table->first);
	r = table->own ? own_entries(table, i, e) : read_entries(ewf, table, twin ? table->twin : table->entries, i, e);
	if (r <= 0)
		return r;
	r |= misplaced(ewf, table, twin ? table->twin : table->entries, i, &out_of_order);
	if (r < 0)
		return r;
	wide = i >= table->wide;
	from = table->base + (wide ? e[0] : e[0] & INT32_MAX);
	to = r < 2 ? table->end : table->base + (i + 1 >= table->wide ? e[1] : e[1] & INT32_MAX);
	size = ewf->image->set.segments.at[table->segment].size;
	if (from < EWF_FILE_HEADER || from >= size)
		return 0;
	if (to <= from || to > size)
		to = size;
	*ret_place = (struct ewf_place){
		.segment = table->segment,
		.offset = from,
		.size = (uint32_t)(to - from < most ? to - from : most),
		.twin = table->twin,
		.packed = !wide && e[0] >> 31,
		.misplaced = out_of_order,
	};
	return 1;
}

/* catalog_listed.c - what lies in one folder, without going through the whole volume. */
#include <errno.h>

#include "catalog_own.h"
#include "fail.h"

struct listing {
	const struct catalog *catalog;
	struct reference folder;
	VECTOR(uint64_t) numbers;
};

static bool
slab_names(const struct slab *slab, uint32_t folder)
{
	for (uint32_t i = 0; i < slab->folder_count; i++)
		if (slab->folders[i] == folder)
			return true;
	return false;
}

static bool
lies_in(const struct entry *entry, struct reference folder)
{
	for (uint32_t i = 0; i < entry->name_count; i++)
		if (reference_equal(entry->names[i].parent, folder))
			return true;
	return false;
}

/* The numbers of a slab's entries that have a name in the folder. */
static int
look_through(struct listing *l, const struct slab *slab)
{
	struct unpacker unpacker = { .folders = &l->catalog->folders, .cluster_size = l->catalog->cluster_size };
	struct catalog_cursor room;
	struct packed packed;
	int r = 0;

	for (uint32_t at = 0; r == 0 && slab_peek(slab, at, &packed); at = packed.end) {
		uint64_t *number;

		r = slab_unpack(slab, &packed, &unpacker, room.names, room.streams,
				sizeof(room.names) / sizeof(room.names[0]), &room.entry);
		if (r < 0 || !lies_in(&room.entry, l->folder))
			continue;
		number = vector_push(&l->numbers);
		if (!number)
			r = -ENOMEM;
		else
			*number = packed.number;
	}
	free(unpacker.scratch);
	return r;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* What was put together from several records stands for what the sweep found, and may have other names. */
static int
tell(const struct listing *l, int (*each)(void *state, const struct entry *entry), void *state)
{
	int r = 0;

	for (size_t i = 0; i < l->numbers.n && r >= 0; i++) {
		struct catalog_cursor cursor;

		if (i && l->numbers.at[i] == l->numbers.at[i - 1])
			continue;
		r = catalog_get(l->catalog, l->numbers.at[i], &cursor);
		if (r > 0 && lies_in(&cursor.entry, l->folder))
			r = each(state, &cursor.entry);
		catalog_stop(&cursor);
	}
	return r < 0 ? r : 0;
}

int
catalog_listed(const struct catalog *catalog, uint32_t folder, int (*each)(void *state, const struct entry *entry),
	       void *state)
{
	struct listing l = { .catalog = catalog };
	struct folder f;
	int r = 0;

	catalog_folder(catalog, folder, &f);
	l.folder = f.reference;
	for (size_t i = 0; i < catalog->slabs.n && r == 0; i++)
		if (slab_names(&catalog->slabs.at[i], folder))
			r = look_through(&l, &catalog->slabs.at[i]);
	for (size_t i = 0; i < catalog->late.n && r == 0; i++)
		if (slab_names(&catalog->late.at[i], folder))
			r = look_through(&l, &catalog->late.at[i]);
	vector_sort(&l.numbers, by_number);
	if (r == 0)
		r = tell(&l, each, state);
	else
		r = fail(ENOMEM, "out of memory for a folder");
	vector_free(&l.numbers);
	return r;
}

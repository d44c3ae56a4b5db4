/* within.c - finds a folder by its path, for what a server's own settings say of its drives. */
#include "within.h"

#include <errno.h>

#include "fail.h"

/* Folders by parent and name, in chains: names that were chosen to collide cost those who ask, not the making. */
struct within {
	const struct catalog *catalog;
	const struct upcase *fold;
	uint32_t *heads, *next; /* folder + 1, 0 at the end; next is by folder */
	uint32_t mask;
};

static uint32_t
slot_of(const struct within *w, uint32_t parent, struct view name)
{
	uint64_t hash = 0xcbf29ce484222325u ^ parent;

	for (size_t i = 0; i + 1 < name.n; i += 2)
		hash = (hash ^ w->fold->to[name.p[i] | name.p[i + 1] << 8]) * 0x100000001b3u;
	return (uint32_t)(hash ^ hash >> 32) & w->mask;
}

int
within_new(const struct catalog *catalog, const struct upcase *fold, struct within **ret_within)
{
	CLEANUP(within_free) struct within *w = calloc(1, sizeof(*w));
	uint32_t n = catalog_folders(catalog), room = 16;

	while (room < n && room < UINT32_C(1) << 31)
		room *= 2;
	if (w) {
		*w = (struct within){ .catalog = catalog, .fold = fold, .mask = room - 1 };
		w->heads = calloc(room, sizeof(*w->heads));
		w->next = calloc((size_t)n + 1, sizeof(*w->next));
	}
	if (!w || !w->heads || !w->next)
		return fail(ENOMEM, "out of memory for the folders of a volume");
	for (uint32_t i = n; i-- > 1;) { /* the root lies in none */
		struct folder f;
		uint32_t slot;

		catalog_folder(catalog, i, &f);
		if (f.parent == i || f.chain > FOLDER_DELETED)
			continue;
		slot = slot_of(w, f.parent, f.name);
		w->next[i] = w->heads[slot];
		w->heads[slot] = i + 1;
	}
	*ret_within = TAKE(w);
	return 0;
}

struct within *
within_free(struct within *w)
{
	if (!w)
		return NULL;
	free(w->heads);
	free(w->next);
	free(w);
	return NULL;
}

uint32_t
within_folder(const struct within *w, uint32_t folder, struct view name)
{
	uint32_t deleted = UINT32_MAX;

	for (uint32_t at = w->heads[slot_of(w, folder, name)]; at; at = w->next[at - 1]) {
		struct folder f;

		catalog_folder(w->catalog, at - 1, &f);
		if (f.parent != folder || !upcase_equal(w->fold, f.name, name))
			continue;
		if (f.chain == FOLDER_FOUND)
			return at - 1;
		if (deleted == UINT32_MAX)
			deleted = at - 1;
	}
	return deleted;
}

/* index_node.c - a node of a folder's index: entries that are listed, and entries that once were. */
#include "index_node.h"

#include <errno.h>

#include "reference.h"

enum {
	ENTRY_BRANCHES = 1,
	ENTRY_LAST = 2,
	NODE_BRANCHES = 1,
	NAME_LEAST = 1, /* UTF-16 units */
};

int
index_node_open(struct view bytes, struct index_node *ret_node)
{
	const struct disk_index_node *head = VIEW_AT(bytes, 0, struct disk_index_node);
	uint32_t entries = head ? le32_get(head->entries) : 0, used = head ? le32_get(head->used) : 0;

	if (!head || entries < sizeof(*head) || entries % 8 || used < entries || used > bytes.n)
		return -EINVAL;
	*ret_node = (struct index_node){
		.bytes = bytes, .at = entries, .used = used, .branches = head->flags & NODE_BRANCHES
	};
	return 0;
}

int
index_node_next(struct index_node *node, struct index_item *ret_item)
{
	struct view used = view_part(node->bytes, 0, node->used), raw;
	const struct disk_index_entry *disk = VIEW_AT(used, node->at, struct disk_index_entry);
	uint16_t length = disk ? le16_get(disk->length) : 0, flags;
	size_t tail;

	if (node->at == UINT32_MAX)
		return 0;
	if (!disk || length < sizeof(*disk) || length % 8 || !view_has(used, node->at, length))
		return -EINVAL;
	raw = view_part(used, node->at, length);
	flags = le16_get(disk->flags);
	tail = flags & ENTRY_BRANCHES ? sizeof(le64) : 0;
	if (!view_has(raw, sizeof(*disk), tail) ||
	    (!(flags & ENTRY_LAST) && !view_has(raw, sizeof(*disk), le16_get(disk->key) + tail)))
		return -EINVAL;
	*ret_item = (struct index_item){
		.key = flags & ENTRY_LAST ? view_of(NULL, 0) : view_part(raw, sizeof(*disk), le16_get(disk->key)),
		.file = le64_get(disk->file),
		.below = tail ? le64_get(*VIEW_AT(raw, length - tail, le64)) : 0,
		.offset = node->at,
		.length = length,
		.branches = tail,
		.last = flags & ENTRY_LAST,
	};
	node->at = ret_item->last ? UINT32_MAX : node->at + length;
	return 1;
}

bool
index_key_name(struct view key, const struct disk_name **ret_disk, struct name *ret_name)
{
	const struct disk_name *disk = VIEW_AT(key, 0, struct disk_name);

	if (!disk || !view_has(key, sizeof(*disk), (size_t)disk->units * 2))
		return false;
	*ret_disk = disk;
	*ret_name = (struct name){
		.parent = reference_of(disk->parent),
		.fn = { .created = le64_get(disk->times.created),
			.modified = le64_get(disk->times.modified),
			.changed = le64_get(disk->times.changed),
			.accessed = le64_get(disk->times.accessed) },
		.name = view_part(key, sizeof(*disk), (size_t)disk->units * 2),
		.space = disk->space <= NAME_WIN32_DOS ? disk->space : NAME_POSIX,
	};
	return true;
}

/* No system writes a name with a NUL or a slash in it, and bytes by chance often have one. */
static bool
name_sane(struct view name)
{
	for (size_t i = 0; i + 1 < name.n; i += 2)
		if (!name.p[i + 1] && (!name.p[i] || name.p[i] == '/'))
			return false;
	return true;
}

static bool
key_sane(const struct disk_name *disk, const struct name *name)
{
	return disk->units >= NAME_LEAST && disk->space <= NAME_WIN32_DOS && name_sane(name->name) &&
	       le64_get(disk->size) <= INT64_MAX && le64_get(disk->allocated) <= INT64_MAX &&
	       name->fn.created <= INT64_MAX && name->fn.modified <= INT64_MAX && name->fn.changed <= INT64_MAX &&
	       name->fn.accessed <= INT64_MAX;
}

/* Whether the header before a key at `at` is still the one that was written with it. */
static bool
header_fits(struct view bytes, uint32_t at, size_t key, const struct disk_index_entry **ret)
{
	const struct disk_index_entry *head =
		at < sizeof(*head) ? NULL : VIEW_AT(bytes, at - sizeof(*head), struct disk_index_entry);
	size_t usual = sizeof(*head) + ((key + 7) & ~(size_t)7);

	*ret = head;
	return head && le16_get(head->key) == key && le16_get(head->flags) <= ENTRY_BRANCHES && le64_get(head->file) &&
	       le16_get(head->length) == usual + (le16_get(head->flags) ? sizeof(le64) : 0);
}

int
index_carve(struct view bytes, uint64_t folder, uint32_t *at, struct index_item *ret_item)
{
	for (; view_has(bytes, *at, sizeof(struct disk_name)); *at += 8) {
		struct view rest = view_from(bytes, *at);
		const struct disk_index_entry *head;
		const struct disk_name *disk;
		struct name name;
		size_t size;

		if (le64_get(*VIEW_AT(rest, 0, le64)) != folder || !index_key_name(rest, &disk, &name) ||
		    !key_sane(disk, &name))
			continue;
		size = sizeof(*disk) + name.name.n;
		*ret_item =
			(struct index_item){ .key = view_part(rest, 0, size), .offset = *at, .length = (uint32_t)size };
		if (header_fits(bytes, *at, size, &head)) {
			ret_item->file = le64_get(head->file);
			ret_item->offset -= (uint32_t)sizeof(*head);
			ret_item->length = le16_get(head->length);
		}
		*at += (uint32_t)((size + 7) & ~(size_t)7);
		return 1;
	}
	return 0;
}

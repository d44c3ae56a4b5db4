/* index_open.c - the bytes of a folder's index as they lie on the volume, for who wants to see those of one entry. */
#include <errno.h>

#include "index.h"
#include "reference.h"
#include "stream.h"

int
index_open(struct ntfs *ntfs, struct reference folder, bool root, struct source **ret_index)
{
	static const uint8_t i30[] = { '$', 0, 'I', 0, '3', 0, '0', 0 };
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	const struct stray *others;
	size_t n = strays_of(ntfs->strays, ntfs->stray_count, folder.entry, &others);
	int r = pieces_of(ntfs, folder.entry, others, n, &pieces);

	if (r < 0)
		return r == -ENODATA ? -ENOENT : r;
	if (!sequence_fits(folder.sequence, pieces.head.sequence, pieces.head.flags & ENTRY_ALLOCATED))
		return -ESTALE;
	return stream_of(ntfs, &pieces, root ? ATTRIBUTE_INDEX_ROOT : ATTRIBUTE_INDEX_ALLOCATION,
			 view_of(i30, sizeof(i30)), true, NULL, ret_index);
}

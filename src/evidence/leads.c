/*
 * leads.c - junctions, mount points and symbolic links: the name that they lead to, and the one that they show.
 *
 * REPARSE_DATA_BUFFER of ntifs.h: tag (0, 32 bits), length of what follows (4, 16 bits), 2 bytes; then for a mount
 * point offset and length of the substitute name and of the print name (8, 16 bits each), the names from 16 on; a
 * symbolic link has 32 bits of flags before the names. One of WSL has a version (8, 32 bits) and then UTF-8.
 */
#include "leads.h"

#include <errno.h>

#include "fail.h"
#include "record.h"
#include "stream.h"

enum tag {
	TAG_MOUNT_POINT = (int)0xa0000003,
	TAG_SYMLINK = (int)0xa000000c,
	TAG_WSL_SYMLINK = (int)0xa000001d,
};

struct disk_reparse {
	le32 tag;          /* 0 */
	le16 length, pad;  /* 4, 6 */
	le16 target_at, target_n, shown_at, shown_n; /* 8, bytes, counted from where the names begin */
};

bool
reparse_leads(uint32_t tag)
{
	return (int)tag == TAG_MOUNT_POINT || (int)tag == TAG_SYMLINK || (int)tag == TAG_WSL_SYMLINK;
}

/* `\??\C:\x` is shown as `C:\x`: that is no other name. */
static bool
same_place(const struct text *target, const struct text *shown)
{
	static const char prefix[] = "\\??\\";
	struct view t = text_view(target), s = text_view(shown);

	return view_equal(t, s) ||
	       (t.n > 4 && !memcmp(t.p, prefix, 4) && view_equal(view_from(t, 4), s));
}

static int
parse_names(struct view names, const struct disk_reparse *head, struct text *ret_target, struct text *ret_shown)
{
	struct view target, shown;
	int r;

	if (!names.n)
		return -EINVAL;
	target = view_part(names, le16_get(head->target_at), le16_get(head->target_n));
	shown = view_part(names, le16_get(head->shown_at), le16_get(head->shown_n));
	if (!target.n)
		return -EINVAL;
	r = text_add_name(ret_target, target);
	if (r == 0)
		r = text_add_name(ret_shown, shown);
	if (r == 0 && same_place(ret_target, ret_shown))
		text_cut(ret_shown, 0);
	return r;
}

int
reparse_parse(struct view content, struct text *ret_target, struct text *ret_shown)
{
	const struct disk_reparse *head = VIEW_AT(content, 0, struct disk_reparse);
	const le32 *tag = VIEW_AT(content, 0, le32);

	if (!tag)
		return -EINVAL;
	switch ((int)le32_get(*tag)) {
	case TAG_WSL_SYMLINK:
		return content.n > 12 ? text_add(ret_target, view_from(content, 12)) : -EINVAL;
	case TAG_MOUNT_POINT:
		return head ? parse_names(view_from(content, 16), head, ret_target, ret_shown) : -EINVAL;
	case TAG_SYMLINK:
		return head ? parse_names(view_from(content, 20), head, ret_target, ret_shown) : -EINVAL;
	default:
		return -EINVAL;
	}
}

int
reparse_target(struct ntfs *ntfs, uint64_t number, struct text *ret_target, struct text *ret_shown)
{
	CLEANUP(pieces_free) struct pieces pieces = { 0 };
	CLEANUP(source_close) struct source *point = NULL;
	uint8_t bytes[REPARSE_MAX];
	const struct stray *others;
	size_t n = strays_of(ntfs->strays, ntfs->stray_count, number, &others);
	ssize_t got;
	int r = pieces_of(ntfs, number, others, n, &pieces);

	if (r == -ENODATA)
		return -ENOENT;
	if (r == 0)
		r = stream_of(ntfs, &pieces, ATTRIBUTE_REPARSE_POINT, view_of(NULL, 0), false, NULL, &point);
	if (r < 0)
		return r == -ENOMEM ? fail(ENOMEM, "out of memory for a reparse point") : r;
	got = source_read(point, 0, bytes, sizeof(bytes));
	if (got < 0)
		return (int)got;
	r = reparse_parse(view_of(bytes, (size_t)got), ret_target, ret_shown);
	return r == -ENOMEM ? fail(ENOMEM, "out of memory for a reparse point") : r;
}
